"""Alembic's migrations, and how they are run: `event-gateway db upgrade`, or at start for the embedded database."""
