"""Counts the upstream requests made on behalf of one call, wherever in the call they are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Tally:
    """How many requests were sent; retries count, as they do against a quota."""

    def __init__(self) -> None:
        self.requests = 0


_current: ContextVar[Tally | None] = ContextVar("event_gateway_tally", default=None)


@contextmanager
def counting() -> Iterator[Tally]:
    """Count what is sent inside the block, in tasks begun there too."""
    tally = Tally()
    token = _current.set(tally)
    try:
        yield tally
    finally:
        _current.reset(token)


def count_request() -> None:
    """Say that one request goes out now."""
    if (tally := _current.get()) is not None:
        tally.requests += 1
