"""Ways to cluster: as the gateway does while it reads, all at once, and as everybody does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from gateway.identity import SPAN, Claim, Memory, absorb, listed_twice, verdict

Clusters = list[list[Claim]]
_SUREST = 100.0


def streaming(claims: Sequence[Claim]) -> Clusters:
    """Leader by leader in order of time, each seeing only what stands within its horizon."""
    waiting = sorted(claims, key=lambda claim: claim.place)
    memory = Memory()
    found: Clusters = []
    first = 0
    for number, head in enumerate(waiting):
        if head.ref in memory.taken:
            continue
        first = max(first, number + 1)
        while first < len(waiting) and waiting[first].place.instant <= head.horizon:
            first += 1
        cluster, memory = absorb(head, waiting[number + 1 : first], memory)
        found.append(list(cluster.members))
    return found


def batch(claims: Sequence[Claim]) -> Clusters:
    """The surest pairs first, over everything at once, which needs the whole list at hand."""
    group_of: dict[Claim, list[Claim]] = {claim: [claim] for claim in claims}
    pairs: list[tuple[float, Claim, Claim]] = []
    for one, other in _candidates(claims):
        first, second = sorted((one, other), key=lambda claim: claim.place)
        found = verdict(one, other)
        if listed_twice(one, other):
            pairs.append((-_SUREST, first, second))
        elif found.same and found.score is not None:
            pairs.append((-found.score, first, second))
    for _, one, other in sorted(pairs, key=lambda pair: (pair[0], pair[1].place, pair[2].place)):
        ours, theirs = group_of[one], group_of[other]
        if ours is not theirs and _may_meet(ours, theirs):
            ours += theirs
            group_of.update(dict.fromkeys(theirs, ours))
    return list({id(group): group for group in group_of.values()}.values())


def exact_title_and_day(claims: Sequence[Claim]) -> Clusters:
    """The usual rule."""
    groups: dict[tuple[str, object], list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[claim.listing.name.strip().casefold(), claim.day].append(claim)
    return list(groups.values())


def _candidates(claims: Sequence[Claim]) -> set[tuple[Claim, Claim]]:
    rows: dict[tuple[str, object], list[Claim]] = defaultdict(list)
    for claim in claims:
        for key in claim.keys:
            rows[key, claim.day].append(claim)
    return {pair for row in rows.values() for pair in combinations(row, 2)}


def _may_meet(ours: Sequence[Claim], theirs: Sequence[Claim]) -> bool:
    minutes = [claim.minute for claim in (*ours, *theirs) if claim.minute is not None]
    if minutes and (max(minutes) - min(minutes)) * 60 > SPAN.total_seconds():
        return False
    return all(verdict(one, other).score is not None or listed_twice(one, other) for one in ours for other in theirs)
