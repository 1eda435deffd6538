"""A search as it comes about: whoever follows the messages ends with the list that the plain search gives."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.search import PriceFilter, Search, Sort
from gateway.unfolding import EventsAdded, EventsUpdated, ProviderFinished, ProviderStarted, SearchCompleted
from providers import EventStatus, ListingQuery, Unavailable

EXAMPLES = settings(max_examples=60)
SPAN_HOURS = 3


class Page:
    """What a client shows: does as the messages say, and nothing else."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.rows: dict[str, object] = {}
        self.started: set[str] = set()
        self.finished: list[str] = []
        self.completed: SearchCompleted | None = None

    def follow(self, message) -> None:
        assert self.completed is None, "a message after the last one"
        before = list(self.rows)
        match message:
            case ProviderStarted():
                self.started.add(message.provider.slug)
            case EventsUpdated():
                for event in message.events:
                    assert event.id in self.rows
                    self.rows[event.id] = event
                for own_id in (*message.removed, *(each.id for each in message.merged_away)):
                    del self.rows[own_id]
            case EventsAdded():
                for placement in message.placements:
                    self._place(placement)
            case ProviderFinished():
                self.finished.append(message.report.provider.slug)
            case SearchCompleted():
                self.completed = message
        self.rows = dict(list(self.rows.items())[: self.most])
        stayed = [own_id for own_id in before if own_id in self.rows]
        assert stayed == [own_id for own_id in self.rows if own_id in before], "a row was moved"

    def _place(self, placement) -> None:
        assert placement.event.id not in self.rows
        rows = list(self.rows.items())
        at = 0 if placement.after_id is None else list(self.rows).index(placement.after_id) + 1
        self.rows = dict([*rows[:at], (placement.event.id, placement.event), *rows[at:]])

    def groups(self):
        return [tuple((each.provider.slug, each.source_id) for each in event.sources) for event in self.rows.values()]


@st.composite
def shelves(draw):
    plans = []
    for number in range(draw(st.integers(1, 4))):
        starts = draw(st.lists(st.tuples(st.integers(0, 14), st.sampled_from("abc"), st.booleans()), max_size=16))
        plans.append((f"p{number}", starts, draw(st.sampled_from((None, 2, 5)))))
    return plans


def make(kit, plans, turns):
    """Providers that answer in the order that `turns` draws, however often they are asked."""
    made = []
    for slug, starts, page in plans:
        listings = [
            kit.listing(
                f"{slug}-{number}", hours, name=name, status=EventStatus.CANCELLED if off else EventStatus.SCHEDULED
            )
            for number, (hours, name, off) in enumerate(starts)
        ]
        made.append(kit.Shelf(slug, listings, page=page))
    for shelf in made:
        shelf.search = delayed(shelf.search, turns)
    return made


def delayed(search, turns):
    async def wait(*arguments):
        for _ in range(turns.draw(st.integers(0, 6))):
            await asyncio.sleep(0)
        return await search(*arguments)

    return wait


@given(plans=shelves(), first=st.integers(1, 12), turns=st.data())
@EXAMPLES
async def test_the_messages_lead_to_the_list_of_the_plain_search_whoever_answers_first(kit, plans, first, turns):
    async with kit.open(*make(kit, plans, turns), matching=kit.SameName(SPAN_HOURS)) as world:
        shown = Page(first)
        async for message in world.catalogue.unfold(Search(), first=first):
            shown.follow(message)
        page = await world.again().page(first)
        assert shown.groups() == kit.groups_on(page)
        assert [event.id for event in shown.rows.values()] == [node.id for node in page.nodes]
        assert shown.completed is not None
        assert shown.completed.has_next_page is page.page_info.has_next_page
        assert shown.completed.total_count == page.total_count
        if shown.completed.has_next_page:
            rest = await world.groups(50, shown.completed.end_cursor)
            assert [*shown.groups(), *rest] == await world.again().groups(50)


async def test_the_quick_ones_events_are_shown_before_the_slow_one_answers(kit):
    quick, slow = kit.Shelf("quick", [kit.listing("a", 5)]), kit.Shelf("slow", [kit.listing("b", 2)])
    gate = asyncio.Event()
    search = slow.search

    async def wait(*arguments):
        await gate.wait()
        return await search(*arguments)

    slow.search = wait
    shown = Page(10)
    async with kit.open(quick, slow) as world:
        async for message in world.catalogue.unfold(Search(), first=10, deadline_ms=30_000):
            shown.follow(message)
            if "quick" in shown.finished and not gate.is_set():
                assert shown.groups() == [(("quick", "a"),)]
                gate.set()
    assert shown.started == {"quick", "slow"}
    assert shown.groups() == [(("slow", "b"),), (("quick", "a"),)]


async def test_a_row_goes_into_the_earlier_listing_of_a_later_provider(kit):
    one, other = kit.Shelf("one", [kit.listing("o", 2, name="x")]), kit.Shelf("other", [kit.listing("e", 1, name="x")])
    other.search = delayed_by_turns(other.search)
    async with kit.open(one, other, matching=kit.SameName(3)) as world:
        messages = [message async for message in world.catalogue.unfold(Search(), first=10)]
        away = [each for message in messages if isinstance(message, EventsUpdated) for each in message.merged_away]
        added = [each for message in messages if isinstance(message, EventsAdded) for each in message.placements]
        assert [(each.id, each.into) for each in away] == [(added[0].event.id, added[1].event.id)]


def delayed_by_turns(search):
    async def wait(*arguments):
        for _ in range(20):
            await asyncio.sleep(0)
        return await search(*arguments)

    return wait


async def test_a_provider_that_is_down_finishes_with_its_warning_and_makes_the_search_partial(kit):
    async def down(_seek, _limit):
        message = "is down"
        raise Unavailable(message)

    async with kit.open(kit.Odd("odd", down), kit.Shelf("good", [kit.listing("a", 1)])) as world:
        messages = [message async for message in world.catalogue.unfold(Search(), first=10)]
    finished = {each.report.provider.slug: each for each in messages if isinstance(each, ProviderFinished)}
    assert [warning.provider.slug for warning in finished["odd"].warnings] == ["odd"]
    assert finished["good"].warnings == ()
    assert isinstance(messages[-1], SearchCompleted)
    assert messages[-1].is_partial


LATER = {
    Sort.START_DATE_DESC: Search(),
    Sort.RELEVANCE: Search(query=ListingQuery(keyword="a")),
    Sort.PRICE_ASC: Search(price=PriceFilter(currency="EUR")),
}


@pytest.mark.parametrize("sort", LATER)
@given(plans=shelves(), first=st.integers(1, 12), turns=st.data())
@settings(max_examples=15)
async def test_in_another_order_they_lead_to_its_list_too(kit, sort, plans, first, turns):
    search = LATER[sort]
    async with kit.open(*make(kit, plans, turns), matching=kit.SameName(SPAN_HOURS)) as world:
        shown = Page(first)
        async for message in world.catalogue.unfold(search, first=first, sort=sort):
            shown.follow(message)
            assert not isinstance(message, EventsUpdated)
        page = await world.again().page(first, search=search, sort=sort)
        assert shown.groups() == kit.groups_on(page)
        assert shown.completed is not None
        assert shown.completed.has_next_page is page.page_info.has_next_page
        assert shown.completed.total_count == page.total_count
        assert shown.completed.end_cursor is not None or not page.nodes
