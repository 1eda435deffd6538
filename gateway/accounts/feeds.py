"""Calendar addresses: a secret each, under which a calendar reads its owner's favourites."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from gateway.accounts.database import Database
from gateway.accounts.statements import insert
from gateway.accounts.tables import calendar_feeds

SECRET_BYTES = 32
# Calendars read often; when they last did is written down no more often than this.
NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A calendar address. Whoever knows `secret` can read it."""

    user_id: UUID
    secret: str
    created_at: datetime
    last_read_at: datetime | None


class Feeds:
    """The calendar addresses in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user_id: UUID) -> Feed | None:
        """A user's, where they have one."""
        return await self._one(calendar_feeds.c.user_id == user_id)

    async def by_secret(self, secret: str) -> Feed | None:
        """The one with that secret."""
        return await self._one(calendar_feeds.c.secret == secret)

    async def make(self, user_id: UUID, now: datetime, *, anew: bool) -> Feed:
        """The user's, made where there is none; `anew`, with a new secret, so that the old one opens nothing more."""
        values = {"secret": secrets.token_urlsafe(SECRET_BYTES), "created_at": now, "last_read_at": None}
        async with self._database.writing() as connection:
            made = insert(connection, calendar_feeds).values(user_id=user_id, **values)
            wanted = made.on_conflict_do_update(index_elements=["user_id"], set_=values) if anew else None
            await connection.execute(wanted if wanted is not None else made.on_conflict_do_nothing())
            query = select(calendar_feeds).where(calendar_feeds.c.user_id == user_id)
            return Feed(**(await connection.execute(query)).one()._mapping)  # noqa: SLF001 - public in SQLAlchemy

    async def note_reading(self, feed: Feed, now: datetime) -> None:
        """It was read."""
        if feed.last_read_at is not None and now - feed.last_read_at < NOTED_EVERY:
            return
        query = update(calendar_feeds).where(calendar_feeds.c.secret == feed.secret).values(last_read_at=now)
        async with self._database.writing() as connection:
            await connection.execute(query)

    async def _one(self, condition: object) -> Feed | None:
        query = select(calendar_feeds).where(condition)  # type: ignore[arg-type] # a comparison of columns
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).one_or_none()
        return Feed(**found._mapping) if found else None  # noqa: SLF001 - public in SQLAlchemy
