"""A stranger's work step by step, under a stopwatch: a step that is long is time in which the event loop serves nobody."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Steps(Generic[Value]):
    """Awaits what `call` gives, and says of each step how long it kept the loop.

    A step ends where the work waits for something. The time before that is this work's alone: whatever else the loop
    runs is not in it, however busy the loop is.

    noted: told the seconds of each step. around: a context that each step is made in.
    """

    def __init__(
        self,
        call: Callable[[], Awaitable[Value]],
        noted: Callable[[float], None],
        *,
        around: AbstractContextManager[object] | None = None,
    ) -> None:
        self._call = call
        self._noted = noted
        self._around = around or nullcontext()

    def __await__(self) -> Generator[Any, Any, Value]:
        work = _begun(self._call)
        resume: Callable[[], Any] = partial(work.send, None)
        while True:
            try:
                awaited = self._step(resume)
            except StopIteration as end:
                value: Value = end.value
                return value
            try:
                answer = yield awaited
            except BaseException as error:  # noqa: BLE001 - cancelled, closed or failed: the work is told, and decides
                resume = partial(work.throw, error)
            else:
                resume = partial(work.send, answer)

    def _step(self, resume: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the loop understands
        begun = time.monotonic()
        try:
            with self._around:
                return resume()
        finally:
            self._noted(time.monotonic() - begun)


async def _begun(call: Callable[[], Awaitable[Value]]) -> Value:
    """The call itself belongs to the first step."""
    return await call()
