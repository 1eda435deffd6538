"""What the engine tells whoever counts: a small protocol, so that the engine imports no metrics library.

`server/observability.py` counts for Prometheus; `SILENT` is for everybody who wants no figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Protocol


class Outcome(StrEnum):
    """How a call to a provider ended: well, or by the kind of error that it raised."""

    OK = auto()
    TIMED_OUT = auto()
    UNAVAILABLE = auto()
    RATE_LIMITED = auto()
    REFUSED = auto()
    MISCONFIGURED = auto()
    MALFORMED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCall:
    """One call to a provider, answered after so many seconds by so many upstream requests."""

    provider: str
    outcome: Outcome
    seconds: float
    requests: int = 0


class Lookup(StrEnum):
    """What the cache had: a fresh value, one past its time, or nothing."""

    HIT = auto()
    STALE = auto()
    MISS = auto()


class Measures(Protocol):
    """Told as things happen. Nothing that it does may raise or wait."""

    def provider_called(self, call: ProviderCall, /) -> None:
        """A call to a provider is over."""

    def cache_looked_up(self, lookup: Lookup, /) -> None:
        """The cache was asked for one key."""

    def shared_cache_reached(self, reached: bool, /) -> None:  # noqa: FBT001 - a fact, told by position
        """The shared cache was tried, and answered or did not."""


class Silent:
    """Counts nothing."""

    def provider_called(self, call: ProviderCall, /) -> None:
        """Nobody asked."""

    def cache_looked_up(self, lookup: Lookup, /) -> None:
        """Nobody asked."""

    def shared_cache_reached(self, reached: bool, /) -> None:  # noqa: FBT001 - as the protocol has it
        """Nobody asked."""


SILENT: Measures = Silent()
