"""The demo's world as a second opinion: nobody made it for this, and every address in it ends with the truth."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

from gateway.identity import Claim
from providers import Configuration, Key, ListingQuery, Provider, Redactor, build, discover
from providers.testing.demo import DemoUpstreams

_TRUTH = re.compile(r"(\d{10})(?:/)?$")
_A_PAGE = 200


def demo_claims(now: datetime) -> list[tuple[Claim, str]]:
    """All that the demo's sellers list, with which happening it is; a listing that nobody else tells of is its own."""
    with DemoUpstreams(now.astimezone(UTC).date(), steady=True) as upstreams:
        tables = Configuration(providers=upstreams.providers, feeds=upstreams.feeds)
        registry = build(discover(), tables, redactor=Redactor(), clock=lambda: now)
        made = [entry.provider for entry in registry.entries if entry.enabled and entry.provider is not None]
        return asyncio.run(_read_all(made))


async def _read_all(asked: list[Provider]) -> list[tuple[Claim, str]]:
    claims = []
    try:
        for provider in asked:
            claims += await _read(provider)
    finally:
        for provider in asked:
            await provider.aclose()
    return claims


async def _read(provider: Provider) -> list[tuple[Claim, str]]:
    found = []
    seek: Key | None = None
    while True:
        page = await provider.search(ListingQuery(), seek, _A_PAGE)
        for listing in page.listings:
            told = _TRUTH.search(listing.url or "")
            found.append(
                (Claim(provider.info.slug, listing), told[1] if told else f"{provider.info.slug} {listing.id}")
            )
        if page.frontier is None:
            return found
        seek = page.frontier
