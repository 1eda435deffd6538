"""Times as pages write them (ISO 8601, or nearly): https://schema.org/startDate."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from providers import DatePrecision, When, zone
from providers.schema_org.values import each_of

_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BLANK_BEFORE_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$|Z$)")
_LAST_MINUTE = time(23, 59)


def written(value: object) -> str:
    """The text of a time: itself, or what an object says by `@value`; empty where there is none."""
    for each in each_of(value):
        said = each.get("@value") if isinstance(each, dict) else each
        if isinstance(said, str) and said.strip():
            return said.strip()
    return ""


def read_when(said: str, time_zone: str | None) -> When:
    """A time as exactly as it is written. Without an offset it is of `time_zone`; where that is not known, of its day.

    Raises:
        ValueError: it cannot be read.
    """
    if not said:
        return When.unknown()
    if _YEAR.fullmatch(said):
        return When.in_year(int(said), time_zone)
    if found := _MONTH.fullmatch(said):
        return When.in_month(int(found[1]), int(found[2]), time_zone)
    if _DAY.fullmatch(said):
        return When.on(date.fromisoformat(said), time_zone)
    moment = datetime.fromisoformat(_BLANK_BEFORE_OFFSET.sub("", said))
    if moment.tzinfo is not None:
        return _placed(moment, time_zone)
    return When.local(moment, time_zone) if time_zone else When.on(moment.date())


def _placed(moment: datetime, time_zone: str | None) -> When:
    """In the zone, unless its offset says that the event is elsewhere; UTC says nothing of the place."""
    if time_zone and moment.utcoffset() in {timedelta(0), moment.astimezone(zone(time_zone)).utcoffset()}:
        return When.at(moment.astimezone(UTC), time_zone)
    return When.at(moment)


def span(start: str, end: str, time_zone: str | None) -> tuple[When, When | None]:
    """Start and end. An end that is not after the start, or cannot be read, is none.

    From midnight to the minute before midnight is how calendars write whole days.

    Raises:
        ValueError: the start cannot be read.
    """
    begins, ends = read_when(start, time_zone), _end(end, time_zone)
    if ends is None:
        return begins, None
    if _begins_day(begins) and _ends_day(ends):
        begins, ends = _day_of(begins), _day_of(ends)
    return begins, ends if _after(begins, ends) else None


def _end(said: str, time_zone: str | None) -> When | None:
    try:
        return read_when(said, time_zone) if said else None
    except ValueError:
        return None


def _begins_day(when: When) -> bool:
    return when.instant is not None and when.instant.time() == time.min


def _ends_day(when: When) -> bool:
    return when.instant is not None and when.instant.time() >= _LAST_MINUTE


def _day_of(when: When) -> When:
    assert when.day is not None
    return When.on(when.day, when.time_zone)


def _after(start: When, end: When) -> bool:
    """Whether the end is one: of days, only a later day is."""
    if start.instant is not None and end.instant is not None:
        return end.instant > start.instant
    dated = start.precision is DatePrecision.DATE and end.day is not None and start.day is not None
    return dated and end.precision is DatePrecision.DATE and end.day > start.day  # type: ignore[operator] # `dated`


def instant(value: object, time_zone: str | None) -> datetime | None:
    """The latest exact time among these."""
    found = [_end(said, time_zone) for each in each_of(value) if (said := written(each))]
    return max((when.instant for when in found if when is not None and when.instant is not None), default=None)
