"""Favourites over providers that rename, drop and fail."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from icalendar import Calendar

from gateway.accounts import Database, Facts, FavouriteError, FavouriteErrorCode, FavouriteStore
from gateway.accounts.emails import Address
from gateway.accounts.users import Users
from gateway.calendar import Entry, calendar_of
from gateway.errors import CursorInvalid
from gateway.favourites import Favourites, FavouriteState
from gateway.ids import Kind, Ref
from gateway.part import Fetched
from gateway.seen import Seen
from providers import EventStatus, Limits, Page, Unavailable

DOWN = "is down"
GONE, LISTED, UNKNOWN = FavouriteState.GONE, FavouriteState.LISTED, FavouriteState.UNKNOWN


def ref(provider: str, own_id: str, kind: Kind = Kind.EVENT) -> Ref:
    return Ref(kind, provider, own_id)


@pytest.fixture
async def keep(kit, sqlite_url):
    """Favourites of one user over these providers; nothing is cached, so that every change is seen at once."""
    database = Database(sqlite_url)
    worlds = []

    async def keep(*providers) -> SimpleNamespace:
        world = kit.World(providers)
        worlds.append(world)
        favourites = Favourites(world.catalogue, FavouriteStore(database), world.clock)
        name = f"user{len(worlds)}"
        user = (await Users(database).add(Address(name, name), "no hash", None, world.clock())).user_id

        async def add(*refs: Ref, note: str | None = None) -> None:
            for each in refs:
                await favourites.add(user, each, note)
                world.clock.now += timedelta(seconds=1)

        async def standings() -> list:
            page = await favourites.page(user, 100)
            return await favourites.standings([each.kept for each in page.nodes])

        return SimpleNamespace(favourites=favourites, user=user, world=world, add=add, standings=standings)

    yield keep
    for world in worlds:
        await world.cache.aclose()
    await database.aclose()


def shelf(kit, slug, *listings, batch=50):
    return kit.Shelf(slug, listings, limits=Limits(lookup_batch=batch, cache_ttl=timedelta(0)))


async def test_what_is_renamed_moved_or_cancelled_is_followed_and_what_was_saved_stays(kit, keep) -> None:
    radio = shelf(kit, "radio", kit.listing("1", 10, name="The Night"))
    kept = await keep(radio)
    await kept.add(ref("radio", "1"))
    radio.listings = [kit.listing("1", 30, name="The Night (moved)", status=EventStatus.RESCHEDULED)]
    [standing] = await kept.standings()
    assert (standing.state, standing.subject.name) == (LISTED, "The Night (moved)")
    assert (standing.kept.saved.name, standing.kept.known.name) == ("The Night", "The Night (moved)")
    assert (standing.kept.sequence, standing.kept.starts_at) == (1, kit.at(30).instant)
    [again] = await kept.standings()
    assert again.kept == standing.kept


@pytest.mark.parametrize(
    ("mishap", "state"),
    [
        (lambda radio: radio.listings.clear(), GONE),
        (lambda radio: setattr(radio, "lookup", refuses), UNKNOWN),
        (lambda radio: setattr(radio, "lookup", breaks), UNKNOWN),
    ],
    ids=["dropped", "down", "broken"],
)
async def test_a_row_outlives_its_provider_and_says_how_it_stands(mishap, state, kit, keep) -> None:
    radio = shelf(kit, "radio", kit.listing("1", 10, name="The Night", url="https://radio.example/1"))
    jazz = shelf(kit, "jazz", kit.listing("1", 11))
    kept = await keep(radio, jazz)
    await kept.add(ref("radio", "1"), ref("jazz", "1"))
    mishap(radio)
    healthy, hurt = await kept.standings()
    assert (healthy.state, hurt.state, hurt.subject) == (LISTED, state, None)
    assert (hurt.kept.saved.name, hurt.kept.saved.url) == ("The Night", "https://radio.example/1")
    # It can be kept again, be noted upon and be removed.
    again = await kept.favourites.add(kept.user, ref("radio", "1"), "still mine")
    assert (again.kept.favourite_id, again.note) == (hurt.kept.favourite_id, "still mine")
    assert await kept.favourites.remove(kept.user, Ref(Kind.FAVOURITE, "", hurt.kept.favourite_id.hex)) == again.id


async def refuses(_ids):
    raise Unavailable(DOWN)


async def breaks(_ids):
    raise ZeroDivisionError


async def test_a_provider_that_is_taken_away_leaves_its_favourites(kit, keep) -> None:
    radio = shelf(kit, "radio", kit.listing("1", 10, name="The Night"))
    kept = await keep(radio)
    await kept.add(ref("radio", "1"))
    kept.world.roster._members.clear()
    [standing] = await kept.standings()
    assert (standing.state, standing.kept.saved.name) == (GONE, "The Night")


async def test_fifty_over_five_providers_are_one_request_each(kit, keep) -> None:
    shelves = [shelf(kit, f"p{each}", *(kit.listing(f"{n}", n + 1) for n in range(10))) for each in range(5)]
    kept = await keep(*shelves)
    await kept.add(*(ref(f"p{each % 5}", f"{each // 5}") for each in range(50)))
    for each in shelves:
        each.lookups.clear()
    assert [each.state for each in await kept.standings()] == [LISTED] * 50
    assert [len(each.lookups) for each in shelves] == [1] * 5
    assert [len(each.lookups[0]) for each in shelves] == [10] * 5


async def test_venues_and_performers_are_kept_as_events_are(kit, keep) -> None:
    night = kit.listing(
        "1",
        10,
        venue=kit.Venue(id="v", name="The Hall"),
        performers=(kit.Performer(id="s", name="Singer"),),
    )
    kept = await keep(shelf(kit, "radio", night))
    await kept.add(ref("radio", "v", Kind.VENUE), ref("radio", "s", Kind.PERFORMER))
    assert [(each.state, each.subject.name) for each in await kept.standings()] == [
        (LISTED, "Singer"),
        (LISTED, "The Hall"),
    ]
    mine = await kept.favourites.among(kept.user, [ref("radio", "v", Kind.VENUE), ref("radio", "1")])
    assert mine == {ref("radio", "v", Kind.VENUE)}


async def test_what_stands_on_a_page_can_be_kept_though_its_provider_knows_no_single_events(kit, keep) -> None:
    radio = kit.Shelf("radio", [kit.listing("1", 10, name="The Night")], capabilities=frozenset())
    kept = await keep(radio)
    with pytest.raises(FavouriteError) as caught:
        await kept.add(ref("radio", "1"))
    assert caught.value.code is FavouriteErrorCode.PROVIDER_FAILED
    await kept.world.page(10)
    await kept.add(ref("radio", "1"))
    assert [each.state for each in await kept.standings()] == [LISTED]
    # After a restart nothing is known of it but what was saved, and that is no word of its being gone.
    kept.world.desk._seen = Seen()
    [standing] = await kept.standings()
    assert (standing.state, standing.kept.saved.name, radio.lookups) == (UNKNOWN, "The Night", [])


def test_the_longest_seen_give_way(kit) -> None:
    seen = Seen(most=3)
    for each in ("1", "2", "3", "1", "4"):
        page = Page(listings=(kit.listing(each, 1),), frontier=None)
        seen.remember("radio", Fetched(page=page, fetched_at=kit.NOW))
    assert set(seen.among("radio", ["1", "2", "3", "4"])) == {"1", "3", "4"}
    assert seen.among("jazz", ["1"]) == {}


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (ref("radio", "none"), FavouriteErrorCode.NOT_FOUND),
        (ref("nobody", "1"), FavouriteErrorCode.NOT_FOUND),
        (ref("down", "1"), FavouriteErrorCode.PROVIDER_FAILED),
        (ref("radio", "", Kind.PROVIDER), FavouriteErrorCode.KIND_NOT_SUPPORTED),
        (ref("", "1", Kind.VIEWER), FavouriteErrorCode.KIND_NOT_SUPPORTED),
    ],
)
async def test_what_cannot_be_kept_is_refused_with_its_reason(wanted, code, kit, keep) -> None:
    down = shelf(kit, "down")
    down.lookup = refuses
    kept = await keep(shelf(kit, "radio", kit.listing("1", 10)), down)
    with pytest.raises(FavouriteError) as caught:
        await kept.add(wanted)
    assert caught.value.code is code
    assert caught.value.retryable is (code is FavouriteErrorCode.PROVIDER_FAILED)


async def test_a_note_has_an_end(kit, keep) -> None:
    kept = await keep(shelf(kit, "radio", kit.listing("1", 10)))
    with pytest.raises(FavouriteError) as caught:
        await kept.add(ref("radio", "1"), note="x" * 2_001)
    assert (caught.value.code, caught.value.limit) == (FavouriteErrorCode.NOTE_TOO_LONG, 2_000)
    await kept.add(ref("radio", "1"), note=" two\nlines\0 and a NUL ")
    [standing] = await kept.standings()
    assert standing.kept.note == "two\nlines and a NUL"


@pytest.mark.parametrize("cursor", ["", "x", "!!", "bm9uc2Vuc2U", "MS4x", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5Lng", "é"])
async def test_a_cursor_of_another_list_is_refused(cursor: str, kit, keep) -> None:
    kept = await keep(shelf(kit, "radio"))
    with pytest.raises(CursorInvalid, match="leave `after` out"):
        await kept.favourites.page(kept.user, 10, after=cursor)


async def test_pages_go_on_behind_every_cursor(kit, keep) -> None:
    kept = await keep(shelf(kit, "radio", *(kit.listing(f"{n}", n + 1) for n in range(7))))
    await kept.add(*(ref("radio", f"{n}") for n in range(7)))
    whole = await kept.favourites.page(kept.user, 100)
    for index, edge in enumerate(whole.edges):
        rest = await kept.favourites.page(kept.user, 100, after=edge.cursor)
        assert [each.id for each in rest.nodes] == [each.id for each in whole.nodes[index + 1 :]]
        assert rest.page_info.has_previous_page


async def calendar(kept):
    """The calendar as a real client reads it."""
    standings = await kept.favourites.events_of(kept.user)
    entries = [
        Entry(ref=each.kept.refs[0], facts=each.kept.known, sequence=each.kept.sequence, at=each.kept.changed_at)
        for each in standings
    ]
    read = Calendar.from_ical(calendar_of(entries, name="Favourite events"))
    return {str(event["SUMMARY"]): event for event in read.walk("VEVENT")}


async def test_a_calendar_tells_of_changes_and_keeps_what_is_gone_or_over(kit, keep) -> None:
    radio = shelf(kit, "radio", kit.listing("1", 10, name="Moves"), kit.listing("2", 100, name="Goes"))
    kept = await keep(radio)
    await kept.add(ref("radio", "1"), ref("radio", "2"))
    before = await calendar(kept)
    radio.listings = [kit.listing("1", 12, name="Moves", status=EventStatus.CANCELLED)]
    after = await calendar(kept)
    assert (before["Moves"]["UID"], before["Goes"]) == (after["Moves"]["UID"], after["Goes"])
    assert [int(each["Moves"]["SEQUENCE"]) for each in (before, after)] == [0, 1]
    assert [str(each["Moves"]["STATUS"]) for each in (before, after)] == ["CONFIRMED", "CANCELLED"]
    assert after["Moves"].start - before["Moves"].start == timedelta(hours=2)
    kept.world.clock.now += timedelta(days=30)
    radio.listings = []
    assert (await calendar(kept)).keys() == {"Moves", "Goes"}


async def test_what_is_over_is_not_asked_for(kit, keep) -> None:
    radio = shelf(kit, "radio", kit.listing("1", 10), kit.listing("2", 1_000))
    kept = await keep(radio)
    await kept.add(ref("radio", "1"), ref("radio", "2"))
    kept.world.clock.now += timedelta(days=20)
    radio.lookups.clear()
    await kept.favourites.events_of(kept.user)
    assert radio.lookups == [["2"]]


def test_facts_that_a_later_version_wrote_are_read() -> None:
    assert Facts.decode('{"name": "x", "shoe_size": 43}') == Facts(name="x")
