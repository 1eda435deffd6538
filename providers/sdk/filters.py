"""Whether a listing is what a query wants: for providers that hold their listings, and for the gateway's post-filter."""

from __future__ import annotations

from providers.sdk.model import Listing, Place, Venue
from providers.sdk.query import ListingQuery, distance_km
from providers.sdk.text import fold

# How far a venue with no town of its own may be from a city's centre and still be in it.
CITY_RADIUS_KM = 20.0


def matches(listing: Listing, query: ListingQuery) -> bool:
    """Whether the listing meets every condition of the query. A condition on something unknown is not met."""
    return (
        _in_time(listing, query)
        and _in_place(listing.venue, query)
        and _of_kind(listing, query)
        and _with_ids(listing, query)
        and (query.keyword is None or _mentions(listing, query.keyword))
    )


def _in_time(listing: Listing, query: ListingQuery) -> bool:
    instant = listing.key.instant
    if query.start_from is not None and instant < query.start_from:
        return False
    return query.start_before is None or instant < query.start_before


def _in_place(venue: Venue | None, query: ListingQuery) -> bool:
    wanted = (query.near, query.bounding_box, query.country, query.city)
    if wanted == (None, None, None, None):
        return True
    if venue is None:
        return False
    areas = [area for area in (query.near, query.bounding_box) if area is not None]
    if areas and (venue.point is None or any(venue.point not in area for area in areas)):
        return False
    if query.country is not None and venue.address.country != query.country:
        return False
    return query.city is None or _in_city(venue, query.city)


def _in_city(venue: Venue, city: Place) -> bool:
    country = venue.address.country
    if country is not None and city.country is not None and country != city.country:
        return False
    if venue.address.locality is not None:
        names = {fold(name) for name in (city.name, *city.alternate_names)}
        return fold(venue.address.locality) in names
    if venue.point is None or city.point is None:
        return False
    return distance_km(city.point, venue.point) <= CITY_RADIUS_KM


def _of_kind(listing: Listing, query: ListingQuery) -> bool:
    if query.event_types and listing.event_type not in query.event_types:
        return False
    return not query.genres or not set(query.genres).isdisjoint(listing.genres)


def _with_ids(listing: Listing, query: ListingQuery) -> bool:
    if query.venue_ids and (listing.venue is None or listing.venue.id not in query.venue_ids):
        return False
    return not query.performer_ids or any(performer.id in query.performer_ids for performer in listing.performers)


def _mentions(listing: Listing, keyword: str) -> bool:
    """Every word of the keyword begins a word of the name, a performer, the venue, a keyword or a genre."""
    texts = [listing.name, *(performer.name for performer in listing.performers), *listing.keywords, *listing.genres]
    if listing.venue is not None:
        texts += [listing.venue.name, listing.venue.address.locality or ""]
    words = fold(keyword).split()
    if not words:
        # A name of nothing but marks, such as "!!!", is looked for as it stands.
        return any(keyword.casefold().strip() in text.casefold() for text in texts)
    haystack = " " + " ".join(fold(text) for text in texts)
    return all(f" {word}" in haystack for word in words)
