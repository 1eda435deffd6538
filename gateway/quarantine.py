"""Leaves a provider alone that harms all others: one that blocks the event loop, or cannot be stopped."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.health import ProviderHealth, ProviderStatus
from providers import Unavailable

MOST_STRIKES = 3
WINDOW = timedelta(minutes=15)

log = logging.getLogger(__name__)


class Quarantine:
    """Counts what a provider did to the rest. After the third time in 15 minutes it is not asked for 15 minutes."""

    def __init__(self, slug: str, clock: Callable[[], datetime]) -> None:
        self._slug = slug
        self._clock = clock
        self._strikes: deque[datetime] = deque(maxlen=MOST_STRIKES)
        self._what = ""
        self._until: datetime | None = None

    def strike(self, what: str) -> None:
        """It did this."""
        now = self._clock()
        self._what = what
        self._strikes.append(now)
        count = len(self._recent(now))
        log.warning("provider %s %s, %s of %s times", self._slug, what, count, MOST_STRIKES)
        if count >= MOST_STRIKES:
            self._until = now + WINDOW
            self._strikes.clear()
            log.error("provider %s is not asked until %s: mend or uninstall it", self._slug, _clock_time(self._until))

    def refuse(self) -> None:
        """Let pass, unless it is shut away.

        Raises:
            Unavailable: it is; the message says why and how long.
        """
        if self._shut(self._clock()) is not None:
            raise Unavailable(self._reason())

    @property
    def shut(self) -> bool:
        """Whether it is not asked now."""
        return self._shut(self._clock()) is not None

    def upon(self, health: ProviderHealth) -> ProviderHealth:
        """The health of the provider, with what is held against it."""
        now = self._clock()
        until, strikes = self._shut(now), self._recent(now)
        if until is not None:
            message = f"it {self._reason()}"
            return replace(health, status=ProviderStatus.UNAVAILABLE, message=message, retry_at=until, checked_at=now)
        if not strikes:
            return health
        message = f"it {self._what}, {len(strikes)} of {MOST_STRIKES} times"
        status = ProviderStatus.DEGRADED if health.status is ProviderStatus.HEALTHY else health.status
        return replace(health, status=status, message="; ".join(filter(None, (message, health.message))))

    def _shut(self, now: datetime) -> datetime | None:
        return self._until if self._until is not None and now < self._until else None

    def _recent(self, now: datetime) -> list[datetime]:
        return [at for at in self._strikes if at > now - WINDOW]

    def _reason(self) -> str:
        assert self._until is not None
        return f"is not asked until {_clock_time(self._until)}, since it {self._what}, {MOST_STRIKES} times"


def _clock_time(moment: datetime) -> str:
    return f"{moment:%H:%M:%S %Z}"
