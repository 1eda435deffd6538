"""The demo's world, and what its sellers tell of it."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest

from providers import Configuration, EventType, ListingQuery, build, discover
from providers.testing.demo import DemoUpstreams, happenings
from providers.testing.demo.world import DAYS, TOWNS

TODAY = date(2027, 3, 20)
NOON = datetime(2027, 3, 20, 12, tzinfo=UTC)
MINUTES = timedelta(minutes=20)


@pytest.fixture(scope="module")
def world():
    return happenings(TODAY)


def test_two_worlds_of_one_day_are_equal():
    assert happenings(TODAY) == happenings(TODAY)


def test_a_happening_is_the_same_from_day_to_day(world):
    tomorrow = happenings(TODAY + timedelta(days=1))
    gone = [each for each in world if each not in tomorrow]
    come = [each for each in tomorrow if each not in world]
    assert {each.begins.date() for each in gone} == {TODAY - timedelta(days=1)}
    assert {each.begins.date() for each in come} == {TODAY + timedelta(days=DAYS)}


@pytest.mark.parametrize("today", [TODAY, date(2026, 11, 24), date(2028, 2, 28)])
def test_it_has_some_hundred_happenings_each_with_a_number_of_its_own(today):
    world = happenings(today)
    assert 300 <= len(world) <= 600
    assert len({each.number for each in world}) == len(world)
    assert {each.house.town for each in world} == set(TOWNS)


def test_every_number_has_the_digits_that_stand_at_the_end_of_addresses(world):
    assert {len(str(each.number)) for each in world} == {10}


def test_prices_are_of_all_sorts_and_some_happenings_are_free_or_cancelled(world):
    assert len({each.price for each in world}) > 30
    assert any(each.price == 0 for each in world)
    assert any(each.cancelled for each in world)


def of_one(world):
    """What one act or play does in one house, by day."""
    found = defaultdict(list)
    for each in world:
        found[each.title, each.house].append(each)
    return found.values()


def test_an_act_stays_for_consecutive_nights(world):
    days = [{each.begins.date() for each in run} for run in of_one(world)]
    assert any(day + timedelta(days=1) in run for run in days for day in run)


def test_a_play_is_given_in_the_afternoon_and_in_the_evening(world):
    plays = [run for run in of_one(world) if run[0].kind is EventType.THEATER]
    assert any(max(Counter(each.begins.date() for each in run).values()) == 2 for run in plays)


def test_a_tribute_plays_in_another_house_of_the_town_on_the_same_evening(world):
    evenings = {(each.title, each.house.town, each.begins.date()): each for each in world}
    tributes = [each for each in world if each.title.startswith("A Tribute to ")]
    assert tributes
    for each in tributes:
        original = evenings[each.title.removeprefix("A Tribute to "), each.house.town, each.begins.date()]
        assert original.house is not each.house


@pytest.fixture(scope="module")
def upstreams():
    with DemoUpstreams(TODAY, steady=True) as upstreams:
        yield upstreams


@pytest.fixture
async def listings(upstreams):
    """What each provider tells, by its slug; asked through the real adapters."""
    configuration = Configuration(providers=upstreams.providers, feeds=upstreams.feeds)
    registry = build(discover(), configuration, clock=lambda: NOON)
    query = ListingQuery(start_from=NOON, start_before=NOON + timedelta(days=DAYS - 1))
    told = {slug: await everything(provider, query) for slug, provider in registry.enabled().items()}
    await registry.aclose()
    return told


async def everything(provider, query):
    found, seek = [], None
    while True:
        page = await provider.search(query, seek, 500)
        assert (page.rejected, page.truncated) == (0, False)
        found += page.listings
        if page.exhausted:
            return found
        seek = page.frontier


def number_of(listing):
    """The happening that a listing speaks of; the open mic has none."""
    return int(listing.url[-10:]) if listing.url else None


def by_happening(listings):
    told = defaultdict(dict)
    for slug, found in listings.items():
        for listing in found:
            told[number_of(listing)][slug] = listing
    del told[None]
    return told


async def test_every_happening_is_told_by_somebody_and_by_nobody_twice(world, listings):
    ahead = {each.number for each in world if NOON < each.doors < NOON + timedelta(days=DAYS - 2)}
    numbers = Counter((slug, number_of(listing)) for slug, found in listings.items() for listing in found)
    assert ahead <= by_happening(listings).keys()
    assert {count for (_, number), count in numbers.items() if number} == {1}


async def test_many_are_told_by_three_or_more_within_minutes_and_many_by_one_alone(listings):
    told = by_happening(listings).values()
    starts = [[each.start.instant for each in tellers.values() if each.start.instant] for tellers in told]
    assert sum(len(each) >= 3 and max(each) - min(each) <= MINUTES for each in starts) > 20
    assert sum(len(tellers) == 1 for tellers in told) > 100


async def test_the_sellers_call_a_concert_and_its_house_by_different_names_and_want_different_prices(listings):
    widest = max(by_happening(listings).values(), key=len)
    assert len(widest) == 5
    assert len({each.name for each in widest.values()}) == 5
    assert len({each.venue.name for each in widest.values()}) > 3
    prices = [offer.price or offer.low_price for each in widest.values() for offer in each.offers]
    assert len(set(prices)) == len(prices) == 4


async def test_a_day_alone_and_an_exact_time_are_told_of_the_same(listings):
    mixed = [{each.start.precision for each in tellers.values()} for tellers in by_happening(listings).values()]
    assert any(len(precisions) == 2 for precisions in mixed)


async def test_one_seller_says_cancelled_where_another_does_not(listings):
    mixed = [{each.status for each in tellers.values()} for tellers in by_happening(listings).values()]
    assert any(len(statuses) == 2 for statuses in mixed)


def test_it_starts_one_slow_seller_and_one_that_is_rate_limited_unless_it_is_steady(upstreams):
    usual = DemoUpstreams(TODAY)
    assert (usual.mobilizon.fault, usual.skiddle.fault) != (None, None)
    assert (upstreams.mobilizon.fault, upstreams.skiddle.fault) == (None, None)
