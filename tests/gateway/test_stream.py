"""The merge's invariants, over providers that are honest but awkward."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.part import MOST_PAGES
from providers import Capability, When

EXAMPLES = settings(max_examples=30)
FEW_EXAMPLES = settings(max_examples=15)


@st.composite
def shelves(draw, *, least=1, most=4, delays=False):
    """What to make providers of: a plan each, since the classes come from a fixture."""
    plans = []
    for number in range(draw(st.integers(least, most))):
        # Few instants, so that many listings share one, over providers as well as within.
        starts = draw(st.lists(st.tuples(st.integers(-3, 12), st.booleans()), max_size=25))
        manner = {
            "page": draw(st.sampled_from((None, None, 1, 2, 5))),
            "early": draw(st.booleans()),
            "pauses": draw(st.booleans()),
        }
        if delays:
            manner["delays"] = Random(draw(st.integers(0, 1_000)))
        plans.append((f"p{number}", starts, manner))
    return plans


def make(kit, plans):
    made = []
    for slug, starts, manner in plans:
        listings = []
        for number, (hours, whole_day) in enumerate(starts):
            start = When.on((kit.NOW + timedelta(hours=hours * 6)).date()) if whole_day else kit.at(hours)
            listings.append(kit.listing(f"{slug}-{number}", start))
        made.append(kit.Shelf(slug, listings, **manner))
    return made


@given(plans=shelves(), first=st.integers(1, 40))
@EXAMPLES
async def test_every_listing_comes_once_and_in_order_whatever_the_page_size(kit, plans, first):
    providers = make(kit, plans)
    async with kit.open(*providers) as world:
        assert await world.read(first) == kit.expected(providers)


@given(plans=shelves(), first=st.integers(1, 9))
@EXAMPLES
async def test_a_gateway_that_forgot_everything_goes_on_at_the_same_place(kit, plans, first):
    providers = make(kit, plans)
    async with kit.open(*providers) as world:
        assert await world.read(first, forgetful=True) == kit.expected(providers)


@given(plans=shelves(delays=True), first=st.integers(1, 15))
@FEW_EXAMPLES
async def test_the_order_in_which_providers_answer_does_not_matter(kit, plans, first):
    providers = make(kit, plans)
    async with kit.open(*providers) as world:
        assert await world.read(first) == kit.expected(providers)


@given(plans=shelves(least=2), first=st.integers(1, 15), gone=st.integers(0, 3))
@FEW_EXAMPLES
async def test_without_a_provider_only_its_own_listings_are_missing(kit, plans, first, gone):
    providers = make(kit, plans)
    absent = providers[gone % len(providers)].info.slug
    async with kit.open(*providers) as world:
        present = [member for member in world.roster.all() if member.slug != absent]
        whole = await world.read(first)
        assert await world.read(first, members=present) == [each for each in whole if each[0] != absent]


@given(plans=shelves(), first=st.integers(1, 12))
@FEW_EXAMPLES
async def test_every_edges_cursor_goes_on_exactly_behind_it(kit, plans, first):
    providers = make(kit, plans)
    async with kit.open(*providers) as world:
        page = await world.page(first)
        whole = kit.expected(providers)
        for place, edge in enumerate(page.edges, start=1):
            assert await world.read(40, edge.cursor) == whole[place:]
            assert await world.again().read(40, edge.cursor) == whole[place:]


@given(plans=shelves(), first=st.integers(1, 12))
@FEW_EXAMPLES
async def test_no_two_events_on_a_page_have_one_id(kit, plans, first):
    async with kit.open(*make(kit, plans)) as world:
        page = await world.page(first)
        assert max(Counter(node.id for node in page.nodes).values(), default=0) <= 1


@given(
    counts=st.lists(st.integers(0, 60), min_size=1, max_size=4), first=st.integers(1, 30), page=st.sampled_from((3, 7))
)
@FEW_EXAMPLES
async def test_a_provider_is_asked_no_more_often_than_its_part_of_the_page_takes(kit, counts, first, page):
    """ceil((n + 1) / p) + 1 calls, where n of the page's events are its own and it gives p at once."""
    providers = [
        kit.Shelf(f"p{number}", [kit.listing(f"{each}", each * 0.5) for each in range(count)], page=page)
        for number, count in enumerate(counts)
    ]
    async with kit.open(*providers) as world:
        answer = await world.page(first)
        given_out = Counter(slug for slug, _ in kit.names_on(answer))
        for shelf in providers:
            assert len(shelf.calls) <= min(MOST_PAGES, -(-(given_out[shelf.info.slug] + 1) // page) + 1)


async def test_a_further_call_asks_for_twice_as_many(kit):
    shelf = kit.Shelf("slow", [kit.listing(f"{each:03}", each) for each in range(90)], page=10)
    async with kit.open(shelf) as world:
        await world.page(20)
        assert [limit for _, _, limit in shelf.calls] == [40, 80, 160]


@given(plans=shelves(), first=st.integers(1, 6), data=st.data())
@EXAMPLES
async def test_nothing_is_inserted_behind_the_reader_while_the_data_change(kit, plans, first, data):
    providers = make(kit, plans)
    after, last = None, None
    async with kit.open(*providers) as world:
        for turn in range(6):
            page = await world.again().page(first, after)
            positions = [node.sources[0].position for node in page.nodes]
            assert positions == sorted(set(positions))
            assert last is None or all(position > last for position in positions)
            last = positions[-1] if positions else last
            after = page.page_info.end_cursor
            if not page.page_info.has_next_page:
                return
            for shelf in providers:
                kept = data.draw(st.integers(0, 3))
                shelf.listings = [each for number, each in enumerate(shelf.listings) if number % 4 != kept]
                shelf.listings += [kit.listing(f"new-{turn}-{hours}", hours) for hours in data.draw(NEW_HOURS)]


NEW_HOURS = st.lists(st.integers(-3, 12), max_size=3, unique=True)


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
