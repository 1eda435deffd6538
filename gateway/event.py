"""Events: what the gateway makes of listings. The attributes are those of the schema, so that it need not convert.

`event_of` is a pure function of a set of sources: those that `gateway.identity` found to be of one event.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime

from gateway.entities import Performance, Performer, PostalAddress, Venue, performances_of, venue_of
from gateway.genres import Genre, genre
from gateway.identity import NO_RULES, Cluster, Golden, Rules, Unified, merge
from gateway.ids import Kind, Ref
from gateway.offers import MonetaryAmount, Offer, PriceRange, offers_of, price_range
from gateway.sources import DIGEST_BYTES, EventSource, Position, day_of, refs_in
from providers import (
    DatePrecision,
    EventAttendanceMode,
    EventStatus,
    EventType,
    Image,
    Listing,
    Organization,
    Point,
    distance_km,
)
from providers import Performer as ListedPerformer
from providers import Venue as ListedVenue

__all__ = [
    "DIGEST_BYTES",
    "Event",
    "EventSource",
    "MonetaryAmount",
    "Offer",
    "Performance",
    "Performer",
    "Position",
    "PostalAddress",
    "PriceRange",
    "Venue",
    "distance",
    "entities_in",
    "event_of",
    "price_range",
    "refs_in",
]


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
        provider, listing = sources[0].provider.slug, sources[0].listing
        venue = Unified.alone(provider, listing.venue) if listing.venue is not None else None
        performers = [Unified.alone(provider, each) for each in listing.performers]
        return _event(sources, listing, venue, performers, confidence=1.0, searched_from=searched_from)
    made = Cluster([source.claim for source in sources], rules)
    golden = merge(made)
    return _event(
        _told_apart(sources, made, golden),
        golden.listing,
        golden.venue,
        golden.performers,
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
    venue: Unified[ListedVenue] | None,
    performers: Sequence[Unified[ListedPerformer]],
    *,
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
        start_day=day_of(listing.start),
        end_day=day_of(listing.end) if listing.end else None,
        date_precision=listing.start.precision,
        time_zone=listing.start.time_zone or (listing.venue.time_zone if listing.venue else None),
        previous_start_date=listing.previous_start,
        location=venue_of(venue) if venue else None,
        performers=performances_of(performers),
        organizer=listing.organizer,
        images=listing.images,
        url=listing.url,
        same_as=listing.same_as,
        offers=offers_of(sources),
        is_accessible_for_free=listing.is_free,
        typical_age_range=listing.age_range,
        in_language=listing.languages,
        sources=tuple(sources),
        merge_confidence=confidence,
        updated_at=listing.updated_at or leader.fetched_at,
        searched_from=searched_from,
    )


def entities_in(event: Event) -> tuple[Venue | Performer, ...]:
    """Where it is, and who plays."""
    venue = (event.location,) if event.location is not None else ()
    return (*venue, *(each.performer for each in event.performers))


def distance(event: Event) -> float | None:
    """Kilometres from where the search was to the venue; None without either."""
    if event.searched_from is None or event.location is None or event.location.geo is None:
        return None
    return distance_km(event.searched_from, event.location.geo)
