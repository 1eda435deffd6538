"""`event-gateway providers list`: every provider, and what it needs."""

from __future__ import annotations

import argparse
import json

from providers import Enrolled
from server.commands.enrolment import registry
from server.commands.table import columns, table


def run(options: argparse.Namespace) -> int:
    """Print the list."""
    entries = registry().entries
    if options.json:
        print(json.dumps([row(entry) for entry in entries], indent=2))
    else:
        lines = [("PROVIDER", "ASKED", "ORIGIN", "NOTE"), *map(_cells, entries)]
        print("\n".join(table(lines, columns(), share=[3])))
    return 0


def row(entry: Enrolled) -> dict[str, object]:
    """What is told of a provider first, as JSON."""
    return {
        "slug": entry.slug,
        "name": entry.info.title,
        "origin": entry.origin.name,
        "package": entry.package,
        "enabled": entry.enabled,
        "capabilities": sorted(capability.name for capability in entry.info.capabilities),
        "missingSettings": list(entry.missing),
        "message": entry.problem,
    }


def origin(entry: Enrolled) -> str:
    """Where it comes from, in words."""
    return entry.origin.name.lower().replace("_", " ")


def _cells(entry: Enrolled) -> tuple[str, str, str, str]:
    return entry.slug, "yes" if entry.provider else "no", origin(entry), _note(entry)


def _note(entry: Enrolled) -> str:
    """In a few words; `describe` has them all."""
    return f"needs {', '.join(entry.missing)}" if entry.missing else entry.problem or ""
