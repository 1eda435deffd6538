from datetime import UTC, datetime, timedelta
from functools import cache

import httpx
import pytest

from providers import Capability, DatePrecision, EventStatus, EventType, Http, ListingQuery, matches
from providers.sample import Sample
from providers.testing import ProviderContract

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def refuse(request):
    msg = f"asked {request.url}"
    raise AssertionError(msg)


def sample(now=NOON):
    return Sample(settings={}, http=Http("", transport=httpx.MockTransport(refuse)), clock=lambda: now)


@cache
def todays():
    """Made once: it keeps no state of a request, and building its window is what takes time."""
    return sample()


async def all_of(provider, query=None):
    return (await provider.search(query or ListingQuery(), None, 10_000)).listings


class TestSample(ProviderContract):
    provider_class = Sample

    def make(self):
        return todays()


async def test_an_event_keeps_its_id_and_content_from_day_to_day():
    today = {listing.id: listing for listing in await all_of(todays())}
    for days in (1, 30):
        later = {listing.id: listing for listing in await all_of(sample(NOON + timedelta(days=days)))}
        shared = today.keys() & later.keys()
        assert len(shared) > 1_400
        assert [each for each in shared if today[each] != later[each]] == []


async def test_some_two_thousand_events_lie_ahead_and_none_is_far_away():
    listings = await all_of(todays())
    assert 1_800 <= len(listings) <= 2_200
    # Yesterday is in it: west of here it lasts until noon today.
    assert min(each.start.day for each in listings) >= NOON.date() - timedelta(days=1)
    assert max(each.start.day for each in listings) <= NOON.date() + timedelta(days=180)


async def test_it_shows_every_kind_of_event_that_a_client_must_cope_with():
    listings = await all_of(todays())
    assert {each.start.precision for each in listings} >= {DatePrecision.TIME, DatePrecision.DATE}
    assert {each.status for each in listings} >= {
        EventStatus.SCHEDULED,
        EventStatus.CANCELLED,
        EventStatus.POSTPONED,
        EventStatus.RESCHEDULED,
    }
    assert {each.event_type for each in listings} >= {EventType.MUSIC, EventType.COMEDY, EventType.FESTIVAL}
    assert any(each.is_free for each in listings)
    assert any(len(each.performers) > 1 for each in listings)
    assert len({each.venue.address.locality for each in listings}) >= 25
    assert len({each.venue.address.country for each in listings}) >= 10


async def test_it_is_plain_that_every_event_is_made_up():
    assert Sample.info.stand_in
    assert Sample.info.attribution.required
    assert "made up" in Sample.info.attribution.text
    assert "made up" in Sample.info.title
    assert all(each.url.split("/")[2].endswith("example.org") for each in await all_of(todays()))


async def test_weekends_are_fuller():
    days = [each.start.day.weekday() for each in await all_of(todays())]
    assert days.count(4) + days.count(5) > days.count(0) + days.count(1)


@pytest.mark.parametrize("unknown", ["", "x", "20261124", "20261332-0", "20261205-999999", "2026-12-05", "20261205--1"])
async def test_an_id_that_no_event_has_is_left_out(unknown):
    assert list(await todays().lookup([unknown])) == []


async def test_an_event_that_is_over_can_still_be_looked_up():
    known = (await all_of(todays()))[40]
    assert list(await sample(NOON + timedelta(days=700)).lookup([known.id])) == [known]


async def test_venues_and_performers_are_known_by_id():
    listing = next(each for each in await all_of(todays()) if each.performers)
    (venue,) = await todays().venues([listing.venue.id, "no-such-venue"])
    (performer,) = await todays().performers([listing.performers[0].id, "no-such-performer"])
    assert venue == listing.venue
    assert performer.name == listing.performers[0].name


async def test_a_search_in_one_city_finds_only_that_city():
    query = ListingQuery(country="DE", start_from=NOON)
    found = await all_of(todays(), query)
    assert found
    assert all(matches(each, query) for each in found)


def test_it_declares_no_more_than_it_can():
    assert Capability.IMAGES not in Sample.info.capabilities
    assert Capability.KEYLESS in Sample.info.capabilities
