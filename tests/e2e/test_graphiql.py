"""The page that people look at, in a real browser over a real server, with the outside world shut out."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Route, async_playwright, expect

pytestmark = pytest.mark.browser

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS = 60


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """A server of its own, over the sample data."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("event-gateway"),
        "serve",
        "--port=0",
        env={**kept, "GATEWAY_DATA_DIR": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    found = None
    async with asyncio.timeout(SECONDS):
        while found is None and (line := await process.stdout.readline()):
            found = re.search(r"http://\S+", line.decode())
    assert found is not None
    yield found[0]
    process.terminate()
    await process.communicate()


@pytest.fixture
async def context() -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(SECONDS * 1_000)
        yield context
        await context.close()
        await browser.close()


async def test_the_first_example_runs_by_one_click_without_the_outside_world(
    address: str, context: BrowserContext
) -> None:
    outside: list[str] = []
    complaints: list[str] = []

    async def guard(route: Route) -> None:
        if route.request.url.startswith((address, "blob:", "data:")):
            await route.continue_()
        else:
            outside.append(route.request.url)
            await route.abort()

    await context.route("**/*", guard)
    page = await context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    await page.goto(f"{address}/graphql")
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("WhatsOn")
    async with page.expect_response(lambda response: "WhatsOn" in (response.request.post_data or "")) as answered:
        await page.get_by_role("button", name="Execute query").click()
    body = await (await answered.value).json()

    assert len(body["data"]["events"]["nodes"]) == 10
    # Monaco shows a no-break space for a blank, so look for a word without one.
    first = body["data"]["events"]["nodes"][0]["name"].split()[0]
    await expect(page.locator(".graphiql-response .view-lines")).to_contain_text(first)
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / "graphiql.png")
    assert (outside, complaints) == ([], [])
