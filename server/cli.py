"""The command line: `event-gateway serve`, `providers list`, `schema print`, `db upgrade`, `users export`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
from collections.abc import Sequence
from textwrap import shorten

from providers import Enrolled, ProviderOrigin, Redactor, SettingError
from server.settings import Settings, read_settings

FAILED, MISUSED = 1, 2
LEAST_NOTE = 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Settings that cannot be meant are one line and status 2."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except SettingError as error:
        print(f"event-gateway: {error}", file=sys.stderr)
        return MISUSED
    except BrokenPipeError:
        # Whoever read our output has seen enough of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="event-gateway", description="One GraphQL endpoint over many event providers."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="start the gateway")
    serve.add_argument("--host", help="address to listen at (HOST, 127.0.0.1)")
    serve.add_argument("--port", help="port to listen at (PORT, 8000)")
    serve.set_defaults(run=_serve)
    providers = commands.add_parser("providers", help="look at the providers").add_subparsers(
        required=True, metavar="COMMAND"
    )
    listing = providers.add_parser("list", help="every provider, and what it needs")
    listing.add_argument("--json", action="store_true", help="as JSON, a row each")
    listing.set_defaults(run=_list_providers)
    schema = commands.add_parser("schema", help="look at the schema").add_subparsers(required=True, metavar="COMMAND")
    schema.add_parser("print", help="the schema in SDL").set_defaults(run=_print_schema)
    db = commands.add_parser("db", help="care for the database").add_subparsers(required=True, metavar="COMMAND")
    db.add_parser("upgrade", help="bring it up to date (DATABASE_URL)").set_defaults(run=_upgrade)
    users = commands.add_parser("users", help="look at the users").add_subparsers(required=True, metavar="COMMAND")
    exporting = users.add_parser("export", help="all that is kept of somebody, as JSON")
    exporting.add_argument("email", metavar="EMAIL", help="their e-mail address")
    exporting.set_defaults(run=_export)
    return parser


def _serve(options: argparse.Namespace) -> int:
    from server.serving import serve

    given = {"HOST": options.host, "PORT": options.port}
    return serve(read_settings({**os.environ, **{name: value for name, value in given.items() if value is not None}}))


def _list_providers(options: argparse.Namespace) -> int:
    entries = _entries(read_settings(os.environ))
    if options.json:
        print(json.dumps([_row(entry) for entry in entries], indent=2))
    else:
        print("\n".join(_table(entries, shutil.get_terminal_size().columns)))
    return 0


def _entries(settings: Settings) -> Sequence[Enrolled]:
    from server.app import make_registry

    return make_registry(settings, Redactor()).entries


def _row(entry: Enrolled) -> dict[str, object]:
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


def _table(entries: Sequence[Enrolled], width: int) -> list[str]:
    """A line for each, no wider than the terminal."""
    rows = [("PROVIDER", "ASKED", "ORIGIN", "NOTE")]
    rows += [
        (entry.slug, "yes" if entry.provider else "no", _origin(entry.origin), entry.problem or "") for entry in entries
    ]
    wide = [max(len(row[column]) for row in rows) for column in range(3)]
    room = max(LEAST_NOTE, width - sum(wide) - 6)
    return [
        "  ".join(
            [*(cell.ljust(wide[column]) for column, cell in enumerate(row[:3])), shorten(row[3], room, placeholder="…")]
        ).rstrip()
        for row in rows
    ]


def _origin(origin: ProviderOrigin) -> str:
    return origin.name.lower().replace("_", " ")


def _print_schema(_options: argparse.Namespace) -> int:
    from schema import make_schema, print_sdl

    sys.stdout.write(print_sdl(make_schema()))
    return 0


def _upgrade(_options: argparse.Namespace) -> int:
    from gateway.accounts import UpgradeError, upgrade
    from server.app import make_database

    async def run() -> str:
        database = make_database(read_settings(os.environ))
        try:
            done = await upgrade(database)
        finally:
            await database.aclose()
        if done.before == done.after:
            return f"The database is up to date ({done.after})."
        return f"The database was upgraded from {done.before or 'nothing'} to {done.after}."

    try:
        print(asyncio.run(run()))
    except UpgradeError as error:
        print(f"event-gateway: the database cannot be upgraded: {error}", file=sys.stderr)
        return FAILED
    return 0


def _export(options: argparse.Namespace) -> int:
    from gateway.accounts import DatabaseUnavailable, export
    from server.app import make_database

    async def run() -> list[dict[str, object]]:
        database = make_database(read_settings(os.environ))
        try:
            return await export(database, options.email)
        finally:
            await database.aclose()

    try:
        found = asyncio.run(run())
    except DatabaseUnavailable:
        print("event-gateway: the database cannot be reached; check DATABASE_URL", file=sys.stderr)
        return FAILED
    if not found:
        print(f"event-gateway: nobody has the e-mail address {options.email}", file=sys.stderr)
        return FAILED
    # Nearly always one; more only where outside identity providers vouch for others with the same address.
    print(json.dumps(found[0] if len(found) == 1 else found, indent=2, ensure_ascii=False))
    return 0
