"""Work is the same under the stopwatch, and each of its steps is told of."""

import asyncio
import contextlib
import time

import pytest

from providers import Steps


async def test_the_work_gives_what_it_gives():
    async def work():
        await asyncio.sleep(0)
        return 7

    told = []
    assert await Steps(work, told.append) == 7
    assert len(told) == 2


async def test_it_raises_what_it_raises():
    async def work():
        await asyncio.sleep(0)
        raise KeyError(7)

    with pytest.raises(KeyError, match="7"):
        await Steps(work, lambda _: None)


async def test_only_its_own_time_counts():
    async def work():
        await asyncio.sleep(0)
        time.sleep(0.03)  # noqa: ASYNC251 - the point
        await asyncio.sleep(0)

    async def others():
        for _ in range(3):
            time.sleep(0.05)  # noqa: ASYNC251 - the point
            await asyncio.sleep(0)

    told = []
    await asyncio.gather(Steps(work, told.append), others())
    assert len(told) == 3
    assert told[1] >= 0.03


async def test_the_call_itself_is_in_the_first_step():
    def call():
        time.sleep(0.03)
        return asyncio.sleep(0)

    told = []
    await Steps(call, told.append)
    assert told[0] >= 0.03


async def test_it_is_cancelled_like_any_other():
    seen = []

    async def work():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    async def stepping():
        await Steps(work, lambda _: None)

    task = asyncio.create_task(stepping())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["cancelled"]


async def test_each_step_is_made_in_the_context_that_is_given():
    inside = []

    class Around(contextlib.AbstractContextManager):
        def __enter__(self):
            inside.append(True)

        def __exit__(self, *_):
            inside.append(False)

    async def work():
        assert inside[-1]
        await asyncio.sleep(0)
        assert inside[-1]

    await Steps(work, lambda _: None, around=Around())
    assert inside == [True, False] * 2
