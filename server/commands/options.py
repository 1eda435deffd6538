"""The options of `event-gateway serve`, `demo`, `providers ...` and `matches ...`."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from importlib import import_module

# A search shows a few; a recording and a check read as many as each other, so that one fits the other.
FEW, MANY = 10, 100
# What a database takes for a number.
LARGEST = 2**31 - 1


def add_listening(command: argparse.ArgumentParser) -> None:
    """Add where to listen."""
    command.add_argument("--host", help="address to listen at (HOST, 127.0.0.1)")
    command.add_argument("--port", help="port to listen at (PORT, 8000)")


def add_workers(command: argparse.ArgumentParser) -> None:
    """Add how many processes share the work."""
    command.add_argument("--workers", help="processes that share the work (GATEWAY_WORKERS, 1)")


def listening(options: argparse.Namespace) -> dict[str, str]:
    """Where to listen, and with how many, as the environment says it; only what is given."""
    given = {"HOST": options.host, "PORT": options.port, "GATEWAY_WORKERS": getattr(options, "workers", None)}
    return {name: value for name, value in given.items() if value is not None}


def add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    demo = _command(commands, "demo", "start the gateway over made-up providers on this machine")
    add_listening(demo)
    demo.add_argument("--steady", action="store_true", help="no provider is slow or rate limited")


def add_smoke(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    smoke = _command(commands, "smoke", "ask a running gateway whether it is ready, and one query")
    smoke.add_argument("url", metavar="URL", help="where it is, such as http://event-gateway")


def add_providers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its own commands."""
    providers = commands.add_parser("providers", help="look at, try, check and write providers")
    kinds = providers.add_subparsers(required=True, metavar="COMMAND")
    listing = _command(kinds, "list", "every provider, and what it needs")
    _json(listing, "as JSON, a row each")
    describing = _about_one(kinds, "describe", "all that is known of a provider")
    _json(describing, "as JSON")
    trying = _about_one(kinds, "try", "search once, and show what comes")
    _query(trying, FEW)
    _json(trying, "as JSON")
    checking = _about_one(kinds, "check", "say which promises of the contract it keeps")
    tape = checking.add_mutually_exclusive_group()
    tape.add_argument("--cassette", metavar="FILE", help="ask this recording instead of the network")
    tape.add_argument("--record", metavar="FILE", help="write all that it asks and gets into a cassette")
    recording = _about_one(kinds, "record", "write one search and one lookup into a cassette")
    recording.add_argument("file", metavar="FILE", help="where to write it (JSON)")
    _query(recording, MANY)
    starting = _command(kinds, "new", "begin a provider of your own")
    starting.add_argument("name", metavar="NAME", help="what it is called in settings, such as open-stage")
    starting.add_argument("--title", help="what people read, such as 'Open Stage'")


def add_upgrade(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    upgrade = _command(kinds, "upgrade", "bring the database up to date (DATABASE_URL)")
    upgrade.add_argument(
        "--wait", type=_seconds, default=0.0, metavar="SECONDS", help="wait so long for one that cannot be reached (0)"
    )


def add_matches(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its own commands."""
    matches = commands.add_parser("matches", help="look at what users said is one event, or two, and undo it")
    kinds = matches.add_subparsers(required=True, metavar="COMMAND")
    listing = _command(kinds, "list", "what users said, newest first", module="matches_list")
    _json(listing, "as JSON, a row each")
    undoing = _command(kinds, "undo", "let what somebody said count no more", module="matches_undo")
    undoing.add_argument("id", metavar="ID", type=_number, help="its number in `matches list`")
    _json(undoing, "as JSON")


def joined(arguments: Sequence[str]) -> list[str]:
    """The arguments as argparse reads them: it takes the -33.9 of `--near -33.9,18.4,25` for an option."""
    read: list[str] = []
    for argument in arguments:
        if read and read[-1] == "--near" and re.match(r"-[\d.]", argument):
            read[-1] = f"--near={argument}"
        else:
            read.append(argument)
    return read


def _command(
    kinds: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str, *, module: str | None = None
) -> argparse.ArgumentParser:
    """A command that the module `<name>_command`, or `<module>_command`, runs, once it is wanted."""

    def run(options: argparse.Namespace) -> int:
        status: int = import_module(f"server.commands.{module or name}_command").run(options)
        return status

    command = kinds.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    command.set_defaults(run=run)
    return command


def _about_one(
    kinds: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str
) -> argparse.ArgumentParser:
    command = _command(kinds, name, what)
    command.add_argument("slug", metavar="SLUG", help="the provider, by its name in `providers list`")
    return command


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]+)?", text):
        msg = f"wants a number of seconds, not {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return float(text)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > len(str(LARGEST)) or not 0 < int(text) <= LARGEST:
        msg = f"wants a number of `matches list`, not {text[:40]!r}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _json(command: argparse.ArgumentParser, what: str) -> None:
    command.add_argument("--json", action="store_true", help=what)


def _query(command: argparse.ArgumentParser, first: int) -> None:
    command.add_argument("--keyword", metavar="WORDS", help="words of a title, performer or venue")
    command.add_argument("--city", metavar="TOWN", help="a town, such as Munich or 'Paris, Texas'")
    command.add_argument("--near", metavar="LAT,LON,KM", help="within so many kilometres, such as 48.14,11.58,25")
    command.add_argument("--first", metavar="N", default=str(first), help=f"so many listings ({first})")
