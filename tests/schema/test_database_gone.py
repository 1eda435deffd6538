"""The database goes away in mid-flight: searching goes on, and what cannot be done says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.accounts import Database
from gateway.keys import Keys
from server.app import create_app, make_gateway

ERRORS = "userErrors { code message retryable }"
REGISTER = (
    "mutation ($input: RegisterUserInput!) { registerUser(input: $input) { tokens { accessToken refreshToken } } }"
)
PERSON = {"email": "ann@example.org", "password": "correct horse"}
SECONDS = 60


class Ann:
    """Signed in at a gateway whose database can be cut off."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.headers: dict[str, str] = {}

    async def post(self, query: str, **variables: object):
        async with asyncio.timeout(SECONDS):
            response = await self.client.post(
                "/graphql", json={"query": query, "variables": variables}, headers=self.headers
            )
        return response.json()


@pytest.fixture
async def ann(registry, postgres_proxy) -> AsyncIterator[Ann]:
    # A long rest: only the first request waits for it in vain.
    database = Database(postgres_proxy.url, longest_transaction=3, rest=3_600)
    gateway = make_gateway(registry, Keys([b"k" * 32]), database)
    transport = httpx.ASGITransport(create_app(gateway))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        ann = Ann(client)
        tokens = (await ann.post(REGISTER, input=PERSON))["data"]["registerUser"]["tokens"]
        ann.headers = {"authorization": f"Bearer {tokens['accessToken']}"}
        ann.refresh_token = tokens["refreshToken"]
        ann.database = database
        yield ann
    await gateway.cache.aclose()
    await database.aclose()


@pytest.fixture
def find(ann: Ann, postgres_proxy):
    """The database is back, and is asked again at once."""

    def find() -> None:
        postgres_proxy.mend()
        ann.database._rest = 0

    return find


@pytest.fixture(params=["cut", "hang"])
def lose(request, postgres_proxy):
    """The database breaks off, or says nothing any more."""
    return getattr(postgres_proxy, request.param)


SEARCH = "{ events(first: 3) { nodes { id name viewerHasFavourited location { viewerHasFavourited } } isPartial } }"


async def test_a_search_is_answered_whole_by_whoever_it_is_asked(ann: Ann, lose, find) -> None:
    before = await ann.post(SEARCH)
    lose()
    during = await ann.post(SEARCH)
    assert "errors" not in during
    assert [node["id"] for node in during["data"]["events"]["nodes"]] == [
        node["id"] for node in before["data"]["events"]["nodes"]
    ]
    assert {node["viewerHasFavourited"] for node in during["data"]["events"]["nodes"]} == {None}
    assert during["data"]["events"]["isPartial"] is False
    find()
    assert await ann.post(SEARCH) == before


async def test_the_viewer_is_an_error_that_says_to_try_again_and_the_rest_is_answered(ann: Ann, lose) -> None:
    lose()
    body = await ann.post("{ viewer { email } events(first: 1) { nodes { id } } }")
    [error] = body["errors"]
    assert (error["path"], error["extensions"]) == (["viewer"], {"code": "DATABASE_UNAVAILABLE", "retryable": True})
    assert len(body["data"]["events"]["nodes"]) == 1


async def test_every_mutation_says_in_its_payload_that_it_may_be_tried_again(ann: Ann, lose, find) -> None:
    event = (await ann.post(SEARCH))["data"]["events"]["nodes"][0]["id"]
    mutations = [
        f'registerUser(input: {{ email: "bob@example.org", password: "correct horse" }}) {{ {ERRORS} }}',
        f'createSession(input: {{ email: "ann@example.org", password: "correct horse" }}) {{ {ERRORS} }}',
        f'refreshSession(input: {{ refreshToken: "{ann.refresh_token}" }}) {{ {ERRORS} }}',
        f"revokeSession {{ {ERRORS} }}",
        f'updateUser(input: {{ displayName: "x" }}) {{ {ERRORS} }}',
        f'deleteUser(input: {{ password: "correct horse" }}) {{ {ERRORS} }}',
        f'addFavourite(input: {{ subjectId: "{event}" }}) {{ {ERRORS} }}',
        f'removeFavourite(input: {{ subjectId: "{event}" }}) {{ {ERRORS} }}',
        f'updateFavourite(id: "RmF2b3VyaXRlOjox", input: {{}}) {{ {ERRORS} }}',
        f"createCalendarFeed {{ {ERRORS} }}",
        f"rotateCalendarFeed {{ {ERRORS} }}",
        f'reportEventMatch(input: {{ eventId: "{event}", otherEventId: "{event}", isSame: true }}) {{ {ERRORS} }}',
    ]
    lose()
    for mutation in mutations:
        body = await ann.post(f"mutation {{ {mutation} }}")
        assert "errors" not in body, body
        [payload] = body["data"].values()
        assert [(error["code"], error["retryable"]) for error in payload["userErrors"]] == [("UNAVAILABLE", True)]
        assert "try again" in payload["userErrors"][0]["message"]
    find()
    # Tried again, they work; the refresh token was not spent in vain.
    body = await ann.post(f"mutation {{ {mutations[2]} {mutations[6]} }}")
    assert {name: payload["userErrors"] for name, payload in body["data"].items()} == {
        "refreshSession": [],
        "addFavourite": [],
    }
