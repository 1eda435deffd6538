"""Which sources of a list speak of one event: `gateway.identity`, at work while the list is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from gateway.event import EventSource
from gateway.identity import Memory, Rules, absorb
from gateway.stream import Notes


class IdentityMatching:
    """Matching by what the listings say, and by what people have said of them (`rules`, those in force now)."""

    def __init__(self, rules: Callable[[], Rules]) -> None:
        self._rules = rules

    def reach(self, head: EventSource) -> datetime:
        """To the end of the day: any provider may have a listing that knows no more than the day."""
        return head.claim.horizon

    def lead(
        self, head: EventSource, behind: Sequence[EventSource], notes: Notes
    ) -> tuple[Sequence[EventSource], Notes]:
        """What it absorbs. The notes are of listings that may mean any of several shows of a day."""
        known = (head, *behind)
        several = frozenset(source.claim.ref for source in known if source.digest in notes)
        claims = [source.claim for source in behind]
        cluster, memory = absorb(head.claim, claims, Memory(several=several), self._rules())
        members = {claim.ref for claim in cluster.members}
        noted = {source.digest for source in known if source.claim.ref in memory.several}
        return [source for source in behind if source.claim.ref in members], (notes | noted) - {head.digest}

    def linked(self, one: EventSource, other: EventSource) -> bool:
        """Whether they are compared at all, or somebody said that they are one."""
        told = self._rules().partners(one.claim.ref)
        return not one.claim.keys.isdisjoint(other.claim.keys) or other.claim.ref in set(told)
