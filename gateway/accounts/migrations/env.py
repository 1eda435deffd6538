"""Alembic runs this once for each command, with the connection that `gateway.accounts.migrate` gave it."""

from __future__ import annotations

from alembic import context

from gateway.accounts.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
