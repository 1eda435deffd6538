"""Two real servers over one real Redis, and one over none that answers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from providers.testing import FakeTicketmaster, ticketmaster_world

KEY = "sEcr3t-k3y-of-Ticketmaster"
SECONDS = 60
QUERY = "{ events(first: 20) { nodes { name startDate } isPartial providerReports { status requestCount } } }"


@pytest.fixture
def ticketmaster() -> Iterator[FakeTicketmaster]:
    world = ticketmaster_world(count=200, seed=7, start_day=datetime.now(UTC).date(), days=40)
    with FakeTicketmaster(world, api_key=KEY) as upstream:
        yield upstream


class Server:
    """A gateway as a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self._process = process
        self._client = httpx.AsyncClient(base_url=address, timeout=SECONDS)

    async def ask(self) -> dict:
        body = (await self._client.post("/graphql", json={"query": QUERY})).json()
        assert "errors" not in body, body
        return body["data"]["events"]

    async def stop(self) -> str:
        """All that it said to standard error."""
        await self._client.aclose()
        self._process.terminate()
        _, err = await self._process.communicate()
        assert self._process.returncode == 0
        return err.decode()


@contextlib.asynccontextmanager
async def serving(folder: Path, upstream: str, **settings: str) -> AsyncIterator[Server]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    ticketmaster = {"TICKETMASTER_API_KEY": KEY, "TICKETMASTER_BASE_URL": upstream}
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("event-gateway"),
        "serve",
        "--port=0",
        env={**kept, **ticketmaster, "GATEWAY_DATA_DIR": str(folder), **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    found = None
    async with asyncio.timeout(SECONDS):
        while found is None and (line := (await process.stdout.readline()).decode()):
            found = re.search(r"Event gateway is at (\S+)", line)
    assert found is not None, await process.stderr.read()
    server = Server(process, found[1])
    try:
        yield server
    finally:
        if process.returncode is None:
            await server.stop()


async def test_what_one_server_fetched_the_other_does_not_ask_for(ticketmaster, redis_server, tmp_path):
    settings = {"REDIS_URL": redis_server.url, "GATEWAY_SECRET": "the same on all replicas"}
    async with (
        serving(tmp_path / "one", ticketmaster.url, **settings) as one,
        serving(tmp_path / "other", ticketmaster.url, **settings) as other,
    ):
        first = await one.ask()
        assert first["providerReports"] == [{"status": "OK", "requestCount": 1}]
        async with asyncio.timeout(SECONDS):
            while not redis_server.client.dbsize():  # noqa: ASYNC110 - nobody waits for a write
                await asyncio.sleep(0.01)
        asked = len(ticketmaster.requests)
        second = await other.ask()
        assert second["nodes"] == first["nodes"]
        assert second["providerReports"] == [{"status": "CACHED", "requestCount": 0}]
        assert len(ticketmaster.requests) == asked
        for server in (one, other):
            assert "shared cache" not in await server.stop()
    assert KEY.encode() not in b"".join(redis_server.client.keys())


async def test_with_a_shared_cache_that_is_not_there_a_server_starts_and_answers(ticketmaster, tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    url = f"redis://:hunter22-hunter22@127.0.0.1:{port}/0"
    async with serving(tmp_path, ticketmaster.url, REDIS_URL=url) as server:
        for _ in range(3):
            answer = await server.ask()
            assert len(answer["nodes"]) == 20
            assert answer["isPartial"] is False
        said = await server.stop()
    assert said.count(f"the shared cache redis://127.0.0.1:{port}/0 does not answer") == 1
    assert "hunter22" not in said
    assert "Traceback" not in said
