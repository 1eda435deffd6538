"""`event-gateway providers check`: the contract, a line for each promise."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from providers import ListingQuery, Provider, Redactor, counting
from server.commands.enrolment import ready
from server.commands.options import MANY
from server.commands.stop import FAILED, Stop
from server.commands.table import columns, paragraph, shown
from server.commands.tapes import begin, play, write
from server.commands.walk import one_line, say

if TYPE_CHECKING:
    from providers.testing import Cassette, Promise, Recorder

_WORDS = {"KEPT": "ok", "BROKEN": "broken", "UNPROVEN": "unproven", "NOT_DECLARED": "not declared"}
_CONTRACT_TAKES = ("pytest", "pytest_asyncio")
_MARGIN = max(map(len, _WORDS.values())) + 2


def run(options: argparse.Namespace) -> int:
    """Check each promise; the exit status is 1 where one is broken, or the recording is of something else."""
    _want_pytest()
    redactor = Redactor()
    recorder = begin(options.record, redactor) if options.record else None
    cassette = play(options.cassette) if options.cassette else None
    with one_line(options.slug, redactor), counting() as tally:
        counts = asyncio.run(_check(options.slug, redactor, recorder or cassette, playing=cassette is not None))
    print(", ".join(f"{counts[name]} {word}" for name, word in _WORDS.items() if counts[name]))
    if recorder:
        write(recorder, options.record)
    if cassette is None:
        say(f"That took {tally.requests} requests." + (f" Wrote {options.record}." if recorder else ""))
    elif counts["UNPROVEN"]:
        say(f"To record all that is asked: event-gateway providers check {options.slug} --record {options.cassette}")
        if not cassette.played:
            msg = f"{options.cassette} holds nothing of what {options.slug} asks"
            raise Stop(msg)
    return FAILED if counts["BROKEN"] else 0


def _want_pytest() -> None:
    try:
        for name in _CONTRACT_TAKES:
            import_module(name)
    except ModuleNotFoundError as error:
        msg = f"checking takes {error.name}, which is not installed: python -m pip install pytest pytest-asyncio"
        raise Stop(msg) from None


async def _check(slug: str, redactor: Redactor, tape: Cassette | Recorder | None, *, playing: bool) -> Counter[str]:
    """How many promises there are of each verdict; each is told as soon as it is known."""
    from providers.testing import promises

    if not playing:
        await _knock(ready(slug, redactor))
    make = partial(ready, slug, redactor, tape, playing=playing)
    counts: Counter[str] = Counter()
    async for promise in promises(make, walk_limit=MANY):
        if not counts:
            say(f"Checking {slug}, {'from the recording' if playing else f'with up to {MANY} listings'} ...")
        counts[promise.verdict.name] += 1
        _tell(promise, redactor)
    return counts


async def _knock(provider: Provider) -> None:
    """Ask once, so that a wrong key or a server that is down is one line and not thirty."""
    try:
        query = ListingQuery(start_from=provider.clock()).only(provider.info.capabilities)
        await provider.search(query, None, 1)
    finally:
        await provider.aclose()


def _tell(promise: Promise, redactor: Redactor) -> None:
    """One line; on a terminal one that is too long is folded under itself."""
    text = promise.name + (f": {redactor(promise.why)}" if promise.why else "")
    first = f"{_WORDS[promise.verdict.name]:{_MARGIN}}"
    if sys.stdout.isatty():
        print("\n".join(paragraph(text, columns(), first=first, rest=" " * _MARGIN)), flush=True)
    else:
        print(first + shown(text), flush=True)
