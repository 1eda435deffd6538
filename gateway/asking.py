"""Asks one provider, through the cache, and takes note of how it did. Pages are held to what the kit promises."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from gateway.cache import Cache
from gateway.checking import CheckedPage, Thing, checked_page, checked_things
from gateway.guard import Guard
from gateway.keeping import Form
from gateway.measures import SILENT, Measures, ProviderCall, outcome_of
from gateway.part import Fetched
from gateway.roster import Member
from gateway.seen import Seen
from gateway.tracing import UNTRACED, Attributes, Tracer
from gateway.upstream import note_requests, waiting
from providers import (
    Capability,
    Key,
    Listing,
    ListingQuery,
    Misconfigured,
    Performer,
    Provider,
    ProviderError,
    TimedOut,
    Venue,
    carrying,
    counting,
    matches,
)

Value = TypeVar("Value")

# How what is kept here can be kept for other gateways, too.
PAGES: Form[Any] = Form(Fetched)
THINGS: dict[type, Form[Any]] = {
    Listing: Form(tuple[Listing, datetime]),
    Venue: Form(tuple[Venue, datetime]),
    Performer: Form(tuple[Performer, datetime]),
}


class Desk:
    """Where the gateway asks its providers; `guard` makes the calls, `measures` and `tracer` are told of each."""

    def __init__(
        self,
        cache: Cache[object],
        clock: Callable[[], datetime],
        guard: Guard | None = None,
        measures: Measures = SILENT,
        tracer: Tracer = UNTRACED,
    ) -> None:
        self._cache = cache
        self._clock = clock
        self._seen = Seen()
        self._guard = guard or Guard()
        self._measures = measures
        self._tracer = tracer

    def time(self) -> float:
        """Seconds on a clock that stands still while a provider keeps all others waiting."""
        return self._guard.time()

    async def page(self, member: Member, query: ListingQuery, seek: Key | None, limit: int) -> Fetched:
        """A page of the provider's list. What the provider cannot filter is filtered here.

        Raises:
            ProviderError: it cannot be had.
        """
        provider = _provider(member)
        pushed = query.only(member.capabilities)

        async def search() -> CheckedPage:
            return checked_page(await provider.search(pushed, seek, limit), seek, member.redact)

        async def load() -> Fetched:
            checked, requests = await self._noted(member, search)
            if checked.in_disorder:
                member.record.note_disorder()
            return Fetched(
                page=checked.page,
                fetched_at=self._clock(),
                requests=requests,
                late=checked.late,
                early=checked.early,
                in_disorder=checked.in_disorder,
            )

        key = _key(member, "page", repr((pushed, seek, limit)))
        with self._asking(member), waiting() as wait:
            kept, hit = await self._cache.get_or_load(key, member.limits.cache_ttl, load, PAGES)
            wait.counts = not hit
            self._tracer.note({"gateway.cached": hit})
        assert isinstance(kept, Fetched)
        if Capability.LOOKUP_BY_ID not in member.capabilities:
            self._seen.remember(member.slug, kept)
        fetched = kept if pushed == query else kept.filtered(lambda listing: matches(listing, query))
        return replace(fetched, requests=0 if hit else kept.requests, from_cache=hit)

    async def listings(self, member: Member, ids: Sequence[str]) -> dict[str, tuple[Listing, datetime]]:
        """The listings of these ids and when they were fetched; those that are gone are left out.

        Of a provider that cannot be asked for single ones, those that were on a page of late.

        Raises:
            ProviderError: they cannot be had.
        """
        provider = _provider(member)
        if Capability.LOOKUP_BY_ID not in member.capabilities:
            return self._seen.among(member.slug, ids)
        return await self._things(member, Listing, ids, provider.lookup)

    async def venues(self, member: Member, ids: Sequence[str]) -> dict[str, tuple[Venue, datetime]]:
        """The venues of these ids; see `listings`."""
        return await self._things(member, Venue, ids, _provider(member).venues)

    async def performers(self, member: Member, ids: Sequence[str]) -> dict[str, tuple[Performer, datetime]]:
        """The performers of these ids; see `listings`."""
        return await self._things(member, Performer, ids, _provider(member).performers)

    async def _things(
        self,
        member: Member,
        kind: type[Thing],
        ids: Sequence[str],
        look_up: Callable[[Sequence[str]], Awaitable[Sequence[Thing]]],
    ) -> dict[str, tuple[Thing, datetime]]:
        """By id, each kept on its own; those not kept are fetched together, a batch at a time, batches at once."""
        keys = {own_id: _key(member, kind.__name__, own_id) for own_id in ids}
        kept = await self._cache.get_many(list(keys.values()), member.limits.cache_ttl, THINGS[kind])
        # The key says what is kept under it.
        found: dict[str, tuple[Thing, datetime]] = {own_id: kept[key] for own_id, key in keys.items() if key in kept}  # type: ignore[misc]
        missing = [own_id for own_id in keys if own_id not in found]
        size = max(1, member.limits.lookup_batch)
        batches = [missing[start : start + size] for start in range(0, len(missing), size)]
        for batch in await asyncio.gather(*(self._batch(member, kind, ids, look_up) for ids in batches)):
            found |= batch
        return found

    async def _batch(
        self,
        member: Member,
        kind: type[Thing],
        ids: Sequence[str],
        look_up: Callable[[Sequence[str]], Awaitable[Sequence[Thing]]],
    ) -> dict[str, tuple[Thing, datetime]]:
        """One batch. Its size is the provider's own, and so is the way back to single requests where it comes short."""
        ttl = member.limits.cache_ttl

        async def look_up_checked() -> Sequence[Thing]:
            return checked_things(await look_up(ids), kind, member.redact)

        async def load() -> dict[str, tuple[Thing, datetime]]:
            things, _ = await self._noted(member, look_up_checked)
            now = self._clock()
            # Asked for by id, answered in any order, and now and then with somebody else: key again.
            batch = {thing.id: (thing, now) for thing in things if thing.id in ids}
            for own_id, thing in batch.items():
                await self._cache.put(_key(member, kind.__name__, str(own_id)), thing, ttl, THINGS[kind])
            return batch  # type: ignore[return-value] # `in ids`: no None

        with self._asking(member), waiting() as wait:
            batch, hit = await self._cache.get_or_load(_key(member, f"{kind.__name__}s", repr(tuple(ids))), ttl, load)
            wait.counts = not hit
            self._tracer.note({"gateway.cached": hit})
        assert isinstance(batch, dict)
        return batch

    @contextmanager
    def _asking(self, member: Member) -> Iterator[None]:
        """The provider, or what is kept of it, is asked inside the block."""
        asked: Attributes = {"gateway.provider": member.slug}
        with self._tracer.span(f"provider {member.slug}", asked, outward=True), carrying(self._tracer.traceparent()):
            yield

    async def _noted(self, member: Member, call: Callable[[], Awaitable[Value]]) -> tuple[Value, int]:
        """Make the call under guard, and note how long it took and how it ended; with how many requests it took."""
        member.quarantine.refuse()
        begun = time.monotonic()
        error: ProviderError | None = TimedOut("was given up before it answered")
        with counting() as tally:
            try:
                value = await self._guard.call(call, member.redact, member.quarantine.strike)
                error = None
            except ProviderError as raised:
                error = raised
                raise
            finally:
                self._note(member, time.monotonic() - begun, error, tally.requests)
        return value, tally.requests

    def _note(self, member: Member, seconds: float, error: ProviderError | None, requests: int) -> None:
        member.record.note(round(seconds * 1000), error)
        note_requests(requests)
        outcome = outcome_of(error)
        self._tracer.note({"gateway.outcome": outcome.value, "gateway.upstream_requests": requests})
        self._measures.provider_called(
            ProviderCall(provider=member.slug, outcome=outcome, seconds=seconds, requests=requests)
        )


def _provider(member: Member) -> Provider:
    if member.provider is None:
        raise Misconfigured(member.problem or "is not configured", missing=member.missing_settings)
    return member.provider


def _key(member: Member, kind: str, what: str) -> str:
    digest = hashlib.blake2b(f"{member.identity}:{what}".encode(), digest_size=16).hexdigest()
    return f"{member.slug}:{kind}:{digest}"
