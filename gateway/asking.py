"""Asks one provider, through the cache, and takes note of how it did. Pages are held to what the kit promises."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from gateway.cache import Cache
from gateway.roster import Member
from gateway.seen import Seen
from gateway.stream import Fetched
from providers import (
    Capability,
    Key,
    Listing,
    ListingQuery,
    Malformed,
    Misconfigured,
    Page,
    Performer,
    Provider,
    ProviderError,
    TimedOut,
    Venue,
    counting,
    matches,
)

# The most that one page may hold; a provider that sends a million is cut here, and asked for the rest when it is wanted.
MOST_LISTINGS = 5_000
# No call takes longer than this (seconds), so that one which hangs is not waited for, by whoever asks, for ever.
LONGEST_CALL = 60.0

Value = TypeVar("Value")
Thing = TypeVar("Thing", Listing, Venue, Performer)


class Desk:
    """Where the gateway asks its providers."""

    def __init__(self, cache: Cache[object], clock: Callable[[], datetime]) -> None:
        self._cache = cache
        self._clock = clock
        self._seen = Seen()

    async def page(self, member: Member, query: ListingQuery, seek: Key | None, limit: int) -> Fetched:
        """A page of the provider's list. What the provider cannot filter is filtered here.

        Raises:
            ProviderError: it cannot be had.
        """
        provider = _provider(member)
        pushed = query.only(member.capabilities)

        async def search() -> Page:
            return _checked(await provider.search(pushed, seek, limit), seek)

        async def load() -> Fetched:
            with counting() as tally:
                page = await self._noted(member, search)
            return Fetched(page=page, fetched_at=self._clock(), requests=tally.requests)

        key = _key(member, "page", repr((pushed, seek, limit)))
        kept, hit = await self._cache.get_or_load(key, member.limits.cache_ttl, load)
        assert isinstance(kept, Fetched)
        if not hit and Capability.LOOKUP_BY_ID not in member.capabilities:
            self._seen.remember(member.slug, kept)
        page = kept.page if pushed == query else _filtered(kept.page, query)
        return Fetched(page=page, fetched_at=kept.fetched_at, requests=0 if hit else kept.requests, from_cache=hit)

    async def listings(self, member: Member, ids: Sequence[str]) -> dict[str, tuple[Listing, datetime]]:
        """The listings of these ids and when they were fetched; those that are gone are left out.

        Of a provider that cannot be asked for single ones, those that were on a page of late.

        Raises:
            ProviderError: they cannot be had.
        """
        provider = _provider(member)
        if Capability.LOOKUP_BY_ID not in member.capabilities:
            return self._seen.among(member.slug, ids)
        return await self._things(member, "listing", ids, provider.lookup)

    async def venues(self, member: Member, ids: Sequence[str]) -> dict[str, tuple[Venue, datetime]]:
        """The venues of these ids; see `listings`."""
        return await self._things(member, "venue", ids, _provider(member).venues)

    async def performers(self, member: Member, ids: Sequence[str]) -> dict[str, tuple[Performer, datetime]]:
        """The performers of these ids; see `listings`."""
        return await self._things(member, "performer", ids, _provider(member).performers)

    async def _things(
        self,
        member: Member,
        kind: str,
        ids: Sequence[str],
        look_up: Callable[[Sequence[str]], Awaitable[Sequence[Thing]]],
    ) -> dict[str, tuple[Thing, datetime]]:
        """By id, each kept on its own; those not kept are fetched together, a batch at a time, batches at once."""
        found: dict[str, tuple[Thing, datetime]] = {}
        wanted = list(dict.fromkeys(ids))
        for own_id in wanted:
            if (kept := await self._cache.get(_key(member, kind, own_id))) is not None:
                found[own_id] = kept  # type: ignore[assignment] # the key says what is kept under it
        missing = [own_id for own_id in wanted if own_id not in found]
        size = max(1, member.limits.lookup_batch)
        batches = [missing[start : start + size] for start in range(0, len(missing), size)]
        for batch in await asyncio.gather(*(self._batch(member, kind, ids, look_up) for ids in batches)):
            found |= batch
        return found

    async def _batch(
        self,
        member: Member,
        kind: str,
        ids: Sequence[str],
        look_up: Callable[[Sequence[str]], Awaitable[Sequence[Thing]]],
    ) -> dict[str, tuple[Thing, datetime]]:
        """One batch. Its size is the provider's own, and so is the way back to single requests where it comes short."""

        async def load() -> dict[str, tuple[Thing, datetime]]:
            things = await self._noted(member, lambda: look_up(ids))
            now = self._clock()
            # Asked for by id, answered in any order, and now and then with somebody else: key again.
            return {thing.id: (thing, now) for thing in things if thing.id in ids}  # type: ignore[misc] # `in ids`: no None

        ttl = member.limits.cache_ttl
        batch, _ = await self._cache.get_or_load(_key(member, f"{kind}s", repr(tuple(ids))), ttl, load)
        assert isinstance(batch, dict)
        for own_id, thing in batch.items():
            await self._cache.put(_key(member, kind, own_id), thing, ttl)
        return batch

    async def _noted(self, member: Member, call: Callable[[], Awaitable[Value]]) -> Value:
        """Make the call and note how long it took and how it ended."""
        begun = time.monotonic()
        error: ProviderError | None = Malformed("broke inside its adapter")
        try:
            async with asyncio.timeout(LONGEST_CALL):
                value = await call()
            error = None
        except TimeoutError as raised:
            error = TimedOut("did not answer in time")
            raise error from raised
        except ProviderError as raised:
            error = raised
            raise
        except asyncio.CancelledError:
            error = TimedOut("was given up before it answered")
            raise
        finally:
            member.record.note(round((time.monotonic() - begun) * 1000), error)
        return value


def _provider(member: Member) -> Provider:
    if member.provider is None:
        raise Misconfigured(member.problem or "is not configured", missing=member.missing_settings)
    return member.provider


def _checked(page: Page, seek: Key | None) -> Page:
    """The page as the kit promises it: sorted, behind the seek, up to the frontier, and with some progress.

    Raises:
        Malformed: it is not a page, or its frontier is no place beyond the seek.
    """
    if not isinstance(page, Page):
        msg = f"returned {type(page).__name__} instead of a Page"  # type: ignore[unreachable] # plugins need not be typed
        raise Malformed(msg)
    frontier = page.frontier
    aware = frontier is None or (isinstance(frontier, Key) and frontier.instant.utcoffset() is not None)  # type: ignore[redundant-expr] # plugins need not be typed
    if not aware:
        msg = "returned a frontier that is not a Key with an aware instant"
        raise Malformed(msg)
    if frontier is not None and seek is not None and frontier <= seek:
        msg = "made no progress: its page ends where it began"
        raise Malformed(msg)
    between = {
        listing.key: listing
        for listing in page.listings
        if (seek is None or listing.key > seek) and (frontier is None or listing.key <= frontier)
    }
    listings = tuple(between[key] for key in sorted(between))
    if len(listings) > MOST_LISTINGS:
        listings = listings[:MOST_LISTINGS]
        frontier = listings[-1].key
    return Page(
        listings=listings,
        frontier=frontier,
        total=page.total,
        truncated=page.truncated,
        rejected=page.rejected,
    )


def _filtered(page: Page, query: ListingQuery) -> Page:
    """The page without what the query does not want; its total then counts other things, so it goes."""
    wanted = tuple(listing for listing in page.listings if matches(listing, query))
    return Page(listings=wanted, frontier=page.frontier, truncated=page.truncated, rejected=page.rejected)


def _key(member: Member, kind: str, what: str) -> str:
    digest = hashlib.blake2b(what.encode(), digest_size=16).hexdigest()
    return f"{member.slug}:{kind}:{digest}"
