"""Queries made of listings, so that an author need supply none: each wants something that a listing has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from providers import Box, Capability, Circle, EventType, Listing, ListingQuery, Place, Point, matches

_BOX_DEGREES = 0.2
_CIRCLE_KM = 25.0

Derivation = Callable[[ListingQuery, Sequence[Listing]], list[ListingQuery]]


@dataclass(frozen=True, slots=True)
class Way:
    """How to ask for something: what a listing must have for it, and the queries that can be made of that."""

    wanted: str
    derivations: tuple[Derivation, ...]


def telling(queries: Sequence[ListingQuery], listings: Sequence[Listing]) -> list[ListingQuery]:
    """The query that the fewest listings match: one that all match would not show whether it is applied."""

    def matched(query: ListingQuery) -> int:
        return sum(matches(listing, query) for listing in listings)

    # A spread of candidates is enough, and keeps this quick.
    candidates = queries[:: max(1, len(queries) // 20)]
    return [min(candidates, key=matched)] if candidates else []


def _points(listings: Sequence[Listing]) -> list[Point]:
    return [each.venue.point for each in listings if each.venue is not None and each.venue.point is not None]


def _circles(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    return [replace(base, near=Circle(center=point, radius_km=_CIRCLE_KM)) for point in _points(listings)]


def _boxes(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    return [replace(base, bounding_box=_box_around(point)) for point in _points(listings)]


def _box_around(point: Point) -> Box:
    return Box(
        south=max(-90.0, point.latitude - _BOX_DEGREES),
        north=min(90.0, point.latitude + _BOX_DEGREES),
        west=max(-180.0, point.longitude - _BOX_DEGREES),
        east=min(180.0, point.longitude + _BOX_DEGREES),
    )


def _countries(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    codes = (each.venue.address.country for each in listings if each.venue is not None)
    return [replace(base, country=code) for code in codes if code is not None]


def _cities(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    return [replace(base, city=place) for place in map(_town_of, listings) if place is not None]


def _town_of(listing: Listing) -> Place | None:
    venue = listing.venue
    if venue is None or venue.address.locality is None:
        return None
    return Place(
        name=venue.address.locality,
        country=venue.address.country,
        latitude=venue.point.latitude if venue.point else None,
        longitude=venue.point.longitude if venue.point else None,
        time_zone=venue.time_zone,
    )


def _ranges(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    """The middle third, to the exact instants of two listings: the first is in, the last is out."""
    instants: list[datetime] = sorted({each.key.instant for each in listings})
    if not instants:
        return []
    first = instants[len(instants) // 3]
    last = max(instants[2 * len(instants) // 3], first + timedelta(seconds=1))
    return [replace(base, start_from=first, start_before=last)]


def _genres(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    return [replace(base, genres=each.genres[:1]) for each in listings if each.genres]


def _types(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    types = (each.event_type for each in listings)
    return [replace(base, event_types=(each,)) for each in types if each is not EventType.OTHER]


def _performers(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    ids = (performer.id for each in listings for performer in each.performers)
    return [replace(base, performer_ids=(each,)) for each in ids if each is not None]


def _venues(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    ids = (each.venue.id for each in listings if each.venue is not None)
    return [replace(base, venue_ids=(each,)) for each in ids if each is not None]


WAYS = {
    Capability.NEAR: Way("a venue with a point", (_circles,)),
    Capability.BOUNDING_BOX: Way("a venue with a point", (_boxes,)),
    Capability.COUNTRY: Way("a venue with a country", (_countries,)),
    Capability.CITY: Way("a venue with a town (address.locality)", (_cities,)),
    Capability.DATE_RANGE: Way("a start", (_ranges,)),
    Capability.GENRE: Way("a genre, or a type but OTHER", (_genres, _types)),
    Capability.PERFORMER: Way("a performer with an id", (_performers,)),
    Capability.VENUE: Way("a venue with an id", (_venues,)),
}
"""What a query may ask for, apart from keywords, which no listing can be sure to answer to exactly."""
