"""What the engine tells whoever counts: a small protocol, so that the engine imports no metrics library.

`server/metrics.py` counts for Prometheus; `SILENT` is for everybody who wants no figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Protocol

from providers import Malformed, Misconfigured, ProviderError, RateLimited, Refused, TimedOut


class Outcome(StrEnum):
    """How a call to a provider ended: well, or by the kind of error that it raised."""

    OK = auto()
    TIMED_OUT = auto()
    UNAVAILABLE = auto()
    RATE_LIMITED = auto()
    REFUSED = auto()
    MISCONFIGURED = auto()
    MALFORMED = auto()


def outcome_of(error: ProviderError | None) -> Outcome:
    """The outcome of a call that ended with this error, or with none; one of no known kind is as good as down."""
    kinds = {
        TimedOut: Outcome.TIMED_OUT,
        RateLimited: Outcome.RATE_LIMITED,
        Misconfigured: Outcome.MISCONFIGURED,
        Refused: Outcome.REFUSED,
        Malformed: Outcome.MALFORMED,
    }
    if error is None:
        return Outcome.OK
    return next((outcome for kind, outcome in kinds.items() if isinstance(error, kind)), Outcome.UNAVAILABLE)


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

    def database_tried(self, reached: bool, /) -> None:  # noqa: FBT001 - a fact, told by position
        """A transaction is over: the database answered all along, or was gone."""


class Silent:
    """Counts nothing."""

    def provider_called(self, call: ProviderCall, /) -> None:
        """Nobody asked."""

    def cache_looked_up(self, lookup: Lookup, /) -> None:
        """Nobody asked."""

    def shared_cache_reached(self, reached: bool, /) -> None:  # noqa: FBT001 - as the protocol has it
        """Nobody asked."""

    def database_tried(self, reached: bool, /) -> None:  # noqa: FBT001 - as the protocol has it
        """Nobody asked."""


SILENT: Measures = Silent()
