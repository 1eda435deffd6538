"""Listings by their ids."""

# ruff: noqa: D102 - a test's name is its sentence

from __future__ import annotations

import pytest

from providers import Capability, Provider
from providers.testing.contract.base import Contract, lacks, needs
from providers.testing.contract.saying import hold, nothing, some


class Lookup(Contract):
    """What favourites and links live by."""

    @needs(Capability.LOOKUP_BY_ID)
    async def test_lookup_gives_the_listings_of_its_ids(self, provider: Provider) -> None:
        known = (await self.everything(provider)).listings
        asked = list(dict.fromkeys(listing.id for listing in (*known[:3], *known[-2:])))
        hold(bool(asked), nothing(Capability.LOOKUP_BY_ID, "an id"))
        size = provider.info.limits.lookup_batch
        for batch in (asked[begin : begin + size] for begin in range(0, len(asked), size)):
            answer = [listing.id for listing in await self.lookup(provider, batch)]
            hold(sorted(answer) == sorted(batch), f"lookup({batch}) gives {answer}: each id's listing once, no other")

    @needs(Capability.LOOKUP_BY_ID)
    async def test_lookup_leaves_out_what_is_gone(self, provider: Provider) -> None:
        answer = await self.lookup(provider, [self.unknown_id])
        hold(not answer, f"lookup of the unknown id {self.unknown_id!r} gives {some(answer)}; leave it out")
        known = (await self.everything(provider)).ids()[:1]
        if known and provider.info.limits.lookup_batch > 1:
            mixed = [listing.id for listing in await self.lookup(provider, [self.unknown_id, *known])]
            hold(known[0] in mixed, f"lookup of {self.unknown_id!r} (unknown) and {known[0]!r} gives {mixed}")

    @lacks(Capability.LOOKUP_BY_ID)
    async def test_lookup_that_is_not_declared_is_not_there(self, provider: Provider) -> None:
        try:
            answer = await self.lookup(provider, [self.unknown_id])
        except NotImplementedError:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, it is not what is promised
            pytest.fail(f"lookup raises {type(error).__name__}; leave it to Provider, or declare LOOKUP_BY_ID")
        pytest.fail(f"lookup gives {some(answer) or 'nothing'}, but LOOKUP_BY_ID is not declared; declare it")
