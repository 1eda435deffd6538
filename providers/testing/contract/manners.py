"""Manners among others: no secret shown, no other host asked, the loop given back, and an end when told to."""

# ruff: noqa: D102 - a test's name is its sentence

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from providers import Capability, Provider, Steps
from providers.sdk.redact import HIDDEN
from providers.testing.contract.base import Contract, end, held
from providers.testing.contract.faults import EACH, faulty, hanging
from providers.testing.contract.network import strangers, watching
from providers.testing.contract.saying import SHOWN, hold

# Long enough for a search to have begun; a slow machine at worst cancels it before.
_BEGUN = 0.2
_GRACE = 1.0


class Manners(Contract):
    """What a provider owes to the others in the same process."""

    async def test_no_secret_shows(self, provider: Provider) -> None:
        secrets = [
            str(provider.settings[setting.name])
            for setting in provider.info.settings
            # A recording is played with what stands for a secret, which may be shown.
            if setting.secret and provider.settings.get(setting.name) not in {None, "", HIDDEN}
        ]
        with _written() as lines:
            everything = await self.everything(provider)
            errors = [text for name in EACH for text in await self._said_of(provider, name, secrets)]
        shown = [repr(provider), repr(provider.info), *map(repr, everything.listings), *errors, *lines]
        leaks = [_around(secret, text) for secret in secrets for text in shown if secret in text]
        hold(not leaks, f"a secret setting's value is shown in {leaks[:SHOWN]}")

    async def test_no_other_host_is_asked(self, provider: Provider) -> None:
        with watching() as met:
            walked = await self.walk(provider, self.query(provider), limit=50, most=50)
            if Capability.LOOKUP_BY_ID in provider.info.capabilities:
                await self.lookup(provider, walked.ids()[:1] or [self.unknown_id])
        base_url = provider.http.base_url
        others = strangers(met, base_url)
        hold(not others, f"asks {others[:SHOWN]} beside {base_url or 'nobody'}; ask by `self.http`, at base_url alone")

    async def test_a_search_gives_the_event_loop_back(self, provider: Provider) -> None:
        steps: list[float] = []
        await self.within(lambda: _stepped(provider, self, steps))
        longest = max(steps)
        why = "nobody else is served meanwhile; await what waits, and give heavy work to asyncio.to_thread"
        hold(longest < self.longest_step, f"keeps the event loop for {longest:.1f} s at once; {why}")

    async def test_a_cancelled_search_ends_at_once(self, provider: Provider) -> None:
        before = asyncio.all_tasks()
        async with faulty(provider, hanging) as upstream:
            search = asyncio.create_task(held(lambda: provider.search(self.query(provider), None, 10)))
            begun = asyncio.create_task(upstream.begun.wait())
            await asyncio.wait({search, begun}, timeout=_BEGUN, return_when=asyncio.FIRST_COMPLETED)
            begun.cancel()
            ended = await end(search, grace=_GRACE)
            left = asyncio.all_tasks() - before - {search, begun}
            if left:
                await provider.aclose()
                _, left = await asyncio.wait(left, timeout=_GRACE)
        for task in left:
            await end(task)
        hold(ended, "a search goes on after it was cancelled; let CancelledError pass")
        hold(not left, f"{len(left)} tasks go on after the search was cancelled and aclose was called; cancel them")

    async def _said_of(self, provider: Provider, name: str, secrets: list[str]) -> list[str]:
        """All that can be seen of the error which this fault makes."""
        async with faulty(provider, EACH[name]):
            provider.http.redact.learn(*secrets)
            try:
                await self.search(provider, self.query(provider), None, 10)
            except Exception as error:  # noqa: BLE001 - which one it is, others test
                return [repr(error), str(vars(error)), *traceback.format_exception(error)]
        return []


async def _stepped(provider: Provider, contract: Contract, steps: list[float]) -> None:
    await Steps(lambda: provider.search(contract.query(provider), None, 50), steps.append)


def _around(secret: str, text: str) -> str:
    begin = text.index(secret)
    return text[max(0, begin - 40) : begin + len(secret) + 20]


@contextmanager
def _written() -> Iterator[list[str]]:
    """What is logged within the block, by whomever, on every level."""
    lines: list[str] = []
    handler = logging.Handler()
    formatter = logging.Formatter()
    handler.emit = lambda record: lines.append(formatter.format(record))  # type: ignore[method-assign] # one line's handler
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
