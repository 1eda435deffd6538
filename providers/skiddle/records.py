"""What the Events API's records mean: pure functions, of a record as it comes to the kit's words.

A search and a lookup give an event in two shapes: only the latter has `dateStart` and `dateEnd`, only the former has
`EventCode`, and a venue's country or an age go by two names. Whatever is not as it should be is left out, so that one
odd field costs no event; only an event without an id, a name or a readable date raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

from providers import (
    Address,
    EventStatus,
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
    id_in,
    moment_in,
    object_in,
    objects_in,
    point_in,
    slug,
    text_in,
    web_address_in,
    zone,
    zone_of_country,
)

# The code that the promoter chose; ARTS is anything.
KINDS = {
    "FEST": EventType.FESTIVAL,
    "LIVE": EventType.MUSIC,
    "CLUB": EventType.MUSIC,
    "DATE": EventType.SOCIAL,
    "THEATRE": EventType.THEATER,
    "COMEDY": EventType.COMEDY,
    "EXHIB": EventType.EXHIBITION,
    "KIDS": EventType.FAMILY,
    "BARPUB": EventType.SOCIAL,
    "LGB": EventType.SOCIAL,
    "SPORT": EventType.SPORTS,
}
_UK = "Europe/London"
# The gateway's slugs of genres that are called otherwise here.
_OUR_SLUGS = {
    "dnb": "drum-and-bass",
    "hiphop": "hip-hop",
    "rnb": "r-and-b",
    "standup": "stand-up",
    "theatre": "theater",
    "world-music": "world",
}
_STATUSES = {"rescheduled": EventStatus.RESCHEDULED, "postponed": EventStatus.POSTPONED}
_POSTCODE = re.compile(r"(?i)[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}")
_CURRENCIES = {"£": "GBP", "€": "EUR"}
_PRICE = re.compile(r"(£|€|\b(?:GBP|EUR|USD|AUD|CAD|CHF|DKK|NOK|SEK)\b) ?(\d[\d,]*(?:\.\d{1,2})?)")
_FREE = frozenset({"free", "free admission", "free entry", "free event"})
_SPOTIFY = re.compile(r"[:/]artist[:/]([A-Za-z0-9]+)")


def read_event(record: Record) -> Listing:
    """An event as a listing: https://github.com/Skiddle/web-api."""
    begins = _wall_clock(record, "dateStart", "startdate")
    place = object_in(record, "venue")
    country = _country(place)
    time_zone = zone_of_country(country, begins or datetime.combine(_day(record), time()))
    start = _when(begins, time_zone) if begins else When.on(_day(record), time_zone)
    return Listing(
        id=id_in(record["id"]) or "",
        name=text_in(record["eventname"]) or "",
        start=start,
        end=_end(record, start),
        door_time=_doors(record, start),
        status=_status(record),
        event_type=_event_type(record),
        genres=tuple(_genres(record)),
        description=text_in(record.get("description")),
        venue=_venue(place, country, time_zone),
        performers=tuple(_performers(record)),
        images=tuple(_images(record, "xlargeimageurl", "largeimageurl", "imageurl")),
        url=web_address_in(record.get("link")),
        offers=tuple(_offers(record)),
        is_free=_is_free(text_in(record.get("entryprice"))),
        age_range=_age(record),
    )


def _wall_clock(record: Record, local: str, assumed: str) -> datetime | None:
    """The time on the clocks of the place, without an offset.

    The first field has it. The second takes every place for the UK, and writes that with an offset: turned back into
    UK time, it is what the clocks show there, too.
    """
    moment = _moment(record.get(local)) or _moment(record.get(assumed))
    return moment.astimezone(zone(_UK)).replace(tzinfo=None) if moment and moment.tzinfo else moment


def _when(wall_clock: datetime, time_zone: str | None) -> When:
    return When.local(wall_clock, time_zone) if time_zone else When.on(wall_clock.date())


def _day(record: Record) -> date:
    return date.fromisoformat(record["date"])


def _end(record: Record, start: When) -> When | None:
    """Only what is after the start: an end may be a copy of it."""
    ends = _wall_clock(record, "dateEnd", "enddate")
    end = _when(ends, start.time_zone) if ends else None
    return end if end and end.latest > start.latest else None


def _doors(record: Record, start: When) -> datetime | None:
    """When doors open, on the day of the start."""
    text = object_in(record, "openingtimes").get("doorsopen")
    if start.instant is None or start.time_zone is None or not isinstance(text, str):
        return None
    opens = _moment(f"{start.day}T{text}")
    return When.local(opens, start.time_zone).instant if opens and not opens.tzinfo else None


def _status(record: Record) -> EventStatus:
    """Why it was cancelled says more than that it was."""
    cancelled = EventStatus.CANCELLED if str(record.get("cancelled")) in {"1", "True"} else EventStatus.SCHEDULED
    return _STATUSES.get(str(record.get("cancellationType")).lower(), cancelled)


def _event_type(record: Record) -> EventType:
    """By its code; a lookup tells none, and genres are all but always music's."""
    code = record.get("EventCode")
    if not code:
        return EventType.MUSIC if any(_genres(record)) else EventType.OTHER
    return KINDS.get(str(code).upper(), EventType.OTHER)


def _genres(record: Record) -> Iterator[str]:
    for name in dict.fromkeys(text_in(each.get("name")) for each in objects_in(record, "genres")):
        if own := slug(name or ""):
            yield _OUR_SLUGS.get(own, own)


def _venue(record: Record, country: str | None, time_zone: str | None) -> Venue | None:
    """A venue; None where it has neither a name nor a street to call it by."""
    street = text_in(record.get("address"))
    name = text_in(record.get("name")) or street
    if not name:
        return None
    return Venue(
        id=id_in(record.get("id")),
        name=name,
        address=Address(
            street=street,
            locality=text_in(record.get("town")),
            postal_code=text_in(record.get("postcode")),
            country=country,
        ),
        point=point_in(record),
        time_zone=time_zone,
        url=web_address_in(record.get("link")),
    )


def _country(venue: Record) -> str | None:
    """As it is told, or as a British postcode tells."""
    told = first_of(text_in(venue.get(name)) for name in ("countrycode", "country"))
    if told:
        return country_code(told)
    return "GB" if _POSTCODE.fullmatch(text_in(venue.get("postcode")) or "") else None


def _performers(record: Record) -> Iterator[Performer]:
    for each in objects_in(record, "artists"):
        if name := text_in(each.get("name")):
            yield Performer(
                id=id_in(each.get("artistid")),
                name=name,
                images=tuple(_images(each, "image", "imageurl")),
                external_ids=tuple(_spotify(each)),
            )


def _spotify(artist: Record) -> Iterator[ExternalId]:
    if found := _SPOTIFY.search(str(artist.get("spotifyartisturl"))):
        yield ExternalId("spotify", found[1], f"https://open.spotify.com/artist/{found[1]}")


def _images(record: Record, *names: str) -> Iterator[Image]:
    """The same picture in several sizes, which are not told."""
    urls = (web_address_in(record.get(name)) for name in names)
    return (Image(url=url) for url in dict.fromkeys(urls) if url)


def _offers(record: Record) -> Iterator[Offer]:
    """One, where there is a price or a sale. The price is a free text, which stays as the name."""
    text = text_in(record.get("entryprice"))
    sold_here = record.get("tickets") in (True, "1", "true")
    if text or sold_here:
        yield replace(
            _priced(text or ""),
            name=text,
            fees_included=_fees(text or ""),
            availability=_availability(record, sold_here=sold_here),
            url=first_of(web_address_in(record.get(name)) for name in ("ticketUrl", "link")),
            seller="Skiddle" if sold_here else None,
        )


def _priced(text: str) -> Offer:
    """What the text says plainly: a price, one to begin from, or the least and the most, all in one currency."""
    amounts = _amounts(text)
    prices = sorted({amount for _, amount in amounts})
    if len({currency for currency, _ in amounts}) != 1:
        return Offer()
    currency = amounts[0][0]
    if len(prices) > 1:
        return Offer(low_price=prices[0], high_price=prices[-1], currency=currency)
    if re.search(r"(?i)\b(from|starting)\b", text):
        return Offer(low_price=prices[0], currency=currency)
    return Offer(price=prices[0], currency=currency)


def _amounts(text: str) -> list[tuple[str, Decimal]]:
    """Each amount that has a currency. A dollar sign is no currency: there are many dollars."""
    found = _PRICE.findall(text.upper())
    return [(_CURRENCIES.get(sign, sign), Decimal(digits.replace(",", ""))) for sign, digits in found]


def _fees(text: str) -> bool | None:
    if re.search(r"(?i)\bincl\w*\b.*\bfee", text):
        return True
    return False if re.search(r"(?i)(\+|\bplus\b|\bexcl\w*\b).*\bfee", text) else None


def _availability(record: Record, *, sold_here: bool) -> OfferAvailability:
    if _status(record) is EventStatus.CANCELLED:
        return OfferAvailability.OFF_SALE
    if fold(str(record.get("ticketStatus"))) in {"sold out", "soldout"}:
        return OfferAvailability.SOLD_OUT
    return OfferAvailability.IN_STOCK if sold_here else OfferAvailability.UNKNOWN


def _is_free(price: str | None) -> bool | None:
    """Where the price says so; one that names an amount is not free."""
    if price and fold(price) in _FREE:
        return True
    return False if any(amount for _, amount in _amounts(price or "")) else None


def _age(record: Record) -> str | None:
    """A least age of 0 is none."""
    text = first_of(str(record[name]) for name in ("MinAge", "minage") if record.get(name))
    return f"{text}+" if text and text.isdecimal() and int(text) else None


def _moment(value: object) -> datetime | None:
    """A day alone is none."""
    return moment_in(value) if isinstance(value, str) and ":" in value else None
