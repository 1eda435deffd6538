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
from server.app import create_app, make_gateway

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
