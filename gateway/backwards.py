"""Events by start, the latest first: the same events as in the list that begins with the earliest.

Who is of one event is settled from the earliest on, since the first listing leads. So the list is read from its end
until there is a gap that no event spans: what stands behind such a gap, a block, is led as if nothing stood before it,
and given out from its end. A block is known by its bounds, and read again for the next page: a cursor needs no more
than that, the last event, and which listings further up belong to events that are still to come.

Where a reader gives up before there is a gap, the block ends where it stands: at worst, an event is in two parts there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from gateway.cursor import Bookmark
from gateway.descent import BEGINNING, END, Descent
from gateway.event import EventSource, Position
from gateway.fanout import Deadline
from gateway.forwards import LONGEST_REACH
from gateway.part import Part
from gateway.reports import Count
from gateway.stream import Group, Matching, leading, place, read_on
from gateway.verdict import count_of


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the list that no event reaches into or out of, from `begins` (inclusive) to `ends` (exclusive)."""

    begins: datetime
    ends: datetime
    groups: tuple[Group, ...]

    def behind(self, group: Group) -> tuple[Group, ...]:
        """Those of its events that come after that one."""
        return self.groups[self.groups.index(group) + 1 :]


class Backwards:
    """The order against that of the providers."""

    def __init__(
        self, parts: Sequence[Descent], matching: Matching, wanted: Callable[[Group], bool], bookmark: Bookmark
    ) -> None:
        self.parts = parts
        self.given: list[Group] = []
        self.has_next = False
        self._matching = matching
        self._wanted = wanted
        self._begun = bookmark
        self._owed = bookmark.taken
        begins, ends = bookmark.bounds or (END, END)
        # What is to be given out again as one block: the rest of what the page before began.
        self._rest = begins if begins < ends else None
        self._top = ends
        self._coming: deque[Group] = deque()
        self._blocks: list[Block] = []

    async def progress(self, first: int, deadline: Deadline) -> AsyncGenerator[Part, None]:
        """Read on until the page is settled; each part as it has read on."""
        while not self._fill(first) and (waiting := self._waiting()):
            async with aclosing(read_on(waiting, first, deadline)) as parts:
                async for part in parts:
                    yield part
        if not self.has_next:
            self._rest = None
            if self._bottom() < self._top:
                self._give_block(self._bottom())
            self._fill(first)
        self.has_next = self.has_next or any(part.gave_up for part in self.parts)

    def outlook(self, first: int) -> Sequence[Group]:
        """What is sure to stand first: an event is not shown before it is settled."""
        self._settle()
        return [*self.given, *filter(self._wanted, self._coming)][:first]

    def behind(self, group: Group) -> Bookmark:
        """The place behind an event of the page."""
        block = next(block for block in self._blocks if group in block.groups)
        rest, last = block.behind(group), self._before(group.position)
        if not rest:
            return self._at(last, block.begins, block.begins)
        return self._at(last, block.begins, block.ends, _further_up(rest, last))

    def end(self, first: int) -> Bookmark | None:
        """Behind the last event; further on where all that was read is given out."""
        last = self._before(self.given[-1].position) if self.given else self._begun.position
        if len(self.given) < first and self.has_next:
            return self._at(last or Position(self._top, "", ""), self._top, self._top)
        if self.given:
            return self.behind(self.given[-1])
        return self._begun if last else None

    def count(self) -> Count:
        """What has been given out, and at least one where more follows."""
        whole = self._begun.position is None and not self.has_next
        return count_of(self.parts, len(self.given) + bool(self._coming), whole=whole)

    def _at(self, last: Position, begins: datetime, ends: datetime, owed: frozenset[bytes] = frozenset()) -> Bookmark:
        marks = {part.member.slug: part.mark(ends) for part in self.parts}
        pages = {slug: mark for slug, mark in marks.items() if mark is not None}
        return Bookmark.in_block(self._begun.moment, last, (begins, ends), pages, owed | self._still_owed(begins))

    def _still_owed(self, begins: datetime) -> frozenset[bytes]:
        """What the page before left owing further down than there, where this one did not get as far."""
        found = (source for part in self.parts for source in part.found)
        return self._owed.difference(source.digest for source in found if source.position.instant >= begins)

    def _before(self, position: Position) -> Position:
        """How far the list has come: not back up again, for a listing that lost its event meanwhile."""
        return min(position, self._begun.position or position)

    def _fill(self, first: int) -> bool:
        """Give out what is settled; whether the page is full, and more stands behind it."""
        self._settle()
        while self._coming:
            if not self._wanted(self._coming[0]):
                self._coming.popleft()
            elif len(self.given) == first:
                self.has_next = True
                return True
            else:
                self.given.append(self._coming.popleft())
        return False

    def _waiting(self) -> list[Descent]:
        """Who has to read on; those that are ahead of the others by more than an event's length need not yet."""
        bottom = self._bottom()
        if self._rest is not None:
            return [part for part in self.parts if part.live and part.reached > self._rest]
        near = bottom - LONGEST_REACH if bottom > BEGINNING + LONGEST_REACH else BEGINNING
        return [part for part in self.parts if part.live and part.reached >= near]

    def _bottom(self) -> datetime:
        """All that stands there or further up is read, of every provider that gives anything."""
        return max((part.bottom for part in self.parts if part.live or part.gave_up), default=BEGINNING)

    def _settle(self) -> None:
        """Make blocks of what is read, as far as there are gaps."""
        bottom = self._bottom()
        if self._rest is not None:
            if bottom > self._rest:
                return
            self._give_block(self._rest)
            self._rest = None
        for gap in reversed(self._gaps(bottom)):
            self._give_block(gap)

    def _gaps(self, bottom: datetime) -> list[datetime]:
        """Moments that no event spans, in order."""
        gaps, reached = [BEGINNING] if bottom == BEGINNING < self._top else [], BEGINNING
        if bottom != BEGINNING:
            reached = bottom + LONGEST_REACH if bottom < END - LONGEST_REACH else END
        sources = self._sources(bottom)
        instants = [source.position.instant for source in sources]
        for number, source in enumerate(sources):
            if reached < instants[number] < END:
                gaps.append(instants[number])
            reach = self._matching.reach(source)
            within = sources[max(number + 1, bisect_right(instants, reached)) : bisect_right(instants, reach)]
            linked = (each.position.instant for each in reversed(within) if self._matching.linked(source, each))
            reached = max(reached, next(linked, reached))
        return gaps

    def _give_block(self, begins: datetime) -> None:
        """All from there to the top: led from its beginning, given out from its end."""
        groups = map(self._due, leading(self._sources(begins), self._matching))
        due = sorted((group for group in groups if group is not None), key=lambda group: group.position, reverse=True)
        self._blocks.append(Block(begins, self._top, tuple(due)))
        self._coming.extend(due)
        self._top = begins

    def _due(self, group: Group) -> Group | None:
        """The event without what was given out before, where the providers tell otherwise by now."""
        last = self._begun.position
        due = tuple(
            source for source in group.sources if last is None or source.position < last or source.digest in self._owed
        )
        return Group(due, group.notes) if due else None

    def _sources(self, begins: datetime) -> list[EventSource]:
        """What stands from there to the top, in order."""
        found = (source for part in self.parts for source in part.found)
        within = (each for each in found if begins <= each.position.instant and self._is_under(each))
        return sorted(within, key=place)

    def _is_under(self, source: EventSource) -> bool:
        return source.position.instant < self._top or self._top == END


def _further_up(groups: Sequence[Group], place: Position) -> frozenset[bytes]:
    """What stands above that place and belongs to events that are still to come."""
    return frozenset(source.digest for group in groups for source in group.sources if source.position > place)
