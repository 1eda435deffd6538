"""Which dates are wanted: a preset or explicit bounds, read in a given zone or in each venue's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum, auto

from gateway.errors import BadInput
from providers import DatePrecision, Listing, zone

# No venue's clock is further from UTC than this; a day read in each venue's zone is asked for so much wider.
FURTHEST_ZONE = timedelta(hours=14)
# How much earlier than in the westernmost zone (UTC-12) a day can end in the easternmost (UTC+14) than it begins there.
EAST_OF_WEST = timedelta(hours=2)
# Bounds further out than these mean the same, and arithmetic near the ends of the calendar overflows.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(3000, 1, 1, tzinfo=UTC)
# "Now" moves on in steps of this, so that what one reader asked is still in the cache for the next.
STEP = timedelta(minutes=5)
DAYS_IN_WEEK = 7


class DatePreset(Enum):
    """Ranges that have a name."""

    TODAY = auto()
    TOMORROW = auto()
    THIS_WEEKEND = auto()
    NEXT_7_DAYS = auto()
    NEXT_30_DAYS = auto()
    UPCOMING = auto()
    PAST = auto()
    ANY = auto()


class Weekday(Enum):
    """Days of the week; values are date.weekday()'s."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


def floor(moment: datetime) -> datetime:
    """The moment, rounded down to the step that searches count from."""
    return datetime.fromtimestamp(moment.timestamp() // STEP.total_seconds() * STEP.total_seconds(), UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRange:
    """`start_from` and `from_day` are inclusive, `start_before` and `to_day` exclusive; a preset goes with neither."""

    preset: DatePreset | None = None
    start_from: datetime | None = None
    start_before: datetime | None = None
    from_day: date | None = None
    to_day: date | None = None
    time_zone: str | None = None
    weekdays: tuple[Weekday, ...] = ()

    def __post_init__(self) -> None:
        explicit = [self.start_from, self.start_before, self.from_day, self.to_day]
        if self.preset is not None and any(bound is not None for bound in explicit):
            msg = "date: give either a preset or explicit bounds, not both"
            raise BadInput(msg)
        for bound in (self.start_from, self.start_before):
            if bound is not None and bound.utcoffset() is None:
                msg = f"date: {bound.isoformat()} has no offset; write it as 2026-12-31T20:00:00+01:00"
                raise BadInput(msg)
        if self.time_zone is not None:
            _check_zone(self.time_zone)
        _in_order("from", self.start_from, "to", self.start_before)
        _in_order("fromDay", self.from_day, "toDay", self.to_day)

    def bounds(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """The instants between which all that this admits stands: inclusive, exclusive; None where it is open."""
        days = [self._days(today) for today in self._todays(now)]
        firsts = [self._opening(first) for first, _ in days if first is not None]
        lasts = [self._closing(last) for _, last in days if last is not None]
        lower = [self._lower(now), min(firsts, default=None)]
        upper = [self._upper(now), max(lasts, default=None)]
        return (
            max((_clamped(bound) for bound in lower if bound is not None), default=None),
            min((_clamped(bound) for bound in upper if bound is not None), default=None),
        )

    def admits(self, listing: Listing, now: datetime) -> bool:
        """Whether the listing's day is one of those wanted, where days matter at all."""
        if self.from_day is None and self.to_day is None and not self.weekdays and self.preset not in _DAY_PRESETS:
            return True
        own = self._zone() or (zone(listing.start.time_zone) if listing.start.time_zone else None)
        days = self._days_of(listing)
        if days is None:
            return False
        first, last = self._days(now.astimezone(own or UTC).date())
        in_range = (first is None or days[0] >= first) and (last is None or days[1] < last)
        on_day = not self.weekdays or (days[0] == days[1] and Weekday(days[0].weekday()) in self.weekdays)
        return in_range and on_day

    def _zone(self) -> tzinfo | None:
        return zone(self.time_zone) if self.time_zone else None

    def _days_of(self, listing: Listing) -> tuple[date, date] | None:
        """The first and the last day that it may be on; all of a month or year have to be wanted."""
        start, own = listing.start, self._zone()
        day = start.instant.astimezone(own).date() if start.instant is not None and own is not None else start.day
        if day is None or start.precision not in {DatePrecision.MONTH, DatePrecision.YEAR}:
            return (day, day) if day else None
        day_after = start.latest.astimezone(zone(start.time_zone) if start.time_zone else UTC)
        return day, (day_after - timedelta(days=1)).date()

    def _lower(self, now: datetime) -> datetime | None:
        if self.start_from is not None:
            return self.start_from
        open_below = self.preset in {DatePreset.ANY, DatePreset.PAST} or self.preset in _DAY_PRESETS
        if open_below or self.from_day is not None or self.to_day is not None or self.start_before is not None:
            return None
        return floor(now)

    def _upper(self, now: datetime) -> datetime | None:
        match self.preset:
            case DatePreset.PAST:
                return floor(now)
            case DatePreset.NEXT_7_DAYS:
                return floor(now) + timedelta(days=7)
            case DatePreset.NEXT_30_DAYS:
                return floor(now) + timedelta(days=30)
            case _:
                return self.start_before

    def _days(self, today: date) -> tuple[date | None, date | None]:
        """The first day wanted, and the day after the last."""
        match self.preset:
            case DatePreset.TODAY:
                return today, today + timedelta(days=1)
            case DatePreset.TOMORROW:
                return today + timedelta(days=1), today + timedelta(days=2)
            case DatePreset.THIS_WEEKEND:
                monday = today - timedelta(days=today.weekday())
                saturday = monday + timedelta(days=Weekday.SATURDAY.value)
                return max(saturday, today), monday + timedelta(days=DAYS_IN_WEEK)
            case _:
                return self.from_day, self.to_day

    def _todays(self, now: datetime) -> set[date]:
        """What day it is: in the range's zone, or, without one, anywhere on earth."""
        if own := self._zone():
            return {now.astimezone(own).date()}
        return {(now.astimezone(UTC) + shift).date() for shift in (-FURTHEST_ZONE, timedelta(0), FURTHEST_ZONE)}

    def _opening(self, first: date) -> datetime:
        """Before anything of that day. A date-only listing stands at its day's end, and that day is its venue's."""
        own = self._zone()
        return _midnight(first, own) - (EAST_OF_WEST if own else FURTHEST_ZONE)

    def _closing(self, last: date) -> datetime:
        """Past everything of the day before that one, a date-only listing at its day's end included."""
        return _midnight(last, self._zone()) + FURTHEST_ZONE + timedelta(days=1)


_DAY_PRESETS = frozenset({DatePreset.TODAY, DatePreset.TOMORROW, DatePreset.THIS_WEEKEND})


def _midnight(day: date, own: tzinfo | None) -> datetime:
    """The beginning of the day (as near as makes sense); naive arithmetic would be off where the clocks change."""
    within = min(max(day, EARLIEST.date()), LATEST.date())
    return datetime(within.year, within.month, within.day, tzinfo=own or UTC).astimezone(UTC)


def _clamped(bound: datetime) -> datetime:
    return min(max(bound, EARLIEST), LATEST)


def _check_zone(name: str) -> None:
    try:
        zone(name)
    except ValueError as error:
        msg = f"date: {error}"
        raise BadInput(msg) from None


def _in_order(low_name: str, low: date | None, high_name: str, high: date | None) -> None:
    if low is not None and high is not None and low >= high:
        msg = f"date: `{low_name}` ({low.isoformat()}) must be before `{high_name}` ({high.isoformat()})"
        raise BadInput(msg)
