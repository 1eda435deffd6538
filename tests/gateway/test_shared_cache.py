"""Gateways side by side: what one has fetched, the others need not; and no answer depends on it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.ids import Kind, Ref
from gateway.measures import Lookup
from gateway.reports import ProviderReportStatus
from gateway.shared import SharedCache
from providers import Capability, Limits, Listing, Performer, Venue, When

KEY = b"a key that is only used in tests"
LONG = 5.0


@contextlib.asynccontextmanager
async def gateway(kit, url, *providers):
    """One over these providers, and over the shared cache at that address."""
    async with kit.open(*providers, shared=SharedCache(url, KEY, rest=0.02)) as world:
        yield world


def stocked(kit, **more):
    listings = [
        replace(
            kit.listing(f"{each:02}", each),
            venue=Venue(id="hall", name="Hall"),
            performers=(Performer(id="band", name="Band"),),
        )
        for each in range(30)
    ]
    return kit.Shelf("radio", listings, **{"limits": Limits(lookup_batch=50), **more})


async def test_what_one_gateway_fetched_the_other_does_not_ask_for(kit, redis_server):
    shelf = stocked(kit)
    async with gateway(kit, redis_server.url, shelf) as ours, gateway(kit, redis_server.url, shelf) as theirs:
        first = await ours.page(10)
        await ours.shared.settled()
        assert len(shelf.calls) == 1
        second = await theirs.page(10)
        assert len(shelf.calls) == 1
        assert kit.names_on(second) == kit.names_on(first)
        assert [node.sources[0].listing for node in second.nodes] == [node.sources[0].listing for node in first.nodes]
        [report] = second.provider_reports
        assert (report.status, report.request_count) == (ProviderReportStatus.CACHED, 0)
        redis_server.client.flushall()
        await theirs.page(10)
        assert len(shelf.calls) == 1  # by now it has it, too


async def test_what_one_looked_up_the_other_does_not(kit, redis_server):
    shelf = stocked(kit)
    ids = ["03", "04", "05", "gone"]
    async with gateway(kit, redis_server.url, shelf) as ours, gateway(kit, redis_server.url, shelf) as theirs:
        for kind, look_up in ((Listing, "listings"), (Venue, "venues"), (Performer, "performers")):
            wanted = {Listing: ids[:3], Venue: ["hall"], Performer: ["band"]}[kind]
            found = await getattr(ours.desk, look_up)(ours.member("radio"), wanted)
            await ours.shared.settled()
            asked = len(shelf.lookups), len(shelf.calls)
            assert await getattr(theirs.desk, look_up)(theirs.member("radio"), wanted) == found
            assert (len(shelf.lookups), len(shelf.calls)) == asked
            assert set(found) == set(wanted)
        # Of those that the other has, and of one that is gone, only the latter is asked for.
        assert set(await theirs.desk.listings(theirs.member("radio"), ids)) == set(ids[:3])
        assert shelf.lookups[-1] == ["gone"]


async def test_an_event_that_the_other_found_can_be_kept_here_whatever_its_provider_can_do(kit, redis_server):
    shelf = stocked(kit, capabilities=frozenset(Capability) - {Capability.LOOKUP_BY_ID})
    async with gateway(kit, redis_server.url, shelf) as ours, gateway(kit, redis_server.url, shelf) as theirs:
        await ours.page(10)
        await ours.shared.settled()
        page = await theirs.page(10)
        ref = Ref(Kind.EVENT, "radio", "03")
        assert (await theirs.catalogue.events([ref]))[ref].name == page.nodes[3].name


async def test_nothing_is_kept_for_longer_than_its_provider_allows(kit, redis_server):
    shelf = stocked(kit)
    async with gateway(kit, redis_server.url, shelf) as ours, gateway(kit, redis_server.url, shelf) as theirs:
        await ours.page(10)
        await ours.shared.settled()
        [place] = redis_server.client.keys()
        assert 0 < redis_server.client.pttl(place) <= shelf.info.limits.cache_ttl / timedelta(milliseconds=1)
        redis_server.client.pexpire(place, 2_000)
        await theirs.page(10)
        assert len(shelf.calls) == 1
        await asyncio.sleep(2.1)
        await theirs.page(10)
        assert len(shelf.calls) == 2


async def test_what_may_not_be_kept_goes_nowhere(kit, redis_server):
    shelf = stocked(kit, limits=Limits(cache_ttl=timedelta(0)))
    async with gateway(kit, redis_server.url, shelf) as ours, gateway(kit, redis_server.url, shelf) as theirs:
        for world in (ours, theirs):
            await world.page(10)
            await world.desk.listings(world.member("radio"), ["01"])
            await world.shared.settled()
        assert len(shelf.calls) == 2
        assert redis_server.client.info("stats")["keyspace_misses"] == 0
        assert redis_server.client.dbsize() == 0


async def test_a_provider_with_other_settings_is_another_provider(kit, redis_server):
    shelf = stocked(kit)
    async with gateway(kit, redis_server.url, shelf) as ours, gateway(kit, redis_server.url, shelf) as theirs:
        theirs.member("radio").identity = "another city's radio"
        await ours.page(10)
        await ours.shared.settled()
        await theirs.page(10)
        assert len(shelf.calls) == 2


@pytest.mark.parametrize("trouble", ["hang", "kill"])
async def test_without_the_shared_cache_a_search_goes_on(kit, redis_server, trouble):
    shelf = stocked(kit, page=4)
    async with gateway(kit, redis_server.url, shelf) as world:
        assert await world.read(3) == kit.expected([shelf])
        getattr(redis_server, trouble)()
        begun = time.monotonic()
        for first in range(4, 10):
            page = await world.page(first, search=kit.search(keyword=f"{first}"))
            assert not page.is_partial
        assert time.monotonic() - begun < LONG
        if trouble == "hang":
            redis_server.go_on()


async def test_a_find_of_the_others_counts_as_a_hit(kit, redis_server):
    class Counted:
        def __init__(self):
            self.lookups = []

        def cache_looked_up(self, lookup, /):
            self.lookups.append(lookup)

    shelf, counted = stocked(kit), Counted()
    async with gateway(kit, redis_server.url, shelf) as ours, gateway(kit, redis_server.url, shelf) as theirs:
        theirs.cache._measures = counted
        await ours.page(10)
        await ours.shared.settled()
        await theirs.page(10)
        await theirs.page(10)
        await theirs.page(10, search=kit.search(keyword="nothing"))
        assert counted.lookups == [Lookup.HIT, Lookup.HIT, Lookup.MISS]


@pytest.fixture(scope="module")
def one_redis(start_redis):
    server = start_redis()
    yield server
    server.kill()


@st.composite
def plans(draw):
    """What to make providers of, and how they page."""
    starts = st.lists(st.tuples(st.integers(-3, 12), st.booleans()), max_size=20)
    manners = st.fixed_dictionaries(
        {"page": st.sampled_from((None, 1, 2, 5)), "early": st.booleans(), "pauses": st.booleans()}
    )
    return draw(st.lists(st.tuples(starts, manners), min_size=1, max_size=3))


@given(plans=plans(), first=st.integers(1, 15))
@settings(max_examples=20)
async def test_every_search_has_the_same_answer_with_and_without(kit, one_redis, plans, first):
    one_redis.client.flushall()
    shelves = []
    for number, (starts, manner) in enumerate(plans):
        listings = [
            kit.listing(
                f"{number}-{each}", When.on((kit.NOW + timedelta(hours=6 * hours)).date()) if whole_day else hours
            )
            for each, (hours, whole_day) in enumerate(starts)
        ]
        shelves.append(kit.Shelf(f"p{number}", listings, **manner))
    async with kit.open(*shelves) as alone:
        without = await alone.read(first)
    async with gateway(kit, one_redis.url, *shelves) as ours, gateway(kit, one_redis.url, *shelves) as theirs:
        assert await ours.read(first) == without
        await ours.shared.settled()
        asked = [len(shelf.calls) for shelf in shelves]
        assert await theirs.read(first) == without
        assert [len(shelf.calls) for shelf in shelves] == asked
        # A reader whom the load balancer sends to and fro.
        names, after, worlds = [], None, [theirs, ours]
        while True:
            page = await worlds[len(names) % 2].page(first, after)
            names += kit.names_on(page)
            if not page.page_info.has_next_page:
                break
            after = page.page_info.end_cursor
        assert names == without
