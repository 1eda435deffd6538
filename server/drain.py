"""The time between the word that a process is to stop and its stopping: those who send it requests have to hear of it, too.

Kubernetes tells a process and those who route to it at the same moment, so for a moment requests still come.
"""

from __future__ import annotations

from collections.abc import Callable


class Drain:
    """So many seconds. `announce`: says that no more requests should be sent here."""

    def __init__(self, seconds: float, announce: Callable[[], None]) -> None:
        self.seconds = seconds
        self._announce = announce
        self._begun = False

    def begins(self) -> bool:
        """Whether it does: once, and only where there is time for it."""
        if self._begun or not self.seconds:
            return False
        self._begun = True
        self._announce()
        return True


AT_ONCE = Drain(0, lambda: None)
