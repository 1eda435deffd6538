"""The paginators over a simulated API, for every mixture of times, dates, ties and depth that Hypothesis thinks of."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import Batch, DatePrecision, DateWindows, Listing, ListingQuery, Snapshot, When, page_of

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)


def make(number, hours, kind):
    """One in so many is date-only; hours are few, so that there are ties."""
    begins = BEGIN + timedelta(hours=hours)
    start = When.on(begins.date(), ("UTC", "Pacific/Auckland", None)[number % 3]) if kind == 0 else When.at(begins)
    return Listing(id=f"e{number:03}", name="A", start=start)


LISTINGS = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 4)), max_size=40).map(
    lambda drawn: [make(number, *each) for number, each in enumerate(drawn)]
)
BOUNDS = st.none() | st.integers(-10, 130).map(lambda hours: BEGIN + timedelta(hours=hours))


def place(listing):
    """Where the API itself sorts a listing: a date-only one at its day's beginning."""
    return listing.start.latest - timedelta(days=1) * (listing.start.precision is DatePrecision.DATE)


def serve(listings, step, depth=None):
    """A page of an API that sorts by start and filters by it, and serves no deeper than `depth`."""
    inside = [
        each
        for each in sorted(listings, key=lambda each: (place(each), each.id))
        if (step.start_from is None or place(each) >= step.start_from)
        and (step.start_before is None or place(each) < step.start_before)
    ]
    assert depth is None or (step.page + 1) * step.size <= depth, "asked deeper than the API serves"
    page = inside[step.offset : step.offset + step.size]
    return Batch(listings=page, records=len(page), total=len(inside))


def search(paging, listings, query, seek, limit, depth=None):  # noqa: PLR0917 - what every walk takes
    walk, requests = paging.walk(query, seek, limit), 0
    while (step := walk.next()) is not None:
        requests += 1
        walk.take(serve(listings, step, depth))
    assert requests <= getattr(paging, "max_requests", 1_000)
    return walk.page()


def read_all(one_page):
    """Every page from seek to seek, each held to what a page promises."""
    pages, seek = [], None
    while True:
        page = one_page(seek)
        keys = [each.key for each in page.listings]
        assert keys == sorted(keys)
        assert all(seek is None or key > seek for key in keys)
        assert all(page.frontier is None or key <= page.frontier for key in keys)
        pages.append(page)
        if page.frontier is None:
            return pages
        assert seek is None or page.frontier > seek, "no progress"
        seek = page.frontier
        assert len(pages) < 2_000, "no end"


def wanted(listings, query):
    return list(page_of(listings, query, None, 1_000).listings)


@given(LISTINGS, BOUNDS, BOUNDS, st.integers(1, 12))
def test_a_provider_in_memory_loses_and_repeats_nothing(listings, begin, end, limit):
    query = ListingQuery(start_from=begin, start_before=end)
    pages = read_all(lambda seek: page_of(listings, query, seek, limit))
    assert [each for page in pages for each in page.listings] == wanted(listings, query)
    assert {page.total for page in pages} == {len(wanted(listings, query))}


@settings(max_examples=400)
@given(LISTINGS, BOUNDS, BOUNDS, st.integers(1, 12), st.integers(1, 8), st.integers(1, 4))
def test_windows_lose_nothing_without_a_word_and_repeat_nothing(listings, begin, end, limit, size, deep):  # noqa: PLR0917 - drawn
    # A date-only listing's reach belongs to its window: the API is asked up to the end of the range and no further.
    query = ListingQuery(start_from=begin, start_before=end)
    paging = DateWindows(size=size, depth=size * deep, max_requests=6)
    pages = read_all(lambda seek: search(paging, listings, query, seek, limit, size * deep))
    met = [each for page in pages for each in page.listings]
    assert len({each.id for each in met}) == len(met)
    due = wanted(listings, query)
    assert set(met) <= set(due)
    if not any(page.truncated for page in pages):
        assert met == due
    for page in pages:
        assert page.total is None or page.truncated or page.total == len(due)


@given(LISTINGS, BOUNDS, st.integers(1, 12), st.integers(2, 8))
def test_windows_that_are_deep_enough_are_exact(listings, begin, limit, size):
    query = ListingQuery(start_from=begin)
    paging = DateWindows(size=size, depth=1_000, max_requests=100)
    pages = read_all(lambda seek: search(paging, listings, query, seek, limit))
    assert [each for page in pages for each in page.listings] == wanted(listings, query)
    assert not any(page.truncated for page in pages)


@given(LISTINGS, BOUNDS, st.integers(1, 12), st.integers(1, 8), st.integers(1, 50))
def test_a_snapshot_is_exact_up_to_its_cap_and_says_where_it_cuts(listings, begin, limit, size, cap):
    query, paging = ListingQuery(start_from=begin), Snapshot(size=size, cap=cap)
    pages = read_all(lambda seek: search(paging, listings, query, seek, limit))
    met = [each for page in pages for each in page.listings]
    if not any(page.truncated for page in pages):
        assert met == wanted(listings, query)
        assert {page.total for page in pages} == {len(met)}
    assert len(met) <= cap + size


def serve_by_day(listings, step):
    """A page of an API that knows days alone: it sorts by them, then by name, and its bounds are whole days."""
    first, last = (bound and bound.date() for bound in (step.start_from, step.start_before))
    inside = [
        each
        for each in sorted(listings, key=lambda each: (each.start.day, each.name))
        if (first is None or each.start.day >= first) and (last is None or each.start.day <= last + timedelta(days=1))
    ]
    page = inside[step.offset : step.offset + step.size]
    return Batch(listings=page, records=len(page), total=len(inside))


@given(LISTINGS, BOUNDS, BOUNDS, st.integers(1, 12), st.integers(2, 8), st.randoms(use_true_random=False))
def test_an_api_that_sorts_by_day_alone_is_read_by_day(listings, begin, end, limit, size, dice):  # noqa: PLR0917 - drawn
    listings = [replace(each, name=f"name {dice.random()}") for each in listings]
    query = ListingQuery(start_from=begin, start_before=end)
    paging = DateWindows(size=size, depth=1_000, max_requests=100, by_day=timedelta(hours=14))

    def one_page(seek):
        walk = paging.walk(query, seek, limit)
        while (step := walk.next()) is not None:
            walk.take(serve_by_day(listings, step))
        return walk.page()

    pages = read_all(one_page)
    assert [each for page in pages for each in page.listings] == wanted(listings, query)
    assert not any(page.truncated for page in pages)


def test_a_crowd_on_one_day_is_passed_and_owned_up_to():
    crowd = [make(number, 5 + number % 12, 1) for number in range(60)]
    late = replace(make(99, 100, 1), id="late")
    paging = DateWindows(size=5, depth=1_000, max_requests=4, by_day=timedelta(0))

    def one_page(seek):
        walk = paging.walk(ListingQuery(start_from=BEGIN), seek, 5)
        while (step := walk.next()) is not None:
            walk.take(serve_by_day([*crowd, late], step))
        return walk.page()

    pages = read_all(one_page)
    assert any(page.truncated for page in pages)
    assert pages[-1].listings[-1] == late


def test_a_snapshot_by_token_goes_on_while_there_is_one():
    listings = [make(number, number, 1) for number in range(5)]
    walk = Snapshot(size=2, by_token=True).walk(ListingQuery(), None, 10)
    tokens = []
    while (step := walk.next()) is not None:
        tokens.append(step.token)
        begin = int(step.token or 0)
        after = begin + 2
        part = listings[begin:after]
        walk.take(Batch(listings=part, records=len(part), token=str(after) if after < len(listings) else None))
    assert tokens == [None, "2", "4"]
    assert list(walk.page().listings) == listings


def test_a_snapshot_holds_to_what_the_api_applies_only_roughly():
    jazz, rock = (replace(make(number, number, 1), genres=(name,)) for number, name in enumerate(("jazz", "rock")))
    query = ListingQuery(genres=("jazz",))
    assert search(Snapshot(size=5), [jazz, rock], query, None, 5).listings == (jazz, rock)
    assert search(Snapshot(size=5, coarse=("genres",)), [jazz, rock], query, None, 5).listings == (jazz,)


def test_what_cannot_be_read_is_counted():
    walk = DateWindows(size=5, depth=10).walk(ListingQuery(), None, 10)
    assert walk.next() is not None
    walk.take(Batch(listings=[], records=2, rejected=2))
    assert (walk.next(), walk.page().rejected, walk.page().exhausted) == (None, 2, True)


def test_a_crowd_on_one_instant_is_passed_and_owned_up_to():
    crowd = [make(number, 5, 1) for number in range(60)]
    late = replace(make(99, 50, 1), id="late")
    paging = DateWindows(size=5, depth=10, max_requests=4)
    pages = read_all(lambda seek: search(paging, [*crowd, late], ListingQuery(start_from=BEGIN), seek, 5, 10))
    assert any(page.truncated for page in pages)
    assert pages[-1].listings[-1] == late


def test_a_day_only_event_is_met_after_the_days_timed_ones():
    day_only = Listing(id="a", name="A", start=When.on(date(2026, 11, 21), "UTC"))
    timed = [make(number, 24 + number, 1) for number in range(20)]
    paging = DateWindows(size=4, depth=8)
    pages = read_all(lambda seek: search(paging, [day_only, *timed], ListingQuery(start_from=BEGIN), seek, 3, 8))
    assert [each for page in pages for each in page.listings] == [*timed, day_only]


def test_an_api_that_knows_no_end_of_a_range_is_read_to_that_end_and_no_further():
    listings = [make(number, number, 1) for number in range(100)]
    query = ListingQuery(start_from=BEGIN, start_before=BEGIN + timedelta(hours=7))
    walk, requests = DateWindows(size=5, depth=1_000).walk(query, None, 50), 0
    while (step := walk.next()) is not None:
        requests += 1
        walk.take(serve(listings, replace(step, start_before=None)))
    assert [listing.id for listing in walk.page().listings] == [f"e{number:03}" for number in range(7)]
    assert (requests, walk.page().exhausted) == (2, True)


def test_windows_by_token_go_on_while_there_is_one():
    walk, tokens = DateWindows(size=2, depth=100, by_token=True).walk(ListingQuery(), None, 50), []
    for token in ("a", "b", None):
        tokens.append(walk.next().token)
        walk.take(Batch(listings=[], records=0, token=token))
    assert tokens == [None, "a", "b"]
    assert walk.next() is None


def test_a_record_that_happens_several_times_counts_where_the_api_puts_it():
    daily = [make(number, 24 * number, 1) for number in range(5)]
    walk = DateWindows(size=1, depth=100).walk(ListingQuery(), None, 1)
    walk.next()
    walk.take(Batch(listings=daily, records=1, reached=daily[0].start.latest))
    assert walk.page().frontier < daily[1].key
    walk.next()
    walk.take(Batch(listings=[make(9, 25, 1)], records=1, reached=BEGIN + timedelta(hours=25)))
    assert [listing.id for listing in walk.page().listings] == ["e000", "e001"]


@pytest.mark.parametrize("paging", [DateWindows(size=9, depth=1_000), Snapshot(size=9)])
def test_pages_smaller_than_asked_for_are_not_taken_for_the_end(paging):
    listings, steps = [make(number, number, 1) for number in range(10)], []
    walk = paging.walk(ListingQuery(), None, 100)
    while (step := walk.next()) is not None:
        steps.append((step.page, step.size))
        served = replace(step, size=4) if step.size > 4 else step
        walk.take(replace(serve(listings, served), size=served.size))
    assert list(walk.page().listings) == listings
    assert steps == [(0, 9), (1, 4), (2, 4)]
