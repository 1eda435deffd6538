"""How the process leaves: whoever is connected is answered and let go.

A listening socket that is closed resets the connections that wait in its queue, and a kept-alive connection that is closed
loses the request that is on its way. So, at SIGTERM: the door is shut (`server/door.py`), whoever waits at it is let in,
and only then is the socket closed; and what is connected gets its answers with `Connection: close`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.door import somebody_waits

# Seconds: how long a handshake that has begun may take, which is once around the world; how long nobody may ask anything
# before the rest is closed; and how long people are let in at most, where they come all the same.
HANDSHAKE = 0.3
LINGER = 1.0
LONGEST = 5.0
_LOOK = 0.02


class Notice:
    """So many seconds between the word that it is to stop and its stopping: those who send it requests must hear of it, too.

    Kubernetes tells a process and those who route to it at the same moment, so for a moment requests still come.
    `announce`: says that no more requests should be sent here.
    """

    def __init__(self, seconds: float, announce: Callable[[], None]) -> None:
        self.seconds = seconds
        self._announce = announce
        self._begun = False

    def begins(self) -> bool:
        """Whether it does: once, and only where there is time for it."""
        if self._begun or not self.seconds:
            return False
        self._begun = True
        self._announce()
        return True


AT_ONCE = Notice(0, lambda: None)


class Draining:
    """An ASGI application whose answers, once it is to `drain`, end their connections."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._begun = False
        self._asked = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._asked = monotonic()

        async def closing(message: Message) -> None:
            # What was asked before it began, and is answered now, would be followed by a request that nobody reads.
            if self._begun and message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
            await send(message)

        await self._app(scope, receive, closing)

    async def drain(self, servers: Sequence[asyncio.Server], connections: Collection[object]) -> None:
        """Let in whoever waits, and wait until all `connections` are gone or have said nothing new for a while.

        Those that are busy are left so. Each can ask but once, and none comes in any more, so there is an end to it.
        """
        self._begun = True
        await asyncio.sleep(HANDSHAKE)
        until = monotonic() + LONGEST
        while _somebody_waits(servers) and monotonic() < until:  # noqa: ASYNC110 - a queue tells nobody
            await asyncio.sleep(_LOOK)
        for server in servers:
            server.close()
        self._asked = monotonic()
        await asyncio.sleep(_LOOK)  # who was let in last is among the connections only a moment later
        while connections and monotonic() < self._asked + LINGER:  # noqa: ASYNC110 - uvicorn's set tells nobody
            await asyncio.sleep(_LOOK)


def _somebody_waits(servers: Sequence[asyncio.Server]) -> bool:
    return any(somebody_waits(each) for server in servers for each in server.sockets)
