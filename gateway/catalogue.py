"""What is on? Asks the providers, and answers with events: searches, and whatever is known by its id."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from gateway.agenda import Agenda, AgendaDesk, by_provider
from gateway.aliases import Aliases
from gateway.asking import Desk
from gateway.cursor import Bookmark, Cursors
from gateway.dates import floor
from gateway.errors import Unanswered
from gateway.event import Event, Performer, Venue, refs_in
from gateway.families import Families
from gateway.fanout import Deadline
from gateway.identity import NO_RULES, Rules
from gateway.ids import Kind, Ref
from gateway.lookup import DEADLINE_MS as LOOKUP_MS
from gateway.lookup import Lookup
from gateway.matching import IdentityMatching
from gateway.neighbours import around
from gateway.page import EventPage
from gateway.roster import Member, Roster
from gateway.run import Asker, Run
from gateway.search import Search, Sort
from gateway.stream import Matching
from gateway.unfolding import Unfolded, unfold

# Of how many listings at once it is found out who else speaks of them, and how many events are looked at for each.
MOST_SOUGHT = 5
MOST_NEIGHBOURS = 100


class Catalogue:
    """Every provider's listings as one list of events."""

    def __init__(
        self,
        roster: Roster,
        desk: Desk,
        cursors: Cursors,
        clock: Callable[[], datetime],
        *,
        rules: Callable[[], Rules] = lambda: NO_RULES,
        matching: Matching | None = None,
    ) -> None:
        self.roster = roster
        self.desk = desk
        self._cursors = cursors
        self._clock = clock
        self._rules = rules
        self._matching = matching or IdentityMatching(rules)
        self._families = Families()
        self._aliases = Aliases()
        self._lookup = Lookup(roster, desk, self._families, self._aliases, rules)

    async def search(
        self,
        search: Search,
        *,
        first: int,
        after: str | None = None,
        sort: Sort = Sort.START_DATE_ASC,
        members: Sequence[Member] | None = None,
        deadline_ms: int = 2_500,
        asker: Asker | None = None,
    ) -> EventPage:
        """The next `first` events of the search behind `after`, from `members` (all that are enabled when None).

        `asker` gathers questions of one request; the desk answers where it is None.
        A provider that fails is a report and a warning; the rest is answered all the same.

        Raises:
            BadInput: the search lacks what the order needs.
            CursorInvalid, CursorExpired: `after` cannot be gone on from.
        """
        run = self._run(search, members, first=first, after=after, sort=sort, deadline_ms=deadline_ms, asker=asker)
        return await run.answer()

    async def agenda(
        self, owner: UUID, refs: Iterable[Ref], search: Search, *, first: int, after: str | None = None
    ) -> EventPage:
        """The next `first` events of the search among what these name: events themselves, and those of venues and performers.

        Raises:
            CursorInvalid, CursorExpired: `after` cannot be gone on from.
        """
        families = (self._lookup.family(ref) if ref.kind is Kind.EVENT else self._aliases.of(ref) for ref in refs)
        keeps = by_provider(ref for family in families for ref in family)
        return await self.search(
            Agenda.among(search, owner, keeps),
            first=first,
            after=after,
            deadline_ms=LOOKUP_MS,
            asker=AgendaDesk(self.desk, keeps),
        )

    async def unfold(
        self,
        search: Search,
        *,
        first: int,
        sort: Sort = Sort.START_DATE_ASC,
        members: Sequence[Member] | None = None,
        deadline_ms: int = 2_500,
    ) -> AsyncGenerator[Unfolded, None]:
        """The same search as it comes about: a message as each provider answers, then that it is complete.

        Whoever closes it early leaves nobody asked on their behalf.
        """
        run = self._run(search, members, first=first, sort=sort, deadline_ms=deadline_ms)
        async with aclosing(unfold(run)) as messages:
            async for message in messages:
                yield message

    def _run(
        self,
        search: Search,
        members: Sequence[Member] | None,
        *,
        first: int,
        sort: Sort,
        deadline_ms: int,
        after: str | None = None,
        asker: Asker | None = None,
    ) -> Run:
        search.check(sort)
        known = self._aliases.besides((*search.venues, *search.performers), search.aliases)
        search = replace(search, aliases=known)
        return Run(
            search,
            self.roster.enabled() if members is None else members,
            sort=sort,
            bookmark=self._bookmark(after, search.digests(sort)),
            first=first,
            deadline=Deadline(deadline_ms, self.desk.time),
            asker=asker or self.desk,
            cursors=self._cursors,
            matching=self._matching,
            rules=self._rules(),
            families=self._families,
            aliases=self._aliases,
        )

    async def events(self, refs: Iterable[Ref]) -> dict[Ref, Event | Unanswered]:
        """The events that these listings are part of, as far as it is known who else speaks of them; see `Lookup`."""
        return await self._lookup.events(refs)

    async def whole_events(self, refs: Iterable[Ref]) -> dict[Ref, Event | Unanswered]:
        """The same; where a listing is alone, the other providers are asked what they have at its time and place."""
        known = await self.events(refs)
        alone = [(ref, event) for ref, event in known.items() if isinstance(event, Event) and len(event.sources) == 1]
        sought = await asyncio.gather(*(self._sought(ref, event) for ref, event in alone[:MOST_SOUGHT]))
        return {**known, **{ref: event for ref, event in sought if event is not None}}

    async def venues(self, refs: Iterable[Ref]) -> dict[Ref, Venue | Unanswered]:
        """The venues that these records are of, each with all that is known to be of it; see `Lookup`."""
        return await self._lookup.venues(refs)

    async def performers(self, refs: Iterable[Ref]) -> dict[Ref, Performer | Unanswered]:
        """The performers whom these records are of; see `venues`."""
        return await self._lookup.performers(refs)

    async def _sought(self, ref: Ref, event: Event) -> tuple[Ref, Event | None]:
        """The event of the listing as a search around it finds it; None where it does not."""
        search = around(event.sources[0])
        if search is None or len(self.roster.enabled()) == 1:
            return ref, None
        page = await self.search(search, first=MOST_NEIGHBOURS)
        return ref, next((node for node in page.nodes if ref in refs_in(node.sources)), None)

    def _bookmark(self, after: str | None, digests: Sequence[bytes]) -> Bookmark:
        now = self._clock()
        if after is None:
            return Bookmark.at(floor(now), None, {})
        return self._cursors.read(after, digests[0], now, also=digests[1:])
