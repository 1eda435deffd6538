"""`event-gateway db upgrade`: brings the database up to date, once it is there."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time

from gateway.accounts import Database, Unreached, Upgrade, UpgradeError, upgrade
from server.app import make_database
from server.commands.stop import Stop
from server.settings import read_settings

TRY_EVERY = 1.0


def run(options: argparse.Namespace) -> int:
    """All of it, or nothing."""
    try:
        done = asyncio.run(_upgraded(make_database(read_settings(os.environ)), options.wait))
    except UpgradeError as error:
        msg = f"the database cannot be upgraded: {error}"
        raise Stop(msg) from None
    if done.before == done.after:
        print(f"The database is up to date ({done.after}).")
    else:
        print(f"The database was upgraded from {done.before or 'nothing'} to {done.after}.")
    return 0


async def _upgraded(database: Database, patience: float) -> Upgrade:
    until = time.monotonic() + patience
    waiting = False
    try:
        while True:
            try:
                return await upgrade(database)
            except Unreached as error:
                if time.monotonic() >= until:
                    raise
                if not waiting:
                    print(f"Waiting for the database: {error}", file=sys.stderr, flush=True)
                waiting = True
            await asyncio.sleep(TRY_EVERY)
    finally:
        await database.aclose()
