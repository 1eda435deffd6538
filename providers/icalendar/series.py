"""Components as listings: single events as they are, recurring ones as far as a window reaches, within bounds."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar as Skeleton
from icalendar import Event
from icalendar.prop import vDDDLists, vDDDTypes, vRecur
from recurring_ical_events import CalendarQuery

from providers import Listing, Malformed
from providers.icalendar.component import Component, Time, parsed, read
from providers.icalendar.describe import Defaults
from providers.icalendar.text import Blocks, Lines, name_of, take_apart, value_of
from providers.icalendar.zones import UNREADABLE, Zones

log = logging.getLogger(__name__)

MAX_LISTINGS = 20_000
MAX_EVENTS = 50_000
READING_SECONDS = 30.0
EXPANSION_SECONDS = 5.0
# What an expansion counts through from a rule's first day: the library walks the whole way for every window.
MAX_STEPS = 100_000
MAX_TIMES_A_DAY = 24
_LONGEST_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_COMMON = {
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYSETPOS",
    "BYMONTH",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
}
_PARTS = {
    "DAILY": frozenset(_COMMON | {"BYMONTHDAY"}),
    "WEEKLY": frozenset(_COMMON),
    "MONTHLY": frozenset(_COMMON | {"BYMONTHDAY"}),
    "YEARLY": frozenset(_COMMON | {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"}),
}
_DAYS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}
MAX_RULES = 4
MAX_EXTRA_DATES = 2_000
_LONGEST_TTL = timedelta(days=1)
_FARTHEST_MOVE = timedelta(days=366)
SEPARATOR = "~"
"""Between an event's UID and the recurrence id, in a listing's id."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days (UTC): `first` inclusive, `beyond` exclusive."""

    first: date
    beyond: date

    def __contains__(self, other: Window) -> bool:
        return self.first <= other.first and other.beyond <= self.beyond

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """Its first instant and the one after its last."""
        midnight = datetime.min.time()
        return datetime.combine(self.first, midnight, UTC), datetime.combine(self.beyond, midnight, UTC)


@dataclass(frozen=True, slots=True, eq=False)
class Expansion:
    """A calendar's listings within a window. `truncated`: a bound of ours hid some; `rejected`: unreadable series."""

    listings: tuple[Listing, ...]
    truncated: bool = False
    rejected: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """A feed as it has been read. `refresh`: how long its owner wants it kept, at most a day; None where not said."""

    singles: tuple[Listing, ...] = ()
    series: tuple[Series, ...] = ()
    rejected: int = 0
    truncated: bool = False
    refresh: timedelta | None = None

    def within(self, window: Window) -> Expansion:
        """All single events, whenever they are, and the occurrences of the recurring ones in the window."""
        deadline = time.monotonic() + EXPANSION_SECONDS
        found: list[Listing] = []
        truncated, rejected = self.truncated, self.rejected
        for series in self.series:
            if len(found) >= MAX_LISTINGS or time.monotonic() > deadline:
                truncated = True
                break
            try:
                found += series.within(window)
                truncated = truncated or not series.whole(window)
            except UNREADABLE as error:
                rejected += 1
                log.warning("a recurring event was left out (%s: %s)", type(error).__name__, error)
        listings = list({listing.id: listing for listing in (*self.singles, *found)}.values())
        if len(listings) > MAX_LISTINGS:
            # What is yet to come matters more than an archive.
            listings.sort(key=lambda listing: (listing.key.instant < window.bounds[0], listing.key))
            truncated = True
        return Expansion(tuple(listings[:MAX_LISTINGS]), truncated, rejected)

    def find(self, ids: Iterable[str]) -> list[Listing]:
        """The listings of these ids, however far from today; those of the calendar no more are left out."""
        singles = {listing.id: listing for listing in self.singles}
        series = {each.uid: each for each in self.series}
        found = []
        for wanted in ids:
            uid, _, recurrence = wanted.rpartition(SEPARATOR)
            listing = singles.get(wanted)
            if listing is None and uid in series:
                listing = series[uid].find(wanted, recurrence)
            found += [listing] if listing is not None else []
        return found


class Series:
    """The components of one UID: what recurs (the core), and what replaces single instances of it."""

    def __init__(self, core: Component | None, overrides: Sequence[Component]) -> None:
        self._components = [core, *overrides] if core else list(overrides)
        self._core = core
        self.uid = self._components[0].uid

    def whole(self, window: Window) -> bool:
        """Whether its rules and dates are such as can be expanded as far as the window goes; else only a part is."""
        core = self._core
        return core is None or (
            len(core.rules) <= MAX_RULES
            and len(core.extra) <= MAX_EXTRA_DATES
            and all(_expandable(rule, core.start, window) for rule in core.rules)
        )

    def within(self, window: Window) -> list[Listing]:
        """Its occurrences in the window, one at least partly in it included."""
        if window.first >= window.beyond:
            return []
        skeleton = Skeleton()
        whole = self.whole(window)
        for place, component in enumerate(self._components):
            skeleton.add_component(_skeleton(component, place, repeats=whole))
        return [self._listing(occurrence) for occurrence in CalendarQuery(skeleton).between(*window.bounds)]

    def find(self, wanted: str, recurrence: str) -> Listing | None:
        """The occurrence of that id, whose recurrence id says about when it is."""
        try:
            day = date.fromisoformat(recurrence[:8])
            around = self._reach() + timedelta(days=2)
            occurrences = self.within(Window(day - around, day + around))
        except UNREADABLE:
            return None
        return next((listing for listing in occurrences if listing.id == wanted), None)

    def _reach(self) -> timedelta:
        """The farthest that an instance was moved from where the rules have it."""
        moves = [abs(_days_moved(component)) for component in self._components]
        return min(max(moves), _FARTHEST_MOVE)

    def _listing(self, occurrence: Any) -> Listing:  # noqa: ANN401 - the library's components are not typed
        source = self._components[int(occurrence["X-PLACE"])]
        start, end = occurrence["DTSTART"].dt, occurrence["DTEND"].dt
        recurrence_id = occurrence["RECURRENCE-ID"].dt
        if source.and_future:
            # The library gives all later instances the id of the first one; each has its own (RFC 5545, 3.8.4.4).
            recurrence_id = _before_the_move(start, source)
        return replace(
            source.about,
            id=f"{self.uid}{SEPARATOR}{stamp(recurrence_id)}",
            start=source.when(start),
            end=source.last(start, end),
        )


def stamp(moment: Time) -> str:
    """A time as part of an id: `20261231`, or in UTC `20261231T190000Z`."""
    if not isinstance(moment, datetime):
        return moment.isoformat().replace("-", "")
    return (
        moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds").translate({45: None, 58: None}) + "Z"
    )


def read_calendar(content: bytes, defaults: Defaults, configured_zone: str | None) -> Calendar:
    """The calendar in a feed's bytes. An event that cannot be read is left out and counted.

    Raises:
        Malformed: it is no calendar, or holds events and not one can be read.
    """
    blocks = take_apart(content)
    zones = Zones(blocks.zones, file_zone=_property(blocks, "X-WR-TIMEZONE"), configured=configured_zone)
    components, rejected, truncated = _components(blocks.events, zones, defaults)
    rejected += blocks.broken
    if rejected and rejected == len(blocks.events) + blocks.broken:
        msg = f"sent {rejected} events, and not one could be read"
        raise Malformed(msg)
    singles, series = _sort_out(components)
    return Calendar(
        singles=tuple(singles),
        series=tuple(series),
        rejected=rejected,
        truncated=truncated or not blocks.complete,
        refresh=_refresh(blocks),
    )


def _components(events: Sequence[Lines], zones: Zones, defaults: Defaults) -> tuple[list[Component], int, bool]:
    deadline = time.monotonic() + READING_SECONDS
    found: list[Component] = []
    rejected = 0
    for lines in events[:MAX_EVENTS]:
        if time.monotonic() > deadline:
            return found, rejected, True
        try:
            component = read(lines, zones, defaults)
        except UNREADABLE as error:
            rejected += 1
            log.warning("an event was left out (%s: %s)", type(error).__name__, error)
        else:
            found += [component] if component is not None else []
    return found, rejected, len(events) > MAX_EVENTS


def _property(blocks: Blocks, *names: str) -> str | None:
    return next((value_of(line) for line in blocks.properties if name_of(line) in names), None)


def _refresh(blocks: Blocks) -> timedelta | None:
    """REFRESH-INTERVAL (RFC 7986, 5.7), or what Outlook called it before."""
    value = _property(blocks, "REFRESH-INTERVAL", "X-PUBLISHED-TTL")
    try:
        found = parsed(value) if value else None
    except UNREADABLE:
        return None
    return min(found, _LONGEST_TTL) if isinstance(found, timedelta) else None


def _sort_out(components: Iterable[Component]) -> tuple[list[Listing], list[Series]]:
    by_uid: dict[str, list[Component]] = defaultdict(list)
    for component in components:
        by_uid[component.uid].append(component)
    singles: list[Listing] = []
    series: list[Series] = []
    for twins in by_uid.values():
        overrides = [each for each in twins if each.recurrence_id is not None]
        cores = [each for each in twins if each.recurrence_id is None]
        if overrides or any(core.rules or core.extra for core in cores):
            # Latest first: among equals the library takes the first.
            overrides.sort(key=lambda each: each.revision, reverse=True)
            series.append(Series(max(cores, key=lambda each: each.revision, default=None), overrides))
        else:
            singles += _singles(cores)
    return singles, series


def _singles(versions: Sequence[Component]) -> Iterator[Listing]:
    """The events of one UID, none of which recurs: of several versions the highest SEQUENCE (RFC 5545, 3.8.7.4).

    Several of the same SEQUENCE that start at different times are instances that an exporter wrote out without
    saying so: all are kept, and told apart by their start.
    """
    highest = max(each.sequence for each in versions)
    current = [each for each in versions if each.sequence == highest]
    by_start = {each.start: each for each in sorted(current, key=lambda each: each.revision)}
    for start, each in by_start.items():
        name = each.uid if len(by_start) == 1 else f"{each.uid}{SEPARATOR}{stamp(start)}"
        yield replace(each.about, id=name, start=each.when(start), end=each.last(start, each.end))


def _expandable(rule: str, start: Time, window: Window) -> bool:
    """Whether the library gets through this rule: it counts from the first occurrence on, matching or not.

    An event that recurs every hour or oftener is none that anybody visits. A rule that never comes true is counted to
    the year 9999, so what RFC 5545 (3.3.10) forbids is not tried.
    """
    try:
        parts: Mapping[str, Any] = vRecur.from_ical(rule)
        frequency = str(parts["FREQ"][0]).upper()
        interval = int(parts.get("INTERVAL", [1])[0])
        positions = max((abs(int(position)) for position in parts.get("BYSETPOS", ())), default=0)
        comes_true = _comes_true(parts)
    except UNREADABLE:
        return False
    times_a_day = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times_a_day *= max(1, len(parts.get(name, ())))
    days = max(1, (window.beyond - date(start.year, start.month, start.day)).days)
    return (
        frequency in _PARTS
        and _PARTS[frequency].issuperset(name.upper() for name in parts)
        and interval >= 1
        and times_a_day <= MAX_TIMES_A_DAY
        and days * times_a_day <= MAX_STEPS
        and positions <= _DAYS[frequency] * times_a_day
        and comes_true
    )


def _comes_true(parts: Mapping[str, Any]) -> bool:
    """False for what no month has, such as the 30th of February."""
    months = [int(month) for month in parts.get("BYMONTH", ())] or [1]
    days = [abs(int(day)) for day in parts.get("BYMONTHDAY", ())] or [1]
    return any(day <= _LONGEST_MONTHS.get(month, 31) for month in months for day in days)


def _skeleton(component: Component, place: int, *, repeats: bool) -> Event:
    """What the library needs to expand it, and where to find the rest."""
    found = Event()
    found["UID"] = component.uid
    found["X-PLACE"] = str(place)
    found["SEQUENCE"] = component.sequence
    found["DTSTART"] = vDDDTypes(component.start)
    if component.end is not None:
        found["DTEND"] = vDDDTypes(component.end)
    elif isinstance(component.start, datetime):
        found["DTEND"] = vDDDTypes(component.start)
    if repeats and component.rules:
        found["RRULE"] = [vRecur.from_ical(rule) for rule in component.rules]
    if component.extra:
        found["RDATE"] = vDDDLists(component.extra[:MAX_EXTRA_DATES])
    if component.left_out:
        found["EXDATE"] = vDDDLists(component.left_out)
    if component.recurrence_id is not None:
        range_ = {"RANGE": "THISANDFUTURE"} if component.and_future else {}
        found["RECURRENCE-ID"] = vDDDTypes(component.recurrence_id, params=range_)
    return found


def _before_the_move(start: Time, source: Component) -> Time:
    """Where the rules have an instance that moved along with `source`."""
    if source.recurrence_id is None or isinstance(source.recurrence_id, datetime) != isinstance(source.start, datetime):
        return start
    moved: timedelta = source.start - source.recurrence_id  # type: ignore[operator] # both are days, or both are instants
    return start - moved


def _days_moved(component: Component) -> timedelta:
    start, rule = component.start, component.recurrence_id or component.start
    return date(start.year, start.month, start.day) - date(rule.year, rule.month, rule.day)
