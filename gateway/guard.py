"""Calls a provider and comes back, whatever the provider does: nothing passes but its answer and known errors.

What a plugin can do by mistake is caught here: raise anything at all, take for ever, go on after it was cancelled, keep
the event loop to itself. What only another process could hold (`os._exit`, a crash in C, all of the memory) is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from gateway.alarm import Alarm, StepTooLong
from providers import (
    Malformed,
    Misconfigured,
    ProviderError,
    RateLimited,
    Redactor,
    Refused,
    Steps,
    TimedOut,
    Unavailable,
)

# No call takes longer than this (seconds), so that one which hangs is not waited for, by whoever asks, for ever.
LONGEST_CALL = 60.0
# How long one that is told to stop may tidy up (seconds).
GRACE = 1.0
# A step of so many seconds counts against the provider: meanwhile nobody was served.
BLOCKED_AFTER = 1.0
_MOST_LETTERS = 500

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How much a provider may take, in seconds."""

    call: float = LONGEST_CALL
    grace: float = GRACE
    step: float = BLOCKED_AFTER


class Guard:
    """Makes the calls. `alarm` breaks off a step that does not end, where one is set."""

    def __init__(self, alarm: Alarm | None = None, patience: Patience | None = None) -> None:
        self._alarm = alarm or Alarm()
        self._patience = patience or Patience()
        self._lost = 0.0

    def time(self) -> float:
        """The loop's time less what providers kept the loop from: what others had of it."""
        return asyncio.get_running_loop().time() - self._lost

    async def call(self, call: Callable[[], Awaitable[Value]], redact: Redactor, blame: Callable[[str], None]) -> Value:
        """The call's answer. `blame` is told what the provider does to everybody else.

        Raises:
            ProviderError: of a kind that the kit has, and without a secret, whatever the provider raised.
        """
        made = _Call(call, redact, self._noted(blame), self._alarm)
        task = asyncio.create_task(made.answer())
        try:
            done, _ = await asyncio.wait({task}, timeout=self._patience.call)
        finally:
            if not task.done() and not await self._stops(task):
                blame("went on after it was cancelled")
        if not done:
            msg = "did not answer in time"
            raise TimedOut(msg)
        if task.cancelled():
            msg = "cancelled itself"
            raise Malformed(msg)
        return task.result()

    async def _stops(self, task: asyncio.Task[Any]) -> bool:
        """Tell it to stop, and say whether it did. One that goes on is taken apart where it stands."""
        task.add_done_callback(_seen)
        task.cancel()
        await asyncio.wait({task}, timeout=self._patience.grace)
        if task.done():
            return True
        with suppress(Exception):
            task.get_coro().close()
        task.cancel()  # so that it wakes, and finds that nothing is left of it
        return False

    def _noted(self, blame: Callable[[str], None]) -> Callable[[float], None]:
        def noted(seconds: float) -> None:
            if seconds >= self._patience.step:
                self._lost += seconds
                blame(f"kept everybody waiting for {seconds:.1f} s (it blocks the event loop)")

        return noted


@dataclass(frozen=True, slots=True)
class _Call(Generic[Value]):
    """One call, inside a task of its own."""

    call: Callable[[], Awaitable[Value]]
    redact: Redactor
    noted: Callable[[float], None]
    alarm: Alarm

    async def answer(self) -> Value:
        try:
            return await Steps(self.call, self.noted, around=self.alarm)
        except ProviderError as error:
            raise self._known(error) from None
        except TimeoutError as error:
            msg = "did not answer in time"
            raise TimedOut(msg) from error
        except StepTooLong as error:
            msg = "was broken off, because it blocks the event loop"
            raise Malformed(msg) from error
        except asyncio.CancelledError as error:
            if _is_cancelled():
                raise
            raise _broken(error) from error
        except BaseException as error:  # a stranger's SystemExit or KeyboardInterrupt must not end the process
            raise _broken(error) from error

    def _known(self, error: ProviderError) -> ProviderError:
        try:
            return _known(error, self.redact)
        except Exception as unreadable:  # noqa: BLE001 - its attributes are the stranger's, too
            return _broken(unreadable)


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _broken(error: BaseException) -> ProviderError:
    return Malformed(f"broke inside its adapter ({type(error).__name__})")


def _known(error: ProviderError, redact: Redactor) -> ProviderError:
    """The same error as the kit would make it, of what it says: its class and attributes are the stranger's."""
    message = redact(str(error.message))[:_MOST_LETTERS]
    status = error.http_status if isinstance(error.http_status, int) else None
    known: ProviderError
    match error:
        case RateLimited():
            known = RateLimited(message, http_status=status, retry_at=_aware(error.retry_at))
        case Misconfigured():
            known = Misconfigured(message, http_status=status, missing=tuple(map(str, error.missing)))
        case _:
            kind = next((kind for kind in (TimedOut, Unavailable, Refused, Malformed) if isinstance(error, kind)), None)
            known = (kind or ProviderError)(message, http_status=status)
    for note in getattr(error, "__notes__", ()):
        known.add_note(redact(str(note)))
    return known


def _aware(moment: datetime | None) -> datetime | None:
    return moment if isinstance(moment, datetime) and moment.utcoffset() is not None else None


def _seen(task: asyncio.Task[Any]) -> None:
    """Without a look at its end, asyncio would complain of it."""
    if not task.cancelled():
        task.exception()
