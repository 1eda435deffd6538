from __future__ import annotations

import asyncio
import logging

import pytest
from sqlalchemy import select, text

from gateway.accounts import Database, DatabaseUnavailable
from gateway.accounts.tables import attempts

SECONDS = 30


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:", "http://host", "postgresql//x"]
)
def test_an_address_of_another_kind_is_refused_with_one_that_would_do(url: str) -> None:
    with pytest.raises(ValueError, match='wants "sqlite:///path/to/file" or "postgresql://user:password@host/name"'):
        Database(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_is_understood_and_so_is_sslmode(scheme: str) -> None:
    database = Database(f"{scheme}://user:pass@host/name?sslmode=require")
    assert (database.embedded, database.password) == (False, "pass")
    assert dict(database._url.query) == {"ssl": "require"}


async def test_half_a_transaction_leaves_nothing(database: Database) -> None:
    async def write_and_fail() -> None:
        async with database.writing() as connection:
            await connection.execute(text("INSERT INTO attempts VALUES ('x', 1, CURRENT_TIMESTAMP)"))
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()
    async with database.reading() as connection:
        assert (await connection.execute(select(attempts.c.key))).all() == []


async def test_a_row_needs_the_user_that_it_belongs_to(database: Database) -> None:
    async def write_for_nobody() -> None:
        async with database.writing() as connection:
            await connection.execute(
                text("INSERT INTO calendar_feeds VALUES (:nobody, 'secret', CURRENT_TIMESTAMP, NULL)"),
                {"nobody": "00000000-0000-0000-0000-000000000000"},
            )

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await write_for_nobody()


async def test_writers_that_read_first_do_not_lose_each_others_work(database: Database) -> None:
    async def one_more() -> None:
        async with database.writing() as connection:
            tries = (await connection.execute(select(attempts.c.tries).with_for_update())).scalar_one()
            await asyncio.sleep(0)
            await connection.execute(text("UPDATE attempts SET tries = :tries"), {"tries": tries + 1})

    async with database.writing() as connection:
        await connection.execute(text("INSERT INTO attempts VALUES ('x', 0, CURRENT_TIMESTAMP)"))
    await asyncio.gather(*(one_more() for _ in range(40)))
    async with database.reading() as connection:
        assert (await connection.execute(select(attempts.c.tries))).scalar_one() == 40


@pytest.mark.parametrize("url", ["postgresql://user@127.0.0.1:1/name", "sqlite:////nowhere/at/all.sqlite3"])
async def test_one_that_is_not_there_is_unavailable(url: str) -> None:
    database = Database(url, rest=0)
    for use in (database.reading, database.writing):
        with pytest.raises(DatabaseUnavailable):
            async with asyncio.timeout(SECONDS), use() as connection:
                await connection.execute(text("SELECT 1"))
    await database.aclose()


async def test_reading_makes_no_database(tmp_path) -> None:
    path = tmp_path / "none.sqlite3"
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnavailable):
        async with database.reading():
            pass
    await database.aclose()
    assert not path.exists()


async def test_one_that_was_never_migrated_is_unavailable_and_says_why_in_the_log(tmp_path, caplog) -> None:
    path = tmp_path / "empty.sqlite3"
    path.touch()
    database = Database(f"sqlite:///{path}", rest=0)
    for _ in range(3):
        with pytest.raises(DatabaseUnavailable):
            async with database.reading() as connection:
                await connection.execute(select(attempts))
    await database.aclose()
    assert [record.getMessage() for record in caplog.records] == [
        "the database does not answer: OperationalError: no such table: attempts"
    ]


@pytest.mark.parametrize("how", ["cut", "hang"])
async def test_one_that_goes_away_is_unavailable_until_it_is_back(how: str, postgres_proxy, caplog) -> None:
    caplog.set_level(logging.INFO, "gateway")
    database = Database(postgres_proxy.url, longest_transaction=3, rest=3_600)

    async def ask() -> int:
        async with asyncio.timeout(SECONDS), database.reading() as connection:
            return (await connection.execute(text("SELECT 7"))).scalar_one()

    assert await ask() == 7
    getattr(postgres_proxy, how)()
    for _ in range(3):
        with pytest.raises(DatabaseUnavailable):
            await ask()
    postgres_proxy.mend()
    database._rest = 0
    assert await ask() == 7
    await database.aclose()
    said = [record.getMessage() for record in caplog.records if record.name.startswith("gateway")]
    assert [line.partition(":")[0] for line in said] == ["the database does not answer", "the database answers again"]


@pytest.mark.parametrize("how", ["cut", "hang"])
async def test_one_that_goes_in_the_middle_of_a_transaction_ends_it(how: str, postgres_proxy) -> None:
    database = Database(postgres_proxy.url, longest_transaction=3, rest=0)

    async def write() -> None:
        async with asyncio.timeout(SECONDS), database.writing() as connection:
            await connection.execute(text("INSERT INTO attempts VALUES ('x', 1, now())"))
            getattr(postgres_proxy, how)()
            await connection.execute(text("UPDATE attempts SET tries = 2"))

    with pytest.raises(DatabaseUnavailable):
        await write()
    postgres_proxy.mend()
    async with database.reading() as connection:
        assert (await connection.execute(select(attempts.c.key))).all() == []
    await database.aclose()


async def test_one_that_did_not_answer_is_left_alone_for_a_while(postgres_proxy) -> None:
    database = Database(postgres_proxy.url, rest=3_600)
    postgres_proxy.cut()
    for _ in range(50):
        with pytest.raises(DatabaseUnavailable):
            async with database.reading():
                pass
    await database.aclose()
    assert postgres_proxy.calls == 1
