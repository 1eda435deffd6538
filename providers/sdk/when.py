"""When a listing starts or ends, as exactly as its source knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum, auto
from functools import lru_cache
from zoneinfo import ZoneInfo

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
"""Where a listing with no date at all stands in a list sorted by date."""


class DatePrecision(Enum):
    """How exactly a start is known."""

    TIME = auto()
    DATE = auto()
    MONTH = auto()
    YEAR = auto()
    TO_BE_ANNOUNCED = auto()


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The IANA time zone of that name.

    Raises:
        ValueError: there is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # OSError: the name of a folder, such as "Europe"
        msg = f"{name!r} is not an IANA time zone, such as 'Europe/Berlin'"
        raise ValueError(msg) from error


@dataclass(frozen=True, slots=True)
class When:
    """A point on the calendar with its precision; build it with `at`, `local`, `on`, `in_month`, `in_year` or `unknown`.

    `instant` is aware and set for TIME only. `day` is the calendar day where it happens: of the instant for TIME,
    the day itself for DATE, the first day for MONTH and YEAR, None for TO_BE_ANNOUNCED.
    `time_zone` is the IANA name, where known; the instant's offset is then that zone's.
    """

    precision: DatePrecision
    instant: datetime | None = None
    day: date | None = None
    time_zone: str | None = None

    def __post_init__(self) -> None:
        if (self.precision is DatePrecision.TIME) != (self.instant is not None):
            msg = f"{self.precision.name} and the instant {self.instant} do not go together"
            raise ValueError(msg)
        if self.instant is not None and self.instant.utcoffset() is None:
            msg = f"{self.instant.isoformat()} has no offset; use When.local for a wall-clock time"
            raise ValueError(msg)

    @classmethod
    def at(cls, instant: datetime, time_zone: str | None = None) -> When:
        """A known instant; it is moved to `time_zone` where that is given.

        Raises:
            ValueError: the instant has no offset, or the zone does not exist.
        """
        if instant.tzinfo is None or instant.utcoffset() is None:
            msg = f"{instant.isoformat()} has no offset; use When.local for a wall-clock time"
            raise ValueError(msg)
        moved = instant.astimezone(zone(time_zone)) if time_zone else instant
        return cls(DatePrecision.TIME, moved, moved.date(), time_zone)

    @classmethod
    def local(cls, wall_clock: datetime, time_zone: str) -> When:
        """A wall-clock time (without offset) at a place in `time_zone`.

        A time that the spring change skips means the instant that much later, as RFC 5545 (3.3.5) says.

        Raises:
            ValueError: the time has an offset, or the zone does not exist.
        """
        if wall_clock.tzinfo is not None:
            msg = f"{wall_clock.isoformat()} has an offset already; use When.at"
            raise ValueError(msg)
        # There and back through UTC turns a skipped wall-clock time into a real one.
        return cls.at(wall_clock.replace(tzinfo=zone(time_zone)).astimezone(UTC), time_zone)

    @classmethod
    def on(cls, day: date, time_zone: str | None = None) -> When:
        """A calendar day whose time is not known, or that lasts all day."""
        if time_zone:
            zone(time_zone)
        return cls(DatePrecision.DATE, None, _plain(day), time_zone)

    @classmethod
    def in_month(cls, year: int, month: int, time_zone: str | None = None) -> When:
        """Some day in that month."""
        return cls(DatePrecision.MONTH, None, date(year, month, 1), time_zone)

    @classmethod
    def in_year(cls, year: int, time_zone: str | None = None) -> When:
        """Some day in that year."""
        return cls(DatePrecision.YEAR, None, date(year, 1, 1), time_zone)

    @classmethod
    def unknown(cls) -> When:
        """The source says that it will happen, not when."""
        return cls(DatePrecision.TO_BE_ANNOUNCED)

    @property
    def latest(self) -> datetime:
        """The last instant (UTC) at which it may start: where it stands in a list sorted by date.

        The end of the local day for a date, so that "time to be announced" comes after the day's timed events.
        """
        if self.instant is not None:
            return self.instant.astimezone(UTC)
        if self.day is None:
            return END_OF_TIME
        tzinfo = zone(self.time_zone) if self.time_zone else UTC
        return datetime.combine(self._day_after(), time.min, tzinfo).astimezone(UTC)

    def _day_after(self) -> date:
        """The first day after the period that this names."""
        assert self.day is not None
        match self.precision:
            case DatePrecision.YEAR:
                return date(self.day.year + 1, 1, 1)
            case DatePrecision.MONTH:
                return (self.day + timedelta(days=31)).replace(day=1)
            case _:
                return self.day + timedelta(days=1)


def _plain(day: date) -> date:
    """A datetime is a date, too: refuse to lose its time without a word."""
    if isinstance(day, datetime):
        msg = f"{day.isoformat()} is a time; use When.at or When.local"
        raise TypeError(msg)
    return day
