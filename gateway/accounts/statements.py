"""What several repositories say to the database."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.accounts.tables import users


def insert(connection: AsyncConnection, table: Table) -> postgresql.Insert:
    """INSERT with ON CONFLICT, which both databases have and SQLAlchemy has twice, alike."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)  # type: ignore[return-value] # the methods in use are those of PostgreSQL's
    return postgresql.insert(table)


async def lock_user(connection: AsyncConnection, user_id: UUID) -> bool:
    """Let nobody else add to what is this user's until we are done; False where there is no such user."""
    query = select(users.c.id).where(users.c.id == user_id).with_for_update()
    return (await connection.execute(query)).one_or_none() is not None
