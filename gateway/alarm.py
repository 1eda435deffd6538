"""Breaks off what keeps the event loop: without it, one provider that never lets go stops the gateway for good."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Self

# Longer than any honest step, and shorter than the other providers' patience (seconds).
LONGEST_STEP = 5.0
# One who catches the first is told again.
AGAIN = 1.0


class StepTooLong(BaseException):
    """Raised inside the step that takes too long. No Exception, so that `except Exception` there does not catch it."""


class Alarm:
    """A context for one step at a time: one that takes longer than `seconds` is broken off by StepTooLong.

    It works by SIGALRM, which reaches sleeps, blocking reads and endless loops alike, but only in the main thread.
    Elsewhere, or where there is no such signal, it does nothing.
    """

    def __init__(self, seconds: float = LONGEST_STEP) -> None:
        self._seconds = seconds
        self._stepping = False
        self._thread: int | None = None

    def set(self) -> None:
        """From now on."""
        if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGALRM, self._ring)
            self._thread = threading.get_ident()

    def unset(self) -> None:
        """No more."""
        if self._thread is not None:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            self._thread = None

    def __enter__(self) -> Self:
        if self._thread == threading.get_ident():
            self._stepping = True
            signal.setitimer(signal.ITIMER_REAL, self._seconds, AGAIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._stepping:
            self._stepping = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        # A signal on its way when the step ended is nobody's.
        if self._stepping:
            msg = f"a step took longer than {self._seconds:g} s"
            raise StepTooLong(msg)
