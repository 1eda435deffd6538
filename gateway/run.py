"""One search under way: whom it asks, what it makes of their answers, and where it goes on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Protocol

from msgspec import structs

from gateway.aliases import Aliases
from gateway.backwards import Backwards
from gateway.cursor import Bookmark, Cursors
from gateway.descent import END, Ask, Descent
from gateway.event import Event, EventSource, entities_in, event_of, refs_in
from gateway.families import Families
from gateway.fanout import Deadline
from gateway.forwards import Forwards
from gateway.identity import Rules
from gateway.order import Order
from gateway.page import Edge, EventPage, PageInfo
from gateway.part import Fetched, Part
from gateway.reader import Fetch, Reader
from gateway.reports import SearchWarning
from gateway.roster import Member
from gateway.search import Search, Sort
from gateway.snapshot import Snapshot, values_of
from gateway.stream import Group, Matching
from gateway.upstream import note_partial
from gateway.verdict import is_partial, report_of, skipped, warnings_of
from providers import Capability, Key, ListingQuery


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
        sort: Sort,
        bookmark: Bookmark,
        first: int,
        deadline: Deadline,
        asker: Asker,
        cursors: Cursors,
        matching: Matching,
        rules: Rules,
        families: Families,
        aliases: Aliases,
    ) -> None:
        self.deadline = deadline
        self.first = first
        self._search = search
        self._sort = sort
        self._bookmark = bookmark
        self._asker = asker
        self._cursors = cursors
        self._rules = rules
        self._families = families
        self._aliases = aliases
        self._made: dict[tuple[EventSource, ...], Event] = {}
        queries = {member: search.query_for(member.slug, bookmark.moment) for member in members}
        asked = {member: query for member, query in queries.items() if query is not None}
        self._left_out = [skipped(member) for member, query in queries.items() if query is None]
        self._order = self._ordered(asked, matching)

    @property
    def parts(self) -> Sequence[Part]:
        """Each provider's part, of those that are asked."""
        return self._order.parts

    async def answer(self) -> EventPage:
        """Ask, merge, and say how it went."""
        async for _ in self.progress():
            pass
        return self.page()

    async def progress(self) -> AsyncGenerator[Part, None]:
        """Ask and merge; each provider's part as it has read on."""
        async with aclosing(self._order.progress(self.first, self.deadline)) as parts:
            async for part in parts:
                yield part

    def outlook(self) -> list[Event]:
        """What is to be shown meanwhile, see `Order`."""
        return [self._event(group) for group in self._order.outlook(self.first)]

    def page(self) -> EventPage:
        """The page, once all is read that it takes."""
        order = self._order
        edges = tuple(Edge(self._event(group), self._cursor(order.behind, group)) for group in order.given)
        nodes = tuple(edge.node for edge in edges)
        for node in nodes:
            self._families.remember(refs_in(node.sources))
            for entity in entities_in(node):
                self._aliases.remember(entity.refs)
        warnings = tuple(warning for part in self.parts for warning in self.warnings(part))
        if is_partial(warnings):
            note_partial()
        end = order.end(self.first)
        return EventPage(
            edges=edges,
            nodes=nodes,
            page_info=PageInfo(
                edges,
                partial(self._write, end) if end else None,
                has_next=order.has_next,
                has_previous=self._bookmark.position is not None,
            ),
            total_count=order.count(),
            is_partial=is_partial(warnings),
            provider_reports=(*(report_of(part, nodes) for part in self.parts), *self._left_out),
            warnings=warnings,
        )

    def warnings(self, part: Part) -> tuple[SearchWarning, ...]:
        """What a client should know of that provider's part."""
        # Begins where this page began, so that a provider which failed can be asked for its part alone.
        retry_cursor = self._write(structs.replace(self._bookmark, pages={}))
        return warnings_of(part, self.deadline.milliseconds, retry_cursor, self.first)

    def _ordered(self, queries: dict[Member, ListingQuery], matching: Matching) -> Order:
        bookmark = self._bookmark
        match self._sort:
            case Sort.START_DATE_ASC:
                readers = [self._reader(member, query, bookmark) for member, query in queries.items()]
                return Forwards(readers, matching, self._wants, bookmark, self._wants_alone)
            case Sort.START_DATE_DESC:
                descents = [self._descent(member, query) for member, query in queries.items()]
                return Backwards(descents, matching, self._wants, bookmark)
            case _:
                from_start = Bookmark(bookmark.as_of)
                readers = [self._reader(member, query, from_start) for member, query in queries.items()]
                values = values_of(self._search, self._sort)
                return Snapshot(readers, matching, self._wants, bookmark, lambda group: values(self._event(group)))

    def _reader(self, member: Member, query: ListingQuery, bookmark: Bookmark) -> Reader:
        return Reader(
            member,
            self._fetch(member, query),
            self._keeps,
            after=bookmark.position,
            absorbed=bookmark.taken,
            mark=bookmark.pages.get(member.slug),
            post_filters=self._post_filters(member, query),
        )

    def _descent(self, member: Member, query: ListingQuery) -> Descent:
        begins, ends = self._bookmark.bounds or (END, END)
        return Descent(
            member,
            self._fetch_between(member, query),
            self._keeps,
            low=query.start_from,
            top=min(ends, query.start_before or END),
            now=self._bookmark.moment,
            mark=self._bookmark.pages.get(member.slug),
            paid=begins,
            post_filters=self._post_filters(member, query),
        )

    def _fetch(self, member: Member, query: ListingQuery) -> Fetch:
        async def fetch(seek: Key | None, limit: int) -> Fetched:
            return await self._asker.page(member, query, seek, limit)

        return fetch

    def _fetch_between(self, member: Member, query: ListingQuery) -> Ask:
        async def fetch(low: datetime | None, high: datetime | None, seek: Key | None, limit: int) -> Fetched:
            return await self._asker.page(member, replace(query, start_from=low, start_before=high), seek, limit)

        return fetch

    def _keeps(self, source: EventSource) -> bool:
        return self._search.dates.admits(source.listing, self._bookmark.moment)

    def _post_filters(self, member: Member, query: ListingQuery) -> frozenset[Capability]:
        return query.needs().difference(member.capabilities) | self._search.post_filters()

    def _event(self, group: Group) -> Event:
        """Made once: first it is asked whether it is wanted, then it is shown."""
        if group.sources not in self._made:
            near = self._search.query.near
            center = near.center if near else None
            self._made[group.sources] = event_of(group.sources, searched_from=center, rules=self._rules)
        return self._made[group.sources]

    def _wants(self, group: Group) -> bool:
        event = self._event(group)
        listings = [source.listing for source in group.sources]
        return self._search.wants(event.event_status, event.event_attendance_mode, listings)

    def _wants_alone(self, source: EventSource) -> bool:
        listing = source.listing
        return self._search.wants(listing.status, listing.attendance_mode, (listing,))

    def _cursor(self, behind: Callable[[Group], Bookmark], group: Group) -> Callable[[], str]:
        return lambda: self._write(behind(group))

    def _write(self, bookmark: Bookmark) -> str:
        return self._cursors.write(bookmark, self._search.digest(self._sort))
