"""Takes the pictures of docs/images anew, from the demo: `make screenshots`.

Look at each before it is committed: it shows what somebody sees who comes for the first time.
"""

from __future__ import annotations

import asyncio
import base64
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

IMAGES = Path(__file__).parents[1] / "docs" / "images"
LONDON = "/?place=London&at=51.508,-0.126&when=next-7-days"
# WebP: half of what a PNG takes.
QUALITY = 88
SECONDS = 60
RADII = (25, 50, 100, 10, 5)
expect.set_options(timeout=SECONDS * 1_000)


@asynccontextmanager
async def demo(*arguments: str) -> AsyncIterator[str]:
    """The address of a demo of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    command = Path(sys.executable).with_name("event-gateway")
    process = await asyncio.create_subprocess_exec(
        command, "demo", *arguments, "--port=0", env=kept, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    found = None
    while found is None and (line := await process.stdout.readline()):
        found = re.search(r"http://\S+", line.decode())
    assert found is not None
    yield found[0]
    process.terminate()
    await process.communicate()


class Camera:
    """Opens pages of one gateway, and keeps what they look like."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address

    async def open(self, path: str, *, width: int = 1280, height: int = 860, **options: Any) -> Page:  # noqa: ANN401 - as Playwright has them
        """A page that nothing is known in; `options` are Playwright's."""
        wanted = {"locale": "en-GB", "timezone_id": "Europe/London", "reduced_motion": "reduce", **options}
        page = await self._browser.new_page(
            viewport={"width": width, "height": height}, base_url=self._address, service_workers="block", **wanted
        )
        await page.goto(path)
        return page

    async def take(self, page: Page, name: str) -> None:
        """The page as it is now."""
        await page.wait_for_load_state("networkidle")
        await page.mouse.move(0, 0)
        session = await page.context.new_cdp_session(page)
        shot = await session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        (IMAGES / f"{name}.webp").write_bytes(base64.b64decode(shot["data"]))
        await page.close()


async def searched(page: Page) -> None:
    """The search is over."""
    await expect(page.locator(".strip")).to_contain_text(re.compile(r"from \d+ source|aus \d+ Quelle"))


async def with_favourites(camera: Camera, **options: Any) -> Page:  # noqa: ANN401 - as `open`
    """A page on which somebody keeps events, a performer and a venue."""
    page = await camera.open(LONDON, **options)
    await searched(page)
    for number in (1, 2):
        await page.locator("article .heart").nth(number).click()
    await page.goto("/?q=silver+harbour&place=London&at=51.508,-0.126")
    await searched(page)
    await page.locator("article h3 a").first.click()
    # Hearts of a venue and of performers are there once it is known that they can be kept.
    await expect(page.locator(".thing .heart").first).to_be_visible()
    for heart in await page.locator(".thing .heart").all():
        await heart.click()
    return page


async def whole(camera: Camera) -> None:
    """What all looks like where all goes well."""
    page = await camera.open(LONDON)
    await searched(page)
    await page.locator("article .heart").nth(1).click()
    await camera.take(page, "finder")
    for name, options in (("finder-dark", {"color_scheme": "dark"}), ("finder-phone", {"width": 360, "height": 740})):
        page = await camera.open(LONDON, **options)
        await searched(page)
        if name == "finder-phone":
            await page.evaluate("scrollTo(0, 400)")
        await camera.take(page, name)
    page = await camera.open("/?q=zzzqqq")
    await searched(page)
    await camera.take(page, "finder-empty")
    page = await camera.open("/?view=map", height=1000)
    await expect(page.locator(".leaflet-marker-icon").first).to_be_visible()
    await camera.take(page, "finder-map")
    page = await camera.open("/?view=calendar", height=1060)
    await expect(page.locator("table.month")).to_have_attribute("aria-busy", "false")
    await page.get_by_role("button", name="Next month").click()
    await expect(page.locator("table.month")).to_have_attribute("aria-busy", "false")
    await camera.take(page, "finder-month")
    page = await with_favourites(camera, height=980)
    await page.evaluate("scrollTo(0, 0)")
    await camera.take(page, "finder-event")


async def theirs(camera: Camera) -> None:
    """What is somebody's own."""
    page = await with_favourites(camera, locale="de-DE", height=1000)
    await page.goto("/favourites")
    await camera.take(page, "finder-favourites")
    page = await with_favourites(camera)
    await page.goto("/agenda")
    await expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
    await camera.take(page, "finder-agenda")


async def partial(camera: Camera) -> None:
    """What it looks like when a source refuses, which one of the demo does now and then."""
    for within in RADII:
        # Each a search of its own: what a source has said once is kept for a while.
        page = await camera.open(f"/?place=London&at=51.508,-0.126&within={within}&when=next-30-days")
        await searched(page)
        if await page.locator(".partial").count():
            await camera.take(page, "finder-partial")
            return
        await page.close()
    msg = "No source of the demo failed in so many searches; try again."
    raise SystemExit(msg)


async def main() -> None:
    """Each picture, from a demo that has just been started."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        async with demo("--steady") as address:
            await whole(Camera(browser, address))
            await theirs(Camera(browser, address))
        async with demo() as address:
            await partial(Camera(browser, address))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
