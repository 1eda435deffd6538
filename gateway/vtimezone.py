"""A time zone as RFC 5545 (3.6.5) describes one: when its clocks change, over some years, to the second.

icalendar can write these, too, but sets some changes an hour off (7.3), and events near them with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import icalendar

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class _Rule(NamedTuple):
    """What the clocks of a zone are set to. Each way to change from one to another is a component of its own."""

    came_from: timedelta
    offset: timedelta
    name: str
    is_summer: bool


def vtimezone(name: str, first: date, last: date) -> icalendar.Timezone:
    """The zone of that IANA name from the first day to the last."""
    zone = ZoneInfo(name)
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    onsets: dict[_Rule, list[datetime]] = {_rule(zone, begin, begin): [begin.astimezone(zone).replace(tzinfo=None)]}
    for before, instant in _changes(zone, begin, begin + (last - first)):
        rule = _rule(zone, before, instant)
        # Onsets are told in the local time that was in force until then.
        onsets.setdefault(rule, []).append((instant + rule.came_from).replace(tzinfo=None))
    description = icalendar.Timezone()
    description.add("tzid", name)
    for rule, moments in onsets.items():
        description.add_component(_component(rule, moments))
    return description


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The last second before, and the first after each change."""
    day = begin
    while day < end:
        if _reading(zone, day) != _reading(zone, day + _DAY):
            yield _narrowed(zone, day, day + _DAY)
        day += _DAY


def _narrowed(zone: ZoneInfo, before: datetime, after: datetime) -> tuple[datetime, datetime]:
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        before, after = (middle, after) if _reading(zone, middle) == _reading(zone, before) else (before, middle)
    return before, after


def _reading(zone: ZoneInfo, instant: datetime) -> tuple[timedelta | None, str | None]:
    local = instant.astimezone(zone)
    return local.utcoffset(), local.tzname()


def _rule(zone: ZoneInfo, before: datetime, instant: datetime) -> _Rule:
    local = instant.astimezone(zone)
    came_from = before.astimezone(zone).utcoffset() or timedelta(0)
    return _Rule(came_from, local.utcoffset() or timedelta(0), local.tzname() or "", bool(local.dst()))


def _component(rule: _Rule, onsets: list[datetime]) -> icalendar.Component:
    part = icalendar.TimezoneDaylight() if rule.is_summer else icalendar.TimezoneStandard()
    part.add("dtstart", onsets[0])
    if onsets[1:]:
        part.add("rdate", onsets[1:])
    part.add("tzoffsetfrom", rule.came_from)
    part.add("tzoffsetto", rule.offset)
    part.add("tzname", rule.name)
    return part
