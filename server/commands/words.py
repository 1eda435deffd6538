"""What people have said of pairs of listings, as `event-gateway matches ...` reads and tells it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import TypeVar

from gateway.accounts import DatabaseUnavailable, MatchStore, Settled, Word
from gateway.ids import Ref
from server.app import make_database
from server.commands.stop import Stop
from server.settings import read_settings

Answer = TypeVar("Answer")

LEFT = "(has left)"


def ask(question: Callable[[MatchStore], Awaitable[Answer]]) -> Answer:
    """Ask the database once.

    Raises:
        Stop: it cannot be reached.
    """

    async def run() -> Answer:
        database = make_database(read_settings(os.environ))
        try:
            return await question(MatchStore(database))
        finally:
            await database.aclose()

    try:
        return asyncio.run(run())
    except DatabaseUnavailable:
        msg = "the database cannot be reached, or is not up to date; check DATABASE_URL, or run `event-gateway db upgrade`"
        raise Stop(msg) from None


def standing(word: Word, settled: Settled) -> str:
    """How it stands with a word: in force, undone, or outvoted by others."""
    if word.undone_at is not None:
        return "undone"
    return "in force" if word.pair in (settled.same if word.is_same else settled.apart) else "outvoted"


def row(word: Word, settled: Settled) -> dict[str, object]:
    """All of it, as JSON."""
    return {
        "id": word.number,
        "author": word.author,
        "records": [{"provider": ref.provider, "id": ref.id} for ref in word.pair],
        "isSame": word.is_same,
        "saidAt": word.said_at.isoformat(),
        "undoneAt": word.undone_at.isoformat() if word.undone_at else None,
        "standing": standing(word, settled),
    }


def cells(word: Word, settled: Settled) -> tuple[str, str, str, str, str]:
    """The same in few words."""
    said = f"{word.said_at.astimezone(UTC):%Y-%m-%d %H:%M}"
    return str(word.number), said, word.author or LEFT, standing(word, settled), pair(word)


def pair(word: Word) -> str:
    """The two records, and whether they are one."""
    one, other = map(_record, word.pair)
    return f"{one} {'=' if word.is_same else '≠'} {other}"


def _record(ref: Ref) -> str:
    return f"{ref.provider}:{ref.id}"
