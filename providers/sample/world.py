"""The made-up world of the sample provider: real towns, invented houses and bands, and what is on a given day.

Everything is worked out from the date and a number, so an event keeps its id and its content from day to day, on every
machine. Nobody in here exists.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple, TypeVar

from providers import (
    Address,
    EventStatus,
    EventType,
    Listing,
    Offer,
    OfferAvailability,
    Organization,
    PerformanceRole,
    Performer,
    PerformerKind,
    Point,
    Venue,
    When,
    slug,
)

SITE = "https://sample.example.org"

Thing = TypeVar("Thing")


class Town(NamedTuple):
    """A real town; prices are in its currency, whose unit buys `unit` of a euro's worth."""

    name: str
    country: str
    time_zone: str
    latitude: float
    longitude: float
    currency: str
    unit: int
    language: str


TOWNS = (
    Town("Amsterdam", "NL", "Europe/Amsterdam", 52.3740, 4.8897, "EUR", 1, "nl"),
    Town("Auckland", "NZ", "Pacific/Auckland", -36.8485, 174.7635, "NZD", 2, "en"),
    Town("Austin", "US", "America/Chicago", 30.2672, -97.7431, "USD", 1, "en"),
    Town("Barcelona", "ES", "Europe/Madrid", 41.3888, 2.1590, "EUR", 1, "ca"),
    Town("Berlin", "DE", "Europe/Berlin", 52.5244, 13.4105, "EUR", 1, "de"),
    Town("Bern", "CH", "Europe/Zurich", 46.9481, 7.4474, "CHF", 1, "de"),
    Town("Bristol", "GB", "Europe/London", 51.4552, -2.5967, "GBP", 1, "en"),
    Town("Buenos Aires", "AR", "America/Argentina/Buenos_Aires", -34.6132, -58.3772, "ARS", 1500, "es"),
    Town("Cape Town", "ZA", "Africa/Johannesburg", -33.9258, 18.4232, "ZAR", 20, "en"),
    Town("Chicago", "US", "America/Chicago", 41.8500, -87.6500, "USD", 1, "en"),
    Town("Copenhagen", "DK", "Europe/Copenhagen", 55.6759, 12.5655, "DKK", 7, "da"),
    Town("Dublin", "IE", "Europe/Dublin", 53.3331, -6.2489, "EUR", 1, "en"),
    Town("Glasgow", "GB", "Europe/London", 55.8652, -4.2576, "GBP", 1, "en"),
    Town("Hamburg", "DE", "Europe/Berlin", 53.5507, 9.9930, "EUR", 1, "de"),
    Town("Helsinki", "FI", "Europe/Helsinki", 60.1695, 24.9354, "EUR", 1, "fi"),
    Town("Lisbon", "PT", "Europe/Lisbon", 38.7167, -9.1333, "EUR", 1, "pt"),
    Town("London", "GB", "Europe/London", 51.5085, -0.1257, "GBP", 1, "en"),
    Town("Lyon", "FR", "Europe/Paris", 45.7485, 4.8467, "EUR", 1, "fr"),
    Town("Melbourne", "AU", "Australia/Melbourne", -37.8140, 144.9633, "AUD", 2, "en"),
    Town("Mexico City", "MX", "America/Mexico_City", 19.4285, -99.1277, "MXN", 20, "es"),
    Town("Milan", "IT", "Europe/Rome", 45.4643, 9.1895, "EUR", 1, "it"),
    Town("Montreal", "CA", "America/Toronto", 45.5088, -73.5878, "CAD", 2, "fr"),
    Town("Munich", "DE", "Europe/Berlin", 48.1374, 11.5755, "EUR", 1, "de"),
    Town("New York", "US", "America/New_York", 40.7143, -74.0060, "USD", 1, "en"),
    Town("Oslo", "NO", "Europe/Oslo", 59.9127, 10.7461, "NOK", 12, "no"),
    Town("Paris", "FR", "Europe/Paris", 48.8534, 2.3488, "EUR", 1, "fr"),
    Town("Prague", "CZ", "Europe/Prague", 50.0880, 14.4208, "CZK", 25, "cs"),
    Town("Tokyo", "JP", "Asia/Tokyo", 35.6895, 139.6917, "JPY", 160, "ja"),
    Town("Toronto", "CA", "America/Toronto", 43.7001, -79.4163, "CAD", 2, "en"),
    Town("Vienna", "AT", "Europe/Vienna", 48.2085, 16.3721, "EUR", 1, "de"),
    Town("Warsaw", "PL", "Europe/Warsaw", 52.2298, 21.0118, "PLN", 4, "pl"),
    Town("Zurich", "CH", "Europe/Zurich", 47.3667, 8.5500, "CHF", 1, "de"),
)

_HOUSES = (
    ("{} Lantern Hall", 1800),
    ("The Copper Kettle, {}", 240),
    ("{} Old Tram Depot", 900),
    ("Blue Heron {}", 420),
    ("{} Glasshouse", 3200),
)
_STREETS = ("Harbour Street", "Mill Lane", "Station Road", "Canal Walk", "Orchard Row")
_FIRST = (
    "Velvet",
    "Paper",
    "Northern",
    "Silver",
    "Hollow",
    "Electric",
    "Quiet",
    "Crimson",
    "Wooden",
    "Lucky",
    "Distant",
    "Golden",
)
_SECOND = (
    "Foxes",
    "Harbour",
    "Lanterns",
    "Orchestra",
    "Pilots",
    "Static",
    "Meadow",
    "Engines",
    "Sisters",
    "Choir",
    "Comets",
    "Parade",
)

_EVENINGS = (time(18, 30), time(19, 0), time(19, 30), time(20, 0), time(20, 30), time(21, 0))
_DAYTIMES = (time(10, 0), time(11, 0), time(14, 0), time(15, 30))


class Format(NamedTuple):
    """A sort of event: what it is called, when it begins, and how long it takes (hours)."""

    event_type: EventType
    title: str
    genres: tuple[str, ...]
    begins: tuple[time, ...]
    hours: int


_MUSIC = tuple(
    Format(EventType.MUSIC, "{act}", (genre,), _EVENINGS, 3)
    for genre in (
        "indie-rock",
        "jazz",
        "techno",
        "folk",
        "pop",
        "hip-hop",
        "soul",
        "metal",
        "singer-songwriter",
        "jazz",
    )
)
FORMATS = (
    *_MUSIC,
    Format(EventType.MUSIC, "{act}: an evening of chamber music", ("chamber-music",), _EVENINGS[:4], 2),
    Format(EventType.MUSIC, "{act} unplugged", ("folk", "singer-songwriter"), _EVENINGS, 2),
    Format(EventType.COMEDY, "Stand-up at the {house}", ("stand-up",), _EVENINGS, 2),
    Format(EventType.COMEDY, "{act}: improvised", ("improv",), _EVENINGS, 2),
    Format(EventType.THEATER, "The Lighthouse Keeper", ("theater",), _EVENINGS[:4], 3),
    Format(EventType.THEATER, "A Winter in Four Acts", ("theater",), _EVENINGS[:4], 3),
    Format(EventType.DANCE, "{act} dance: Tides", ("contemporary-dance",), _EVENINGS[:4], 2),
    Format(EventType.FESTIVAL, "{town} Lights Festival", ("electronic",), _DAYTIMES[2:], 50),
    Format(EventType.EXHIBITION, "Maps of Nowhere", (), _DAYTIMES[:2], 8),
    Format(EventType.FAMILY, "The Fox Who Sang: family matinee", (), _DAYTIMES, 2),
    Format(EventType.LITERARY, "Readings by candlelight", (), _EVENINGS[:4], 2),
    Format(EventType.SCREENING, "Silent film with live piano", (), _EVENINGS, 2),
    Format(EventType.SPORTS, "{town} Rovers v. the Wanderers", (), _DAYTIMES[2:], 2),
    Format(EventType.FOOD, "{town} night market", (), _DAYTIMES[2:], 6),
)

# How many events a day has, Monday first: some two thousand in 180 days.
_A_DAY = (9, 9, 9, 10, 14, 17, 10)
_STATUSES = {0: EventStatus.CANCELLED, 1: EventStatus.POSTPONED, 2: EventStatus.RESCHEDULED}


@dataclass(frozen=True, slots=True)
class Dice:
    """Throws that always fall the same for the same event: a number is drawn from its id and the purpose."""

    event_id: str

    def number(self, purpose: str, below: int) -> int:
        """A whole number from 0 to `below`, exclusive."""
        digest = hashlib.blake2b(f"{self.event_id}/{purpose}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") % below

    def pick(self, purpose: str, things: tuple[Thing, ...]) -> Thing:
        """One of the things."""
        return things[self.number(purpose, len(things))]


@cache
def venues() -> tuple[Venue, ...]:
    """Every house, town by town."""
    return tuple(_venue(town, number) for town in TOWNS for number in range(len(_HOUSES)))


@cache
def performers() -> tuple[Performer, ...]:
    """Every act."""
    return tuple(_performer(f"{first} {second}") for first in _FIRST for second in _SECOND)


def events_on(day: date) -> list[Listing]:
    """What begins on that day, everywhere."""
    return [event(event_id(day, number)) for number in range(_A_DAY[day.weekday()])]


def event_id(day: date, number: int) -> str:
    """The id of a day's event."""
    return f"{day:%Y%m%d}-{number:02d}"


def find(wanted: str) -> Listing | None:
    """The event of that id, of whatever day; None where there is none."""
    day_text, _, number = wanted.partition("-")
    try:
        day = date.fromisoformat(day_text)
        exists = number.isdecimal() and int(number) < _A_DAY[day.weekday()] and event_id(day, int(number)) == wanted
    except ValueError:
        return None
    return event(wanted) if exists else None


@lru_cache(maxsize=4_096)
def event(wanted: str) -> Listing:
    """The event of an id that exists; kept, as most of today's are tomorrow's, too."""
    dice = Dice(wanted)
    town = dice.pick("town", TOWNS)
    venue = venues()[TOWNS.index(town) * len(_HOUSES) + dice.number("house", len(_HOUSES))]
    form = dice.pick("format", FORMATS)
    acts = _bill(dice, form)
    begins, ends = _times(dice, form, town)
    status = _STATUSES.get(dice.number("status", 50), EventStatus.SCHEDULED)
    return Listing(
        id=wanted,
        name=form.title.format(act=acts[0].name if acts else "", house=venue.name, town=town.name),
        start=begins,
        end=ends,
        door_time=begins.instant - timedelta(minutes=45)
        if begins.instant and form.event_type is EventType.MUSIC
        else None,
        previous_start=begins.instant - timedelta(days=7)
        if begins.instant and status is EventStatus.RESCHEDULED
        else None,
        status=status,
        event_type=form.event_type,
        genres=form.genres,
        keywords=("sample",),
        description=f"A made-up event, to try the gateway with: {venue.name} in {town.name} does not exist.",
        venue=venue,
        performers=acts,
        organizer=Organization(name=f"Friends of {venue.name}"),
        url=f"{SITE}/events/{wanted}",
        offers=_offers(dice, town, wanted, status),
        is_free=_is_free(dice),
        age_range="18+" if form.genres == ("techno",) else None,
        languages=(town.language,)
        if form.event_type in {EventType.THEATER, EventType.COMEDY, EventType.LITERARY}
        else (),
    )


def _times(dice: Dice, form: Format, town: Town) -> tuple[When, When | None]:
    """One event in twelve has a date and no time; a festival lasts for days."""
    day = date.fromisoformat(dice.event_id[:8])
    if form.event_type is EventType.FESTIVAL:
        return When.on(day, town.time_zone), When.on(day + timedelta(days=2), town.time_zone)
    if dice.number("precision", 12) == 0:
        return When.on(day, town.time_zone), None
    begins = datetime.combine(day, dice.pick("time", form.begins))
    return When.local(begins, town.time_zone), When.local(begins + timedelta(hours=form.hours), town.time_zone)


def _bill(dice: Dice, form: Format) -> tuple[Performer, ...]:
    """The headliner and up to two in support, where anybody is named at all."""
    if "{act}" not in form.title:
        return ()
    numbers = dict.fromkeys(
        dice.number(f"act {place}", len(performers())) for place in range(1 + dice.number("supports", 3))
    )
    roles = (PerformanceRole.HEADLINER, PerformanceRole.SUPPORT, PerformanceRole.SUPPORT)
    return tuple(replace(performers()[number], role=role) for number, role in zip(numbers, roles, strict=False))


def _is_free(dice: Dice) -> bool:
    return dice.number("free", 8) == 0


def _offers(dice: Dice, town: Town, wanted: str, status: EventStatus) -> tuple[Offer, ...]:
    price = Decimal(0) if _is_free(dice) else Decimal((8 + dice.number("price", 60)) * town.unit)
    sold_out = dice.number("sold out", 15) == 0
    gone = OfferAvailability.OFF_SALE if status is EventStatus.CANCELLED else OfferAvailability.SOLD_OUT
    availability = gone if sold_out or status is EventStatus.CANCELLED else OfferAvailability.IN_STOCK
    return (
        Offer(
            name="Admission",
            price=price,
            currency=town.currency,
            fees_included=True,
            availability=availability,
            url=f"{SITE}/events/{wanted}/tickets",
            seller="Sample box office",
        ),
    )


def _venue(town: Town, number: int) -> Venue:
    pattern, capacity = _HOUSES[number]
    name = pattern.format(town.name)
    # A few hundred metres apart, so that they are not all one point on a map.
    offset = (number - len(_HOUSES) // 2) * 0.006
    return Venue(
        id=slug(name),
        name=name,
        address=Address(street=f"{_STREETS[number]} {7 + 4 * number}", locality=town.name, country=town.country),
        point=Point(latitude=town.latitude + offset, longitude=town.longitude - offset / 2),
        time_zone=town.time_zone,
        url=f"{SITE}/venues/{slug(name)}",
        capacity=capacity,
    )


def _performer(name: str) -> Performer:
    return Performer(
        id=slug(name),
        name=f"The {name}",
        kind=PerformerKind.ORCHESTRA if name.endswith("Orchestra") else PerformerKind.MUSIC_GROUP,
        url=f"{SITE}/performers/{slug(name)}",
    )
