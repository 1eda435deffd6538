"""What is ahead of somebody: events that they keep, and those of venues and performers that they keep."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest

from gateway.accounts import Database, FavouriteStore
from gateway.accounts.emails import Address
from gateway.accounts.users import Users
from gateway.dates import DateRange
from gateway.errors import CursorInvalid
from gateway.favourites import Favourites
from gateway.ids import Kind, Ref
from gateway.reports import CountRelation, ProviderReportStatus, WarningCode
from gateway.search import Search
from providers import Capability, EventStatus, ListingQuery, Unavailable

DOWN = "is down"
EVERYTHING = Search(dates=DateRange())


def event(provider: str, own_id: str) -> Ref:
    return Ref(Kind.EVENT, provider, own_id)


@pytest.fixture
async def keeper(kit, sqlite_url):
    """Somebody who keeps things of these providers; they need not be asked whether there is such a thing."""
    database = Database(sqlite_url)
    worlds = []

    async def keeper(*providers, **more) -> SimpleNamespace:
        world = kit.World(providers, **more)
        worlds.append(world)
        store = FavouriteStore(database)

        async def user(name: str) -> UUID:
            added = await Users(database).add(Address(name, name), "no hash", None, world.clock())
            return added.user_id

        ann = await user(f"ann{len(worlds)}")
        kept = SimpleNamespace(world=world, favourites=Favourites(world.catalogue, store, world.clock), user=user)

        def forget() -> None:
            """The gateway is another, which knows nothing of what the providers have said."""
            kept.world = world.again()
            worlds.append(kept.world)
            kept.favourites = Favourites(kept.world.catalogue, store, world.clock)

        async def keep(*refs: Ref) -> None:
            for ref in refs:
                await kept.favourites.add(ann, ref, None)

        async def agenda(first: int = 100, after: str | None = None, search: Search = EVERYTHING, owner: UUID = ann):
            return await kept.favourites.agenda(owner, search, first, after=after)

        kept.forget, kept.keep, kept.agenda = forget, keep, agenda
        return kept

    yield keeper
    for world in worlds:
        await world.cache.aclose()
    await database.aclose()


@pytest.fixture
def radio(kit):
    """A shelf of events at a hall and elsewhere, some with a band; it tells of venues and performers, too."""
    hall, bar = kit.Venue(id="hall", name="The Hall"), kit.Venue(id="bar", name="The Bar")
    band = kit.Performer(id="band", name="The Band")

    class Radio(kit.Shelf):
        async def venues(self, ids):
            return [each for each in (hall, bar) if each.id in ids]

        async def performers(self, ids):
            return [each for each in (band,) if each.id in ids]

    listings = [
        kit.listing(
            f"{number:02d}",
            number,
            venue=hall if number % 3 == 0 else bar,
            performers=(band,) if number % 4 == 0 else (),
        )
        for number in range(1, 41)
    ]

    def radio(slug: str = "radio", **more):
        return Radio(slug, listings, **more)

    return radio


def ids_on(page) -> list[str]:
    return [node.sources[0].source_id for node in page.nodes]


# All that is at the hall or with the band, and two events besides.
KEPT = [
    Ref(Kind.VENUE, "radio", "hall"),
    Ref(Kind.PERFORMER, "radio", "band"),
    event("radio", "07"),
    event("radio", "12"),
]
WANTED = [f"{number:02d}" for number in range(1, 41) if number % 3 == 0 or number % 4 == 0 or number == 7]


async def test_events_and_those_of_venues_and_performers_are_one_list_by_start_each_once(radio, keeper) -> None:
    ann = await keeper(radio())
    await ann.keep(*KEPT)
    page = await ann.agenda()
    assert ids_on(page) == WANTED
    assert (page.is_partial, page.total_count.value, page.total_count.relation) == (
        False,
        len(WANTED),
        CountRelation.EQUAL_TO,
    )


@pytest.mark.parametrize("more", [{}, {"page": 2}, {"early": True}, {"pauses": True}], ids=str)
@pytest.mark.parametrize("first", [1, 4, 7])
async def test_pages_go_on_where_the_one_before_ended(first: int, more, kit, radio, keeper) -> None:
    ann = await keeper(radio(**more), kit.Shelf("jazz", [kit.listing("a", 6.5), kit.listing("b", 30.5)]))
    await ann.keep(*KEPT, event("jazz", "a"), event("jazz", "b"))
    found, after = [], None
    for _ in range(60):
        page = await ann.agenda(first, after)
        found += ids_on(page)
        after = page.page_info.end_cursor
        if not page.page_info.has_next_page:
            break
    assert found == sorted([*WANTED, "a", "b"], key=lambda own_id: {"a": 6.5, "b": 30.5}.get(own_id) or float(own_id))


async def test_one_event_of_two_sellers_is_one_on_the_agenda_too(kit, keeper) -> None:
    shelves = [kit.Shelf(slug, [kit.listing("1", 10, name="The Night")]) for slug in ("jazz", "radio")]
    ann = await keeper(*shelves, matching=kit.SameName(6))
    await ann.keep(event("jazz", "1"), event("radio", "1"))
    page = await ann.agenda()
    assert kit.groups_on(page) == [(("jazz", "1"), ("radio", "1"))]


async def test_what_a_search_has_found_to_be_one_event_is_so_though_one_listing_alone_was_kept(kit, keeper) -> None:
    shelves = [kit.Shelf(slug, [kit.listing("1", 10, name="The Night")]) for slug in ("jazz", "radio")]
    ann = await keeper(*shelves, matching=kit.SameName(6))
    await ann.keep(event("radio", "1"))
    await ann.world.page(10)
    assert kit.groups_on(await ann.agenda()) == [(("jazz", "1"), ("radio", "1"))]


async def test_a_provider_of_which_nothing_is_kept_is_not_asked(kit, radio, keeper) -> None:
    jazz = kit.Shelf("jazz", [kit.listing("a", 5)])
    ann = await keeper(radio(), jazz)
    await ann.keep(event("radio", "07"))
    page = await ann.agenda()
    assert (ids_on(page), jazz.calls, jazz.lookups) == (["07"], [], [])
    assert [(each.provider.slug, each.status) for each in page.provider_reports] == [
        ("radio", ProviderReportStatus.OK),
        ("jazz", ProviderReportStatus.SKIPPED),
    ]


@pytest.mark.parametrize("part", ["search", "lookup"])
async def test_a_provider_that_fails_is_named_and_the_others_are_there(part: str, kit, radio, keeper) -> None:
    async def refuses(*_):
        raise Unavailable(DOWN)

    sick = radio()
    ann = await keeper(sick, kit.Shelf("jazz", [kit.listing("a", 5)]))
    await ann.keep(*KEPT, event("jazz", "a"))
    ann.forget()
    setattr(sick, part, refuses)
    page = await ann.agenda()
    assert (ids_on(page), page.is_partial) == (["a"], True)
    assert [(each.code, each.provider.slug) for each in page.warnings] == [(WarningCode.PROVIDER_FAILED, "radio")]
    assert page.total_count.relation is not CountRelation.EQUAL_TO


async def test_where_single_events_cannot_be_asked_for_it_is_said_that_some_may_be_missing(kit, keeper) -> None:
    capabilities = frozenset(Capability) - {Capability.LOOKUP_BY_ID}
    feed = kit.Shelf("feed", [kit.listing("1", 5), kit.listing("2", 6)], capabilities=capabilities)
    ann = await keeper(feed)
    await ann.world.page(10)
    await ann.keep(event("feed", "1"), event("feed", "2"))
    whole = await ann.agenda()
    assert (ids_on(whole), whole.is_partial) == (["1", "2"], False)
    ann.forget()
    forgotten = await ann.agenda()
    assert (ids_on(forgotten), [each.code for each in forgotten.warnings]) == ([], [WarningCode.RESULTS_TRUNCATED])


async def test_what_is_over_is_not_ahead_and_what_is_gone_is_not_there(kit, keeper) -> None:
    shelf = kit.Shelf("radio", [kit.listing("1", 2), kit.listing("2", 100), kit.listing("3", 101)])
    ann = await keeper(shelf)
    await ann.keep(*(event("radio", each) for each in "123"))
    shelf.listings = [each for each in shelf.listings if each.id != "3"]
    ann.forget()
    ann.world.clock.now += timedelta(hours=72)
    shelf.lookups.clear()
    assert ids_on(await ann.agenda()) == ["2"]
    assert sorted(own_id for ids in shelf.lookups for own_id in ids) == ["2", "3"]


async def test_a_filter_chooses_among_what_is_kept(kit, radio, keeper) -> None:
    ann = await keeper(radio())
    await ann.keep(*KEPT)
    at_hall = Search(venues=(Ref(Kind.VENUE, "radio", "hall"),))
    assert ids_on(await ann.agenda(search=at_hall)) == [f"{number:02d}" for number in range(3, 41, 3)]
    at_bar = Search(venues=(Ref(Kind.VENUE, "radio", "bar"),))
    assert ids_on(await ann.agenda(search=at_bar)) == [each for each in WANTED if int(each) % 3]
    soon = Search(dates=DateRange(start_before=kit.NOW + timedelta(hours=7, minutes=30)))
    assert ids_on(await ann.agenda(search=soon)) == ["03", "04", "06", "07"]
    assert ids_on(await ann.agenda(search=Search(query=ListingQuery(keyword="07")))) == ["07"]


async def test_what_is_cancelled_is_there_where_it_is_asked_for(kit, keeper) -> None:
    ann = await keeper(kit.Shelf("radio", [kit.listing("1", 5, status=EventStatus.CANCELLED)]))
    await ann.keep(event("radio", "1"))
    assert ids_on(await ann.agenda()) == []
    assert ids_on(await ann.agenda(search=Search(statuses=tuple(EventStatus)))) == ["1"]


async def test_a_cursor_is_good_for_its_owners_agenda_alone_whatever_they_keep_by_then(radio, keeper) -> None:
    ann = await keeper(radio())
    await ann.keep(*KEPT[:2])
    cursor = (await ann.agenda(2)).page_info.end_cursor
    await ann.keep(event("radio", "07"))
    assert ids_on(await ann.agenda(3, cursor)) == ["06", "07", "08"]
    with pytest.raises(CursorInvalid):
        await ann.agenda(2, cursor, owner=await ann.user("bob"))
    with pytest.raises(CursorInvalid):
        await ann.agenda(2, (await ann.world.page(2)).page_info.end_cursor)
    with pytest.raises(CursorInvalid):
        await ann.world.page(2, cursor)


async def test_of_many_venues_a_hundred_are_asked_at_once(kit, keeper) -> None:
    class Town(kit.Shelf):
        async def venues(self, ids):
            return [kit.Venue(id=each, name=f"Hall {each}") for each in ids]

    town = Town("town", [kit.listing("1", 5, venue=kit.Venue(id="v149", name="Hall v149"))])
    ann = await keeper(town)
    await ann.keep(*(Ref(Kind.VENUE, "town", f"v{number}") for number in range(150)))
    assert ids_on(await ann.agenda()) == ["1"]
    assert sorted(len(query.venue_ids) for query, _, _ in town.calls) == [50, 100]


async def test_whoever_keeps_nothing_has_nothing_ahead(radio, keeper) -> None:
    ann = await keeper(radio())
    page = await ann.agenda()
    assert (page.nodes, page.is_partial, page.page_info.has_next_page, page.page_info.end_cursor) == (
        (),
        False,
        False,
        None,
    )
