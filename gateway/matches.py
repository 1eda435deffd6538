"""What somebody says of events, as words on pairs of their records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.accounts import MatchError, MatchErrorCode, MatchStore, Pair, pair_of
from gateway.event import Event
from gateway.ids import Kind, Ref
from gateway.said import Said


@dataclass(frozen=True, slots=True)
class Named:
    """An event by one of its records; `records` are all of them."""

    by: Ref
    records: frozenset[Ref]

    @classmethod
    def of(cls, by: Ref, event: Event) -> Named:
        """The event as it is known now."""
        return cls(
            by, frozenset({by, *(Ref(Kind.EVENT, each.provider.slug, each.source_id) for each in event.sources)})
        )


class Matches:
    """Takes people at their word. What they say holds in this process when it returns, elsewhere in a few seconds."""

    def __init__(self, store: MatchStore, said: Said, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._said = said
        self._clock = clock

    async def join(self, user_id: UUID, one: Named, other: Named) -> None:
        """The two are one event. Whatever they said before that keeps a record of one from the other is changed.

        Raises:
            MatchError: SAME_RECORD, SAME_PROVIDER, OVERRULED, LIMIT_REACHED.
        """
        pair = _two(one.by, other.by)
        if one.by.provider == other.by.provider:
            msg = f"Both are listings of {one.by.provider}, which knows best what is one event and what is two."
            raise MatchError(MatchErrorCode.SAME_PROVIDER, msg)
        across = {pair_of(this, that) for this in one.records for that in other.records if this != that}
        await self._say(user_id, [pair], is_same=True, amended=across)

    async def part(self, user_id: UUID, one: Ref, other: Ref) -> None:
        """These two records are not of one event.

        Raises:
            MatchError: SAME_RECORD, OVERRULED, LIMIT_REACHED.
        """
        await self._say(user_id, [_two(one, other)], is_same=False)

    async def split(self, user_id: UUID, record: Ref, event: Named) -> None:
        """This record is not of that event, so of none of its records' events.

        Raises:
            MatchError: SAME_RECORD, OVERRULED, LIMIT_REACHED.
        """
        rest = event.records - {record}
        if not rest:
            msg = "This event has no other source to be split from."
            raise MatchError(MatchErrorCode.SAME_RECORD, msg, field="sourceId")
        await self._say(user_id, [pair_of(record, each) for each in rest], is_same=False)

    async def _say(
        self, user_id: UUID, pairs: list[Pair], *, is_same: bool, amended: frozenset[Pair] | set[Pair] = frozenset()
    ) -> None:
        await self._store.say(user_id, pairs, self._clock(), is_same=is_same, amended=amended)
        await self._said.refresh()


def _two(one: Ref, other: Ref) -> Pair:
    if one == other:
        raise MatchError(MatchErrorCode.SAME_RECORD, "Both are the same record; name two different ones.")
    return pair_of(one, other)
