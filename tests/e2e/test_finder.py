"""The finder in a real browser, over the demo: what people do with it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

DONE = re.compile(r"from \d+ source")
PASSWORD = "correct horse battery"


async def searched(page: Page) -> None:
    """The search that was begun is over."""
    await expect(page.locator(".strip")).to_contain_text(DONE)


async def days(page: Page) -> list[str]:
    return await page.locator("article time").evaluate_all("times => times.map(time => time.dateTime)")


async def test_a_search_by_text_is_in_the_address_and_comes_back_with_it(visits: Any) -> None:
    page = await visits.open()
    await searched(page)
    await page.get_by_role("searchbox").fill("silver harbour")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"\?q=silver\+harbour$"))
    await searched(page)
    texts = await page.get_by_role("article").all_inner_texts()
    assert all("silver harbour" in text.lower() for text in texts)
    await page.go_back()
    await expect(page.get_by_role("searchbox")).to_have_value("")
    await page.go_forward()
    await expect(page.get_by_role("searchbox")).to_have_value("silver harbour")


async def test_a_card_says_what_when_where_for_how_much_and_who_sells(visits: Any) -> None:
    page = await visits.open("/?q=silver+harbour&place=London&at=51.508,-0.126")
    await searched(page)
    card = page.get_by_role("article").filter(has=page.get_by_role("link", name="DEMO: Ticketmaster")).first
    await expect(card.get_by_role("heading")).to_contain_text(re.compile("silver harbour", re.IGNORECASE))
    await expect(card).to_contain_text(re.compile(r"\d\d:\d\d"))
    await expect(card).to_contain_text("Blue Heron")
    await expect(card).to_contain_text(re.compile(r"\d mi away"))
    await expect(card).to_contain_text(re.compile(r"£\d+"))
    await expect(card.get_by_role("link", name="DEMO: Ticketmaster")).to_have_attribute(
        "href", re.compile("ticketmaster.example")
    )
    calendar = await page.request.get(await card.get_by_role("link", name="to your calendar").get_attribute("href"))
    assert (await calendar.text()).startswith("BEGIN:VCALENDAR")


async def test_a_town_is_found_as_it_is_typed_and_its_events_are_near_it(visits: Any) -> None:
    page = await visits.open()
    place = page.get_by_role("combobox", name="Town")
    await place.press_sequentially("berl")
    await expect(page.get_by_role("option").first).to_contain_text("Berlin")
    await place.press("ArrowDown")
    await place.press("Enter")
    await expect(page).to_have_url(re.compile(r"place=Berlin&at=52\.52"))
    await searched(page)
    assert all("Berlin" in text for text in await page.locator(".venue").all_inner_texts())
    await page.get_by_label("Within").select_option("50")
    await expect(page).to_have_url(re.compile("within=50"))
    await searched(page)
    await page.get_by_role("button", name="Anywhere").click()
    await expect(page).to_have_url(re.compile("/$"))


async def test_near_me_asks_where_the_visitor_is(visits: Any) -> None:
    page = await visits.open(geolocation={"latitude": 48.85, "longitude": 2.35}, permissions=["geolocation"])
    await page.get_by_role("button", name="Near me").click()
    await expect(page).to_have_url(re.compile(r"\?at=48\.850,2\.350"))
    await searched(page)
    assert all("Paris" in text for text in await page.locator(".venue").all_inner_texts())


async def test_who_does_not_say_where_they_are_is_told_what_to_do(visits: Any) -> None:
    page = await visits.open()
    await page.get_by_role("button", name="Near me").click()
    await expect(page.get_by_role("alert").filter(has_text="Type a town instead")).to_be_visible()


async def test_days_and_genres_narrow_the_list_and_can_be_cleared(visits: Any) -> None:
    page = await visits.open()
    # Tomorrow is what it is at the venue: in the last hours of a day, the demo's are not all on the same one.
    tomorrows = {datetime.now(ZoneInfo(zone)).date() + timedelta(days=1) for zone in ("Europe/London", "Europe/Berlin")}
    tomorrow = min(tomorrows)
    await page.get_by_role("button", name="Tomorrow", exact=True).click()
    await expect(page).to_have_url(re.compile("when=tomorrow"))
    await searched(page)
    assert {day[:10] for day in await days(page)} <= {day.isoformat() for day in tomorrows}
    assert await page.get_by_role("article").count() > 0

    await page.get_by_role("button", name="Dates…").click()
    await page.get_by_label("From", exact=True).fill((tomorrow + timedelta(days=1)).isoformat())
    await page.get_by_label("To", exact=True).fill((tomorrow + timedelta(days=2)).isoformat())
    await expect(page).to_have_url(re.compile(r"\?from=[\d-]+&to=[\d-]+$"))
    await searched(page)
    wanted = {(tomorrow + timedelta(days=after)).isoformat() for after in (1, 2)}
    assert {day[:10] for day in await days(page)} <= wanted

    await page.get_by_role("button", name="Comedy", exact=True).click()
    await expect(page.get_by_role("button", name="Comedy", exact=True)).to_have_attribute("aria-pressed", "true")
    await expect(page).to_have_url(re.compile("genre=comedy"))
    await page.get_by_role("button", name="Clear all").first.click()
    await expect(page).to_have_url(re.compile("/$"))


async def test_the_list_goes_on_as_it_is_read_and_never_says_more_than_is_known(visits: Any) -> None:
    page = await visits.open()
    await searched(page)
    cards = page.get_by_role("article")
    before = await cards.count()
    assert re.search(r"\d+\+ events", await page.locator(".strip").inner_text())
    await page.get_by_role("button", name="Show more").scroll_into_view_if_needed()
    await expect(cards.nth(before + 20)).to_be_attached()
    ids = await cards.evaluate_all("cards => cards.map(card => card.dataset.id)")
    assert len(ids) == len(set(ids))


async def test_nothing_found_says_so_and_how_to_go_on(visits: Any) -> None:
    page = await visits.open("/?q=zzzqqq")
    await expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
    await page.get_by_role("main").get_by_role("button", name="Clear all").last.click()
    await expect(page.get_by_role("article").first).to_be_visible()


async def test_an_event_has_a_page_with_everything_that_can_be_shared(visits: Any) -> None:
    page = await visits.open("/?q=silver+harbour")
    await searched(page)
    await (
        page.get_by_role("article")
        .filter(has_text="DEMO: Ticketmaster")
        .first.get_by_role("heading")
        .get_by_role("link")
        .click()
    )
    await expect(page).to_have_url(re.compile("/events/[^/]+$"))
    await expect(page.get_by_role("heading", name="Sources")).to_be_visible()
    await expect(page.get_by_text("DEMO: this event is made up.").first).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile("Go to .*Ticketmaster")).first).to_be_visible()
    name = await page.get_by_role("heading", level=1).inner_text()
    again = await visits.open(page.url)
    await expect(again.get_by_role("heading", level=1)).to_have_text(name)
    await page.get_by_role("link", name="Back to the results").click()
    await expect(page.get_by_role("searchbox")).to_have_value("silver harbour")


async def test_an_event_that_does_not_exist_is_said_to_be_gone(visits: Any) -> None:
    page = await visits.open("/events/nonsense")
    await expect(page.get_by_role("heading", name="This event is no longer listed")).to_be_visible()


async def test_favourites_are_kept_here_before_signing_in_and_in_the_account_after(visits: Any, sign_up: Any) -> None:
    page = await visits.open("/?q=silver+harbour")
    await searched(page)
    # Of a seller that is well all the time: a favourite whose seller does not answer stays here until it does.
    cards = page.get_by_role("article").filter(has_text="DEMO: Ticketmaster")
    names = [await cards.nth(number).get_by_role("heading").inner_text() for number in (0, 1)]
    for number in (0, 1):
        await cards.nth(number).get_by_role("button", name=re.compile("^Keep ")).click()
    await page.reload()
    await expect(page.locator(".count")).to_have_text("2")

    await sign_up(page, "ann@example.org")
    await expect(page.get_by_text("2 favourites of this device are in your account now.")).to_be_visible()
    await page.get_by_role("link", name="Favourites").click()
    for name in names:
        await expect(page.get_by_role("heading", name=name, exact=True).first).to_be_visible()

    await page.get_by_role("button", name=re.compile("^No longer keep ")).first.click()
    await expect(page.get_by_role("article")).to_have_count(1)

    other = await visits.open("/account")
    await other.get_by_label("E-mail address").fill("ann@example.org")
    await other.get_by_label("Password").fill(PASSWORD)
    await other.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    await expect(other.locator(".count")).to_have_text("1")


async def test_an_account_has_a_calendar_can_be_left_and_can_be_erased(visits: Any, sign_up: Any) -> None:
    page = await visits.open("/account")
    await sign_up(page, "bob@example.org")
    await page.get_by_role("button", name="Make an address").click()
    address = await page.get_by_label("Calendar address").input_value()
    assert "BEGIN:VCALENDAR" in await (await page.request.get(address)).text()
    await expect(page.get_by_role("link", name="Subscribe")).to_have_attribute("href", re.compile("^webcal:"))

    await page.get_by_role("button", name="Sign out", exact=True).click()
    await page.get_by_label("E-mail address").fill("bob@example.org")
    await page.get_by_label("Password").fill("something else entirely")
    await page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("alert").filter(has_text="Address or password is wrong.")).to_be_visible()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()

    await page.get_by_text("Delete account").click()
    await page.get_by_label("Password", exact=True).last.fill(PASSWORD)
    await page.get_by_role("button", name="Delete for good").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert (await page.request.get(address)).status == 404


async def test_the_map_shows_clusters_that_come_apart_and_the_same_events_as_a_list(visits: Any) -> None:
    page = await visits.open("/?view=map&place=London&at=51.508,-0.126")
    dots = page.locator(".leaflet-marker-icon")
    await expect(dots.first).to_be_visible()
    await expect(page.locator(".strip")).to_contain_text(re.compile(r"\d+\+? events on the map"))
    await expect(page.get_by_role("article").first).to_be_visible()
    await dots.first.focus()
    await page.keyboard.press("Enter")
    for _ in range(6):
        if await page.locator(".leaflet-popup a").count():
            break
        await dots.first.focus()
        await page.keyboard.press("Enter")
    await expect(page.locator(".leaflet-popup .pop a").first).to_be_visible()


async def test_the_month_leads_to_a_day_and_to_the_next_month(visits: Any) -> None:
    page = await visits.open("/?view=calendar")
    await expect(page.locator("table.month")).to_have_attribute("aria-busy", "false")
    await page.get_by_role("button", name="Next month").click()
    await expect(page).to_have_url(re.compile(r"view=calendar&month=\d{4}-\d\d"))
    await expect(page.locator("table.month")).to_have_attribute("aria-busy", "false")
    day = page.locator("a.date").first
    number = await day.locator("span").first.inner_text()
    await day.click()
    await expect(page).to_have_url(re.compile(r"\?from=([\d-]+)&to=\1$"))
    await searched(page)
    assert {day[8:10] for day in await days(page)} == {number.zfill(2)}
