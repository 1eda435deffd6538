"""What people have said of pairs of listings, at hand: a search asks the database nothing.

It is read every few seconds, so that what is said at one replica, or undone by an operator, soon holds at all. While the
database is away, what was last read holds.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator

from gateway.accounts import DatabaseUnavailable, MatchStore, Pair, Settled
from gateway.identity import NO_RULES, ListingRef, Rules

# Seconds between two looks.
EVERY = 5.0


class Said:
    """What holds. `current` and `rules` are the same objects until something is said or undone."""

    def __init__(self, store: MatchStore, every: float = EVERY) -> None:
        self.current = Settled()
        self.rules = NO_RULES
        self._store = store
        self._every = every
        self._stamp: tuple[int, int] | None = None
        self._looking = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look, and look again and again from then on."""
        await self.refresh()
        self._task = asyncio.create_task(self._keep_up())

    async def aclose(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def refresh(self) -> None:
        """Look now. Where the database is away, everything stays as it is."""
        # One after the other: an older look must not come in last.
        async with self._looking:
            with contextlib.suppress(DatabaseUnavailable):
                # First the stamp: what is said in between shows at the next look.
                stamp = await self._store.stamp()
                if stamp != self._stamp:
                    self.current = await self._store.settled()
                    self.rules = Rules(_named(self.current.same), _named(self.current.apart))
                    self._stamp = stamp

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            await self.refresh()


def _named(pairs: Iterable[Pair]) -> Iterator[tuple[ListingRef, ListingRef]]:
    for one, other in pairs:
        yield ListingRef(one.provider, one.id), ListingRef(other.provider, other.id)
