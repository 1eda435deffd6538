"""Normalise: names and titles as they are compared, with what every seller adds or leaves out taken away."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from gateway.identity.words import COUNTED, FEAST, LATIN, MARKERS, NOISE, NUMBERS, WEEKDAYS
from providers import fold

# No title needs more to be known by; what is longer costs time and tells nothing.
LONGEST = 240
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2}\s?(?:pm|am|uhr)\b|\b\d{2}\+", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_PARTING = re.compile(
    r"\s+[-–—|/+•·~]+\s+|[:;|•·+(){}\[\]*]|\s*//\s*|,\s|"
    r"\s(?:w/|feat\.?|ft\.?|featuring|with|presents?|präsentiert|presenta|présente|supports?|guests?|at|@|im|live)\s",
    re.IGNORECASE,
)
_PRESENTED = re.compile(
    r"^.{2,60}?\s(?:presents?|präsentiert|presenta|présente|pres\.)(?::\s*|\s)(?=\S)", re.IGNORECASE
)
_FLIPPED = re.compile(r"([^\W\d_][\w'’.-]+),\s([^\W\d_][\w'’. -]+)")
_MOST_PARTS = 8


class Wording(NamedTuple):
    """A title as it is compared.

    said: all of it, folded. words: those without noise. whole: the same in their order. ordered: sorted. parts: what
    stands between marks that part titles, the first the most. numbers: what counts it ("Vol. 3"). weekdays, markers: what
    sets it apart. feast: it calls itself a festival.
    """

    said: str
    whole: str
    ordered: str
    words: frozenset[str]
    parts: tuple[str, ...]
    numbers: frozenset[int]
    weekdays: frozenset[int]
    markers: frozenset[str]
    feast: bool


def latin(text: str) -> str:
    """Folded, and in Latin letters where we know how."""
    folded = fold(text[:LONGEST])
    return folded if folded.isascii() else folded.translate(LATIN)


@lru_cache(maxsize=16_384)
def name_words(name: str) -> tuple[str, ...]:
    """The words that make up a performer's or a venue's name; all of them where nothing else is left."""
    words = latin(unflipped(name)).split()
    return tuple(word for word in words if word not in NOISE) or tuple(words)


def unflipped(name: str) -> str:
    """A name with its surname first, such as "Ax, Emanuel", the other way round."""
    found = _FLIPPED.fullmatch(name.strip()) if "," in name else None
    return f"{found.group(2)} {found.group(1)}" if found else name


@lru_cache(maxsize=16_384)
def title_wording(title: str, places: tuple[str, ...] = ()) -> Wording:
    """What a title says besides `places`: the names, folded, of the house and the town that it is in."""
    text = _PRESENTED.sub("", _CLOCK.sub(" ", title[:LONGEST]))
    folded = latin(unflipped(text))
    whole = _core(folded, places)
    words = whole.split()
    parts = tuple(dict.fromkeys(part for part in (_core(latin(each), places) for each in _parted(text)) if part))
    return Wording(
        said=folded,
        whole=whole,
        ordered=" ".join(sorted(words)),
        words=frozenset(words),
        parts=parts or (whole,),
        numbers=_numbers(folded),
        weekdays=frozenset(WEEKDAYS[word] for word in words if word in WEEKDAYS),
        markers=MARKERS.intersection(words),
        feast=not FEAST.isdisjoint(words),
    )


def _parted(text: str) -> list[str]:
    return _PARTING.split(text, maxsplit=_MOST_PARTS)


def _core(folded: str, places: tuple[str, ...]) -> str:
    """Without noise and without the places' names; what it was where nothing else is left."""
    bare = f" {folded} "
    for place in places:
        if place in bare:
            bare = bare.replace(f" {place} ", " ")
    words = [word for word in bare.split() if word not in NOISE and not (len(word) == 4 and _YEAR.fullmatch(word))]  # noqa: PLR2004 - a year's digits
    return " ".join(words) or " ".join(bare.split()) or folded


def _numbers(folded: str) -> frozenset[int]:
    """The numbers that count it: small ones, and number words behind "day" and the like."""
    words = folded.split()
    found = {int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= 3}  # noqa: PLR2004 - years count nothing
    found.update(NUMBERS[word] for before, word in pairwise(words) if before in COUNTED and word in NUMBERS)
    return frozenset(found)
