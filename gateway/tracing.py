"""What the gateway tells whoever traces: a small protocol, so that the engine imports no tracing library.

`server/tracing.py` writes OpenTelemetry; `UNTRACED` is for everybody who wants no traces. Attributes have the names of
OpenTelemetry's semantic conventions, or begin with `gateway.`; none holds what a person sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

Attributes = Mapping[str, str | int | float | bool]
Block = AbstractContextManager[object]


class Tracer(Protocol):
    """Told as things happen. Nothing that it does may raise or wait."""

    def answering(self, name: str, headers: Mapping[str, str], attributes: Attributes, /) -> Block:
        """The block answers a request that came with these headers; whoever sent it may trace, too."""

    def span(self, name: str, attributes: Attributes | None = None, /, *, outward: bool = False) -> Block:
        """The block is a stretch of work; an error that leaves it is noted by its class. `outward`: others do the work."""

    def note(self, attributes: Attributes, /) -> None:
        """What has turned out meanwhile of the work that is under way."""

    def traceparent(self) -> str | None:
        """What tells others which trace the work belongs to (W3C Trace Context); None where there is no trace."""


_NOTHING = nullcontext()


class Untraced:
    """Traces nothing, at the price of a call."""

    def answering(self, name: str, headers: Mapping[str, str], attributes: Attributes, /) -> Block:  # noqa: ARG002 - as the protocol has it
        """Nobody asked."""
        return _NOTHING

    def span(self, name: str, attributes: Attributes | None = None, /, *, outward: bool = False) -> Block:  # noqa: ARG002 - as the protocol has it
        """Nobody asked."""
        return _NOTHING

    def note(self, attributes: Attributes, /) -> None:
        """Nobody asked."""

    def traceparent(self) -> str | None:
        """There is no trace."""
        return None


UNTRACED: Tracer = Untraced()
