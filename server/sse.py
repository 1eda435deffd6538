"""GraphQL over Server-Sent Events, in distinct connections mode: one response, one operation.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server.streams import Answer, Streams

EVENT_STREAM = "text/event-stream"
HEADERS = {
    "cache-control": "no-store",
    # nginx would collect what is to arrive at once.
    "x-accel-buffering": "no",
    "vary": "accept",
}
# Proxies hang up on those who say nothing; the comment is for them (seconds).
KEEP_ALIVE_AFTER = 12.0
KEEP_ALIVE = b":\n\n"
# Browsers pass over events without any data.
COMPLETE = b"event: complete\ndata:\n\n"


def next_event(body: Mapping[str, Any]) -> bytes:
    """One answer. JSON as msgspec writes it is one line."""
    return b"event: next\ndata: " + msgspec.json.encode(body) + b"\n\n"


class EventStream(Response):
    """The answers as they come, then `complete`; as fast as the client reads, and no longer than it is there."""

    def __init__(
        self, streams: Streams, answers: AsyncGenerator[Answer, None], keep_alive_after: float = KEEP_ALIVE_AFTER
    ) -> None:
        super().__init__(headers=HEADERS, media_type=EVENT_STREAM)
        del self.headers["content-length"]
        self._streams = streams
        self._answers = answers
        self._keep_alive_after = keep_alive_after

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """The response. A client that leaves is noticed while nothing is said, too."""
        with self._streams.connection():
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            telling = self._streams.tell(self._tell(send))
            leaving = asyncio.create_task(_left(receive))
            try:
                await self._until_either_ends(telling, leaving, send)
            finally:
                await _cancelled(telling, leaving)
            if leaving.cancelled():
                await send(_part(COMPLETE, more=False))
            if not telling.cancelled():
                telling.result()  # raises what nobody foresaw

    async def _tell(self, send: Send) -> None:
        async with aclosing(self._answers):
            async for answer in self._answers:
                await send(_part(next_event(answer.body)))

    async def _until_either_ends(self, telling: asyncio.Task[None], leaving: asyncio.Task[None], send: Send) -> None:
        while True:
            ended, _ = await asyncio.wait(
                {telling, leaving}, timeout=self._keep_alive_after, return_when=asyncio.FIRST_COMPLETED
            )
            if ended:
                return
            await send(_part(KEEP_ALIVE))


def _part(content: bytes, *, more: bool = True) -> dict[str, object]:
    return {"type": "http.response.body", "body": content, "more_body": more}


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
