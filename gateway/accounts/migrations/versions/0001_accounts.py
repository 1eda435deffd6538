"""Users, sessions, favourites, calendar addresses, attempts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """From an empty database."""
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("email_key", sa.Text()),
        sa.Column("display_name", sa.Text()),
        sa.Column("password_hash", sa.Text()),
        sa.Column("issuer", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("home_latitude", sa.Float()),
        sa.Column("home_longitude", sa.Float()),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email_key", name="uq_users_email_key"),
        sa.UniqueConstraint("issuer", "subject", name="uq_users_issuer_subject"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("device_name", sa.Text()),
        sa.Column("refresh_hash", sa.Text(), nullable=False),
        sa.Column("browser_hash", sa.Text()),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        _owned_by_a_user("sessions"),
    )
    op.create_table(
        "favourites",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("saved", sa.Text(), nullable=False),
        sa.Column("known", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_favourites"),
        _owned_by_a_user("favourites"),
    )
    op.create_table(
        "favourite_refs",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("favourite_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "ref", name="pk_favourite_refs"),
        _owned_by_a_user("favourite_refs"),
        sa.ForeignKeyConstraint(
            ["favourite_id"],
            ["favourites.id"],
            name="fk_favourite_refs_favourite_id_favourites",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_read_at", INSTANT),
        sa.PrimaryKeyConstraint("user_id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("secret", name="uq_calendar_feeds_secret"),
        _owned_by_a_user("calendar_feeds"),
    )
    op.create_table(
        "attempts",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_attempts"),
    )
    for table, *columns in (
        ("sessions", "user_id"),
        ("sessions", "expires_at"),
        ("favourites", "user_id", "created_at", "id"),
        ("favourite_refs", "favourite_id"),
        ("attempts", "began_at"),
    ):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def _owned_by_a_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{table}_user_id_users", ondelete="CASCADE")
