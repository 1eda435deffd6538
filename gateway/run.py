"""One search under way: whom it asks, what it makes of their answers, and where it goes on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol

from gateway.cursor import Bookmark, Cursors
from gateway.event import Event, Position, event_of
from gateway.fanout import Deadline
from gateway.page import Edge, EventPage, PageInfo
from gateway.part import Fetched
from gateway.reader import Reader
from gateway.reports import SearchWarning
from gateway.roster import Member
from gateway.search import Search
from gateway.stream import Group, Matching, Merge
from gateway.verdict import count_of, report_of, skipped, warning_of
from providers import Key, ListingQuery

# No event spans more: a day, in the zones furthest apart.
LONGEST_REACH = timedelta(days=2)


class Asker(Protocol):
    """Where pages are had: the desk itself, or what gathers questions before it."""

    async def page(self, member: Member, query: ListingQuery, seek: Key | None, limit: int) -> Fetched:
        """A page of the provider's list."""


class Run:
    """One page of a search, from `members`. A provider that cannot have what is wanted is reported, not asked."""

    def __init__(
        self,
        search: Search,
        members: Sequence[Member],
        *,
        bookmark: Bookmark,
        first: int,
        deadline: Deadline,
        asker: Asker,
        cursors: Cursors,
        matching: Matching,
    ) -> None:
        self.deadline = deadline
        self.first = first
        self._search = search
        self._bookmark = bookmark
        self._asker = asker
        self._cursors = cursors
        queries = {member: search.query_for(member.slug, bookmark.moment) for member in members}
        self.readers = [self._reader(member, query) for member, query in queries.items() if query is not None]
        self._left_out = [skipped(member) for member, query in queries.items() if query is None]
        self._merge = Merge(self.readers, matching, self._wants, bookmark.notes)

    async def answer(self) -> EventPage:
        """Ask, merge, and say how it went."""
        async for _ in self.progress():
            pass
        return self.page()

    async def progress(self) -> AsyncGenerator[Reader, None]:
        """Ask and merge; each reader as it has read on."""
        async for reader in self._merge.progress(self.first, self.deadline):
            yield reader

    def outlook(self) -> list[Event]:
        """What the page would hold, if nothing but what has been read were there."""
        return [self._event(group) for group in self._merge.outlook(self.first)]

    def page(self) -> EventPage:
        """The page, once all is read that it takes."""
        merge, readers = self._merge, self.readers
        edges = tuple(Edge(self._event(group), partial(self._cursor, group.position)) for group in merge.given)
        from_start = self._bookmark.position is None
        warnings = [warning for reader in readers if (warning := self.warning(reader)) is not None]
        return EventPage(
            edges=edges,
            nodes=tuple(edge.node for edge in edges),
            page_info=PageInfo(edges, self._end(), has_next=merge.has_next, has_previous=not from_start),
            total_count=count_of(readers, len(edges), from_start=from_start, has_next=merge.has_next),
            is_partial=bool(warnings),
            provider_reports=(*(report_of(reader) for reader in readers), *self._left_out),
            warnings=tuple(warnings),
        )

    def warning(self, reader: Reader) -> SearchWarning | None:
        """What a client should know of that provider's part."""
        return warning_of(reader, self.deadline.milliseconds, self._retry_cursor(), self.first)

    def _reader(self, member: Member, query: ListingQuery) -> Reader:
        async def fetch(seek: Key | None, limit: int) -> Fetched:
            return await self._asker.page(member, query, seek, limit)

        return Reader(
            member,
            fetch,
            lambda source: self._search.dates.admits(source.listing, self._bookmark.moment),
            after=self._bookmark.position,
            absorbed=self._bookmark.taken,
            mark=self._bookmark.pages.get(member.slug),
            post_filters=query.needs().difference(member.capabilities) | self._search.post_filters(),
        )

    def _event(self, group: Group) -> Event:
        near = self._search.query.near
        return event_of(group.sources, searched_from=near.center if near else None)

    def _wants(self, group: Group) -> bool:
        event = self._event(group)
        listings = [source.listing for source in group.sources]
        return self._search.wants(event.event_status, event.event_attendance_mode, listings)

    def _cursor(self, position: Position) -> str:
        marks = {reader.member.slug: reader.mark_behind(position) for reader in self.readers}
        pages = {slug: mark for slug, mark in marks.items() if mark is not None}
        absorbed = self._merge.absorbed(position) | self._still_ahead(self._bookmark.taken, position)
        noted = self._still_ahead(self._merge.notes(position), position)
        return self._write(Bookmark.at(self._bookmark.moment, position, pages, absorbed, noted))

    def _still_ahead(self, digests: frozenset[bytes], position: Position) -> frozenset[bytes]:
        """Those of them that are not known to stand before the position."""
        last = self._bookmark.position
        if last is not None and position.instant - last.instant > LONGEST_REACH:
            digests = digests.difference(self._bookmark.taken, self._bookmark.notes)
        return digests.difference(*(reader.passed_until(position) for reader in self.readers))

    def _retry_cursor(self) -> str:
        """Begins where this page began, so that a provider which failed can be asked for its part alone."""
        begun = self._bookmark
        return self._write(Bookmark.at(begun.moment, begun.position, {}, begun.taken, begun.notes))

    def _end(self) -> Callable[[], str] | None:
        """The cursor behind the last event; further on where a reader gave up, since all before that is read."""
        given = self._merge.given
        last = given[-1].position if given else self._bookmark.position
        short = len(given) < self.first
        stops = [reader.stopped_at for reader in self.readers if short and reader.stopped_at is not None]
        end = max([*([last] if last else []), min(stops)]) if stops else last
        return partial(self._cursor, end) if end else None

    def _write(self, bookmark: Bookmark) -> str:
        return self._cursors.write(bookmark, self._search.digest())
