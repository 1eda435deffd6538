"""The finder's document and what goes with it, as a browser is given them."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.applications import Starlette

from server.finder import Finder
from server.settings import MapTiles

TILES = MapTiles("https://{s}.tiles.example.org/{z}/{x}/{y}.png?key=a&b", '© <a href="https://example.org">Us</a>')


def client_of(finder: Finder) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(Starlette(routes=finder.routes())), base_url="http://gateway"
    )


@pytest.mark.parametrize("path", ["/", "/favourites", "/account", "/events/abc"])
async def test_each_page_is_one_document_that_holds_no_code_and_asks_no_other_host(
    client: httpx.AsyncClient, path: str
) -> None:
    response = await client.get(path)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert not re.search(r"<script(?![^>]*src=)|<style|style=|\son\w+=|https?://", response.text)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response.headers["cache-control"] == "no-cache"


async def test_street_tiles_are_let_in_by_name_and_nothing_else_is() -> None:
    async with client_of(Finder(TILES)) as client:
        response = await client.get("/")
    assert "img-src 'self' data: https://*.tiles.example.org;" in response.headers["content-security-policy"]
    assert 'name="map-tiles" content="https://{s}.tiles.example.org/{z}/{x}/{y}.png?key=a&amp;b"' in response.text
    assert "© &lt;a href=&quot;https://example.org&quot;&gt;" in response.text


async def test_the_service_worker_lies_at_the_root_and_is_looked_at_anew_each_time(client: httpx.AsyncClient) -> None:
    response = await client.get("/service-worker.js")
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["cache-control"] == "no-cache"
    assert "connect-src 'self'" in response.headers["content-security-policy"]


async def test_the_calendar_of_an_event_is_no_page(client: httpx.AsyncClient) -> None:
    assert (await client.get("/events/abc.ics")).status_code == 404
