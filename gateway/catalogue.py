"""What is on? Asks the providers, and answers with events: searches, and whatever is known by its id."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import TypeVar

from gateway.asking import Desk
from gateway.cursor import Bookmark, Cursors
from gateway.dates import floor
from gateway.errors import Unanswered
from gateway.event import Event, EventSource, Performer, Venue, event_of, performer_of, venue_of
from gateway.fanout import Deadline, fan_out
from gateway.ids import Kind, Ref
from gateway.page import EventPage
from gateway.roster import Member, Roster
from gateway.run import Asker, Run
from gateway.search import Search, Sort
from gateway.stream import Matching
from gateway.unfolding import Unfolded, unfold
from providers import Capability, Listing

LOOKUP_DEADLINE_MS = 5_000

Thing = TypeVar("Thing")
Made = TypeVar("Made")


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
        return Run(
            search,
            self.roster.enabled() if members is None else members,
            sort=sort,
            bookmark=self._bookmark(after, search.digest(sort)),
            first=first,
            deadline=Deadline(deadline_ms, self.desk.time),
            asker=asker or self.desk,
            cursors=self._cursors,
            matching=self._matching,
        )

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
