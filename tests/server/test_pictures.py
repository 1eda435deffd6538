"""Pictures by way of the gateway: what is fetched, what is not, and what is said of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.keys import Keys
from gateway.pictures import Pictures
from providers import Http
from providers.testing import FakeUpstream, Fault
from server.pictures import MAX_BYTES, PictureProxy, open_host

PICTURES = Pictures(Keys([b"a secret of sixteen"]).named("pictures"))
PIXELS = b"\x89PNG\r\n\x1a\n" + bytes(100)


class FakeHost(FakeUpstream):
    """Serves one picture as PNG, one as what it is not, and one that is too large."""

    def routes(self) -> Sequence[BaseRoute]:
        def of(content: bytes, kind: str) -> Callable[[Request], Response]:
            return lambda _request: Response(content, media_type=kind)

        return [
            Route("/a.png", of(PIXELS, "image/png")),
            Route("/a.svg", of(b"<svg/>", "image/svg+xml")),
            Route("/a.html", of(b"<script>", "text/html")),
            Route("/huge.png", of(bytes(MAX_BYTES + 1), "image/png")),
        ]


@pytest.fixture(scope="module")
def running() -> Iterator[FakeHost]:
    with FakeHost() as host:
        yield host


@pytest.fixture
def host(running: FakeHost) -> FakeHost:
    running.reset()
    running.fault = None
    return running


async def client_of(open_host: Callable[[str], Http]) -> AsyncIterator[httpx.AsyncClient]:
    proxy = PictureProxy(PICTURES, open_host)
    app = Starlette(routes=[Route("/pictures/{name}", proxy.picture)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        yield client
    await proxy.aclose()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A gateway that may ask this machine."""
    async for client in client_of(lambda origin: Http(origin, max_bytes=MAX_BYTES)):
        yield client


@pytest.fixture
async def strict() -> AsyncIterator[httpx.AsyncClient]:
    """A gateway as it is."""
    async for client in client_of(open_host):
        yield client


async def test_a_picture_comes_as_it_is_for_browsers_to_keep_and_can_run_nothing(
    client: httpx.AsyncClient, host: FakeHost
) -> None:
    response = await client.get(f"/pictures/{PICTURES.name(host.url + '/a.png')}")
    assert (response.status_code, response.content, response.headers["content-type"]) == (200, PIXELS, "image/png")
    assert "max-age=86400" in response.headers["cache-control"]
    assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/a.svg", "/a.html", "/huge.png", "/gone.png"])
async def test_what_is_no_picture_is_nothing(client: httpx.AsyncClient, host: FakeHost, path: str) -> None:
    response = await client.get(f"/pictures/{PICTURES.name(host.url + path)}")
    assert (response.status_code, response.content) == (204, b"")
    assert "immutable" not in response.headers["cache-control"]


async def test_a_host_that_is_down_is_nothing_and_is_asked_again_later(
    client: httpx.AsyncClient, host: FakeHost
) -> None:
    host.fault = Fault.status(404)
    name = PICTURES.name(f"{host.url}/a.png")
    assert (await client.get(f"/pictures/{name}")).status_code == 204
    host.fault = None
    assert (await client.get(f"/pictures/{name}")).status_code == 200


async def test_this_machine_is_not_asked_whatever_a_provider_lists(strict: httpx.AsyncClient, host: FakeHost) -> None:
    assert (await strict.get(f"/pictures/{PICTURES.name(host.url + '/a.png')}")).status_code == 204
    assert host.requests == []


async def test_nobody_can_have_an_address_fetched_that_no_provider_gave(
    client: httpx.AsyncClient, host: FakeHost
) -> None:
    other = Pictures(Keys([b"somebody else's secret"]).named("pictures"))
    assert (await client.get(f"/pictures/{other.name(host.url + '/a.png')}")).status_code == 404
    assert (await client.get("/pictures/nonsense")).status_code == 404
    assert host.requests == []
