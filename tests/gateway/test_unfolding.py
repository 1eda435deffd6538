"""A search as it comes about: whoever follows the messages ends with the list that the plain search gives."""

from __future__ import annotations

import asyncio

from gateway.search import Search
from gateway.unfolding import EventsAdded, EventsUpdated, ProviderFinished, SearchCompleted
from providers import Unavailable


async def test_the_quick_ones_events_are_shown_before_the_slow_one_answers(kit):
    quick, slow = kit.Shelf("quick", [kit.listing("a", 5)]), kit.Shelf("slow", [kit.listing("b", 2)])
    gate = asyncio.Event()
    search = slow.search

    async def wait(*arguments):
        await gate.wait()
        return await search(*arguments)

    slow.search = wait
    shown = kit.Shown(10)
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
