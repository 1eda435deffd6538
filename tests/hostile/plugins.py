"""Plugins that do all that a plugin must not do, one each, and an honest one that they must not harm.

Kept as a file of its own, which tests install as real distributions under another name.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from providers import (
    Capability,
    DatePrecision,
    Info,
    Key,
    Limits,
    Listing,
    Malformed,
    Page,
    Provider,
    ProviderError,
    Request,
    Setting,
    When,
    page_of,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NAIVE = datetime(2026, 11, 25, 9, 0)  # noqa: DTZ001 - the point
log = logging.getLogger(__name__)


def listing(number, **more):
    return Listing(
        id=f"e{number}", name=f"Evening {number}", start=When.at(NOW + timedelta(hours=number), "UTC"), **more
    )


LISTINGS = tuple(listing(number) for number in range(1, 31))


class Honest(Provider):
    info = Info(
        slug="honest",
        title="Honest",
        homepage="https://honest.example",
        capabilities=frozenset({Capability.DATE_RANGE, Capability.LOOKUP_BY_ID, Capability.KEYLESS}),
        # Nothing is kept, so that each question reaches the plugin.
        limits=Limits(lookup_batch=10, cache_ttl=timedelta(0)),
        settings=(Setting(name="token", secret=True),),
    )

    async def search(self, query, seek, limit):
        return page_of(LISTINGS, query, seek, limit)

    async def lookup(self, ids):
        return [each for each in LISTINGS if each.id in ids]


class Hostile(Honest):
    info = replace(Honest.info, slug="hostile", title="Hostile", base_url="http://127.0.0.1:9")


class RaisesInInit(Hostile):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        msg = f"no luck with {self.settings['token']}"
        raise RuntimeError(msg)


class ExitsInInit(Hostile):
    def __init__(self, **_):
        sys.exit(3)


class Blocks(Hostile):
    async def search(self, query, seek, limit):
        time.sleep(0.7)  # noqa: ASYNC251 - the point
        return await super().search(query, seek, limit)


class BlocksForEver(Hostile):
    async def search(self, *_):
        while True:
            with contextlib.suppress(Exception):
                time.sleep(3_600)  # noqa: ASYNC251 - the point


class NeverReturns(Hostile):
    async def search(self, *_):
        await asyncio.Event().wait()


class GoesOnWhenCancelled(Hostile):
    async def search(self, *_):
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(3_600)


class NaiveTimes(Hostile):
    async def search(self, *_):
        return Page(listings=(replace(LISTINGS[0], start=When(DatePrecision.TIME, NAIVE)),))


class SmugglesNaiveTimes(Hostile):
    """Past the check of the kit."""

    async def search(self, *_):
        smuggled = replace(LISTINGS[0].start)
        object.__setattr__(smuggled, "instant", NAIVE)
        return Page(listings=(replace(LISTINGS[0], start=smuggled),))


class GivesRecords(Hostile):
    async def search(self, *_):
        return Page(listings=({"id": "e1", "name": "Evening 1"},))


class GivesOddParts(Hostile):
    async def search(self, *_):
        return Page(listings=(replace(LISTINGS[0], performers=("Somebody",), description=object()),))


class GivesNoPage(Hostile):
    async def search(self, *_):
        return list(LISTINGS)


class GivesAMillion(Hostile):
    async def search(self, *_):
        return Page(listings=LISTINGS[:1] * 1_000_000)


class GivesOthersIds(Hostile):
    """Whatever is asked for, it gives all that it has, under ids that another provider uses, too."""

    async def lookup(self, _):
        return LISTINGS


class StandsStill(Hostile):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, min(limit, 5))
        return page if seek is None or page.exhausted else replace(page, listings=(), frontier=seek)


class GoesBackwards(Hostile):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, min(limit, 5))
        return page if seek is None else replace(page, listings=(), frontier=Key(seek.instant - timedelta(days=1), ""))


class AsksUpstream(Hostile):
    async def search(self, query, seek, limit):
        await self.http.json(Request(path="events"))
        return await super().search(query, seek, limit)


class LeaksInErrors(AsksUpstream):
    async def search(self, query, seek, limit):
        try:
            return await super().search(query, seek, limit)
        except ProviderError:
            msg = f"did not like the key {self.settings['token']}"
            raise Malformed(msg) from None


class LeaksInListings(Hostile):
    async def search(self, query, seek, limit):
        address = f"https://hostile.example/?apikey={self.settings['token']}"
        return page_of([replace(each, url=address) for each in LISTINGS], query, seek, limit)


class LeaksInTheLog(Hostile):
    async def search(self, query, seek, limit):
        log.warning("asks with %s", self.settings["token"])
        return await super().search(query, seek, limit)


class RaisesSystemExit(Hostile):
    async def search(self, *_):
        sys.exit(3)


class RaisesKeyboardInterrupt(Hostile):
    async def search(self, *_):
        raise KeyboardInterrupt


class RaisesGeneratorExit(Hostile):
    async def search(self, *_):
        raise GeneratorExit


class RaisesCancelled(Hostile):
    async def search(self, *_):
        raise asyncio.CancelledError


class CancelsItself(Hostile):
    async def search(self, *_):
        asyncio.current_task().cancel()
        await asyncio.sleep(0)


class RaisesSomethingElse(Hostile):
    class SomethingElse(BaseException):
        pass

    async def search(self, *_):
        raise self.SomethingElse


class ExitsWhenClosed(Hostile):
    async def aclose(self):
        await super().aclose()
        sys.exit(3)
