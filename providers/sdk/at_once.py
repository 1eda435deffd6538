"""Several requests at once, but not too many: for an API that must be asked for each thing by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")

# What waits for its turn at the client must not run into its request's own timeout.
_MOST = 5


async def at_once(work: Iterable[Callable[[], Awaitable[T]]], *, most: int = _MOST) -> list[T]:
    """What each gives, in their order; each is begun when its turn comes, at most so many at a time.

    Raises:
        Exception: whatever the first to fail raises; the others are given up.
    """
    gate = asyncio.Semaphore(most)

    async def one(each: Callable[[], Awaitable[T]]) -> T:
        async with gate:
            return await each()

    tasks = [asyncio.ensure_future(one(each)) for each in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
