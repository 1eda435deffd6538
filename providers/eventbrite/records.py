"""What Eventbrite's records mean: pure functions, of a record as it comes to the kit's words.

An event has one of two shapes: the documented one, and that of the destination search, which the website uses. Most of
their fields differ in name alone, so that each function here looks for both. Whatever is not as it should be is left
out, so that one odd field costs no event; only an event without an id, a name or a readable date raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from providers import (
    Address,
    EventAttendanceMode,
    EventStatus,
    Image,
    Listing,
    Offer,
    OfferAvailability,
    OfferKind,
    Organization,
    Point,
    Record,
    Venue,
    When,
    plain,
    zone,
)
from providers.eventbrite.kinds import event_type, genres

_STATUSES = {
    "live": EventStatus.SCHEDULED,
    "started": EventStatus.SCHEDULED,
    "ended": EventStatus.SCHEDULED,
    "completed": EventStatus.SCHEDULED,
    "canceled": EventStatus.CANCELLED,
    "cancelled": EventStatus.CANCELLED,
}
# What the sale says of the event; it knows of a cancellation when the event's own status does not.
_SALE_STATUSES = {"event_cancelled": EventStatus.CANCELLED, "event_postponed": EventStatus.POSTPONED}
_AVAILABILITIES = {
    "on_sale": OfferAvailability.IN_STOCK,
    "not_yet_on_sale": OfferAvailability.OFF_SALE,
    "sales_ended": OfferAvailability.OFF_SALE,
    "sold_out": OfferAvailability.SOLD_OUT,
    "unavailable": OfferAvailability.OFF_SALE,
}
_ADDRESS = re.compile(r"https?://[A-Za-z0-9._-]+(:\d+)?([/?#]|$)")


def is_public(record: Record) -> bool:
    """Whether anybody may know of it: lists of one's own hold drafts, and events for those with the address alone."""
    hidden = (
        record.get("status") == "draft",
        record.get("listed") is False,
        record.get("invite_only") is True,
        record.get("privacy_setting") == "locked",
        record.get("is_protected_event") is True,
    )
    return not any(hidden)


def is_over(record: Record) -> bool:
    """Whether it says that it has been."""
    return record.get("status") in {"ended", "completed"}


def starts_at(record: Record) -> datetime | None:
    """When it starts in the order of a documented list, hidden or not."""
    return _instant(at(record, "start").get("utc"))


def read_event(record: Record) -> Listing:
    """An event as a listing: https://www.eventbrite.com/platform/api#/reference/event."""
    start = _when(record, "start") or When.unknown()
    online = record.get("online_event", record.get("is_online_event")) is True
    labels = _labels(record)
    return Listing(
        id=str(record["id"]),
        name=_name(record["name"]) or "",
        start=start,
        end=_end(record, start),
        door_time=_instant(at(record, "music_properties").get("door_time")),
        status=_status(record),
        attendance_mode=EventAttendanceMode.ONLINE if online else EventAttendanceMode.OFFLINE,
        event_type=event_type(labels.category, labels.subcategory, labels.format),
        genres=genres(labels.category, labels.subcategory),
        keywords=labels.names,
        description=_text(record.get("summary")) or _text(at(record, "description").get("text")),
        venue=None if online else read_venue(_first_object(record, "venue", "primary_venue")),
        organizer=_organizer(_first_object(record, "organizer", "primary_organizer")),
        images=tuple(_images(_first_object(record, "logo", "image"))),
        url=_url(record.get("url")),
        same_as=tuple(address for address in [_url(record.get("vanity_url"))] if address),
        offers=tuple(_offers(record)),
        is_free=_is_free(record),
        age_range=_text(at(record, "music_properties").get("age_restriction")),
        languages=_languages(record.get("locale") or record.get("language")),
        updated_at=_instant(record.get("changed")),
    )


def _name(name: object) -> str | None:
    """A text in the destination search, an object elsewhere."""
    if isinstance(name, dict):
        return _text(name.get("text")) or _text(name.get("html"))
    return _text(name)


def _when(record: Record, edge: str) -> When | None:
    """Its start or end, unless the organizer hides it: an instant, a wall-clock time, a day."""
    if record.get(f"hide_{edge}_date") is True:
        return None
    told = at(record, edge)
    time_zone = _zone(told.get("timezone") or record.get("timezone"))
    if instant := _instant(told.get("utc")):
        return When.at(instant, time_zone)
    day, _, clock = str(told.get("local") or "").partition("T")
    day, clock = day or str(record.get(f"{edge}_date") or ""), clock or str(record.get(f"{edge}_time") or "")
    if not day:
        return None
    if clock and time_zone:
        return When.local(datetime.combine(date.fromisoformat(day), time.fromisoformat(clock)), time_zone)
    return When.on(date.fromisoformat(day), time_zone)


def _end(record: Record, start: When) -> When | None:
    """Only an exact one after an exact start."""
    end = _when(record, "end")
    if end is None or end.instant is None or start.instant is None or end.instant <= start.instant:
        return None
    return end


def _status(record: Record) -> EventStatus:
    """A cancelled event may have the status "completed"; then only the sale knows. A destination record has no status."""
    by_sale = _SALE_STATUSES.get(str(at(record, "event_sales_status").get("message_code")))
    if record.get("is_cancelled") is True or by_sale is EventStatus.CANCELLED:
        return EventStatus.CANCELLED
    own = _STATUSES.get(str(record.get("status", "live")), EventStatus.UNKNOWN)
    return own if own is EventStatus.CANCELLED or by_sale is None else by_sale


class _Labels(NamedTuple):
    """What an event is filed under: ids of category and format, the subcategory's name, and all names."""

    category: str | None
    subcategory: str | None
    format: str | None
    names: tuple[str, ...]


def _labels(record: Record) -> _Labels:
    tags = {str(tag.get("prefix")): tag for tag in objects(record.get("tags"))}
    expanded = [_text(at(record, name).get("name")) for name in ("category", "subcategory", "format")]
    shown = [_text(tag.get("display_name")) for tag in objects(record.get("tags"))]
    return _Labels(
        category=_id_of(record, "category") or _id_in(tags.get("EventbriteCategory")),
        subcategory=expanded[1] or _text(at(tags.get("EventbriteSubCategory")).get("display_name")),
        format=_id_of(record, "format") or _id_in(tags.get("EventbriteFormat")),
        names=tuple(dict.fromkeys(name for name in (*expanded, *shown) if name and name != "Other")),
    )


def _id_of(record: Record, name: str) -> str | None:
    own = record.get(f"{name}_id") or at(record, name).get("id")
    return own if isinstance(own, str) else None


def _id_in(tag: object) -> str | None:
    """The id at the end of a tag such as EventbriteCategory/103."""
    return str(at(tag).get("tag") or "").rpartition("/")[2] or None


def read_venue(record: Record) -> Venue | None:
    """A venue; None where it has neither a name nor an address to call it by."""
    address = at(record, "address")
    street = ", ".join(line for name in ("address_1", "address_2") if (line := _text(address.get(name))))
    name = _text(record.get("name")) or street or _text(address.get("localized_address_display"))
    if not name:
        return None
    capacity = record.get("capacity")
    return Venue(
        id=_text(record.get("id")),
        name=name,
        address=Address(
            street=street or None,
            locality=_text(address.get("city")),
            region=_text(address.get("region")),
            postal_code=_text(address.get("postal_code")),
            country=_code(address.get("country"), 2),
        ),
        point=_point(address) or _point(record),
        capacity=capacity if isinstance(capacity, int) and capacity > 0 else None,
    )


def _point(place: Record) -> Point | None:
    """Latitude and longitude come as texts, which may be empty; 0, 0 is nowhere."""
    try:
        latitude, longitude = float(place["latitude"]), float(place["longitude"])
        return Point(latitude=latitude, longitude=longitude) if (latitude, longitude) != (0, 0) else None
    except (KeyError, TypeError, ValueError):
        return None


def _organizer(record: Record) -> Organization | None:
    name = _text(record.get("name"))
    return Organization(name=name, url=_url(record.get("url"))) if name else None


def _images(record: Record) -> Iterator[Image]:
    """The whole picture, else the part of it that is cut out for the page."""
    original = at(record, "original")
    if url := _url(original.get("url")):
        yield Image(url=url, width=_pixels(original.get("width")), height=_pixels(original.get("height")))
    elif url := _url(record.get("url")):
        yield Image(url=url)


def _offers(record: Record) -> Iterator[Offer]:
    """One, for all ticket classes."""
    tickets, sale = at(record, "ticket_availability"), at(record, "event_sales_status")
    begins = _first_object(tickets, "start_sales_date") or _first_object(sale, "start_sales_date")
    offer = Offer(
        kind=_offer_kind(record, sale),
        availability=_availability(record, tickets, sale),
        url=_url(record.get("tickets_url")) or _url(record.get("url")),
        valid_from=_instant(begins.get("utc")),
        seller="Eventbrite",
    )
    if offer.url:
        yield _priced(offer, record, tickets)


def _offer_kind(record: Record, sale: Record) -> OfferKind:
    if sale.get("message_code") == "tickets_at_the_door":
        return OfferKind.DOOR
    return OfferKind.FREE_REGISTRATION if _is_free(record) else OfferKind.PRIMARY


def _availability(record: Record, tickets: Record, sale: Record) -> OfferAvailability:
    if _status(record) is EventStatus.CANCELLED:
        return OfferAvailability.OFF_SALE
    if tickets.get("is_sold_out") is True or sale.get("message_code") == "tickets_sold_out":
        return OfferAvailability.SOLD_OUT
    known = OfferAvailability.IN_STOCK if tickets.get("has_available_tickets") is True else OfferAvailability.UNKNOWN
    return _AVAILABILITIES.get(str(sale.get("sales_status")), known)


def _priced(offer: Offer, record: Record, tickets: Record) -> Offer:
    low, high = at(tickets, "minimum_ticket_price"), at(tickets, "maximum_ticket_price")
    currency = _code(low.get("currency") or record.get("currency"), 3)
    if currency is None:
        return offer
    if _is_free(record):
        return replace(offer, price=Decimal(0), currency=currency)
    least, most = _price(low), _price(high)
    if least is None and most is None:
        return offer
    if least == most:
        return replace(offer, price=least, currency=currency)
    return replace(offer, low_price=least, high_price=most, currency=currency)


def _price(price: Record) -> Decimal | None:
    """`major_value` is a decimal as text; `value` counts the smallest coin, of which currencies have more or less."""
    try:
        value = Decimal(price["major_value"])
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return None
    return value if value.is_finite() and value >= 0 else None


def _is_free(record: Record) -> bool | None:
    told = record.get("is_free", at(record, "ticket_availability").get("is_free"))
    return told if isinstance(told, bool) else None


def _languages(value: object) -> tuple[str, ...]:
    """en_US and en-us are both en-US."""
    language, _, region = (value if isinstance(value, str) else "").replace("_", "-").partition("-")
    if not re.fullmatch("[A-Za-z]{2,3}", language):
        return ()
    return (f"{language.lower()}-{region.upper()}" if re.fullmatch("[A-Za-z]{2}", region) else language.lower(),)


# --- values from outside, each as it should be or not at all ---


def at(value: object, *path: str) -> Record:
    """The object at the end of the path; an empty one where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Record]:
    """The objects in a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _first_object(record: Record, *names: str) -> Record:
    found: Iterable[Record] = (at(record, name) for name in names)
    return next((each for each in found if each), {})


def _text(value: object) -> str | None:
    return plain(value) if isinstance(value, str) else None


def _code(value: object, length: int) -> str | None:
    text = value.strip().upper() if isinstance(value, str) else ""
    return text if re.fullmatch(f"[A-Z]{{{length}}}", text) else None


def _zone(value: object) -> str | None:
    try:
        return zone(value).key if isinstance(value, str) else None
    except ValueError:
        return None


def _instant(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _url(value: object) -> str | None:
    return value if isinstance(value, str) and _ADDRESS.match(value) else None


def _pixels(value: object) -> int | None:
    return value if isinstance(value, int) else None
