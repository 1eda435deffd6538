"""The corpus of venues and performers: what each seller keeps of each of them, once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

from benchmarks.identity import vocabulary as words
from benchmarks.identity.measures import Figures, figures
from benchmarks.identity.sellers import SELLERS, Noise, performer_record, venue_record
from benchmarks.identity.splits import SEED, Split, happenings
from benchmarks.identity.world import House, house_of, houses
from gateway.identity import Known, performers, venues

Thing = TypeVar("Thing")

HOUSES_A_TOWN = 40
NEIGHBOURS = 0.15


def venue_figures(split: Split, noise: Noise) -> Figures:
    """How right venues are unified; of some, the house next door is in the corpus as well."""
    made = [
        (Known(seller.slug, venue_record(house, seller, noise, SEED)), f"{house.name} {house.town.name} {house.street}")
        for house in _houses(split)
        for seller in SELLERS
        if _knows(seller.slug, f"{house.name} {house.town.name}")
    ]
    return _figures(venues([known for known, _ in made]), made)


def _houses(split: Split) -> list[House]:
    dice = Random(f"{SEED} {split.value}")
    built = houses(dice, HOUSES_A_TOWN)
    doors = [
        replace(
            house_of(dice, each.town, dice.choice(words.HOUSE_NAMES)),
            latitude=each.latitude + dice.choice((-1, 1)) * dice.uniform(0.0003, 0.001),
            longitude=each.longitude,
        )
        for each in built
        if dice.random() < NEIGHBOURS
    ]
    return built + doors


def performer_figures(split: Split, noise: Noise) -> Figures:
    """How right performers are unified, by name alone."""
    names = sorted({act.removeprefix("The ") for each in happenings(split) for act in each.acts})
    made = [
        (Known(seller.slug, performer_record(name, seller, noise, SEED)), name)
        for name in names
        for seller in SELLERS
        if _knows(seller.slug, name)
    ]
    return _figures(performers([known for known, _ in made]), made)


def _knows(seller: str, name: str) -> bool:
    return Random(f"{SEED} {seller} knows {name}").random() < 0.6


def _figures(groups: Iterable[Sequence[Known[Thing]]], made: Sequence[tuple[Known[Thing], str]]) -> Figures:
    number = {id(known.thing): each for each, (known, _) in enumerate(made)}
    return figures(
        [[number[id(known.thing)] for known in group] for group in groups],
        {each: name for each, (_, name) in enumerate(made)},
        {each: known.provider for each, (known, _) in enumerate(made)},
    )
