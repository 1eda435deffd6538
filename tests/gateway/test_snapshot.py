"""Events by distance, relevance and price: a few hundred of each provider, in an order that pages do not change."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import BadInput, CursorInvalid
from gateway.event import distance
from gateway.relevance import relevance
from gateway.search import PriceFilter, Search, Sort
from gateway.snapshot import MOST_LISTINGS
from providers import Circle, ListingQuery, Offer, Point, Unavailable

EXAMPLES = settings(max_examples=40)
CENTER = Point(latitude=50.0, longitude=10.0)
NEAR = Search(query=ListingQuery(near=Circle(center=CENTER, radius_km=500)))
EUROS = Search(price=PriceFilter(currency="EUR"))
FOLK = Search(query=ListingQuery(keyword="folk"))
BY = {Sort.DISTANCE_ASC: NEAR, Sort.PRICE_ASC: EUROS, Sort.RELEVANCE: FOLK}


def made(kit, own_id, hours, *, name="folk", steps=None, price=None, **more):
    """`steps`: how far from the centre, in hundredths of a degree."""
    point = None if steps is None else Point(latitude=50 + steps / 100, longitude=10)
    offers = (Offer(price=Decimal(price), currency="EUR"),) if price is not None else ()
    venue = kit.Venue(name="House", point=point)
    return kit.listing(own_id, hours, name=name, venue=venue, offers=offers, **more)


@st.composite
def shelves(draw):
    plans = []
    few = st.one_of(st.none(), st.integers(0, 4))
    for number in range(draw(st.integers(1, 4))):
        names = st.sampled_from(["folk", "folk night", "Folklore"])
        rows = draw(st.lists(st.tuples(st.integers(0, 14), names, st.integers(0, 4), few), max_size=16))
        plans.append((f"p{number}", rows, draw(st.sampled_from((None, 3, 5)))))
    return plans


def make(kit, plans):
    return [
        kit.Shelf(
            slug,
            [
                made(kit, f"{slug}-{number}", hours, name=name, steps=steps, price=price)
                for number, (hours, name, steps, price) in enumerate(rows)
            ],
            page=page,
        )
        for slug, rows, page in plans
    ]


@pytest.mark.parametrize("sort", BY)
@given(plans=shelves(), first=st.integers(1, 20), forgetful=st.booleans())
@EXAMPLES
async def test_all_events_come_once_in_one_order_whatever_the_page_size(kit, sort, plans, first, forgetful):
    async with kit.open(*make(kit, plans), matching=kit.SameName(3)) as world:
        whole = await world.groups(100, search=BY[sort], sort=sort)
        assert await world.groups(first, search=BY[sort], sort=sort, forgetful=forgetful) == whole
        assert sorted(whole) == sorted(await world.again().groups(100, search=BY[sort]))


@pytest.mark.parametrize("sort", BY)
@given(plans=shelves(), first=st.integers(1, 9))
@settings(max_examples=10)
async def test_every_edges_cursor_goes_on_exactly_behind_it(kit, sort, plans, first):
    async with kit.open(*make(kit, plans), matching=kit.SameName(3)) as world:
        whole = await world.groups(100, search=BY[sort], sort=sort)
        page = await world.page(first, search=BY[sort], sort=sort)
        for place, edge in enumerate(page.edges, start=1):
            assert await world.again().groups(7, edge.cursor, BY[sort], sort=sort) == whole[place:]


async def test_the_nearest_come_first_and_those_of_no_known_place_are_not_around_it(kit):
    shelf = kit.Shelf("map", [made(kit, f"{steps}", hours, steps=steps) for hours, steps in enumerate((30, 10, 20, 0))])
    async with kit.open(shelf) as world:
        page = await world.page(10, search=NEAR, sort=Sort.DISTANCE_ASC)
        assert [own_id for _, own_id in kit.names_on(page)] == ["0", "10", "20", "30"]
        assert [distance(node) for node in page.nodes] == sorted(distance(node) for node in page.nodes)


async def test_the_cheapest_come_first_and_what_has_no_price_in_that_currency_last(kit):
    shelf = kit.Shelf(
        "till",
        [
            made(kit, "dear", 1, price="80"),
            made(kit, "unknown", 2),
            made(kit, "dollars", 3, price=None),
            made(kit, "cheap", 4, price="9.50"),
            made(kit, "free", 5, is_free=True),
            made(kit, "range", 6),
        ],
    )
    put = {"dollars": Offer(price=Decimal(1), currency="USD"), "range": Offer(low_price=Decimal(10), currency="EUR")}
    for each in shelf.listings:
        if each.id in put:
            object.__setattr__(each, "offers", (put[each.id],))
    async with kit.open(shelf) as world:
        names = [own_id for _, own_id in await world.read(2, search=EUROS, sort=Sort.PRICE_ASC)]
        assert names == ["free", "cheap", "range", "dear", "unknown", "dollars"]


async def test_the_most_relevant_come_first_and_of_equals_what_more_providers_know(kit):
    names = {"venue only": "Quiz", "other": "A long evening of folk and of much else", "exact": "Folk"}
    one = kit.Shelf(
        "one", [kit.listing(own_id, hours, name=name) for hours, (own_id, name) in enumerate(names.items())]
    )
    object.__setattr__(one.listings[0], "venue", kit.Venue(name="Folk"))
    two = kit.Shelf("two", [kit.listing("alone", -1 + 5, name="folk"), kit.listing("late", 30, name="Folk")])
    three = kit.Shelf("three", [kit.listing("too", 30, name="Folk")])
    async with kit.open(one, two, three, matching=kit.SameName(1)) as world:
        groups = await world.groups(2, search=FOLK, sort=Sort.RELEVANCE)
        assert groups == [
            (("three", "too"), ("two", "late")),
            (("one", "exact"),),
            (("two", "alone"),),
            (("one", "other"),),
            (("one", "venue only"),),
        ]


@pytest.mark.parametrize(
    ("keyword", "better", "worse"),
    [
        ("björk", "Bjork", "Bjorn Again"),
        ("the national", "The National", "National Dance Company of the Philippines"),
        ("!!!", "!!!", "Hey"),
        ("孫燕姿", "孫燕姿", "Somebody"),
    ],
)
async def test_what_is_more_like_the_keyword_is_more_relevant(kit, keyword, better, worse):
    shelf = kit.Shelf("names", [kit.listing("better", 2, name=better), kit.listing("worse", 1, name=worse)])
    async with kit.open(shelf) as world:
        found = {node.sources[0].source_id: relevance(node, keyword) for node in (await world.page(5)).nodes}
    assert 100 >= found["better"] > found["worse"] >= 0


@pytest.mark.parametrize("sort", BY)
async def test_what_is_beyond_the_cap_is_left_out_and_said(kit, sort):
    many = kit.Shelf("many", [made(kit, f"{n:04}", n, steps=(900 - n) // 4, price=1000 - n) for n in range(900)])
    few = kit.Shelf("few", [made(kit, f"{n}", n, steps=1, price=1) for n in range(3)])
    async with kit.open(many, few) as world:
        page = await world.page(10, search=BY[sort], sort=sort)
        [warning] = page.warnings
        assert (warning.code.name, warning.provider.slug, warning.limit) == ("RESULTS_TRUNCATED", "many", MOST_LISTINGS)
        assert warning.complete_until == kit.NOW + timedelta(hours=MOST_LISTINGS - 1)
        assert page.is_partial
        assert (page.total_count.relation.name, page.total_count.value) == ("AT_LEAST", MOST_LISTINGS + 3)
        reasons = {report.provider.slug: report.end_reason.name for report in page.provider_reports}
        assert reasons == {"many": "CAPPED", "few": "EXHAUSTED"}
        assert len(await world.read(100, search=BY[sort], sort=sort)) == MOST_LISTINGS + 3


async def test_the_count_is_exact_from_the_first_page_where_all_was_taken(kit):
    async with kit.open(kit.Shelf("few", [made(kit, f"{n}", n, price=n) for n in range(30)])) as world:
        page = await world.page(4, search=EUROS, sort=Sort.PRICE_ASC)
        assert page.page_info.has_next_page
        assert (page.total_count.relation.name, page.total_count.value) == ("EQUAL_TO", 30)


async def test_a_provider_that_is_down_leaves_the_others_in_their_order(kit):
    async def down(_seek, _limit):
        message = "is down"
        raise Unavailable(message)

    few = kit.Shelf("few", [made(kit, f"{n}", n, price=9 - n) for n in range(9)])
    async with kit.open(kit.Odd("down", down), few) as world:
        names = await world.read(4, search=EUROS, sort=Sort.PRICE_ASC)
        assert [own_id for _, own_id in names] == [f"{n}" for n in range(8, -1, -1)]
        page = await world.page(4, search=EUROS, sort=Sort.PRICE_ASC)
        assert page.is_partial
        assert {report.end_reason.name for report in page.provider_reports} == {"ERROR", "EXHAUSTED"}


@pytest.mark.parametrize("sort", BY)
async def test_an_order_that_lacks_what_it_needs_is_refused(kit, sort):
    async with kit.open(kit.Shelf("any")) as world:
        with pytest.raises(BadInput, match=f"^sort: {sort.name} needs `filter\\."):
            await world.page(5, sort=sort)


async def test_a_cursor_of_one_order_is_none_of_another(kit):
    shelf = kit.Shelf("any", [made(kit, f"{n}", n, steps=n, price=n) for n in range(9)])
    search = Search(query=ListingQuery(near=NEAR.query.near, keyword="folk"), price=PriceFilter(currency="EUR"))
    async with kit.open(shelf) as world:
        for sort in Sort:
            cursor = (await world.page(2, search=search, sort=sort)).page_info.end_cursor
            for other in set(Sort) - {sort}:
                with pytest.raises(CursorInvalid):
                    await world.page(2, cursor, search, sort=other)
