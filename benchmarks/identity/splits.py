"""Which families of happenings are for what: fixed, and by family, so that no split knows a twin of another's."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import cache
from random import Random

from benchmarks.identity.sellers import Noise, Told, told_of
from benchmarks.identity.world import Happening, World

SEED = 1
FAMILIES = 5_000


class Split(Enum):
    """Two fifths to learn from, one to fit the confidence on, two to report."""

    TRAIN = "train"
    DEVELOPMENT = "development"
    HELD_OUT = "held-out"


_FIFTHS = (Split.TRAIN, Split.TRAIN, Split.DEVELOPMENT, Split.HELD_OUT, Split.HELD_OUT)


@cache
def happenings(split: Split) -> Sequence[Happening]:
    """The split's part of the world."""
    return [each for each in _world().happenings if _split_of(each.family) is split]


def listings(split: Split, noise: Noise) -> list[Told]:
    """What the sellers tell of it."""
    return told_of(happenings(split), noise, seed=SEED)


@cache
def _world() -> World:
    return World(SEED, FAMILIES)


def _split_of(family: int) -> Split:
    return _FIFTHS[Random(f"s{family}").randrange(len(_FIFTHS))]
