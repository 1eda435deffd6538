"""A gateway over providers that live in memory: honest ones that page awkwardly, and hostile ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from types import SimpleNamespace

import pytest

from gateway.asking import Desk
from gateway.cache import Cache
from gateway.catalogue import Catalogue
from gateway.cursor import Cursors
from gateway.dates import DatePreset, DateRange
from gateway.event import EventSource
from gateway.page import EventPage
from gateway.roster import Member, Roster
from gateway.search import Search
from gateway.shared import SharedCache
from gateway.stream import Matching, Notes
from gateway.unfolding import EventsAdded, EventsUpdated, ProviderFinished, ProviderStarted, SearchCompleted
from providers import (
    Capability,
    Enrolled,
    Http,
    Info,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Page,
    Performer,
    Provider,
    ProviderOrigin,
    Registry,
    Venue,
    When,
    page_of,
)

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
KEY = b"a key that is only used in tests"
CAPABLE = frozenset(Capability)


def at(hours: float) -> When:
    """So many hours from now."""
    return When.at(NOW + timedelta(hours=hours))


def listing(own_id: str, start: When | float, **more: object) -> Listing:
    """A listing `start` (hours from now, or a When)."""
    when = start if isinstance(start, When) else at(start)
    return Listing(id=own_id, name=str(more.pop("name", own_id)), start=when, **more)  # type: ignore[arg-type]


@cache
def unused_http() -> Http:
    """One for all, since making a client takes time; nothing is ever sent."""
    return Http("https://shelf.example")


class Shelf(Provider):
    """Holds its listings, and pages as it is told: honestly, but not always kindly."""

    info = Info(slug="shelf", title="Shelf")

    def __init__(
        self,
        slug: str,
        listings: Iterable[Listing] = (),
        *,
        capabilities: frozenset[Capability] = CAPABLE,
        limits: Limits | None = None,
        page: int | None = None,
        early: bool = False,
        pauses: bool = False,
        delays: Random | None = None,
    ) -> None:
        """`page`: the most it gives at once. `early`: its frontiers stand between listings.

        `pauses`: every other page is empty, and only its frontier moves. `delays`: it answers after a random moment.
        """
        super().__init__(settings={}, http=unused_http(), clock=lambda: NOW)
        self.info = Info(slug=slug, title=slug.title(), capabilities=capabilities, limits=limits or Limits())
        self.listings = list(listings)
        self.calls: list[tuple[ListingQuery, Key | None, int]] = []
        self.lookups: list[list[str]] = []
        self._page, self._early, self._pauses, self._delays = page, early, pauses, delays

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        self.calls.append((query, seek, limit))
        if self._delays is not None:
            await asyncio.sleep(self._delays.choice((0, 0, 0.0005, 0.001)))
        page = page_of(self.listings, query, seek, min(limit, self._page or limit))
        if self._pauses and page.listings and (seek is None or not seek.id.endswith("!")):
            # What is known so far: nothing before the first listing.
            before = Key(page.listings[0].key.instant - timedelta(seconds=1), "!")
            if seek is None or before > seek:
                return Page(frontier=before)
        if self._early and page.frontier is not None and len(page.listings) > 1:
            last = page.listings[-1].key
            kept = tuple(each for each in page.listings if each.key <= Key(last.instant, ""))
            if kept:
                return Page(listings=kept, frontier=Key(last.instant, ""), total=page.total)
        return page

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        self.lookups.append(list(ids))
        return [each for each in reversed(self.listings) if each.id in ids]


class Odd(Shelf):
    """Does whatever a test gives it to do instead of searching."""

    def __init__(self, slug: str, answer: Callable[[Key | None, int], Awaitable[object]]) -> None:
        super().__init__(slug)
        self._answer = answer

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        self.calls.append((query, seek, limit))
        return await self._answer(seek, limit)  # type: ignore[return-value]


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Alone:
    """Every source is an event of its own."""

    def reach(self, head: EventSource) -> datetime:
        """Nothing belongs to it."""
        return head.position.instant

    def lead(
        self,
        head: EventSource,  # noqa: ARG002 - as the protocol has it
        behind: Sequence[EventSource],  # noqa: ARG002 - as the protocol has it
        notes: Notes,
    ) -> tuple[Sequence[EventSource], Notes]:
        """None."""
        return (), notes

    def linked(self, one: EventSource, other: EventSource) -> bool:  # noqa: ARG002 - as the protocol has it
        """Never."""
        return False


@dataclass
class World:
    """A gateway over some providers."""

    providers: Sequence[Provider]
    clock: Clock = field(default_factory=Clock)
    keys: dict[int, bytes] = field(default_factory=lambda: {1: KEY})
    shared: SharedCache | None = None
    matching: Matching = field(default_factory=Alone)

    def __post_init__(self) -> None:
        entries = [
            Enrolled(info=each.info, origin=ProviderOrigin.BUILT_IN, package="tests", provider=each, enabled=True)
            for each in self.providers
        ]
        self.cache: Cache[object] = Cache(shared=self.shared)
        self.roster = Roster(Registry(entries), self.clock)
        self.desk = Desk(self.cache, self.clock)
        self.catalogue = Catalogue(self.roster, self.desk, Cursors(self.keys), self.clock, matching=self.matching)

    def member(self, slug: str) -> Member:
        found = self.roster.get(slug)
        assert found is not None
        return found

    async def page(self, first: int, after: str | None = None, search: Search | None = None, **more) -> EventPage:
        return await self.catalogue.search(search or Search(), first=first, after=after, **more)

    def again(self) -> World:
        """The same providers behind a gateway that has forgotten everything but its key."""
        return World(self.providers, self.clock, self.keys, matching=self.matching)

    async def read(
        self, first: int, after: str | None = None, search: Search | None = None, *, forgetful: bool = False, **more
    ) -> list[tuple[str, str]]:
        """Page to the end; (provider, id) of all. Every page but the last makes progress."""
        return [group[0] for group in await self.groups(first, after, search, forgetful=forgetful, **more)]

    async def groups(
        self, first: int, after: str | None = None, search: Search | None = None, *, forgetful: bool = False, **more
    ) -> list[tuple[tuple[str, str], ...]]:
        """The same with every source of each event."""
        groups: list[tuple[tuple[str, str], ...]] = []
        world = self
        for _ in range(2_000):
            page = await world.page(first, after, search, **more)
            assert len(page.edges) <= first
            groups += groups_on(page)
            if not page.page_info.has_next_page:
                return groups
            assert page.page_info.end_cursor not in {None, after}
            after = page.page_info.end_cursor
            if forgetful:
                await world.cache.aclose()
                world = world.again()
        pytest.fail("the list never ends")


def search(**query: object) -> Search:
    """A search for upcoming events with these conditions."""
    return Search(query=ListingQuery(**query))  # type: ignore[arg-type]


class SameName(Matching):
    """Of one event are sources of one name, within some hours of the first."""

    def __init__(self, hours: float) -> None:
        self._span = timedelta(hours=hours)

    def reach(self, head: EventSource) -> datetime:
        return head.position.instant + self._span

    def lead(
        self, head: EventSource, behind: Sequence[EventSource], notes: Notes
    ) -> tuple[Sequence[EventSource], Notes]:
        """The nearest of each provider. Of names that begin with "every other", every other one goes alone."""
        if head.digest in notes:
            return (), notes - {head.digest}
        nearest: dict[str, EventSource] = {}
        for each in behind:
            if each.name == head.name and each.provider is not head.provider:
                nearest.setdefault(each.provider.slug, each)
        rest = [each for each in behind if each not in nearest.values() and each.name == head.name]
        noted = {rest[0].digest} if rest and head.name.startswith("every other") else set()
        return list(nearest.values()), notes | noted

    def linked(self, one: EventSource, other: EventSource) -> bool:
        return one.name == other.name


class Shown:
    """What a client shows: does as the messages say, and nothing else."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.rows: dict[str, object] = {}
        self.started: set[str] = set()
        self.finished: list[str] = []
        self.completed: SearchCompleted | None = None

    def follow(self, message) -> None:
        assert self.completed is None, "a message after the last one"
        before = list(self.rows)
        match message:
            case ProviderStarted():
                self.started.add(message.provider.slug)
            case EventsUpdated():
                for event in message.events:
                    assert event.id in self.rows
                    self.rows[event.id] = event
                for own_id in (*message.removed, *(each.id for each in message.merged_away)):
                    del self.rows[own_id]
            case EventsAdded():
                for placement in message.placements:
                    self._place(placement)
            case ProviderFinished():
                self.finished.append(message.report.provider.slug)
            case SearchCompleted():
                self.completed = message
        self.rows = dict(list(self.rows.items())[: self.most])
        stayed = [own_id for own_id in before if own_id in self.rows]
        assert stayed == [own_id for own_id in self.rows if own_id in before], "a row was moved"

    def _place(self, placement) -> None:
        assert placement.event.id not in self.rows
        rows = list(self.rows.items())
        at = 0 if placement.after_id is None else list(self.rows).index(placement.after_id) + 1
        self.rows = dict([*rows[:at], (placement.event.id, placement.event), *rows[at:]])

    def groups(self):
        return [tuple((each.provider.slug, each.source_id) for each in event.sources) for event in self.rows.values()]


def groups_on(page: EventPage) -> list[tuple[tuple[str, str], ...]]:
    """(provider, id) of every source, event by event."""
    return [tuple((source.provider.slug, source.source_id) for source in node.sources) for node in page.nodes]


def names_on(page: EventPage) -> list[tuple[str, str]]:
    return [(node.sources[0].provider.slug, node.sources[0].source_id) for node in page.nodes]


def expected(providers: Iterable[Shelf]) -> list[tuple[str, str]]:
    """All that is upcoming, in the order of the merged list."""
    positions = [(each.key.instant, shelf.info.slug, each.id) for shelf in providers for each in shelf.listings]
    return [(slug, own_id) for instant, slug, own_id in sorted(positions) if instant >= NOW]


@asynccontextmanager
async def open_world(*providers: Provider, **more) -> AsyncIterator[World]:
    world = World(providers, **more)
    try:
        yield world
    finally:
        await world.cache.aclose()


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """All of the above; test modules cannot import each other."""
    return SimpleNamespace(
        KEY=KEY,
        NOW=NOW,
        Clock=Clock,
        DatePreset=DatePreset,
        DateRange=DateRange,
        Odd=Odd,
        SameName=SameName,
        Shelf=Shelf,
        Shown=Shown,
        World=World,
        at=at,
        day=date,
        expected=expected,
        listing=listing,
        groups_on=groups_on,
        names_on=names_on,
        open=open_world,
        search=search,
        Performer=Performer,
        Venue=Venue,
    )
