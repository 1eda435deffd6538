"""Events by something else than their start: the first few hundred of each provider, put in order here.

No provider's list is in such an order, so the first page would take all of them. A provider that has more than is taken
is reported, with the last moment up to which the order is whole.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from functools import cached_property
from typing import NamedTuple

from gateway.cursor import Bookmark
from gateway.event import Event, Position, distance, price_range
from gateway.fanout import Deadline
from gateway.part import Part
from gateway.reader import Reader
from gateway.relevance import relevance
from gateway.reports import Count
from gateway.search import Search, Sort
from gateway.stream import Group, Matching, leading, place, read_on
from gateway.verdict import count_of

# So many listings are taken of each provider.
MOST_LISTINGS = 300
# They are asked for in two calls, unless the filters leave few of them.
SHARE = 100

Values = tuple[float, ...]
UNKNOWN: Values = (1.0,)


class Ranked(NamedTuple):
    """An event's place: by its values, the least first, and then as in the list by start."""

    values: Values
    position: Position


def values_of(search: Search, sort: Sort) -> Callable[[Event], Values]:
    """What events are sorted by, the least first."""
    match sort:
        case Sort.DISTANCE_ASC:
            return lambda event: _known(distance(event))
        case Sort.PRICE_ASC:
            currency = search.price.currency if search.price else None
            return lambda event: _known(_cheapest(event, currency))
        case _:
            keyword = search.query.keyword or ""
            return lambda event: (-float(relevance(event, keyword)), -float(len(event.sources)))


def _known(value: float | None) -> Values:
    return UNKNOWN if value is None else (0.0, value)


def _cheapest(event: Event, currency: str | None) -> float | None:
    """What the cheapest way in costs; nothing, where one gets in for nothing."""
    if event.is_accessible_for_free:
        return 0.0
    found = price_range(event.offers, currency)
    return float(found.low_price) if found else None


class Snapshot:
    """The order by `values`, from a bookmark on."""

    def __init__(
        self,
        readers: Sequence[Reader],
        matching: Matching,
        wanted: Callable[[Group], bool],
        bookmark: Bookmark,
        values: Callable[[Group], Values],
    ) -> None:
        self.parts = readers
        self.given: list[Group] = []
        self.has_next = False
        self._matching = matching
        self._wanted = wanted
        self._begun = bookmark
        self._values = values

    async def progress(self, first: int, deadline: Deadline) -> AsyncGenerator[Part, None]:
        """Read all that is taken; each reader as it has read on."""
        while waiting := [reader for reader in self.parts if reader.live and len(reader.buffer) < MOST_LISTINGS]:
            async with aclosing(read_on(waiting, SHARE, deadline)) as parts:
                async for part in parts:
                    yield part
        for reader in self.parts:
            if not reader.ended and not (reader.error and not reader.gave_up):
                reader.capped = len(reader.buffer)
        behind = [group for ranked, group in self._ranked if self._is_behind(ranked)]
        self.given, self.has_next = behind[:first], len(behind) > first

    def outlook(self, first: int) -> Sequence[Group]:  # noqa: ARG002 - as the protocol has it
        """Nothing before all is read: whatever comes may stand before it."""
        return self.given

    def behind(self, group: Group) -> Bookmark:
        """The place behind an event of the page."""
        return Bookmark.among(self._begun.moment, group.position, self._values(group))

    def end(self, first: int) -> Bookmark | None:  # noqa: ARG002 - as the protocol has it
        """Behind the last event."""
        if self.given:
            return self.behind(self.given[-1])
        return self._begun if self._begun.position else None

    def count(self) -> Count:
        """All that was taken has been counted."""
        whole = all(reader.ended for reader in self.parts)
        return count_of(self.parts, len(self._ranked), whole=whole)

    @cached_property
    def _ranked(self) -> list[tuple[Ranked, Group]]:
        sources = sorted((source for reader in self.parts for source in reader.buffer), key=place)
        groups = [group for group in leading(sources, self._matching) if self._wanted(group)]
        ranked = [(Ranked(self._values(group), group.position), group) for group in groups]
        return sorted(ranked, key=lambda each: each[0])

    def _is_behind(self, ranked: Ranked) -> bool:
        last = self._begun.position
        return last is None or ranked > Ranked(self._begun.values, last)
