"""What the API's events mean: pure functions, of a record as it comes to the kit's words.

What is not known is an empty text. Whatever is not as it should be is left out, so that one odd field costs no event;
only an event without an id, a name or a readable date raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

from providers import (
    Address,
    EventType,
    ExternalId,
    Image,
    Listing,
    Offer,
    OfferAvailability,
    Performer,
    Record,
    Venue,
    When,
    country_code,
    first_of,
    fold,
    moment_in,
    object_in,
    objects_in,
    point_in,
    text_in,
    texts_in,
    web_address_in,
    zone_of_country,
)

# What `datetime_display_rule` says where the time of day is made up.
_DAYS_ALONE = frozenset({"date", "range"})
_AVAILABILITIES = {"available": OfferAvailability.IN_STOCK, "sold out": OfferAvailability.SOLD_OUT}
_APP_ID = re.compile(r"(?<=[?&])app_id=[^&#]*&?")
_SPOTIFY = re.compile(r"open\.spotify\.com/artist/([A-Za-z0-9]+)")


def read_event(record: Record) -> Listing:
    """An event as a listing; the record's `artist` is whom it was asked for."""
    artist, place = object_in(record, "artist"), object_in(record, "venue")
    begins = _first_moment(record, "datetime", "starts_at", "festival_start_date")
    country = country_code(text_in(place.get("country")) or "")
    time_zone = zone_of_country(country, begins)
    start = _start(record, begins, time_zone)
    performers = tuple(_line_up(record, artist))
    return Listing(
        id=record["id"],
        name=text_in(record.get("title")) or (performers[0].name if performers else ""),
        start=start,
        end=_end(record, start),
        event_type=EventType.FESTIVAL if _moment(record.get("festival_start_date")) else EventType.MUSIC,
        description=text_in(record.get("description")),
        venue=_venue(place, country, time_zone),
        performers=performers,
        images=tuple(_images(artist)),
        url=_link(record.get("url")),
        offers=tuple(_offers(record, time_zone)),
        is_free=True if record.get("free") is True else None,
    )


def together(listing: Listing, other: Listing) -> Listing:
    """One event as the lists of two artists tell of it: each knows more of its own artist."""
    theirs = {fold(performer.name): performer for performer in other.performers if performer.id}
    performers = (each if each.id else theirs.get(fold(each.name), each) for each in listing.performers)
    return replace(listing, performers=tuple(performers))


def _first_moment(record: Record, *names: str) -> datetime:
    """The first that can be read.

    Raises:
        ValueError: there is none.
    """
    for name in names:
        if moment := _moment(record.get(name)):
            return moment
    msg = "has no date"
    raise ValueError(msg)


def _start(record: Record, begins: datetime, time_zone: str | None) -> When:
    """With its time where that is meant, and its zone known. Midnight is meant only where the record says so."""
    rules = {str(record.get(name)) for name in ("datetime_display_rule", "festival_datetime_display_rule")}
    timed = not rules & _DAYS_ALONE and ("datetime" in rules or begins.time() != time.min)
    return When.local(begins, time_zone) if timed and time_zone else When.on(begins.date(), time_zone)


def _end(record: Record, start: When) -> When | None:
    """The end of the show, or of the festival; only what is after the start."""
    ends, last_day = _moment(record.get("ends_at")), _moment(record.get("festival_end_date"))
    if ends and start.instant and start.time_zone:
        end = When.local(ends, start.time_zone)
    elif last_day:
        end = When.on(last_day.date(), start.time_zone)
    else:
        return None
    return end if end.latest > start.latest else None


def _line_up(record: Record, artist: Record) -> Iterator[Performer]:
    """In the order of the billing. Of others than the artist there is a name and no more."""
    own, own_name = _performer(artist), fold(text_in(artist.get("name")) or "")
    names = texts_in(record, "lineup")
    if own and own_name not in {fold(name) for name in names}:
        names = [*names, own.name]
    for name in dict.fromkeys(names):
        yield own if own and fold(name) == own_name else Performer(name=name)


def _performer(artist: Record) -> Performer | None:
    name = text_in(artist.get("name"))
    if not name:
        return None
    return Performer(
        id=text_in(artist.get("id")),
        name=name,
        images=tuple(_images(artist)),
        url=_link(artist.get("url")),
        external_ids=tuple(_external_ids(artist)),
    )


def _external_ids(artist: Record) -> Iterator[ExternalId]:
    if mbid := text_in(artist.get("mbid")):
        yield ExternalId("musicbrainz", mbid, f"https://musicbrainz.org/artist/{mbid}")
    for link in objects_in(artist, "links"):
        url = _link(link.get("url"))
        if url and link.get("type") == "website":
            yield ExternalId("homepage", url, url)
        elif url and (found := _SPOTIFY.search(url)):
            yield ExternalId("spotify", found[1], f"https://open.spotify.com/artist/{found[1]}")


def _images(artist: Record) -> Iterator[Image]:
    """The artist's, large and small; an event has none of its own."""
    urls = (_link(artist.get(name)) for name in ("image_url", "thumb_url"))
    return (Image(url=url) for url in urls if url)


def _venue(record: Record, country: str | None, time_zone: str | None) -> Venue | None:
    """A venue, which has no id; None where it has neither a name nor a place to call it by."""
    name = first_of(text_in(record.get(each)) for each in ("name", "location"))
    if not name:
        return None
    return Venue(
        name=name,
        address=Address(
            street=text_in(record.get("street_address")),
            locality=text_in(record.get("city")),
            region=text_in(record.get("region")),
            postal_code=text_in(record.get("postal_code")),
            country=country,
        ),
        point=point_in(record),
        time_zone=time_zone,
    )


def _offers(record: Record, time_zone: str | None) -> Iterator[Offer]:
    """As they are listed; a show that is sold out without any has one that says so."""
    sold_out = record.get("sold_out") is True
    for each in objects_in(record, "offers") or [{"url": record.get("url"), "status": "sold out"}] * sold_out:
        status = "sold out" if sold_out else fold(str(each.get("status")))
        yield Offer(
            name=text_in(each.get("type")),
            availability=_AVAILABILITIES.get(status, OfferAvailability.UNKNOWN),
            url=_link(each.get("url")),
            valid_from=_sale_time(record, time_zone),
        )


def _sale_time(record: Record, time_zone: str | None) -> datetime | None:
    """At the venue's clocks; the year 1 stands for a time that nobody entered."""
    moment = _moment(record.get("on_sale_datetime"))
    if moment is None or time_zone is None or moment.year <= 1970:  # noqa: PLR2004 - before any ticket was sold here
        return None
    return When.local(moment, time_zone).instant


def _moment(value: object) -> datetime | None:
    """A wall-clock time; some have seconds that nobody meant."""
    moment = moment_in(value)
    return moment.replace(second=0, microsecond=0) if moment else None


def _link(value: object) -> str | None:
    """Without the app_id, which the API writes into its own links."""
    address = web_address_in(value)
    return _APP_ID.sub("", address).rstrip("?&") if address else None
