"""The database: an engine, transactions with an end, and one error for all the ways in which it can be gone.

SQLite (a file) where nothing else is said; PostgreSQL where one machine is not enough.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from gateway.accounts.errors import DatabaseUnavailable
from gateway.measures import SILENT, Measures

# Seconds: for a transaction, once its turn has come; for a new connection; and for how long a database that did not answer
# is left alone, so that not every request waits for it in vain.
LONGEST_TRANSACTION = 4.0
LONGEST_CONNECT = 2.0
REST = 1.0
CONNECTIONS = 10
# A connection is not used for longer than this (seconds): what stands between may have dropped it.
CONNECTION_LIFE = 1_800
LAYING_OUT_TRIES, LAYING_OUT_WAIT = 100, 0.05
# A column for an operator's eyes in pg_stat_activity.
APPLICATION = "event-gateway"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """How many connections are in use, how many are open and idle, and how many there may be."""

    in_use: int
    idle: int
    limit: int


class Database:
    """Connections to one database. Nothing is opened before it is needed.

    url: `sqlite:///path/to/file` or `postgresql://user:password@host/name`; libpq's `sslmode` is understood.

    Raises:
        ValueError: the address is of neither kind.
    """

    def __init__(
        self,
        url: str,
        *,
        longest_transaction: float = LONGEST_TRANSACTION,
        rest: float = REST,
        measures: Measures = SILENT,
    ) -> None:
        self._url = _with_driver(url)
        self._longest = longest_transaction
        self._rest = rest
        self._measures = measures
        self.embedded = self._url.get_backend_name() == "sqlite"
        self._engine = _sqlite(self._url) if self.embedded else _postgresql(self._url, longest_transaction)
        # SQLite has one writer at a time. Waiting here is fair, and quicker than its own retries.
        self._writers = asyncio.Semaphore(1 if self.embedded else CONNECTIONS)
        self._connections = asyncio.Semaphore(CONNECTIONS)
        self._down_since: float | None = None

    @property
    def password(self) -> str | None:
        """What must not be shown."""
        return str(self._url.password) if self._url.password else None

    @property
    def connections(self) -> Connections:
        """As they are at this moment."""
        pool = self._engine.pool
        assert isinstance(pool, QueuePool)
        return Connections(in_use=pool.checkedout(), idle=pool.checkedin(), limit=CONNECTIONS)

    async def look(self) -> bool:
        """Whether it answers."""
        try:
            async with self.reading() as connection:
                await connection.exec_driver_sql("SELECT 1")
        except DatabaseUnavailable:
            return False
        return True

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read from.

        Raises:
            DatabaseUnavailable: it cannot be reached, or not in time.
        """
        async with self._bounded(), self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: all of it is there when the block ends well, and nothing of it otherwise.

        Raises:
            DatabaseUnavailable: as for `reading`. What was being written may be there all the same, if it broke at the
                very end: make writes that can be repeated.
        """
        async with self._writers, self._bounded(), self._engine.connect() as connection:
            await connection.execution_options(writes=True)
            async with connection.begin():
                yield connection

    @asynccontextmanager
    async def migrating(self) -> AsyncIterator[AsyncConnection]:
        """A transaction without a time limit."""
        if self.embedded:
            await asyncio.to_thread(_lay_out, Path(str(self._url.database)))
        async with self._engine.connect() as connection:
            await connection.execution_options(writes=True)
            async with connection.begin():
                yield connection

    async def aclose(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _bounded(self) -> AsyncIterator[None]:
        """In turn, within the time, and with one error for everything that the database does wrong.

        The wait for a turn does not count: that many wish to write at once is no sign that the database is gone.
        """
        self._leave_alone()
        async with self._connections:
            self._leave_alone()
            try:
                async with asyncio.timeout(self._longest):
                    self._look_for_file()
                    yield
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                # OSError and TimeoutError: from a connection that cannot be made.
                if not _is_away(error):
                    raise
                self._note_down(error)
                raise DatabaseUnavailable from None
        self._note_up()

    def _leave_alone(self) -> None:
        if self._down_since is not None and time.monotonic() < self._down_since + self._rest:
            raise DatabaseUnavailable

    def _look_for_file(self) -> None:
        """SQLite would make one that is not there, without any table."""
        if self.embedded and not Path(str(self._url.database)).exists():
            msg = f"{self._url.database} is not there"
            raise FileNotFoundError(msg)

    def _note_down(self, error: Exception) -> None:
        if self._down_since is None:
            log.warning("the database does not answer: %s: %s", type(error).__name__, first_line(error))
        self._down_since = time.monotonic()
        self._measures.database_tried(False)  # noqa: FBT003 - as the protocol has it

    def _note_up(self) -> None:
        if self._down_since is not None:
            log.info("the database answers again")
        self._down_since = None
        self._measures.database_tried(True)  # noqa: FBT003 - as the protocol has it


def _with_driver(url: str) -> URL:
    wanted = 'wants "sqlite:///path/to/file" or "postgresql://user:password@host/name"'
    try:
        parsed = make_url(url)
    except ArgumentError:
        msg = wanted
        raise ValueError(msg) from None
    match parsed.drivername.partition("+")[0]:
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return parsed.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            return _libpq(parsed.set(drivername="postgresql+asyncpg"))
    msg = f"{wanted}, not {parsed.drivername!r}"
    raise ValueError(msg)


def _libpq(url: URL) -> URL:
    """The driver has libpq's `sslmode` under another name."""
    mode = url.query.get("sslmode")
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode}) if mode else url


def _postgresql(url: URL, longest: float) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_recycle=CONNECTION_LIFE,
        pool_pre_ping=True,
        connect_args={
            "timeout": LONGEST_CONNECT,
            # Half of it, since what is given up has to be rolled back, too, perhaps in vain.
            "command_timeout": longest / 2,
            "server_settings": {"application_name": APPLICATION},
        },
    )


def _sqlite(url: URL) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=CONNECTIONS, max_overflow=0)
    event.listen(engine.sync_engine, "connect", _set_up)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _set_up(connection: object, _record: object) -> None:
    # The driver would begin transactions late, and only before a write; `_begin` does it when asked.
    connection.isolation_level = None  # type: ignore[attr-defined] # a DBAPI connection of SQLite
    cursor = connection.cursor()  # type: ignore[attr-defined]
    # FULL: a commit is on the disk when it returns, and not only in the operating system's hands.
    for pragma in ("busy_timeout = 5000", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _lay_out(path: Path) -> None:
    """Make the file where there is none, with a write-ahead log: readers and the writer do not wait for each other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        for _ in range(LAYING_OUT_TRIES):
            # Where several try at once, SQLite refuses some without waiting; once done, it is done for good.
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError:
                time.sleep(LAYING_OUT_WAIT)
            else:
                return


def _begin(connection: Connection) -> None:
    # IMMEDIATE: who reads first and writes later would be refused when another wrote in between.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _is_away(error: Exception) -> bool:
    """Whether the error is the database's. One of its constraints that does not hold is ours to answer."""
    if isinstance(error, IntegrityError):
        return False
    # Of the rest, whatever is wrong with a statement of ours shows in the tests, and here means: not migrated yet.
    return isinstance(error, DBAPIError | OSError | TimeoutError) or not isinstance(error, SQLAlchemyError)


def first_line(error: Exception) -> str:
    """What the database said, in one line, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return str(cause).partition("\n")[0]
