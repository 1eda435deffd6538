"""Normalise: names and titles as they are compared, with what every seller adds or leaves out taken away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from providers import fold

# No title needs more to be known by; what is longer costs time and tells nothing.
LONGEST = 240
# Words that sellers add as they please. Nothing in here tells one event from another.
NOISE = frozenset(
    [
        "a",
        "an",
        "and",
        "at",
        "by",
        "de",
        "der",
        "die",
        "das",
        "den",
        "del",
        "des",
        "du",
        "el",
        "en",
        "et",
        "feat",
        "featuring",
        "ft",
        "from",
        "il",
        "im",
        "in",
        "la",
        "las",
        "le",
        "les",
        "live",
        "los",
        "mit",
        "of",
        "on",
        "open",
        "out",
        "por",
        "pres",
        "presenta",
        "presents",
        "presented",
        "present",
        "sold",
        "special",
        "support",
        "guest",
        "guests",
        "the",
        "their",
        "ticket",
        "tickets",
        "tour",
        "und",
        "uhr",
        "van",
        "von",
        "w",
        "with",
        "y",
        "zu",
        "doors",
        "door",
        "entry",
        "konzert",
        "concert",
        "concerto",
        "concierto",
        "show",
        "uk",
        "eu",
        "us",
        "anniversary",
        "album",
        "release",
        "world",
        "edition",
        "präsentiert",
        "prasentiert",
        "prasentieren",
        "einlass",
        "präsentieren",
        "präsentieren",
        "ao",
        "vivo",
        "en",
        "vivo",
    ]
)
# What a house is, which is no name of its own; it counts only where nothing else is left.
HOUSE_WORDS = frozenset(
    [
        "the",
        "a",
        "of",
        "and",
        "at",
        "de",
        "la",
        "le",
        "il",
        "der",
        "die",
        "das",
        "club",
        "hall",
        "arena",
        "theatre",
        "theater",
        "teatro",
        "bar",
        "cafe",
        "centre",
        "center",
        "venue",
        "live",
        "music",
        "concert",
        "house",
        "room",
        "stage",
        "saal",
        "im",
        "am",
    ]
)
# Somebody else than the one who is named, or something else than the usual evening.
MARKERS = frozenset(
    [
        "tribute",
        "tributes",
        "homage",
        "hommage",
        "omaggio",
        "homenaje",
        "cover",
        "covers",
        "covered",
        "plays",
        "performs",
        "performing",
        "aftershow",
        "afterparty",
        "afters",
        "matinee",
        "workshop",
        "masterclass",
        "quiz",
        "karaoke",
        "screening",
        "film",
        "brunch",
        "kids",
        "parking",
        "vip",
        "signing",
        "rehearsal",
        "soundcheck",
        "preview",
        "lecture",
        "talk",
        "legacy",
        "impersonator",
        "lookalike",
    ]
)
# Parts of a run or a festival, in the languages of the houses: one-sided, it is a day against the whole.
WEEKDAYS = {
    word: day
    for day, words in enumerate(
        (
            "monday montag lundi lunes lunedi maandag mandag segunda",
            "tuesday dienstag mardi martes martedi dinsdag tirsdag terca",
            "wednesday mittwoch mercredi miercoles mercoledi woensdag onsdag quarta",
            "thursday donnerstag jeudi jueves giovedi donderdag torsdag quinta",
            "friday freitag vendredi viernes venerdi vrijdag fredag sexta",
            "saturday samstag samedi sabado sabato zaterdag lordag",
            "sunday sonntag dimanche domingo domenica zondag sondag",
        )
    )
    for word in words.split()
}
_NUMBERS = {
    word: number
    for number, words in enumerate(("one i", "two ii", "three iii", "four iv"), 1)
    for word in words.split()
}
FEAST = frozenset(["festival", "festivals", "fest", "festa", "festivalen", "feest", "openair", "weekender"])
_COUNTED = frozenset(
    [
        "day",
        "part",
        "vol",
        "volume",
        "tag",
        "jour",
        "dia",
        "giorno",
        "dag",
        "night",
        "act",
        "episode",
        "session",
        "round",
        "teil",
        "no",
        "nr",
    ]
)
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

# Cyrillic and Greek as most sites write them in Latin letters; other scripts stay as they are.
_LATIN = str.maketrans(
    dict(
        zip(
            "абвгдезийклмнопрстуфыэіїєґђјљњћџ",
            [
                "a",
                "b",
                "v",
                "g",
                "d",
                "e",
                "z",
                "i",
                "i",
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
                "r",
                "s",
                "t",
                "u",
                "f",
                "y",
                "e",
                "i",
                "i",
                "e",
                "g",
                "dj",
                "j",
                "lj",
                "nj",
                "c",
                "dz",
            ],
            strict=True,
        )
    )
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya"}
    | dict(
        zip(
            "αβγδεζηικλμνξοπρσςτυφω",
            [
                "a",
                "v",
                "g",
                "d",
                "e",
                "z",
                "i",
                "i",
                "k",
                "l",
                "m",
                "n",
                "x",
                "o",
                "p",
                "r",
                "s",
                "s",
                "t",
                "y",
                "f",
                "o",
            ],
            strict=True,
        )
    )
    | {"θ": "th", "χ": "ch", "ψ": "ps"}
)


class Wording(NamedTuple):
    """A title as it is compared.

    said: all of it, folded. words: folded, without noise. whole: the same in their order. ordered: sorted. parts: what stands between marks
    that part titles, the first the most. numbers: what counts it ("Vol. 3"). weekdays, markers: what sets it apart. feast: it calls itself a festival.
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
    return folded if folded.isascii() else folded.translate(_LATIN)


@lru_cache(maxsize=16_384)
def name_words(name: str) -> tuple[str, ...]:
    """The words that make up a performer's or a venue's name; all of them where nothing else is left."""
    words = latin(unflipped(name)).split()
    return tuple(word for word in words if word not in NOISE) or tuple(words)


def unflipped(name: str) -> str:
    """A name with its surname first, such as "Ax, Emanuel", the other way round."""
    found = _FLIPPED.fullmatch(name.strip()) if "," in name else None
    return f"{found.group(2)} {found.group(1)}" if found else name


def title_wording(title: str, places: Sequence[str] = ()) -> Wording:
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


def _core(folded: str, places: Sequence[str]) -> str:
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
    found.update(_NUMBERS[word] for before, word in pairwise(words) if before in _COUNTED and word in _NUMBERS)
    return frozenset(found)
