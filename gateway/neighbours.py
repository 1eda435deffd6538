"""Where to look for those who speak of the same event as a listing: its day, at its place."""

from __future__ import annotations

from datetime import timedelta

from gateway.dates import DateRange
from gateway.event import EventSource
from gateway.search import Search
from providers import Circle, EventStatus, ListingQuery, Place, Venue

RADIUS_KM = 10.0
# Its leader may stand up to a day before it, where it knows the day alone.
BEFORE = timedelta(days=1)


def around(source: EventSource) -> Search | None:
    """A search that finds its event, with all who list it; None where its place is not known."""
    query = _place(source.listing.venue)
    if query is None:
        return None
    instant, horizon = source.position.instant, source.claim.horizon
    dates = DateRange(start_from=instant - BEFORE, start_before=max(instant, horizon) + timedelta(seconds=1))
    return Search(query=query, dates=dates, statuses=tuple(EventStatus))


def _place(venue: Venue | None) -> ListingQuery | None:
    if venue is None:
        return None
    address, point = venue.address, venue.point
    if address.locality:
        latitude, longitude = (point.latitude, point.longitude) if point else (None, None)
        town = Place(name=address.locality, country=address.country, latitude=latitude, longitude=longitude)
        return ListingQuery(city=town)
    return ListingQuery(near=Circle(center=point, radius_km=RADIUS_KM)) if point else None
