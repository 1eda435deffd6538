"""What a client can ask for, and how that becomes a search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

import strawberry

from gateway.dates import DatePreset, DateRange, Weekday
from gateway.errors import BadInput
from gateway.genres import with_children
from gateway.ids import Kind, Ref, decode
from gateway.places import Gazetteer
from gateway.search import NOT_CANCELLED, PriceFilter, Search
from providers import Box, Circle, EventAttendanceMode, EventStatus, EventType, ListingQuery, Place, Point
from schema.scalars import CountryCode, CurrencyCode, TimeZone
from schema.types.enums import KILOMETERS, DistanceUnit

MOST_KM = 20_100.0
MOST_LETTERS = 200
MOST_VALUES = 100

Value = TypeVar("Value")


@strawberry.input(description="Around a point.")
class NearInput:
    """Around a point."""

    lat: float = strawberry.field(description="Latitude in degrees, -90 to 90.")
    lon: float = strawberry.field(description="Longitude in degrees, -180 to 180.")
    radius: float = strawberry.field(default=25, description="How far around, more than 0.")
    unit: DistanceUnit = strawberry.field(default=DistanceUnit.KILOMETER, description="What `radius` is measured in.")

    def circle(self) -> Circle:
        """As the providers are asked."""
        with _naming("near"):
            radius = self.radius * KILOMETERS[self.unit]
            return Circle(center=Point(latitude=self.lat, longitude=self.lon), radius_km=min(radius, MOST_KM))


@strawberry.input(
    description="Inside a rectangle, in degrees; it spans the antimeridian where `west` is greater than `east`."
)
class BoundingBoxInput:
    """Inside a rectangle."""

    south: float = strawberry.field(description="Its southern latitude.")
    west: float = strawberry.field(description="Its western longitude.")
    north: float = strawberry.field(description="Its northern latitude.")
    east: float = strawberry.field(description="Its eastern longitude.")

    def box(self) -> Box:
        """As the providers are asked."""
        with _naming("boundingBox"):
            return Box(south=self.south, west=self.west, north=self.north, east=self.east)


@strawberry.input(
    description="Either a preset or explicit bounds. `from` is inclusive, `to` exclusive. Days are read in `timeZone`, "
    "else in each venue's own zone."
)
class DateRangeInput:
    """When."""

    preset: DatePreset | None = strawberry.field(default=None, description="A range that has a name.")
    start_from: datetime | None = strawberry.field(name="from", default=None, description="The earliest start.")
    start_before: datetime | None = strawberry.field(name="to", default=None, description="Starts before this.")
    from_day: date | None = strawberry.field(default=None, description="The first day.")
    to_day: date | None = strawberry.field(default=None, description="The day after the last.")
    time_zone: TimeZone | None = strawberry.field(default=None, description="In which days are read.")
    weekdays: list[Weekday] | None = strawberry.field(default=None, description="Only on these days of the week.")

    def range(self) -> DateRange:
        """As the gateway reads it."""
        return DateRange(
            preset=self.preset,
            start_from=self.start_from,
            start_before=self.start_before,
            from_day=self.from_day,
            to_day=self.to_day,
            time_zone=self.time_zone,
            weekdays=tuple(self.weekdays or ()),
        )


@strawberry.input(
    description="Some way in costs from `min` to `max`, both inclusive. Without either it is no condition, and only names "
    "the currency that `PRICE_ASC` goes by."
)
class PriceFilterInput:
    """What it may cost."""

    least: Decimal | None = strawberry.field(name="min", default=None, description="At least.")
    most: Decimal | None = strawberry.field(name="max", default=None, description="At most.")
    currency: CurrencyCode = strawberry.field(description="Offers in other currencies do not count.")

    def price(self) -> PriceFilter:
        """As the gateway reads it."""
        if self.least is not None and self.most is not None and self.least > self.most:
            msg = f"price: `min` ({self.least}) must not be more than `max` ({self.most})"
            raise BadInput(msg)
        return PriceFilter(currency=self.currency, least=self.least, most=self.most)


@strawberry.input(description="All given conditions must hold; inside a list, any may.")
class EventFilter:
    """Which events are wanted."""

    keyword: str | None = strawberry.field(default=None, description="Free text over name, performers and venue.")
    near: NearInput | None = strawberry.field(default=None, description="Around a point.")
    bounding_box: BoundingBoxInput | None = strawberry.field(default=None, description="Inside a rectangle.")
    country: CountryCode | None = strawberry.field(default=None, description="In a country.")
    city: str | None = strawberry.field(
        default=None, description="In a town, by any of its names: `Munich`, `München`."
    )
    date: DateRangeInput | None = strawberry.field(default=None, description="When; upcoming ones when left out.")
    event_types: list[EventType] | None = strawberry.field(default=None, description="Of these kinds.")
    genres: list[str] | None = strawberry.field(
        default=None, description="Genre slugs; a parent includes its children."
    )
    performer_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="With these performers.")
    venue_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="At these venues.")
    price: PriceFilterInput | None = strawberry.field(default=None, description="For what money.")
    is_accessible_for_free: bool | None = strawberry.field(default=None, description="For nothing, or not.")
    attendance_modes: list[EventAttendanceMode] | None = strawberry.field(default=None, description="There or online.")
    statuses: list[EventStatus] | None = strawberry.field(default=None, description="Default leaves out CANCELLED.")
    on_sale: bool | None = strawberry.field(default=None, description="Whether tickets can be had now.")
    has_image: bool | None = strawberry.field(default=None, description="Whether there is a picture.")
    updated_since: datetime | None = strawberry.field(default=None, description="Changed since then.")

    def search(self, gazetteer: Callable[[], Gazetteer], *, about: Sequence[Ref] = ()) -> Search:
        """As the gateway reads it; of one venue or performer where its records are given, that which it goes by first.

        Raises:
            BadInput: a condition cannot be meant; the message begins with its name.
        """
        venues, performers = (
            _refs("venueIds", self.venue_ids, Kind.VENUE),
            _refs("performerIds", self.performer_ids, Kind.PERFORMER),
        )
        return Search(
            query=self._query(gazetteer),
            dates=(self.date or DateRangeInput()).range(),
            venues=_first(about, Kind.VENUE) or venues,
            performers=_first(about, Kind.PERFORMER) or performers,
            aliases=tuple(about[1:]),
            statuses=_values("statuses", self.statuses) or NOT_CANCELLED,
            attendance_modes=_values("attendanceModes", self.attendance_modes),
            price=self.price.price() if self.price else None,
            is_free=self.is_accessible_for_free,
            on_sale=self.on_sale,
            has_image=self.has_image,
            updated_since=self.updated_since,
        )

    def _query(self, gazetteer: Callable[[], Gazetteer]) -> ListingQuery:
        return ListingQuery(
            keyword=_text("keyword", self.keyword),
            near=self.near.circle() if self.near else None,
            bounding_box=self.bounding_box.box() if self.bounding_box else None,
            country=self.country,
            city=self._place(gazetteer),
            event_types=_values("eventTypes", self.event_types),
            genres=with_children(_values("genres", self.genres)),
        )

    def _place(self, gazetteer: Callable[[], Gazetteer]) -> Place | None:
        """The town, with all its names where the gazetteer knows it."""
        name = _text("city", self.city)
        if name is None:
            return None
        return gazetteer().find(name, country=self.country) or Place(name=name, country=self.country)


@contextmanager
def _naming(argument: str) -> Iterator[None]:
    """Say which argument it was that a model class refused."""
    try:
        yield
    except ValueError as error:
        msg = f"{argument}: {error}"
        raise BadInput(msg) from None


def _text(argument: str, text: str | None) -> str | None:
    if text is not None and len(text) > MOST_LETTERS:
        msg = f"{argument}: wants at most {MOST_LETTERS} characters, not {len(text)}"
        raise BadInput(msg)
    return text.strip() or None if text else None


def _values(argument: str, values: Iterable[Value] | None) -> tuple[Value, ...]:
    """Each once, in an order of their own, so that the same wish has the same cursor."""
    unique = sorted(set(values or ()), key=str)
    if len(unique) > MOST_VALUES:
        msg = f"{argument}: wants at most {MOST_VALUES} values, not {len(unique)}"
        raise BadInput(msg)
    return tuple(unique)


def _first(about: Sequence[Ref], kind: Kind) -> tuple[Ref, ...]:
    return tuple(ref for ref in about[:1] if ref.kind is kind)


def _refs(argument: str, ids: list[strawberry.ID] | None, kind: Kind) -> tuple[Ref, ...]:
    refs = [decode(each) for each in _values(argument, ids)]
    known = [ref for ref in refs if ref is not None and ref.kind is kind]
    if len(known) < len(refs):
        msg = f"{argument}: wants ids of {kind.value} objects, as their `id` field gives them"
        raise BadInput(msg)
    return tuple(sorted(known, key=lambda ref: (ref.provider, ref.id)))
