"""Whoever follows the messages of a search ends with the page that the plain search gives for the same answers, whoever
answers first and whatever fails. PROPERTY_EXAMPLES=2000 (make properties) looks longer.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.search import PriceFilter, Search, Sort
from gateway.unfolding import EventsUpdated
from providers import EventStatus, ListingQuery

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "25"))
often = settings(max_examples=EXAMPLES)
statuses = st.sampled_from((EventStatus.SCHEDULED, EventStatus.SCHEDULED, EventStatus.CANCELLED))
SEARCHES = {
    Sort.START_DATE_ASC: Search(),
    Sort.START_DATE_DESC: Search(),
    Sort.RELEVANCE: Search(query=ListingQuery(keyword="foxes")),
    Sort.PRICE_ASC: Search(price=PriceFilter(currency="EUR")),
}


@pytest.mark.parametrize("sort", SEARCHES, ids=lambda sort: sort.name.lower())
@often
@given(data=st.data(), first=st.integers(1, 12))
async def test_the_messages_lead_to_the_page_of_the_plain_search(tell, kit, sort, data, first):
    """No row is ever moved, and in an order by something else than the earliest start none is changed or taken away."""
    made = data.draw(tell.plans(tell.passing(), status=statuses))
    matching, search, shown = data.draw(tell.matchings), SEARCHES[sort], kit.Shown(first)
    async with tell.opened(made, matching=matching, turns=data.draw(tell.turns)) as world:
        async for message in world.catalogue.unfold(search, first=first, sort=sort):
            shown.follow(message)
            assert sort is Sort.START_DATE_ASC or not isinstance(message, EventsUpdated)
    async with tell.opened(made, matching=matching) as world:
        page = await world.page(first, search=search, sort=sort)
    assert shown.groups() == kit.groups_on(page)
    assert [event.id for event in shown.rows.values()] == [node.id for node in page.nodes]
    done = shown.completed
    assert done is not None
    assert (done.has_next_page, done.end_cursor) == (page.page_info.has_next_page, page.page_info.end_cursor)
    assert (done.total_count, done.is_partial) == (page.total_count, page.is_partial)
    assert [(each.code, each.provider.slug) for each in done.warnings] == [
        (each.code, each.provider.slug) for each in page.warnings
    ]
