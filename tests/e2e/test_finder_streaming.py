"""What a visitor sees while providers answer: a quick one, one that answers when it is told to, and a dead one."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from starlette.requests import Request
from starlette.responses import Response

from providers.testing.icalendar import FakeCalendar, calendar, vevent

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SOON = datetime.now(UTC) + timedelta(days=3)
NOWHERE = "http://127.0.0.1:9/calendar.ics"


class HeldCalendar(FakeCalendar):
    """Answers once it is let go."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.let_go = threading.Event()

    async def _file(self, request: Request) -> Response:
        await asyncio.to_thread(self.let_go.wait)
        return await super()._file(request)


def nights(name: str, count: int, start: datetime) -> str:
    """One a day."""
    days = [start + timedelta(days=after) for after in range(count)]
    return calendar(
        *(
            vevent(f"UID:{name}-{day:%Y%m%d}@example.org", f"SUMMARY:{name} {number}", f"DTSTART:{day:%Y%m%dT190000Z}")
            for number, day in enumerate(days, 1)
        )
    )


def write_feeds(path: Path, feeds: Mapping[str, str]) -> Path:
    """The settings of a gateway over these calendars."""
    path.write_text(
        "".join(
            f'[feeds.{name}]\nkind = "icalendar"\nurl = "{url}"\ntime_zone = "Europe/London"\nallow_private = true\n'
            for name, url in feeds.items()
        )
    )
    return path


@pytest.fixture
def slow() -> Iterator[HeldCalendar]:
    # Its nights are before all others, so that each of them comes in at the top.
    with HeldCalendar(nights("Late", 3, SOON - timedelta(days=2))) as upstream:
        yield upstream
        upstream.let_go.set()


@pytest.fixture
def configuration(slow: HeldCalendar, tmp_path: Path) -> Iterator[Path]:
    with FakeCalendar(nights("Quick", 12, SOON + timedelta(days=4))) as quick:
        feeds = {"quick": quick.address, "slow": slow.address, "dead": NOWHERE}
        yield write_feeds(tmp_path / "gateway.toml", feeds)


@pytest_asyncio.fixture(loop_scope="module")
async def page(
    chromium: Browser, configuration: Path, tmp_path: Path, gateway_at: Any, open_visits: Any
) -> AsyncIterator[Page]:
    async with gateway_at(tmp_path / "data", "serve", GATEWAY_CONFIG=str(configuration)) as address:
        visits = open_visits(chromium, address)
        yield await visits.open()
        await visits.aclose()
        assert (visits.complaints, visits.outside) == ([], [])


async def test_cards_appear_while_a_provider_is_waited_for_and_stay_under_the_pointer_when_it_answers(
    page: Page, slow: HeldCalendar
) -> None:
    strip = page.locator(".strip")
    quick = page.get_by_role("article").filter(has_text="Quick 2")
    await expect(quick).to_be_visible()
    await expect(strip).to_contain_text("2 of 3 sources")
    await expect(strip).to_contain_text("slow is slow")
    assert await page.get_by_role("article").filter(has_text="Late").count() == 0

    await quick.hover()
    before = await quick.bounding_box()
    slow.let_go.set()
    await expect(page.get_by_role("article").filter(has_text="Late")).to_have_count(3)
    await page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    after = await quick.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) <= 1
    names = await page.get_by_role("article").get_by_role("heading").all_inner_texts()
    assert names[:4] == ["Late 1", "Late 2", "Late 3", "Quick 1"]


async def test_a_dead_provider_is_named_and_can_be_asked_again(page: Page, slow: HeldCalendar) -> None:
    slow.let_go.set()
    partial = page.locator(".partial")
    await expect(partial).to_contain_text("dead did not answer. Some events may be missing.")
    await expect(page.locator(".strip")).to_contain_text("15 events")
    await partial.get_by_role("button", name="Try again").click()
    await expect(partial).to_be_visible()
    await expect(page.get_by_role("article")).to_have_count(15)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_while_sources_are_waited_for_fail_or_have_nothing(
    page: Page, slow: HeldCalendar, violations: Any, scheme: str
) -> None:
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await expect(page.locator(".strip")).to_contain_text("slow is slow")
    found = {"waiting": await violations(page)}
    slow.let_go.set()
    await expect(page.locator(".partial")).to_be_visible()
    found["partial"] = await violations(page)
    await page.get_by_role("searchbox").fill("zzzqqq")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    found["nothing found, and partial"] = await violations(page)
    await page.route("**/graphql", lambda route: route.fulfill(status=200, body="<h1>We are away for a moment</h1>"))
    await page.get_by_role("button", name="Today", exact=True).click()
    await expect(page.get_by_role("heading", name="That did not work")).to_be_visible()
    found["no answer"] = await violations(page)
    for path in ("/agenda", "/events/nonsense"):
        await page.goto(path)
        await expect(page.get_by_role("main").get_by_role("heading").first).to_be_visible()
        await page.wait_for_load_state("networkidle")
        found[f"{path} without an answer"] = await violations(page)
    assert found == {state: [] for state in found}


@pytest.fixture
def over(chromium: Browser, tmp_path: Path, gateway_at: Any, open_visits: Any) -> Any:
    """Opens visits to a gateway over these calendars, with the database of the one before."""

    @contextlib.asynccontextmanager
    async def over(feeds: Mapping[str, str]) -> AsyncIterator[Any]:
        configuration = write_feeds(tmp_path / "gateway.toml", feeds)
        async with gateway_at(tmp_path / "data", "serve", GATEWAY_CONFIG=str(configuration)) as address:
            visits = open_visits(chromium, address)
            yield visits
            await visits.aclose()
            assert (visits.complaints, visits.outside) == ([], [])

    return over


async def test_an_agenda_names_who_did_not_answer_and_shows_the_rest(over: Any, sign_up: Any, violations: Any) -> None:
    with FakeCalendar(nights("Jazz", 1, SOON)) as jazz, FakeCalendar(nights("Chess", 1, SOON)) as chess:
        async with over({"jazz": jazz.address, "chess": chess.address}) as visits:
            page = await visits.open("/account")
            await sign_up(page, "ann@example.org")
            await page.goto("/")
            for name in ("Jazz 1", "Chess 1"):
                await page.get_by_role("button", name=f"Keep {name}", exact=True).click()
                await expect(page.get_by_role("button", name=f"No longer keep {name}", exact=True)).to_be_visible()
            await page.wait_for_load_state("networkidle")
            signed_in = await page.context.storage_state()
        async with over({"jazz": NOWHERE, "chess": chess.address}) as visits:
            page = await visits.open("/agenda", storage_state=signed_in)
            await expect(page.locator(".partial")).to_contain_text("jazz did not answer. Some events may be missing.")
            await expect(page.get_by_role("article")).to_have_count(1)
            await expect(page.get_by_role("article")).to_contain_text("Chess 1")
            assert await violations(page) == []


async def test_a_gateway_that_cannot_be_reached_says_so(page: Page, slow: HeldCalendar) -> None:
    slow.let_go.set()
    await expect(page.locator(".partial")).to_be_visible()
    await page.route("**/graphql", lambda route: route.fulfill(status=200, body="<h1>We are away for a moment</h1>"))
    await page.get_by_role("button", name="Today", exact=True).click()
    await expect(page.get_by_role("heading", name="That did not work")).to_be_visible()
    await page.unroute("**/graphql")
    await page.get_by_role("button", name="Any time").click()
    await expect(page.get_by_role("article").first).to_be_visible()
