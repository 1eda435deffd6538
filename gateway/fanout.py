"""Asks every provider at once under one deadline: an Answer each, failure included."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from providers import Malformed, ProviderError, TimedOut

log = logging.getLogger(__name__)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[Value]):
    """What one provider's call came to, after so many milliseconds: either a value or an error."""

    value: Value | None = None
    error: ProviderError | None = None
    latency_ms: int = 0


class Deadline:
    """A moment by which the caller wants the whole answer, on the loop's clock or the one that is given."""

    def __init__(self, milliseconds: int, clock: Callable[[], float] | None = None) -> None:
        self.milliseconds = milliseconds
        self._clock = clock or asyncio.get_running_loop().time
        self._ends = self._clock() + milliseconds / 1000

    def remaining(self) -> float:
        """Seconds left, 0 when it has passed."""
        return max(0.0, self._ends - self._clock())

    def before(self, share: float) -> Deadline:
        """One that is reached when so much of the time that is left has passed."""
        return Deadline(round(self.remaining() * share * 1000), self._clock)


async def fan_out(calls: Mapping[str, Callable[[], Awaitable[Value]]], deadline: Deadline) -> dict[str, Answer[Value]]:
    """Make all the calls at once; the answers by name, see `answers`."""
    return {name: answer async for name, answer in answers(calls, deadline)}


async def answers(
    calls: Mapping[str, Callable[[], Awaitable[Value]]], deadline: Deadline, patience: float = 1.0
) -> AsyncGenerator[tuple[str, Answer[Value]], None]:
    """Make all the calls at once; each answer as it comes.

    A call that is not done by the deadline is cancelled, and its Answer says TimedOut. Once one has answered, the others
    are waited for only during such a share of the time that is left: `patience`.
    """
    tasks = {asyncio.create_task(_answer(name, call)): name for name, call in calls.items()}
    pending, begun = set(tasks), asyncio.get_running_loop().time()
    try:
        while pending:
            # Again where the deadline has moved: time in which one provider blocked all is not the others' time.
            done, pending = await asyncio.wait(
                pending, timeout=deadline.remaining(), return_when=asyncio.FIRST_COMPLETED
            )
            if done and patience < 1:
                deadline, patience = deadline.before(patience), 1.0
            for task in done:
                yield tasks[task], task.result()
            if not deadline.remaining():
                break
        for task in pending:
            yield tasks[task], task.result() if task.done() else _late(begun)
    finally:
        for task in tasks:
            task.cancel()


def _late(begun: float) -> Answer[Value]:
    milliseconds = round((asyncio.get_running_loop().time() - begun) * 1000)
    return Answer(error=TimedOut(f"did not answer within {milliseconds} ms"), latency_ms=milliseconds)


async def _answer(name: str, call: Callable[[], Awaitable[Value]]) -> Answer[Value]:
    """A provider's task: whatever is raised in it becomes data. What the guard let pass is a mistake of ours."""
    clock = asyncio.get_running_loop().time
    begun = clock()
    try:
        value = await call()
    except ProviderError as error:
        return Answer(error=error, latency_ms=round((clock() - begun) * 1000))
    except Exception as error:
        log.exception("provider %s broke", name)
        broken = Malformed(f"broke inside its adapter ({type(error).__name__})")
        return Answer(error=broken, latency_ms=round((clock() - begun) * 1000))
    return Answer(value=value, latency_ms=round((clock() - begun) * 1000))
