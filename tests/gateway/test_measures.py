from __future__ import annotations

import asyncio
from itertools import count

import pytest

import providers
from gateway.asking import Desk
from gateway.cache import Cache
from gateway.guard import Guard, Patience
from gateway.measures import SILENT, Lookup, Measures, Outcome, ProviderCall, Silent, outcome_of
from providers import Malformed, ProviderError, TimedOut, Unavailable


class Noted(Silent):
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.calls: list[ProviderCall] = []
        self.lookups: list[Lookup] = []

    def provider_called(self, call, /) -> None:
        self.calls.append(call)

    def cache_looked_up(self, lookup, /) -> None:
        self.lookups.append(lookup)


def every_error() -> list[type[ProviderError]]:
    found, new = set(), {ProviderError}
    while new:
        found |= new
        new = {each for kind in new for each in kind.__subclasses__() if each.__module__.startswith("providers")}
    return sorted(found, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_that_a_provider_may_raise_has_an_outcome_of_its_own(kind) -> None:
    expected = {ProviderError: "Unavailable"}.get(kind, kind.__name__)
    assert outcome_of(kind("x")).name.replace("_", "") == expected.upper()


def test_every_outcome_but_ok_is_an_error_at_the_public_door() -> None:
    names = {outcome.name.replace("_", "").title() for outcome in Outcome} - {"Ok"}
    assert names <= {name.title() for name in providers.__all__}
    assert outcome_of(None) is Outcome.OK


def test_whoever_is_silent_may_be_told_everything() -> None:
    told = [name for name in vars(Measures) if not name.startswith("_")]
    assert told
    assert [name for name in told if not callable(getattr(SILENT, name, None))] == []


async def test_a_call_that_is_given_up_has_timed_out(kit) -> None:
    async def never(_seek, _limit):
        await asyncio.Event().wait()

    measures = Noted()
    async with kit.open(kit.Odd("radio", never)) as world:
        desk = Desk(world.cache, world.clock, Guard(patience=Patience(call=0.01, grace=0.01)), measures)
        with pytest.raises(TimedOut):
            await desk.page(world.member("radio"), kit.search().query, None, 10)
    [call] = measures.calls
    assert (call.provider, call.outcome, call.requests) == ("radio", Outcome.TIMED_OUT, 0)
    assert call.seconds >= 0.01


async def test_lookups_are_calls_as_searches_are(kit) -> None:
    measures = Noted()
    async with kit.open(kit.Shelf("radio", [kit.listing("a", 1)])) as world:
        desk = Desk(world.cache, world.clock, measures=measures)
        for _ in range(2):
            await desk.listings(world.member("radio"), ["a"])
    assert [call.outcome for call in measures.calls] == [Outcome.OK]


async def test_one_that_is_left_alone_is_not_called(kit) -> None:
    measures = Noted()
    async with kit.open(kit.Shelf("radio")) as world:
        desk, member = Desk(world.cache, world.clock, measures=measures), world.member("radio")
        for _ in range(3):
            member.quarantine.strike("sings too loud")
        with pytest.raises(Unavailable):
            await desk.page(member, kit.search().query, None, 10)
        assert member.quarantine.shut
    assert measures.calls == []


async def test_a_strangers_own_error_counts_as_malformed(kit) -> None:
    async def odd(_seek, _limit):
        raise LookupError

    measures = Noted()
    async with kit.open(kit.Odd("radio", odd)) as world:
        with pytest.raises(Malformed):
            await Desk(world.cache, world.clock, measures=measures).page(
                world.member("radio"), kit.search().query, None, 10
            )
    assert [call.outcome for call in measures.calls] == [Outcome.MALFORMED]


async def test_the_cache_says_what_it_had(kit) -> None:
    measures, numbers = Noted(), count()
    cache: Cache[int] = Cache(measures=measures)

    async def load() -> int:
        return next(numbers)

    for _ in range(3):
        await cache.get_or_load("key", kit.Shelf("radio").info.limits.cache_ttl, load)
    assert measures.lookups == [Lookup.MISS, Lookup.HIT, Lookup.HIT]
