"""Events, and the venues and performers that have events: they speak of each other, so they stand together."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from gateway import event as domain
from gateway.page import EventPage
from gateway.reports import CountRelation
from providers import (
    DatePrecision,
    EventAttendanceMode,
    EventStatus,
    EventType,
    OfferAvailability,
    OfferKind,
    PerformanceRole,
    PerformerKind,
)
from schema.arguments import After, EventFilterInput, First, Sort
from schema.context import Info
from schema.scalars import URL, CurrencyCode, LanguageTag, TimeZone
from schema.types.enums import KILOMETERS, DistanceUnit, EventSort
from schema.types.providers import Attribution, Provider, ProviderReport, SearchWarning
from schema.types.values import ExternalId, Genre, GeoCoordinates, Image, Node, Organization, PostalAddress

Currency = Annotated[
    CurrencyCode | None, strawberry.argument(description="Which one; that of the cheapest offer when left out.")
]


@strawberry.type(description="An amount of money.")
class MonetaryAmount:
    """An amount of money."""

    value: Decimal = strawberry.field(description="How much.")
    currency: CurrencyCode = strawberry.field(description="Of which currency.")


@strawberry.type(description="Lowest and highest price over an event's offers, in one currency.")
class PriceRange:
    """Lowest and highest price."""

    low_price: Decimal = strawberry.field(description="The lowest.")
    high_price: Decimal = strawberry.field(description="The highest.")
    currency: CurrencyCode = strawberry.field(description="The currency of both.")
    offer_count: int = strawberry.field(description="Over how many offers.")


@strawberry.type(description="One provider's record of an event.")
class EventSource:
    """One provider's record of an event."""

    provider: Provider = strawberry.field(description="Who says so.")
    source_id: str = strawberry.field(description="The provider's own id.")
    url: URL | None = strawberry.field(description="The provider's page of it.")
    name: str = strawberry.field(description="What the provider calls it.")
    start_date: datetime | None = strawberry.field(description="When the provider says that it starts.")
    start_day: date | None = strawberry.field(description="On which day the provider says that it starts.")
    venue_name: str | None = strawberry.field(description="Where the provider says that it is.")
    fetched_at: datetime = strawberry.field(description="When this was read.")
    is_stale: bool = strawberry.field(
        description="True when this came from cache after its freshness ran out because the provider did not answer."
    )
    attribution: Attribution | None = strawberry.field(
        description="Text the provider's terms oblige a client to show with the event."
    )
    contributed_fields: list[str] = strawberry.field(
        description="Fields of the merged event taken from this source, where there are several."
    )
    match_score: float | None = strawberry.field(
        description="How surely it is of one event with the first of the sources, 0 to 1; null for the first itself."
    )


@strawberry.type(description="A way to get in.")
class Offer:
    """schema.org's Offer."""

    name: str | None = strawberry.field(description="What it is called, e.g. `Standing`.")
    kind: OfferKind = strawberry.field(description="Who sells.")
    price: MonetaryAmount | None = strawberry.field(description="What it costs, where that is one price.")
    low_price: MonetaryAmount | None = strawberry.field(description="The cheapest, where there is a range.")
    high_price: MonetaryAmount | None = strawberry.field(description="The dearest, where there is a range.")
    fees_included: bool | None = strawberry.field(
        description="Whether fees are in the price; null when the provider does not say."
    )
    availability: OfferAvailability = strawberry.field(description="Whether it can be had.")
    url: URL | None = strawberry.field(description="Where it can be had.")
    valid_from: datetime | None = strawberry.field(description="When the sale begins.")
    valid_through: datetime | None = strawberry.field(description="When the sale ends.")
    seller: str | None = strawberry.field(description="Who sells.")
    source: EventSource = strawberry.field(description="Who says so.")


async def _events_about(  # noqa: PLR0917 - the API's arguments, passed by name
    root: strawberry.Parent[domain.Venue | domain.Performer],
    info: Info,
    first: First = 20,
    after: After = None,
    filter: EventFilterInput = None,  # noqa: A002 - the argument's name in the API
    sort: Sort = EventSort.START_DATE_ASC,
) -> EventPage:
    """Asked together with the other venues, or performers, of the page."""
    return await info.context.events(filter, first=first, after=after, sort=sort, about=root.refs)


def _events(description: str) -> Any:  # noqa: ANN401 - as strawberry.field
    connection = Annotated["EventConnection", strawberry.lazy("schema.types.events")]
    return strawberry.field(resolver=_events_about, description=description, graphql_type=connection)


async def _has_favourited(
    root: strawberry.Parent[domain.Event | domain.Venue | domain.Performer], info: Info
) -> bool | None:
    """Asked together with the others of the page."""
    return await info.context.has_favourited(root)


def _viewer_has_favourited() -> Any:  # noqa: ANN401 - as strawberry.field
    description = "Whether the signed-in viewer keeps it; null when anonymous, or when that cannot be told now."
    return strawberry.field(resolver=_has_favourited, description=description)


@strawberry.type(description="A place where events happen: schema.org's EventVenue.")
class Venue(Node):
    """A place where events happen."""

    name: str = strawberry.field(description="Its name.")
    alternate_names: list[str] = strawberry.field(
        description="What others call it, where that is another name and not another spelling."
    )
    address: PostalAddress = strawberry.field(description="Its address.")
    geo: GeoCoordinates | None = strawberry.field(description="Where it is on the map.")
    time_zone: TimeZone | None = strawberry.field(description="Its time zone.")
    maximum_attendee_capacity: int | None = strawberry.field(description="How many people it holds.")
    url: URL | None = strawberry.field(description="Its page.")
    external_ids: list[ExternalId] = strawberry.field(
        description="Its ids elsewhere: at each provider that tells of it, and where these say."
    )

    events = _events("What is on there, as all providers tell that are known to have it.")
    viewer_has_favourited = _viewer_has_favourited()

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:  # noqa: ANN401 - whatever a Node may be
        """The gateway's venues are venues."""
        return isinstance(value, domain.Venue)


@strawberry.type(description="Somebody who performs: schema.org's PerformingGroup.")
class Performer(Node):
    """Somebody who performs."""

    name: str = strawberry.field(description="Their name.")
    kind: PerformerKind = strawberry.field(description="What kind of performer it is.")
    alternate_names: list[str] = strawberry.field(
        description="What others call them, where that is another name and not another spelling."
    )
    genres: list[Genre] = strawberry.field(description="What they play.")
    images: list[Image] = strawberry.field(description="Pictures of them.")
    url: URL | None = strawberry.field(description="Their page.")
    external_ids: list[ExternalId] = strawberry.field(
        description="Their ids elsewhere: at each provider that tells of them, and where these say."
    )

    events = _events("Where they play, as all providers tell that are known to have them.")
    viewer_has_favourited = _viewer_has_favourited()

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:  # noqa: ANN401 - whatever a Node may be
        """The gateway's performers are performers."""
        return isinstance(value, domain.Performer)


@strawberry.type(description="A performer's part in one event.")
class Performance:
    """A performer's part in one event."""

    performer: Performer = strawberry.field(description="Who.")
    role: PerformanceRole = strawberry.field(description="As what.")
    billing_index: int = strawberry.field(description="Place on the bill, from 0.")


@strawberry.type(description="A real-world event, merged from one or more provider records: schema.org's Event.")
class Event(Node):
    """A real-world event."""

    name: str = strawberry.field(description="What it is called.")
    description: str | None = strawberry.field(
        description="Plain text, at most 2,000 characters; use `sources` for the original."
    )
    event_type: EventType = strawberry.field(description="What kind of event it is.")
    genres: list[Genre] = strawberry.field(description="What is played.")
    keywords: list[str] = strawberry.field(description="Words that the providers attach to it.")
    event_status: EventStatus = strawberry.field(description="Whether it takes place as planned.")
    event_attendance_mode: EventAttendanceMode = strawberry.field(
        description="Whether one goes there or watches online."
    )
    start_date: datetime | None = strawberry.field(
        description="Start instant. Null when only the date is known; then see `startDay` and `datePrecision`."
    )
    end_date: datetime | None = strawberry.field(description="When it ends, where known to the minute.")
    door_time: datetime | None = strawberry.field(description="When the doors open.")
    start_day: date | None = strawberry.field(
        description="Calendar day in the venue's time zone. Null only when nothing but month or year is known."
    )
    end_day: date | None = strawberry.field(description="The last calendar day, in the venue's time zone.")
    date_precision: DatePrecision = strawberry.field(description="How exactly the start is known.")
    time_zone: TimeZone | None = strawberry.field(description="The venue's time zone.")
    previous_start_date: datetime | None = strawberry.field(description="When it was to start before it was moved.")
    location: Venue | None = strawberry.field(
        description="Where it is: one venue, made of what all sources say that mean the same house."
    )
    performers: list[Performance] = strawberry.field(description="Who performs, in the order of the bill, each once.")
    organizer: Organization | None = strawberry.field(description="Who puts it on.")
    images: list[Image] = strawberry.field(description="Pictures of it.")
    url: URL | None = strawberry.field(description="The page to send a person to.")
    same_as: list[URL] = strawberry.field(description="Other pages of the same event.")
    offers: list[Offer] = strawberry.field(description="Ticket offers of every source, cheapest first.")
    is_accessible_for_free: bool | None = strawberry.field(description="Whether one gets in for nothing.")
    typical_age_range: str | None = strawberry.field(description="For whom it is, e.g. `18+`.")
    in_language: list[LanguageTag] = strawberry.field(description="The languages that are spoken.")
    sources: list[EventSource] = strawberry.field(description="Where this event was found and what each provider said.")
    merge_confidence: float = strawberry.field(
        description="How sure the gateway is that `sources` are one event; 1 for a single source."
    )
    updated_at: datetime = strawberry.field(description="When a provider last changed it, else when it was read.")

    viewer_has_favourited = _viewer_has_favourited()

    @strawberry.field(description="Single-event iCalendar download.")
    def icalendar_url(self, root: strawberry.Parent[domain.Event], info: Info) -> URL:
        """At this gateway's public address."""
        return URL(info.context.address_of("events", root.id))

    @strawberry.field(description="Distance from `filter.near`, when the event came from such a search.")
    def distance(
        self,
        root: strawberry.Parent[domain.Event],
        unit: Annotated[
            DistanceUnit, strawberry.argument(description="What it is measured in.")
        ] = DistanceUnit.KILOMETER,
    ) -> float | None:
        """Worked out when asked for."""
        kilometers = domain.distance(root)
        return None if kilometers is None else kilometers / KILOMETERS[unit]

    @strawberry.field(
        description="Lowest and highest price over `offers` in one currency; null when no price is known.",
        graphql_type=PriceRange | None,
    )
    def price_range(self, root: strawberry.Parent[domain.Event], currency: Currency = None) -> domain.PriceRange | None:
        """Worked out when asked for."""
        return domain.price_range(root.offers, currency)

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:  # noqa: ANN401 - whatever a Node may be
        """The gateway's events are events."""
        return isinstance(value, domain.Event)


@strawberry.type(description="Where a page of a list begins and ends.")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether there is more behind this page.")
    has_previous_page: bool = strawberry.field(
        description="True when `after` was given. Backward paging (`last`/`before`) is not offered on merged lists."
    )
    start_cursor: str | None = strawberry.field(description="The first edge's cursor.")
    end_cursor: str | None = strawberry.field(description="Give it as `after` to go on.")


@strawberry.type(description="What can honestly be said about the size of the whole result.")
class Count:
    """A count and what it means."""

    value: int | None = strawberry.field(description="The number; null when nothing is known.")
    relation: CountRelation = strawberry.field(description="What the number means.")
    upper_bound: int | None = strawberry.field(description="Sum of the providers' own totals, before deduplication.")


@strawberry.type(description="An event in a list, and the place behind it.")
class EventEdge:
    """An event in a list."""

    node: Event = strawberry.field(description="The event.")
    cursor: str = strawberry.field(description="Give it as `after` to go on behind this event.")


@strawberry.type(description="A page of events, and what became of each provider's part in it.")
class EventConnection:
    """A page of events."""

    edges: list[EventEdge] = strawberry.field(description="The events with their cursors.")
    nodes: list[Event] = strawberry.field(description="The events.")
    page_info: PageInfo = strawberry.field(description="Where the page begins and ends.")
    total_count: Count = strawberry.field(description="What can honestly be said about the size of the whole result.")
    is_partial: bool = strawberry.field(
        description="True when a provider failed, timed out or was cut off, so events may be missing."
    )
    provider_reports: list[ProviderReport] = strawberry.field(description="What each provider contributed.")
    warnings: list[SearchWarning] = strawberry.field(description="What is not whole, and why.")
