"""The command line: `serve`, `demo`, `providers ...`, `matches ...`, `smoke`, `schema print`, `db upgrade`, `users export`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence

from providers import SettingError, discover
from server.commands.options import (
    add_demo,
    add_listening,
    add_matches,
    add_providers,
    add_smoke,
    add_upgrade,
    add_workers,
    joined,
    listening,
)
from server.commands.stop import FAILED, MISUSED, Stop
from server.settings import read_settings

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Settings that cannot be meant are one line and status 2."""
    options = _parser().parse_args(joined(sys.argv[1:] if arguments is None else arguments))
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except SettingError as error:
        for mistake in str(error).splitlines():
            print(f"event-gateway: {mistake}", file=sys.stderr)
        return MISUSED
    except Stop as stop:
        print(f"event-gateway: {stop}", file=sys.stderr)
        return stop.status
    except KeyboardInterrupt:
        return INTERRUPTED
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
    add_listening(serve)
    add_workers(serve)
    serve.set_defaults(run=_serve)
    add_demo(commands)
    add_providers(commands)
    add_smoke(commands)
    add_matches(commands)
    schema = commands.add_parser("schema", help="look at the schema").add_subparsers(required=True, metavar="COMMAND")
    schema.add_parser("print", help="the schema in SDL").set_defaults(run=_print_schema)
    db = commands.add_parser("db", help="care for the database").add_subparsers(required=True, metavar="COMMAND")
    add_upgrade(db)
    users = commands.add_parser("users", help="look at the users").add_subparsers(required=True, metavar="COMMAND")
    exporting = users.add_parser("export", help="all that is kept of somebody, as JSON")
    exporting.add_argument("email", metavar="EMAIL", help="their e-mail address")
    exporting.set_defaults(run=_export)
    return parser


def _serve(options: argparse.Namespace) -> int:
    from server.serving import serve

    return serve(read_settings({**os.environ, **listening(options)}, discover()))


def _print_schema(_options: argparse.Namespace) -> int:
    from schema import make_schema, print_sdl

    sys.stdout.write(print_sdl(make_schema()))
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
