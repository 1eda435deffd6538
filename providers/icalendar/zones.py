"""Which time zone a TZID means: IANA's name, Windows', the file's own definition, or an offset in words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from providers import zone
from providers.icalendar.text import Lines, name_of, value_of

_OFFSET = re.compile(r"\(?(?:UTC|GMT)\s*([+-])(\d{1,2}):?(\d{2})?\)?", re.IGNORECASE)
_WINDOWS = {name.casefold(): iana for name, iana in WINDOWS_TO_OLSON.items()}
_UTC_NAMES = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Z"})
_HOURS = 15
# What an observance needs; whatever else it holds only makes it unreadable.
_OBSERVANCE = frozenset({"BEGIN", "END", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"})
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


class Zones:
    """A file's time zones.

    `default` is for floating times and all-day days: the file's X-WR-TIMEZONE unless that is UTC (which exporters write
    when they know none), else the configured one, else the only one that the file defines, else UTC.
    """

    def __init__(self, blocks: Iterable[Lines], *, file_zone: str | None, configured: str | None) -> None:
        self._blocks = {_clean(_first(block, "TZID")): block for block in blocks}
        self._known: dict[str, tzinfo | None] = {}
        self.default = self._default(file_zone, configured)

    def named(self, tzid: str | None) -> tzinfo:
        """The zone of that TZID; the default where there is none, or nobody can say what it is."""
        return (self._find(_clean(tzid)) if tzid else None) or self.default

    def _default(self, file_zone: str | None, configured: str | None) -> tzinfo:
        found = self._find(_clean(file_zone)) if file_zone else None
        if found is not None and iana_name(found):
            return found
        if configured:
            return zone(configured)
        only = self._find(next(iter(self._blocks))) if len(self._blocks) == 1 else None
        return only or found or UTC

    def _find(self, tzid: str) -> tzinfo | None:
        if tzid not in self._known:
            self._known[tzid] = _iana(tzid) or _windows(tzid) or self._defined(tzid) or _offset(tzid)
        return self._known[tzid]

    def _defined(self, tzid: str) -> tzinfo | None:
        block = self._blocks.get(tzid)
        if block is None:
            return None
        return _iana(_clean(_first(block, "X-LIC-LOCATION"))) or _from_observances(block)


def iana_name(tz: tzinfo | None) -> str | None:
    """The zone's IANA name; None for UTC, which is nobody's place."""
    return tz.key if isinstance(tz, ZoneInfo) and tz.key not in _UTC_NAMES else None


def _clean(tzid: str) -> str:
    return tzid.strip().strip('"').strip()


def _first(lines: Iterable[str], name: str) -> str:
    return next((value_of(line) for line in lines if name_of(line) == name), "")


def _iana(tzid: str) -> tzinfo | None:
    """`Europe/Berlin`, and what some write before it: `/mozilla.org/20050126_1/Europe/Berlin`."""
    if tzid in _UTC_NAMES:
        return UTC
    parts = [part for part in tzid.split("/") if part]
    candidates = [tzid] if not tzid.startswith("/") else ["/".join(parts[-length:]) for length in (3, 2)]
    for candidate in candidates:
        try:
            return zone(candidate)
        except ValueError:
            continue
    return None


def _windows(tzid: str) -> tzinfo | None:
    iana = _WINDOWS.get(tzid.casefold())
    return zone(iana) if iana else None


def _offset(tzid: str) -> tzinfo | None:
    """`UTC+11`, `GMT+0100`, `(UTC+01:00) Amsterdam, Berlin`."""
    found = _OFFSET.match(tzid)
    if found is None or int(found.group(2)) > _HOURS:
        return None
    offset = timedelta(hours=int(found.group(2)), minutes=int(found.group(3) or 0))
    return timezone(-offset if found.group(1) == "-" else offset)


class Defined(tzinfo):
    """A zone by its transitions, since the library's own asks the rules for each time anew: a millisecond each.

    instants: naive UTC, ascending. offsets: the one that each instant brings. before: the one before the first.
    """

    def __init__(self, instants: Sequence[datetime], offsets: Sequence[timedelta], before: timedelta) -> None:
        self._instants = instants
        self._offsets = (before, *offsets)
        changes = list(zip(instants, self._offsets, offsets, strict=False))
        # The local time from which the new offset holds. Where the clock is put forward or back, a skipped or repeated
        # time means the old offset (RFC 5545, 3.3.5), or with fold the new one.
        self._local = (
            [instant + max(old, new) for instant, old, new in changes],
            [instant + min(old, new) for instant, old, new in changes],
        )

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """The offset at a local time."""
        if moment is None:
            return None
        return self._offsets[bisect_right(self._local[moment.fold], moment.replace(tzinfo=None, fold=0))]

    def fromutc(self, moment: datetime) -> datetime:
        """The local time of an instant."""
        offset = self._offsets[bisect_right(self._instants, moment.replace(tzinfo=None))]
        local = moment + offset
        return local if self.utcoffset(local) == offset else local.replace(fold=1)

    def dst(self, moment: datetime | None) -> timedelta | None:  # noqa: ARG002 - tzinfo's signature
        """Not known, and of no use here."""
        return None

    def tzname(self, moment: datetime | None) -> str | None:  # noqa: ARG002 - tzinfo's signature
        """As a file may call it whatever it likes."""
        return "defined"


def _from_observances(block: Lines) -> tzinfo | None:
    """The zone as its VTIMEZONE defines it (RFC 5545, 3.6.5); None where that cannot be read."""
    try:
        defined = Timezone()
        defined.add("TZID", "defined")
        for observance in _observances(block):
            # Each by itself: a whole VTIMEZONE would be kept by the library for every later file of the process.
            defined.add_component(Component.from_ical("\r\n".join(observance)))
        instants, changes = defined.get_transitions()
        observances: list[Any] = defined.subcomponents
        first = min(observances, key=lambda observance: observance["DTSTART"].dt)
        return Defined(instants, [offset for offset, _, _ in changes], first["TZOFFSETFROM"].td)
    except UNREADABLE:
        return None


def _observances(block: Lines) -> list[Lines]:
    found: list[Lines] = []
    for line in block:
        name = name_of(line)
        if name == "BEGIN":
            found.append([line])
        elif found and name in _OBSERVANCE and not (name == "RRULE" and not _yearly(line)):
            found[-1].append(_at_midnight(line) if name == "DTSTART" else line)
    return found


def _yearly(line: str) -> bool:
    """Clocks change once or twice a year; another rule is a mistake, or meant to keep us busy."""
    rule = value_of(line).upper()
    return "FREQ=YEARLY" in rule and not any(part in rule for part in ("BYHOUR", "BYMINUTE", "BYSECOND"))


def _at_midnight(line: str) -> str:
    value = value_of(line)
    return f"DTSTART:{value}" if "T" in value else f"DTSTART:{value}T000000"
