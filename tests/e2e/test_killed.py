"""The server is killed in the middle of a thousand writes. What it has said to be kept is there afterwards."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path
from typing import Self

import httpx
import pytest

ADDS, AT_ONCE, KILLED_AFTER = 1_000, 16, 400
SECONDS = 120
REGISTER = (
    'mutation { registerUser(input: { email: "ann@example.org", password: "correct horse" }) '
    "{ tokens { accessToken } } }"
)
EVENTS = "query ($after: String) { events(first: 100, after: $after) { nodes { id } pageInfo { endCursor } } }"
ADD = "mutation ($id: ID!) { addFavourite(input: { subjectId: $id }) { favourite { subjectId } userErrors { code } } }"
MINE = (
    "query ($after: String) { viewer { favourites(first: 100, after: $after) { totalCount nodes { subjectId } "
    "pageInfo { hasNextPage endCursor } } } }"
)


class Server:
    """A gateway as a process of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("event-gateway"),
            "serve",
            "--port=0",
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        found, said = None, ""
        async with asyncio.timeout(SECONDS):
            while found is None and (line := (await self.process.stdout.readline()).decode()):
                said += line
                found = re.search(r"Event gateway is at (\S+)", line)
        assert found is not None, said
        self.client = httpx.AsyncClient(base_url=found[1], timeout=SECONDS)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()
        if self.process.returncode is None:
            self.process.terminate()
        await self.process.communicate()

    async def ask(self, query: str, token: str | None = None, **variables: object):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        response = await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        body = response.json()
        assert "errors" not in body, body
        return next(iter(body["data"].values()))

    def kill(self) -> None:
        """As the operating system does when memory runs out: without a word."""
        self.process.send_signal(signal.SIGKILL)


async def some_events(server: Server) -> list[str]:
    ids: list[str] = []
    after = None
    while len(ids) < ADDS:
        page = await server.ask(EVENTS, after=after)
        ids += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    return ids[:ADDS]


async def add_until_killed(server: Server, token: str, ids: list[str]) -> tuple[set[str], set[str]]:
    """What was said to be kept, and what was asked for."""
    waiting, kept, asked = iter(ids), set(), set()

    async def work() -> None:
        for own_id in waiting:
            asked.add(own_id)
            try:
                payload = await server.ask(ADD, token, id=own_id)
            except httpx.HTTPError:
                return
            assert payload["userErrors"] == []
            kept.add(payload["favourite"]["subjectId"])
            if len(kept) == KILLED_AFTER:
                server.kill()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return kept, asked


async def all_favourites(server: Server, token: str) -> list[str]:
    found, after, more = [], None, True
    while more:
        page = (await server.ask(MINE, token, after=after))["favourites"]
        found += [node["subjectId"] for node in page["nodes"]]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    return found


async def test_every_favourite_that_was_acknowledged_is_there_after_the_server_was_killed(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kept_environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept_environment, "GATEWAY_DATA_DIR": str(tmp_path), "DATABASE_URL": database_url}
    async with Server(environment) as server:
        token = (await server.ask(REGISTER))["tokens"]["accessToken"]
        kept, asked = await add_until_killed(server, token, await some_events(server))
        assert await server.process.wait() == -signal.SIGKILL
    async with Server(environment) as server:
        found = await all_favourites(server, token)
    figures = f"{len(kept)} acknowledged, {len(asked)} asked for, {len(found)} there, {len(kept - set(found))} lost"
    print(f"\n{request.node.callspec.id}: {figures}")  # noqa: T201 - figures to read
    assert KILLED_AFTER <= len(kept) < ADDS
    assert kept - set(found) == set()
    assert len(found) == len(set(found))
    assert set(found) <= asked
