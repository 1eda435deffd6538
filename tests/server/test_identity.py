"""Cookies: for pages of our own, and of no use to anybody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.accounts import Database
from gateway.keys import Keys
from server.app import create_app, make_gateway

OURS = {"sec-fetch-site": "same-origin"}
REGISTER = (
    'mutation { registerUser(input: { email: "ann@example.org", password: "correct horse" }) '
    "{ tokens { accessToken refreshToken } userErrors { code } } }"
)
VIEWER = "{ viewer { email } }"


@pytest.fixture
async def open_client(registry, sqlite_url) -> AsyncIterator[object]:
    """Opens a browser at a gateway that it reaches under this address."""
    gateway = make_gateway(registry, Keys([b"k" * 32]), Database(sqlite_url))
    opened = []

    def open_client(address: str = "http://gateway", public_url: str | None = None) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(create_app(gateway, public_url=public_url))
        opened.append(httpx.AsyncClient(transport=transport, base_url=address))
        return opened[-1]

    yield open_client
    for client in opened:
        await client.aclose()
    await gateway.database.aclose()


async def ask(client: httpx.AsyncClient, query: str, **headers: str) -> dict:
    response = await client.post("/graphql", json={"query": query}, headers=headers)
    return response.json()["data"]


async def test_a_page_of_ours_gets_a_cookie_that_scripts_cannot_read(open_client) -> None:
    client = open_client()
    response = await client.post("/graphql", json={"query": REGISTER}, headers=OURS)
    cookie = response.headers["set-cookie"].lower()
    assert cookie.startswith("event-gateway=")
    assert {"httponly", "samesite=lax", "path=/", "max-age=2592000"} <= {part.strip() for part in cookie.split(";")}
    assert await ask(client, VIEWER, **OURS) == {"viewer": {"email": "ann@example.org"}}


async def test_over_tls_the_cookie_is_bound_to_the_host(open_client) -> None:
    client = open_client("https://gateway")
    response = await client.post("/graphql", json={"query": REGISTER}, headers=OURS)
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-event-gateway=")
    assert "; Secure" in cookie
    assert await ask(client, VIEWER, **OURS) == {"viewer": {"email": "ann@example.org"}}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
async def test_a_page_of_anybody_elses_asks_as_nobody_and_gets_no_cookie(site: str, open_client) -> None:
    client = open_client()
    await client.post("/graphql", json={"query": REGISTER}, headers=OURS)
    theirs = {"sec-fetch-site": site, "origin": "http://gateway"}
    assert await ask(client, VIEWER, **theirs) == {"viewer": None}
    response = await client.get("/graphql", params={"query": VIEWER}, headers=theirs)
    assert response.json()["data"] == {"viewer": None}
    signing_in = REGISTER.replace("registerUser", "createSession")
    response = await client.post("/graphql", json={"query": signing_in}, headers=theirs)
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    ("origin", "counts"),
    [
        ("http://gateway", True),
        ("https://gateway", False),
        ("http://evil.example", False),
        ("null", False),
        (None, False),
    ],
)
async def test_an_old_browser_says_it_by_its_origin(origin: str | None, counts: bool, open_client) -> None:  # noqa: FBT001 - a parameter
    client = open_client()
    await client.post("/graphql", json={"query": REGISTER}, headers=OURS)
    data = await ask(client, VIEWER, **({"origin": origin} if origin else {}))
    assert (data["viewer"] is not None) is counts


async def test_what_is_no_json_is_refused_so_that_no_form_can_send_it(open_client) -> None:
    client = open_client()
    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
        response = await client.post("/graphql", content=b"{}", headers={"content-type": content_type, **OURS})
        assert response.status_code == 415


async def test_signing_out_forgets_the_cookie(open_client) -> None:
    client = open_client()
    await client.post("/graphql", json={"query": REGISTER}, headers=OURS)
    kept = client.cookies["event-gateway"]
    response = await client.post(
        "/graphql", json={"query": "mutation { revokeSession { revokedCount } }"}, headers=OURS
    )
    assert response.json()["data"] == {"revokeSession": {"revokedCount": 1}}
    assert "max-age=0" in response.headers["set-cookie"].lower()
    client.cookies.set("event-gateway", kept)
    assert await ask(client, VIEWER, **OURS) == {"viewer": None}


async def test_ending_another_session_keeps_the_cookie_and_ending_this_one_forgets_it(open_client) -> None:
    client = open_client()
    await client.post("/graphql", json={"query": REGISTER}, headers=OURS)
    other = REGISTER.replace("registerUser", "createSession")
    await ask(open_client(), other)
    found = (await ask(client, "{ viewer { sessions { id isCurrent } } }", **OURS))["viewer"]["sessions"]
    for is_current in (False, True):
        [session] = [each["id"] for each in found if each["isCurrent"] is is_current]
        ending = f'mutation {{ revokeSession(input: {{ sessionId: "{session}" }}) {{ revokedCount }} }}'
        response = await client.post("/graphql", json={"query": ending}, headers=OURS)
        assert response.json()["data"] == {"revokeSession": {"revokedCount": 1}}
        assert ("set-cookie" in response.headers) is is_current


async def test_a_token_goes_before_a_cookie(open_client) -> None:
    client = open_client()
    await client.post("/graphql", json={"query": REGISTER}, headers=OURS)
    response = await client.post(
        "/graphql", json={"query": VIEWER}, headers={"authorization": "Bearer nonsense", **OURS}
    )
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    basic = {"authorization": "Basic YW5uOnNlY3JldA==", **OURS}
    assert await ask(client, VIEWER, **basic) == {"viewer": {"email": "ann@example.org"}}


async def test_addresses_are_those_that_people_reach(open_client) -> None:
    query = "{ events(first: 1) { nodes { icalendarUrl } } }"
    for public_url, wanted in (
        (None, "http://gateway/"),
        ("https://events.example.org/api", "https://events.example.org/api/"),
    ):
        [node] = (await ask(open_client(public_url=public_url), query))["events"]["nodes"]
        assert node["icalendarUrl"].startswith(f"{wanted}events/")
