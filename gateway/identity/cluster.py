"""Clusters: which claims are one event."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from gateway.identity.claim import Claim, ListingRef
from gateway.identity.lead import NOTHING, Leading, Memory
from gateway.identity.match import verdict
from gateway.identity.rules import NO_RULES, Rules
from gateway.identity.twice import TWICE, listed_twice

# How sure one can be of what a person has said.
TOLD = 0.99


class Cluster:
    """Claims that are of one event. members: the leader first, which gives the cluster its place, the rest by place."""

    def __init__(self, members: Sequence[Claim], rules: Rules = NO_RULES) -> None:
        self.members = tuple(sorted(members, key=lambda each: each.place))
        self._rules = rules

    def __repr__(self) -> str:
        return f"<Cluster {', '.join(map(repr, self.members))}>"

    @property
    def leader(self) -> Claim:
        """The first in the list: all others are compared with it, and the event goes by its id."""
        return self.members[0]

    @cached_property
    def scores(self) -> Mapping[ListingRef, float | None]:
        """How surely each member is the same as the leader, or as a member between them, 0 to 1; None for the leader itself."""
        leader = self.leader
        return {
            each.ref: None if each is leader else self._sure(each, leader) or self._surest(each)
            for each in self.members
        }

    @cached_property
    def confidence(self) -> float:
        """How sure it is that all of these are one event: 1 for one alone, else what holds its weakest member."""
        if len(self.members) == 1:
            return 1.0
        return min(map(self._surest, self.members))

    def _surest(self, one: Claim) -> float:
        return max(self._sure(one, other) for other in self.members if other is not one)

    def _sure(self, one: Claim, other: Claim) -> float:
        if self._rules.must(one, other):
            return TOLD
        return TWICE if listed_twice(one, other) else verdict(one, other).confidence


def absorb(
    head: Claim, behind: Iterable[Claim], memory: Memory = NOTHING, rules: Rules = NO_RULES
) -> tuple[Cluster, Memory]:
    """The event that `head` leads, and what later leaders must know.

    head: the first claim that no earlier leader took. behind: those after it, at least all up to `reach(head, behind)`;
    what is further away or taken does no harm. The cluster is the same however many more are given, and in any order.
    """
    far = head.horizon
    within = [
        each
        for each in behind
        if each.place > head.place and each.place.instant <= far and each.ref not in memory.taken
    ]
    wanted = _partners_of(head, within, rules)
    near = sorted(
        (each for each in within if not each.keys.isdisjoint(head.keys) or each.ref in wanted),
        key=lambda each: each.place,
    )
    leading = Leading(head, near, set(memory.several), rules)
    members = leading.members()
    return Cluster(members, rules), Memory(
        memory.taken.union(each.ref for each in members[1:]) - {head.ref}, frozenset(leading.several - {head.ref})
    )


def resolve(claims: Iterable[Claim], *, rules: Rules = NO_RULES) -> tuple[Cluster, ...]:
    """All claims as events, in the order of their leaders: exactly what absorbing head by head gives.

    A function of the set: the order does not matter, and what is said twice counts once. Of two claims with one
    reference, the later updated is believed.
    """
    ordered = sorted(_distinct(claims), key=lambda each: each.place)
    index = _Index(ordered)
    taken: set[ListingRef] = set()
    several: set[ListingRef] = set()
    found = []
    for number, head in enumerate(ordered):
        if head.ref in taken:
            continue
        leading = Leading(head, [each for each in index.near(number, rules) if each.ref not in taken], several, rules)
        members = leading.members()
        taken.update(each.ref for each in members[1:])
        found.append(Cluster(members, rules))
    return tuple(found)


class _Index:
    """Claims in order of place, by their keys."""

    def __init__(self, ordered: Sequence[Claim]) -> None:
        self._ordered = ordered
        self._rows: dict[str, list[int]] = {}
        self._instants = [each.place.instant for each in ordered]
        for number, claim in enumerate(ordered):
            for key in claim.keys:
                self._rows.setdefault(key, []).append(number)

    def near(self, number: int, rules: Rules) -> list[Claim]:
        """Those behind it within its horizon that share a key, in order."""
        head = self._ordered[number]
        last = bisect_right(self._instants, head.horizon)
        if last == number + 1:
            return []
        rows: set[int] = set()
        for key in head.keys:
            together = self._rows[key]
            if together[-1] > number:
                start = bisect_right(together, number)
                rows.update(together[start : bisect_right(together, last - 1, start)])
        if rules:
            within = self._ordered[number + 1 : last]
            wanted = _partners_of(head, within, rules)
            rows.update(row for row, each in enumerate(within, number + 1) if each.ref in wanted)
        return [self._ordered[row] for row in sorted(rows)]


def _partners_of(head: Claim, within: Sequence[Claim], rules: Rules) -> set[ListingRef]:
    """Those that must be with the head, or with something that may go with it."""
    if not rules:
        return set()
    present = {each.ref for each in within}
    return {ref for each in (head, *within) for ref in rules.partners(each.ref) if ref in present}


def _distinct(claims: Iterable[Claim]) -> Iterator[Claim]:
    by_ref: dict[ListingRef, list[Claim]] = {}
    for claim in claims:
        by_ref.setdefault(claim.ref, []).append(claim)
    for told in by_ref.values():
        yield told[0] if len(told) == 1 else max(told, key=_how_new)


def _how_new(claim: Claim) -> tuple[float, str]:
    updated = claim.listing.updated_at
    return (updated.timestamp() if updated else 0.0, repr(claim.listing))
