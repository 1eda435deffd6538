"""Whatever is known by its id: events, venues and performers, by one batched call a provider.

A listing's id finds the event that it is part of. The listings that were one event with it of late are looked up along
with it, and are held against each other anew; where none is known, the other providers can be asked what they have at
its time and place. Likewise a record of a venue, or of a performer, finds what others were known to have of them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from gateway.aliases import Aliases
from gateway.asking import Desk
from gateway.entities import performer_of, venue_of
from gateway.errors import Unanswered
from gateway.event import Event, EventSource, Performer, Venue, entities_in, event_of
from gateway.families import Families
from gateway.fanout import Deadline, fan_out
from gateway.identity import (
    Known,
    ListingRef,
    Rules,
    Unified,
    performers,
    resolve,
    unify_performer,
    unify_venue,
    venues,
)
from gateway.ids import Kind, Ref
from gateway.roster import Member, Roster
from gateway.upstream import note_partial
from providers import Capability

DEADLINE_MS = 5_000

Thing = TypeVar("Thing")
Made = TypeVar("Made")
Entity = TypeVar("Entity", Venue, Performer)
LookUp = Callable[[Member, Sequence[str]], Awaitable[Mapping[str, tuple[Thing, datetime]]]]
Gather = Callable[[Iterable[Known[Thing]]], Iterable[Sequence[Known[Thing]]]]


class _Records(NamedTuple, Generic[Thing]):
    """Of one venue or performer: those that are known, and those that cannot be had now."""

    known: Sequence[Known[Thing]]
    away: tuple[Ref, ...]


class Lookup:
    """Finds things by the ids that providers give them."""

    def __init__(
        self, roster: Roster, desk: Desk, families: Families, aliases: Aliases, rules: Callable[[], Rules]
    ) -> None:
        self._roster = roster
        self._desk = desk
        self._families = families
        self._aliases = aliases
        self._rules = rules

    async def events(self, refs: Iterable[Ref]) -> dict[Ref, Event | Unanswered]:
        """The events that these listings are part of.

        One that is gone is not among them; one of which nobody who knew it can answer is Unanswered.
        """
        families = {ref: self.family(ref) for ref in refs if ref.kind is Kind.EVENT}
        wanted = dict.fromkeys(ref for family in families.values() for ref in family)
        sources = await self._known(wanted, Kind.EVENT, self._desk.listings, EventSource)
        events = {ref: self._event(ref, family, sources) for ref, family in families.items()}
        for event in events.values():
            for entity in entities_in(event) if isinstance(event, Event) else ():
                self._aliases.remember(entity.refs)
        return {ref: event for ref, event in events.items() if event is not None}

    async def venues(self, refs: Iterable[Ref]) -> dict[Ref, Venue | Unanswered]:
        """The venues that these records are of, with what others are known to have of them; see `events`."""
        found = await self._records(refs, Kind.VENUE, self._desk.venues, venues)
        return {ref: self._going_by(each, unify_venue, venue_of) for ref, each in found.items()}

    async def performers(self, refs: Iterable[Ref]) -> dict[Ref, Performer | Unanswered]:
        """The performers whom these records are of; see `venues`."""
        found = await self._records(refs, Kind.PERFORMER, self._desk.performers, performers)
        return {ref: self._going_by(each, unify_performer, performer_of) for ref, each in found.items()}

    async def _records(
        self, refs: Iterable[Ref], kind: Kind, look_up: LookUp[Thing], gather: Gather[Thing]
    ) -> dict[Ref, _Records[Thing] | Unanswered]:
        """For each what goes together with it; where itself cannot be had, with the first of its aliases that can."""
        families = {ref: self._aliases.of(ref) for ref in refs if ref.kind is kind}
        wanted = dict.fromkeys(ref for family in families.values() for ref in family if not ref.is_by_name)
        answers = await self._known(wanted, kind, look_up, lambda member, thing, _: Known(member.slug, thing))
        return {
            ref: records
            for ref, family in families.items()
            if (records := _together(family, answers, gather)) is not None
        }

    def _going_by(
        self,
        records: _Records[Thing] | Unanswered,
        unify: Callable[[Sequence[Known[Thing]]], Unified[Thing]],
        make: Callable[[Unified[Thing]], Entity],
    ) -> Entity | Unanswered:
        """One out of its records. Those that cannot be had now count for what it goes by, so that this stays."""
        if isinstance(records, Unanswered):
            return records
        away: tuple[Ref, ...] = records.away
        made: Entity = make(unify(sorted(records.known, key=lambda each: self._rank(each.provider))))
        refs = tuple(sorted((*made.refs, *away), key=lambda ref: (ref.is_by_name, *self._rank(ref.provider))))
        return replace(made, id=refs[0].encode(), refs=refs)

    def _rank(self, provider: str) -> tuple[int, str]:
        member = self._roster.get(provider)
        return (member.rank if member is not None else 0, provider)

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
        look_up: LookUp[Thing],
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


def _together(
    family: Sequence[Ref], answers: Mapping[Ref, Known[Thing] | Unanswered], gather: Gather[Thing]
) -> _Records[Thing] | Unanswered | None:
    """Those of the family that go together with the first that is known."""
    told = [answers[each] for each in family if each in answers]
    known = [each for each in told if not isinstance(each, Unanswered)]
    if not known:
        return next((each for each in told if isinstance(each, Unanswered)), None)
    group = next(group for group in gather(known) if any(each is known[0] for each in group))
    away = tuple(ref for ref in family if isinstance(answers.get(ref), Unanswered))
    return _Records(group, away)


def _call(
    look_up: LookUp[Thing],
    member: Member,
    ids: Sequence[str],
) -> Callable[[], Awaitable[Mapping[str, tuple[Thing, datetime]]]]:
    return lambda: look_up(member, ids)
