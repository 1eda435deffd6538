"""One provider's list, read ahead page by page."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Collection, Container, Iterable
from datetime import datetime
from itertools import takewhile

from gateway.cursor import PageMark
from gateway.event import EventSource, Position
from gateway.fanout import Answer
from gateway.part import MOST_PAGES, Fetched, Part
from gateway.roster import Member
from providers import Capability, Key

LAST_ID = chr(0x10FFFF)


Fetch = Callable[[Key | None, int], Awaitable[Fetched]]


def seek_after(position: Position | None, provider: str) -> Key | None:
    """Where a provider's own list goes on behind a position in the merged one."""
    if position is None:
        return None
    if provider == position.provider:
        return Key(position.instant, position.id)
    return Key(position.instant, LAST_ID if provider < position.provider else "")


class Reader(Part):
    """One provider's list, read ahead from behind `after`, without what `absorbed` says was given out before."""

    def __init__(
        self,
        member: Member,
        fetch: Fetch,
        keep: Callable[[EventSource], bool],
        *,
        after: Position | None = None,
        absorbed: Container[bytes] = (),
        mark: PageMark | None = None,
        post_filters: frozenset[Capability] = frozenset(),
    ) -> None:
        super().__init__(member, post_filters=post_filters, was_over=mark is not None and mark.ended)
        self.buffer: deque[EventSource] = deque()
        self._fetch = fetch
        self._keep = keep
        self._after = after
        self._absorbed = absorbed
        self._first_limit = mark.limit if mark else None
        self._frontier = mark.key() if mark else seek_after(after, member.slug)
        self._asked: list[tuple[Key | None, int]] = []
        self._given: list[EventSource] = []
        self._skipped: list[EventSource] = []
        # What is given twice, out of its turn or with another content, counts once.
        self._known: set[bytes] = set()
        # Nothing is given out any more that stands before this.
        self._passed: Position | None = after

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

    def covers(self, head: Position, reach: datetime) -> bool:
        """Whether nothing of this provider can still come before `head`, nor belong to it up to `reach`.

        One that gave up cannot say what belongs to the head; waiting for it would end the list there.
        """
        if self.ended or (self.error and not self.gave_up):
            return True
        if self._frontier is None:
            return False
        return self._place(self._frontier) >= (head if self.gave_up else Position(reach, LAST_ID, LAST_ID))

    def next_call(self, share: int) -> Callable[[], Awaitable[Fetched]]:
        """How to get the next page; its limit doubles from page to page, unless a bookmark says what the first was."""
        limit = self._first_limit if self._first_limit and not self._asked else share * 2 ** len(self._asked)
        seek = self._frontier
        self._asked.append((seek, limit))
        return lambda: self._fetch(seek, limit)

    def take(self, answer: Answer[Fetched]) -> None:
        """What came of asking."""
        fetched = self.note(answer)
        if fetched is None:
            self._asked.pop()
            if self.error is not None and self.error.retryable:
                self.stop()
            return
        page = fetched.page
        self.total = page.total if page.total is not None else self.total
        sources = self.sources(page.listings, fetched)
        self._skipped += [source for source in sources if source.digest in self._absorbed]
        self._keep_in_order(sources)
        self._keep_out_of_turn(fetched)
        self.ended = page.frontier is None
        self._frontier = page.frontier
        self.gave_up = not self.ended and len(self._asked) >= MOST_PAGES

    def stop(self) -> None:
        """Leave it at what was read, if that leads anywhere: what follows is for the next page."""
        if self._asked and self._frontier is not None:
            self.gave_up = self._after is None or self._place(self._frontier) > self._after

    def buffered_until(self, instant: datetime) -> list[EventSource]:
        """What is buffered up to then, in order."""
        return list(takewhile(lambda source: source.position.instant <= instant, self.buffer))

    def release(self, sources: Collection[EventSource]) -> None:
        """Give out those of these (one event's) that are buffered."""
        self._passed = min(source.position for source in sources)
        leaving = [source for source in self.buffer if source in sources]
        for source in leaving:
            self.buffer.remove(source)
        self._given += leaving

    def passed_until(self, position: Position) -> set[bytes]:
        """What was given out, now or before, and stands no further than that."""
        return {source.digest for source in (*self._skipped, *self._given) if source.position <= position}

    def mark_behind(self, position: Position | None) -> PageMark | None:
        """The page that holds this provider's next source behind that position; None where it was never read."""
        if self.was_over:
            return PageMark(None, 0, ended=True)
        behind = seek_after(position, self.member.slug)
        known = [asked for asked in self._pages() if asked[0] is None or (behind is not None and asked[0] <= behind)]
        if not known or (self.error and not self.gave_up and not self.buffer):
            return None
        rest = (*self._given, *self.buffer)
        over = self.ended and not any(position is None or source.position > position for source in rest)
        seek, limit = known[-1]
        return PageMark.at(seek, limit, ended=over)

    def _keep_in_order(self, sources: Iterable[EventSource]) -> None:
        new = [source for source in sources if source.digest not in self._known]
        self._known.update(source.digest for source in new)
        wanted = [source for source in new if self._is_ahead(source) and self._keep(source)]
        if wanted and self.buffer and self.buffer[-1].position > wanted[0].position:
            self.buffer = deque(sorted((*self.buffer, *wanted), key=lambda source: source.position))
        else:
            self.buffer.extend(wanted)

    def _keep_out_of_turn(self, fetched: Fetched) -> None:
        """What comes before its turn stands where it belongs, and what comes after it, unless that place is passed.

        What comes late on the first page stands before all that is read here.
        """
        late = self.sources(fetched.late, fetched) if len(self._asked) > 1 else []
        late = [source for source in late if source.digest not in self._known and self._is_ahead(source)]
        in_time = [source for source in late if self._passed is None or source.position > self._passed]
        self.in_disorder = self.in_disorder or bool(late)
        self.lost += len(late) - len(in_time)
        early = self.sources(fetched.early, fetched)
        self._keep_in_order(sorted((*in_time, *early), key=lambda source: source.position))

    def _pages(self) -> list[tuple[Key | None, int]]:
        """The pages that were read, and the one that comes next."""
        following = [(self._frontier, self._asked[-1][1])] if self._asked and self._frontier else []
        return [*self._asked, *following]

    def _place(self, key: Key) -> Position:
        return Position(key.instant, self.member.slug, key.id)

    def _is_ahead(self, source: EventSource) -> bool:
        return (self._after is None or source.position > self._after) and source.digest not in self._absorbed
