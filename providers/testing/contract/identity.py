"""Who the provider says that it is."""

# ruff: noqa: D102 - a test's name is its sentence

from __future__ import annotations

from datetime import timedelta

from providers import Capability, Provider
from providers.testing.contract.base import Contract, needs
from providers.testing.contract.saying import hold


class Identity(Contract):
    """What people and the gateway read of `info`."""

    async def test_it_says_who_it_is(self, provider: Provider) -> None:
        info = provider.info
        hold(bool(info.title.strip()), "info.title is empty: it is what people read")
        hold(bool(info.homepage), "info.homepage is missing: people follow it to the source")
        limits = info.limits
        for name in ("max_page_size", "lookup_batch", "requests_per_second", "requests_per_day", "max_offset"):
            value = getattr(limits, name)
            hold(value is None or value > 0, f"info.limits.{name} is {value}: leave it out, or set what is allowed")
        hold(limits.cache_ttl >= timedelta(0), "info.limits.cache_ttl is negative")

    @needs(Capability.KEYLESS)
    async def test_it_needs_no_key(self, provider: Provider) -> None:
        keys = [setting.name for setting in provider.info.settings if setting.required and setting.secret]
        hold(not keys, f"declares KEYLESS, but requires {keys}")
