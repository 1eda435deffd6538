"""How alike two titles, two houses or two names are: 0 to 1. Symmetric, and without memory."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from gateway.identity.claim import Named
from gateway.identity.houses import House
from gateway.identity.wording import Wording

# A name with a slip of the keyboard, and no other name.
SAME_NAME = 0.88
SAME_HOUSE = 0.85
# What a title that is one part of another is worth: its first part, or any other.
FIRST_PART, ANY_PART = 0.93, 0.8
# Both go on differently: "Harbour Nights: Foxes" and "Harbour Nights: Comets", or a subtitle and a support act.
BOTH_GO_ON = 0.78
# One is what the other begins with; the same but for a slip of the keyboard.
BEGINS, NEARLY_BEGINS = 0.87, 0.85
# One word of a venue's name is the same, another is not.
PART_OF_NAME = 0.55
# From here on, what is left of two names is one word and a slip of the keyboard.
_ONE_WORD = 75
_LEAST_NAME, _LEAST_SLIPPED = 3, 5
_LONG_NAME, _MOST_SLIPS = 10, 2
_MOST_PARTS = 6
_CHANCE, _BY_CHANCE = 0.15, 0.7
_LEAST_BEGINNING = 10


def titles_alike(a: Wording, b: Wording, a_names: Sequence[Named] = (), b_names: Sequence[Named] = ()) -> float:
    """Titles, each with the performers that are known of its listing: the first may be all that the other says."""
    if a.ordered == b.ordered:
        return 1.0
    whole = _letters_alike(a, b)
    if whole >= SAME_NAME:
        return whole
    # Half of the letters agree in any two names with a word in common.
    return max(whole - _CHANCE, _parts_alike(a, b, a_names, b_names), _contained(a, b), _begin_alike(a.whole, b.whole))


def _letters_alike(a: Wording, b: Wording) -> float:
    """By their letters; no more than chance where each has a word that the other has not, nor anything like it."""
    whole = max(fuzz.ratio(a.ordered, b.ordered), fuzz.ratio(a.whole, b.whole)) / 100
    if whole > _BY_CHANCE:
        ours, theirs = a.words - b.words, b.words - a.words
        if ours and theirs and fuzz.ratio(" ".join(sorted(ours)), " ".join(sorted(theirs))) < _ONE_WORD:
            return _BY_CHANCE
    return whole


def _parts_alike(a: Wording, b: Wording, a_names: Sequence[Named], b_names: Sequence[Named]) -> float:
    """By the first parts of both, or the first performer of one and the first part of the other."""
    ours, theirs = a.parts[:_MOST_PARTS], b.parts[:_MOST_PARTS]
    first = _same_words(ours[0], theirs[0])
    if not first and a_names:
        first = _same_words(a_names[0].words, theirs[0])
    if not first and b_names:
        first = _same_words(ours[0], b_names[0].words)
    if first:
        return FIRST_PART if len(ours) == 1 or len(theirs) == 1 else BOTH_GO_ON
    if any(_same_words(one, other) for one in ours for other in theirs):
        return ANY_PART if len(ours) == 1 or len(theirs) == 1 else BOTH_GO_ON
    if any(one.startswith(f"{theirs[0]} ") for one in ours) or any(other.startswith(f"{ours[0]} ") for other in theirs):
        return BOTH_GO_ON
    return 0.0


def _begin_alike(one: str, other: str) -> float:
    """One is how the other begins, or both begin with the same words and go on differently."""
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    if len(shorter) > _LEAST_NAME and longer.startswith(f"{shorter} "):
        return BEGINS
    few, many = shorter.split(), longer.split()
    if len(few) < len(many) and len(shorter) >= _LEAST_SLIPPED and _slip_apart(shorter, " ".join(many[: len(few)])):
        return NEARLY_BEGINS
    same = 0
    for ours, theirs in zip(few, many, strict=False):
        if ours != theirs:
            break
        same += len(ours)
    return BOTH_GO_ON if same >= _LEAST_BEGINNING else 0.0


def _same_words(one: str, other: str) -> bool:
    if one == other:
        return len(one) >= _LEAST_NAME
    # Asked of every pair of parts; nearly all differ by more than a slip, which their lengths tell.
    return -_MOST_SLIPS <= len(one) - len(other) <= _MOST_SLIPS and _slip_apart(one, other)


def _slip_apart(one: str, other: str, most: int = _MOST_SLIPS) -> bool:
    """One slip of the keyboard, in a long text two: a letter too many or too few, another, or two exchanged."""
    shorter = min(len(one), len(other))
    if shorter <= _LEAST_NAME or abs(len(one) - len(other)) > _MOST_SLIPS:
        return False
    slips = 1 if shorter < _LONG_NAME else most
    return OSA.distance(one, other, score_cutoff=slips) <= slips


def _contained(a: Wording, b: Wording) -> float:
    """All words of one are in the other: more, the more of it they make up."""
    fewer, more = (a, b) if len(a.words) <= len(b.words) else (b, a)
    if not fewer.words or not fewer.words <= more.words or len(fewer.ordered) <= _LEAST_NAME:
        return 0.0
    return 0.6 + 0.35 * min(1.0, len(fewer.ordered) / len(more.ordered))


def houses_alike(a: House, b: House) -> float:
    """By name alone. What the town is called, and what a house is, count little."""
    if a.full == b.full or a.squeezed == b.squeezed:
        return 1.0
    if _slip_apart(a.squeezed, b.squeezed, most=1):
        return 0.95
    whole = fuzz.token_sort_ratio(a.full, b.full) / 100
    if a.words == b.words and a.words:
        return max(whole, 0.93)
    own = fuzz.token_sort_ratio(a.words, b.words) / 100
    ours, theirs = set(a.words.split()), set(b.words.split())
    fewer, more = (ours, theirs) if len(ours) <= len(theirs) else (theirs, ours)
    if all(word in more or any(_slip_apart(word, other, most=1) for other in more) for word in fewer):
        return max(whole, 0.86)
    joined = fuzz.ratio(a.squeezed, b.squeezed) / 100
    if ours & theirs and fuzz.ratio(" ".join(sorted(ours - theirs)), " ".join(sorted(theirs - ours))) < _ONE_WORD:
        # "Argyle Cellar" and "Argyle Rooms", or "Argyle Cellar" and "Flint Cellar": who knows.
        return min(PART_OF_NAME, max(own, joined))
    return max(whole * 0.9, own, joined * 0.95) if ours & theirs or own >= SAME_NAME else max(own, joined) * 0.85


def spelt_alike(one: str, other: str) -> bool:
    """Whether two names in one word, folded, are one name: no more than a slip of the keyboard apart."""
    return one == other or _slip_apart(one, other, most=1)


def same_name(a: Named, b: Named) -> bool:
    """One performer: by an id that both have elsewhere, else by the name; two ids of one kind that differ are two."""
    if a.ids and b.ids:
        if a.ids & b.ids:
            return True
        if {scheme for scheme, _ in a.ids} & {scheme for scheme, _ in b.ids}:
            return False
    return a.squeezed == b.squeezed or _slip_apart(a.squeezed, b.squeezed)
