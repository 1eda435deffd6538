"""One list out of many lists: the watermark merge.

Each provider has a `Reader`, which reads its list ahead, page by page. The least buffered source may leave when no
provider can still come up with one before it: when every live reader's frontier has passed it. A reader that fails or
is late before it gave anything leaves the watermark; it is asked again for the next page, from the last position given
out, so that nothing is ever inserted behind the person reading. One that got some way first, and may get further next
time, ends the page there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.cursor import PageMark
from gateway.event import EventSource, Position
from gateway.fanout import Answer, Deadline, fan_out
from gateway.roster import Member
from providers import Capability, Key, Page, ProviderError

# How long after a source another one of the same event may stand. Every listing is its own event as yet.
SPAN = timedelta(0)
# After so many pages without enough that passes the filters, a reader says how far it came and leaves it at that.
MOST_PAGES = 8

LAST_ID = chr(0x10FFFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A provider's page as the gateway got it."""

    page: Page
    fetched_at: datetime
    requests: int = 0
    from_cache: bool = False


Fetch = Callable[[Key | None, int], Awaitable[Fetched]]


def seek_after(position: Position | None, provider: str) -> Key | None:
    """Where a provider's own list goes on behind a position in the merged one."""
    if position is None:
        return None
    if provider == position.provider:
        return Key(position.instant, position.id)
    return Key(position.instant, LAST_ID if provider < position.provider else "")


class Reader:
    """One provider's list, read ahead from behind `after`."""

    def __init__(
        self,
        member: Member,
        fetch: Fetch,
        keep: Callable[[EventSource], bool],
        *,
        after: Position | None = None,
        mark: PageMark | None = None,
        post_filters: frozenset[Capability] = frozenset(),
    ) -> None:
        self.member = member
        self.post_filters = post_filters
        self.error: ProviderError | None = None
        self.truncated = False
        self.gave_up = False
        self.latency_ms = 0
        self.requests = 0
        self.records = 0
        self.total: int | None = None
        self.from_cache = True
        self.ended = mark is not None and mark.ended
        self.was_over = self.ended
        self.buffer: deque[EventSource] = deque()
        self._fetch = fetch
        self._keep = keep
        self._after = after
        self._first_limit = mark.limit if mark else None
        self._frontier = mark.key() if mark else seek_after(after, member.slug)
        self._asked: list[tuple[Key | None, int]] = []
        self._given: list[EventSource] = []

    @property
    def live(self) -> bool:
        """Whether it is worth asking for more now."""
        return not (self.ended or self.error or self.gave_up)

    @property
    def stopped_at(self) -> Position | None:
        """Where a reader that gave up stands: what is behind that is for the next page."""
        if not self.gave_up or self._frontier is None:
            return None
        return self._place(self._frontier)

    @property
    def complete_until(self) -> datetime | None:
        """Up to when nothing of it is missing; None when that is not known."""
        return self._frontier.instant if self._frontier else None

    def covers(self, head: Position) -> bool:
        """Whether nothing of this provider can still come before `head` (or so close behind that it belongs to it)."""
        if self.ended or (self.error and not self.gave_up):
            return True
        if self.buffer:
            return timedelta(0) == SPAN
        if self._frontier is None:
            return False
        return self._place(self._frontier) >= (head.instant + SPAN, *head[1:])

    def next_call(self, share: int) -> Callable[[], Awaitable[Fetched]]:
        """How to get the next page; its limit doubles from page to page, unless a bookmark says what the first was."""
        limit = self._first_limit if self._first_limit and not self._asked else share * 2 ** len(self._asked)
        seek = self._frontier
        self._asked.append((seek, limit))
        return lambda: self._fetch(seek, limit)

    def take(self, answer: Answer[Fetched]) -> None:
        """What came of asking."""
        self.latency_ms += answer.latency_ms
        if answer.value is None:
            self.error = answer.error
            self._asked.pop()
            if self.error is not None and self.error.retryable:
                self.stop()
            return
        page = answer.value.page
        self.requests += answer.value.requests
        self.from_cache = self.from_cache and answer.value.from_cache
        self.records += len(page.listings)
        self.total = page.total if page.total is not None else self.total
        self.truncated = self.truncated or page.truncated
        sources = [EventSource(self.member, listing, answer.value.fetched_at) for listing in page.listings]
        self.buffer.extend(source for source in sources if self._is_ahead(source) and self._keep(source))
        self.ended = page.frontier is None
        self._frontier = page.frontier
        self.gave_up = not self.ended and len(self._asked) >= MOST_PAGES

    def stop(self) -> None:
        """Leave it at what was read, if that leads anywhere: what follows is for the next page."""
        if self._asked and self._frontier is not None:
            self.gave_up = self._after is None or self._place(self._frontier) > self._after

    def pop(self) -> EventSource:
        """Give out the next source."""
        source = self.buffer.popleft()
        self._given.append(source)
        return source

    def mark_behind(self, position: Position | None) -> PageMark | None:
        """The page that holds this provider's next source behind that position; None where it was never read."""
        if self.was_over:
            return PageMark(None, 0, ended=True)
        behind = seek_after(position, self.member.slug)
        known = [asked for asked in self._pages() if asked[0] is None or (behind is not None and asked[0] <= behind)]
        if not known or (self.error and not self.gave_up and not self.buffer):
            return None
        rest = [*self._given, *self.buffer]
        over = self.ended and not any(position is None or source.position > position for source in rest)
        seek, limit = known[-1]
        return PageMark.at(seek, limit, ended=over)

    def _pages(self) -> list[tuple[Key | None, int]]:
        """The pages that were read, and the one that comes next."""
        following = [(self._frontier, self._asked[-1][1])] if self._asked and self._frontier else []
        return [*self._asked, *following]

    def _place(self, key: Key) -> Position:
        return Position(key.instant, self.member.slug, key.id)

    def _is_ahead(self, source: EventSource) -> bool:
        return self._after is None or source.position > self._after


async def merge(readers: Sequence[Reader], first: int, deadline: Deadline) -> tuple[list[EventSource], bool]:
    """The next `first` sources in order, and whether there is more behind them.

    The page is shorter where a reader gave up: what stands behind its `stopped_at` waits for the next page.
    """
    given: list[EventSource] = []
    share = -(-3 * first // (2 * max(1, len(readers)))) + 10
    while (head := await _settle(readers, share, deadline)) is not None:
        if len(given) == first:
            return given, True
        given.append(head.pop())
    return given, any(reader.gave_up for reader in readers)


async def _settle(readers: Sequence[Reader], share: int, deadline: Deadline) -> Reader | None:
    """Read on until the least buffered source may leave; its reader, or None when nothing may leave any more."""
    while True:
        full = [reader for reader in readers if reader.buffer]
        head = min(full, key=lambda reader: reader.buffer[0].position) if full else None
        position = head.buffer[0].position if head else None
        blocking = [reader for reader in readers if position is None or not reader.covers(position)]
        waiting = [reader for reader in blocking if reader.live]
        if not waiting:
            return head if position is not None and not blocking else None
        await _read_on(waiting, share, deadline)


async def _read_on(readers: Sequence[Reader], share: int, deadline: Deadline) -> None:
    if not deadline.remaining():
        # Another one used up the time. Those that answered so far are not to blame for it.
        for reader in readers:
            reader.stop()
    asked = [reader for reader in readers if reader.live]
    answers = await fan_out({reader.member.slug: reader.next_call(share) for reader in asked}, deadline)
    for reader in asked:
        reader.take(answers[reader.member.slug])
