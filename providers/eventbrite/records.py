"""What Eventbrite's records mean: pure functions, of a record as it comes to the kit's words.

An event has one of two shapes: the documented one, and that of the destination search, which the website uses. Most of
their fields differ in name alone, so that each function here looks for both. Whatever is not as it should be is left
out, so that one odd field costs no event; only an event without an id, a name or a readable date raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    Record,
    Venue,
    When,
    code_in,
    first_of,
    instant_in,
    object_in,
    objects_in,
    point_in,
    text_in,
    web_address_in,
    whole_number_in,
    zone_in,
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
    return instant_in(object_in(record, "start").get("utc"))


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
        door_time=instant_in(object_in(record, "music_properties").get("door_time")),
        status=_status(record),
        attendance_mode=EventAttendanceMode.ONLINE if online else EventAttendanceMode.OFFLINE,
        event_type=event_type(labels.category, labels.subcategory, labels.format),
        genres=genres(labels.category, labels.subcategory),
        keywords=labels.names,
        description=text_in(record.get("summary")) or text_in(object_in(record, "description").get("text")),
        venue=None if online else read_venue(_first_object(record, "venue", "primary_venue")),
        organizer=_organizer(_first_object(record, "organizer", "primary_organizer")),
        images=tuple(_images(_first_object(record, "logo", "image"))),
        url=web_address_in(record.get("url")),
        same_as=tuple(address for address in [web_address_in(record.get("vanity_url"))] if address),
        offers=tuple(_offers(record)),
        is_free=_is_free(record),
        age_range=text_in(object_in(record, "music_properties").get("age_restriction")),
        languages=_languages(record.get("locale") or record.get("language")),
        updated_at=instant_in(record.get("changed")),
    )


def _name(name: object) -> str | None:
    """A text in the destination search, an object elsewhere."""
    if isinstance(name, dict):
        return text_in(name.get("text")) or text_in(name.get("html"))
    return text_in(name)


def _when(record: Record, edge: str) -> When | None:
    """Its start or end, unless the organizer hides it: an instant, a wall-clock time, a day."""
    if record.get(f"hide_{edge}_date") is True:
        return None
    told = object_in(record, edge)
    time_zone = zone_in(told.get("timezone") or record.get("timezone"))
    if instant := instant_in(told.get("utc")):
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
    by_sale = _SALE_STATUSES.get(str(object_in(record, "event_sales_status").get("message_code")))
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
    tags = {str(tag.get("prefix")): tag for tag in objects_in(record, "tags")}
    expanded = [text_in(object_in(record, name).get("name")) for name in ("category", "subcategory", "format")]
    shown = [text_in(tag.get("display_name")) for tag in objects_in(record, "tags")]
    return _Labels(
        category=_id_of(record, "category") or _id_in(tags.get("EventbriteCategory")),
        subcategory=expanded[1] or text_in(object_in(tags.get("EventbriteSubCategory")).get("display_name")),
        format=_id_of(record, "format") or _id_in(tags.get("EventbriteFormat")),
        names=tuple(dict.fromkeys(name for name in (*expanded, *shown) if name and name != "Other")),
    )


def _id_of(record: Record, name: str) -> str | None:
    own = record.get(f"{name}_id") or object_in(record, name).get("id")
    return own if isinstance(own, str) else None


def _id_in(tag: object) -> str | None:
    """The id at the end of a tag such as EventbriteCategory/103."""
    return str(object_in(tag).get("tag") or "").rpartition("/")[2] or None


def read_venue(record: Record) -> Venue | None:
    """A venue; None where it has neither a name nor an address to call it by."""
    address = object_in(record, "address")
    street = ", ".join(line for name in ("address_1", "address_2") if (line := text_in(address.get(name))))
    name = text_in(record.get("name")) or street or text_in(address.get("localized_address_display"))
    if not name:
        return None
    return Venue(
        id=text_in(record.get("id")),
        name=name,
        address=Address(
            street=street or None,
            locality=text_in(address.get("city")),
            region=text_in(address.get("region")),
            postal_code=text_in(address.get("postal_code")),
            country=code_in(address.get("country"), 2),
        ),
        point=point_in(address) or point_in(record),
        capacity=whole_number_in(record.get("capacity")) or None,
    )


def _organizer(record: Record) -> Organization | None:
    name = text_in(record.get("name"))
    return Organization(name=name, url=web_address_in(record.get("url"))) if name else None


def _images(record: Record) -> Iterator[Image]:
    """The whole picture, else the part of it that is cut out for the page."""
    original = object_in(record, "original")
    if url := web_address_in(original.get("url")):
        yield Image(
            url=url, width=whole_number_in(original.get("width")), height=whole_number_in(original.get("height"))
        )
    elif url := web_address_in(record.get("url")):
        yield Image(url=url)


def _offers(record: Record) -> Iterator[Offer]:
    """One, for all ticket classes."""
    tickets, sale = object_in(record, "ticket_availability"), object_in(record, "event_sales_status")
    begins = _first_object(tickets, "start_sales_date") or _first_object(sale, "start_sales_date")
    offer = Offer(
        kind=_offer_kind(record, sale),
        availability=_availability(record, tickets, sale),
        url=web_address_in(record.get("tickets_url")) or web_address_in(record.get("url")),
        valid_from=instant_in(begins.get("utc")),
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
    low, high = object_in(tickets, "minimum_ticket_price"), object_in(tickets, "maximum_ticket_price")
    currency = code_in(low.get("currency") or record.get("currency"), 3)
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
    told = record.get("is_free", object_in(record, "ticket_availability").get("is_free"))
    return told if isinstance(told, bool) else None


def _languages(value: object) -> tuple[str, ...]:
    """en_US and en-us are both en-US."""
    language, _, region = (value if isinstance(value, str) else "").replace("_", "-").partition("-")
    if not re.fullmatch("[A-Za-z]{2,3}", language):
        return ()
    return (f"{language.lower()}-{region.upper()}" if re.fullmatch("[A-Za-z]{2}", region) else language.lower(),)


def _first_object(record: Record, *names: str) -> Record:
    return first_of(object_in(record, name) for name in names) or {}
