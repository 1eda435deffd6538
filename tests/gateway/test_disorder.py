"""A provider that breaks its order promise: found out, reported, put in order, and nothing dropped in silence."""

from __future__ import annotations

import logging
from random import Random

import pytest

from providers import Key, Page, page_of


def muddled(kit, listings, random, *, size, too_far=3):
    """Sorts nothing, and shows more than it has got to; what it showed too early it gives again in its turn."""

    async def answer(seek, limit):
        page = page_of(listings, kit.search().query, seek, min(size, limit))
        beyond = [each for each in listings if page.frontier is not None and each.key > page.frontier]
        found = [*page.listings, *random.sample(beyond, min(too_far, len(beyond)))]
        random.shuffle(found)
        return Page(listings=tuple(found), frontier=page.frontier, total=page.total)

    return kit.Odd("muddled", answer)


async def test_what_came_much_too_early_lets_nobody_past_a_reader_that_gave_up(kit):
    listings = [kit.listing(f"{each:02}", each) for each in (*range(20), 500)]

    async def answer(seek, _limit):
        page = page_of(listings, kit.search().query, seek, 1)
        return Page(listings=(*page.listings, listings[-1]), frontier=page.frontier) if seek is None else page

    other = kit.Shelf("other", [kit.listing("late", 15.5)])
    async with kit.open(kit.Odd("eager", answer), other) as world:
        assert await world.read(50) == kit.expected([kit.Shelf("eager", listings), other])


async def test_it_is_reported_and_logged_once(kit, caplog):
    listings = [kit.listing(f"{number:02}", number) for number in range(12)]
    with caplog.at_level(logging.WARNING):
        async with kit.open(muddled(kit, listings, Random(1), size=4)) as world:
            page = await world.page(10)
            [warning] = page.warnings
            assert (warning.code.name, warning.lost_count, warning.provider.slug) == ("ORDER_BROKEN", 0, "muddled")
            assert not page.is_partial
            await world.page(12)
    assert [record.getMessage() for record in caplog.records] == [
        "provider muddled breaks the order that it promises: its listings are sorted here"
    ]


async def test_an_honest_provider_is_not_suspected(kit):
    async with kit.open(kit.Shelf("good", [kit.listing(f"{each}", each) for each in range(30)], page=7)) as world:
        assert (await world.page(25)).warnings == ()


@pytest.mark.parametrize(("late", "lost", "names"), [(3, 0, "abcdez"), (1.5, 1, "abdez")])
async def test_what_comes_after_its_turn_is_put_in_unless_its_place_is_passed_and_then_it_is_counted(
    kit, late, lost, names
):
    hours = {"a": 1, "b": 2, "c": late, "d": 4, "e": 5}
    each = {own_id: kit.listing(own_id, start) for own_id, start in hours.items()}

    async def answer(seek, _limit):
        if seek is None:
            return Page(listings=(each["a"], each["b"]), frontier=Key(each["d"].key.instant, ""))
        return Page(listings=(each["d"], each["c"], each["e"]))

    async with kit.open(kit.Odd("odd", answer), kit.Shelf("other", [kit.listing("z", 9)])) as world:
        page = await world.page(9)
        assert "".join(own_id for _, own_id in kit.names_on(page)) == names
        assert [(warning.code.name, warning.lost_count) for warning in page.warnings] == [("ORDER_BROKEN", lost)]
        assert page.is_partial is bool(lost)
        assert (page.total_count.relation.name == "EQUAL_TO") is (lost == 0)


async def test_an_id_that_comes_on_two_pages_is_one_event(kit):
    async def answer(seek, _limit):
        if seek is None:
            return Page(listings=(kit.listing("a", 1),), frontier=Key(kit.listing("a", 1).key.instant, "a"))
        return Page(listings=(kit.listing("a", 5, name="again"), kit.listing("b", 6)))

    async with kit.open(kit.Odd("odd", answer)) as world:
        assert await world.read(9) == [("odd", "a"), ("odd", "b")]
