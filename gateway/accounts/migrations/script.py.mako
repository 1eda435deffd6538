"""${message}"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Expand only: the version before this one still runs while a rollout is under way."""
    ${upgrades if upgrades else "pass"}
