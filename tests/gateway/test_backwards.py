"""Events by start, the latest first: the list by start, turned round, whatever is asked of it and by whom."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.descent import MOST_CALLS
from gateway.part import MOST_PAGES
from gateway.search import Search, Sort
from providers import Capability, EventStatus, Unavailable, When

FEW_EXAMPLES = settings(max_examples=20)
DESC = Sort.START_DATE_DESC
SPAN_HOURS = 3
# Near, a few weeks off, and beyond the year at which the list is begun.
HOURS = st.one_of(st.integers(0, 30), st.integers(0, 400).map(lambda days: days * 24), st.just(24 * 500))


@st.composite
def shelves(draw):
    """What to make providers of: few names, and listings in heaps with gaps between them."""
    plans = []
    for number in range(draw(st.integers(1, 4))):
        starts = draw(st.lists(st.tuples(HOURS, st.sampled_from(["a", "b", "every other"])), max_size=16))
        manner = {
            "page": draw(st.sampled_from((None, 3, 5))),
            "early": draw(st.booleans()),
            "pauses": draw(st.booleans()),
            "capabilities": frozenset(Capability) - draw(st.sampled_from(({Capability.DATE_RANGE}, set()))),
        }
        plans.append((f"p{number}", starts, manner))
    return plans


def make(kit, plans):
    return [
        kit.Shelf(
            slug,
            [kit.listing(f"{slug}-{number}", hours, name=name) for number, (hours, name) in enumerate(starts)],
            **manner,
        )
        for slug, starts, manner in plans
    ]


def opened(kit, providers):
    return kit.open(*providers, matching=kit.SameName(SPAN_HOURS))


async def turned_round(world, search=None):
    """The list by start, the earliest first, from its end."""
    return list(reversed(await world.again().groups(100, search=search)))


@given(plans=shelves(), first=st.integers(1, 12), days=st.tuples(st.integers(-2, 30), st.integers(1, 60)))
@FEW_EXAMPLES
async def test_a_range_of_dates_is_kept_to_from_both_sides(kit, plans, first, days):
    start = kit.NOW + timedelta(days=days[0])
    search = Search(dates=kit.DateRange(start_from=start, start_before=start + timedelta(days=days[1])))
    async with opened(kit, make(kit, plans)) as world:
        assert await world.groups(first, search=search, sort=DESC) == await turned_round(world, search)


@given(plans=shelves(), first=st.integers(1, 12), cancelled=st.sets(st.integers(0, 15)))
@FEW_EXAMPLES
async def test_what_is_not_wanted_is_left_out_and_nothing_else(kit, plans, first, cancelled):
    providers = make(kit, plans)
    for shelf in providers:
        for number, each in enumerate(shelf.listings):
            if number in cancelled:
                object.__setattr__(each, "status", EventStatus.CANCELLED)
    async with opened(kit, providers) as world:
        assert await world.groups(first, sort=DESC) == await turned_round(world)


async def test_a_long_list_is_read_in_few_calls_from_its_end(kit):
    listings = [kit.listing(f"{each:05}", each / 4, name=f"{each}") for each in range(20_000)]
    shelf = kit.Shelf("long", listings)
    async with kit.open(shelf, matching=kit.SameName(SPAN_HOURS)) as world:
        page, calls = await world.page(20, sort=DESC), len(shelf.calls)
        assert [own_id for _, own_id in kit.names_on(page)] == [f"{each:05}" for each in range(19_999, 19_979, -1)]
        assert calls <= MOST_CALLS
        for _ in range(4):
            page = await world.page(20, page.page_info.end_cursor, sort=DESC)
        assert [own_id for _, own_id in kit.names_on(page)] == [f"{each:05}" for each in range(19_919, 19_899, -1)]
        assert len(shelf.calls) <= calls + 8


async def test_no_event_is_divided_where_a_window_ends(kit):
    first = kit.Shelf("first", [kit.listing(f"{each:04}", each * 4 + 3, name=f"n{each}") for each in range(500)])
    second = kit.Shelf("second", [kit.listing(f"{each:04}", each * 4 + 5, name=f"n{each}") for each in range(500)])
    async with opened(kit, [first, second]) as world:
        groups = await world.groups(50, sort=DESC, deadline_ms=30_000)
    assert groups == [(("first", f"{each:04}"), ("second", f"{each:04}")) for each in range(499, -1, -1)]


async def test_a_listing_whose_event_is_gone_meanwhile_comes_alone_and_brings_nothing_back(kit):
    """The page ends between an event's two listings; the first one, which leads, is gone before the next page."""
    first = kit.Shelf("first", [kit.listing("leads", 1, name="a"), kit.listing("between", 2, name="b")])
    second = kit.Shelf("second", [kit.listing("belongs", 3, name="a")])
    async with opened(kit, [first, second]) as world:
        page = await world.page(1, sort=DESC)
        assert kit.groups_on(page) == [(("first", "between"),)]
        first.listings = [kit.listing("new", 1.5, name="c"), first.listings[1]]
        page = await world.again().page(1, page.page_info.end_cursor, sort=DESC)
        assert kit.groups_on(page) == [(("second", "belongs"),)]
        rest = await world.again().groups(1, page.page_info.end_cursor, sort=DESC)
        assert rest == [(("first", "new"),)]


async def test_what_is_left_to_a_later_page_is_not_forgotten_by_one_that_ends_before(kit):
    """The page after the first has to read the block again, and a provider fails in the midst of it."""
    far = 365 * 24
    first = kit.Shelf(
        "first",
        [
            kit.listing("leads", far - 2, name="a"),
            kit.listing("alone", far - 1.5, name="b"),
            kit.listing("leads too", far - 1.25, name="c"),
        ],
    )
    second = kit.Shelf("second", [kit.listing("left", far - 1, name="a"), kit.listing("beyond", far + 1, name="c")])
    fails, search = [], first.search

    async def flaky(query, *arguments):
        if fails and query.start_before is not None:
            raise fails.pop()
        return await search(query, *arguments)

    first.search = flaky
    async with opened(kit, [first, second]) as world:
        page = await world.page(2, sort=DESC)
        assert kit.groups_on(page) == [(("first", "leads too"), ("second", "beyond")), (("first", "alone"),)]
        fails.append(Unavailable("is down"))
        page = await world.again().page(2, page.page_info.end_cursor, sort=DESC)
        assert (page.nodes, page.page_info.has_next_page) == ((), True)
        rest = await world.again().groups(2, page.page_info.end_cursor, sort=DESC)
        assert rest == [(("first", "leads"), ("second", "left"))]


async def test_what_no_gap_divides_is_given_out_all_the_same(kit):
    """More than a reader may read for a page, all of one name, each within reach of the next."""
    many = [
        kit.Shelf(f"p{number}", [kit.listing(f"{each:05}", each / 10, name="x") for each in range(number, 4_000, 2)])
        for number in range(2)
    ]
    async with opened(kit, many) as world:
        groups = await world.groups(100, sort=DESC, deadline_ms=30_000)
    given_out = Counter(source for group in groups for source in group)
    assert set(given_out.values()) == {1}
    assert len(given_out) == 4_000
    leaders = [own_id for (_, own_id), *_ in groups]
    assert leaders == sorted(leaders, reverse=True)


async def test_more_at_one_hour_than_can_be_read_is_cut_and_said(kit):
    crowd = kit.Shelf("crowd", [kit.listing(f"{each:05}", 50 + each / 10_000) for each in range(3_000)], page=100)
    few = kit.Shelf("few", [kit.listing("before", 1), kit.listing("after", 90)])
    async with kit.open(crowd, few) as world:
        page = await world.page(1, sort=DESC, deadline_ms=30_000)
        assert [warning.code.name for warning in page.warnings] == ["RESULTS_TRUNCATED"]
        names = await world.read(100, sort=DESC, deadline_ms=30_000)
        assert [name for name in names if name[0] == "few"] == [("few", "after"), ("few", "before")]
        assert len(names) == 2 + 100 * MOST_PAGES


async def test_what_has_no_date_and_what_is_long_over_are_the_two_ends(kit):
    shelf = kit.Shelf(
        "odd",
        [
            kit.listing("unknown", When.unknown()),
            kit.listing("soon", 1),
            kit.listing("over", -24 * 365 * 40),
            kit.listing("month", When.in_month(2032, 3)),
        ],
    )
    async with kit.open(shelf) as world:
        every = Search(dates=kit.DateRange(preset=kit.DatePreset.ANY))
        assert await world.read(2, search=every, sort=DESC) == [
            ("odd", "unknown"),
            ("odd", "month"),
            ("odd", "soon"),
            ("odd", "over"),
        ]
        past = Search(dates=kit.DateRange(preset=kit.DatePreset.PAST))
        assert await world.read(2, search=past, sort=DESC) == [("odd", "over")]


@pytest.mark.parametrize("first", [1, 3, 50])
async def test_the_count_is_exact_where_all_was_read(kit, first):
    shelf = kit.Shelf("few", [kit.listing(f"{each}", each * 50) for each in range(4)])
    async with kit.open(shelf) as world:
        count = (await world.page(first, sort=DESC)).total_count
        assert (count.relation.name == "EQUAL_TO") is (first == 50)
        assert count.value <= 4
