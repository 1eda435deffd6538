"""What one request costs upstream: the time in which it waits for at least one provider, and the requests sent for it.

Waits that overlap count once, and a wait for what another request has asked for counts as much as one of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Wait:
    """From one moment to another, or still going on. It `counts` unless it turns out that a provider had no part in it."""

    begun: float
    ended: float | None = None
    counts: bool = True


@dataclass(slots=True, kw_only=True)
class Upstream:
    """One request's account. `partial`: some provider's part is missing from the answer."""

    requests: int = 0
    partial: bool = False
    waits: list[Wait] = field(default_factory=list)

    def seconds(self) -> float:
        """The time until now in which at least one provider was waited for."""
        now = time.perf_counter()
        spans = sorted((wait.begun, now if wait.ended is None else wait.ended) for wait in self.waits if wait.counts)
        total, covered = 0.0, 0.0
        for begun, ended in spans:
            total += max(0.0, ended - max(begun, covered))
            covered = max(covered, ended)
        return total


_current: ContextVar[Upstream | None] = ContextVar("event_gateway_upstream", default=None)


@contextmanager
def accounting() -> Iterator[Upstream]:
    """An account of what is asked of providers inside the block, in tasks begun there too."""
    upstream = Upstream()
    token = _current.set(upstream)
    try:
        yield upstream
    finally:
        _current.reset(token)


@contextmanager
def waiting() -> Iterator[Wait]:
    """A provider is waited for inside the block."""
    wait = Wait(begun=time.perf_counter())
    if (upstream := _current.get()) is not None:
        upstream.waits.append(wait)
    try:
        yield wait
    finally:
        wait.ended = time.perf_counter()


def note_requests(count: int) -> None:
    """So many requests were sent for whoever asks."""
    if (upstream := _current.get()) is not None:
        upstream.requests += count


def note_partial() -> None:
    """Some provider's part is missing."""
    if (upstream := _current.get()) is not None:
        upstream.partial = True
