"""Events by start, the earliest first: the watermark merge, from a bookmark on."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import timedelta

from gateway.cursor import Bookmark
from gateway.event import EventSource, Position
from gateway.fanout import Deadline
from gateway.part import Part
from gateway.reader import Reader
from gateway.reports import Count
from gateway.stream import Group, Matching, Merge
from gateway.verdict import count_of

# No event spans more: a day, in the zones furthest apart.
LONGEST_REACH = timedelta(days=2)


class Forwards:
    """The order that providers themselves list in."""

    def __init__(
        self,
        readers: Sequence[Reader],
        matching: Matching,
        wanted: Callable[[Group], bool],
        bookmark: Bookmark,
        wanted_alone: Callable[[EventSource], bool] = lambda _source: True,
    ) -> None:
        self.parts = readers
        self._wanted_alone = wanted_alone
        self._begun = bookmark
        self._merge = Merge(readers, matching, wanted, bookmark.notes)

    @property
    def given(self) -> Sequence[Group]:
        """What the page holds so far."""
        return self._merge.given

    @property
    def has_next(self) -> bool:
        """Whether more follows."""
        return self._merge.has_next

    async def progress(self, first: int, deadline: Deadline) -> AsyncGenerator[Part, None]:
        """Ask and merge; each reader as it has read on."""
        async with aclosing(self._merge.progress(first, deadline)) as parts:
            async for part in parts:
                yield part

    def outlook(self, first: int) -> Sequence[Group]:
        """What the page would hold, if nothing but what has been read were there."""
        return self._merge.outlook(first)

    def behind(self, group: Group) -> Bookmark:
        """The place behind an event of the page."""
        return self._at(group.position)

    def end(self, first: int) -> Bookmark | None:
        """Behind the last event; further on where a reader gave up, since all before that is read."""
        last = self.given[-1].position if self.given else self._begun.position
        short = len(self.given) < first
        stops = [reader.stopped_at for reader in self.parts if short and reader.stopped_at is not None]
        end = max([*([last] if last else []), min(stops)]) if stops else last
        return self._at(end) if end else None

    def count(self) -> Count:
        """What one provider still has of the wanted are as many events; what the others have may be the same ones."""
        ahead = max((sum(map(self._wanted_alone, reader.buffer)) for reader in self.parts), default=0)
        whole = self._begun.position is None and not self.has_next
        return count_of(self.parts, len(self.given) + ahead, whole=whole)

    def _at(self, position: Position) -> Bookmark:
        marks = {reader.member.slug: reader.mark_behind(position) for reader in self.parts}
        pages = {slug: mark for slug, mark in marks.items() if mark is not None}
        absorbed = self._merge.absorbed(position) | self._still_ahead(self._begun.taken, position)
        noted = self._still_ahead(self._merge.notes(position), position)
        return Bookmark.at(self._begun.moment, position, pages, absorbed, noted)

    def _still_ahead(self, digests: frozenset[bytes], position: Position) -> frozenset[bytes]:
        """Those of them that are not known to stand before the position."""
        last = self._begun.position
        if last is not None and position.instant - last.instant > LONGEST_REACH:
            digests = digests.difference(self._begun.taken, self._begun.notes)
        return digests.difference(*(reader.passed_until(position) for reader in self.parts))
