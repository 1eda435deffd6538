from __future__ import annotations

import asyncio

import pytest

from gateway.ids import Kind, Ref
from gateway.part import MOST_PAGES
from gateway.search import Search
from gateway.together import Together
from providers import EventType, Limits, ListingQuery, Unavailable


def club(kit, counts, *, page_size=500):
    """A provider with so many events in each venue, taking turns in time; each performer plays one venue's."""
    listings = [
        kit.listing(
            f"{venue}-{number}",
            number + venue / 1_000,
            venue=kit.Venue(id=f"v{venue}", name="Club"),
            performers=(kit.Performer(id=f"s{venue}", name="Singer"),),
            event_type=EventType.MUSIC if number % 2 else EventType.COMEDY,
        )
        for venue, count in enumerate(counts)
        for number in range(count)
    ]
    return kit.Shelf("club", listings, limits=Limits(max_page_size=page_size))


async def next_events(world, venues, first, *, asker, kind=Kind.VENUE, query=None):
    def search(venue):
        refs = (Ref(kind, "club", f"v{venue}" if kind is Kind.VENUE else f"s{venue}"),)
        given = {"venues": refs} if kind is Kind.VENUE else {"performers": refs}
        return Search(query=query or ListingQuery(), **given)

    pages = await asyncio.gather(*(world.page(first, search=search(venue), asker=asker) for venue in range(venues)))
    return [[node.sources[0].source_id for node in page.nodes] for page in pages]


@pytest.mark.parametrize("kind", [Kind.VENUE, Kind.PERFORMER])
async def test_fifty_venues_next_events_are_one_call_where_it_suffices(kit, kind):
    shelf = club(kit, [8] * 50)
    async with kit.open(shelf) as world:
        found = await next_events(world, 50, 3, asker=Together(world.desk), kind=kind)
        assert found == [[f"{venue}-{number}" for number in range(3)] for venue in range(50)]
        assert len(shelf.calls) == 1


async def test_venues_with_few_events_cost_a_bounded_number_of_calls_and_lose_nothing(kit):
    counts = [40, 1, 0, 2, 40, 3, 0, 1] * 6
    shelf = club(kit, counts, page_size=100)
    async with kit.open(shelf) as world:
        found = await next_events(world, 48, 3, asker=Together(world.desk))
        assert found == [[f"{venue}-{number}" for number in range(min(count, 3))] for venue, count in enumerate(counts)]
        assert len(shelf.calls) <= MOST_PAGES


async def test_different_filters_are_not_mixed(kit):
    shelf = club(kit, [8] * 5)
    async with kit.open(shelf) as world:
        asker = Together(world.desk)
        music, comedy, by_singer = await asyncio.gather(
            next_events(world, 5, 9, asker=asker, query=ListingQuery(event_types=(EventType.MUSIC,))),
            next_events(world, 5, 9, asker=asker, query=ListingQuery(event_types=(EventType.COMEDY,))),
            next_events(world, 5, 9, asker=asker, kind=Kind.PERFORMER),
        )
        assert music == [[f"{venue}-{number}" for number in (1, 3, 5, 7)] for venue in range(5)]
        assert comedy == [[f"{venue}-{number}" for number in (0, 2, 4, 6)] for venue in range(5)]
        assert by_singer == [[f"{venue}-{number}" for number in range(8)] for venue in range(5)]
        assert len(shelf.calls) == 3


async def test_a_search_for_no_one_venue_goes_straight_through(kit):
    shelf = club(kit, [2, 2])
    async with kit.open(shelf) as world:
        asker = Together(world.desk)
        page = await world.page(9, asker=asker)
        assert len(page.nodes) == 4
        both = Search(venues=(Ref(Kind.VENUE, "club", "v0"), Ref(Kind.VENUE, "club", "v1")))
        assert len((await world.page(9, search=both, asker=asker)).nodes) == 4


async def test_a_failure_reaches_everyone_who_asked(kit):
    async def down(_seek, _limit):
        message = "is down"
        raise Unavailable(message)

    async with kit.open(kit.Odd("club", down)) as world:
        asker = Together(world.desk)
        searches = [Search(venues=(Ref(Kind.VENUE, "club", f"v{each}"),)) for each in range(5)]
        pages = await asyncio.gather(*(world.page(3, search=search, asker=asker) for search in searches))
        assert all(page.is_partial for page in pages)


async def test_a_cursor_from_a_shared_answer_goes_on_for_its_own_venue(kit):
    shelf = club(kit, [9] * 4)
    async with kit.open(shelf) as world:
        search = Search(venues=(Ref(Kind.VENUE, "club", "v2"),))
        page = await world.page(2, search=search, asker=Together(world.desk))
        rest = await world.read(2, page.page_info.end_cursor, search)
        assert kit.names_on(page) + rest == [("club", f"2-{number}") for number in range(9)]
