from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.cache import Cache
from gateway.measures import Lookup

MINUTE = timedelta(minutes=1)


class Loader:
    """Counts its loads; each waits until it is let go."""

    def __init__(self, *, ready: bool = False) -> None:
        self.loads = 0
        self.go = asyncio.Event()
        if ready:
            self.go.set()

    async def __call__(self) -> str:
        self.loads += 1
        await self.go.wait()
        return f"load {self.loads}"


async def test_fifty_misses_at_once_are_one_load():
    cache, load = Cache(), Loader()
    askers = [asyncio.create_task(cache.get_or_load("key", MINUTE, load)) for _ in range(50)]
    await asyncio.sleep(0.01)
    load.go.set()
    assert await asyncio.gather(*askers) == [("load 1", False)] * 50
    assert await cache.get_or_load("key", MINUTE, load) == ("load 1", True)


async def test_different_keys_are_loaded_apart():
    cache, load = Cache(), Loader(ready=True)
    assert await cache.get_or_load("a", MINUTE, load) == ("load 1", False)
    assert await cache.get_or_load("b", MINUTE, load) == ("load 2", False)


async def test_an_error_reaches_every_asker_and_is_not_kept():
    cache = Cache()
    outcomes = [ValueError("down"), None]

    async def load():
        await asyncio.sleep(0)
        if error := outcomes.pop(0):
            raise error
        return "up"

    answers = await asyncio.gather(*(cache.get_or_load("key", MINUTE, load) for _ in range(3)), return_exceptions=True)
    assert [str(answer) for answer in answers] == ["down"] * 3
    assert await cache.get_or_load("key", MINUTE, load) == ("up", False)


async def test_an_asker_that_gives_up_does_not_stop_the_load():
    cache, load = Cache(), Loader()
    asker = asyncio.create_task(cache.get_or_load("key", MINUTE, load))
    await asyncio.sleep(0.01)
    asker.cancel()
    await asyncio.wait([asker])
    load.go.set()
    assert (await cache.get_or_load("key", MINUTE, load))[0] == "load 1"
    assert load.loads == 1


async def test_what_is_kept_goes_when_its_time_is_over():
    cache, load = Cache(), Loader(ready=True)
    await cache.get_or_load("key", timedelta(seconds=0.02), load)
    await asyncio.sleep(0.05)
    assert await cache.get_or_load("key", MINUTE, load) == ("load 2", False)


async def test_what_may_not_be_kept_is_not_kept_for_ever():
    cache, load = Cache(), Loader(ready=True)
    await cache.get_or_load("key", timedelta(0), load)
    assert await cache.get("key") is None


async def test_every_lookup_is_told_as_what_it_was():
    lookups = []

    class Counted:
        def cache_looked_up(self, lookup, /):
            lookups.append(lookup)

    cache, load = Cache(measures=Counted()), Loader()
    askers = [asyncio.create_task(cache.get_or_load("key", MINUTE, load)) for _ in range(3)]
    await asyncio.sleep(0.01)
    load.go.set()
    await asyncio.gather(*askers)
    await cache.get_or_load("key", MINUTE, load)

    async def fail():
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - it has no words
        await cache.get_or_load("other", MINUTE, fail)
    assert lookups == [Lookup.MISS] * 3 + [Lookup.HIT, Lookup.MISS]


async def test_the_longest_kept_gives_way():
    cache = Cache(most=2)
    for key in ("a", "b", "a", "c"):
        await cache.put(key, key, MINUTE)
    assert [await cache.get(key) for key in ("a", "b", "c")] == ["a", None, "c"]


async def test_closing_gives_up_what_is_still_loading():
    cache, load = Cache(), Loader()
    asker = asyncio.create_task(cache.get_or_load("key", MINUTE, load))
    await asyncio.sleep(0.01)
    await cache.aclose()
    with pytest.raises(asyncio.CancelledError):
        await asker
