"""The whole gateway over four sources: a Ticketmaster, two calendars, sample data. Only the upstreams are played."""

import asyncio
import contextlib
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from gateway.accounts import Database
from gateway.keys import Keys
from providers import Configuration, Redactor, build, discover
from providers.testing import FakeTicketmaster, FakeUpstream, ticketmaster_world
from providers.testing.icalendar import FakeCalendar, calendar, vevent
from server.app import create_app, make_gateway

KEY = "sEcr3t-k3y-of-Ticketmaster"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Sources:
    """The upstreams, by the slug that the gateway knows them under."""

    ticketmaster: FakeTicketmaster
    jazz: FakeCalendar
    chess: FakeCalendar

    def all(self) -> tuple[FakeUpstream, ...]:
        return self.ticketmaster, self.jazz, self.chess


class Client:
    """Asks a gateway as a client would."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        response = await self._client.post("/graphql", json={"query": query, "variables": variables})
        assert response.status_code == 200
        assert KEY not in response.text
        return response.json()


def weekly(name: str, hour: int) -> str:
    """A calendar with a weekly night, a monthly all-day meeting and a one-off."""
    return calendar(
        vevent(
            f"UID:weekly-{name}@example.org",
            f"SUMMARY:{name} night",
            f"DTSTART;TZID=Europe/Berlin:20261103T{hour:02d}0000",
            f"DTEND;TZID=Europe/Berlin:20261103T{hour + 2:02d}0000",
            "RRULE:FREQ=WEEKLY;COUNT=30",
            f"LOCATION:{name} club",
        ),
        vevent(
            f"UID:all-day-{name}@example.org",
            f"SUMMARY:{name} day",
            "DTSTART;VALUE=DATE:20261107",
            "RRULE:FREQ=MONTHLY;COUNT=6",
        ),
        vevent(
            f"UID:once-{name}@example.org", f"SUMMARY:{name} gala", "DTSTART:20261224T190000Z", "DTEND:20261224T220000Z"
        ),
    )


@pytest.fixture(scope="session")
def running_sources() -> Iterator[Sources]:
    world = ticketmaster_world(count=400, seed=7, start_day=NOW.date(), days=40)
    with (
        FakeTicketmaster(world, api_key=KEY) as ticketmaster,
        FakeCalendar(weekly("Jazz", 20)) as jazz,
        FakeCalendar(weekly("Chess", 18)) as chess,
    ):
        yield Sources(ticketmaster, jazz, chess)


@pytest.fixture
def sources(running_sources: Sources) -> Sources:
    for upstream in running_sources.all():
        upstream.reset()
        upstream.fault = None
    return running_sources


@pytest.fixture
def gateway(sources: Sources, sqlite_url: str) -> Any:
    """Opens a client of a fresh gateway, as a context: nothing is cached yet."""
    calendar_here = {"kind": "icalendar", "time_zone": "Europe/Berlin", "allow_private": True}
    configuration = Configuration(
        providers={
            "ticketmaster": {
                "api_key": KEY,
                "base_url": sources.ticketmaster.url,
                "requests_per_second": 1000.0,
                "timeout_seconds": 15.0,
            },
            "sample": {"enabled": True},
        },
        feeds={
            "jazz": {**calendar_here, "url": sources.jazz.address},
            "chess": {**calendar_here, "url": sources.chess.address},
        },
    )

    @contextlib.asynccontextmanager
    async def open_gateway(start: timedelta = timedelta(0)) -> Any:
        def clock() -> datetime:
            return NOW + start

        registry = build(discover(), configuration, redactor=Redactor(), clock=clock)
        engine = make_gateway(registry, Keys([b"a key for these tests"]), Database(sqlite_url), clock)
        transport = httpx.ASGITransport(create_app(engine, clock))
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
                yield Client(client)
        finally:
            await engine.aclose()

    return open_gateway


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
# A machine that is busy with other tests is slow, and not wrong.
expect.set_options(timeout=SECONDS * 1_000)


@pytest.fixture
async def context() -> AsyncIterator[BrowserContext]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(SECONDS * 1_000)
        yield context
        await context.close()
        await browser.close()


@contextlib.asynccontextmanager
async def gateway_at(folder: Path, *arguments: str, **settings: str) -> AsyncIterator[str]:
    """The address of a gateway that runs, without the settings of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("event-gateway"),
        *arguments,
        "--port=0",
        env={**kept, "GATEWAY_DATA_DIR": str(folder), **settings},
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
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """A server of its own, over the sample data."""
    async with gateway_at(tmp_path, "serve") as address:
        yield address


class Visits:
    """Opens pages of one gateway in contexts of their own, and notes what is amiss with any of them."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    async def open(self, path: str = "/", *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        """A page, in a context that nothing is known in; `options` are Playwright's."""
        wanted = {"locale": "en-GB", "timezone_id": "Europe/London", "service_workers": "block", **options}
        context = await self._browser.new_context(
            viewport={"width": width, "height": height}, base_url=self.address, **wanted
        )
        context.set_default_timeout(SECONDS * 1_000)
        self._contexts.append(context)
        page = await context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._note(request.url))
        await page.goto(path)
        return page

    async def aclose(self) -> None:
        for context in self._contexts:
            await context.close()

    def _note(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.outside.append(url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One for all tests of a module."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a demo, for all tests of a module."""
    async with gateway_at(tmp_path_factory.mktemp("demo"), "demo") as address:
        yield address


@pytest_asyncio.fixture(loop_scope="module")
async def visits(chromium: Browser, demo: str) -> AsyncIterator[Visits]:
    """Visits to the demo, of which none may complain, and none ask another host."""
    visits = Visits(chromium, demo)
    yield visits
    await visits.aclose()
    assert (visits.complaints, visits.outside) == ([], [])


AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def violations() -> Any:
    """What axe finds on a page, each with the first element that it finds it at."""

    async def violations(page: Page) -> list[str]:
        await page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await page.evaluate("rules => axe.run(document, { runOnly: { type: 'tag', values: rules } })", RULES)
        return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found["violations"]]

    return violations


PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def sign_up() -> Any:
    """Makes an account, from any page."""

    async def sign_up(page: Page, email: str) -> None:
        await page.get_by_role("link", name="Sign in").first.click()
        await page.get_by_role("button", name="Create an account instead").click()
        await page.get_by_label("E-mail address").fill(email)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Create account").click()
        await expect(page.get_by_text(f"Signed in as {email}")).to_be_visible()

    return sign_up


@pytest.fixture(scope="session", name="gateway_at")
def _gateway_at() -> Any:
    """Runs a gateway, as a context."""
    return gateway_at


@pytest.fixture(scope="session")
def open_visits() -> type[Visits]:
    """Makes visits to a gateway that a test runs itself."""
    return Visits
