"""Tells an upstream which trace a request belongs to (https://www.w3.org/TR/trace-context/), where somebody traces.

`traceparent` is two random numbers and a flag. Neither `tracestate` nor `baggage` is ever sent: both may hold what others
wrote about the person who asks, and that is none of a provider's business.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_traceparent: ContextVar[str | None] = ContextVar("event_gateway_traceparent", default=None)


@contextmanager
def carrying(traceparent: str | None) -> Iterator[None]:
    """What is sent inside the block, in tasks begun there too, says that it belongs to this trace."""
    token = _traceparent.set(traceparent)
    try:
        yield
    finally:
        _traceparent.reset(token)


def trace_headers() -> Mapping[str, str]:
    """What a request that goes out now says of its trace."""
    traceparent = _traceparent.get()
    return {"traceparent": traceparent} if traceparent else {}
