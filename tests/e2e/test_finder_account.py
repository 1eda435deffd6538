"""What belongs to an account, in a real browser: sessions, the agenda, venues and performers that are kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PASSWORD = "correct horse battery"
SCHEMES = ["light", "dark"]


async def sign_in(page: Page, email: str) -> None:
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_text(f"Signed in as {email}")).to_be_visible()


def sessions(page: Page) -> Locator:
    return page.locator(".sessions li").filter(has=page.get_by_role("button"))


async def open_an_event(page: Page, query: str = "silver+harbour") -> None:
    """One that Ticketmaster sells, with a hall and a line-up."""
    await page.goto(f"/?q={query}")
    # As long as sources answer, another event may yet come first.
    await expect(page.locator(".strip")).to_contain_text(re.compile(r"from \d+ source"))
    card = page.get_by_role("article").filter(has_text="Ticketmaster").first
    await card.get_by_role("heading").get_by_role("link").click()
    await expect(page.get_by_role("heading", name="Sources")).to_be_visible()


async def keep_venue_and_performer(page: Page) -> list[str]:
    """From the page of an event, by their hearts; what they are called."""
    names = []
    for fact in ("Venue", "Line-up"):
        hearts = page.locator(".fact").filter(has_text=fact).locator(".thing").get_by_role("button")
        label = await hearts.first.get_attribute("aria-label") or ""
        names.append(label.removeprefix("Keep "))
        await hearts.first.click()
        await expect(hearts.first).to_have_attribute("aria-pressed", "true")
    return names


async def names_on(page: Page) -> list[str]:
    return await page.get_by_role("article").get_by_role("heading").all_inner_texts()


async def test_the_account_tells_where_one_is_signed_in_and_ends_it_there(visits: Any, sign_up: Any) -> None:
    laptop, phone = await visits.open("/account"), await visits.open("/account", width=360, height=740)
    await sign_up(laptop, "carla@example.org")
    await sign_in(phone, "carla@example.org")
    await laptop.reload()
    await expect(sessions(laptop)).to_have_count(2)
    this = sessions(laptop).filter(has_text="This device")
    await expect(this).to_have_count(1)
    await expect(this).to_contain_text("Linux")
    await expect(this).to_contain_text(re.compile(r"Signed in .*\d\d:\d\d · last used"))
    await sessions(laptop).filter(has_not_text="This device").get_by_role("button").click()
    await expect(sessions(laptop)).to_have_count(1)
    await phone.reload()
    await expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()

    await sign_in(phone, "carla@example.org")
    await phone.get_by_role("button", name="Sign out everywhere").click()
    await expect(phone.get_by_role("heading", name="Sign in")).to_be_visible()
    await laptop.reload()
    await expect(laptop.get_by_role("heading", name="Sign in")).to_be_visible()


async def days_on(page: Page) -> list[str]:
    """The day of each event, as it is at its venue."""
    return await page.locator("article time").evaluate_all("times => times.map(time => time.dateTime.slice(0, 10))")


async def test_venues_and_performers_are_kept_and_their_events_are_on_the_agenda_before_and_after_signing_in(
    visits: Any, sign_up: Any
) -> None:
    page = await visits.open("/agenda")
    await expect(page.get_by_role("heading", name="Nothing kept yet")).to_be_visible()
    await open_an_event(page)
    event = await page.get_by_role("heading", level=1).inner_text()
    await page.locator(".event header").get_by_role("button", name=re.compile("^Keep ")).click()
    venue, performer = await keep_venue_and_performer(page)
    await expect(page.locator(".count")).to_have_text("3")

    await page.get_by_role("link", name="Favourites").click()
    for name in (venue, performer):
        await expect(page.locator(".followed li").filter(has_text=name)).to_have_count(1)
    await page.get_by_role("link", name="What is on there and with them").click()
    await expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
    before = await names_on(page)
    assert event in before
    assert len(before) > 3
    days = await days_on(page)
    assert days == sorted(days)

    await sign_up(page, "dora@example.org")
    await expect(page.get_by_text("3 favourites of this device are in your account now.")).to_be_visible()
    await page.get_by_role("link", name="Agenda").click()
    await expect(page.locator("#results")).to_have_attribute("aria-busy", "false")
    after = await names_on(page)
    assert event in after
    # By now another seller may be known to sell one of them, by another name and a quarter of an hour sooner.
    days_after = await days_on(page)
    assert days_after[: len(days)] == days[: len(days_after)]
    more = page.get_by_role("button", name="Show more")
    if await more.count():
        await more.click()
        await expect(page.get_by_role("article").nth(len(after))).to_be_visible()

    await page.get_by_role("link", name="Favourites").click()
    async with page.expect_response(lambda response: "removeFavourite" in (response.request.post_data or "")):
        await page.locator(".followed li").filter(has_text=venue).get_by_role("button").click()
    await expect(page.locator(".followed li").filter(has_text=venue)).to_have_count(0)
    await page.reload()
    await expect(page.locator(".count")).to_have_text("2")


async def test_offline_the_agenda_is_what_is_kept_of_events(visits: Any) -> None:
    page = await visits.open("/", service_workers="allow")
    # As long as sources answer, an event may yet be called otherwise.
    await expect(page.locator(".strip")).to_contain_text(re.compile(r"from \d+ source"))
    await page.get_by_role("button", name=re.compile("^Keep ")).first.click()
    [name, *_] = await names_on(page)
    await page.evaluate("navigator.serviceWorker.ready.then(() => caches.match('/'))")
    await page.context.set_offline(True)
    await page.goto("/agenda")
    await expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    # What cannot be fetched is in the console, whoever fetches it.
    visits.complaints[:] = [each for each in visits.complaints if "ERR_INTERNET_DISCONNECTED" not in each]


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_axe_finds_nothing_where_something_is_kept_and_somebody_is_signed_in(
    visits: Any, sign_up: Any, violations: Any, scheme: str
) -> None:
    page = await visits.open("/account", color_scheme=scheme, reduced_motion="reduce")
    await sign_up(page, f"{scheme}@example.org")
    await open_an_event(page)
    await page.locator(".event header").get_by_role("button", name=re.compile("^Keep ")).click()
    await keep_venue_and_performer(page)
    found = {"an event that is kept": await violations(page)}
    for path, there in (
        ("/account", sessions(page).first),
        ("/favourites", page.locator(".followed li").first),
        ("/agenda", page.get_by_role("article").first),
    ):
        await page.goto(path)
        await expect(there).to_be_visible()
        await page.wait_for_load_state("networkidle")
        found[path] = await violations(page)
    await page.goto("/account")
    await page.get_by_role("button", name="Make an address").click()
    await page.get_by_text("Delete account").click()
    await expect(page.get_by_label("Calendar address")).to_be_visible()
    found["an account with all that it has"] = await violations(page)
    await page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/account", "/favourites", "/agenda"):
        await page.goto(path)
        await page.wait_for_load_state("networkidle")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert found == {state: [] for state in found}
