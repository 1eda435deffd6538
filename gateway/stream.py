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

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.event import EventSource, Position
from gateway.fanout import Deadline, fan_out
from gateway.reader import Reader


class Matching(Protocol):
    """Says which sources speak of one event."""

    def reach(self, head: EventSource) -> datetime:
        """The last instant (inclusive) at which a source may stand that belongs to this one."""

    def partners(self, head: EventSource, candidates: Sequence[EventSource]) -> Sequence[EventSource]:
        """Those of the candidates (of other providers, none before `head`) that are its event, one a provider at most."""


class Alone:
    """Every source is an event of its own."""

    def reach(self, head: EventSource) -> datetime:
        """Nothing belongs to it."""
        return head.position.instant

    def partners(self, head: EventSource, candidates: Sequence[EventSource]) -> Sequence[EventSource]:  # noqa: ARG002 - as the protocol has it
        """None."""
        return ()


@dataclass(frozen=True, slots=True)
class Group:
    """The sources of one event, the one that leads it first."""

    sources: tuple[EventSource, ...]

    @property
    def position(self) -> Position:
        """Where the event stands in the list."""
        return self.sources[0].position


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The next events of a list, in order. `passed` were in between and not wanted. `has_next`: more stands behind."""

    given: tuple[Group, ...]
    passed: tuple[Group, ...]
    has_next: bool

    def absorbed(self, position: Position) -> frozenset[bytes]:
        """What stands behind that position and has already gone into an event before it."""
        led = [group for group in (*self.given, *self.passed) if group.position <= position]
        return frozenset(source.digest for group in led for source in group.sources if source.position > position)


async def merge(
    readers: Sequence[Reader],
    first: int,
    deadline: Deadline,
    matching: Matching,
    wanted: Callable[[Group], bool] = lambda _group: True,
) -> Merged:
    """The next `first` wanted events in order.

    The page is shorter where a reader gave up: what stands behind its `stopped_at` waits for the next page.
    """
    given: list[Group] = []
    passed: list[Group] = []
    share = -(-3 * first // (2 * max(1, len(readers)))) + 10
    while (group := await _settle(readers, share, deadline, matching)) is not None:
        if not wanted(group):
            passed.append(group)
        elif len(given) == first:
            return Merged(given=tuple(given), passed=tuple(passed), has_next=True)
        else:
            given.append(group)
    return Merged(given=tuple(given), passed=tuple(passed), has_next=any(reader.gave_up for reader in readers))


async def _settle(readers: Sequence[Reader], share: int, deadline: Deadline, matching: Matching) -> Group | None:
    """Read on until the least buffered source may leave, and let its event go; None when nothing may leave any more."""
    while True:
        leader = min((reader for reader in readers if reader.buffer), key=_next_position, default=None)
        head = leader.buffer[0] if leader else None
        reach = matching.reach(head) if head else None
        blocking = [
            reader for reader in readers if head is None or reach is None or not reader.covers(head.position, reach)
        ]
        waiting = [reader for reader in blocking if reader.live]
        if waiting:
            await _read_on(waiting, share, deadline)
        elif leader is None or head is None or reach is None or blocking:
            return None
        else:
            return _release(readers, leader, reach, matching)


def _next_position(reader: Reader) -> Position:
    return reader.buffer[0].position


def _release(readers: Sequence[Reader], leader: Reader, reach: datetime, matching: Matching) -> Group:
    head = leader.buffer[0]
    owners = {source: reader for reader in readers if reader is not leader for source in reader.buffered_until(reach)}
    group = Group((head, *sorted(matching.partners(head, list(owners)), key=lambda source: source.position)))
    leader.release(head)
    for source in group.sources[1:]:
        owners[source].release(source)
    return group


async def _read_on(readers: Sequence[Reader], share: int, deadline: Deadline) -> None:
    if not deadline.remaining():
        # Another one used up the time. Those that answered so far are not to blame for it.
        for reader in readers:
            reader.stop()
    asked = [reader for reader in readers if reader.live]
    answers = await fan_out({reader.member.slug: reader.next_call(share) for reader in asked}, deadline)
    for reader in asked:
        reader.take(answers[reader.member.slug])
