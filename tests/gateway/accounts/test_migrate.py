from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from gateway.accounts import Database, Upgrade, UpgradeError, migrate, upgrade
from gateway.accounts.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'gateway.sqlite3'}"
    return request.getfixturevalue("postgres").empty()


async def test_the_migrations_make_what_the_model_says(database: Database) -> None:
    def differences(connection: object) -> list[object]:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)

    async with database.migrating() as connection:
        assert await connection.run_sync(differences) == []
        # It would find a difference if there were one.
        await connection.execute(text("ALTER TABLE users ADD COLUMN shoe_size INTEGER"))
        assert [change[0] for change in await connection.run_sync(differences)] == ["remove_column"]


async def test_foreign_keys_and_unique_columns_are_those_of_the_model(database: Database) -> None:
    # Alembic does not compare what happens on deletion.
    def keys(connection: object) -> dict[str, list[tuple[object, ...]]]:
        found = inspect(connection)
        return {
            table: sorted(
                (key["constrained_columns"][0], key["referred_table"], key["options"].get("ondelete"))
                for key in found.get_foreign_keys(table)
            )
            for table in metadata.tables
        }

    wanted = {
        name: sorted((key.parent.name, key.column.table.name, key.ondelete) for key in table.foreign_keys)
        for name, table in metadata.tables.items()
    }
    async with database.reading() as connection:
        assert await connection.run_sync(keys) == wanted


async def test_an_upgrade_says_from_where_to_where_and_the_next_finds_nothing_to_do(empty_url: str) -> None:
    database = Database(empty_url)
    assert await upgrade(database) == Upgrade(None, migrate.head())
    assert await upgrade(database) == Upgrade(migrate.head(), migrate.head())
    await database.aclose()


async def test_of_many_that_upgrade_at_once_one_does_it(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(6)]
    done = await asyncio.gather(*map(upgrade, databases))
    for database in databases:
        await database.aclose()
    assert [each.after for each in done] == [migrate.head()] * 6
    assert sorted(each.before is None for each in done) == [False] * 5 + [True]


async def test_an_upgrade_that_fails_halfway_leaves_the_database_as_it_was(empty_url: str) -> None:
    database = Database(empty_url)
    async with database.migrating() as connection:
        # The last table that the migration makes is there already.
        await connection.execute(text("CREATE TABLE attempts (stray INTEGER)"))
    with pytest.raises(UpgradeError, match=r"attempts.* already exists"):
        await upgrade(database)
    async with database.reading() as connection:
        tables = await connection.run_sync(lambda each: inspect(each).get_table_names())
    await database.aclose()
    assert tables == ["attempts"]
