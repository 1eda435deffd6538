"""How the process leaves: whoever is connected is answered and let go, and nobody new comes in.

A listening socket that is closed resets the connections that wait in its queue, and a kept-alive connection that is closed
loses the request that is on its way. So, at SIGTERM: handshakes are refused, what is connected gets its answers with
`Connection: close`, and only then are the sockets closed.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import os
import socket
import struct
import sys
from collections.abc import Callable, Collection, Iterable
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

# How long nobody may ask anything before the rest is closed, and how long a handshake that has begun may take (seconds).
LINGER = 1.0
# Where newcomers cannot be kept out, there must be an end all the same (seconds).
LONGEST = 10.0
HANDSHAKE = 0.1
_LOOK = 0.02

# Linux: a socket filter, which on a listening socket sees TCP headers. Byte 13 holds the flags, and bit 2 of it is SYN:
# such a packet is dropped, so the client tries again a second later and finds the door closed; all others pass.
_SO_ATTACH_FILTER = 26
_NO_HANDSHAKES = b"".join(
    struct.pack("HBBI", *instruction)
    for instruction in ((0x30, 0, 0, 13), (0x45, 0, 1, 2), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFF))
)


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
    """An ASGI application whose answers, once `begin` was called, end their connections."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._begun = False
        self._asked = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if self._begun and scope["type"] == "http":
            self._asked = monotonic()
            send = _closing(send)
        await self._app(scope, receive, send)

    async def drain(self, sockets: Iterable[socket.socket], connections: Collection[object]) -> None:
        """Wait until all `connections` are gone or have said nothing new for a while; those that are busy are left so.

        None comes in any more, and each can ask but once, so there is an end to it; `LONGEST`, where they come all the same.
        """
        self._begun = True
        for each in sockets:
            _refuse_handshakes(each)
        await asyncio.sleep(HANDSHAKE)
        self._asked = monotonic()
        last = self._asked + LONGEST
        while connections and monotonic() < min(self._asked + LINGER, last):  # noqa: ASYNC110 - uvicorn's set tells nobody
            await asyncio.sleep(_LOOK)


def _closing(send: Send) -> Send:
    async def closing(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"connection", b"close")]}
        await send(message)

    return closing


def _refuse_handshakes(listening: socket.socket) -> None:
    """Elsewhere than on Linux, what comes in the last moment may be reset."""
    if sys.platform != "linux":
        return
    code = ctypes.create_string_buffer(_NO_HANDSHAKES)
    program = struct.pack("HP", len(_NO_HANDSHAKES) // 8, ctypes.addressof(code))
    # uvloop's sockets have no setsockopt; a second descriptor is the same socket.
    with socket.socket(fileno=os.dup(listening.fileno())) as same:
        try:
            same.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
        except OSError as error:
            log.warning("newcomers cannot be kept out while we stop, and some may be lost (%s)", error)
