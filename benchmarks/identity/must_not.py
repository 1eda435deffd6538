"""What must never be merged, each kind in many made-up instances: the list that has to come out at zero."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from benchmarks.identity import vocabulary as words
from benchmarks.identity.vocabulary import Names, Town
from benchmarks.identity.world import House, houses
from gateway.identity import Claim, resolve
from providers import Address, Listing, Performer, Point, Venue, When

INSTANCES = 40


@dataclass(frozen=True, slots=True)
class Stage:
    """A town's two houses, next door to each other, an evening, and two acts: what the kinds are told with."""

    town: Town
    here: House
    next_door: House
    evening: datetime
    act: str
    other: str
    dice: Random

    def claim(
        self,
        provider: str,
        title: str,
        *,
        minutes: int = 0,
        days: int = 0,
        house: House | None = None,
        dated: bool = False,
        acts: tuple[str, ...] = (),
        lasts: timedelta | None = None,
        points: bool = True,
        placed: bool = True,
    ) -> Claim:
        """A listing of that evening, in one of the houses; `minutes` and `days` later."""
        begins = self.evening + timedelta(days=days, minutes=minutes)
        where = house or self.here
        zone = self.town.time_zone
        point = Point(latitude=where.latitude, longitude=where.longitude) if points else None
        address = Address(locality=where.town.name, country=where.town.country)
        listing = Listing(
            id=f"{title[:60]} {minutes} {days} {where.name}",
            name=title,
            start=When.on(begins.date(), zone) if dated else When.at(begins, zone),
            end=When.at(begins + lasts, zone) if lasts else None,
            venue=Venue(name=where.name, address=address, point=point, time_zone=zone) if placed else None,
            performers=tuple(Performer(name=act) for act in acts),
        )
        return Claim(provider, listing)


Groups = Iterator[list[Claim]]
Kind = Callable[[Stage], Groups]


def consecutive_nights(stage: Stage) -> Groups:
    """One show, night after night."""
    acts = (stage.act,)
    yield [stage.claim("a", stage.act, acts=acts)]
    yield [stage.claim("b", stage.act, days=1, acts=acts)]
    yield [stage.claim("c", stage.act, days=2, dated=True, acts=acts)]
    yield [stage.claim("d", stage.act, days=3, dated=True), stage.claim("e", stage.act, days=3)]


def matinee_and_evening(stage: Stage) -> Groups:
    """One play, twice a day, and somebody who tells the day alone: it may be either, so it is neither."""
    title = stage.dice.choice(words.PLAYS)
    yield [stage.claim("a", title, minutes=-330), stage.claim("b", title, minutes=-300)]
    yield [stage.claim("a", title), stage.claim("b", title, minutes=-30)]
    yield [stage.claim("c", title, dated=True)]


def early_and_late(stage: Stage) -> Groups:
    """A comedian twice in an evening; not everybody lists both."""
    yield [stage.claim("a", stage.act, minutes=-60, acts=(stage.act,))]
    yield [stage.claim("a", stage.act, minutes=30, acts=(stage.act,)), stage.claim("b", stage.act, minutes=30)]


def two_rooms(stage: Stage) -> Groups:
    """Two gigs under one roof, by one promoter."""
    promoter = stage.dice.choice(words.PROMOTERS)
    one, other = stage.dice.sample(words.ROOMS, 2)
    rooms = [replace(stage.here, name=f"{stage.here.name} - {room}") for room in (one, other)]
    yield [
        stage.claim("a", f"{promoter} presents: {stage.act}", house=rooms[0]),
        stage.claim("c", stage.act, house=stage.here),
    ]
    yield [stage.claim("b", f"{promoter} presents: {stage.other}", house=rooms[1], acts=(stage.other,))]


def one_roof_like_names(stage: Stage) -> Groups:
    """Two acts with a word in common, in one house at one time."""
    colour, (one, other) = stage.dice.choice(words.COLOURS), stage.dice.sample(words.CREATURES, 2)
    yield [stage.claim("a", f"{colour} {one}")]
    yield [stage.claim("b", f"{colour} {other}", minutes=15)]


def festival_and_day(stage: Stage) -> Groups:
    """The whole, and its days."""
    name = f"{stage.dice.choice(words.FEASTS)} Festival"
    weekday = f"{stage.evening:%A}"
    yield [stage.claim("a", name), stage.claim("b", name)]
    yield [stage.claim("c", f"{name} - Day 1"), stage.claim("d", f"{name}: Day 1")]
    yield [stage.claim("e", f"{name} ({weekday})")]
    yield [stage.claim("b", f"{name} - Day 2", days=1)]


def festival_by_its_length(stage: Stage) -> Groups:
    """Two names that are one, of which one lasts three days."""
    name = f"{stage.dice.choice(words.FEASTS)} Festival"
    yield [stage.claim("a", name, lasts=timedelta(days=2, hours=6))]
    yield [stage.claim("b", name, lasts=timedelta(hours=6))]


def imitation_next_door(stage: Stage) -> Groups:
    """An evening of somebody's songs, while they play next door."""
    bare = stage.act.removeprefix("The ")
    yield [stage.claim("a", stage.act, acts=(stage.act,)), stage.claim("b", bare, minutes=-30)]
    title = stage.dice.choice(words.IMITATIONS).format(act=bare)
    yield [
        stage.claim("c", title, house=stage.next_door, acts=(stage.other,)),
        stage.claim("d", title, house=stage.next_door),
    ]


def tribute_in_the_house(stage: Stage) -> Groups:
    """By its usual names, there on the same evening and the next."""
    yield [stage.claim("a", stage.act, acts=(stage.act,))]
    yield [stage.claim("b", f"A Tribute to {stage.act}", minutes=-90)]
    yield [stage.claim("c", f"{stage.act} Tribute", days=1)]
    yield [stage.claim("d", f"Hommage à {stage.act}", house=stage.next_door)]


def own_show_next_door(stage: Stage) -> Groups:
    """Who supports here, plays there."""
    both = (stage.act, stage.other)
    yield [stage.claim("a", f"{stage.act} + {stage.other}", acts=both), stage.claim("d", stage.act)]
    yield [
        stage.claim("b", stage.other, house=stage.next_door, acts=(stage.other,)),
        stage.claim("c", stage.other, house=stage.next_door),
    ]


def plain_title_in_two_houses(stage: Stage) -> Groups:
    """Every other house has an open mic."""
    title = stage.dice.choice(words.GATHERINGS)
    yield [stage.claim("a", title), stage.claim("c", title, points=False)]
    yield [stage.claim("b", title, house=stage.next_door), stage.claim("d", title, house=stage.next_door, points=False)]


def film_in_two_houses(stage: Stage) -> Groups:
    """At nearly the same time."""
    title = stage.dice.choice(words.FILMS)
    yield [stage.claim("a", title)]
    yield [stage.claim("b", title, house=stage.next_door, minutes=15)]


def no_place_at_all(stage: Stage) -> Groups:
    """A plain title, and nobody says where."""
    title = stage.dice.choice(words.GATHERINGS)
    yield [stage.claim("a", title, placed=False)]
    yield [stage.claim("b", title, placed=False)]


def two_towns(stage: Stage) -> Groups:
    """One name of a house, in two towns."""
    elsewhere = next(town for town in words.TOWNS if town.name != stage.town.name and town.time_zone == stage.town.time_zone) if (
        sum(town.time_zone == stage.town.time_zone for town in words.TOWNS) > 1
    ) else words.TOWNS[0] if stage.town is not words.TOWNS[0] else words.TOWNS[2]  # fmt: skip
    twin = replace(stage.here, town=elsewhere, latitude=elsewhere.latitude, longitude=elsewhere.longitude)
    title = stage.dice.choice(words.PLAYS)
    yield [stage.claim("a", title), stage.claim("b", title, points=False)]
    yield [stage.claim("c", title, house=twin), stage.claim("d", title, house=twin, points=False)]


def volumes(stage: Stage) -> Groups:
    """A series that counts itself, and music that is counted."""
    series, composer = stage.dice.choice(words.SERIES), stage.dice.choice(words.COMPOSERS)
    yield [stage.claim("a", f"{series} Vol. 3")]
    yield [stage.claim("b", f"{series} Vol. 4", minutes=30)]
    yield [stage.claim("c", f"{composer}: Symphony No. 4")]
    yield [stage.claim("d", f"{composer}: Symphony No. 7", minutes=60)]


def before_and_after(stage: Stage) -> Groups:
    """What is sold beside a concert."""
    yield [stage.claim("a", stage.act, acts=(stage.act,))]
    yield [stage.claim("b", f"{stage.act} - Official Afterparty", minutes=90)]
    yield [stage.claim("c", f"{stage.act}: Masterclass", minutes=-75)]
    yield [stage.claim("d", f"Parking: {stage.act}")]


def one_after_the_other(stage: Stage) -> Groups:
    """A concert, then a club night."""
    series = stage.dice.choice(words.SERIES)
    yield [stage.claim("a", stage.act)]
    yield [stage.claim("b", f"{series} w/ {stage.other}", minutes=90)]


def beside_it(stage: Stage) -> Groups:
    """What one house lists at one time, and one seller of it: rooms of a museum's evening, and who else may come."""
    title = stage.dice.choice(words.GATHERINGS)
    yield [stage.claim("a", title), stage.claim("b", title)]
    yield [stage.claim("a", f"{title} - {stage.act}", acts=(stage.act,))]
    yield [stage.claim("a", f"{title}: {stage.other} - Premium Package", acts=(stage.other,))]
    yield [stage.claim("a", f"{title} - Soundcheck Package")]
    yield [stage.claim("a", f"Parking: {title} - Premium Package")]
    yield [stage.claim("a", f"{title} - Premium Package", house=stage.next_door)]


KINDS: tuple[Kind, ...] = (
    consecutive_nights, matinee_and_evening, early_and_late, two_rooms, one_roof_like_names, festival_and_day,
    festival_by_its_length, imitation_next_door, tribute_in_the_house, own_show_next_door, plain_title_in_two_houses,
    film_in_two_houses, no_place_at_all, two_towns, volumes, before_and_after, one_after_the_other, beside_it,
)  # fmt: skip


def stages(seed: int) -> Iterator[Stage]:
    """Where and when, and with whom, the kinds are tried."""
    dice = Random(seed)
    names, built = Names(dice), houses(dice)
    for _ in range(INSTANCES):
        here = dice.choice(built)
        others = [each for each in built if each.town is here.town and each is not here]
        near = min(others, key=lambda each: abs(each.latitude - here.latitude) + abs(each.longitude - here.longitude))
        # Truly next door: the same street.
        door = replace(near, latitude=here.latitude + 0.0012, longitude=here.longitude + 0.0005)
        evening = datetime(2026, 5, 4, 20, tzinfo=ZoneInfo(here.town.time_zone)) + timedelta(days=dice.randrange(90))
        yield Stage(here.town, here, door, evening, names.act(), names.act(), dice)


def merged(kind: Kind, seed: int) -> list[tuple[Claim, Claim]]:
    """The pairs of that kind that were put together, over all instances."""
    wrong = []
    for stage in stages(seed):
        groups = list(kind(stage))
        group_of = {claim.ref: number for number, group in enumerate(groups) for claim in group}
        for cluster in resolve([claim for group in groups for claim in group]):
            first = cluster.members[0]
            wrong += [(first, each) for each in cluster.members[1:] if group_of[each.ref] != group_of[first.ref]]
    return wrong


def pairs(kind: Kind, seed: int) -> int:
    """How many pairs of that kind must stay apart."""
    total = 0
    for stage in stages(seed):
        sizes = [len(group) for group in kind(stage)]
        total += (sum(sizes) ** 2 - sum(size * size for size in sizes)) // 2
    return total
