from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.guard import LONGEST_CALL
from gateway.health import ProviderStatus
from providers import Capability, Limits, Malformed, Misconfigured


def stocked(kit, count, *, lookup_batch, **more):
    listings = [kit.listing(f"{each}", each) for each in range(count)]
    return kit.Shelf("radio", listings, limits=Limits(lookup_batch=lookup_batch), **more)


async def test_lookups_go_out_in_batches_of_the_declared_size(kit):
    shelf = stocked(kit, 7, lookup_batch=3)
    async with kit.open(shelf) as world:
        found = await world.desk.listings(world.member("radio"), ["6", "5", "4", "3", "2", "1", "0", "6"])
        assert sorted(map(len, shelf.lookups)) == [1, 3, 3]
        assert {own_id: each.id for own_id, (each, _) in found.items()} == {f"{each}": f"{each}" for each in range(7)}


async def test_what_is_gone_is_left_out_and_what_was_not_asked_for_as_well(kit):
    shelf = stocked(kit, 5, lookup_batch=10)

    async def more_than_asked(_ids):
        return shelf.listings

    shelf.lookup = more_than_asked
    async with kit.open(shelf) as world:
        assert set(await world.desk.listings(world.member("radio"), ["1", "gone"])) == {"1"}


async def test_each_is_kept_on_its_own(kit):
    shelf = stocked(kit, 5, lookup_batch=10)
    async with kit.open(shelf) as world:
        member = world.member("radio")
        await world.desk.listings(member, ["1", "2"])
        found = await world.desk.listings(member, ["2", "3", "1"])
        assert set(found) == {"1", "2", "3"}
        assert shelf.lookups == [["1", "2"], ["3"]]


async def test_the_same_lookup_at_the_same_time_is_one(kit):
    shelf = stocked(kit, 5, lookup_batch=10)
    async with kit.open(shelf) as world:
        member = world.member("radio")
        await asyncio.gather(*(world.desk.listings(member, ["1", "2"]) for _ in range(20)))
        assert len(shelf.lookups) == 1


async def test_one_that_cannot_look_up_is_not_asked_to(kit):
    shelf = stocked(kit, 5, lookup_batch=10, capabilities=frozenset(Capability) - {Capability.LOOKUP_BY_ID})
    async with kit.open(shelf) as world:
        assert await world.desk.listings(world.member("radio"), ["1"]) == {}
        assert shelf.lookups == []


async def test_what_it_cannot_filter_is_not_asked_of_it_but_filtered_here(kit):
    shelf = kit.Shelf(
        "radio",
        [kit.listing("a", 1, name="Jazz night"), kit.listing("b", 2, name="Quiz night")],
        capabilities=frozenset(Capability) - {Capability.KEYWORD},
    )
    async with kit.open(shelf) as world:
        query = kit.search(keyword="jazz").query
        fetched = await world.desk.page(world.member("radio"), query, None, 10)
        assert [each.id for each in fetched.page.listings] == ["a"]
        assert fetched.page.total is None
        assert shelf.calls[0][0].keyword is None
        # Whatever is filtered here, the page behind it is the same and was kept.
        again = await world.desk.page(world.member("radio"), kit.search(keyword="quiz").query, None, 10)
        assert [each.id for each in again.page.listings] == ["b"]
        assert again.from_cache
        assert len(shelf.calls) == 1


async def test_one_that_is_not_configured_says_what_is_missing(kit):
    async with kit.open(kit.Shelf("radio")) as world:
        member = world.member("radio")
        member.provider, member.missing_settings = None, ("api_key",)
        with pytest.raises(Misconfigured) as raised:
            await world.desk.page(member, kit.search().query, None, 10)
        assert raised.value.missing == ("api_key",)


async def test_every_call_is_noted_and_answers_from_the_cache_are_not(kit):
    async def broken(_seek, _limit):
        message = "oops"
        raise KeyError(message)

    async with kit.open(kit.Shelf("radio"), kit.Odd("club", broken)) as world:
        query = kit.search().query
        for _ in range(3):
            await world.desk.page(world.member("radio"), query, None, 10)
        with pytest.raises(Malformed, match=r"broke inside its adapter \(KeyError\)"):
            await world.desk.page(world.member("club"), query, None, 10)
        assert len(world.member("radio").record._calls) == 1
        assert world.member("radio").health.status is ProviderStatus.HEALTHY
        assert world.member("club").health.status is ProviderStatus.UNAVAILABLE


async def test_a_page_that_is_none_is_malformed(kit):
    async def nothing(_seek, _limit):
        return None

    async with kit.open(kit.Odd("radio", nothing)) as world:
        with pytest.raises(Malformed, match="NoneType instead of a Page"):
            await world.desk.page(world.member("radio"), kit.search().query, None, 10)


async def test_one_that_forbids_keeping_is_asked_every_time(kit):
    shelf = kit.Shelf("radio", limits=Limits(cache_ttl=timedelta(0)))
    async with kit.open(shelf) as world:
        for _ in range(2):
            await world.desk.page(world.member("radio"), kit.search().query, None, 10)
        assert len(shelf.calls) == 2


def test_no_call_may_take_for_ever():
    assert 0 < LONGEST_CALL <= 60
