"""A provider's server for tests: real HTTP on loopback, counted, and odd on request.

    class FakeExample(FakeUpstream):
        prefix = "/v1"

        def routes(self) -> Sequence[BaseRoute]:
            return [Route("/events", self._events)]

        async def _events(self, request: Request) -> Response:
            return self.answer({"events": []})

    with FakeExample() as upstream:
        upstream.fault = Fault.status(503, times=1)
        ...  # ask upstream.url with the real adapter
        assert [path for _, path, _ in upstream.requests] == ["/events", "/events"]

It runs in a thread with a loop of its own, so that any loop, or none, can ask it.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from types import TracebackType
from typing import Any, NamedTuple, Self

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

START_TIMEOUT = 10.0
_TICK = 0.005


class FaultKind(Enum):
    """How a server can be unwell."""

    SLOW = auto()
    DOWN = auto()
    STATUS = auto()
    RATE_LIMITED = auto()
    TRUNCATED = auto()
    BROKEN_OFF = auto()
    HTML = auto()
    EMPTY = auto()
    ODD = auto()
    ERROR_BODY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to misbehave; build it with the method of its name.

    times: only for the next so many requests; None for as long as it is set. every: only each so-manieth request,
    beginning with the first after it is set. seconds: how long to wait, or what Retry-After says. spared: so many
    requests go well before it begins.
    """

    kind: FaultKind
    seconds: float | None = None
    code: int = 200
    times: int | None = None
    every: int = 1
    spared: int = 0

    def after(self, requests: int) -> Fault:
        """The same, once so many requests went well."""
        return replace(self, spared=requests)

    @classmethod
    def slow(cls, seconds: float, *, times: int | None = None, every: int = 1) -> Fault:
        """The right answer, after a while."""
        return cls(kind=FaultKind.SLOW, seconds=seconds, times=times, every=every)

    @classmethod
    def down(cls, *, times: int | None = None, every: int = 1) -> Fault:
        """The connection is closed without an answer."""
        return cls(kind=FaultKind.DOWN, times=times, every=every)

    @classmethod
    def status(cls, code: int, *, times: int | None = None, every: int = 1) -> Fault:
        """That status and a short text."""
        return cls(kind=FaultKind.STATUS, code=code, times=times, every=every)

    @classmethod
    def rate_limited(cls, *, retry_after: float | None = None, times: int | None = None, every: int = 1) -> Fault:
        """Status 429 with the provider's own body, and Retry-After in seconds where given."""
        return cls(kind=FaultKind.RATE_LIMITED, seconds=retry_after, code=429, times=times, every=every)

    @classmethod
    def truncated(cls, *, broken_off: bool = False, times: int | None = None, every: int = 1) -> Fault:
        """Half of the right answer: as if that were all of it, or with the connection breaking off."""
        kind = FaultKind.BROKEN_OFF if broken_off else FaultKind.TRUNCATED
        return cls(kind=kind, times=times, every=every)

    @classmethod
    def html(cls, *, code: int = 200, times: int | None = None, every: int = 1) -> Fault:
        """A web page, such as an edge server sends during maintenance."""
        return cls(kind=FaultKind.HTML, code=code, times=times, every=every)

    @classmethod
    def empty(cls, *, times: int | None = None, every: int = 1) -> Fault:
        """Status 200 and nothing."""
        return cls(kind=FaultKind.EMPTY, times=times, every=every)

    @classmethod
    def odd(cls, *, times: int | None = None, every: int = 1) -> Fault:
        """Good JSON that is nothing like what was asked for."""
        return cls(kind=FaultKind.ODD, times=times, every=every)

    @classmethod
    def error_body(cls, *, times: int | None = None, every: int = 1) -> Fault:
        """Status 200 with the body of one of the provider's errors."""
        return cls(kind=FaultKind.ERROR_BODY, times=times, every=every)


class Received(NamedTuple):
    """A request as it arrived; `path` is without the prefix, and `params` keeps repeated names (`getlist`)."""

    method: str
    path: str
    params: QueryParams


class FakeUpstream:
    """An HTTP server on a free port of loopback, from `start` to `stop` or for a `with` block.

    Subclasses give its routes, under `prefix`, and what its errors look like.
    """

    prefix = ""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[Received] = []
        self._fault: Fault | None = None
        self._since_fault = 0
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._origin = ""

    def routes(self) -> Sequence[BaseRoute]:
        """What it serves."""
        return ()

    def error_body(self) -> object:
        """The JSON of an ordinary error of this provider."""
        return {"error": {"code": "not-today", "message": "this is a test"}}

    def rate_limit_body(self) -> object:
        """The JSON of its answer to one who asks too often."""
        return self.error_body()

    def rate_headers(self) -> Mapping[str, str]:
        """What it says of the quota with each good answer."""
        return {}

    def answer(self, body: object, status: int = 200) -> Response:
        """The body as JSON; a good answer carries the rate headers."""
        headers = dict(self.rate_headers()) if status == 200 else None  # noqa: PLR2004 - OK
        return Response(msgspec.json.encode(body), status, headers, media_type="application/json")

    @property
    def url(self) -> str:
        """Its base address, prefix included."""
        return f"{self._origin}{self.prefix}"

    @property
    def requests(self) -> list[Received]:
        """What was asked since the start or the last `reset`, in order of arrival."""
        with self._lock:
            return list(self._requests)

    @property
    def fault(self) -> Fault | None:
        """How it misbehaves; settable, None for not at all."""
        return self._fault

    @fault.setter
    def fault(self, fault: Fault | None) -> None:
        with self._lock:
            self._fault, self._since_fault = fault, 0

    def reset(self) -> None:
        """Forget what was asked, and be well again."""
        self.fault = None
        with self._lock:
            self._requests.clear()

    def start(self) -> Self:
        """Serve; returns when it does."""
        listening = socket.create_server(("127.0.0.1", 0))
        self._origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = _Front(self, Starlette(routes=[Mount(self.prefix, routes=list(self.routes()))]))
        config = uvicorn.Config(app, http=_Protocol, ws="none", lifespan="off", log_config=None, log_level=None)
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name=type(self).__name__, daemon=True
        )
        self._thread.start()
        self._wait_until_started(listening)
        return self

    def _wait_until_started(self, listening: socket.socket) -> None:
        assert self._server is not None
        assert self._thread is not None
        deadline = time.monotonic() + START_TIMEOUT
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                listening.close()
                msg = f"{type(self).__name__} did not start"
                raise RuntimeError(msg)
            time.sleep(_TICK)

    def stop(self) -> None:
        """Finish what is being answered, slow answers at once, and close the port."""
        if self._server is None or self._thread is None:
            return
        self._server.stop()
        self._thread.join()
        self._server = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def receive(self, scope: Scope) -> Fault | None:
        """Note the request, and say what is to go wrong with it."""
        query = QueryParams(scope["query_string"])
        with self._lock:
            self._requests.append(Received(scope["method"], scope["path"].removeprefix(self.prefix), query))
            fault, number = self._fault, self._since_fault
            self._since_fault += 1
        if fault is None:
            return None
        number -= fault.spared
        if number < 0 or number % fault.every:
            return None
        return fault if fault.times is None or number // fault.every < fault.times else None

    @property
    def stopping(self) -> bool:
        """Whether `stop` was called."""
        return self._server is None or self._server.should_exit


class _Server(uvicorn.Server):
    """As uvicorn's, but it waits to be stopped instead of looking ten times a second: one may stand by for long."""

    def stop(self) -> None:
        """From any thread, once it has started."""
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._told_to_stop.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop, self._told_to_stop = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets)

    async def main_loop(self) -> None:
        await self._told_to_stop.wait()


class _Protocol(HttpToolsProtocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Hand the transport on to the application, which ASGI gives no way to break off; and write no access log."""
        super().connection_made(transport)
        # Not through the configuration, which would silence every other uvicorn of the process, too.
        self.access_log = False
        self.app_state = {**self.app_state, "transport": transport}


class _Front:
    """Stands before the routes: notes each request, and misbehaves where told to."""

    def __init__(self, upstream: FakeUpstream, app: ASGIApp) -> None:
        self._upstream = upstream
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._upstream.receive(scope)
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind is FaultKind.SLOW:
            await self._wait(fault.seconds or 0)
            await self._app(scope, receive, send)
        elif fault.kind is FaultKind.DOWN:
            scope["state"]["transport"].abort()
            await _gone(receive)
        elif fault.kind in {FaultKind.TRUNCATED, FaultKind.BROKEN_OFF}:
            await self._half(scope, receive, send, broken_off=fault.kind is FaultKind.BROKEN_OFF)
        else:
            await self._wrong(fault)(scope, receive, send)

    async def _wait(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0 and not self._upstream.stopping:  # noqa: ASYNC110 - a flag that another thread sets
            await asyncio.sleep(min(left, 0.05))

    async def _half(self, scope: Scope, receive: Receive, send: Send, *, broken_off: bool) -> None:
        start, body = await _heard(self._app, scope, receive)
        half = body[: len(body) // 2]
        length = len(body) if broken_off else len(half)
        headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        await send(start | {"headers": [*headers, (b"content-length", str(length).encode())]})
        await send({"type": "http.response.body", "body": half, "more_body": broken_off})
        if broken_off:
            scope["state"]["transport"].close()
            await _gone(receive)

    def _wrong(self, fault: Fault) -> Response:
        match fault.kind:
            case FaultKind.RATE_LIMITED:
                response = self._upstream.answer(self._upstream.rate_limit_body(), fault.code)
                if fault.seconds is not None:
                    response.headers["retry-after"] = f"{fault.seconds:g}"
                return response
            case FaultKind.HTML:
                page = "<!DOCTYPE html><title>Maintenance</title><p>We will be back soon."
                return Response(page, fault.code, media_type="text/html")
            case FaultKind.ODD:
                return self._upstream.answer([{"surprise": 42}, None, "events"])
            case FaultKind.ERROR_BODY:
                return self._upstream.answer(self._upstream.error_body())
            case FaultKind.EMPTY:
                return Response(media_type="application/json")
            case _:
                return Response("not today", fault.code, media_type="text/plain")


async def _heard(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[dict[str, Any], bytes]:
    """What the application would have sent: the start, and the whole body."""
    start: dict[str, Any] = {}
    chunks: list[bytes] = []

    async def hear(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            chunks.append(message.get("body", b""))

    await app(scope, receive, hear)
    return start, b"".join(chunks)


async def _gone(receive: Receive) -> None:
    """Return once the server knows that the connection is closed; it complains of an answer owed before that."""
    while (await receive())["type"] != "http.disconnect":
        pass
