"""A VEVENT's lines as its times, its rules, and a listing that lacks nothing but its time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from icalendar import Event
from icalendar.prop import vDDDTypes

from providers import Listing, When
from providers.icalendar.describe import Defaults, describe
from providers.icalendar.text import Lines, name_of, value_of
from providers.icalendar.zones import UNREADABLE, Zones, iana_name

_TZID = re.compile(r';TZID=("[^"]*"|[^;"]*)', re.IGNORECASE)
_AND_FUTURE = re.compile(r";RANGE=\"?THISANDFUTURE", re.IGNORECASE)
_TIMES = frozenset({"DTSTART", "DTEND", "DURATION", "RDATE", "EXDATE", "RECURRENCE-ID"})
_WORDS = frozenset(
    {
        "SUMMARY",
        "DESCRIPTION",
        "LOCATION",
        "GEO",
        "URL",
        "ATTACH",
        "IMAGE",
        "CATEGORIES",
        "STATUS",
        "ORGANIZER",
        "LAST-MODIFIED",
        "DTSTAMP",
    }
)
_HIDDEN = frozenset({"PRIVATE", "CONFIDENTIAL"})
# Longer ones are hashed, so that UID, separator and recurrence id stay within the 500 characters of a listing's id.
_LONGEST_UID = 440

Time = date | datetime
"""A calendar day, or an instant with its zone: floating times have been given theirs."""
Period = tuple[datetime, datetime | timedelta]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Component:
    """A readable VEVENT. `end` is exclusive, after `start`, and None where there is none (RFC 5545, 3.6.1).

    `recurrence_id` marks the instance of a series that it replaces, with `and_future` all later ones, too.
    `revision` orders versions of one event: SEQUENCE, then when it was written. `about` is the listing but for its time.
    """

    uid: str
    start: Time
    end: Time | None
    rules: tuple[str, ...]
    extra: tuple[Time | Period, ...]
    left_out: tuple[Time, ...]
    recurrence_id: Time | None
    and_future: bool
    revision: tuple[int, datetime]
    about: Listing
    zone: tzinfo

    @property
    def sequence(self) -> int:
        """How often its owner changed it in earnest (RFC 5545, 3.8.7.4)."""
        return self.revision[0]

    def when(self, moment: Time) -> When:
        """A time of this event as a listing has it."""
        return when(moment, self.zone)

    def last(self, start: Time, end: Time | None) -> When | None:
        """When it ends: for days the last one, since DTEND is exclusive; None for one day, and for no time at all."""
        if end is None or isinstance(start, datetime) != isinstance(end, datetime):
            return None
        if not isinstance(end, datetime):
            final = end - timedelta(days=1)
            return self.when(final) if final > start else None
        return self.when(end) if end > start else None


def read(lines: Lines, zones: Zones, defaults: Defaults) -> Component | None:
    """The component of a VEVENT's lines; None where its owner marked it as private (RFC 5545, 3.8.1.3).

    Raises:
        ValueError: (or what the library raises) there is no start, no name, or nothing to be made of them.
    """
    if any(value.upper() in _HIDDEN for value in _values(lines, "CLASS")):
        return None
    times = _Times(lines, zones)
    start, replaced = times.one("DTSTART"), times.one("RECURRENCE-ID")
    if start is None or (replaced is None and times.lines("RECURRENCE-ID")):
        msg = "has no DTSTART, or a RECURRENCE-ID, that can be read"
        raise ValueError(msg)
    words = _words(lines)
    return Component(
        uid=_uid(lines),
        start=start,
        end=_end(start, times),
        rules=tuple(_values(lines, "RRULE")),
        extra=tuple(times.all("RDATE")),
        left_out=tuple(each for each in times.all("EXDATE") if not isinstance(each, tuple)),
        recurrence_id=replaced,
        and_future=any(_AND_FUTURE.search(line) for line in times.lines("RECURRENCE-ID")),
        revision=(_sequence(lines), _written(words)),
        about=describe(words, defaults, when(start, zones.default), iana_name(_zone_of(start, zones.default))),
        zone=zones.default,
    )


def when(moment: Time, default: tzinfo) -> When:
    """A time as a listing has it: in its own zone; where that is UTC, in the calendar's."""
    name = iana_name(_zone_of(moment, default))
    if not isinstance(moment, datetime):
        return When.on(moment, name)
    # Through UTC, so that a time that the spring change skips becomes a real one (RFC 5545, 3.3.5).
    instant = moment.astimezone(UTC)
    if name is None and moment.tzinfo is not UTC:
        instant = instant.astimezone(_fixed(instant.astimezone(moment.tzinfo)))
    return When.at(instant, name)


def _zone_of(moment: Time, default: tzinfo) -> tzinfo:
    own = moment.tzinfo if isinstance(moment, datetime) else None
    return default if own is None or own is UTC else own


def _fixed(moment: datetime) -> tzinfo:
    offset = moment.utcoffset()
    assert offset is not None
    return timezone(offset)


def _values(lines: Iterable[str], name: str) -> Iterator[str]:
    return (value_of(line) for line in lines if name_of(line) == name)


class _Times:
    """The date properties of one VEVENT, read with this file's zones."""

    def __init__(self, lines: Lines, zones: Zones) -> None:
        self._lines = [line for line in lines if name_of(line) in _TIMES]
        self._zones = zones

    def lines(self, name: str) -> list[str]:
        return [line for line in self._lines if name_of(line) == name]

    def one(self, name: str) -> Time | None:
        """The property's first value, where it has one that can be read as a time."""
        found = next(self.all(name), None)
        return None if isinstance(found, tuple) else found

    def all(self, name: str) -> Iterator[Time | Period]:
        """The property's values that can be read."""
        for line in self.lines(name):
            # No date holds a colon, but a zone's name may, quoted or not; VALUE is passed over, the value tells.
            head, _, values = line.rpartition(":")
            tzid = _TZID.search(head)
            tz = self._zones.named(tzid.group(1) if tzid else None)
            for value in values.split(","):
                with suppress(*UNREADABLE):
                    yield _placed(value.strip(), tz)

    def duration(self) -> timedelta | None:
        line = next(iter(self.lines("DURATION")), None)
        try:
            found = parsed(value_of(line)) if line else None
        except UNREADABLE:
            return None
        return found if isinstance(found, timedelta) and found > timedelta(0) else None


def parsed(value: str) -> Any:  # noqa: ANN401 - one of the next line's types, which the caller tells apart
    """A date, datetime, timedelta or period (a tuple) as RFC 5545, 3.3 writes it; its look tells which.

    Raises:
        ValueError: it is none of these.
    """
    return vDDDTypes.from_ical(value.upper())  # type: ignore[no-untyped-call]


def _placed(value: str, tz: tzinfo) -> Time | Period:
    found = parsed(value)
    if isinstance(found, tuple):
        first, second = found
        return _aware(first, tz), second if isinstance(second, timedelta) else _aware(second, tz)
    if isinstance(found, datetime):
        return _aware(found, tz)
    if isinstance(found, date):
        return found
    msg = f"{value!r} is not a date"
    raise ValueError(msg)


def _aware(moment: datetime, tz: tzinfo) -> datetime:
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    placed = moment.replace(tzinfo=tz)
    placed.astimezone(UTC)  # a time that no calendar has, such as the first hour of the year 1 east of Greenwich
    return placed


def _end(start: Time, times: _Times) -> Time | None:
    """DTEND, else DTSTART + DURATION; None where neither is there, or the end is not after the start."""
    end = times.one("DTEND")
    if end is None and (duration := times.duration()):
        end = _after(start, duration)
    if end is None:
        return None
    end = _alike(start, end)
    return end if end > start else None


def _after(start: Time, duration: timedelta) -> Time:
    if not isinstance(start, datetime):
        return start + timedelta(days=duration.days)
    if duration < timedelta(days=1):
        # Hours are exact, across a change of clocks, too; days are calendar days (RFC 5545, 3.3.6).
        return (start.astimezone(UTC) + duration).astimezone(start.tzinfo)
    return start + duration


def _alike(start: Time, end: Time) -> Time:
    """The end as the same kind of value as the start."""
    if isinstance(start, datetime) and not isinstance(end, datetime):
        return datetime.combine(end, time.min, start.tzinfo)
    if not isinstance(start, datetime) and isinstance(end, datetime):
        return end.date() + timedelta(days=end.time() != time.min)
    return end


def _uid(lines: Lines) -> str:
    """The UID; one made of what the event says where it has none, the same from one fetch to the next."""
    uid = next((value for value in _values(lines, "UID") if value), None)
    if uid is None:
        said = [line for line in lines if name_of(line) in {"DTSTART", "SUMMARY", "LOCATION", "URL"}]
        return "no-uid-" + hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()[:32]
    return uid if len(uid) <= _LONGEST_UID else "long-uid-" + hashlib.sha256(uid.encode()).hexdigest()


def _sequence(lines: Lines) -> int:
    value = next(_values(lines, "SEQUENCE"), "")
    return int(value[:9]) if value.isdecimal() else 0


def _words(lines: Lines) -> Event:
    """Its texts. The library leaves out what it cannot read, property by property."""
    wanted = [line for line in lines if name_of(line) in _WORDS]
    found = Event.from_ical("\r\n".join(["BEGIN:VEVENT", *wanted, "END:VEVENT"]))
    assert isinstance(found, Event)
    return found


def _written(words: Event) -> datetime:
    """When this version was written (UTC)."""
    stamps = [words.get(name) for name in ("LAST-MODIFIED", "DTSTAMP")]
    moments = [stamp.dt for stamp in stamps if isinstance(stamp, vDDDTypes)]
    known = [moment.replace(tzinfo=moment.tzinfo or UTC) for moment in moments if isinstance(moment, datetime)]
    return known[0].astimezone(UTC) if known else datetime.min.replace(tzinfo=UTC)
