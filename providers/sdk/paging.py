"""How a provider's list is read: paginators to choose from, and the whole loop that adapters need not write.

A paginator makes a `Walk` for each search. The walk says what to ask next (`Step`), is told what came, and ends as a
`Page`. Neither does any IO, so both are tested without a server.

    DateWindows   the API sorts by start and filters by it: the list is exact, whatever its length
    Snapshot      it does not: read up to a cap, sort here, and say so where the cap cuts off
    page_of       the provider holds all its listings in memory
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Protocol

from providers.sdk.filters import matches
from providers.sdk.model import Key, Listing
from providers.sdk.query import ListingQuery, Page
from providers.sdk.when import DatePrecision

FIRST_ID = ""
"""Sorts before every id, so that Key(instant, FIRST_ID) stands before all listings of that instant."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request of a walk: take whichever of these the API knows.

    page counts from 0; offset = page x size; token is what the last answer gave to go on with, None at first.
    start_from (inclusive) and start_before (exclusive) are the window to ask for.
    """

    page: int
    size: int
    token: str | None = None
    start_from: datetime | None = None
    start_before: datetime | None = None

    @property
    def offset(self) -> int:
        """How many records come before this page."""
        return self.page * self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What one answer held: its readable listings, how many records there were in all, and what it says of the rest.

    reached: where the API's order has come to: all that is unread starts there or later. None where the listings'
    own starts tell; a record that happens several times has one place in the order, and a listing for each time.
    size: how many records a page holds, where the API says so: one that serves fewer than asked for is not at its end.
    """

    listings: Sequence[Listing]
    records: int
    rejected: int = 0
    total: int | None = None
    token: str | None = None
    reached: datetime | None = None
    size: int | None = None


class Walk(Protocol):
    """One search's way through a provider's pages."""

    def next(self) -> Step | None:
        """What to ask now; None when the page is full or there is no more."""

    def take(self, batch: Batch) -> None:
        """What the answer to the last step held."""

    def page(self) -> Page:
        """What has been read, as the gateway wants it."""


class Paging(Protocol):
    """A way of paging: makes a walk for each search."""

    def walk(self, query: ListingQuery, seek: Key | None, limit: int) -> Walk:
        """Begin after `seek`, and end when at least `limit` listings are known to come next."""


def page_of(listings: Iterable[Listing], query: ListingQuery, seek: Key | None, limit: int) -> Page:
    """The page of a provider that holds all its listings: filtered, sorted, cut."""
    wanted = sorted((each for each in listings if matches(each, query)), key=lambda listing: listing.key)
    return _cut(wanted, seek, limit, total=len(wanted))


def _cut(
    wanted: Sequence[Listing],
    seek: Key | None,
    limit: int,
    *,
    total: int | None,
    truncated: bool = False,
    rejected: int = 0,
) -> Page:
    ahead = [listing for listing in wanted if seek is None or listing.key > seek]
    page = tuple(ahead[:limit])
    frontier = page[-1].key if len(ahead) > limit else None
    return Page(listings=page, frontier=frontier, total=total, truncated=truncated, rejected=rejected)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateWindows:
    """For an API that sorts by start and filters by it.

    size: the largest page it serves. depth: how many records of one window it serves before it refuses or lies; past
    that, a new window begins where the last one ended. reach: how much later than the API's own order a listing may
    stand in ours (a date-only one stands at its day's end), and so how far before a seek a window must begin.
    max_requests: the most that one search sends; what it has by then is an honest, shorter page.
    coarse: the query's conditions, by name, that the API applies only roughly (a radius in whole kilometres, say);
    they are held to exactly here, as the bounds always are: an API that knows no end of a range is read to that end.
    by_token: the answer says how to go on; without, the list ends at a short page or at the total.
    by_day: for an API that sorts by the local day alone, where any listing of a day may come first: how long before
    that day begins in UTC its first listing may start, 14 hours for the whole world. None for one that sorts by time.
    """

    size: int
    depth: int
    reach: timedelta = timedelta(days=1, hours=1)
    tick: timedelta = timedelta(seconds=1)
    max_requests: int = 10
    coarse: tuple[str, ...] = ()
    by_token: bool = False
    by_day: timedelta | None = None

    def walk(self, query: ListingQuery, seek: Key | None, limit: int) -> Walk:
        """Begin a walk."""
        return _WindowWalk(self, query, seek, limit)


class _WindowWalk:
    """Reads windows in the API's order until enough listings cannot be overtaken by what is still unread."""

    def __init__(self, paging: DateWindows, query: ListingQuery, seek: Key | None, limit: int) -> None:
        self._paging = paging
        self._query = query
        self._exact = _part_of(query, paging.coarse)
        self._seek = seek
        self._limit = limit
        bounds = [bound for bound in (query.start_from, seek.instant if seek else None) if bound is not None]
        self._begin = max(bounds) if bounds else None
        self._window = self._begin - paging.reach if self._begin else None
        self._size = min(paging.size, paging.depth)
        self._number = 0
        self._token: str | None = None
        self._requests = 0
        self._found: dict[str, Listing] = {}
        self._read: set[str] = set()
        self._reached: datetime | None = None
        self._ended = False
        self._truncated = False
        self._rejected = 0
        self._first_total: int | None = None

    def next(self) -> Step | None:
        if self._ended or self._requests >= self._paging.max_requests or self._known() >= self._limit:
            return None
        if (self._number + 1) * self._size > self._paging.depth:
            self._open_next_window()
        self._requests += 1
        return Step(
            page=self._number,
            size=self._size,
            token=self._token,
            start_from=self._window,
            start_before=self._query.start_before,
        )

    def take(self, batch: Batch) -> None:
        if self._requests == 1:
            self._first_total = batch.total
        self._size = min(self._size, batch.size or self._size)
        self._rejected += batch.rejected
        for listing in batch.listings:
            self._read.add(listing.id)
            if matches(listing, self._exact) and (self._seek is None or listing.key > self._seek):
                self._found[listing.id] = listing
        self._reached = max(self._places_of(batch), default=None)
        self._number += 1
        self._token = batch.token
        self._ended = self._is_last(batch) or self._is_past_the_end()

    def page(self) -> Page:
        frontier = None if self._ended else self._frontier()
        if frontier is not None and self._seek is not None and frontier <= self._seek:
            # All requests went into one crowd: what is left of it cannot be had, but the reader must get past it.
            self._truncated = True
            frontier = Key(self._beyond(), FIRST_ID)
        known = [listing for listing in self._found.values() if frontier is None or listing.key <= frontier]
        return Page(
            listings=tuple(sorted(known, key=lambda listing: listing.key)),
            frontier=frontier,
            total=self._total(),
            truncated=self._truncated,
            rejected=self._rejected,
        )

    def _frontier(self) -> Key:
        """All that is unread starts here or later. Without one dated listing read, nothing is known but the seek."""
        reached = Key(self._reached, FIRST_ID) if self._reached else None
        known = [key for key in (reached, self._seek) if key is not None]
        return max(known) if known else Key(_BEGINNING, FIRST_ID)

    def _known(self) -> int:
        frontier = self._frontier()
        return sum(listing.key <= frontier for listing in self._found.values())

    def _is_last(self, batch: Batch) -> bool:
        if self._paging.by_token:
            return batch.token is None
        seen_all = batch.total is not None and batch.total <= self._number * self._size
        return batch.records < self._size or seen_all

    def _is_past_the_end(self) -> bool:
        end = self._query.start_before
        return end is not None and self._reached is not None and self._reached >= end

    def _places_of(self, batch: Batch) -> list[datetime]:
        """How far the batch has come, and what came before it: a window may begin earlier than the last one ended."""
        if batch.reached is not None:
            places = [batch.reached]
        else:
            places = [place for listing in batch.listings if (place := self._place_of(listing)) is not None]
        return [*places, *([self._reached] if self._reached else [])]

    def _place_of(self, listing: Listing) -> datetime | None:
        """Where it stands in the API's order, or some time before; None where its start says too little."""
        day, early = listing.start.day, self._paging.by_day
        match listing.start.precision:
            case DatePrecision.TIME | DatePrecision.DATE if early is not None and day is not None:
                return datetime.combine(day, time.min, UTC) - early
            case DatePrecision.TIME:
                return listing.start.latest
            case DatePrecision.DATE:
                return listing.start.latest - self._paging.reach
            case _:
                return None

    def _open_next_window(self) -> None:
        """Go on where the last window ended, past the depth that the API serves of one."""
        begin = self._reached
        if (
            begin is None
            or (self._window is not None and begin <= self._window)
            or (self._begin and begin < self._begin)
        ):
            # Either a whole window of listings that are over or were shown: rather miss a date-only one than never
            # arrive. Or a crowd on one instant or day: what is behind it cannot be had. Say so, and go on.
            self._truncated = True
            early = self._begin is not None and self._window is not None and self._window < self._begin
            begin = self._begin if early else self._beyond()
        self._window = begin
        self._number = 0
        self._token = None

    def _beyond(self) -> datetime:
        """Past a crowd that fills a whole window: by a tick where it is one instant, by the reach where it has no time."""
        seek = self._seek.instant if self._seek else None
        at = max([each for each in (self._reached, self._window, seek) if each is not None], default=_BEGINNING)
        return at + (self._paging.tick if at == self._reached else self._paging.reach)

    def _total(self) -> int | None:
        """The API's own total less what it counts before our range; None where that is not known exactly."""
        if self._seek is not None or self._first_total is None or self._query.start_before is not None:
            return None
        begin = self._query.start_from
        if not self._ended and self._exact != _part_of(self._query):
            return None
        if not self._ended and (self._reached is None or (begin is not None and self._reached < begin)):
            return None
        return self._first_total - (len(self._read) - len(self._found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """For an API that cannot sort by start: every page up to `cap` records, by number, offset or token.

    by_token: the answer says how to go on; without, the list ends at a short page or at the total.
    reach: as in DateWindows; how much before the range to ask, so that a date-only listing of its first day is there.
    coarse: as in DateWindows.
    """

    size: int
    cap: int = 1_000
    reach: timedelta = timedelta(days=1, hours=1)
    coarse: tuple[str, ...] = ()
    by_token: bool = False

    def walk(self, query: ListingQuery, seek: Key | None, limit: int) -> Walk:
        """Begin a walk."""
        return _SnapshotWalk(self, query, seek, limit)


class _SnapshotWalk:
    def __init__(self, paging: Snapshot, query: ListingQuery, seek: Key | None, limit: int) -> None:
        self._paging = paging
        self._query = query
        self._exact = _part_of(query, paging.coarse)
        self._seek = seek
        self._limit = limit
        self._size = paging.size
        self._found: dict[str, Listing] = {}
        self._number = 0
        self._token: str | None = None
        self._ended = False
        self._rejected = 0
        self._total: int | None = None

    def next(self) -> Step | None:
        if self._ended or self._number * self._size >= self._paging.cap:
            return None
        return Step(
            page=self._number,
            size=self._size,
            token=self._token,
            start_from=begin - self._paging.reach if (begin := self._query.start_from) else None,
            start_before=self._query.start_before,
        )

    def take(self, batch: Batch) -> None:
        self._found |= {listing.id: listing for listing in batch.listings if matches(listing, self._exact)}
        self._size = min(self._size, batch.size or self._size)
        self._rejected += batch.rejected
        self._total = batch.total
        self._token = batch.token
        self._number += 1
        if self._paging.by_token:
            self._ended = batch.token is None
        else:
            seen_all = batch.total is not None and batch.total <= self._number * self._size
            self._ended = batch.records < self._size or seen_all

    def page(self) -> Page:
        wanted = sorted(self._found.values(), key=lambda listing: listing.key)
        # The API's own total counts what it was asked for before our range, too.
        total = len(wanted) if self._ended else self._total if self._query.start_from is None else None
        truncated = not self._ended
        return _cut(wanted, self._seek, self._limit, total=total, truncated=truncated, rejected=self._rejected)


def _part_of(query: ListingQuery, conditions: Sequence[str] = ()) -> ListingQuery:
    """The query's bounds and these conditions alone: what an API is asked coarsely and must be held to exactly."""
    part = ListingQuery(start_from=query.start_from, start_before=query.start_before)
    return replace(part, **{name: getattr(query, name) for name in conditions})
