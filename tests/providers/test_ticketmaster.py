import logging
import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import httpx
import pytest

from providers import (
    Answer,
    Capability,
    Circle,
    DatePrecision,
    EventStatus,
    EventType,
    ExternalId,
    Http,
    Key,
    ListingQuery,
    Malformed,
    Misconfigured,
    OfferAvailability,
    OfferKind,
    Patience,
    PerformanceRole,
    PerformerKind,
    Place,
    Point,
    ProviderError,
    RateLimited,
    Redactor,
    Refused,
    Unavailable,
    counting,
    matches,
)
from providers.testing import (
    FakeTicketmaster,
    Fault,
    ProviderContract,
    ticketmaster_attraction,
    ticketmaster_event,
    ticketmaster_venue,
    ticketmaster_world,
)
from providers.ticketmaster import Ticketmaster

DAY = date(2027, 6, 1)
NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
START = datetime(2027, 6, 1, tzinfo=UTC)
KEY = "fake-key-5d41402abc4b"


@pytest.fixture(scope="module")
def running():
    with FakeTicketmaster(api_key=KEY) as upstream:
        yield upstream


@pytest.fixture
def upstream(running):
    running.reset()
    running.show([])
    running.batch_ids = running.inclusive = True
    running.per_second = running.quota = None
    return running


@pytest.fixture
async def adapter(upstream):
    made = adapter_of(upstream)
    yield made
    await made.aclose()


def adapter_of(upstream, *, api_key=KEY, attempts=1, **settings):
    own = {"api_key": api_key, "locale": "*", "batch_ids": True} | settings
    http = Http(upstream.url, redactor=Redactor(api_key), patience=Patience(attempts=attempts, first_wait=0.01))
    return Ticketmaster(settings=own, http=http, clock=lambda: NOW)


def read(record):
    """The record as the adapter reads it; no server is needed."""
    return Ticketmaster(settings={"api_key": KEY, "locale": "*", "batch_ids": True}, http=None).listing(record)


def ids(page):
    return [listing.id for listing in page.listings]


async def all_of(adapter, query, *, limit=100):
    """Every page, as a reader who turns them would see them; each must be in order and beyond the last."""
    pages, seek = [], None
    while True:
        page = await adapter.search(query, seek, limit)
        keys = [listing.key for listing in page.listings]
        assert keys == sorted(keys)
        assert seek is None or all(key > seek for key in keys)
        pages.append(page)
        if page.exhausted:
            return pages
        assert all(key <= page.frontier for key in keys)
        assert seek is None or page.frontier > seek
        seek = page.frontier


# --- what it asks ---


async def asked_for(upstream, adapter, query):
    await adapter.search(query, None, 10)
    return upstream.requests[-1].params


async def test_a_search_asks_for_the_largest_page_in_order_of_date_without_undated_events(upstream, adapter):
    params = await asked_for(upstream, adapter, ListingQuery())
    assert dict(params) == {
        "size": "200",
        "page": "0",
        "sort": "date,asc",
        "includeTBA": "no",
        "includeTBD": "no",
        "locale": "*",
        "apikey": KEY,
    }


@pytest.mark.parametrize(
    ("query", "params"),
    [
        (ListingQuery(keyword="big & loud"), {"keyword": "big & loud"}),
        (ListingQuery(country="GB"), {"countryCode": "GB"}),
        (ListingQuery(city=Place(name="Bath")), {"city": "Bath"}),
        (ListingQuery(city=Place(name="Bath", country="GB")), {"city": "Bath", "countryCode": "GB"}),
        (ListingQuery(performer_ids=("K1", "K2")), {"attractionId": "K1,K2"}),
        (ListingQuery(venue_ids=("V1", "V2")), {"venueId": "V1,V2"}),
        (ListingQuery(genres=("hip-hop", "rock")), {"classificationName": "Hip-Hop/Rap,rock"}),
        (ListingQuery(genres=("alternative-rock",)), {"classificationName": "alternative rock"}),
        (ListingQuery(event_types=(EventType.SPORTS, EventType.SCREENING)), {"classificationName": "Sports,Film"}),
        (ListingQuery(event_types=(EventType.MUSIC,), genres=("jazz",)), {"classificationName": "jazz"}),
        (
            ListingQuery(near=Circle(center=Point(latitude=57.64911, longitude=10.40744), radius_km=0.2)),
            {"geoPoint": "u4pruydqq", "radius": "1", "unit": "km"},
        ),
        (
            ListingQuery(near=Circle(center=Point(latitude=57.64911, longitude=10.40744), radius_km=10)),
            {"radius": "11"},
        ),
        (
            ListingQuery(start_before=datetime(2027, 6, 2, 0, 0, 0, 1, tzinfo=UTC)),
            {"endDateTime": "2027-06-02T00:00:01Z"},
        ),
        (ListingQuery(start_from=START), {"startDateTime": "2027-05-30T22:59:59Z"}),
    ],
)
async def test_every_condition_has_its_parameter(upstream, adapter, query, params):
    sent = await asked_for(upstream, adapter, query)
    assert {name: sent.get(name) for name in params} == params


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(event_types=(EventType.LITERARY, EventType.CONFERENCE)),
        ListingQuery(country="FR", city=Place(name="Bath", country="GB")),
    ],
)
async def test_what_cannot_match_is_not_asked(upstream, adapter, query):
    page = await adapter.search(query, None, 10)
    assert (page.listings, page.exhausted, page.total, upstream.requests) == ((), True, 0, [])


def test_it_declares_only_what_it_asks_for():
    declared = Ticketmaster.info.capabilities
    assert Capability.BOUNDING_BOX not in declared
    assert {Capability.NEAR, Capability.GENRE, Capability.LOOKUP_BY_ID} <= declared


# --- what it finds ---


@pytest.fixture(scope="module")
def world():
    return ticketmaster_world(count=450, seed=7, start_day=DAY)


@pytest.fixture
def full(upstream, world):
    upstream.show(world)
    return upstream


@pytest.fixture(scope="module")
def listings(world):
    """The made-up events that a search can find."""
    every = [read(record) for record in world]
    return [each for each in every if each.start.precision is not DatePrecision.TO_BE_ANNOUNCED]


BERLIN = Point(latitude=52.52, longitude=13.405)


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(keyword="velvet rivers"),
        ListingQuery(country="US"),
        ListingQuery(city=Place(name="Los Angeles", country="US")),
        ListingQuery(near=Circle(center=BERLIN, radius_km=4.7)),
        ListingQuery(near=Circle(center=BERLIN, radius_km=100)),
        ListingQuery(start_from=START + timedelta(days=3, hours=19), start_before=START + timedelta(days=9, hours=19)),
        ListingQuery(event_types=(EventType.THEATER,)),
        ListingQuery(event_types=(EventType.COMEDY, EventType.FESTIVAL, EventType.SCREENING)),
        ListingQuery(genres=("hip-hop", "alternative-rock")),
        ListingQuery(event_types=(EventType.MUSIC,), genres=("jazz", "comedy")),
        ListingQuery(performer_ids=("K8vVelvetRivers", "K8vPaperChoir")),
        ListingQuery(venue_ids=("KovBerlinArena", "KovNewYorkStadium")),
        ListingQuery(country="DE", event_types=(EventType.MUSIC,), start_from=START + timedelta(days=30)),
    ],
)
@pytest.mark.parametrize("inclusive", [True, False])
async def test_a_search_finds_exactly_what_matches(full, adapter, listings, query, inclusive):
    full.inclusive = inclusive
    expected = [listing.id for listing in listings if matches(listing, query)]
    found = [listing.id for page in await all_of(adapter, query) for listing in page.listings]
    assert expected
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("inclusive", [True, False])
async def test_the_first_instant_is_in_the_range_and_the_last_is_not(upstream, adapter, inclusive):
    upstream.inclusive = inclusive
    upstream.show([ticketmaster_event(f"at{hour}", at=time(hour), time_zone="UTC") for hour in (19, 20, 21)])
    query = ListingQuery(start_from=START + timedelta(hours=19), start_before=START + timedelta(hours=21))
    assert ids(await adapter.search(query, None, 10)) == ["at19", "at20"]


async def test_nothing_found_is_an_empty_exhausted_page(adapter):
    page = await adapter.search(ListingQuery(start_from=START), None, 10)
    assert (page.listings, page.exhausted, page.total, page.truncated) == ((), True, 0, False)


async def test_the_total_is_the_apis_own_less_what_is_over(upstream, adapter):
    upstream.show(ticketmaster_event(f"e{n}", day=DAY + timedelta(days=n), time_zone="UTC") for n in range(-1, 400))
    query = ListingQuery(start_from=START)
    assert (await adapter.search(query, None, 10)).total == 400


async def test_a_count_that_stops_at_ten_thousand_is_no_total(adapter):
    assert adapter.total({"page": {"totalElements": 9_999}}) == 9_999
    assert adapter.total({"page": {"totalElements": 10_000}}) is None


async def test_test_events_are_left_out(upstream, adapter):
    upstream.show([ticketmaster_event("real"), ticketmaster_event("test", test=True)])
    assert ids(await adapter.search(ListingQuery(), None, 10)) == ["real"]
    assert read(ticketmaster_event("test", test=True)) is None


async def test_a_record_that_cannot_be_read_is_counted_and_costs_no_other(upstream, adapter, caplog):
    upstream.show([ticketmaster_event("good"), ticketmaster_event("bad", name=" ")])
    page = await adapter.search(ListingQuery(), None, 10)
    assert (ids(page), page.rejected) == (["good"], 1)
    assert "a record was left out" in caplog.text


# --- paging ---


async def test_more_events_than_the_api_pages_through_come_whole_in_order_and_once(upstream, adapter):
    records = ticketmaster_world(count=1_400, seed=3, start_day=DAY, days=10)
    upstream.show(records)
    dated = {record["id"] for record in records if "localDate" in record["dates"]["start"]}
    pages = await all_of(adapter, ListingQuery(start_from=START - timedelta(days=1)), limit=990)
    found = [listing.id for page in pages for listing in page.listings]
    assert sorted(found) == sorted(dated)
    assert not any(page.truncated for page in pages)
    assert max(int(request.params["page"]) for request in upstream.requests) == 4


async def test_one_search_goes_past_the_thousandth_event_by_a_new_window(upstream, adapter):
    upstream.show(
        ticketmaster_event(f"e{n:04}", day=DAY + timedelta(days=n // 24), at=time(n % 24), time_zone="UTC", images=[])
        for n in range(1_300)
    )
    page = await adapter.search(ListingQuery(), None, 1_100)
    assert ids(page)[:1_100] == [f"e{n:04}" for n in range(1_100)]
    windows = [request.params.get("startDateTime") for request in upstream.requests]
    assert windows == [None] * 5 + ["2027-07-12T14:59:59Z"]


async def test_a_reader_may_begin_anywhere(upstream, adapter, world):
    upstream.show(world)
    whole = [each.key for page in await all_of(adapter, ListingQuery()) for each in page.listings]
    for place in (0, 137, len(whole) - 2):
        page = await adapter.search(ListingQuery(), whole[place], 30)
        assert [listing.key for listing in page.listings][:30] == whole[place + 1 : place + 31]


async def test_everything_before_the_frontier_is_known(upstream, adapter, world):
    upstream.show(world)
    query = ListingQuery(start_from=START)
    whole = [each.key for page in await all_of(adapter, query) for each in page.listings]
    page = await adapter.search(query, None, 20)
    assert [each.key for each in page.listings] == [key for key in whole if key <= page.frontier]


async def test_events_of_one_instant_come_by_id_across_pages(upstream, adapter):
    upstream.show(ticketmaster_event(f"e{n * 7919 % 700:03}") for n in range(700))
    found = [each.id for page in await all_of(adapter, ListingQuery(), limit=40) for each in page.listings]
    assert found == [f"e{n:03}" for n in range(700)]


@pytest.mark.parametrize("at", [time(20), None], ids=["instant", "day"])
async def test_a_crowd_that_the_api_cannot_page_through_is_said_to_be_truncated_and_passed(upstream, adapter, at):
    crowd = [ticketmaster_event(f"e{n:04}", at=at, images=[], _embedded=None) for n in range(1_100)]
    tomorrow = DAY + timedelta(days=2)
    upstream.show([*crowd, *(ticketmaster_event(f"later{n}", day=tomorrow, at=time(20, n)) for n in range(3))])
    pages = await all_of(adapter, ListingQuery(start_from=START), limit=100)
    found = [each.id for page in pages for each in page.listings]
    assert any(page.truncated for page in pages)
    assert len(found) == len(set(found)) == 1_003
    assert found[-3:] == ["later0", "later1", "later2"]
    assert len(pages) < 10


async def test_an_event_without_a_time_comes_last_in_its_day(upstream, adapter):
    upstream.show(
        [
            ticketmaster_event("anytime", at=None, time_zone="America/New_York"),
            ticketmaster_event("late", at=time(23, 30), time_zone="America/New_York"),
            ticketmaster_event("next", day=DAY + timedelta(days=1), at=time(0, 30), time_zone="America/New_York"),
        ]
    )
    assert ids(await adapter.search(ListingQuery(), None, 10)) == ["late", "anytime", "next"]


async def test_an_event_of_today_without_a_time_is_still_ahead_in_the_evening(upstream, adapter):
    upstream.show(
        [ticketmaster_event("today", at=None), ticketmaster_event("yesterday", day=DAY - timedelta(days=1), at=None)]
    )
    page = await adapter.search(ListingQuery(start_from=START + timedelta(hours=20)), None, 10)
    assert ids(page) == ["today"]


# --- lookup ---


async def test_many_ids_are_one_request_and_the_undated_are_found(upstream, adapter):
    upstream.show([*(ticketmaster_event(f"e{n}") for n in range(5)), ticketmaster_event("undated", day=None)])
    with counting() as tally:
        found = await adapter.lookup(["undated", "e4", "e1", "e4"])
    assert {listing.id for listing in found} == {"undated", "e4", "e1"}
    assert tally.requests == len(upstream.requests) == 1
    assert upstream.requests[0].params["includeTBA"] == upstream.requests[0].params["includeTBD"] == "yes"


async def test_what_the_list_did_not_bring_is_asked_for_by_itself(upstream, adapter):
    upstream.show([ticketmaster_event("e1"), ticketmaster_event("e2")])
    found = await adapter.lookup(["e1", "gone", "e2"])
    assert {listing.id for listing in found} == {"e1", "e2"}
    assert [path for _, path, _ in upstream.requests] == ["/events.json", "/events/gone.json"]


async def test_where_the_api_takes_no_lists_it_is_asked_one_by_one_and_never_again_with_a_list(upstream, adapter):
    upstream.batch_ids = False
    upstream.show(ticketmaster_event(f"e{n}") for n in range(6))
    assert len(await adapter.lookup(["e0", "e1", "e2"])) == 3
    assert len(upstream.requests) == 1 + 3
    upstream.reset()
    assert len(await adapter.lookup(["e3", "e4", "e5"])) == 3
    assert sorted(path for _, path, _ in upstream.requests) == ["/events/e3.json", "/events/e4.json", "/events/e5.json"]


async def test_events_that_are_over_do_not_prove_that_lists_are_not_taken(upstream, adapter):
    upstream.batch_ids = False
    upstream.show(ticketmaster_event(f"e{n}", day=date(2027, 4, 1)) for n in range(3))
    await adapter.lookup(["e0", "e1", "e2"])
    await adapter.lookup(["e0", "e1", "e2"])
    assert [path for _, path, _ in upstream.requests].count("/events.json") == 2


async def test_lists_can_be_switched_off(upstream):
    upstream.show(ticketmaster_event(f"e{n}") for n in range(3))
    adapter = adapter_of(upstream, batch_ids=False)
    assert len(await adapter.lookup(["e0", "e2"])) == 2
    assert sorted(path for _, path, _ in upstream.requests) == ["/events/e0.json", "/events/e2.json"]
    await adapter.aclose()


async def test_a_list_that_is_refused_is_no_failure(upstream, adapter):
    upstream.show(ticketmaster_event(f"e{n}") for n in range(3))
    upstream.fault = Fault.status(400, times=1)
    assert len(await adapter.lookup(["e0", "e2"])) == 2


async def test_an_answer_about_other_events_is_not_taken(upstream, adapter):
    upstream.show(ticketmaster_event(f"e{n}") for n in range(3))
    assert await adapter.lookup(["gone", "../venues/V1", "e0,e1"]) == []
    assert [path for _, path, _ in upstream.requests] == ["/events/gone.json"]


async def test_a_full_batch_keeps_its_address_short(upstream, adapter):
    wanted = [f"vvG1VZKS5pr1qy{n:07}" for n in range(Ticketmaster.info.limits.lookup_batch)]
    upstream.show(ticketmaster_event(each) for each in wanted)
    assert len(await adapter.lookup(wanted)) == 100
    assert len(upstream.requests) == 1
    assert len(str(upstream.requests[0].params)) < 4_000


async def test_venues_and_performers_are_looked_up_by_id(upstream, adapter):
    band, hall = ticketmaster_attraction("K1", "The Band"), ticketmaster_venue("V1", "The Hall")
    upstream.show([ticketmaster_event("e1", attractions=[band], venues=[hall])])
    assert [venue.name for venue in await adapter.venues(["V1", "V2"])] == ["The Hall"]
    assert [performer.name for performer in await adapter.performers(["K1", "K2"])] == ["The Band"]
    assert {path for _, path, _ in upstream.requests} == {
        "/venues/V1.json",
        "/venues/V2.json",
        "/attractions/K1.json",
        "/attractions/K2.json",
    }


async def test_a_lookup_that_fails_in_the_middle_fails_whole(upstream, adapter):
    upstream.show(ticketmaster_event(f"e{n}") for n in range(3))
    upstream.batch_ids = False
    upstream.fault = Fault.status(503, every=3)
    with pytest.raises(Unavailable):
        await adapter.lookup(["e0", "e1", "e2"])


# --- errors ---


async def failure(adapter):
    with pytest.raises(ProviderError) as caught:
        await adapter.search(ListingQuery(start_from=START), None, 10)
    return caught.value


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.down(), Unavailable),
        (Fault.status(500), Unavailable),
        (Fault.status(503), Unavailable),
        (Fault.rate_limited(), RateLimited),
        (Fault.rate_limited(retry_after=5), RateLimited),
        (Fault.truncated(), Malformed),
        (Fault.html(), Malformed),
        (Fault.html(code=502), Unavailable),
        (Fault.empty(), Malformed),
        (Fault.odd(), Malformed),
        (Fault.error_body(), Refused),
    ],
    ids=lambda value: f"{value.kind.name}-{value.code}" if isinstance(value, Fault) else "",
)
async def test_every_fault_is_the_right_kind_of_error(upstream, adapter, fault, kind):
    upstream.show([ticketmaster_event("e1")])
    upstream.fault = fault
    assert isinstance(await failure(adapter), kind)


async def test_an_answer_that_breaks_off_may_be_asked_for_again(upstream):
    upstream.show([ticketmaster_event("e1")])
    adapter = adapter_of(upstream, attempts=2)
    upstream.fault = Fault.truncated(broken_off=True, times=1)
    assert ids(await adapter.search(ListingQuery(), None, 10)) == ["e1"]
    await adapter.aclose()


async def test_a_wrong_key_names_the_setting(upstream):
    adapter = adapter_of(upstream, api_key="not-the-right-key")
    error = await failure(adapter)
    assert isinstance(error, Misconfigured)
    assert (error.missing, error.http_status) == (("api_key",), 401)
    await adapter.aclose()


async def test_a_quota_used_up_is_asked_again_in_an_hour(upstream, adapter):
    upstream.quota = 0
    error = await failure(adapter)
    assert isinstance(error, RateLimited)
    assert error.retry_at == NOW + timedelta(hours=1)


def test_a_quota_whose_end_is_told_is_asked_again_then():
    adapter = Ticketmaster(settings={}, http=None, clock=lambda: NOW)
    reset = NOW + timedelta(hours=5)
    body = b'{"fault": {"faultstring": "x", "detail": {"errorcode": "policies.ratelimit.QuotaViolation"}}}'
    told = {"rate-limit-reset": str(int(reset.timestamp() * 1_000))}
    assert adapter.explain(Answer(status=429, headers=told, content=body, url="")).retry_at == reset


@pytest.mark.parametrize("status", [429, 500])
def test_too_many_in_a_second_is_a_short_pause_whatever_its_status(status):
    adapter = Ticketmaster(settings={}, http=None, clock=lambda: NOW)
    body = b'{"fault": {"faultstring": "x", "detail": {"errorcode": "policies.ratelimit.SpikeArrestViolation"}}}'
    error = adapter.explain(Answer(status=status, headers={}, content=body, url=""))
    assert isinstance(error, RateLimited)
    assert error.retry_at == NOW + timedelta(seconds=1)


async def test_too_many_in_a_second_is_tried_again_and_succeeds(upstream):
    upstream.show([ticketmaster_event("e1")])
    upstream.per_second = 1
    own = {"api_key": KEY, "locale": "*", "batch_ids": True}
    adapter = Ticketmaster(settings=own, http=Http(upstream.url))
    await adapter.search(ListingQuery(), None, 10)
    assert ids(await adapter.search(ListingQuery(), None, 10)) == ["e1"]
    await adapter.aclose()


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"size": 201}, "DIS1036"),
        ({"size": 200, "page": 5}, "DIS1035"),
        ({"startDateTime": "2027-06-01T00:00:00.000Z"}, "DIS1015"),
    ],
)
def test_the_apis_own_errors_are_refusals_in_our_words(upstream, params, code):
    adapter = Ticketmaster(settings={}, http=None)
    answer = httpx.get(f"{upstream.url}/events.json", params={"apikey": KEY} | params, trust_env=False)
    assert answer.json()["errors"][0]["code"] == code
    error = adapter.explain(Answer(status=answer.status_code, headers={}, content=answer.content, url=""))
    assert isinstance(error, Refused)
    assert error.http_status == 400
    assert "must be" not in error.message


async def test_an_error_with_status_200_has_the_status_it_tells(adapter):
    body = b'{"errors": [{"code": "DIS1004", "detail": "x", "status": "404", "_links": {"about": {"href": "/"}}}]}'
    assert adapter.explain(Answer(status=200, headers={}, content=body, url="")).http_status == 404


async def test_the_key_is_in_no_error_no_log_and_no_repr(upstream, adapter, caplog):
    caplog.set_level(logging.DEBUG)
    upstream.show([ticketmaster_event("e1")])
    upstream.quota = 0
    errors = [await failure(adapter)]
    for fault in (Fault.down(), Fault.html(), Fault.status(503), Fault.status(401), Fault.odd(), Fault.error_body()):
        upstream.show([ticketmaster_event("e1")])
        upstream.quota, upstream.fault = None, fault
        another = adapter_of(upstream)
        errors.append(await failure(another))
        await another.aclose()
    shown = [caplog.text, repr(adapter), repr(adapter.http), *(f"{error} {error!r} {error.args}" for error in errors)]
    assert not any(KEY in text for text in shown)


# --- what it reads ---


def test_a_plain_event_is_read_whole():
    band = ticketmaster_attraction("K1", "The Band")
    hall = ticketmaster_venue("V1", " The  Hall ", city="Bath ", point=(51.38, -2.36))
    listing = read(
        ticketmaster_event(
            "e1",
            "The Band &amp; friends",
            attractions=[band],
            venues=[hall],
            sub_genre="Indie Rock",
            info="<p>Bring a <b>coat</b>.</p>",
            promoter={"id": "1", "name": "Some Promoter"},
            ageRestrictions={"legalAgeEnforced": True},
        )
    )
    assert (listing.id, listing.name) == ("e1", "The Band & friends")
    assert listing.start.instant == datetime(2027, 6, 1, 19, tzinfo=UTC)
    assert listing.start.time_zone == "Europe/London"
    assert listing.status is EventStatus.SCHEDULED
    assert listing.event_type is EventType.MUSIC
    assert listing.genres == ("rock", "indie-rock")
    assert listing.description == "Bring a coat."
    assert listing.organizer.name == "Some Promoter"
    assert listing.url == "https://www.ticketmaster.example/event/e1"
    assert listing.age_range == "legal age"
    assert (listing.venue.id, listing.venue.name, listing.venue.address.locality) == ("V1", "The Hall", "Bath")
    assert listing.venue.address.country == "GB"
    assert (listing.venue.point.latitude, listing.venue.point.longitude) == (51.38, -2.36)
    assert listing.performers[0].kind is PerformerKind.MUSIC_GROUP


def dated(start, **dates):
    return read(ticketmaster_event("e1", dates={"start": start, "status": {"code": "onsale"}} | dates))


@pytest.mark.parametrize(
    ("start", "precision"),
    [
        ({"localDate": "2027-06-01", "localTime": "20:00:00", "dateTime": "2027-06-01T19:00:00Z"}, DatePrecision.TIME),
        ({"localDate": "2027-06-01", "localTime": "20:00:00"}, DatePrecision.TIME),
        ({"localDate": "2027-06-01"}, DatePrecision.DATE),
        ({"localDate": "2027-06-01", "noSpecificTime": True}, DatePrecision.DATE),
        ({"localDate": "2027-06-01", "dateTime": "2027-06-01T19:00:00Z", "timeTBA": True}, DatePrecision.DATE),
        ({"localDate": "2027-06-01", "dateTime": "2027-06-01T04:00:00Z", "noSpecificTime": True}, DatePrecision.DATE),
        ({"dateTBA": True}, DatePrecision.TO_BE_ANNOUNCED),
        ({"localDate": "2027-12-31", "dateTBD": True}, DatePrecision.TO_BE_ANNOUNCED),
        ({}, DatePrecision.TO_BE_ANNOUNCED),
    ],
)
def test_a_start_is_as_precise_as_it_is_told(start, precision):
    listing = dated(start)
    assert listing.start.precision is precision
    if precision is DatePrecision.TIME:
        assert listing.start.instant == datetime(2027, 6, 1, 19, tzinfo=UTC)


def test_the_venues_time_zone_stands_in_for_a_missing_or_unknown_one():
    hall = ticketmaster_venue("V1", "Hall", time_zone="America/Denver")
    for name in (None, "Mars/Olympus", ""):
        dates = {"start": {"localDate": "2027-06-01"}, "timezone": name}
        assert read(ticketmaster_event("e1", venues=[hall], dates=dates)).start.time_zone == "America/Denver"


def test_an_event_without_any_time_zone_keeps_its_instant():
    hall = ticketmaster_venue("V1", "Hall", time_zone=None)
    start = {"localDate": "2027-06-01", "localTime": "20:00:00", "dateTime": "2027-06-01T19:00:00Z"}
    assert read(ticketmaster_event("e1", venues=[hall], dates={"start": start})).start.latest.hour == 19


def test_only_an_exact_end_after_the_start_is_one():
    start = {"localDate": "2027-06-01", "dateTime": "2027-06-01T19:00:00Z"}
    assert dated(start, end={"dateTime": "2027-06-01T22:00:00Z"}).end.latest.hour == 22
    assert dated(start, end={"localTime": "20:00:00"}).end is None
    assert dated(start, end={"dateTime": "2027-06-01T22:00:00Z", "approximate": True}).end is None
    assert dated(start, end={"dateTime": "2027-06-01T19:00:00Z"}).end is None


def test_a_moved_event_remembers_when_it_was_to_be():
    listing = dated(
        {"dateTBA": True}, initialStartDate={"dateTime": "2027-03-01T19:00:00Z"}, status={"code": "postponed"}
    )
    assert listing.previous_start == datetime(2027, 3, 1, 19, tzinfo=UTC)
    assert listing.status is EventStatus.POSTPONED


@pytest.mark.parametrize(
    ("code", "status", "availability"),
    [
        ("onsale", EventStatus.SCHEDULED, OfferAvailability.IN_STOCK),
        ("offsale", EventStatus.SCHEDULED, OfferAvailability.OFF_SALE),
        ("cancelled", EventStatus.CANCELLED, OfferAvailability.OFF_SALE),
        ("canceled", EventStatus.CANCELLED, OfferAvailability.OFF_SALE),
        ("postponed", EventStatus.POSTPONED, OfferAvailability.UNKNOWN),
        ("rescheduled", EventStatus.RESCHEDULED, OfferAvailability.UNKNOWN),
        ("brand-new", EventStatus.UNKNOWN, OfferAvailability.UNKNOWN),
        (None, EventStatus.UNKNOWN, OfferAvailability.UNKNOWN),
    ],
)
def test_every_status_code_has_its_meaning(code, status, availability):
    listing = read(ticketmaster_event("e1", status=code))
    assert listing.status is status
    assert listing.offers[0].availability is availability


@pytest.mark.parametrize(
    ("segment", "genre", "sub_genre", "kind", "genres"),
    [
        ("Music", "Rock", "Undefined", EventType.MUSIC, ("rock",)),
        ("Music", "Hip-Hop/Rap", "French Rap", EventType.MUSIC, ("hip-hop", "french-rap")),
        ("Music", "Other", "Other", EventType.MUSIC, ()),
        ("Music", "R&B", "Undefined", EventType.MUSIC, ("r-and-b",)),
        ("Sports", "Basketball", "NBA", EventType.SPORTS, ("basketball", "nba")),
        ("Film", "Comedy", "Comedy", EventType.SCREENING, ("comedy",)),
        ("Arts & Theatre", "Theatre", "Musical", EventType.THEATER, ("theater", "musical")),
        ("Arts & Theatre", "Comedy", "Comedy", EventType.COMEDY, ("comedy",)),
        ("Arts & Theatre", "Dance", "Ballet", EventType.DANCE, ("dance", "ballet")),
        ("Arts & Theatre", "Miscellaneous Theatre", "Undefined", EventType.THEATER, ()),
        ("Arts & Theatre", "Children's Theatre", "Undefined", EventType.FAMILY, ("childrens-theatre",)),
        ("Miscellaneous", "Fairs & Festivals", "Undefined", EventType.FESTIVAL, ("fairs-and-festivals",)),
        ("Miscellaneous", "Undefined", "Undefined", EventType.OTHER, ()),
        ("Undefined", "Undefined", "Undefined", EventType.OTHER, ()),
    ],
)
def test_classifications_are_a_kind_of_event_and_genres(segment, genre, sub_genre, kind, genres):
    listing = read(ticketmaster_event("e1", segment=segment, genre=genre, sub_genre=sub_genre))
    assert (listing.event_type, listing.genres) == (kind, genres)


def test_a_segment_is_known_in_any_language_and_an_unclassified_event_is_other():
    music = {"primary": True, "segment": {"id": "KZFzniwnSyZfZ7v7nJ", "name": "Musique"}}
    assert read(ticketmaster_event("e1", classifications=[music])).event_type is EventType.MUSIC
    assert read(ticketmaster_event("e1", classifications=None)).event_type is EventType.OTHER


def test_the_first_act_of_a_concert_is_the_headliner():
    acts = [ticketmaster_attraction(f"K{n}", f"Act {n}") for n in range(3)]
    roles = [performer.role for performer in read(ticketmaster_event("e1", attractions=acts)).performers]
    assert roles == [PerformanceRole.HEADLINER, PerformanceRole.SUPPORT, PerformanceRole.SUPPORT]
    match = read(ticketmaster_event("e1", attractions=acts, segment="Sports"))
    assert {performer.role for performer in match.performers} == {PerformanceRole.OTHER}


def test_a_performers_links_are_ids_elsewhere():
    links = {
        "musicbrainz": [{"id": "83d91898-7763-47d7-b03b-b92132375c47"}],
        "spotify": [{"url": "https://open.spotify.com/artist/0k17h0D3J5VfsdmQ1iZtE9?autoplay=true"}],
        "wiki": [{"url": "https://en.wikipedia.org/wiki/Example"}],
        "homepage": [{"url": "http://band.example/"}, {"url": "not an address"}],
        "twitter": [{"url": "https://twitter.example/band"}],
    }
    band = ticketmaster_attraction("K1", "The Band", links=links)
    external = read(ticketmaster_event("e1", attractions=[band])).performers[0].external_ids
    assert {each.scheme for each in external} == {"musicbrainz", "spotify", "wikipedia", "homepage"}
    assert ExternalId("spotify", "0k17h0D3J5VfsdmQ1iZtE9", links["spotify"][0]["url"]) in external
    assert external[0].value == "83d91898-7763-47d7-b03b-b92132375c47"


def test_an_event_in_several_places_is_found_by_the_names_of_all():
    halls = [ticketmaster_venue(f"V{n}", f"Hall {n}") for n in range(3)]
    listing = read(ticketmaster_event("e1", venues=halls))
    assert (listing.venue.name, listing.keywords) == ("Hall 0", ("Hall 1", "Hall 2"))


def test_a_venue_with_odd_fields_is_kept_without_them():
    odd = ticketmaster_venue("V1", "Hall") | {
        "country": {"countryCode": "Great Britain"},
        "location": {"latitude": "", "longitude": "x"},
        "timezone": "Nowhere",
        "url": "//broken",
        "address": None,
    }
    venue = read(ticketmaster_event("e1", venues=[odd])).venue
    assert (venue.name, venue.address.country, venue.point, venue.time_zone, venue.url) == (
        "Hall",
        None,
        None,
        None,
        None,
    )


def test_a_venue_without_a_name_is_called_by_its_street_and_without_both_there_is_none():
    hall = ticketmaster_venue("V1", "")
    assert read(ticketmaster_event("e1", venues=[hall])).venue.name == "1 Stage Street"
    assert read(ticketmaster_event("e1", venues=[hall | {"address": {}}])).venue is None
    assert read(ticketmaster_event("e1", _embedded=None)).venue is None


def test_stock_pictures_give_way_to_the_events_own_and_the_widest_few_are_kept():
    def picture(width, *, fallback=False):
        return {"url": f"https://img.example/{width}.jpg", "width": width, "height": 9, "fallback": fallback}

    own = [picture(width) for width in range(10, 90, 10)]
    images = read(ticketmaster_event("e1", images=[picture(4_000, fallback=True), *own])).images
    assert [image.width for image in images] == [80, 70, 60, 50, 40, 30]
    assert len(read(ticketmaster_event("e1", images=[picture(100, fallback=True)])).images) == 1


def test_price_ranges_are_offers_in_exact_decimals():
    ranges = [
        {"type": "standard", "currency": "GBP", "min": 42.34, "max": 80},
        {"type": "standard including fees", "currency": "GBP", "min": 45.0, "max": 84.5},
        {"type": "resale", "currency": "gbp", "min": 99.99},
    ]
    standard, fees, resale = read(ticketmaster_event("e1", priceRanges=ranges)).offers
    assert (standard.low_price, standard.high_price, standard.currency) == (Decimal("42.34"), Decimal(80), "GBP")
    assert (standard.fees_included, fees.fees_included) == (None, True)
    assert (resale.kind, resale.high_price) == (OfferKind.RESALE, None)
    assert standard.url == "https://www.ticketmaster.example/event/e1"


@pytest.mark.parametrize(
    "odd",
    [
        {"currency": "GBP", "min": 0, "max": 0},
        {"currency": "pounds", "min": 5, "max": 9},
        {"min": 5, "max": 9},
        {"currency": "GBP", "min": -1, "max": "many"},
        "free",
    ],
)
def test_a_price_range_that_says_nothing_leaves_the_sale_itself(odd):
    (offer,) = read(ticketmaster_event("e1", priceRanges=[odd])).offers
    assert (offer.low_price, offer.currency) == (None, None)
    assert offer.valid_from == datetime(2026, 12, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("placeholder", ["1900-01-01T06:00:00Z", "1900-01-01T18:00:00Z", "soon", None])
def test_a_sale_that_began_in_1900_has_no_known_beginning(placeholder):
    sales = {"public": {"startDateTime": placeholder, "endDateTime": "2027-06-01T18:00:00Z"}}
    (offer,) = read(ticketmaster_event("e1", sales=sales)).offers
    assert offer.valid_from is None
    assert offer.valid_through is not None


def test_the_venue_is_no_promoter():
    assert read(ticketmaster_event("e1", promoter={"name": "PROMOTED BY VENUE"})).organizer is None
    assert read(ticketmaster_event("e1", promoter={"id": "494"})).organizer is None
    assert read(ticketmaster_event("e1", promoters=[{"name": "Another"}])).organizer.name == "Another"


@pytest.mark.parametrize(
    "gone", ["images", "sales", "dates", "classifications", "_embedded", "_links", "url", "locale"]
)
@pytest.mark.parametrize("instead", [None, [], {}, "x", 7])
def test_one_odd_field_costs_no_event(gone, instead):
    record = ticketmaster_event("e1", attractions=[ticketmaster_attraction("K1", "The Band")])
    odd = {name: value for name, value in record.items() if name != gone}
    assert read(odd if instead is None else odd | {gone: instead}).id == "e1"


def test_it_gives_credit_where_it_is_due():
    attribution = Ticketmaster.info.attribution
    assert attribution.required
    assert re.match("https://www.ticketmaster", attribution.url)


def test_the_made_up_world_is_the_same_each_time_and_has_every_kind_of_start(world):
    assert world == ticketmaster_world(count=450, seed=7, start_day=DAY)
    listings = [read(record) for record in world]
    assert len({listing.id for listing in listings}) == 450
    assert {listing.start.precision for listing in listings} == {
        DatePrecision.TIME,
        DatePrecision.DATE,
        DatePrecision.TO_BE_ANNOUNCED,
    }
    assert EventStatus.CANCELLED in {listing.status for listing in listings}
    assert max(len(listing.performers) for listing in listings) > 1
    instants = [listing.key.instant for listing in listings]
    assert len(set(instants)) < len(instants)


async def test_a_seek_beyond_the_last_event_finds_the_end(upstream, adapter, world):
    upstream.show(world)
    page = await adapter.search(ListingQuery(), Key(START + timedelta(days=400), "x"), 10)
    assert (page.listings, page.exhausted) == ((), True)


class TestContract(ProviderContract):
    provider_class = Ticketmaster

    @pytest.fixture
    async def provider(self, upstream):
        start = datetime.now(UTC).date() + timedelta(days=1)
        upstream.show(ticketmaster_world(count=120, seed=5, start_day=start))
        http = Http(upstream.url, redactor=Redactor(KEY))
        made = Ticketmaster(settings={"api_key": KEY, "locale": "*", "batch_ids": True}, http=http)
        yield made
        await made.aclose()
