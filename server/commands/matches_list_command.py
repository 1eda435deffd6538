"""`event-gateway matches list`: what people have said of pairs of listings, newest first."""

from __future__ import annotations

import argparse
import json

from gateway.accounts import MatchStore, Settled, Word
from server.commands.table import columns, table
from server.commands.words import ask, cells, row


def run(options: argparse.Namespace) -> int:
    """Print the list."""
    words, settled = ask(_words)
    if options.json:
        print(json.dumps([row(word, settled) for word in words], indent=2, ensure_ascii=False))
    elif words:
        lines = [("ID", "SAID (UTC)", "BY", "STANDS", "RECORDS"), *(cells(word, settled) for word in words)]
        print("\n".join(table(lines, columns(), share=[2, 4])))
    else:
        print("Nobody has said anything yet.")
    return 0


async def _words(store: MatchStore) -> tuple[list[Word], Settled]:
    return await store.all(), await store.settled()
