"""The gateway over the sample data at a standing clock, asked over HTTP without a network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from gateway.accounts import Database
from gateway.keys import Keys
from providers import Configuration, Kind, ListingQuery, Redactor, Registry, build
from providers.sample import Sample
from server.app import Gateway, create_app, make_gateway

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
KEY = b"k" * 32
RESPONSE_JSON = "application/graphql-response+json"

Asked = dict[str, Any]
Ask = Callable[..., Awaitable[Asked]]


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The sample data alone; its listings take a while to make, and are the same for every test."""
    kinds = [Kind(name="sample", package="event-gateway 0", ours=True, provider_class=Sample)]
    registry = build(kinds, Configuration(), redactor=Redactor(), clock=lambda: NOW)
    asyncio.run(registry.enabled()["sample"].search(ListingQuery(), None, 1))
    return registry


@pytest.fixture
async def client(registry: Registry, no_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    gateway = make_gateway(registry, Keys([KEY]), no_database, lambda: NOW)
    transport = httpx.ASGITransport(create_app(gateway, lambda: NOW))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client
    await gateway.cache.aclose()


@pytest.fixture
def post(client: httpx.AsyncClient) -> Callable[..., Awaitable[httpx.Response]]:
    """Post a document and its variables as a client of today."""

    async def post(query: str, **variables: object) -> httpx.Response:
        body = {"query": query, "variables": variables}
        return await client.post("/graphql", json=body, headers={"accept": RESPONSE_JSON})

    return post


@pytest.fixture
def ask(post: Callable[..., Awaitable[httpx.Response]]) -> Ask:
    """Ask and expect data without errors."""

    async def ask(query: str, **variables: object) -> Asked:
        response = await post(query, **variables)
        body = response.json()
        assert "errors" not in body, body["errors"]
        assert response.status_code == 200
        data: Asked = body["data"]
        return data

    return ask


PASSWORD = "correct horse"
TOKENS = "viewer { id email } tokens { accessToken refreshToken } userErrors { code message field retryable }"
REGISTER = f"mutation ($input: RegisterUserInput!) {{ registerUser(input: $input) {{ {TOKENS} }} }}"
SIGN_IN = f"mutation ($input: CreateSessionInput!) {{ createSession(input: $input) {{ {TOKENS} }} }}"


class Person:
    """Somebody who asks a gateway, signed in or not."""

    def __init__(self, client: httpx.AsyncClient, email: str) -> None:
        self.client = client
        self.email = email
        self.token: str | None = None
        self.refresh_token: str | None = None

    async def post(self, query: str, **variables: object) -> Asked:
        """Everything that is answered."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        response = await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        body: Asked = response.json()
        return body

    async def ask(self, query: str, **variables: object) -> Asked:
        """Data, without errors; of a query for one field, that field."""
        body = await self.post(query, **variables)
        assert "errors" not in body, body["errors"]
        data: Asked = body["data"]
        return next(iter(data.values())) if len(data) == 1 else data

    async def register(self) -> Person:
        payload = await self.ask(REGISTER, input={"email": self.email, "password": PASSWORD})
        assert payload["userErrors"] == []
        self.take(payload)
        return self

    def take(self, payload: Asked) -> None:
        """From now on, ask with these tokens."""
        self.token, self.refresh_token = (payload["tokens"][key] for key in ("accessToken", "refreshToken"))


@pytest.fixture
async def engine(registry: Registry, database_url: str) -> AsyncIterator[Gateway]:
    """A gateway with a database of each kind."""
    gateway = make_gateway(registry, Keys([KEY]), Database(database_url), lambda: NOW)
    yield gateway
    await gateway.cache.aclose()
    await gateway.database.aclose()


@pytest.fixture
async def people(engine: Gateway) -> AsyncIterator[Callable[[str], Person]]:
    """Makes persons at that gateway."""
    transport = httpx.ASGITransport(create_app(engine, lambda: NOW))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield lambda name: Person(client, f"{name}@example.org")


@pytest.fixture
async def ann(people: Callable[[str], Person]) -> Person:
    """Ann, signed in."""
    return await people("ann").register()


@pytest.fixture
async def bob(people: Callable[[str], Person]) -> Person:
    """Bob, signed in."""
    return await people("bob").register()


@pytest.fixture
async def things(people: Callable[[str], Person]) -> dict[str, str]:
    """The ids of an event, of its venue, and of its first performer."""
    page = await people("nobody").ask(
        "{ events(first: 20) { nodes { id location { id } performers { performer { id } } } } }"
    )
    event = next(node for node in page["nodes"] if node["performers"])
    performer = event["performers"][0]["performer"]["id"]
    return {"EVENT": event["id"], "VENUE": event["location"]["id"], "PERFORMER": performer}
