"""Where an event is: https://schema.org/location."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from providers import (
    Address,
    EventType,
    Record,
    Venue,
    address_parts,
    first_of,
    fold,
    id_by_name,
    point_in,
    read_address,
)
from providers.schema_org.graph import types_of
from providers.schema_org.values import address, country, each_of, ids_elsewhere, line, number, objects, text

_ONLINE = frozenset({"online", "virtual", "zoom", "livestream", "webinar"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What the operator says of every event of a page, where the page says nothing."""

    time_zone: str | None = None
    city: str | None = None
    country: str | None = None
    currency: str | None = None
    event_type: EventType = EventType.OTHER


def is_online(value: object) -> bool:
    """Whether a location is on the net."""
    if isinstance(value, dict):
        named_so = fold(line(value.get("name")) or "") in _ONLINE and "address" not in value
        return named_so or "VirtualLocation" in types_of(value)
    return isinstance(value, str) and (fold(value) in _ONLINE or re.match(r"\s*https?://", value) is not None)


def read_venue(value: object, page: str, defaults: Defaults) -> Venue | None:
    """The first location that is a place and has a name, a street or a town to call it by."""
    for each in each_of(value):
        if is_online(each):
            continue
        venue = _place(each, page, defaults) if isinstance(each, dict) else _told(text(each) or "", defaults)
        if venue is not None:
            return venue
    return None


def _told(said: str, defaults: Defaults) -> Venue | None:
    """One string: its first part, up to a comma or a line end, is the name."""
    parts = address_parts(said)
    return _venue(parts[0], read_address(parts[1:]), defaults) if parts else None


def _place(place: Record, page: str, defaults: Defaults) -> Venue | None:
    address_itself = "PostalAddress" in types_of(place)
    where = _address(place if address_itself else place.get("address"))
    name = line(place.get("name")) or where.street or where.locality
    if name is None:
        return None
    return replace(
        _venue(name, where, defaults),
        point=first_of(point_in(each) for each in (*objects(place.get("geo")), place)),
        time_zone=defaults.time_zone,
        url=address(place.get("url"), page) or address(place.get("sameAs"), page),
        capacity=number(place.get("maximumAttendeeCapacity")),
        external_ids=ids_elsewhere(each_of(place.get("sameAs"))),
    )


def _venue(name: str, where: Address, defaults: Defaults) -> Venue:
    """Its id is made of name and town: few pages give their places one, and then not everywhere the same."""
    whole = replace(where, locality=where.locality or defaults.city, country=where.country or defaults.country)
    return Venue(id=id_by_name(name, whole.locality), name=name, address=whole)


def _address(value: object) -> Address:
    """An address in its parts, or in one string; where that cannot be taken apart, all of it is the street."""
    for each in each_of(value):
        if isinstance(each, dict):
            return Address(
                street=line(each.get("streetAddress")),
                locality=line(each.get("addressLocality")),
                region=line(each.get("addressRegion")),
                postal_code=line(each.get("postalCode")),
                country=country(each.get("addressCountry")),
            )
        if said := line(each):
            told = read_address(address_parts(said))
            return told if told.locality else replace(told, street=said)
    return Address()
