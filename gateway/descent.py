"""One provider's list, read from its end to its beginning.

Providers list in one direction only, the earliest first. So the list is cut into windows of time: the last one is read
from its beginning to its end, then the one before it. How wide a window is depends on how much the last ones held.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from gateway.cursor import PageMark
from gateway.event import EventSource
from gateway.fanout import Answer
from gateway.part import MOST_PAGES, Fetched, Part
from gateway.roster import Member
from providers import Capability, Key

END = datetime.max.replace(tzinfo=UTC)
BEGINNING = datetime.min.replace(tzinfo=UTC)

# Windows are of 2 ** level hours: three weeks at first; what is wider than two years is all that is left.
HOUR = timedelta(hours=1)
FIRST_LEVEL, WIDEST_LEVEL = 9, 14
# A list without an end is begun so far from now: most of them have nothing beyond.
FAR = timedelta(days=365)
# So many calls a page, and then the reader says how far it came.
MOST_CALLS = 24
FEW, SOME = 8, 2
LEAST_PAGE, MOST_PAGE = 50, 200

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Asks for what starts from one moment (inclusive; None: the beginning) to another (exclusive; None: the end).
Ask = Callable[[datetime | None, datetime | None, Key | None, int], Awaitable[Fetched]]


@dataclass(slots=True)
class Window:
    """The part of the list from `low` (inclusive) to `high` (exclusive)."""

    low: datetime
    high: datetime
    level: int
    seek: Key | None
    pages: int = 0
    first: datetime | None = None
    found: dict[bytes, EventSource] = field(default_factory=dict)
    listed: int = 0

    @property
    def density(self) -> float:
        """Listings an hour, as far as it has been read."""
        assert self.seek is not None
        read = self.seek.instant - (self.first or self.low)
        return max(self.listed, 1) / max(read / HOUR, 1 / 60)


class Descent(Part):
    """One provider's list, read from `top` down to `low`: all of it from `reached` on is in `found`.

    mark: where a reading before this one began the window that holds `top`. paid: what stands no lower than that has to
    be read whatever it takes.
    """

    def __init__(
        self,
        member: Member,
        ask: Ask,
        keep: Callable[[EventSource], bool],
        *,
        low: datetime | None,
        top: datetime,
        now: datetime,
        mark: PageMark | None = None,
        paid: datetime = END,
        post_filters: frozenset[Capability] = frozenset(),
    ) -> None:
        super().__init__(member, post_filters=post_filters)
        key = mark.key() if mark else None
        self.found: list[EventSource] = []
        self.reached = key.instant if key else top
        self._level = mark.limit if mark else FIRST_LEVEL
        self._ask = ask
        self._keep = keep
        self._low = BEGINNING if low is None else low
        self._top = top
        self._far = _on_the_hour(now + FAR)
        self._step = FAR
        self._paid = paid
        self._calls = 0
        self._size = min(max(member.limits.max_page_size, LEAST_PAGE), MOST_PAGE)
        self._window: Window | None = None
        self._windows: list[Window] = []
        # Up to there, too much was found to be read in one go; nothing is known of what stands above.
        self._crowded = BEGINNING
        self.ended = self.reached <= self._low

    @property
    def bottom(self) -> datetime:
        """All that stands there or further up is read."""
        return BEGINNING if self.ended else self.reached

    def next_call(self, share: int) -> Callable[[], Awaitable[Fetched]]:  # noqa: ARG002 - a window is read whole
        """How to get the next page of the window under way."""
        window = self._window = self._window or self._next_window()
        self._calls += window.low < self._paid
        low = None if window.low == BEGINNING else window.low
        high = None if window.high == END else window.high
        return lambda: self._ask(low, high, window.seek, self._size)

    def take(self, answer: Answer[Fetched]) -> None:
        """What came of asking."""
        fetched, window = self.note(answer), self._window
        if fetched is None:
            if self.error is not None and self.error.retryable:
                self.stop()
            return
        assert window is not None
        self._add(window, fetched)
        frontier = window.seek = fetched.page.frontier
        if frontier is None or frontier.instant >= window.high:
            self._close(window)
        elif self._is_too_wide(window):
            self._narrow(window)
        elif window.pages >= MOST_PAGES:
            self.truncated = True
            self._close(window)

    def stop(self) -> None:
        """Leave it at what was read, if that leads anywhere: the rest is for the next page."""
        self.gave_up = not self.ended and self.reached < self._top

    def mark(self, top: datetime) -> PageMark | None:
        """Where the window begins, from above, that holds what stands right before that moment."""
        holding = [window for window in self._windows if window.high >= top]
        if not holding:
            return None
        last = holding[-1]
        if last.low >= top:
            return PageMark.at(Key(last.low, ""), self._level, ended=False)
        return PageMark.at(Key(last.high, ""), last.level, ended=False)

    def _next_window(self) -> Window:
        high, level = self.reached, self._level
        if high == END:
            low = self._far
        elif level > WIDEST_LEVEL:
            low = self._low
        else:
            low = _EPOCH + (high - timedelta.resolution - _EPOCH) // (HOUR * 2**level) * (HOUR * 2**level)
        low = max(low, self._low, *([self._crowded] if self._crowded < high else []))
        return Window(low, high, level, None if low == BEGINNING else Key(low, ""))

    def _add(self, window: Window, fetched: Fetched) -> None:
        window.pages += 1
        page = fetched.page.listings
        window.listed += len(page)
        if window.first is None and page:
            window.first = page[0].key.instant
        for source in self.sources((*page, *fetched.late, *fetched.early), fetched):
            if window.low <= source.position.instant and _is_under(source, window.high) and self._keep(source):
                window.found.setdefault(source.digest, source)

    def _is_too_wide(self, window: Window) -> bool:
        """Whether a narrower window would be read to its end sooner than the rest of this one."""
        assert window.seek is not None
        if window.high == END:
            return window.pages >= MOST_PAGES and max(window.seek.instant, self._far) < END - 2 * self._step
        rest = (window.high - window.seek.instant) / HOUR * window.density
        left = MOST_PAGES - window.pages
        return window.high - window.low > HOUR and (rest > 2 * self._size or left <= 0)

    def _narrow(self, window: Window) -> None:
        """What was read of it is in the cache, should it be wanted again."""
        self._window = None
        if window.high == END and window.seek is not None:
            self._far = max(self._far, _on_the_hour(window.seek.instant)) + self._step
            self._step *= 2
            return
        assert window.seek is not None
        self._crowded = _on_the_hour(window.seek.instant) + HOUR
        holds = self._size / SOME / window.density
        self._level = max(0, min(window.level - 1, int(holds).bit_length() - 1))

    def _close(self, window: Window) -> None:
        known = {source.digest for source in self.found}
        self.found += [source for digest, source in window.found.items() if digest not in known]
        self._windows.append(window)
        self._window = None
        self.reached = window.low
        self.ended = window.low <= self._low
        self.gave_up = not self.ended and self._calls >= MOST_CALLS and self.reached < self._top
        if window.high != END and window.pages == 1:
            more = sum(window.listed < enough for enough in (self._size / SOME, self._size / FEW, 1))
            self._level = min(WIDEST_LEVEL + 1, window.level + more)


def _is_under(source: EventSource, high: datetime) -> bool:
    return source.position.instant < high or high == END


def _on_the_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
