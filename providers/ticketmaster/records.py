"""What the Discovery API's records mean: pure functions, of a record as it comes to the kit's words.

Whatever is not as it should be is left out, so that one odd field costs no event; only an event without an id, a name
or a readable date raises. Kept apart from `providers.ticketmaster`, which asks, for length alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import lru_cache

from providers import (
    Address,
    EventStatus,
    EventType,
    ExternalId,
    Image,
    Listing,
    Offer,
    OfferAvailability,
    OfferKind,
    Organization,
    PerformanceRole,
    Performer,
    PerformerKind,
    Record,
    Venue,
    When,
    amount_in,
    code_in,
    first_of,
    fold,
    instant_in,
    object_in,
    objects_in,
    point_in,
    slug,
    text_in,
    web_address_in,
    whole_number_in,
    zone_in,
)

MOST_IMAGES = 6

# Segments and, below Arts & Theatre and Miscellaneous, the genres that say more. Segments are told apart by their ids,
# too, since `locale` translates the names.
SEGMENTS = {
    "Music": EventType.MUSIC,
    "Sports": EventType.SPORTS,
    "Arts & Theatre": EventType.THEATER,
    "Film": EventType.SCREENING,
    "Miscellaneous": EventType.OTHER,
    "Undefined": EventType.OTHER,
}
KINDS = {
    "Classical": EventType.MUSIC,
    "Comedy": EventType.COMEDY,
    "Dance": EventType.DANCE,
    "Fine Art": EventType.EXHIBITION,
    "Hobby/Special Interest Expos": EventType.EXHIBITION,
    "Children's Theatre": EventType.FAMILY,
    "Family": EventType.FAMILY,
    "Ice Shows": EventType.FAMILY,
    "Fairs & Festivals": EventType.FESTIVAL,
    "Festival": EventType.FESTIVAL,
    "Food & Drink": EventType.FOOD,
    "Lecture/Seminar": EventType.EDUCATION,
    "Community/Civic": EventType.SOCIAL,
    "Community/Cultural": EventType.SOCIAL,
}
_SEGMENT_IDS = {
    "KZFzniwnSyZfZ7v7nJ": EventType.MUSIC,
    "KZFzniwnSyZfZ7v7nE": EventType.SPORTS,
    "KZFzniwnSyZfZ7v7na": EventType.THEATER,
    "KZFzniwnSyZfZ7v7nn": EventType.SCREENING,
    "KZFzniwnSyZfZ7v7n1": EventType.OTHER,
}
# The gateway's slugs of genres that are called otherwise here.
GENRE_NAMES = {"electronic": "Dance/Electronic", "hip-hop": "Hip-Hop/Rap", "r-and-b": "R&B", "theater": "Theatre"}
_OUR_SLUGS = {slug(name): ours for ours, name in GENRE_NAMES.items()}
_PLACEHOLDER = re.compile(r"(?i)\s*((undefined|other)\s*$|miscellaneous\b|$)")
_STATUSES = {
    "onsale": EventStatus.SCHEDULED,
    "offsale": EventStatus.SCHEDULED,
    "cancelled": EventStatus.CANCELLED,
    "canceled": EventStatus.CANCELLED,
    "postponed": EventStatus.POSTPONED,
    "rescheduled": EventStatus.RESCHEDULED,
}
_AVAILABILITIES = {
    "onsale": OfferAvailability.IN_STOCK,
    "offsale": OfferAvailability.OFF_SALE,
    "cancelled": OfferAvailability.OFF_SALE,
    "canceled": OfferAvailability.OFF_SALE,
}
_GROUPS = {
    EventType.MUSIC: PerformerKind.MUSIC_GROUP,
    EventType.SPORTS: PerformerKind.SPORTS_TEAM,
    EventType.THEATER: PerformerKind.THEATER_GROUP,
}
_LINKS = {"spotify": "spotify", "wiki": "wikipedia", "homepage": "homepage"}


def read_event(record: Record) -> Listing:
    """An event as a listing: https://developer.ticketmaster.com/products-and-docs/apis/discovery-api/v2/#event-details-v2."""
    venues = [venue for each in objects_in(record, "_embedded", "venues") if (venue := read_venue(each))]
    time_zone = zone_in(object_in(record, "dates").get("timezone")) or (venues[0].time_zone if venues else None)
    start = _when(object_in(record, "dates", "start"), time_zone)
    kind = _event_type(record)
    return Listing(
        id=record["id"],
        name=text_in(record["name"]) or "",
        start=start,
        end=_end(object_in(record, "dates", "end"), start, time_zone),
        previous_start=instant_in(object_in(record, "dates", "initialStartDate").get("dateTime")),
        status=_STATUSES.get(_status_code(record), EventStatus.UNKNOWN),
        event_type=kind,
        genres=_genres(record),
        # An event in several places has one venue here; by the names of the others it is still found.
        keywords=tuple(venue.name for venue in venues[1:]),
        description=first_of(text_in(record.get(name)) for name in ("description", "info", "pleaseNote")),
        venue=venues[0] if venues else None,
        performers=tuple(_line_up(objects_in(record, "_embedded", "attractions"), kind)),
        organizer=_organizer(record),
        images=_images(record),
        url=web_address_in(record.get("url")),
        offers=tuple(_offers(record)),
        # The age itself is the law's of the place, and not told.
        age_range="legal age" if object_in(record, "ageRestrictions").get("legalAgeEnforced") is True else None,
    )


def _when(start: Record, time_zone: str | None) -> When:
    """A start in each of its shapes: an instant, a wall-clock time, a day without a time, nothing yet."""
    if start.get("dateTBA") is True or start.get("dateTBD") is True:
        return When.unknown()
    timed = not (start.get("timeTBA") is True or start.get("noSpecificTime") is True)
    if timed and (instant := instant_in(start.get("dateTime"))):
        return When.at(instant, time_zone)
    text = start.get("localDate")
    if not text:
        return When.unknown()
    day = date.fromisoformat(text)
    if timed and time_zone and (clock := start.get("localTime")):
        return When.local(datetime.combine(day, time.fromisoformat(clock)), time_zone)
    return When.on(day, time_zone)


def _end(end: Record, start: When, time_zone: str | None) -> When | None:
    """Only an exact instant after the start: a local end was seen to be a copy of the start."""
    instant = instant_in(end.get("dateTime"))
    if instant is None or end.get("approximate") is True:
        return None
    return None if start.instant and instant <= start.instant else When.at(instant, time_zone)


def _status_code(record: Record) -> str:
    """In lower case; empty where an older event lacks it, which then says nothing of its status."""
    return str(object_in(record, "dates", "status").get("code") or "").lower()


def _ranked(record: Record) -> list[Record]:
    """The classifications, the primary one first."""
    return sorted(objects_in(record, "classifications"), key=lambda each: each.get("primary") is not True)


def _names(record: Record, *levels: str) -> list[str]:
    """What the classifications say at these levels, without placeholders."""
    names = [object_in(each, level).get("name") for each in _ranked(record) for level in levels]
    return [name.strip() for name in names if isinstance(name, str) and not _PLACEHOLDER.match(name)]


def _genres(record: Record) -> tuple[str, ...]:
    slugs = (_genre_slug(name) for name in _names(record, "genre", "subGenre"))
    return tuple(dict.fromkeys(each for each in slugs if each))


@lru_cache(maxsize=1_024)
def _genre_slug(name: str) -> str:
    """Ours, where the gateway calls the genre by another name; empty where no letter is left."""
    own = slug(name)
    return _OUR_SLUGS.get(own, own)


def _segment(record: Record) -> EventType:
    ranked = _ranked(record)
    segment = object_in(ranked[0], "segment") if ranked else {}
    by_name = SEGMENTS.get(str(segment.get("name")), EventType.OTHER)
    return _SEGMENT_IDS.get(str(segment.get("id")), by_name)


def _event_type(record: Record) -> EventType:
    """The segment's, unless a genre below a broad segment says more; a festival is one anywhere."""
    segment = _segment(record)
    kinds = [KINDS[name] for name in _names(record, "genre", "subGenre", "type", "subType") if name in KINDS]
    if EventType.FESTIVAL in kinds:
        return EventType.FESTIVAL
    return kinds[0] if kinds and segment in {EventType.THEATER, EventType.OTHER} else segment


def read_venue(record: Record) -> Venue | None:
    """A venue; None where it has neither a name nor a street to call it by."""
    address = object_in(record, "address")
    street = ", ".join(line for name in ("line1", "line2") if (line := text_in(address.get(name))))
    name = text_in(record.get("name")) or street
    if not name:
        return None
    return Venue(
        id=text_in(record.get("id")),
        name=name,
        address=Address(
            street=street or None,
            locality=text_in(object_in(record, "city").get("name")),
            region=first_of(text_in(object_in(record, "state").get(each)) for each in ("name", "stateCode")),
            postal_code=text_in(record.get("postalCode")),
            country=code_in(object_in(record, "country").get("countryCode"), 2),
        ),
        point=point_in(record.get("location")),
        time_zone=zone_in(record.get("timezone")),
        url=web_address_in(record.get("url")),
    )


def _line_up(attractions: Sequence[Record], kind: EventType) -> Iterator[Performer]:
    """In the order of the billing; at a concert it says who plays for whom."""
    roles = (PerformanceRole.HEADLINER, PerformanceRole.SUPPORT)
    performers = (performer for each in attractions if (performer := read_performer(each)))
    for number, performer in enumerate(performers):
        yield replace(performer, role=roles[number > 0]) if kind is EventType.MUSIC else performer


def read_performer(record: Record) -> Performer | None:
    """An attraction as a performer, in no role yet; None where it has no name."""
    name = text_in(record.get("name"))
    if not name:
        return None
    return Performer(
        id=text_in(record.get("id")),
        name=name,
        kind=_performer_kind(record),
        genres=_genres(record),
        images=_images(record),
        url=web_address_in(record.get("url")),
        external_ids=tuple(_external_ids(object_in(record, "externalLinks"))),
    )


def _performer_kind(record: Record) -> PerformerKind:
    types = _names(record, "type")
    if "Individual" in types:
        return PerformerKind.PERSON
    return _GROUPS.get(_segment(record), PerformerKind.OTHER) if "Group" in types else PerformerKind.OTHER


def _external_ids(links: Record) -> Iterator[ExternalId]:
    for each in objects_in(links, "musicbrainz"):
        if value := text_in(each.get("id")):
            yield ExternalId("musicbrainz", value, f"https://musicbrainz.org/artist/{value}")
    for name, scheme in _LINKS.items():
        for each in objects_in(links, name):
            if url := web_address_in(each.get("url")):
                artist = re.search(r"/artist/([A-Za-z0-9]+)", url) if scheme == "spotify" else None
                yield ExternalId(scheme, artist[1] if artist else url, url)


def _organizer(record: Record) -> Organization | None:
    """The promoter, where it has a name; "promoted by venue" is none."""
    promoters = (object_in(record, "promoter"), *objects_in(record, "promoters"))
    name = first_of(text_in(each.get("name")) for each in promoters)
    return Organization(name=name) if name and fold(name) != "promoted by venue" else None


def _images(record: Record) -> tuple[Image, ...]:
    """The widest few; stock pictures of the genre (`fallback`) only where there are no others."""
    every = objects_in(record, "images")
    own = [each for each in every if each.get("fallback") is not True] or every
    widest = sorted(own, key=lambda each: -(whole_number_in(each.get("width")) or 0))
    return tuple(
        Image(
            url=url,
            width=whole_number_in(each.get("width")),
            height=whole_number_in(each.get("height")),
            credit_text=text_in(each.get("attribution")),
        )
        for each in widest[:MOST_IMAGES]
        if (url := web_address_in(each.get("url")))
    )


def _offers(record: Record) -> Iterator[Offer]:
    """One for each price range; mostly there is none, and then one for the sale itself."""
    sale = object_in(record, "sales", "public")
    common = Offer(
        availability=_AVAILABILITIES.get(_status_code(record), OfferAvailability.UNKNOWN),
        url=web_address_in(record.get("url")),
        valid_from=_sale_time(sale.get("startDateTime")),
        valid_through=_sale_time(sale.get("endDateTime")),
    )
    priced = [offer for each in objects_in(record, "priceRanges") if (offer := _priced(common, each))]
    if priced:
        yield from priced
    elif common != Offer():
        yield common


def _priced(common: Offer, price_range: Record) -> Offer | None:
    """None without a currency or a price; from 0 to 0 is a range nobody filled in, not a free event."""
    name, currency = text_in(price_range.get("type")), code_in(price_range.get("currency"), 3)
    low, high = (amount_in(price_range.get(each)) for each in ("min", "max"))
    if currency is None or not (low or high):
        return None
    kind = OfferKind.RESALE if "resale" in (name or "") else OfferKind.PRIMARY
    fees = True if "including fees" in (name or "") else None
    return replace(common, name=name, kind=kind, low_price=low, high_price=high, currency=currency, fees_included=fees)


def _sale_time(value: object) -> datetime | None:
    """1900 stands for a time that nobody entered."""
    moment = instant_in(value)
    return moment if moment and moment.year > 1970 else None  # noqa: PLR2004 - before any ticket was sold here
