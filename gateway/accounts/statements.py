"""What SQLAlchemy says differently for each database."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(connection: AsyncConnection, table: Table) -> postgresql.Insert:
    """INSERT with ON CONFLICT, which both databases have and SQLAlchemy has twice, alike."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)  # type: ignore[return-value] # the methods in use are those of PostgreSQL's
    return postgresql.insert(table)
