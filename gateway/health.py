"""How a provider has been doing: the last quarter of an hour's calls, and what they amount to."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from statistics import quantiles

from providers import Malformed, Misconfigured, ProviderError, RateLimited, Refused

WINDOW = timedelta(minutes=15)
MOST_CALLS = 1_000
DEGRADED_ERROR_RATE = 0.2

log = logging.getLogger(__name__)


class ProviderStatus(Enum):
    """What can be expected of a provider now."""

    HEALTHY = auto()
    DEGRADED = auto()
    RATE_LIMITED = auto()
    UNAVAILABLE = auto()
    MISCONFIGURED = auto()
    DISABLED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHealth:
    """A reading. Latencies in milliseconds; error_rate is the share of failed calls over the last 15 minutes."""

    status: ProviderStatus
    message: str | None
    checked_at: datetime
    latency_p50_ms: int | None = None
    latency_p95_ms: int | None = None
    error_rate: float | None = None
    retry_at: datetime | None = None
    quota_remaining: int | None = None


@dataclass(frozen=True, slots=True)
class _Call:
    at: datetime
    latency_ms: int
    failed: bool


class HealthRecord:
    """Takes note of calls that went upstream.

    Says so once when the provider fails, for each kind of error, and once when it is back: not at each call.
    """

    def __init__(self, slug: str, clock: Callable[[], datetime]) -> None:
        self._slug = slug
        self._clock = clock
        self._calls: deque[_Call] = deque(maxlen=MOST_CALLS)
        self._error: ProviderError | None = None
        self._told: set[tuple[type, type]] = set()
        self._told_of_disorder = False

    def note(self, latency_ms: int, error: ProviderError | None) -> None:
        """A call ended after so many milliseconds, well or with this error."""
        self._calls.append(_Call(self._clock(), latency_ms, error is not None))
        self._error = error
        if error is not None:
            self._tell(error)
        elif self._told:
            self._told.clear()
            log.info("provider %s answers again", self._slug)

    def note_disorder(self) -> None:
        """It gave a page whose listings are not in the order that it promises. That is said once."""
        if not self._told_of_disorder:
            self._told_of_disorder = True
            log.warning("provider %s breaks the order that it promises: its listings are sorted here", self._slug)

    def _tell(self, error: ProviderError) -> None:
        cause = error.__cause__
        kind = (type(error), type(cause))
        if kind in self._told:
            return
        self._told.add(kind)
        notes = "; ".join(getattr(error, "__notes__", ()))
        # The author wants to see where it broke; where it is merely down, there is nothing to see.
        broken = cause if isinstance(error, Malformed) else None
        more = f" ({notes})" if notes else ""
        log.warning("provider %s does not answer: it %s%s", self._slug, error, more, exc_info=broken)

    def read(self) -> ProviderHealth:
        """How it is now."""
        now = self._clock()
        calls = [call for call in self._calls if call.at > now - WINDOW]
        if not calls:
            return ProviderHealth(status=ProviderStatus.HEALTHY, message="not asked lately", checked_at=now)
        error = self._error
        p50, p95 = _middle_and_tail([call.latency_ms for call in calls])
        error_rate = sum(call.failed for call in calls) / len(calls)
        return ProviderHealth(
            status=_status(error, error_rate, now),
            message=f"it {error}" if error else None,
            checked_at=calls[-1].at,
            latency_p50_ms=p50,
            latency_p95_ms=p95,
            error_rate=error_rate,
            retry_at=error.retry_at if isinstance(error, RateLimited) else None,
        )


def _status(error: ProviderError | None, error_rate: float, now: datetime) -> ProviderStatus:
    match error:
        case None:
            return ProviderStatus.DEGRADED if error_rate > DEGRADED_ERROR_RATE else ProviderStatus.HEALTHY
        case Misconfigured():
            return ProviderStatus.MISCONFIGURED
        case RateLimited(retry_at=retry_at):
            return ProviderStatus.DEGRADED if retry_at is not None and retry_at <= now else ProviderStatus.RATE_LIMITED
        case Refused():
            # It will not answer one query; that says nothing of the next.
            return ProviderStatus.DEGRADED
        case _:
            return ProviderStatus.UNAVAILABLE


def _middle_and_tail(latencies: list[int]) -> tuple[int, int]:
    if len(latencies) == 1:
        return latencies[0], latencies[0]
    cuts = quantiles(latencies, n=20, method="inclusive")
    return round(cuts[9]), round(cuts[18])
