"""Answers kept for a while, each loaded once however many ask at the same time. The one home of aiocache.

aiocache stores; the single flight is ours, since its own decorator lets fifty misses make fifty loads.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Generic, TypeVar

from aiocache import SimpleMemoryCache

from gateway.measures import SILENT, Lookup, Measures

MOST_ENTRIES = 5_000

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Values by key. A load that its first asker gives up on goes on, so that the next asker finds it done."""

    def __init__(self, *, most: int = MOST_ENTRIES, measures: Measures = SILENT) -> None:
        self._store = SimpleMemoryCache()
        self._flights: dict[str, asyncio.Task[Value]] = {}
        self._keys: OrderedDict[str, None] = OrderedDict()
        self._most = most
        self._measures = measures

    async def get(self, key: str) -> Value | None:
        """What is kept under that key."""
        value: Value | None = await self._store.get(key)
        return value

    async def put(self, key: str, value: Value, ttl: timedelta) -> None:
        """Keep it for `ttl`; the longest-kept gives way when there are too many."""
        if ttl <= timedelta(0):
            return  # aiocache takes 0 for ever
        await self._store.set(key, value, ttl=ttl.total_seconds())
        self._keys[key] = None
        self._keys.move_to_end(key)
        while len(self._keys) > self._most:
            oldest, _ = self._keys.popitem(last=False)
            await self._store.delete(oldest)

    async def get_or_load(self, key: str, ttl: timedelta, load: Callable[[], Awaitable[Value]]) -> tuple[Value, bool]:
        """What is kept, and True; else what `load` gives, kept for `ttl`, and False. An error is passed on, not kept."""
        value = await self.get(key)
        self._measures.cache_looked_up(Lookup.MISS if value is None else Lookup.HIT)
        if value is not None:
            return value, True
        if (flight := self._flights.get(key)) is None:
            flight = asyncio.create_task(self._load(key, ttl, load))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._land(key, done))
        return await asyncio.shield(flight), False

    async def aclose(self) -> None:
        """Give up what is still loading."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    async def _load(self, key: str, ttl: timedelta, load: Callable[[], Awaitable[Value]]) -> Value:
        value = await load()
        await self.put(key, value, ttl)
        return value

    def _land(self, key: str, flight: asyncio.Task[Value]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # whoever still waits is told; without this line asyncio would complain where nobody does
