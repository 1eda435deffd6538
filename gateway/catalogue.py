"""What is on? Asks the providers, and answers with events: searches, and whatever is known by its id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from gateway.asking import Desk
from gateway.cursor import Bookmark, Cursors
from gateway.dates import floor
from gateway.errors import Unanswered
from gateway.event import Event, EventSource, Performer, Position, Venue, event_of, performer_of, venue_of
from gateway.fanout import Deadline, fan_out
from gateway.ids import Kind, Ref
from gateway.reader import Fetched, Reader
from gateway.reports import Count, ProviderReport, SearchWarning
from gateway.roster import Member, Roster
from gateway.search import Search
from gateway.stream import Group, Matching, Merge
from gateway.verdict import count_of, report_of, skipped, warning_of
from providers import Capability, Key, Listing, ListingQuery

LOOKUP_DEADLINE_MS = 5_000
# No event spans more: a day, in the zones furthest apart.
LONGEST_REACH = timedelta(days=2)

Thing = TypeVar("Thing")
Made = TypeVar("Made")


class Asker(Protocol):
    """Where pages are had: the desk itself, or what gathers questions before it."""

    async def page(self, member: Member, query: ListingQuery, seek: Key | None, limit: int) -> Fetched:
        """A page of the provider's list."""


class Edge:
    """An event and the place behind it; its cursor is written when it is asked for."""

    __slots__ = ("_write", "node")

    def __init__(self, node: Event, write: Callable[[], str]) -> None:
        self.node = node
        self._write = write

    @property
    def cursor(self) -> str:
        """Where to go on behind this event."""
        return self._write()


class PageInfo:
    """Relay's. `has_previous_page` is true when `after` was given."""

    __slots__ = ("_edges", "_end", "has_next_page", "has_previous_page")

    def __init__(
        self, edges: Sequence[Edge], end: Callable[[], str] | None, *, has_next: bool, has_previous: bool
    ) -> None:
        self._edges = edges
        self._end = end
        self.has_next_page = has_next
        self.has_previous_page = has_previous

    @property
    def start_cursor(self) -> str | None:
        """The first edge's."""
        return self._edges[0].cursor if self._edges else None

    @property
    def end_cursor(self) -> str | None:
        """Where to go on: behind the last edge, or further where what follows was read and not wanted."""
        return self._end() if self._end else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """The answer to a search; the attributes are those of `EventConnection` in the schema."""

    edges: tuple[Edge, ...]
    nodes: tuple[Event, ...]
    page_info: PageInfo
    total_count: Count
    is_partial: bool
    provider_reports: tuple[ProviderReport, ...]
    warnings: tuple[SearchWarning, ...]


class Catalogue:
    """Every provider's listings as one list of events."""

    def __init__(
        self, roster: Roster, desk: Desk, cursors: Cursors, clock: Callable[[], datetime], matching: Matching
    ) -> None:
        self.roster = roster
        self.desk = desk
        self._cursors = cursors
        self._clock = clock
        self._matching = matching

    async def search(
        self,
        search: Search,
        *,
        first: int,
        after: str | None = None,
        members: Sequence[Member] | None = None,
        deadline_ms: int = 2_500,
        asker: Asker | None = None,
    ) -> EventPage:
        """The next `first` events of the search behind `after`, from `members` (all that are enabled when None).

        `asker` gathers questions of one request; the desk answers where it is None.
        A provider that fails is a report and a warning; the rest is answered all the same.

        Raises:
            CursorInvalid, CursorExpired: `after` cannot be gone on from.
        """
        run = _Run(
            search=search,
            bookmark=self._bookmark(after, search.digest()),
            deadline=Deadline(deadline_ms, self.desk.time),
            first=first,
            asker=asker or self.desk,
            cursors=self._cursors,
            matching=self._matching,
        )
        return await run.answer(self.roster.enabled() if members is None else members)

    async def events(self, refs: Iterable[Ref]) -> dict[Ref, Event | Unanswered]:
        """The events that these name. One that is gone is not among them; one whose provider fails is Unanswered."""
        return await self._known(refs, Kind.EVENT, self.desk.listings, _event)

    async def venues(self, refs: Iterable[Ref]) -> dict[Ref, Venue | Unanswered]:
        """The venues that these name; see `events`."""
        return await self._known(
            refs, Kind.VENUE, self.desk.venues, lambda member, venue, _: venue_of(member.slug, venue)
        )

    async def performers(self, refs: Iterable[Ref]) -> dict[Ref, Performer | Unanswered]:
        """The performers that these name; see `events`."""
        return await self._known(
            refs,
            Kind.PERFORMER,
            self.desk.performers,
            lambda member, performer, _: performer_of(member.slug, performer),
        )

    async def _known(
        self,
        refs: Iterable[Ref],
        kind: Kind,
        look_up: Callable[[Member, Sequence[str]], Awaitable[Mapping[str, tuple[Thing, datetime]]]],
        make: Callable[[Member, Thing, datetime], Made],
    ) -> dict[Ref, Made | Unanswered]:
        """One batched call a provider, all at once."""
        wanted: dict[str, dict[str, None]] = {}
        for ref in refs:
            if (
                ref.kind is kind
                and (member := self.roster.get(ref.provider)) is not None
                and member.provider is not None
            ):
                wanted.setdefault(member.slug, {})[ref.id] = None
        answers = await fan_out(
            {slug: self._lookup_call(slug, list(ids), look_up) for slug, ids in wanted.items()},
            Deadline(LOOKUP_DEADLINE_MS, self.desk.time),
        )
        known: dict[Ref, Made | Unanswered] = {}
        for slug, answer in answers.items():
            member = self._member(slug)
            if answer.value is None:
                known |= {
                    Ref(kind, slug, own_id): Unanswered(f"{member.name} {answer.error}") for own_id in wanted[slug]
                }
            else:
                found = answer.value.items()
                known |= {Ref(kind, slug, own_id): make(member, thing, at) for own_id, (thing, at) in found}
                if kind is Kind.EVENT and Capability.LOOKUP_BY_ID not in member.capabilities:
                    missing = wanted[slug].keys() - answer.value.keys()
                    reason = (
                        f"{member.name} cannot be asked for single events, only for what a search has found of late"
                    )
                    known |= {Ref(kind, slug, own_id): Unanswered(reason) for own_id in missing}
        return known

    def _member(self, slug: str) -> Member:
        member = self.roster.get(slug)
        assert member is not None
        return member

    def _lookup_call(
        self,
        slug: str,
        ids: Sequence[str],
        look_up: Callable[[Member, Sequence[str]], Awaitable[Mapping[str, tuple[Thing, datetime]]]],
    ) -> Callable[[], Awaitable[Mapping[str, tuple[Thing, datetime]]]]:
        member = self._member(slug)
        return lambda: look_up(member, ids)

    def _bookmark(self, after: str | None, digest: bytes) -> Bookmark:
        now = self._clock()
        return self._cursors.read(after, digest, now) if after is not None else Bookmark.at(floor(now), None, {})


def _event(member: Member, listing: Listing, fetched_at: datetime) -> Event:
    return event_of([EventSource(member, listing, fetched_at)])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One search under way."""

    search: Search
    bookmark: Bookmark
    deadline: Deadline
    first: int
    asker: Asker
    cursors: Cursors
    matching: Matching

    async def answer(self, members: Sequence[Member]) -> EventPage:
        """Ask, merge, and say how it went. A provider that cannot have what is wanted is reported, not asked."""
        queries = {member: self.search.query_for(member.slug, self.bookmark.moment) for member in members}
        readers = [self._reader(member, query) for member, query in queries.items() if query is not None]
        left_out = [skipped(member) for member, query in queries.items() if query is None]
        merged = Merge(readers, self.matching, self._wants)
        await merged.page(self.first, self.deadline)
        edges = tuple(
            Edge(self._event(group), partial(self._cursor, readers, merged, group.position)) for group in merged.given
        )
        warnings = [
            warning_of(reader, self.deadline.milliseconds, self._retry_cursor(), self.first) for reader in readers
        ]
        from_start = self.bookmark.position is None
        return EventPage(
            edges=edges,
            nodes=tuple(edge.node for edge in edges),
            page_info=PageInfo(
                edges, self._end(readers, merged), has_next=merged.has_next, has_previous=not from_start
            ),
            total_count=count_of(readers, len(edges), from_start=from_start, has_next=merged.has_next),
            is_partial=any(warnings),
            provider_reports=(*(report_of(reader) for reader in readers), *left_out),
            warnings=tuple(warning for warning in warnings if warning is not None),
        )

    def _reader(self, member: Member, query: ListingQuery) -> Reader:
        async def fetch(seek: Key | None, limit: int) -> Fetched:
            return await self.asker.page(member, query, seek, limit)

        return Reader(
            member,
            fetch,
            lambda source: self.search.dates.admits(source.listing, self.bookmark.moment),
            after=self.bookmark.position,
            absorbed=self.bookmark.digests,
            mark=self.bookmark.pages.get(member.slug),
            post_filters=query.needs().difference(member.capabilities) | self.search.post_filters(),
        )

    def _event(self, group: Group) -> Event:
        near = self.search.query.near
        return event_of(group.sources, searched_from=near.center if near else None)

    def _wants(self, group: Group) -> bool:
        event = self._event(group)
        listings = [source.listing for source in group.sources]
        return self.search.wants(event.event_status, event.event_attendance_mode, listings)

    def _cursor(self, readers: Sequence[Reader], merged: Merge, position: Position) -> str:
        marks = {reader.member.slug: reader.mark_behind(position) for reader in readers}
        pages = {slug: mark for slug, mark in marks.items() if mark is not None}
        absorbed = merged.absorbed(position) | self._still_absorbed(readers, position)
        return self.cursors.write(Bookmark.at(self.bookmark.moment, position, pages, absorbed), self.search.digest())

    def _still_absorbed(self, readers: Sequence[Reader], position: Position) -> frozenset[bytes]:
        """What earlier pages took from behind that position."""
        last = self.bookmark.position
        if last is None or position.instant - last.instant > LONGEST_REACH:
            return frozenset()
        return self.bookmark.digests.difference(*(reader.skipped_until(position) for reader in readers))

    def _retry_cursor(self) -> str:
        """Begins where this page began, so that a provider which failed can be asked for its part alone."""
        begun = self.bookmark
        return self.cursors.write(Bookmark.at(begun.moment, begun.position, {}, begun.digests), self.search.digest())

    def _end(self, readers: Sequence[Reader], merged: Merge) -> Callable[[], str] | None:
        """The cursor behind the last event; further on where a reader gave up, since all before that is read."""
        last = merged.given[-1].position if merged.given else self.bookmark.position
        short = len(merged.given) < self.first
        stops = [reader.stopped_at for reader in readers if short and reader.stopped_at is not None]
        end = max([*([last] if last else []), min(stops)]) if stops else last
        return partial(self._cursor, readers, merged, end) if end else None
