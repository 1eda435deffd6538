"""Brings a database up to date. However many processes try at once, one does it, and the others find it done."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.accounts.database import Database, first_line

SCRIPTS = Path(__file__).parent / "migrations"
# Any number will do, as long as nobody else locks it in the same database ("event-gw" in ASCII).
LOCK = 0x6576656E742D6777
# How long a migration waits for a table that is in use.
LONGEST_WAIT = "3s"

# Its steps are told by whoever asked for them.
logging.getLogger("alembic").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """From which revision to which; `before` is None for an empty database."""

    before: str | None
    after: str | None


class UpgradeError(Exception):
    """The database cannot be opened, or not be brought up to date; says why."""


class Unreached(UpgradeError):
    """It cannot be opened: it may only be late."""


async def upgrade(database: Database) -> Upgrade:
    """Run what is missing, in one transaction: either all of it is there afterwards, or nothing.

    Raises:
        UpgradeError: it cannot be done; the database is as it was.
    """
    reached = False
    try:
        async with database.migrating() as connection:
            reached = True
            if not database.embedded:  # SQLite's BEGIN IMMEDIATE is such a lock already
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
                # What waits for a table keeps everybody who comes later from it: better fail, and try again.
                await connection.execute(text(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'"))
            return await connection.run_sync(_upgrade)
    except (SQLAlchemyError, sqlite3.Error, CommandError, OSError, TimeoutError) as error:
        raise (UpgradeError if reached else Unreached)(first_line(error)) from error


async def is_behind(database: Database) -> bool:
    """Whether it lacks what this version needs. One that is newer than we know lacks nothing: migrations only expand.

    Raises:
        DatabaseUnavailable: that cannot be told now.
    """
    async with database.reading() as connection:
        return _is_older(await connection.run_sync(_revision))


def head() -> str | None:
    """The newest revision."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _upgrade(connection: Connection) -> Upgrade:
    before = _revision(connection)
    if _is_older(before):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return Upgrade(before, _revision(connection))


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _is_older(revision: str | None) -> bool:
    """Whether something is missing; a revision that we do not know was made by a later version."""
    known = {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}
    return revision is None or (revision in known and revision != head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config
