"""A page of fifty favourites over five sources, by real HTTP: what it costs."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import event

from gateway.accounts import Database
from gateway.keys import Keys
from providers import Configuration, Redactor, build, discover
from providers.testing.icalendar import FakeCalendar, calendar, vevent
from server.app import create_app, make_gateway

REGISTER = (
    'mutation { registerUser(input: { email: "ann@example.org", password: "correct horse" }) '
    "{ tokens { accessToken } } }"
)
SOME = "query ($slug: ID!) { events(first: 10, providers: [$slug], deadlineMs: 20000) { nodes { id } isPartial } }"
ADD = "mutation ($id: ID!) { addFavourite(input: { subjectId: $id }) { userErrors { code } } }"
PAGE = (
    "{ viewer { favourites(first: 50) { totalCount nodes { state note snapshot { name } "
    "subject { ... on Event { name startDate location { name } } } } } } }"
)
SLUGS = ("ticketmaster", "jazz", "chess", "film", "sample")


def showings() -> str:
    """A cinema's calendar."""
    return calendar(
        *(vevent(f"UID:{day}@film", f"SUMMARY:Film {day}", f"DTSTART:202612{day:02d}T190000Z") for day in range(1, 20))
    )


class Counted:
    """Ann at a gateway that has cached nothing, and what she costs."""

    def __init__(self, client: httpx.AsyncClient, statements: list[str]) -> None:
        self.client = client
        self.headers: dict[str, str] = {}
        self.statements = statements

    async def ask(self, query: str, **variables: object):
        body = {"query": query, "variables": variables}
        answer = (await self.client.post("/graphql", json=body, headers=self.headers, timeout=60)).json()
        assert "errors" not in answer, answer
        return next(iter(answer["data"].values()))


@pytest.fixture
def open_gateway(sources, database_url):
    """Opens a fresh gateway over the five sources and one database."""
    key = sources.ticketmaster.api_key

    @contextlib.asynccontextmanager
    async def open_gateway(film: FakeCalendar) -> AsyncIterator[Counted]:
        feeds = {"jazz": sources.jazz.address, "chess": sources.chess.address, "film": film.address}
        configuration = Configuration(
            providers={
                "ticketmaster": {"api_key": key, "base_url": sources.ticketmaster.url, "requests_per_second": 1000.0},
                "sample": {"enabled": True},
            },
            feeds={
                name: {"kind": "icalendar", "url": url, "time_zone": "Europe/Berlin", "allow_private": True}
                for name, url in feeds.items()
            },
        )
        registry = build(discover(), configuration, redactor=Redactor())
        database, statements = Database(database_url), []
        event.listen(
            database._engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(str(args[2]))
        )
        gateway = make_gateway(registry, Keys([b"a key for these tests"]), database)
        transport = httpx.ASGITransport(create_app(gateway))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            yield Counted(client, statements)
        await gateway.aclose()

    return open_gateway


async def test_fifty_favourites_over_five_sources_cost_a_statement_and_a_request_each(sources, open_gateway) -> None:
    with FakeCalendar(showings()) as film:
        upstreams = {"ticketmaster": sources.ticketmaster, "jazz": sources.jazz, "chess": sources.chess, "film": film}
        async with open_gateway(film) as ann:
            token = (await ann.ask(REGISTER))["tokens"]["accessToken"]
            ann.headers = {"authorization": f"Bearer {token}"}
            for slug in SLUGS:
                page = await ann.ask(SOME, slug=slug)
                assert (len(page["nodes"]), page["isPartial"]) == (10, False)
                for node in page["nodes"]:
                    assert (await ann.ask(ADD, id=node["id"]))["userErrors"] == []
        async with open_gateway(film) as again:
            again.headers = ann.headers
            for upstream in upstreams.values():
                upstream.reset()
            page = (await again.ask(PAGE))["favourites"]
            statements = [each for each in again.statements if not each.startswith("BEGIN")]
            requests = {slug: len(upstream.requests) for slug, upstream in upstreams.items()}
    print(f"\n50 favourites: {len(statements)} statements, requests {requests}")  # noqa: T201 - a figure to read
    assert [node["state"] for node in page["nodes"]] == ["LISTED"] * 50
    assert [node["subject"]["name"] for node in page["nodes"]] == [node["snapshot"]["name"] for node in page["nodes"]]
    # One tells who asks, the other reads the page with its count.
    assert len(statements) == 2
    assert "favourites" not in statements[0]
    assert requests == {"ticketmaster": 1, "jazz": 1, "chess": 1, "film": 1}
