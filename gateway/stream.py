"""One list of events out of many lists of listings: the watermark merge, with leaders.

Each provider has a `Reader`. The least buffered source leads an event. It may leave when no provider can still come up
with one before it, nor with one that belongs to it: when every live reader's frontier has passed its reach. It takes
along the best of what each other provider has within that reach, so that no event spans more than a leader's reach and
nothing is matched by way of a third.

A reader that fails or is late before it gave anything leaves the watermark; it is asked again for the next page, from
the last position given out, so that nothing is ever inserted behind the person reading. One that got some way first,
and may get further next time, ends the page there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Protocol

from gateway.event import EventSource, Position
from gateway.fanout import Deadline, answers
from gateway.part import Part
from gateway.reader import Reader

# Digests of sources further down that a matching wants to be reminded of.
Notes = frozenset[bytes]
NO_NOTES: Notes = frozenset()

# All wait for all, and now and then more than once: so much of the time left is for those who have not answered, and the
# rest for the others to read on without them.
PATIENCE = 0.75


class Matching(Protocol):
    """Says which sources speak of one event."""

    def reach(self, head: EventSource) -> datetime:
        """The last instant (inclusive) at which a source may stand that belongs to this one."""

    def lead(
        self, head: EventSource, behind: Sequence[EventSource], notes: Notes
    ) -> tuple[Sequence[EventSource], Notes]:
        """Those of `behind` that are of its event, and what to remember from then on.

        behind: all that is left behind `head` and within its reach, in order.
        """

    def linked(self, one: EventSource, other: EventSource) -> bool:
        """Whether either may have a say in whose event the other is, `one` standing first and reaching the other."""


@dataclass(frozen=True, slots=True)
class Group:
    """The sources of one event, the one that leads it first; and what is to be remembered behind it."""

    sources: tuple[EventSource, ...]
    notes: Notes

    @property
    def position(self) -> Position:
        """Where the event stands in the list."""
        return self.sources[0].position


class Merge:
    """The next events of a list, in order, from readers that stand at its beginning or behind a cursor.

    given: what a page holds so far. passed: what stood in between and was not `wanted`.
    """

    def __init__(
        self,
        readers: Sequence[Reader],
        matching: Matching,
        wanted: Callable[[Group], bool] = lambda _group: True,
        notes: Notes = NO_NOTES,
    ) -> None:
        self.readers = readers
        self.given: list[Group] = []
        self.passed: list[Group] = []
        self.has_next = False
        self._matching = matching
        self._wanted = wanted
        self._begun = self._notes = notes

    async def page(self, first: int, deadline: Deadline) -> None:
        """Give out the next `first` wanted events.

        The page is shorter where a reader gave up: what stands behind its `stopped_at` waits for the next page.
        """
        async for _ in self.progress(first, deadline):
            pass

    async def progress(self, first: int, deadline: Deadline) -> AsyncGenerator[Part, None]:
        """The same, with each reader as it has read on."""
        share = -(-3 * first // (2 * max(1, len(self.readers)))) + 10
        while not self._fill(first) and (waiting := self._waiting()):
            async with aclosing(read_on(waiting, share, deadline)) as parts:
                async for reader in parts:
                    yield reader
        self.has_next = self.has_next or any(reader.gave_up for reader in self.readers)

    def outlook(self, first: int) -> list[Group]:
        """What the page would hold, if nothing but what has been read were there."""
        rest = sorted((source for reader in self.readers for source in reader.buffer), key=place)
        coming = (group for group in leading(rest, self._matching, self._notes) if self._wanted(group))
        return [*self.given, *islice(coming, first - len(self.given))]

    def absorbed(self, position: Position) -> frozenset[bytes]:
        """What stands behind that position and has already gone into an event before it."""
        led = self._led(position)
        return frozenset(source.digest for group in led for source in group.sources if source.position > position)

    def notes(self, position: Position) -> Notes:
        """What is to be remembered behind that position."""
        led = self._led(position)
        return max(led, key=lambda group: group.position).notes if led else self._begun

    def _led(self, position: Position) -> list[Group]:
        return [group for group in (*self.given, *self.passed) if group.position <= position]

    def _fill(self, first: int) -> bool:
        """Give out what may leave; whether the page is full, and more stands behind it."""
        while (group := self._settled()) is not None:
            if not self._wanted(group):
                self.passed.append(group)
            elif len(self.given) == first:
                self.has_next = True
                return True
            else:
                self.given.append(group)
        return False

    def _settled(self) -> Group | None:
        """The next event, where no reader can still change it."""
        head = self._head()
        if head is None or self._blocking(head):
            return None
        buffered = [source for reader in self.readers for source in reader.buffered_until(self._matching.reach(head))]
        group = next(leading(sorted(buffered, key=place), self._matching, self._notes))
        self._notes = group.notes
        for reader in self.readers:
            reader.release(group.sources)
        return group

    def _waiting(self) -> list[Reader]:
        """Who has to read on before anything may leave."""
        head = self._head()
        return [reader for reader in (self._blocking(head) if head else self.readers) if reader.live]

    def _blocking(self, head: EventSource) -> list[Reader]:
        reach = self._matching.reach(head)
        return [reader for reader in self.readers if not reader.covers(head.position, reach)]

    def _head(self) -> EventSource | None:
        return min((reader.buffer[0] for reader in self.readers if reader.buffer), key=place, default=None)


def place(source: EventSource) -> Position:
    """Where it stands."""
    return source.position


def leading(sources: Sequence[EventSource], matching: Matching, notes: Notes = NO_NOTES) -> Iterator[Group]:
    """The events of all of these (in order), one behind the other."""
    taken: set[EventSource] = set()
    instants = [source.position.instant for source in sources]
    for number, head in enumerate(sources):
        if head in taken:
            continue
        reach = matching.reach(head)
        within = sources[number + 1 : bisect_right(instants, reach)]
        partners, notes = matching.lead(head, [each for each in within if each not in taken], notes)
        taken.update(partners)
        yield Group((head, *sorted(partners, key=place)), notes)


async def read_on(parts: Sequence[Part], share: int, deadline: Deadline) -> AsyncGenerator[Part, None]:
    """Ask these for their next pages; each as it has read on."""
    if not deadline.remaining():
        # Another one used up the time. Those that answered so far are not to blame for it.
        for part in parts:
            part.stop()
    asked = {part.member.slug: part for part in parts if part.live}
    calls = {slug: part.next_call(share) for slug, part in asked.items()}
    async with aclosing(answers(calls, deadline, PATIENCE)) as given:
        async for slug, answer in given:
            asked[slug].take(answer)
            yield asked[slug]
