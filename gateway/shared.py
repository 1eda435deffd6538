"""A cache that several gateways share, in Redis or Valkey. The one home of redis.

It is never needed. One that is down, hung, full or out of its mind costs the first who ask a moment (`PATIENCE`), and is
then left alone; a task of its own looks every second whether it is back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from gateway.keeping import Form, Seal
from gateway.measures import SILENT, Measures

# How long an asking may take in all, connecting included (seconds).
PATIENCE = 0.2
# How long one that does not answer is left alone (seconds).
REST = 1.0
# Larger values stay in the process that has them: reading one would keep everybody waiting.
MOST_BYTES = 1_000_000
# Writes that may wait; when there are more, it is too slow to be of use.
MOST_WAITING = 500
CONNECTIONS = 16
PORT = 6379

_NOBODY = "event-gateway:nobody"

log = logging.getLogger(__name__)

Value = TypeVar("Value")
Answer = TypeVar("Answer")


class Kept(NamedTuple, Generic[Value]):
    """A value, and for how much longer it may be kept."""

    value: Value
    left: timedelta


class _Write(NamedTuple):
    key: str
    value: Any
    form: Form[Any]
    until: float


class SharedCache:
    """Values by key, for all gateways with the same secret.

    url: `redis://` or `rediss://`, with user, password and database number where they are needed.
    key: what tells our values from others', see `Seal`.
    """

    def __init__(
        self,
        url: str,
        key: bytes,
        *,
        measures: Measures = SILENT,
        patience: float = PATIENCE,
        rest: float = REST,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        parts = urlsplit(url)
        self.password = unquote(parts.password) if parts.password else None
        self._address = f"{parts.scheme}://{parts.hostname}:{parts.port or PORT}{parts.path}"
        # Its own ways of waiting would add up to seconds. It may try once more, at once: its connection may have been closed
        # while nobody asked. `_asked` bounds all of that together.
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=patience,
            socket_timeout=patience,
            socket_connect_timeout=patience,
            retry=Retry(NoBackoff(), 1),
        )
        self._redis = Redis.from_pool(pool)
        self._seal = Seal(key)
        self._measures = measures
        self._patience = patience
        self._rest = rest
        self._most_bytes = most_bytes
        self._waiting: asyncio.Queue[_Write] = asyncio.Queue(MOST_WAITING)
        self._writer: asyncio.Task[None] | None = None
        self._lookout: asyncio.Task[None] | None = None
        self._refuses = False

    async def open(self) -> None:
        """See whether it is there, so that a wrong address is told at the start and not by the first search."""
        await self._asked(self._look)

    @property
    def is_away(self) -> bool:
        """Whether it did not answer of late, and is left alone."""
        return self._lookout is not None

    async def get(self, key: str, form: Form[Value]) -> Kept[Value] | None:
        """What is kept under that key, None also where it cannot be had."""
        return (await self.get_many([key], form)).get(key)

    async def get_many(self, keys: Iterable[str], form: Form[Value]) -> dict[str, Kept[Value]]:
        """What is kept under these keys, in one request."""
        places = {key: self._seal.place(key, form) for key in keys}
        if not places or self.is_away:
            return {}

        async def look_up() -> list[object]:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for place in places.values():
                    # Never more than we would write, whatever somebody put there.
                    pipeline.getrange(place, 0, self._most_bytes - 1)
                    pipeline.pttl(place)
                answers: list[object] = await pipeline.execute()
            return answers

        answers = await self._asked(look_up)
        if answers is None:
            return {}
        found = zip(places.items(), answers[::2], answers[1::2], strict=False)
        read = {key: self._read(place, sealed, left, form) for (key, place), sealed, left in found}
        return {key: kept for key, kept in read.items() if kept is not None}

    def put(self, key: str, value: Value, ttl: timedelta, form: Form[Value]) -> None:
        """Keep it for `ttl`, soon: nobody waits for it, and nobody is told whether it worked."""
        if self.is_away:
            return
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_on())
        until = asyncio.get_running_loop().time() + ttl.total_seconds()
        with suppress(asyncio.QueueFull):
            self._waiting.put_nowait(_Write(key, value, form, until))

    async def settled(self) -> None:
        """Wait until all that was put is written, or given up."""
        await self._waiting.join()

    async def aclose(self) -> None:
        """Write what waits, if that is quick, and let go."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                await self.settled()
        tasks = [task for task in (self._writer, self._lookout) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(RedisError, OSError):
            await self._redis.aclose()

    def _read(self, place: str, sealed: object, left: object, form: Form[Value]) -> Kept[Value] | None:
        if not isinstance(sealed, bytes) or not isinstance(left, int) or left <= 0:
            return None
        content = self._seal.open(place, sealed)
        value = form.read(content) if content is not None else None
        return Kept(value, timedelta(milliseconds=left)) if value is not None else None

    async def _write_on(self) -> None:
        while True:
            write = await self._waiting.get()
            try:
                await self._write(write)
            finally:
                self._waiting.task_done()

    async def _write(self, write: _Write) -> None:
        if self.is_away:
            return
        content = write.form.write(write.value)
        left = int((write.until - asyncio.get_running_loop().time()) * 1000)
        if left <= 0 or len(content) > self._most_bytes:
            return
        place = self._seal.place(write.key, write.form)
        sealed = self._seal.close(place, content)

        async def keep() -> bool:
            try:
                await self._redis.set(place, sealed, px=left)
            except ResponseError as error:
                self._tell_that_it_refuses(error)
            return True

        await self._asked(keep)

    async def _asked(self, ask: Callable[[], Awaitable[Answer]]) -> Answer | None:
        try:
            async with asyncio.timeout(self._patience):
                answer = await ask()
        except Exception as error:  # noqa: BLE001 - whatever stands at that address, what the client makes of it cannot be listed
            self._leave_alone(error)
            return None
        self._measures.shared_cache_reached(True)  # noqa: FBT003 - as the protocol has it
        return answer

    def _leave_alone(self, error: Exception) -> None:
        self._measures.shared_cache_reached(False)  # noqa: FBT003 - as the protocol has it
        if self._lookout is None:
            reason = str(error).rstrip(".") or f"{type(error).__name__} after {self._patience} s"
            log.warning("the shared cache %s does not answer: %s; going on without it", self._address, reason)
            self._lookout = asyncio.create_task(self._look_out())

    async def _look_out(self) -> None:
        """Until it answers what searches want to know; that it is up, alone, says little."""
        back = False
        while not back:
            await asyncio.sleep(self._rest)
            back = await self._asked(self._look) is not None
        self._lookout, self._refuses = None, False
        log.info("the shared cache %s answers again", self._address)

    async def _look(self) -> int:
        found: int = await self._redis.exists(_NOBODY)
        return found

    def _tell_that_it_refuses(self, error: ResponseError) -> None:
        """It answers, but takes nothing: what it has can still be read. Said once until it was away."""
        if not self._refuses:
            self._refuses = True
            log.warning("the shared cache %s keeps nothing more: %s", self._address, error)
