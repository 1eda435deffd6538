"""A provider's upstream that is unwell: its `http` over a transport that answers badly, and counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx

from providers import Provider

Answering = Callable[[httpx.Request], Awaitable[httpx.Response]]


class Faulty(httpx.AsyncBaseTransport):
    """Stands before the transport that the provider has, and answers instead. `asked`: how often it was."""

    def __init__(self, whole: httpx.AsyncBaseTransport, answering: Callable[[Answering], Answering]) -> None:
        self.asked = 0
        self.begun = asyncio.Event()
        self._answer = answering(whole.handle_async_request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Count, and answer badly."""
        self.asked += 1
        self.begun.set()
        return await self._answer(request)


@asynccontextmanager
async def faulty(provider: Provider, answering: Callable[[Answering], Answering]) -> AsyncIterator[Faulty]:
    """The provider's upstream is unwell within the block."""
    kept, transports = provider.http, []

    def wrap(whole: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        transports.append(Faulty(whole, answering))
        return transports[0]

    provider.http = kept.over(wrap)
    try:
        yield transports[0]
    finally:
        await provider.http.aclose()
        provider.http = kept


def always(
    status: int, content: bytes = b"not today", kind: str = "text/plain", **headers: str
) -> Callable[[Answering], Answering]:
    """That answer, whatever is asked."""
    named = {"content-type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}

    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=named, content=content)

    return lambda _: answer


def raising(error: type[httpx.TransportError]) -> Callable[[Answering], Answering]:
    """No answer."""

    async def answer(request: httpx.Request) -> httpx.Response:
        msg = f"this is a test of {request.url}"
        raise error(msg)

    return lambda _: answer


def hanging(_: Answering) -> Answering:
    """Nothing, ever."""

    async def answer(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    return answer


def half(whole: Answering) -> Answering:
    """The first half of the right answer, as if it were all."""

    async def answer(request: httpx.Request) -> httpx.Response:
        right = await whole(request)
        content = await right.aread()
        await right.aclose()
        kept = {
            name: value for name, value in right.headers.items() if name not in {"content-length", "content-encoding"}
        }
        return httpx.Response(right.status_code, headers=kept, content=content[: len(content) // 2])

    return answer


PAGE = b"<!DOCTYPE html><html><head><title>Maintenance</title></head><body><p>We will be back soon.</body></html>"
EACH = {
    "401": always(401),
    "403": always(403),
    "429": always(429, retry_after="120"),
    "500": always(500),
    "503": always(503),
    "no answer in time": raising(httpx.ReadTimeout),
    "no connection": raising(httpx.ConnectError),
    "nothing": always(200, b"", "application/json"),
    "a web page": always(200, PAGE, "text/html"),
}
"""Ways to be unwell, by name."""
