"""One provider's part in a page, in whatever order its list is read: what was asked, and what came of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.event import EventSource
from gateway.fanout import Answer
from gateway.roster import Member
from providers import Capability, Listing, Page, ProviderError

# After so many pages without enough that passes the filters, a reader says how far it came and leaves it at that.
MOST_PAGES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A provider's page as the gateway got it.

    late, early: what it gave though it stands no further than the seek, or beyond the frontier.
    in_disorder: whether the provider broke its promise of an order with it.
    """

    page: Page
    fetched_at: datetime
    requests: int = 0
    from_cache: bool = False
    late: tuple[Listing, ...] = ()
    early: tuple[Listing, ...] = ()
    in_disorder: bool = False

    def filtered(self, wants: Callable[[Listing], bool]) -> Fetched:
        """The page without what is not wanted; its total then counts other things, so it goes."""
        return replace(
            self,
            page=replace(self.page, listings=tuple(filter(wants, self.page.listings)), total=None),
            late=tuple(filter(wants, self.late)),
            early=tuple(filter(wants, self.early)),
        )


class Part(ABC):
    """What a provider's part comes to. The reader of each order adds how it reads.

    capped: how many listings the order takes of each provider, where this one has more.
    lost: how many listings came too late to be put where they belong.
    """

    def __init__(
        self,
        member: Member,
        *,
        post_filters: frozenset[Capability] = frozenset(),
        was_over: bool = False,
    ) -> None:
        self.member = member
        self.post_filters = post_filters
        self.error: ProviderError | None = None
        self.truncated = False
        self.gave_up = False
        self.capped: int | None = None
        self.in_disorder = False
        self.lost = 0
        self.latency_ms = 0
        self.requests = 0
        self.records = 0
        self.total: int | None = None
        self.from_cache = True
        self.was_over = was_over
        self.ended = was_over

    @property
    def live(self) -> bool:
        """Whether it is worth asking for more now."""
        return not (self.ended or self.error or self.gave_up)

    @property
    def complete_until(self) -> datetime | None:
        """Up to when nothing of it is missing; None when that is not known."""
        return None

    @abstractmethod
    def next_call(self, share: int) -> Callable[[], Awaitable[Fetched]]:
        """How to get the next page, of about so many listings."""

    @abstractmethod
    def take(self, answer: Answer[Fetched]) -> None:
        """What came of asking."""

    @abstractmethod
    def stop(self) -> None:
        """Leave it at what was read, if that leads anywhere: the rest is for the next page."""

    def note(self, answer: Answer[Fetched]) -> Fetched | None:
        """Count what came of asking; the page, where one came."""
        self.latency_ms += answer.latency_ms
        fetched = answer.value
        if fetched is None:
            self.error = answer.error
            return None
        self.requests += fetched.requests
        self.from_cache = self.from_cache and fetched.from_cache
        self.records += len(fetched.page.listings)
        self.truncated = self.truncated or fetched.page.truncated
        self.in_disorder = self.in_disorder or fetched.in_disorder
        return fetched

    def sources(self, listings: Sequence[Listing], fetched: Fetched) -> list[EventSource]:
        """The listings as sources."""
        return [EventSource(self.member, listing, fetched.fetched_at) for listing in listings]
