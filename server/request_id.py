"""Gives every HTTP request an id, which stands in its log lines and in its answer. A sane one that comes with it is kept."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "x-request-id"
_SANE = re.compile(r"[A-Za-z0-9._-]{1,128}")

_current: ContextVar[str | None] = ContextVar("event_gateway_request_id", default=None)


def request_id() -> str | None:
    """That of the request that is being answered."""
    return _current.get()


class RequestIds:
    """ASGI middleware: the id is there for all that is done for the request, tasks included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        own = given if _SANE.fullmatch(given) else secrets.token_hex(8)
        # Not reset: each request has a task of its own, and what breaks is logged by whoever called us.
        _current.set(own)

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = own
            await send(message)

        await self._app(scope, receive, sending)
