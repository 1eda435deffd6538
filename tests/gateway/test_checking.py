"""A page is what the kit promises, or it is refused; and it is the gateway's own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from gateway.checking import ABSURD, MOST_LISTINGS, checked_page, checked_things
from providers import (
    Address,
    EventStatus,
    ExternalId,
    Image,
    Key,
    Listing,
    Malformed,
    Offer,
    Organization,
    Page,
    Performer,
    Point,
    Redactor,
    Venue,
    When,
)

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = "sEcr3t-k3y"
FULL = Listing(
    id="e1",
    name="Grüße aus 東京 🎷",
    start=When.at(NOW, "Europe/Berlin"),
    end=When.on(date(2026, 6, 2), "Europe/Berlin"),
    door_time=NOW,
    previous_start=NOW,
    status=EventStatus.RESCHEDULED,
    genres=("rock",),
    description="Doors at 7",
    venue=Venue(
        id="v1",
        name="House",
        address=Address(locality="Berlin", country="DE"),
        point=Point(latitude=52.5, longitude=13.123456789),
        time_zone="Europe/Berlin",
        external_ids=(ExternalId("osm", "way/1"),),
    ),
    performers=(Performer(id="p1", name="Nobody", external_ids=(ExternalId("wikidata", "Q1"),)),),
    organizer=Organization(name="Somebody"),
    images=(Image(url="https://example.org/a.jpg", width=3),),
    url="https://example.org/e1",
    offers=(Offer(price=Decimal("12.50"), currency="EUR", valid_from=NOW),),
    is_free=False,
    languages=("de",),
    updated_at=NOW,
)
UNKNOWN = Listing(id="e2", name="Some day", start=When.unknown())


def checked(page, seek=None):
    return checked_page(page, seek, Redactor(KEY)).page


@pytest.mark.parametrize("whole", [FULL, UNKNOWN, replace(FULL, start=When.in_month(2026, 7)), replace(FULL, end=None)])
def test_a_copy_is_equal_to_what_was_given_and_of_the_kits_own_types(whole):
    page = Page(listings=(whole,), frontier=Key(whole.key.instant, "x"), total=5, truncated=True, rejected=2)
    copy = checked(page)
    assert copy == page
    assert copy.listings[0].key == whole.key
    assert copy.listings[0] is not whole
    assert copy.listings[0].start.instant == whole.start.instant


def test_what_the_provider_changes_afterwards_changes_nothing():
    keywords = ["jazz"]
    page = Page(listings=(replace(FULL, keywords=keywords),))
    copy = checked(page)
    keywords.append("surprise")
    object.__setattr__(page.listings[0], "name", "Another")
    assert (copy.listings[0].keywords, copy.listings[0].name) == (("jazz",), FULL.name)


def tampered(thing, **values):
    copy = replace(thing)
    for name, value in values.items():
        object.__setattr__(copy, name, value)
    return copy


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (None, "NoneType instead of a Page"),
        ([FULL], "list instead of a Page"),
        (Page(listings=iter(())), "tuple_iterator where a tuple was due"),
        (Page(listings="e1"), "str where a tuple was due"),
        (Page(listings=(None,)), "does not allow"),
        (Page(listings=({"id": "e1"},)), "does not allow"),
        (Page(listings=(replace(FULL, description=object()),)), "does not allow"),
        (Page(listings=(replace(FULL, description=5),)), "does not allow"),
        (Page(listings=(replace(FULL, venue="House"),)), "does not allow"),
        (Page(listings=(replace(FULL, offers=("free",)),)), "does not allow"),
        (Page(listings=(replace(FULL, name="\ud83c"),)), "does not allow"),
        (Page(listings=(tampered(FULL, name=""),)), "a name must not be empty"),
        (Page(listings=(tampered(FULL, start=tampered(FULL.start, instant=datetime(2026, 1, 1))),)), "has no offset"),  # noqa: DTZ001
        (Page(total="many"), "does not allow"),
        (Page(truncated=None), "does not allow"),
        (Page(frontier="tomorrow"), "does not allow"),
        (Page(frontier=Key(NOW.replace(tzinfo=None), "")), "aware instant"),
        (Page(listings=(FULL,) * (ABSURD + 1)), f"{ABSURD + 1:,} things at once"),
        (Page(listings=(replace(FULL, url=f"https://example.org/?key={KEY}"),)), "secret of its settings"),
        (Page(listings=(replace(FULL, description=f"ask with {KEY}"),)), "secret of its settings"),
    ],
)
def test_what_is_no_page_is_malformed(page, message):
    with pytest.raises(Malformed, match=message) as caught:
        checked(page)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("frontier", [Key(NOW, "e1"), Key(NOW, "e0"), Key(NOW - timedelta(days=1), "z")])
def test_a_frontier_that_does_not_move_on_is_malformed(frontier):
    with pytest.raises(Malformed, match="made no progress"):
        checked(Page(frontier=frontier), Key(NOW, "e1"))


def test_a_page_is_put_in_order_and_held_to_its_bounds():
    listings = tuple(replace(FULL, id=own_id) for own_id in ("c", "b", "a", "d", "b"))
    page = checked(Page(listings=listings, frontier=Key(NOW, "c")), Key(NOW, "a"))
    assert [each.id for each in page.listings] == ["b", "c"]


def test_what_a_page_holds_besides_is_kept_apart():
    listings = tuple(replace(FULL, id=own_id) for own_id in "abcde")
    page = checked_page(Page(listings=listings, frontier=Key(NOW, "c")), Key(NOW, "a"), Redactor())
    assert [[each.id for each in part] for part in (page.late, page.page.listings, page.early)] == [
        ["a"],
        ["b", "c"],
        ["d", "e"],
    ]
    assert page.in_disorder


@pytest.mark.parametrize(
    ("ids", "frontier", "in_disorder"),
    [("abc", None, False), ("aab", None, False), ("acb", None, True), ("ab", "a", True), ("", "a", False)],
)
def test_disorder_is_what_is_not_sorted_or_goes_past_the_frontier(ids, frontier, in_disorder):
    listings = tuple(replace(FULL, id=own_id) for own_id in ids)
    page = Page(listings=listings, frontier=Key(NOW, frontier) if frontier else None)
    assert checked_page(page, None, Redactor()).in_disorder is in_disorder


def test_what_was_there_at_the_seek_proves_no_disorder():
    listings = tuple(replace(FULL, id=own_id) for own_id in "abc")
    page = checked_page(Page(listings=listings), Key(NOW, "b"), Redactor())
    assert ([each.id for each in page.late], page.in_disorder) == (["a", "b"], False)


@pytest.mark.parametrize("turned", [False, True])
def test_of_one_id_with_two_contents_the_later_updated_is_believed(turned):
    told = [
        replace(FULL, name="Old", updated_at=None),
        replace(FULL, name="New", updated_at=NOW + timedelta(hours=1), start=When.at(NOW + timedelta(days=2))),
        replace(FULL, name="Older", updated_at=NOW),
    ]
    page = checked(Page(listings=tuple(reversed(told) if turned else told)))
    assert [each.name for each in page.listings] == ["New"]


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_contents_updated_at_one_moment_the_same_one_is_believed(turned):
    told = [replace(FULL, name="One"), replace(FULL, name="Other")]
    page = checked(Page(listings=tuple(reversed(told) if turned else told)))
    assert [each.name for each in page.listings] == ["Other"]


def test_more_than_a_page_may_hold_is_left_for_the_next():
    listings = tuple(replace(UNKNOWN, id=f"{number:05}") for number in range(MOST_LISTINGS + 1))
    page = checked(Page(listings=listings))
    assert len(page.listings) == MOST_LISTINGS
    assert page.frontier == page.listings[-1].key


def test_things_that_were_looked_up_are_copied_too():
    assert checked_things([FULL.venue], Venue, Redactor()) == [FULL.venue]
    with pytest.raises(Malformed, match="does not allow"):
        checked_things([FULL.venue, None], Venue, Redactor())
    with pytest.raises(Malformed, match="NoneType where a tuple was due"):
        checked_things(None, Listing, Redactor())


def test_a_short_secret_may_stand_in_a_listing_by_chance():
    assert checked_page(Page(listings=(FULL,)), None, Redactor("House")).page
