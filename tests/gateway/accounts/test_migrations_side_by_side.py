"""This version and a made-up next one on one database, as during a rollout; and as when it is rolled back."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from gateway.accounts import (
    Client,
    Credentials,
    Database,
    Facts,
    FavouriteKind,
    FavouriteStore,
    Subject,
    Upgrade,
    is_behind,
    migrate,
    upgrade,
)
from gateway.ids import Kind, Ref

HERE = Client("192.0.2.1")
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade():
    op.add_column("users", sa.Column("locale", sa.Text()))
    op.add_column("favourites", sa.Column("colour", sa.Text(), nullable=False, server_default="blue"))
    op.create_table("likes", sa.Column("user_id", sa.Uuid(), primary_key=True), sa.Column("what", sa.Text()))
    op.create_index("ix_users_locale", "users", ["locale"])
"""


@pytest.fixture
async def ahead(database: Database, tmp_path: Path) -> Database:
    """A database that the next version has upgraded."""
    scripts = tmp_path / "next"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "9999_next.py").write_text(NEXT.format(head=migrate.head()), encoding="utf-8")

    def run(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(scripts))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    async with database.migrating() as connection:
        await connection.run_sync(run)
    return database


class NextVersion:
    """Knows of the new columns, and writes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, statement: str, **values: object) -> list[tuple[object, ...]]:
        async with self._database.writing() as connection:
            result = await connection.execute(text(statement), values)
            return [tuple(row) for row in result] if result.returns_rows else []


async def test_both_write_at_once_and_neither_loses_what_the_other_wrote(ahead: Database, accounts) -> None:
    later = NextVersion(ahead)

    async def ours(number: int) -> None:
        signed_in = await accounts.register(f"user{number}@example.org", "correct horse", f"User {number}", HERE)
        ref = Ref(Kind.EVENT, "radio", str(number))
        subject = Subject(kind=FavouriteKind.EVENT, refs=(ref,), facts=Facts(name="The Night"))
        await FavouriteStore(ahead).keep(signed_in.user.user_id, subject, None, signed_in.user.created_at)

    async def theirs(number: int) -> None:
        await later.run("UPDATE users SET locale = :locale WHERE locale IS NULL", locale=f"l{number}")
        await later.run("UPDATE favourites SET colour = 'red'")

    await asyncio.gather(*(work(number) for number in range(4) for work in (ours, theirs)))
    await theirs(9)
    everybody = await later.run("SELECT email, locale FROM users ORDER BY email")
    assert [email for email, _ in everybody] == [f"user{number}@example.org" for number in range(4)]
    assert all(locale for _, locale in everybody)
    assert {colour for (colour,) in await later.run("SELECT colour FROM favourites")} == {"red"}


async def test_this_one_reads_and_changes_rows_of_the_next_and_leaves_what_it_does_not_know(
    ahead: Database, accounts, ann
) -> None:
    later = NextVersion(ahead)
    signed_in = await ann()
    await later.run("UPDATE users SET locale = 'de'")
    await later.run("INSERT INTO likes SELECT id, 'jazz' FROM users")
    viewer = await accounts.viewer(Credentials(bearer=signed_in.tokens.access_token))
    assert viewer is not None
    again = await accounts.sign_in("ann@example.org", "correct horse", None, HERE)
    assert again.user.user_id == viewer.user_id
    assert await later.run("SELECT locale FROM users") == [("de",)]
    assert await later.run("SELECT what FROM likes") == [("jazz",)]


async def test_a_database_that_is_ahead_is_not_behind_and_its_upgrade_by_this_version_does_nothing(
    ahead: Database,
) -> None:
    assert await is_behind(ahead) is False
    assert await upgrade(ahead) == Upgrade("9999", "9999")


async def test_one_that_nobody_has_upgraded_is_behind(postgres) -> None:
    empty = Database(postgres.empty())
    assert await is_behind(empty) is True
    await upgrade(empty)
    assert await is_behind(empty) is False
    await empty.aclose()
