"""`event-gateway providers record`: one search and one lookup, kept in a cassette."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence

from providers import Capability, ListingQuery, Provider, Redactor
from server.commands.enrolment import ready
from server.commands.query import read_first, read_query
from server.commands.stop import Stop
from server.commands.tapes import begin, write
from server.commands.walk import Found, one_line, say, walk


def run(options: argparse.Namespace) -> int:
    """Ask, and write what came."""
    redactor = Redactor()
    first = read_first(options)
    recorder = begin(options.file, redactor)
    provider = ready(options.slug, redactor, recorder)
    query = read_query(options, recorder.clock())
    with one_line(options.slug, redactor):
        found = asyncio.run(_ask(provider, query, first))
    if not recorder.exchanges:
        msg = f"{options.slug} sent no request, so there is nothing to record"
        raise Stop(msg)
    write(recorder, options.file)
    print(f"Wrote {options.file}: {len(recorder.exchanges)} requests, {len(found.listings)} listings.")
    if not found.listings:
        say("It found nothing: a recording that holds listings proves more. Ask for something else.")
    say(_what_next(options))
    return 0


def _what_next(options: argparse.Namespace) -> str:
    return f"""\
*** stands for each secret among the settings. Read the file before you share it.
To use it: event-gateway providers check {options.slug} --cassette {options.file}"""


async def _ask(provider: Provider, query: ListingQuery, first: int) -> Found:
    try:
        found = await walk(provider, query, first)
        if Capability.LOOKUP_BY_ID in provider.info.capabilities and found.listings:
            await _look_up(provider, [listing.id for listing in found.listings])
    finally:
        await provider.aclose()
    return found


async def _look_up(provider: Provider, ids: Sequence[str]) -> None:
    """Some ids, the same that the contract takes, so that it finds their answer."""
    asked = list(dict.fromkeys((*ids[:3], *ids[-2:])))
    say(f"Looking {len(asked)} of them up ...")
    size = provider.info.limits.lookup_batch
    for start in range(0, len(asked), size):
        await provider.lookup(asked[start : start + size])
