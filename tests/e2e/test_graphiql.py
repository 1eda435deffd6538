"""The page that people look at, in a real browser over a real server, with the outside world shut out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Route, expect

pytestmark = pytest.mark.browser


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


ASK = """async query => {
  const response = await fetch('/graphql', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }),
  })
  return (await response.json()).data
}"""


async def test_a_page_that_signs_up_stays_signed_in_by_a_cookie_that_it_cannot_read(
    address: str, context: BrowserContext
) -> None:
    page = await context.new_page()
    await page.goto(f"{address}/graphql")
    assert await page.evaluate(ASK, "{ viewer { email } }") == {"viewer": None}
    sign_up = (
        'mutation { registerUser(input: { email: "ann@example.org", password: "correct horse" }) '
        "{ userErrors { code } } }"
    )
    assert await page.evaluate(ASK, sign_up) == {"registerUser": {"userErrors": []}}
    await page.reload()
    assert await page.evaluate(ASK, "{ viewer { email } }") == {"viewer": {"email": "ann@example.org"}}
    assert await page.evaluate("document.cookie") == ""
    assert await page.evaluate(ASK, "mutation { revokeSession { revokedCount } }") == {
        "revokeSession": {"revokedCount": 1}
    }
    assert await page.evaluate(ASK, "{ viewer { email } }") == {"viewer": None}
    assert await context.cookies() == []


async def test_a_subscription_is_followed_in_the_page_over_a_websocket(address: str, context: BrowserContext) -> None:
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    # While it is being set up, the page forgets which tab was clicked.
    async with page.expect_response(lambda response: "IntrospectionQuery" in (response.request.post_data or "")):
        await page.goto(f"{address}/graphql")
    await page.wait_for_load_state("networkidle")
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("WhatsOn")
    await page.get_by_role("tab", name="AsItComes").click()
    await expect(page.locator(".graphiql-query-editor .view-lines")).to_contain_text("eventSearch")
    async with page.expect_websocket() as opened:
        await page.get_by_role("button", name="Execute query").click()
    await expect(page.locator(".graphiql-response .view-lines")).to_contain_text("ProviderStarted")
    await expect(page.get_by_role("button", name="Execute query")).to_be_visible()
    socket = await opened.value
    assert socket.url == address.replace("http", "ws") + "/graphql"
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / "graphiql-subscription.png")
    assert complaints == []
