"""How hard to try, how fast to ask, and when to leave a provider alone."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RETRIED_STATUSES = frozenset({500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often an idempotent request is tried, and the waits (seconds) between; jitter keeps replicas apart."""

    attempts: int = 3
    first_wait: float = 0.2
    longest_wait: float = 2.0

    def wait_before(self, attempt: int) -> float:
        """Seconds to wait before this attempt (the second is 2): doubled each time, between half and all of it."""
        ceiling = min(self.longest_wait, self.first_wait * 2 ** (attempt - 2))
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter, not a secret


class Pace:
    """Lets at most so many requests a second begin, evenly spaced after a burst of one second's worth."""

    def __init__(self, requests_per_second: float | None) -> None:
        self._interval = 1 / requests_per_second if requests_per_second else 0.0
        self._burst = max(0.0, 1.0 - self._interval)
        self._next = float("-inf")

    async def wait(self) -> None:
        """Return when the next request may begin."""
        if not self._interval:
            return
        now = asyncio.get_running_loop().time()
        # The generic cell rate algorithm: `_next` is when the request would begin if they were spaced evenly.
        begins = max(self._next, now)
        self._next = begins + self._interval
        if (delay := begins - now - self._burst) > 0:
            await asyncio.sleep(delay)


def retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When a Retry-After header (RFC 9110, 10.2.3: seconds or a date) says to come back; None without a readable one."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    longest = now + timedelta(days=1)  # the longest that any provider's quota lasts
    if value.isdecimal():
        return min(longest, now + timedelta(seconds=int(value[:9])))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return min(longest, moment if moment.tzinfo else moment.replace(tzinfo=UTC))
