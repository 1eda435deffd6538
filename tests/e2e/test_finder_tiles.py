"""Street tiles under the map, from a tile server that the operator has set: drawn, and let in by name alone."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from providers.testing import FakeUpstream

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SIZE = 256
# Of no colour that the page has itself.
COLOUR = (20, 140, 90)
REFUSED = "violates the following Content Security Policy directive"
# Where the colour stands in a picture: decoded by the browser, on a page of nobody's.
SHARE = """async ([picture, colour]) => {
  const image = new Image()
  image.src = 'data:image/png;base64,' + picture
  await image.decode()
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
  const context = canvas.getContext('2d')
  context.drawImage(image, 0, 0)
  const { data } = context.getImageData(0, 0, image.width, image.height)
  let count = 0
  for (let at = 0; at < data.length; at += 4) count += colour.every((value, index) => data[at + index] === value)
  return count / (image.width * image.height)
}"""
LOAD = """address => new Promise(done => {
  const image = new Image()
  image.onload = () => done(true)
  image.onerror = () => done(false)
  image.src = address
})"""


def png() -> bytes:
    """A square of one colour."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = (b"\0" + bytes(COLOUR) * SIZE) * SIZE
    head = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Tiles(FakeUpstream):
    """Streets of one colour, wherever one looks."""

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/{z:int}/{x:int}/{y:int}.png", self._tile)]

    async def _tile(self, _request: Request) -> Response:
        return Response(png(), media_type="image/png")


@pytest.fixture
def tiles() -> Iterator[Tiles]:
    with Tiles() as tiles:
        yield tiles


@pytest_asyncio.fixture(loop_scope="module")
async def visits(
    chromium: Browser, tiles: Tiles, tmp_path: Path, gateway_at: Any, open_visits: Any
) -> AsyncIterator[Any]:
    settings = {
        "MAP_TILES_URL": f"{tiles.url}/{{z}}/{{x}}/{{y}}.png",
        "MAP_TILES_ATTRIBUTION": "© The <b>surveyors</b>",
    }
    async with gateway_at(tmp_path, "serve", **settings) as address:
        visits = open_visits(chromium, address)
        yield visits
        await visits.aclose()


async def test_tiles_are_drawn_under_the_dots_and_no_other_host_is_asked(
    visits: Any, tiles: Tiles, chromium: Browser
) -> None:
    page: Page = await visits.open("/?view=map", reduced_motion="reduce")
    await expect(page.locator("img.leaflet-tile-loaded").first).to_be_visible()
    await expect(page.locator(".leaflet-marker-icon").first).to_be_visible()
    await page.wait_for_load_state("networkidle")
    await expect(page.locator(".leaflet-control-attribution")).to_contain_text("© The surveyors")
    picture = base64.b64encode(await page.locator(".map").screenshot()).decode()
    blank = await chromium.new_page()
    assert await blank.evaluate(SHARE, [picture, list(COLOUR)]) > 0.5
    await blank.close()
    assert {path.count("/") for _, path, _ in tiles.requests} == {3}
    assert {urlsplit(url).netloc for url in visits.outside} == {urlsplit(tiles.url).netloc}
    assert not await page.evaluate("performance.getEntriesByType('resource').some(({ name }) => name.includes('50m'))")
    assert visits.complaints == []


async def test_the_policy_lets_in_pictures_of_that_host_and_of_no_other(visits: Any, tiles: Tiles) -> None:
    with Tiles() as stranger:
        page: Page = await visits.open("/")
        assert await page.evaluate(LOAD, f"{tiles.url}/1/0/0.png") is True
        assert await page.evaluate(LOAD, f"{stranger.url}/1/0/0.png") is False
        assert stranger.requests == []
    assert [each for each in visits.complaints if REFUSED not in each] == []
    assert len(visits.complaints) == 1
