"""Whether requests should come: real processes before a real PostgreSQL that is late, too old, too new, or goes away."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import text

from gateway.accounts import Database
from server.draining import Notice
from server.health import BEHIND, Readiness

SECRET = "a secret of the operator's own"
SEARCH = "{ events(first: 2) { nodes { id } } }"
SIGN_UP = (
    'mutation { registerUser(input: { email: "ann@example.org", password: "correct horse" }) '
    "{ viewer { email } userErrors { code } } }"
)


class Gateway:
    """One that runs."""

    def __init__(self, process, address: str) -> None:
        self.process = process
        self._client = httpx.AsyncClient(base_url=address, timeout=20)

    async def readiness(self) -> tuple[int, str | None]:
        response = await self._client.get("/readyz")
        return response.status_code, response.json().get("reason")

    async def ask(self, query: str) -> dict[str, object]:
        response = await self._client.post("/graphql", json={"query": query})
        assert response.status_code == 200
        return response.json()["data"]

    async def becomes(self, fits: Callable[[tuple[int, str | None]], bool]) -> None:
        async with asyncio.timeout(30):
            while not fits(await self.readiness()):  # noqa: ASYNC110 - it is another process that changes
                await asyncio.sleep(0.05)

    async def stops(self) -> str:
        await self._client.aclose()
        self.process.signal(signal.SIGTERM)
        status, _, err = await self.process.ends()
        assert (status, "Traceback" in err) == (0, False)
        return err


@pytest.fixture
def begin(run):
    async def begin(**settings: str) -> Gateway:
        process = await run("serve", "--port=0", GATEWAY_SECRET=SECRET, **settings)
        found = re.search(r"http://\S+", await process.says("Event gateway is at"))
        assert found is not None
        return Gateway(process, found[0])

    return begin


async def change(url: str, *statements: str) -> None:
    database = Database(url)
    async with database.migrating() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    await database.aclose()


async def test_one_whose_database_comes_late_serves_meanwhile_and_is_ready_once_it_is_there(
    begin, postgres_proxy
) -> None:
    postgres_proxy.cut()
    gateway = await begin(DATABASE_URL=postgres_proxy.url)
    await gateway.becomes(lambda it: it[0] == 503 and "cannot be reached" in (it[1] or ""))
    assert len((await gateway.ask(SEARCH))["events"]["nodes"]) == 2
    postgres_proxy.mend()
    await gateway.becomes(lambda it: it == (200, None))
    assert (await gateway.ask(SIGN_UP))["registerUser"]["viewer"] == {"email": "ann@example.org"}

    # Gone again, it makes nobody unready: search goes on.
    postgres_proxy.cut()
    payload = (await gateway.ask(SIGN_UP))["registerUser"]
    assert payload["userErrors"] == [{"code": "UNAVAILABLE"}]
    assert len((await gateway.ask(SEARCH))["events"]["nodes"]) == 2
    await asyncio.sleep(1.5)
    assert await gateway.readiness() == (200, None)
    said = await gateway.stops()
    assert said.count("the database can be used") == 1
    assert said.count("the database does not answer") == 2


async def test_one_whose_database_is_too_old_says_what_to_do_and_waits_until_it_is_done(begin, run, postgres) -> None:
    url = postgres.empty()
    gateway = await begin(DATABASE_URL=url)
    await gateway.becomes(lambda it: it == (503, BEHIND))
    assert "run `event-gateway db upgrade`" in BEHIND
    await asyncio.sleep(1.5)
    upgrading = await run("db", "upgrade", DATABASE_URL=url)
    assert (await upgrading.ends())[0] == 0
    await gateway.becomes(lambda it: it == (200, None))
    said = await gateway.stops()
    assert said.count("not ready: ") == 1


async def test_one_whose_database_is_newer_than_it_knows_is_ready_and_so_is_its_upgrade(begin, run, postgres) -> None:
    url = postgres.migrated()
    await change(url, "UPDATE alembic_version SET version_num = '9999'")
    gateway = await begin(DATABASE_URL=url)
    await gateway.becomes(lambda it: it == (200, None))
    assert (await gateway.ask(SIGN_UP))["registerUser"]["userErrors"] == []
    await gateway.stops()
    status, out, _ = await (await run("db", "upgrade", DATABASE_URL=url)).ends()
    assert (status, out) == (0, "The database is up to date (9999).\n")


async def test_its_own_database_is_there_from_the_start(begin) -> None:
    gateway = await begin()
    assert await gateway.readiness() == (200, None)
    await gateway.stops()


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_told_to_stop_it_is_unready_first_and_serves_on_for_a_while(workers: str, begin) -> None:
    gateway = await begin(GATEWAY_DRAIN_SECONDS="3", GATEWAY_WORKERS=workers)
    await gateway.becomes(lambda it: it == (200, None))
    gateway.process.signal(signal.SIGTERM)
    await gateway.becomes(lambda it: it == (503, "stopping"))
    assert len((await gateway.ask(SEARCH))["events"]["nodes"]) == 2
    await gateway._client.aclose()
    status, _, err = await gateway.process.ends()
    assert (status, "Traceback" in err) == (0, False)


@pytest.mark.parametrize("numbers", [(signal.SIGINT,), (signal.SIGTERM, signal.SIGTERM)], ids=["Ctrl-C", "told twice"])
async def test_who_is_in_a_hurry_does_not_wait(numbers: tuple[signal.Signals, ...], begin) -> None:
    gateway = await begin(GATEWAY_DRAIN_SECONDS="600")
    begun = time.monotonic()
    for number in numbers:
        gateway.process.signal(number)
        await asyncio.sleep(0.5)
    assert (await gateway.process.ends())[0] == 0
    assert time.monotonic() - begun < 60


def test_a_drain_begins_once_and_only_where_there_is_time_for_it() -> None:
    said: list[str] = []
    drain = Notice(1, lambda: said.append("stopping"))
    assert [drain.begins(), drain.begins(), Notice(0, lambda: said.append("never")).begins()] == [True, False, False]
    assert said == ["stopping"]


async def test_what_begins_to_stop_is_not_ready_again(database: Database) -> None:
    told: list[bool] = []
    readiness = Readiness(told.append)
    readiness.end()
    await readiness.wait_for(database)
    readiness.begin()
    assert told == [False]
