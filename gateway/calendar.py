"""Events as an iCalendar object (RFC 5545), for calendars to read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar

from gateway.accounts import Facts
from gateway.ids import Ref
from gateway.vtimezone import vtimezone
from providers import EventStatus

PRODUCT = "-//event-gateway//Event gateway//EN"
DOMAIN = "event-gateway"
READ_AGAIN_AFTER = timedelta(hours=1)
# How long before the first and after the last event time zones are described.
AROUND = timedelta(days=366)

# RFC 5545 knows three; what is postponed or cannot be told is on, but not for sure.
_STATUS = {
    EventStatus.SCHEDULED.name: "CONFIRMED",
    EventStatus.RESCHEDULED.name: "CONFIRMED",
    EventStatus.MOVED_ONLINE.name: "CONFIRMED",
    EventStatus.CANCELLED.name: "CANCELLED",
}
_PERHAPS = "TENTATIVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event for a calendar. `ref` names it for ever; `sequence` counts its changes, the last of them `at`."""

    ref: Ref
    facts: Facts
    sequence: int
    at: datetime
    note: str | None = None


def calendar_of(entries: Iterable[Entry], *, name: str | None = None) -> bytes:
    """The events as a calendar: the same bytes for the same entries. What has no day yet has no place in it.

    name: of a calendar that is read again and again; None for events to be taken over once.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if name is not None:
        _name(calendar, name)
    dated = [entry for entry in entries if entry.facts.start_day is not None]
    for zone in _zones(dated):
        calendar.add_component(zone)
    for entry in sorted(dated, key=lambda entry: (str(entry.facts.start_day), entry.ref.encode())):
        calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical()
    return content


def _name(calendar: icalendar.Calendar, name: str) -> None:
    """What to call it and how often to read it: as RFC 7986 has it, and as calendars of old look for it."""
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", READ_AGAIN_AFTER, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", READ_AGAIN_AFTER, parameters={"value": "DURATION"})


def _event(entry: Entry) -> icalendar.Event:
    facts = entry.facts
    event = icalendar.Event()
    event.add("uid", f"{entry.ref.encode()}@{DOMAIN}")
    event.add("dtstamp", entry.at.astimezone(UTC))
    event.add("last-modified", entry.at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("summary", facts.name)
    event.add("status", _STATUS.get(facts.status, _PERHAPS))
    start, end = _span(facts)
    event.add("dtstart", start)
    if end is not None:
        event.add("dtend", end)
    place = ", ".join(part for part in (facts.venue_name, facts.address) if part)
    about = "\n\n".join(part for part in (entry.note, facts.url) if part)
    for key, value in (("location", place), ("description", about), ("url", facts.url)):
        if value:
            event.add(key, value)
    if facts.latitude is not None and facts.longitude is not None:
        event.add("geo", (facts.latitude, facts.longitude))
    return event


def _span(facts: Facts) -> tuple[date | datetime, date | datetime | None]:
    """Start and end, both times or both days. An end that is not known, or not behind the start, is left out."""
    if facts.start_date is not None:
        start = _local(facts.start_date, facts.time_zone)
        end = _local(facts.end_date, facts.time_zone) if facts.end_date else None
        return start, end if end is not None and end > start else None
    assert facts.start_day is not None
    # DTEND is the day after the last (RFC 5545, 3.6.1).
    over = facts.end_day + timedelta(days=1) if facts.end_day else None
    return facts.start_day, over if over is not None and over > facts.start_day else None


def _local(instant: datetime, time_zone: str | None) -> datetime:
    return instant.astimezone(ZoneInfo(time_zone) if time_zone else UTC)


def _zones(entries: Sequence[Entry]) -> list[icalendar.Timezone]:
    """A VTIMEZONE for each zone in use, over the years in use."""
    days = [entry.facts.start_day for entry in entries if entry.facts.start_day is not None]
    used = {entry.facts.time_zone for entry in entries if entry.facts.start_date is not None}
    return [vtimezone(name, min(days) - AROUND, max(days) + AROUND) for name in sorted(filter(None, used))]
