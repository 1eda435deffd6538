"""Events: what the gateway makes of listings. The attributes are those of the schema, so that it need not convert.

`event_of` is a pure function of a set of sources: those that `gateway.identity` found to be of one event.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from gateway.genres import Genre, genre
from gateway.identity import NO_RULES, Claim, Cluster, Golden, Rules, merge
from gateway.ids import Kind, Ref
from gateway.roster import Member
from providers import (
    Address,
    Attribution,
    DatePrecision,
    EventAttendanceMode,
    EventStatus,
    EventType,
    ExternalId,
    Image,
    Listing,
    OfferAvailability,
    OfferKind,
    Organization,
    PerformanceRole,
    PerformerKind,
    Point,
    When,
    distance_km,
)
from providers import Offer as ListedOffer
from providers import Performer as ListedPerformer
from providers import Venue as ListedVenue

# Enough to tell the listings of one list apart.
DIGEST_BYTES = 8


class Position(NamedTuple):
    """Where a source stands in the merged list: by instant (UTC), then provider, then the provider's id."""

    instant: datetime
    provider: str
    id: str


class EventSource:
    """One provider's record of an event."""

    __slots__ = (
        "_claim",
        "contributed_fields",
        "digest",
        "fetched_at",
        "is_stale",
        "listing",
        "match_score",
        "position",
        "provider",
    )

    def __init__(self, provider: Member, listing: Listing, fetched_at: datetime) -> None:
        self.provider = provider
        self.listing = listing
        self.fetched_at = fetched_at
        self.is_stale = False
        self.match_score: float | None = None
        self.contributed_fields: Sequence[str] = ()
        self.position = Position(listing.key.instant, provider.slug, listing.id)
        self.digest = hashlib.blake2b(f"{provider.slug}:{listing.id}".encode(), digest_size=DIGEST_BYTES).digest()
        self._claim: Claim | None = None

    @property
    def claim(self) -> Claim:
        """The record, ready to be compared with others; made when it is first needed."""
        if self._claim is None:
            self._claim = Claim(self.provider.slug, self.listing, rank=self.provider.rank)
        return self._claim

    @property
    def source_id(self) -> str:
        """The provider's own id."""
        return self.listing.id

    @property
    def url(self) -> str | None:
        """The provider's page of it."""
        return self.listing.url

    @property
    def name(self) -> str:
        """What the provider calls it."""
        return self.listing.name

    @property
    def start_date(self) -> datetime | None:
        """When the provider says that it starts."""
        return self.listing.start.instant

    @property
    def start_day(self) -> date | None:
        """The day that the provider says."""
        return _day(self.listing.start)

    @property
    def venue_name(self) -> str | None:
        """Where the provider says that it is."""
        return self.listing.venue.name if self.listing.venue else None

    @property
    def attribution(self) -> Attribution | None:
        """What the provider's terms oblige a client to show."""
        return self.provider.attribution


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """schema.org PostalAddress; `formatted` is one line."""

    street_address: str | None
    address_locality: str | None
    address_region: str | None
    postal_code: str | None
    address_country: str | None
    formatted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """Where it happens."""

    id: str
    ref: Ref
    name: str
    alternate_names: tuple[str, ...] = ()
    address: PostalAddress
    geo: Point | None
    time_zone: str | None
    maximum_attendee_capacity: int | None
    url: str | None
    external_ids: tuple[ExternalId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """Who plays."""

    id: str
    ref: Ref
    name: str
    kind: PerformerKind
    alternate_names: tuple[str, ...] = ()
    genres: tuple[Genre, ...]
    images: tuple[Image, ...]
    url: str | None
    external_ids: tuple[ExternalId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A performer's part in one event; billing counts from 0."""

    performer: Performer
    role: PerformanceRole
    billing_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonetaryAmount:
    """An amount in a currency."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A way to get in, and who says so."""

    name: str | None
    kind: OfferKind
    price: MonetaryAmount | None
    low_price: MonetaryAmount | None
    high_price: MonetaryAmount | None
    fees_included: bool | None
    availability: OfferAvailability
    url: str | None
    valid_from: datetime | None
    valid_through: datetime | None
    seller: str | None
    source: EventSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A happening, merged from one or more sources. `searched_from` is the middle of the circle it was found in."""

    id: str
    name: str
    description: str | None
    event_type: EventType
    genres: tuple[Genre, ...]
    keywords: tuple[str, ...]
    event_status: EventStatus
    event_attendance_mode: EventAttendanceMode
    start_date: datetime | None
    end_date: datetime | None
    door_time: datetime | None
    start_day: date | None
    end_day: date | None
    date_precision: DatePrecision
    time_zone: str | None
    previous_start_date: datetime | None
    location: Venue | None
    performers: tuple[Performance, ...]
    organizer: Organization | None
    images: tuple[Image, ...]
    url: str | None
    same_as: tuple[str, ...]
    offers: tuple[Offer, ...]
    is_accessible_for_free: bool | None
    typical_age_range: str | None
    in_language: tuple[str, ...]
    sources: tuple[EventSource, ...]
    merge_confidence: float
    updated_at: datetime
    searched_from: Point | None = None


def event_of(sources: Sequence[EventSource], *, searched_from: Point | None = None, rules: Rules = NO_RULES) -> Event:
    """The event that these sources speak of, put together field by field; its id is that of its leader, the first of them.

    rules: those that they were brought together by; what people have said is surer than any likeness.
    """
    if len(sources) == 1:
        only = sources[0]
        listing, performances = only.listing, _performances(only.provider.slug, only.listing)
        return _event(
            sources, listing, performances, venue_from=only.provider.slug, confidence=1.0, searched_from=searched_from
        )
    made = Cluster([source.claim for source in sources], rules)
    golden = merge(made)
    ordered = _told_apart(sources, made, golden)
    venue_by = golden.giver("venue")
    performances = tuple(
        Performance(performer=performer_of(ref.provider, performer), role=performer.role, billing_index=index)
        for index, (ref, performer) in enumerate(golden.performers)
    )
    return _event(
        ordered,
        golden.listing,
        performances,
        venue_from=venue_by.provider if venue_by else made.leader.provider,
        confidence=made.confidence,
        searched_from=searched_from,
    )


def _told_apart(sources: Sequence[EventSource], cluster: Cluster, golden: Golden) -> tuple[EventSource, ...]:
    """The sources in order, each knowing how well it matches the first and what it gave.

    They are copies, since in another event they may match otherwise.
    """
    told = []
    for source in map(copy, sorted(sources, key=lambda source: source.position)):
        ref = source.claim.ref
        source.match_score = cluster.scores[ref]
        source.contributed_fields = tuple(sorted(_FIELD_NAMES[field] for field in golden.contributed(ref)))
        told.append(source)
    return tuple(told)


# The names that the schema has for a listing's fields.
_FIELD_NAMES = {
    "age_range": "typicalAgeRange",
    "attendance_mode": "eventAttendanceMode",
    "description": "description",
    "door_time": "doorTime",
    "end": "endDate",
    "event_type": "eventType",
    "genres": "genres",
    "images": "images",
    "is_free": "isAccessibleForFree",
    "keywords": "keywords",
    "languages": "inLanguage",
    "name": "name",
    "organizer": "organizer",
    "performers": "performers",
    "previous_start": "previousStartDate",
    "same_as": "sameAs",
    "start": "startDate",
    "status": "eventStatus",
    "url": "url",
    "venue": "location",
}


def _event(
    sources: Sequence[EventSource],
    listing: Listing,
    performances: tuple[Performance, ...],
    *,
    venue_from: str,
    confidence: float,
    searched_from: Point | None,
) -> Event:
    leader = sources[0]
    return Event(
        id=Ref(Kind.EVENT, leader.provider.slug, leader.listing.id).encode(),
        name=listing.name,
        description=listing.description,
        event_type=listing.event_type,
        genres=tuple(genre(slug) for slug in listing.genres),
        keywords=listing.keywords,
        event_status=listing.status,
        event_attendance_mode=listing.attendance_mode,
        start_date=listing.start.instant,
        end_date=listing.end.instant if listing.end else None,
        door_time=listing.door_time,
        start_day=_day(listing.start),
        end_day=_day(listing.end) if listing.end else None,
        date_precision=listing.start.precision,
        time_zone=listing.start.time_zone or (listing.venue.time_zone if listing.venue else None),
        previous_start_date=listing.previous_start,
        location=venue_of(venue_from, listing.venue) if listing.venue else None,
        performers=performances,
        organizer=listing.organizer,
        images=listing.images,
        url=listing.url,
        same_as=listing.same_as,
        offers=_offers(sources),
        is_accessible_for_free=listing.is_free,
        typical_age_range=listing.age_range,
        in_language=listing.languages,
        sources=tuple(sources),
        merge_confidence=confidence,
        updated_at=listing.updated_at or leader.fetched_at,
        searched_from=searched_from,
    )


def refs_in(sources: Sequence[EventSource]) -> tuple[Ref, ...]:
    """The listings, by their names."""
    return tuple(Ref(Kind.EVENT, source.provider.slug, source.source_id) for source in sources)


def distance(event: Event) -> float | None:
    """Kilometres from where the search was to the venue; None without either."""
    if event.searched_from is None or event.location is None or event.location.geo is None:
        return None
    return distance_km(event.searched_from, event.location.geo)


def venue_of(provider: str, venue: ListedVenue) -> Venue:
    """The venue as the provider knows it; one without an id goes by its name."""
    ref = Ref(Kind.VENUE, provider, venue.id or f"name={venue.name}")
    return Venue(
        id=ref.encode(),
        ref=ref,
        name=venue.name,
        address=_address(venue.address),
        geo=venue.point,
        time_zone=venue.time_zone,
        maximum_attendee_capacity=venue.capacity,
        url=venue.url,
    )


def performer_of(provider: str, performer: ListedPerformer) -> Performer:
    """The performer as the provider knows them; one without an id goes by the name."""
    ref = Ref(Kind.PERFORMER, provider, performer.id or f"name={performer.name}")
    return Performer(
        id=ref.encode(),
        ref=ref,
        name=performer.name,
        kind=performer.kind,
        genres=tuple(genre(slug) for slug in performer.genres),
        images=performer.images,
        url=performer.url,
        external_ids=performer.external_ids,
    )


def _performances(provider: str, listing: Listing) -> tuple[Performance, ...]:
    return tuple(
        Performance(performer=performer_of(provider, performer), role=performer.role, billing_index=index)
        for index, performer in enumerate(listing.performers)
    )


def _offers(sources: Sequence[EventSource]) -> tuple[Offer, ...]:
    """Of every source, cheapest first, those without a price last. Currencies are not compared: each keeps together.

    The currency that most offers are in comes first.
    """
    offers = [_offer(offer, source) for source in sources for offer in source.listing.offers]
    counts = Counter(amount.currency for offer in offers if (amount := offer.price or offer.low_price))
    return tuple(sorted(offers, key=lambda offer: _cheapness(offer, counts)))


def _offer(offer: ListedOffer, source: EventSource) -> Offer:
    return Offer(
        name=offer.name,
        kind=offer.kind,
        price=_amount(offer.price, offer.currency),
        low_price=_amount(offer.low_price, offer.currency),
        high_price=_amount(offer.high_price, offer.currency),
        fees_included=offer.fees_included,
        availability=offer.availability,
        url=offer.url,
        valid_from=offer.valid_from,
        valid_through=offer.valid_through,
        seller=offer.seller,
        source=source,
    )


def _cheapness(offer: Offer, counts: Mapping[str, int]) -> tuple[bool, int, str, Decimal]:
    amount = offer.price or offer.low_price
    if amount is None:
        return True, 0, "", Decimal(0)
    return False, -counts[amount.currency], amount.currency, amount.value


def _amount(value: Decimal | None, currency: str | None) -> MonetaryAmount | None:
    return MonetaryAmount(value=value, currency=currency) if value is not None and currency else None


def _address(address: Address) -> PostalAddress:
    town = " ".join(part for part in (address.postal_code, address.locality) if part)
    parts = (address.street, town, address.region, address.country)
    return PostalAddress(
        street_address=address.street,
        address_locality=address.locality,
        address_region=address.region,
        postal_code=address.postal_code,
        address_country=address.country,
        formatted=", ".join(part for part in parts if part),
    )


def _day(when: When) -> date | None:
    """The calendar day, where it is known to the day."""
    return when.day if when.precision in {DatePrecision.TIME, DatePrecision.DATE} else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRange:
    """Lowest and highest price over the offers in one currency."""

    low_price: Decimal
    high_price: Decimal
    currency: str
    offer_count: int


def price_range(offers: Sequence[Offer], currency: str | None = None) -> PriceRange | None:
    """Over the offers in `currency`, else in that of the cheapest; None when no price is known."""
    priced = [offer for offer in offers if _prices(offer, currency)]
    if not priced:
        return None
    chosen = currency or _prices(priced[0], None)[0].currency
    counted = [offer for offer in priced if _prices(offer, chosen)]
    values = [amount.value for offer in counted for amount in _prices(offer, chosen)]
    return PriceRange(low_price=min(values), high_price=max(values), currency=chosen, offer_count=len(counted))


def _prices(offer: Offer, currency: str | None) -> list[MonetaryAmount]:
    amounts = (offer.price, offer.low_price, offer.high_price)
    return [amount for amount in amounts if amount is not None and currency in {None, amount.currency}]
