"""What an instance's records mean: pure functions, of a record as it comes to the kit's words.

Whatever is not as it should be is left out, so that one odd field costs no event; only an event without an id, a title
or a start raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote, urljoin

from providers import (
    Address,
    EventAttendanceMode,
    EventType,
    Image,
    Listing,
    Offer,
    Record,
    Venue,
    When,
    address_parts,
    event_type_of,
    fold,
    id_in,
    object_in,
    objects_in,
    point_in,
    read_address,
    text_in,
    texts_in,
    whole_number_in,
)

# What the instance calls the place of an event that is nowhere else.
_ONLINE = "online"
_FREE = frozenset({"free", "gratis", "gratuit", "gratuito", "gratuita", "ingresso gratuito", "entrata gratuita", "0"})
# Amounts that stand at a currency's sign or name: "5-10 €", "€ 12,50", "8/10 euro". Other numbers may be hours.
_NUMBER = r"\d{1,5}(?:[.,]\d{1,2})?"
_NUMBERS = rf"(?<![\d.,]){_NUMBER}(?:\s*[-–/]\s*{_NUMBER})*(?![.,]?\d)"
_SIGN = r"(?:€|£|eur(?:os?)?\b|gbp\b|chf\b)"
_PRICE = re.compile(rf"({_SIGN})\s*({_NUMBERS})|({_NUMBERS})\s*({_SIGN})", re.IGNORECASE)
_CURRENCIES = {"€": "EUR", "e": "EUR", "£": "GBP", "g": "GBP", "c": "CHF"}
_ADDRESS = re.compile(r"https?://[^\s/]+/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What is the same for all events of an instance; city and country stand in where an address names none."""

    base_url: str
    time_zone: str
    city: str | None = None
    country: str | None = None


def read_event(record: Record, instance: Instance) -> Listing:
    """An event as a listing: https://gancio.org/usage/api."""
    event_id = record["id"]
    start = _when(record["start_datetime"], instance)
    tags = tuple(dict.fromkeys(texts_in(record, "tags")))
    place = object_in(record, "place")
    offers = _offers(record.get("price"))
    return Listing(
        id=str(int(event_id)),
        name=" ".join((text_in(record["title"]) or "").split()),
        start=start,
        end=_end(record.get("end_datetime"), start, instance),
        attendance_mode=_mode(record, place),
        event_type=event_type_of(tags) or EventType.OTHER,
        keywords=tags,
        # Only an event that was looked up has one.
        description=text_in(record.get("description")) or text_in(record.get("plain_description")),
        venue=_venue(place, instance),
        images=tuple(_images(record, instance)),
        url=f"{instance.base_url}/event/{quote(str(record.get('slug') or event_id), safe='')}",
        offers=offers,
        is_free=_is_free(offers),
    )


def _when(seconds: float, instance: Instance) -> When:
    return When.at(datetime.fromtimestamp(seconds, UTC), instance.time_zone)


def _end(seconds: object, start: When, instance: Instance) -> When | None:
    """Only after the start; 0 and none at all are the same."""
    if not isinstance(seconds, int) or start.instant is None or seconds <= start.instant.timestamp():
        return None
    return _when(seconds, instance)


def _is_online(place: Record) -> bool:
    return fold(str(place.get("name") or "")) == _ONLINE


def _mode(record: Record, place: Record) -> EventAttendanceMode:
    if _is_online(place):
        return EventAttendanceMode.ONLINE
    return EventAttendanceMode.MIXED if texts_in(record, "online_locations") else EventAttendanceMode.OFFLINE


def _venue(place: Record, instance: Instance) -> Venue | None:
    """A place; where it has no name, it goes by its address or its town."""
    address = text_in(place.get("address"))
    name = text_in(place.get("name")) or address or instance.city
    if not place or not name or _is_online(place):
        return None
    return Venue(
        id=id_in(place.get("id")),
        name=name,
        address=_address(address or "", instance),
        point=point_in(place),
        time_zone=instance.time_zone,
    )


def _address(text: str, instance: Instance) -> Address:
    """Written as people write it: where street and town cannot be told apart, all of it is the street."""
    told = read_address(address_parts(text))
    return replace(
        told,
        street=told.street or (None if told.locality else text or None),
        locality=told.locality or instance.city,
        country=told.country or instance.country,
    )


def _images(record: Record, instance: Instance) -> Iterator[Image]:
    for each in objects_in(record, "media"):
        name = each.get("url")
        url = urljoin(f"{instance.base_url}/media/", quote(name, safe="/:%?=&")) if isinstance(name, str) else ""
        if name and _ADDRESS.match(url):
            yield Image(
                url=url,
                width=whole_number_in(each.get("width")),
                height=whole_number_in(each.get("height")),
                caption=text_in(each.get("name")),
            )


def _offers(price: object) -> tuple[Offer, ...]:
    """The text as it is, with what amounts plainly stand in it; numbers, which no version was seen to send, as text."""
    text = text_in(str(price) if isinstance(price, int | float) and not isinstance(price, bool) else price)
    if text is None:
        return ()
    offer, (amounts, currency) = Offer(name=text), _amounts(text)
    match amounts:
        case []:
            return (offer,)
        case [amount]:
            return (replace(offer, price=amount, currency=currency),)
        case _:
            return (replace(offer, low_price=min(amounts), high_price=max(amounts), currency=currency),)


def _amounts(text: str) -> tuple[list[Decimal], str | None]:
    found = [(before or after, left or right) for before, left, right, after in _PRICE.findall(text)]
    currencies = {_CURRENCIES[sign[0].lower()] for sign, _ in found}
    if len(currencies) != 1:
        return [], None
    amounts = [Decimal(each.replace(",", ".")) for _, run in found for each in re.findall(_NUMBER, run)]
    return amounts, currencies.pop()


def _is_free(offers: tuple[Offer, ...]) -> bool | None:
    """True where the text says so; anything else says nothing."""
    return True if any(offer.price == 0 or fold(offer.name or "") in _FREE for offer in offers) else None
