"""The tables. Migrations under `migrations/` make them; a test proves both equal."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware time, kept in UTC; SQLite has no time zones of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        moved = value.astimezone(UTC) if value is not None else None
        return moved.replace(tzinfo=None) if moved is not None and dialect.name == "sqlite" else moved

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """From UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _owner(*, primary_key: bool = False, index: bool = False) -> Column[UUID]:
    """Whose row it is; it goes when they go."""
    owner = ForeignKey("users.id", ondelete="CASCADE")
    return Column("user_id", owner, nullable=False, primary_key=primary_key, index=index)


# Somebody who signs in with a password has `email` and `password_hash`; a user of an outside identity provider has
# `issuer` and `subject`. `email_key` is what addresses are compared by.
users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("email", Text),
    Column("email_key", Text, unique=True),
    Column("display_name", Text),
    Column("password_hash", Text),
    Column("issuer", Text),
    Column("subject", Text),
    Column("home_latitude", Float),
    Column("home_longitude", Float),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("issuer", "subject"),
)

# A device that is signed in. Secrets are kept hashed: `refresh_hash` is that of the newest refresh token,
# `browser_hash` that of the cookie, where there is one. Signing out removes the row. `last_used_at` is true to a few
# minutes, and null in rows of the version before.
sessions = Table(
    "sessions",
    metadata,
    Column("id", Uuid, primary_key=True),
    _owner(index=True),
    Column("device_name", Text),
    Column("refresh_hash", Text, nullable=False),
    Column("browser_hash", Text),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("expires_at", Instant, nullable=False, index=True),
)

# `saved` is what was known when it was saved, `known` what was last heard (both JSON of Facts); `sequence` counts the
# changes between (RFC 5545, 3.8.7.4). `starts_at` is the last instant at which it may start, for events.
favourites = Table(
    "favourites",
    metadata,
    Column("id", Uuid, primary_key=True),
    _owner(),
    Column("kind", Text, nullable=False),
    Column("note", Text),
    Column("saved", Text, nullable=False),
    Column("known", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("starts_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index(None, "user_id", "created_at", "id"),
)

# The records that a favourite was made from, by global id. No record is in two favourites of one user.
favourite_refs = Table(
    "favourite_refs",
    metadata,
    _owner(),
    Column("ref", Text, nullable=False),
    Column("favourite_id", ForeignKey("favourites.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("place", Integer, nullable=False),
    PrimaryKeyConstraint("user_id", "ref"),
)

# The address is kept as it is, since it has to be shown again; it opens nothing that does not stand in this database.
calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    _owner(primary_key=True),
    Column("secret", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("last_read_at", Instant),
)

# What somebody said of two records, by global id, in the order of `pair_of`. It outlives its author's account, without
# their name. Whoever adds holds the user's row, so that there is one row for a user and a pair; ids can be too long for an
# index of PostgreSQL.
event_matches = Table(
    "event_matches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="SET NULL"), index=True),
    Column("one", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("is_same", Boolean, nullable=False),
    Column("said_at", Instant, nullable=False),
    Column("undone_at", Instant),
)

# How often something was tried of late, by a hash of who tried.
attempts = Table(
    "attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("began_at", Instant, nullable=False, index=True),
)
