"""`event-gateway matches undo`: let what somebody said of two listings count no more."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime

from gateway.accounts import MatchStore, Settled, Word
from server.commands.stop import Stop
from server.commands.table import shown
from server.commands.words import LEFT, ask, pair, row


def run(options: argparse.Namespace) -> int:
    """Undo it, and say what it was. Undoing it again changes nothing."""
    word, settled = ask(lambda store: _undo(store, options.id))
    if word is None:
        msg = f"there is no {options.id}; `event-gateway matches list` shows what there is"
        raise Stop(msg)
    if options.json:
        print(json.dumps(row(word, settled), indent=2, ensure_ascii=False))
    else:
        print(f"Undone: {shown(pair(word))}, said by {shown(word.author or LEFT)}.")
    return 0


async def _undo(store: MatchStore, number: int) -> tuple[Word | None, Settled]:
    return await store.undo(number, datetime.now(UTC)), await store.settled()
