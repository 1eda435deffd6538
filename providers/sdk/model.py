"""What providers know: listings, and the places and people in them.

Every class is frozen and valid once built: a bad code, an empty name or a time without an offset raises ValueError
where it is made, in the adapter, and nowhere later. Words are schema.org's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto
from typing import NamedTuple
from urllib.parse import urlsplit

from providers.sdk.when import When, zone

_COUNTRY = re.compile(r"[A-Z]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SCHEMES = ("http", "https", "webcal")
# Nearly all addresses; parsing each whole takes a quarter of the time that a listing takes to read.
_PLAIN_ADDRESS = re.compile(r"https?://[A-Za-z0-9._-]+(:[0-9]+)?([/?#]|$)")

MAX_LATITUDE = 90
MAX_LONGITUDE = 180
MAX_ID_LENGTH = 500


# Each check spells out its `if`: a message that is built for every value that is fine costs more than all the checks.


def _check_id(value: str | None) -> None:
    if value is not None and not 0 < len(value) <= MAX_ID_LENGTH:
        msg = f"an id has 1 to {MAX_ID_LENGTH} characters, not {value[:40]!r}"
        raise ValueError(msg)


def _check_name(value: str) -> None:
    if not value.strip():
        msg = "a name must not be empty"
        raise ValueError(msg)


def _check_country(value: str | None) -> None:
    if value is not None and not _COUNTRY.fullmatch(value):
        msg = f"{value!r} is not an ISO 3166-1 alpha-2 code, such as 'DE'"
        raise ValueError(msg)


def _check_currency(value: str | None) -> None:
    if value is not None and not _CURRENCY.fullmatch(value):
        msg = f"{value!r} is not an ISO 4217 code, such as 'EUR'"
        raise ValueError(msg)


def _check_prices(*values: Decimal | None) -> None:
    for value in values:
        if value is not None and not (value.is_finite() and value >= 0):
            msg = f"a price is negative or no number: {value}"
            raise ValueError(msg)


def _check_zone(value: str | None) -> None:
    if value is not None:
        zone(value)


def _check_slugs(values: tuple[str, ...]) -> None:
    for value in values:
        if not _SLUG.fullmatch(value):
            msg = f"{value!r} is not a slug, such as 'indie-rock'"
            raise ValueError(msg)


def _check_languages(values: tuple[str, ...]) -> None:
    for value in values:
        if not _LANGUAGE.fullmatch(value):
            msg = f"{value!r} is not a BCP 47 language tag, such as 'de-AT'"
            raise ValueError(msg)


def _check_url(value: str | None) -> None:
    if value is None or _PLAIN_ADDRESS.match(value):
        return
    parts = urlsplit(value)
    if parts.scheme not in _SCHEMES or not parts.netloc:
        msg = f"{value[:80]!r} is not an absolute http address"
        raise ValueError(msg)


def _check_aware(*values: datetime | None) -> None:
    for value in values:
        if value is not None and value.utcoffset() is None:
            msg = f"{value} has no offset"
            raise ValueError(msg)


class EventStatus(Enum):
    """schema.org EventStatusType."""

    SCHEDULED = auto()
    RESCHEDULED = auto()
    POSTPONED = auto()
    CANCELLED = auto()
    MOVED_ONLINE = auto()
    UNKNOWN = auto()


class EventAttendanceMode(Enum):
    """schema.org EventAttendanceModeEnumeration."""

    OFFLINE = auto()
    ONLINE = auto()
    MIXED = auto()


class EventType(Enum):
    """The schema.org Event subtypes that the gateway distinguishes."""

    MUSIC = auto()
    FESTIVAL = auto()
    COMEDY = auto()
    THEATER = auto()
    DANCE = auto()
    SPORTS = auto()
    SCREENING = auto()
    EXHIBITION = auto()
    LITERARY = auto()
    FOOD = auto()
    EDUCATION = auto()
    CONFERENCE = auto()
    FAMILY = auto()
    SOCIAL = auto()
    OTHER = auto()


class OfferAvailability(Enum):
    """schema.org ItemAvailability, reduced."""

    IN_STOCK = auto()
    LIMITED_AVAILABILITY = auto()
    PRE_SALE = auto()
    PRE_ORDER = auto()
    SOLD_OUT = auto()
    OFF_SALE = auto()
    UNKNOWN = auto()


class OfferKind(Enum):
    """Who sells, or how one gets in."""

    PRIMARY = auto()
    RESALE = auto()
    DOOR = auto()
    FREE_REGISTRATION = auto()


class PerformerKind(Enum):
    """What kind of performer it is."""

    PERSON = auto()
    MUSIC_GROUP = auto()
    ORCHESTRA = auto()
    SPORTS_TEAM = auto()
    THEATER_GROUP = auto()
    OTHER = auto()


class PerformanceRole(Enum):
    """A performer's part in one event."""

    HEADLINER = auto()
    SUPPORT = auto()
    DJ = auto()
    CONDUCTOR = auto()
    SOLOIST = auto()
    SPEAKER = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A WGS 84 point in degrees; `accuracy_meters` is its uncertainty, 5,000 or more for a city's centre."""

    latitude: float
    longitude: float
    accuracy_meters: int | None = None

    def __post_init__(self) -> None:
        # Said so that NaN, of which every comparison is false, is refused, too.
        if not abs(self.latitude) <= MAX_LATITUDE:
            msg = f"latitude {self.latitude} is not within -90 and 90"
            raise ValueError(msg)
        if not abs(self.longitude) <= MAX_LONGITUDE:
            msg = f"longitude {self.longitude} is not within -180 and 180"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A town or city: what a `city` filter means, with all that the gazetteer knows of it."""

    name: str
    region: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    time_zone: str | None = None
    population: int | None = None
    alternate_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_country(self.country)

    @property
    def point(self) -> Point | None:
        """Its centre, where that is known."""
        if self.latitude is None or self.longitude is None:
            return None
        return Point(latitude=self.latitude, longitude=self.longitude)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """schema.org PostalAddress; `country` is ISO 3166-1 alpha-2."""

    street: str | None = None
    locality: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None

    def __post_init__(self) -> None:
        _check_country(self.country)


class ExternalId(NamedTuple):
    """The same thing's id elsewhere: scheme `musicbrainz`, `wikidata`, `spotify`, `osm`, ..."""

    scheme: str
    value: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """Where it happens. `id` is the provider's own, None where it has none."""

    id: str | None = None
    name: str
    address: Address = Address()
    point: Point | None = None
    time_zone: str | None = None
    url: str | None = None
    capacity: int | None = None
    external_ids: tuple[ExternalId, ...] = ()

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_name(self.name)
        _check_zone(self.time_zone)
        _check_url(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture; width and height in pixels."""

    url: str
    width: int | None = None
    height: int | None = None
    caption: str | None = None
    credit_text: str | None = None
    license: str | None = None

    def __post_init__(self) -> None:
        _check_url(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """Who plays. `role` is the part in the one listing that holds it; the order in the listing is the billing."""

    id: str | None = None
    name: str
    kind: PerformerKind = PerformerKind.OTHER
    role: PerformanceRole = PerformanceRole.OTHER
    genres: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    url: str | None = None
    external_ids: tuple[ExternalId, ...] = ()

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_name(self.name)
        _check_slugs(self.genres)
        _check_url(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A way to get in. Prices are decimals in `currency` (ISO 4217), never floats."""

    name: str | None = None
    kind: OfferKind = OfferKind.PRIMARY
    price: Decimal | None = None
    low_price: Decimal | None = None
    high_price: Decimal | None = None
    currency: str | None = None
    fees_included: bool | None = None
    availability: OfferAvailability = OfferAvailability.UNKNOWN
    url: str | None = None
    valid_from: datetime | None = None
    valid_through: datetime | None = None
    seller: str | None = None

    def __post_init__(self) -> None:
        _check_prices(self.price, self.low_price, self.high_price)
        _check_currency(self.currency)
        if self.currency is None and (self.price, self.low_price, self.high_price) != (None, None, None):
            msg = "a price needs its currency"
            raise ValueError(msg)
        _check_aware(self.valid_from, self.valid_through)
        _check_url(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """Who puts it on."""

    name: str
    url: str | None = None

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_url(self.url)


class Key(NamedTuple):
    """Where a listing stands in its provider's list: by instant (UTC), then by id. A total order."""

    instant: datetime
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One provider's claim that something happens somewhere, some time.

    `id` is the provider's own and stays the same from one answer to the next. Texts are plain, without HTML.
    `genres` are slugs (`indie-rock`); `languages` are BCP 47 tags; `url` is the page to send a person to.
    """

    id: str
    name: str
    start: When
    end: When | None = None
    door_time: datetime | None = None
    previous_start: datetime | None = None
    status: EventStatus = EventStatus.SCHEDULED
    attendance_mode: EventAttendanceMode = EventAttendanceMode.OFFLINE
    event_type: EventType = EventType.OTHER
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    description: str | None = None
    venue: Venue | None = None
    performers: tuple[Performer, ...] = ()
    organizer: Organization | None = None
    images: tuple[Image, ...] = ()
    url: str | None = None
    same_as: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    is_free: bool | None = None
    age_range: str | None = None
    languages: tuple[str, ...] = ()
    updated_at: datetime | None = None
    key: Key = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_id(self.id)
        _check_name(self.name)
        _check_slugs(self.genres)
        _check_aware(self.door_time, self.previous_start, self.updated_at)
        for address in (self.url, *self.same_as):
            _check_url(address)
        _check_languages(self.languages)
        object.__setattr__(self, "key", Key(self.start.latest, self.id))
