"""A search that is followed, as clients see it: whoever applies the messages has the list of the plain query."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest

from gateway.accounts import Database
from gateway.keys import Keys
from providers import (
    Enrolled,
    Http,
    Info,
    Key,
    Listing,
    ListingQuery,
    Page,
    Provider,
    ProviderOrigin,
    Registry,
    Unavailable,
    When,
    page_of,
)
from server.app import create_app, make_gateway

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
EVENT = "id name startDate sources { provider { slug } sourceId }"
FOLLOW = f"""subscription Follow($first: Int! = 50, $providers: [ID!], $filter: EventFilter) {{
  eventSearch(first: $first, providers: $providers, filter: $filter, deadlineMs: 20000) {{
    __typename
    ... on ProviderStarted {{ provider {{ slug }} }}
    ... on EventsUpdated {{ provider {{ slug }} events {{ {EVENT} }} mergedAway {{ id into }} removed }}
    ... on EventsAdded {{ provider {{ slug }} placements {{ afterId event {{ {EVENT} }} }} }}
    ... on ProviderFinished {{ report {{ provider {{ slug }} status recordCount }} warnings {{ code provider {{ slug }} }} }}
    ... on SearchCompleted {{ totalCount {{ value relation }} isPartial endCursor hasNextPage warnings {{ code }} }}
  }} }}"""
PLAIN = f"""query Plain($first: Int! = 50, $after: String, $filter: EventFilter) {{
  events(first: $first, after: $after, filter: $filter, deadlineMs: 20000) {{
    nodes {{ {EVENT} }} totalCount {{ value relation }} isPartial pageInfo {{ endCursor hasNextPage }} }} }}"""


class Shelf(Provider):
    """Has one event each so many hours from now, and answers after some turns of the loop."""

    info = Info(slug="shelf", title="Shelf")

    def __init__(self, slug: str, hours: Sequence[int], *, page: int, turns: int) -> None:
        super().__init__(settings={}, http=Http("https://shelf.example"), clock=lambda: NOW)
        self.info = Info(slug=slug, title=slug.title())
        self._page, self._turns = page, turns
        self._listings = [
            Listing(id=str(number), name=f"{slug} {number}", start=When.at(NOW + timedelta(hours=each)))
            for number, each in enumerate(hours)
        ]

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        for _ in range(self._turns):
            await asyncio.sleep(0)
        return page_of(self._listings, query, seek, min(limit, self._page))


class Down(Shelf):
    """Is down."""

    async def search(self, *_question: object) -> Page:
        message = "is down"
        raise Unavailable(message)


class Screen:
    """What a client shows: it does as the schema says, and no more."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.rows: list[dict] = []
        self.kinds: list[str] = []
        self.completed: dict = {}

    def apply(self, message: dict) -> None:
        self.kinds.append(message["__typename"])
        shown = {row["id"]: row for row in self.rows}
        if message["__typename"] == "EventsUpdated":
            changed = {event["id"]: event for event in message["events"]}
            gone = {*message["removed"], *(each["id"] for each in message["mergedAway"])}
            self.rows = [changed.get(own_id, row) for own_id, row in shown.items() if own_id not in gone]
        elif message["__typename"] == "EventsAdded":
            for placement in message["placements"]:
                ids = [row["id"] for row in self.rows]
                place = 0 if placement["afterId"] is None else ids.index(placement["afterId"]) + 1
                self.rows.insert(place, placement["event"])
            del self.rows[self.first :]
        elif message["__typename"] == "SearchCompleted":
            self.completed = message


@pytest.fixture
async def asked(no_database: Database):
    """Makes a client of a gateway over these providers."""
    clients = []

    async def open_client(*shelves: Provider) -> httpx.AsyncClient:
        enrolled = [
            Enrolled(info=each.info, origin=ProviderOrigin.BUILT_IN, package="tests", provider=each, enabled=True)
            for each in shelves
        ]
        app = create_app(make_gateway(Registry(enrolled), Keys([b"k" * 32]), no_database, lambda: NOW), lambda: NOW)
        clients.append(httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway"))
        return clients[-1]

    yield open_client
    for client in clients:
        await client.aclose()


async def messages(client: httpx.AsyncClient, **variables: object) -> AsyncIterator[dict]:
    response = await client.post(
        "/graphql", json={"query": FOLLOW, "variables": variables}, headers={"accept": "text/event-stream"}
    )
    for line in response.text.splitlines():
        if line.startswith("data: "):
            body = json.loads(line.removeprefix("data: "))
            assert "errors" not in body, body
            yield body["data"]["eventSearch"]


async def follow(client: httpx.AsyncClient, *, first: int = 50, **variables: object) -> Screen:
    screen = Screen(first)
    async for message in messages(client, first=first, **variables):
        screen.apply(message)
    return screen


async def plain(client: httpx.AsyncClient, **variables: object) -> dict:
    answer = (await client.post("/graphql", json={"query": PLAIN, "variables": variables})).json()
    assert "errors" not in answer, answer
    return answer["data"]["events"]


async def to_the_end(client: httpx.AsyncClient, after: str | None) -> list[dict]:
    nodes = []
    while True:
        page = await plain(client, after=after)
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("seed", range(12))
async def test_the_list_that_a_client_ends_with_is_that_of_the_query_and_the_cursor_goes_on_from_it(seed, asked):
    random = Random(seed)
    shelves = [
        Shelf(
            f"p{number}",
            [random.randint(0, 30) for _ in range(random.randint(0, 20))],
            page=random.choice([1, 3, 50]),
            turns=random.randint(0, 30),
        )
        for number in range(random.randint(1, 4))
    ]
    first = random.randint(1, 25)
    screen = await follow(await asked(*shelves), first=first)
    client = await asked(*shelves)
    page = await plain(client, first=first)
    assert screen.rows == page["nodes"]
    assert screen.completed["totalCount"] == page["totalCount"]
    assert screen.completed["hasNextPage"] == page["pageInfo"]["hasNextPage"]
    onwards = await to_the_end(client, screen.completed["endCursor"]) if screen.completed["hasNextPage"] else []
    assert [*screen.rows, *onwards] == await to_the_end(client, None)


async def test_the_messages_come_in_the_order_that_the_schema_tells(asked):
    quick, slow = Shelf("quick", [5], page=50, turns=0), Shelf("slow", [2], page=50, turns=50)
    screen = await follow(await asked(quick, slow))
    assert screen.kinds == [
        "ProviderStarted",
        "ProviderStarted",
        "EventsAdded",
        "ProviderFinished",
        "EventsAdded",
        "ProviderFinished",
        "SearchCompleted",
    ]
    assert [row["name"] for row in screen.rows] == ["slow 0", "quick 0"]


async def test_a_provider_that_is_down_finishes_with_a_warning_and_the_others_are_shown(asked):
    good, down = Shelf("good", [1], page=50, turns=0), Down("down", [], page=50, turns=0)
    seen = [message async for message in messages(await asked(good, down))]
    reports = {
        message["report"]["provider"]["slug"]: (message["report"]["status"], message["warnings"])
        for message in seen
        if message["__typename"] == "ProviderFinished"
    }
    assert reports["good"] == ("OK", [])
    assert reports["down"] == ("FAILED", [{"code": "PROVIDER_FAILED", "provider": {"slug": "down"}}])
    assert (seen[-1]["isPartial"], seen[-1]["warnings"]) == (True, [{"code": "PROVIDER_FAILED"}])


async def test_only_the_providers_that_are_named_are_asked(asked):
    shelves = [Shelf(slug, [1], page=50, turns=0) for slug in ("one", "other")]
    screen = await follow(await asked(*shelves), providers=["other"])
    assert [row["name"] for row in screen.rows] == ["other 0"]
    assert screen.kinds.count("ProviderStarted") == 1


async def test_the_filter_is_that_of_the_query(asked):
    shelf = Shelf("shelf", range(1, 12), page=4, turns=0)
    wanted = {"keyword": "shelf 1"}
    screen = await follow(await asked(shelf), filter=wanted)
    page = await plain(await asked(shelf), filter=wanted)
    assert screen.rows == page["nodes"]
    assert [row["name"] for row in screen.rows] == ["shelf 1", "shelf 10"]
