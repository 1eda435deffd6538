"""What a VEVENT says of itself, but for its times, as a listing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from icalendar import Event
from icalendar.prop import vBroken, vCategory, vGeo

from providers import (
    EventAttendanceMode,
    EventStatus,
    EventType,
    Image,
    Listing,
    Organization,
    Point,
    Venue,
    When,
    address_parts,
    event_type_of,
    fold,
    id_by_name,
    plain,
    read_address,
)

_STATUSES = {"CANCELLED": EventStatus.CANCELLED, "CANCELED": EventStatus.CANCELLED, "TENTATIVE": EventStatus.UNKNOWN}
_PICTURE = re.compile(r"\.(jpe?g|png|gif|webp|avif)$", re.IGNORECASE)
_ONLINE = frozenset({"online", "virtual", "zoom", "livestream", "live stream", "webinar", "internet"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What the operator says of every event of the feed: for a club whose calendar does not say where it is.

    `venue` stands in where an event has no LOCATION; `point` is that venue's. `city` and `country` stand in where a
    LOCATION names none; `event_type` where no category tells.
    """

    venue: str | None = None
    city: str | None = None
    country: str | None = None
    point: Point | None = None
    event_type: EventType = EventType.OTHER


def describe(words: Event, defaults: Defaults, start: When, time_zone: str | None) -> Listing:
    """The listing; its id is a blank to be filled in.

    Raises:
        ValueError: it has no name: an event without SUMMARY is of no use to anybody.
    """
    name = plain(" ".join(_text(words, "SUMMARY").split()), limit=300)
    if not name:
        msg = "has no SUMMARY"
        raise ValueError(msg)
    location = _text(words, "LOCATION")
    online = _is_online(location)
    keywords = tuple(dict.fromkeys(_categories(words)))
    return Listing(
        id="-",
        name=name,
        start=start,
        status=_STATUSES.get(_text(words, "STATUS").upper(), EventStatus.SCHEDULED),
        attendance_mode=EventAttendanceMode.ONLINE if online else EventAttendanceMode.OFFLINE,
        event_type=event_type_of(keywords) or defaults.event_type,
        keywords=keywords,
        description=plain(_text(words, "DESCRIPTION")),
        venue=None if online else _venue(location, _point(words), time_zone, defaults),
        organizer=_organizer(words),
        images=tuple(Image(url=url) for url in dict.fromkeys(_pictures(words))),
        url=_web_address(_text(words, "URL")),
        updated_at=_changed(words),
    )


def _all(words: Event, name: str) -> list[Any]:
    found = words.get(name, [])
    values = found if isinstance(found, list) else [found]
    # A broken one raises as soon as anything but its text is asked for.
    return [value for value in values if not isinstance(value, vBroken)]


def _text(words: Event, name: str) -> str:
    """The first value: some write a property twice that may stand but once."""
    return next((str(value).strip() for value in _all(words, name)), "")


def _web_address(text: str) -> str | None:
    """Wider than the kit's, as people type these by hand: in capitals, or with any letter in the host's name."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.netloc and not re.search(r"\s", text) else None


def _is_online(location: str) -> bool:
    return _web_address(location) is not None or fold(location) in _ONLINE


def _categories(words: Event) -> Iterator[str]:
    for value in _all(words, "CATEGORIES"):
        for category in value.cats if isinstance(value, vCategory) else [value]:
            if text := plain(str(category), limit=100):
                yield text


def _organizer(words: Event) -> Organization | None:
    """By its common name (RFC 5545, 3.2.2); never by its mail address, which is not ours to spread."""
    for value in _all(words, "ORGANIZER"):
        name = plain(str(getattr(value, "params", {}).get("CN", "")), limit=200)
        if name and "@" not in name:
            return Organization(name=name, url=_web_address(str(value)))
    return None


def _pictures(words: Event) -> Iterator[str]:
    """IMAGE (RFC 7986, 5.10), and what of ATTACH (RFC 5545, 3.8.1.1) is a picture; embedded ones are passed over."""
    for name in ("IMAGE", "ATTACH"):
        for value in _all(words, name):
            url = _web_address(str(getattr(value, "uri", None) or value))
            kind = str(getattr(value, "params", {}).get("FMTTYPE", ""))
            if url and (name == "IMAGE" or kind.startswith("image/") or _PICTURE.search(urlsplit(url).path)):
                yield url


def _changed(words: Event) -> datetime | None:
    moment = next((getattr(value, "dt", None) for value in _all(words, "LAST-MODIFIED")), None)
    return moment.replace(tzinfo=moment.tzinfo or UTC) if isinstance(moment, datetime) else None


def _point(words: Event) -> Point | None:
    """GEO (RFC 5545, 3.8.1.6). 0;0 is what a form writes that was not filled in."""
    for value in _all(words, "GEO"):
        if isinstance(value, vGeo) and (value.latitude or value.longitude):
            try:
                return Point(latitude=float(value.latitude), longitude=float(value.longitude))
            except ValueError:
                return None
    return None


def _venue(location: str, point: Point | None, time_zone: str | None, defaults: Defaults) -> Venue | None:
    """LOCATION is one string: its first part, up to a comma, bracket or line end, is the name."""
    parts = address_parts(location)
    name = plain(parts[0], limit=200) if parts else defaults.venue
    if not name:
        return None
    own = defaults.venue is not None and fold(name) == fold(defaults.venue)
    told = read_address(parts[1:])
    address = replace(told, locality=told.locality or defaults.city, country=told.country or defaults.country)
    return Venue(
        id=id_by_name(name, address.locality),
        name=name,
        address=address,
        point=point or (defaults.point if own else None),
        time_zone=time_zone,
    )
