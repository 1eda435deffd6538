"""When a session was used last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Null where the version before opened it: then it was used when it began, as far as anybody knows."""
    op.add_column("sessions", sa.Column("last_used_at", sa.DateTime(timezone=True)))
