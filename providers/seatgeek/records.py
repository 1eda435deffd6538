"""What the Platform API's records mean: pure functions, of a record as it comes to the kit's words.

Whatever is not as it should be is left out, so that one odd field costs no event; only an event without an id or a
name raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from providers import (
    Address,
    EventStatus,
    EventType,
    Image,
    Listing,
    Offer,
    OfferAvailability,
    OfferKind,
    PerformanceRole,
    Performer,
    PerformerKind,
    Record,
    Venue,
    When,
    amount_in,
    country_code,
    id_in,
    moment_in,
    object_in,
    objects_in,
    point_in,
    slug,
    text_in,
    web_address_in,
    whole_number_in,
    zone_in,
)
from providers.seatgeek.kinds import TAXONOMY_GENRES, event_type, performer_genre, taxonomy_genres

MOST_IMAGES = 6
_STATUSES = {
    "normal": EventStatus.SCHEDULED,
    "cancelled": EventStatus.CANCELLED,
    "canceled": EventStatus.CANCELLED,
    "postponed": EventStatus.POSTPONED,
    "rescheduled": EventStatus.RESCHEDULED,
    # Such as a play-off that takes place only if it is needed.
    "contingent": EventStatus.UNKNOWN,
}


def read_event(record: Record) -> Listing:
    """An event as a listing: https://platform.seatgeek.com/#events."""
    venue = read_venue(object_in(record, "venue"))
    start = _when(record, venue.time_zone if venue else None)
    taxonomies = _taxonomies(record)
    kind = event_type(taxonomies)
    line_up = tuple(_line_up(objects_in(record, "performers"), kind))
    return Listing(
        id=str(int(record["id"])),
        name=text_in(record["title"]) or text_in(record.get("short_title")) or "",
        start=start,
        end=_end(record, start),
        status=_STATUSES.get(str(record.get("status", "normal")).lower(), EventStatus.UNKNOWN),
        event_type=kind,
        genres=_genres(record, taxonomies, kind),
        description=text_in(record.get("description")),
        venue=venue,
        performers=line_up,
        images=tuple(dict.fromkeys(image for performer in line_up for image in performer.images))[:MOST_IMAGES],
        url=web_address_in(record.get("url")),
        offers=tuple(_offers(record, venue)),
    )


def _when(record: Record, time_zone: str | None) -> When:
    """Its times have no offset. Where the time or the date is to be determined, what stands there means nothing.

    `datetime_tbd` was seen to be false beside a `time_tbd`; it counts only where older records have nothing better.
    """
    day_unknown = record.get("date_tbd", record.get("datetime_tbd")) is True
    local, utc = _wall_clock(record.get("datetime_local")), _wall_clock(record.get("datetime_utc"))
    moment = local or utc
    if day_unknown or moment is None:
        return When.unknown()
    if record.get("time_tbd") is True:
        return When.on(moment.date(), time_zone)
    if utc is not None:
        return When.at(utc.replace(tzinfo=UTC).astimezone(_offset(local, utc)), time_zone)
    return When.local(moment, time_zone) if time_zone else When.on(moment.date())


def _offset(local: datetime | None, utc: datetime) -> timezone:
    """What the two times say of the offset, so that the day is right at a venue without a time zone, too."""
    offset = local - utc if local else timedelta(0)
    return timezone(offset) if abs(offset) < timedelta(days=1) else UTC


def _end(record: Record, start: When) -> When | None:
    """Only after an exact start: those of others were seen a year later."""
    end = _wall_clock(record.get("enddatetime_utc"))
    if end is None or start.instant is None or end.replace(tzinfo=UTC) <= start.instant:
        return None
    return When.at(end.replace(tzinfo=UTC), start.time_zone)


def _taxonomies(record: Record) -> list[str]:
    """Their names, and the event's type, which is the narrowest of them."""
    names = [each.get("name") for each in objects_in(record, "taxonomies")]
    return [name.replace("-", "_") for name in (*names, record.get("type")) if isinstance(name, str)]


def _genres(record: Record, taxonomies: Sequence[str], kind: EventType) -> tuple[str, ...]:
    """What a search for a genre finds: taxonomies, and the primary genres of the performers."""
    own = [each for each in taxonomy_genres(taxonomies) if each != "theater" or kind is EventType.THEATER]
    primary = [
        performer_genre(str(genre.get("slug")))
        for performer in objects_in(record, "performers")
        for genre in objects_in(performer, "genres")
        if genre.get("primary") is True
    ]
    every = [*own, *(each for each in primary if each not in TAXONOMY_GENRES)]
    return tuple(dict.fromkeys(each for each in every if slug(each) == each != ""))


def read_venue(record: Record) -> Venue | None:
    """A venue; None where it has no name."""
    name = text_in(record.get("name"))
    if not name:
        return None
    country = text_in(record.get("country"))
    return Venue(
        id=id_in(record.get("id")),
        name=name,
        address=Address(
            street=text_in(record.get("address")),
            locality=text_in(record.get("city")),
            region=text_in(record.get("state")),
            postal_code=text_in(record.get("postal_code")),
            country=country_code(country) if country else None,
        ),
        point=point_in(record.get("location"), "lat", "lon"),
        time_zone=zone_in(record.get("timezone")),
        url=web_address_in(record.get("url")),
        capacity=whole_number_in(record.get("capacity")) or None,
    )


def _line_up(records: Sequence[Record], kind: EventType) -> Iterator[Performer]:
    """In the order of the billing; the primary one is who people come for, but in a match."""
    roles = {True: PerformanceRole.HEADLINER, False: PerformanceRole.SUPPORT}
    for record in records:
        if performer := read_performer(record):
            primary = record.get("primary") is True
            yield performer if kind is EventType.SPORTS else replace(performer, role=roles[primary])


def read_performer(record: Record) -> Performer | None:
    """A performer, in no role yet; None where it has no name."""
    name = text_in(record.get("name"))
    if not name:
        return None
    slugs = (performer_genre(str(genre.get("slug"))) for genre in objects_in(record, "genres"))
    return Performer(
        id=id_in(record.get("id")),
        name=name,
        kind=_performer_kind(record),
        genres=tuple(dict.fromkeys(each for each in slugs if slug(each) == each != "")),
        images=tuple(_images(record)),
        url=web_address_in(record.get("url")),
    )


def _performer_kind(record: Record) -> PerformerKind:
    kind = str(record.get("type"))
    if any(each.get("name") == "sports" for each in objects_in(record, "taxonomies")):
        return PerformerKind.SPORTS_TEAM
    if kind.startswith("theater"):
        return PerformerKind.THEATER_GROUP
    return PerformerKind.MUSIC_GROUP if kind == "band" else PerformerKind.OTHER


def _images(record: Record) -> Iterator[Image]:
    """The widest few of which the name tells the size, such as 1200x627 and fb_600_315; "huge" is in between."""
    named = [(name, url) for name, url in object_in(record, "images").items() if web_address_in(url)]
    if url := web_address_in(record.get("image")):
        named.append(("", url))
    unique = {url: _size(name) for name, url in reversed(named)}
    credit, license_ = (text_in(record.get(name)) for name in ("image_attribution", "image_license"))
    for address, (width, height) in sorted(unique.items(), key=lambda each: -(each[1][0] or 0))[:MOST_IMAGES]:
        yield Image(url=address, width=width, height=height, credit_text=credit, license=license_)


def _size(name: str) -> tuple[int | None, int | None]:
    size = re.search(r"(\d+)[x_](\d+)$", name)
    return (int(size[1]), int(size[2])) if size else (None, None)


def _offers(record: Record, venue: Venue | None) -> Iterator[Offer]:
    """One, for all that is on sale; prices are withheld from most clients."""
    url, stats = web_address_in(record.get("url")), object_in(record, "stats")
    if url is None:
        return
    offer = Offer(
        kind=OfferKind.PRIMARY if record.get("is_open") is True else OfferKind.RESALE,
        availability=_availability(record, stats),
        url=url,
        seller="SeatGeek",
    )
    low, high = amount_in(stats.get("lowest_price")), amount_in(stats.get("highest_price"))
    in_dollars = venue is not None and venue.address.country == "US"
    yield replace(offer, low_price=low, high_price=high, currency="USD") if in_dollars and low else offer


def _availability(record: Record, stats: Record) -> OfferAvailability:
    """That nothing is listed now does not mean that nothing will be."""
    if _STATUSES.get(str(record.get("status")).lower()) is EventStatus.CANCELLED:
        return OfferAvailability.OFF_SALE
    count = stats.get("listing_count")
    return OfferAvailability.IN_STOCK if isinstance(count, int) and count > 0 else OfferAvailability.UNKNOWN


def _wall_clock(value: object) -> datetime | None:
    """A time without an offset; one that has some loses it."""
    moment = moment_in(value)
    return moment.replace(tzinfo=None) if moment else None
