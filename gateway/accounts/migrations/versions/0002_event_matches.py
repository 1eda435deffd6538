"""What people say of pairs of listings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """A table more; the version before does not know it, and does not mind."""
    op.create_table(
        "event_matches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("one", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("is_same", sa.Boolean(), nullable=False),
        sa.Column("said_at", INSTANT, nullable=False),
        sa.Column("undone_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_event_matches"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_event_matches_user_id_users", ondelete="SET NULL"),
    )
    op.create_index("ix_event_matches_user_id", "event_matches", ["user_id"])
