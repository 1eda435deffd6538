"""What happens in the demo: one world, of which each seller tells its part in its own words.

Real towns, invented houses and acts. Everything is worked out from the date and a number, so a happening stays the same
from day to day, on every machine. Nobody in here exists. It is made to trap whoever would say which listings are one
event:

- an act stays for several nights; a play is given in the afternoon and in the evening;
- a tribute to an act plays next door while the act itself is on;
- houses of several towns have one name, and every seller spells it differently;
- some sellers tell when doors open, others when it starts, one often the day alone; one does not hear of cancellations.

Every address that a seller gives ends with the number of the happening: the truth, for whoever measures.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from providers.sdk.model import EventType

NOTE = "DEMO: this is made up."
DAYS = 75


class Town(NamedTuple):
    """A real town; `native` is what its own people call it and their country, `unit` what a euro buys of its currency."""

    name: str
    native: tuple[str, str]
    country: str
    time_zone: str
    latitude: float
    longitude: float
    currency: str
    unit: int
    postcode: str


TOWNS = (
    Town("London", ("London", "United Kingdom"), "GB", "Europe/London", 51.5085, -0.1257, "GBP", 1, "E8 4AA"),
    Town("Berlin", ("Berlin", "Deutschland"), "DE", "Europe/Berlin", 52.5244, 13.4105, "EUR", 1, "10961"),
    Town("Milan", ("Milano", "Italia"), "IT", "Europe/Rome", 45.4643, 9.1895, "EUR", 1, "20144"),
    Town("Manchester", ("Manchester", "United Kingdom"), "GB", "Europe/London", 53.4809, -2.2374, "GBP", 1, "M1 1AA"),
    Town("Glasgow", ("Glasgow", "United Kingdom"), "GB", "Europe/London", 55.8652, -4.2576, "GBP", 1, "G1 1AA"),
    Town("Dublin", ("Dublin", "Ireland"), "IE", "Europe/Dublin", 53.3331, -6.2489, "EUR", 1, "D02 X285"),
    Town("Paris", ("Paris", "France"), "FR", "Europe/Paris", 48.8534, 2.3488, "EUR", 1, "75011"),
    Town("Lyon", ("Lyon", "France"), "FR", "Europe/Paris", 45.7485, 4.8467, "EUR", 1, "69007"),
    Town("Amsterdam", ("Amsterdam", "Nederland"), "NL", "Europe/Amsterdam", 52.3740, 4.8897, "EUR", 1, "1012 AB"),
    Town("Vienna", ("Wien", "Österreich"), "AT", "Europe/Vienna", 48.2085, 16.3721, "EUR", 1, "1070"),
    Town("Barcelona", ("Barcelona", "España"), "ES", "Europe/Madrid", 41.3888, 2.1590, "EUR", 1, "08001"),
    Town("Copenhagen", ("København", "Danmark"), "DK", "Europe/Copenhagen", 55.6759, 12.5655, "DKK", 7, "1620"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A place where things happen. spellings: of its name, its own first. lobby: how long before the start doors open."""

    number: int
    spellings: tuple[str, str, str, str]
    capacity: int
    lobby: timedelta
    street: str
    town: Town

    @property
    def name(self) -> str:
        """What it calls itself."""
        return self.spellings[0]

    @property
    def is_small(self) -> bool:
        """Too small for the large sellers."""
        return self.capacity < 500  # noqa: PLR2004 - as the sellers draw the line

    @property
    def point(self) -> tuple[float, float]:
        """Latitude and longitude: the houses of a town are a few hundred metres apart."""
        offset = (self.number % 10 - 2) * 0.006
        return round(self.town.latitude + offset, 6), round(self.town.longitude - offset / 2, 6)


_HOUSES = (
    (("Blue Heron", "The Blue Heron", "Blue Heron Club", "Blue Heron Bar"), 420, 15, "19 Canal Walk"),
    (("Lantern Hall", "The Lantern Hall", "Lantern Concert Hall", "LANTERN HALL"), 1800, 45, "7 Harbour Street"),
    (("Old Tram Depot", "The Old Tram Depot", "Tram Depot", "Old Tramdepot"), 900, 30, "15 Station Road"),
    (("Copper Kettle", "The Copper Kettle", "Copper Kettle Café", "Kettle"), 240, 15, "11 Mill Lane"),
    (("Glasshouse", "The Glasshouse", "Glasshouse Arena", "Glass House"), 3200, 60, "23 Orchard Row"),
)
HOUSES = tuple(
    House(
        number=100 + 10 * place + number,
        spellings=spellings,
        capacity=capacity,
        lobby=timedelta(minutes=minutes),
        street=street,
        town=town,
    )
    for place, town in enumerate(TOWNS)
    for number, (spellings, capacity, minutes, street) in enumerate(_HOUSES)
)
BLUE_HERON = next(house for house in HOUSES if (house.name, house.town.name) == ("Blue Heron", "London"))
LANTERN_HALL = next(house for house in HOUSES if (house.name, house.town.name) == ("Lantern Hall", "Berlin"))
TRAM_DEPOT = next(house for house in HOUSES if (house.name, house.town.name) == ("Old Tram Depot", "Milan"))

# They tour the three houses that most is told of, one after the other.
HEADLINERS = (
    "The Silver Harbour",
    "The Paper Lanterns",
    "Northern Static",
    "The Velvet Engines",
    "Crimson Parade",
    "The Quiet Pilots",
    "Golden Meadow",
    "The Distant Choir",
)
_FIRST = ("Velvet", "Paper", "Northern", "Hollow", "Electric", "Wooden", "Lucky", "Distant", "Amber", "Midnight")
_SECOND = ("Foxes", "Lanterns", "Orchestra", "Pilots", "Meadow", "Sisters", "Comets", "Rivers", "Tigers", "Machines")
_EVENINGS = (time(19, 0), time(19, 30), time(20, 0), time(20, 30), time(21, 0))
_MATINEE = time(14, 30)


class Format(NamedTuple):
    """A sort of event. `given` is what is on where that is no act."""

    kind: EventType
    genre: str
    given: str | None = None


_MUSIC = tuple(
    Format(EventType.MUSIC, genre)
    for genre in ("indie-rock", "jazz", "techno", "folk", "pop", "hip-hop", "soul", "metal", "indie-rock", "jazz")
)
_PLAYS = (
    Format(EventType.THEATER, "theater", "The Lighthouse Keeper"),
    Format(EventType.THEATER, "theater", "A Winter in Four Acts"),
)
FORMATS = (
    *_MUSIC,
    *_PLAYS,
    Format(EventType.COMEDY, "stand-up", "Stand-up at the {house}"),
    Format(EventType.SCREENING, "film", "Silent film with live piano"),
    Format(EventType.FOOD, "food", "{town} supper club"),
)

# How many happenings a day has besides the headliners', Monday first; their numbers end in 01 to 09.
_A_DAY = (3, 3, 3, 4, 5, 6, 4)
# What the numbers of happenings that come out of others differ by.
_NIGHT_AFTER, _AFTERNOON, _NEXT_DOOR = 20, 60, 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happens, as nobody knows it whole.

    number: ten digits, the day and the number of that day. begins: aware, on the clocks of the place. price: in the
    town's currency, before anybody's fees; 0 where it is free. headline: all tell of it who can.
    """

    number: int
    title: str
    acts: tuple[str, ...]
    kind: EventType
    genre: str
    house: House
    begins: datetime
    price: Decimal
    cancelled: bool = False
    headline: bool = False

    @property
    def doors(self) -> datetime:
        """When they open."""
        return self.begins - self.house.lobby

    @property
    def ends(self) -> datetime:
        """About two hours and a half later."""
        return self.begins + timedelta(hours=2, minutes=30)

    @property
    def bare(self) -> str:
        """The title without its article."""
        return self.title.removeprefix("The ")

    def chance(self, purpose: str, percent: int) -> bool:
        """True for so many happenings in a hundred, and always for the same."""
        return _throw(self.number, purpose, 100) < percent

    def address(self, host: str) -> str:
        """Its page there."""
        return f"https://{host}/events/{self.number}"


def happenings(today: date) -> list[Happening]:
    """What happens from yesterday on: somewhere it still is yesterday. In order of day."""
    return [each for ahead in range(-1, DAYS) for each in on(today + timedelta(days=ahead))]


def on(day: date) -> Iterator[Happening]:
    """What happens on that day, in all towns."""
    own = _own(day)
    yield from own
    for nights in (1, 2):
        yield from (_again(each, nights) for each in _own(day - timedelta(days=nights)) if _nights(each) > nights)
    yield from (_matinee(each) for each in own if each.kind is EventType.THEATER)
    yield from (_tribute(each) for each in own if each.headline and each.chance("tribute", 40))


@cache
def _own(day: date) -> tuple[Happening, ...]:
    """The first is the headliners'; no two are in one house."""
    number = int(f"{day:%Y%m%d}00")
    others = [house for house in HOUSES if house is not _on_tour(day)]
    houses = random.Random(number).sample(others, _A_DAY[day.weekday()])  # noqa: S311 - a repeatable world, not a secret
    return (_headline(day, number), *(_happening(day, number + place, house) for place, house in enumerate(houses, 1)))


def _on_tour(day: date) -> House:
    return (BLUE_HERON, LANTERN_HALL, TRAM_DEPOT)[day.toordinal() % 3]


def _headline(day: date, number: int) -> Happening:
    act = HEADLINERS[day.toordinal() // 3 % len(HEADLINERS)]
    return Happening(
        number=number,
        title=act,
        acts=(act, _act(number, "support")),
        kind=EventType.MUSIC,
        genre="indie-rock",
        house=_on_tour(day),
        begins=_at(day, time(20, 0), _on_tour(day)),
        price=Decimal(24),
        headline=True,
    )


def _happening(day: date, number: int, house: House) -> Happening:
    form = FORMATS[_throw(number, "format", len(FORMATS))]
    acts = () if form.given else (_act(number, "act"), _act(number, "support"))[: 1 + _throw(number, "supports", 2)]
    free = house.is_small and _throw(number, "free", 6) == 0
    return Happening(
        number=number,
        title=form.given.format(house=house.name, town=house.town.name) if form.given else acts[0],
        acts=acts,
        kind=form.kind,
        genre=form.genre,
        house=house,
        begins=_at(day, _EVENINGS[_throw(number, "time", len(_EVENINGS))], house),
        price=Decimal(0 if free else (8 + _throw(number, "price", 40)) * house.town.unit),
        cancelled=_throw(number, "cancelled", 30) == 0,
    )


def _act(number: int, purpose: str) -> str:
    return f"{_FIRST[_throw(number, f'{purpose} first', 10)]} {_SECOND[_throw(number, f'{purpose} second', 10)]}"


def _at(day: date, clock: time, house: House) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(house.town.time_zone))


def _nights(happening: Happening) -> int:
    """How many nights in a row it is given: an act in eight stays for two or three, and so does a play in two."""
    sometimes = happening.chance("stays", 50 if happening.kind is EventType.THEATER else 12)
    return 2 + _throw(happening.number, "nights", 2) if sometimes and not happening.headline else 1


def _again(first: Happening, nights: int) -> Happening:
    day = first.begins.date() + timedelta(days=nights)
    number = int(f"{day:%Y%m%d}{first.number % 100 + _NIGHT_AFTER * nights:02d}")
    return replace(first, number=number, begins=_at(day, first.begins.time(), first.house), cancelled=False)


def _matinee(evening: Happening) -> Happening:
    day = evening.begins.date()
    return replace(evening, number=evening.number + _AFTERNOON, begins=_at(day, _MATINEE, evening.house))


def _tribute(original: Happening) -> Happening:
    """In the next house of the town, later that evening."""
    number, house = original.number + _NEXT_DOOR, HOUSES[HOUSES.index(original.house) + 1]
    return replace(
        original,
        number=number,
        title=f"A Tribute to {original.title}",
        acts=(_act(number, "act"),),
        house=house,
        begins=_at(original.begins.date(), time(21, 30), house),
        price=Decimal(12),
        headline=False,
    )


def _throw(number: int, purpose: str, below: int) -> int:
    """A throw of dice that always fall the same for the same happening and purpose: from 0 to `below`, exclusive."""
    return random.Random(f"{number} {purpose}").randrange(below)  # noqa: S311 - a repeatable world, not a secret
