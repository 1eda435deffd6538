"""Whatever is known by its id: events, venues and performers, by one batched call a provider.

A listing's id finds the event that it is part of. The listings that were one event with it of late are looked up along
with it, and are held against each other anew; where none is known, the other providers can be asked what they have at
its time and place.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from gateway.asking import Desk
from gateway.errors import Unanswered
from gateway.event import Event, EventSource, Performer, Venue, event_of, performer_of, venue_of
from gateway.families import Families
from gateway.fanout import Deadline, fan_out
from gateway.identity import ListingRef, Rules, resolve
from gateway.ids import Kind, Ref
from gateway.roster import Member, Roster
from gateway.upstream import note_partial
from providers import Capability

DEADLINE_MS = 5_000

Thing = TypeVar("Thing")
Made = TypeVar("Made")


class Lookup:
    """Finds things by the ids that providers give them."""

    def __init__(self, roster: Roster, desk: Desk, families: Families, rules: Callable[[], Rules]) -> None:
        self._roster = roster
        self._desk = desk
        self._families = families
        self._rules = rules

    async def events(self, refs: Iterable[Ref]) -> dict[Ref, Event | Unanswered]:
        """The events that these listings are part of.

        One that is gone is not among them; one of which nobody who knew it can answer is Unanswered.
        """
        families = {ref: self.family(ref) for ref in refs if ref.kind is Kind.EVENT}
        wanted = dict.fromkeys(ref for family in families.values() for ref in family)
        sources = await self._known(wanted, Kind.EVENT, self._desk.listings, EventSource)
        events = {ref: self._event(ref, family, sources) for ref, family in families.items()}
        return {ref: event for ref, event in events.items() if event is not None}

    async def venues(self, refs: Iterable[Ref]) -> dict[Ref, Venue | Unanswered]:
        """The venues that these name; see `events`."""
        return await self._known(
            refs, Kind.VENUE, self._desk.venues, lambda member, venue, _: venue_of(member.slug, venue)
        )

    async def performers(self, refs: Iterable[Ref]) -> dict[Ref, Performer | Unanswered]:
        """The performers that these name; see `events`."""
        return await self._known(
            refs,
            Kind.PERFORMER,
            self._desk.performers,
            lambda member, performer, _: performer_of(member.slug, performer),
        )

    def family(self, ref: Ref) -> tuple[Ref, ...]:
        """The listings that were one event with that listing of late, and those that people say are."""
        told = self._rules().partners(ListingRef(ref.provider, ref.id))
        known = self._families.of(ref)
        return tuple(dict.fromkeys([*known, *(Ref(Kind.EVENT, each.provider, each.id) for each in sorted(told))]))

    def _event(
        self, ref: Ref, family: Sequence[Ref], sources: Mapping[Ref, EventSource | Unanswered]
    ) -> Event | Unanswered | None:
        """The event of the listing; where that is gone or cannot be had, of those that were one event with it."""
        found = {each: source for each in family if isinstance(source := sources.get(each), EventSource)}
        if not found:
            answers = [sources[each] for each in (ref, *family) if each in sources]
            return next((each for each in answers if isinstance(each, Unanswered)), None)
        rules = self._rules()
        by_claim = {source.claim: source for source in found.values()}
        clusters = resolve(by_claim, rules=rules)
        own = found[ref].claim if ref in found else None
        cluster = next((each for each in clusters if own in each.members), clusters[0])
        return event_of([by_claim[claim] for claim in cluster.members], rules=rules)

    async def _known(
        self,
        refs: Iterable[Ref],
        kind: Kind,
        look_up: Callable[[Member, Sequence[str]], Awaitable[Mapping[str, tuple[Thing, datetime]]]],
        make: Callable[[Member, Thing, datetime], Made],
    ) -> dict[Ref, Made | Unanswered]:
        """One batched call a provider, all at once."""
        wanted: dict[Member, dict[str, None]] = {}
        for ref in refs:
            member = self._roster.get(ref.provider)
            if ref.kind is kind and member is not None and member.provider is not None:
                wanted.setdefault(member, {})[ref.id] = None
        members = {member.slug: member for member in wanted}
        answers = await fan_out(
            {member.slug: _call(look_up, member, list(ids)) for member, ids in wanted.items()},
            Deadline(DEADLINE_MS, self._desk.time),
        )
        known: dict[Ref, Made | Unanswered] = {}
        for slug, answer in answers.items():
            member, ids = members[slug], wanted[members[slug]]
            if answer.value is None:
                note_partial()
                known |= {Ref(kind, slug, own_id): Unanswered(f"{member.name} {answer.error}") for own_id in ids}
                continue
            known |= {Ref(kind, slug, own_id): make(member, thing, at) for own_id, (thing, at) in answer.value.items()}
            if kind is Kind.EVENT and Capability.LOOKUP_BY_ID not in member.capabilities:
                reason = f"{member.name} cannot be asked for single events, only for what a search has found of late"
                missing = ids.keys() - answer.value.keys()
                known |= {Ref(kind, slug, own_id): Unanswered(reason) for own_id in missing}
        return known


def _call(
    look_up: Callable[[Member, Sequence[str]], Awaitable[Mapping[str, tuple[Thing, datetime]]]],
    member: Member,
    ids: Sequence[str],
) -> Callable[[], Awaitable[Mapping[str, tuple[Thing, datetime]]]]:
    return lambda: look_up(member, ids)
