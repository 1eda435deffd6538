"""The merge at providers that page awkwardly."""

from __future__ import annotations

import pytest

from gateway.part import MOST_PAGES
from providers import Capability


async def test_a_further_call_asks_for_twice_as_many(kit):
    shelf = kit.Shelf("slow", [kit.listing(f"{each:03}", each) for each in range(90)], page=10)
    async with kit.open(shelf) as world:
        await world.page(20)
        assert [limit for _, _, limit in shelf.calls] == [40, 80, 160]


async def test_one_match_in_five_hundred_is_found_by_paging(kit):
    listings = [kit.listing(f"{each:03}", each, name="Needle" if each == 480 else "Hay") for each in range(500)]
    sparse = kit.Shelf("sparse", listings, capabilities=frozenset(Capability) - {Capability.KEYWORD}, page=20)
    async with kit.open(sparse) as world:
        search = kit.search(keyword="needle")
        first_page = await world.page(10, search=search)
        assert first_page.nodes == ()
        assert first_page.page_info.has_next_page
        assert first_page.provider_reports[0].post_filters == (Capability.KEYWORD,)
        assert len(sparse.calls) == MOST_PAGES
        assert await world.read(10, search=search) == [("sparse", "480")]
        assert await world.read(10, search=search, forgetful=True) == [("sparse", "480")]


@pytest.mark.parametrize("first", [1, 2, 10])
async def test_what_others_have_is_neither_lost_nor_moved_by_a_sparse_provider(kit, first):
    listings = [kit.listing(f"{each:03}", each, name="Needle" if each % 90 == 7 else "Hay") for each in range(500)]
    sparse = kit.Shelf("sparse", listings, capabilities=frozenset(Capability) - {Capability.KEYWORD}, page=10)
    dense = kit.Shelf("dense", [kit.listing(f"{each:03}", each * 7, name="Needle") for each in range(70)])
    wanted = [each for each in kit.expected([sparse, dense]) if each[0] == "dense" or int(each[1]) % 90 == 7]
    async with kit.open(sparse, dense) as world:
        assert await world.read(first, search=kit.search(keyword="needle")) == wanted
        assert await world.read(first, search=kit.search(keyword="needle"), forgetful=True) == wanted


async def test_a_full_page_ends_where_its_last_event_stands_though_a_reader_gave_up_further_on(kit):
    """Matches come last in the reading that gave up: more than the page holds."""
    listings = [kit.listing(f"{each:03}", each, name="Needle" if each > 72 else "Hay") for each in range(100)]
    sparse = kit.Shelf("sparse", listings, capabilities=frozenset(Capability) - {Capability.KEYWORD}, page=10)
    async with kit.open(sparse) as world:
        assert len(await world.read(3, search=kit.search(keyword="needle"))) == 27


async def test_a_provider_that_sends_too_much_at_once_is_asked_for_the_rest(kit):
    shelf = kit.Shelf("huge", [kit.listing(f"{each:05}", each / 60) for each in range(5_300)])

    async def everything(seek, _limit):
        page = await shelf.search(kit.search().query, seek, 100_000)
        assert page.frontier is None
        return page

    async with kit.open(kit.Odd("huge", everything)) as world:
        names = await world.read(1_000, deadline_ms=20_000)
        assert [own_id for _, own_id in names] == [each.id for each in shelf.listings]
