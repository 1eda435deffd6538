"""Answers kept for a while, each loaded once however many ask at the same time. The one home of aiocache.

aiocache stores; the single flight is ours, since its own decorator lets fifty misses make fifty loads. Where gateways
share a cache, it is looked into before a load, and told of what was loaded: `gateway/shared.py`.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Generic, TypeVar

from aiocache import SimpleMemoryCache

from gateway.keeping import Form
from gateway.measures import SILENT, Lookup, Measures
from gateway.shared import SharedCache

MOST_ENTRIES = 5_000

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Values by key. A load that its first asker gives up on goes on, so that the next asker finds it done.

    A value is shared where its `form` is given, and kept in this process alone where it is not.
    """

    def __init__(
        self, *, most: int = MOST_ENTRIES, shared: SharedCache | None = None, measures: Measures = SILENT
    ) -> None:
        self._store = SimpleMemoryCache()
        self._flights: dict[str, asyncio.Task[tuple[Value, bool]]] = {}
        self._keys: OrderedDict[str, None] = OrderedDict()
        self._most = most
        self._shared = shared
        self._measures = measures

    async def open(self) -> None:
        """Find out whether what is shared can be had."""
        if self._shared is not None:
            await self._shared.open()

    async def get(self, key: str) -> Value | None:
        """What this process keeps under that key."""
        value: Value | None = await self._store.get(key)
        return value

    async def get_many(self, keys: Sequence[str], ttl: timedelta, form: Form[Value]) -> dict[str, Value]:
        """What is kept under these keys, here or by others; what others kept is kept here, too."""
        here = {key: value for key in keys if (value := await self.get(key)) is not None}
        if self._shared is None or ttl <= timedelta(0):
            return here
        there = await self._shared.get_many([key for key in keys if key not in here], form)
        for key, kept in there.items():
            await self._keep(key, kept.value, min(kept.left, ttl))
        return here | {key: kept.value for key, kept in there.items()}

    async def put(self, key: str, value: Value, ttl: timedelta, form: Form[Value] | None = None) -> None:
        """Keep it for `ttl`; the longest-kept gives way when there are too many."""
        if ttl <= timedelta(0):
            return  # aiocache takes 0 for ever
        await self._keep(key, value, ttl)
        if self._shared is not None and form is not None:
            self._shared.put(key, value, ttl, form)

    async def get_or_load(
        self, key: str, ttl: timedelta, load: Callable[[], Awaitable[Value]], form: Form[Value] | None = None
    ) -> tuple[Value, bool]:
        """What is kept, and True; else what `load` gives, kept for `ttl`, and False. An error is passed on, not kept."""
        if (kept := await self.get(key)) is not None:
            self._measures.cache_looked_up(Lookup.HIT)
            return kept, True
        lookup = Lookup.MISS
        try:
            value, hit = await asyncio.shield(self._flight(key, ttl, load, form))
            lookup = Lookup.HIT if hit else Lookup.MISS
        finally:
            self._measures.cache_looked_up(lookup)
        return value, hit

    async def aclose(self) -> None:
        """Give up what is still loading."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        if self._shared is not None:
            await self._shared.aclose()

    def _flight(
        self, key: str, ttl: timedelta, load: Callable[[], Awaitable[Value]], form: Form[Value] | None
    ) -> asyncio.Task[tuple[Value, bool]]:
        """The one search for that key that is under way."""
        if (flight := self._flights.get(key)) is None:
            flight = asyncio.create_task(self._find(key, ttl, load, form))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._land(key, done))
        return flight

    async def _find(
        self, key: str, ttl: timedelta, load: Callable[[], Awaitable[Value]], form: Form[Value] | None
    ) -> tuple[Value, bool]:
        if form is not None and (found := await self.get_many([key], ttl, form)):
            return found[key], True
        value = await load()
        await self.put(key, value, ttl, form)
        return value, False

    async def _keep(self, key: str, value: Value, ttl: timedelta) -> None:
        await self._store.set(key, value, ttl=ttl.total_seconds())
        self._keys[key] = None
        self._keys.move_to_end(key)
        while len(self._keys) > self._most:
            oldest, _ = self._keys.popitem(last=False)
            await self._store.delete(oldest)

    def _land(self, key: str, flight: asyncio.Task[tuple[Value, bool]]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # whoever still waits is told; without this line asyncio would complain where nobody does
