import logging
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from providers import (
    Answer,
    Capability,
    Circle,
    Configuration,
    DatePrecision,
    DateWindows,
    EventStatus,
    EventType,
    Http,
    Kind,
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
    build,
    counting,
    matches,
)
from providers.seatgeek import SeatGeek
from providers.seatgeek.countries import spellings
from providers.testing import (
    FakeSeatGeek,
    Fault,
    ProviderContract,
    seatgeek_event,
    seatgeek_performer,
    seatgeek_venue,
    seatgeek_world,
)

DAY = date(2027, 6, 1)
NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
START = datetime(2027, 6, 1, tzinfo=UTC)
CLIENT = "fake-client-5d41402abc4b"
SETTINGS = {"client_id": CLIENT, "may_mix_sellers": True}


@pytest.fixture(scope="module")
def running():
    with FakeSeatGeek(client_id=CLIENT) as upstream:
        yield upstream


@pytest.fixture
def upstream(running):
    running.reset()
    running.show([])
    running.page_size, running.depth, running.captcha = 50, 10_000, False
    return running


@pytest.fixture
async def adapter(upstream):
    made = adapter_of(upstream)
    yield made
    await made.aclose()


def adapter_of(upstream, *, client_id=CLIENT, attempts=1):
    http = Http(upstream.url, redactor=Redactor(client_id), patience=Patience(attempts=attempts, first_wait=0.01))
    return SeatGeek(settings=SETTINGS | {"client_id": client_id}, http=http, clock=lambda: NOW)


def read(record):
    """The record as the adapter reads it; no server is needed."""
    return SeatGeek(settings=SETTINGS, http=None).listing(record)


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
        assert seek is None or page.frontier > seek
        seek = page.frontier


# --- whether it is asked ---


def enrolled(**table):
    kind = Kind(name="seatgeek", package="event-gateway 1", ours=True, provider_class=SeatGeek)
    return build([kind], Configuration(providers={"seatgeek": table})).get("seatgeek")


@pytest.mark.parametrize("consent", [{}, {"may_mix_sellers": False}])
def test_with_its_key_alone_it_is_not_asked_and_says_why(consent):
    entry = enrolled(client_id=CLIENT, **consent)
    assert (entry.enabled, entry.provider, entry.missing) == (False, None, ("may_mix_sellers",))
    assert "lets you show its events beside other sellers'" in entry.problem


def test_switching_it_on_is_no_consent():
    entry = enrolled(client_id=CLIENT, enabled=True)
    assert entry.provider is None
    assert "may_mix_sellers (true, if your agreement" in entry.problem


def test_with_both_it_is_asked():
    entry = enrolled(client_id=CLIENT, may_mix_sellers=True)
    assert (entry.enabled, entry.problem) == (True, None)
    assert entry.provider.http.base_url == "https://api.seatgeek.com/2"


# --- what it asks ---


async def asked_for(upstream, adapter, query):
    await adapter.search(query, None, 10)
    return upstream.requests[-1].params


async def test_a_search_asks_for_fifty_in_order_of_date(upstream, adapter):
    params = await asked_for(upstream, adapter, ListingQuery())
    assert dict(params) == {"per_page": "50", "page": "1", "sort": "datetime_utc.asc", "client_id": CLIENT}


@pytest.mark.parametrize(
    ("query", "params"),
    [
        (ListingQuery(keyword="big & loud"), {"q": ["big & loud"]}),
        (ListingQuery(country="US"), {"venue.country": ["US", "United States"]}),
        (ListingQuery(country="BR"), {"venue.country": ["BR", "Brazil"]}),
        (ListingQuery(city=Place(name="Chicago", country="US")), {"venue.city": ["Chicago"], "venue.country": []}),
        (ListingQuery(performer_ids=("1", "2")), {"performers.id": ["1,2"]}),
        (ListingQuery(venue_ids=("7", "x", "8")), {"venue.id": ["7,8"]}),
        (ListingQuery(event_types=(EventType.COMEDY,)), {"taxonomies.name": ["comedy"]}),
        (
            ListingQuery(event_types=(EventType.SPORTS, EventType.DANCE)),
            {"taxonomies.name": ["sports", "dance_performance_tour"]},
        ),
        (ListingQuery(genres=("opera", "nba")), {"taxonomies.name": ["classical_opera", "nba"]}),
        (ListingQuery(genres=("r-and-b", "rock")), {"genres[primary].slug": ["rnb", "rock"]}),
        (ListingQuery(genres=("opera", "rock")), {"genres[primary].slug": [], "taxonomies.name": []}),
        (
            ListingQuery(genres=("rock",), event_types=(EventType.FESTIVAL,)),
            {"genres[primary].slug": ["rock"], "taxonomies.name": ["music_festival"]},
        ),
        (
            ListingQuery(near=Circle(center=Point(latitude=0, longitude=-0.5), radius_km=10)),
            {"lat": ["0"], "lon": ["-0.5"], "range": ["11km"]},
        ),
        (ListingQuery(start_from=START), {"datetime_utc.gte": ["2027-05-30T23:00:00"]}),
        (
            ListingQuery(start_before=datetime(2027, 6, 2, 0, 0, 0, 1, tzinfo=UTC)),
            {"datetime_utc.lt": ["2027-06-02T00:00:01"]},
        ),
    ],
)
async def test_every_condition_has_its_parameter(upstream, adapter, query, params):
    sent = await asked_for(upstream, adapter, query)
    assert {name: sent.getlist(name) for name in params} == params


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(event_types=(EventType.FOOD, EventType.CONFERENCE)),
        ListingQuery(venue_ids=("KovZHall",)),
        ListingQuery(country="CA", city=Place(name="Chicago", country="US")),
    ],
)
async def test_what_cannot_match_is_not_asked(upstream, adapter, query):
    page = await adapter.search(query, None, 10)
    assert (page.listings, page.exhausted, upstream.requests) == ((), True, [])


def test_it_declares_no_total_since_its_own_counts_events_without_a_date():
    assert Capability.TOTAL_COUNT not in SeatGeek.info.capabilities


# --- what it finds ---


@pytest.fixture(scope="module")
def world():
    return seatgeek_world(count=400, seed=7, start_day=DAY)


@pytest.fixture(scope="module")
def listings(world):
    """The made-up events that a search can find."""
    every = [read(record) for record in world]
    return [each for each in every if each.start.precision is not DatePrecision.TO_BE_ANNOUNCED]


CHICAGO = Point(latitude=41.8781, longitude=-87.6298)


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(keyword="velvet rivers"),
        ListingQuery(country="CA"),
        ListingQuery(country="GB", event_types=(EventType.MUSIC,)),
        ListingQuery(city=Place(name="Los Angeles", country="US")),
        ListingQuery(near=Circle(center=CHICAGO, radius_km=2.5)),
        ListingQuery(near=Circle(center=CHICAGO, radius_km=100)),
        ListingQuery(start_from=START + timedelta(days=3, hours=19), start_before=START + timedelta(days=9, hours=19)),
        ListingQuery(event_types=(EventType.THEATER,)),
        ListingQuery(event_types=(EventType.COMEDY, EventType.FESTIVAL)),
        ListingQuery(genres=("theater",)),
        ListingQuery(genres=("r-and-b", "electronic")),
        ListingQuery(genres=("opera", "basketball")),
        ListingQuery(genres=("opera", "rock")),
        ListingQuery(event_types=(EventType.FESTIVAL,), genres=("electronic", "comedy")),
        ListingQuery(performer_ids=("12", "34")),
        ListingQuery(venue_ids=("1", "204")),
    ],
)
async def test_a_search_finds_exactly_what_matches(upstream, adapter, world, listings, query):
    upstream.show(world)
    expected = [listing.id for listing in listings if matches(listing, query)]
    found = [listing.id for page in await all_of(adapter, query) for listing in page.listings]
    assert expected
    assert sorted(found) == sorted(expected)


async def test_nothing_found_is_an_empty_exhausted_page(adapter):
    page = await adapter.search(ListingQuery(start_from=START), None, 10)
    assert (page.listings, page.exhausted, page.total, page.truncated) == ((), True, None, False)


async def test_a_record_that_cannot_be_read_is_counted_and_costs_no_other(upstream, adapter, caplog):
    upstream.show([seatgeek_event(1), seatgeek_event(2, title=" ", short_title="")])
    page = await adapter.search(ListingQuery(), None, 10)
    assert (ids(page), page.rejected) == (["1"], 1)
    assert "a record was left out" in caplog.text


# --- paging ---


async def test_many_pages_come_whole_in_order_and_once(upstream, adapter):
    records = seatgeek_world(count=700, seed=3, start_day=DAY, days=6)
    upstream.show(records)
    dated = {str(record["id"]) for record in records if not record["date_tbd"]}
    pages = await all_of(adapter, ListingQuery(start_from=START - timedelta(days=1)), limit=90)
    found = [listing.id for page in pages for listing in page.listings]
    assert sorted(found) == sorted(dated)
    assert not any(page.truncated for page in pages)


async def test_smaller_pages_than_asked_for_are_read_to_the_end(upstream, adapter, world):
    upstream.show(world)
    upstream.page_size = 20
    found = [listing.id for page in await all_of(adapter, ListingQuery()) for listing in page.listings]
    assert len(found) == len(set(found)) == sum(not record["date_tbd"] for record in world)
    sizes = [request.params["per_page"] for request in upstream.requests]
    assert sizes[:3] == ["50", "20", "20"]


async def test_past_the_depth_that_it_serves_a_new_window_begins(upstream, monkeypatch):
    upstream.depth = 100
    upstream.show(seatgeek_event(n + 1, day=DAY + timedelta(days=n // 24), at=time(n % 24)) for n in range(330))
    monkeypatch.setattr(SeatGeek, "paging", DateWindows(size=50, depth=100, max_requests=30))
    adapter = adapter_of(upstream)
    page = await adapter.search(ListingQuery(), None, 300)
    assert ids(page)[:300] == [str(n + 1) for n in range(300)]
    assert not page.truncated
    assert {request.params["page"] for request in upstream.requests} == {"1", "2"}
    await adapter.aclose()


async def test_an_empty_page_where_there_was_more_is_an_error_not_the_end(upstream, adapter):
    upstream.depth = 50
    upstream.show(seatgeek_event(n + 1, at=time(n % 24)) for n in range(80))
    with pytest.raises(Unavailable, match="lost its place"):
        await adapter.search(ListingQuery(), None, 100)


async def test_the_day_before_a_seek_is_read_again_without_repeats(upstream, adapter):
    upstream.show(seatgeek_event(n + 1, at=None if n % 9 == 0 else time(n % 24)) for n in range(600))
    pages = await all_of(adapter, ListingQuery(start_from=START), limit=60)
    found = [each.id for page in pages for each in page.listings]
    assert len(found) == len(set(found)) == 600
    assert not any(page.truncated for page in pages)


async def test_an_event_without_a_time_comes_last_in_its_day(upstream, adapter):
    upstream.show(
        [
            seatgeek_event(1, at=None),
            seatgeek_event(2, at=time(23, 30)),
            seatgeek_event(3, day=DAY + timedelta(days=1), at=time(0, 30)),
        ]
    )
    assert ids(await adapter.search(ListingQuery(), None, 10)) == ["2", "1", "3"]


async def test_an_event_of_today_without_a_time_is_still_ahead_in_the_evening(upstream, adapter):
    upstream.show([seatgeek_event(1, at=None), seatgeek_event(2, day=DAY - timedelta(days=1), at=None)])
    page = await adapter.search(ListingQuery(start_from=START + timedelta(hours=20)), None, 10)
    assert ids(page) == ["1"]


async def test_an_event_without_a_date_is_in_no_list_by_date(upstream, adapter):
    upstream.show([seatgeek_event(1), seatgeek_event(2, dated=False)])
    assert ids(await adapter.search(ListingQuery(start_from=NOW), None, 10)) == ["1"]


# --- lookup ---


async def test_many_ids_are_one_request_and_the_undated_are_found(upstream, adapter):
    upstream.show([*(seatgeek_event(n) for n in range(1, 6)), seatgeek_event(9, dated=False)])
    with counting() as tally:
        found = await adapter.lookup(["9", "4", "77", "4", "1"])
    assert {listing.id for listing in found} == {"9", "4", "1"}
    assert tally.requests == len(upstream.requests) == 1
    assert upstream.requests[0].params["id"] == "9,4,77,1"


async def test_a_full_batch_fits_a_page(upstream, adapter):
    upstream.show(seatgeek_event(n) for n in range(1, 60))
    wanted = [str(n) for n in range(1, SeatGeek.info.limits.lookup_batch + 1)]
    assert len(await adapter.lookup(wanted)) == 50


async def test_ids_that_are_none_of_theirs_are_not_asked_for(upstream, adapter):
    assert await adapter.lookup(["x", "../venues/1", "1,2"]) == []
    assert upstream.requests == []


async def test_venues_and_performers_are_looked_up_by_id(upstream, adapter):
    upstream.show(
        [seatgeek_event(1, venue=seatgeek_venue(7, "The Hall"), performers=[seatgeek_performer(8, "The Band")])]
    )
    assert [venue.name for venue in await adapter.venues(["7", "9"])] == ["The Hall"]
    assert [performer.name for performer in await adapter.performers(["8", "9", "x"])] == ["The Band"]
    assert await adapter.venues(["x"]) == []
    assert [path for _, path, _ in upstream.requests] == ["/venues", "/performers"]


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
        (Fault.status(403), Misconfigured),
        (Fault.rate_limited(), RateLimited),
        (Fault.rate_limited(retry_after=5), RateLimited),
        (Fault.truncated(), Malformed),
        (Fault.html(), Malformed),
        (Fault.html(code=403), Refused),
        (Fault.html(code=502), Unavailable),
        (Fault.empty(), Malformed),
        (Fault.odd(), Malformed),
        (Fault.error_body(), Refused),
    ],
    ids=lambda value: f"{value.kind.name}-{value.code}" if isinstance(value, Fault) else "",
)
async def test_every_fault_is_the_right_kind_of_error(upstream, adapter, fault, kind):
    upstream.show([seatgeek_event(1)])
    upstream.fault = fault
    assert isinstance(await failure(adapter), kind)


async def test_a_wrong_client_id_names_the_setting(upstream):
    adapter = adapter_of(upstream, client_id="not-the-right-client")
    error = await failure(adapter)
    assert isinstance(error, Misconfigured)
    assert (error.missing, error.http_status) == (("client_id",), 403)
    await adapter.aclose()


async def test_a_captcha_is_said_to_be_one_and_not_a_wrong_key(upstream, adapter):
    upstream.captcha = True
    error = await failure(adapter)
    assert not isinstance(error, Misconfigured)
    assert "captcha" in error.message


def test_an_error_with_status_200_has_the_status_it_tells():
    adapter = SeatGeek(settings=SETTINGS, http=None)
    body = b'{"status": 400, "message": "page size too large. maximum 5000", "meta": {"status": 400}}'
    error = adapter.explain(Answer(status=200, headers={}, content=body, url=""))
    assert (type(error), error.http_status) == (Refused, 400)
    assert "5000" not in error.message


async def test_the_client_id_is_in_no_error_no_log_and_no_repr(upstream, adapter, caplog):
    caplog.set_level(logging.DEBUG)
    upstream.show([seatgeek_event(1)])
    errors = []
    for fault in (Fault.down(), Fault.html(), Fault.status(503), Fault.status(401), Fault.odd(), Fault.error_body()):
        upstream.fault = fault
        errors.append(await failure(adapter))
    shown = [caplog.text, repr(adapter), repr(adapter.http), *(f"{error} {error!r} {error.args}" for error in errors)]
    assert not any(CLIENT in text for text in shown)


# --- what it reads ---


def test_a_plain_event_is_read_whole():
    hall = seatgeek_venue(7, " The  Hall ", city="Chicago ", point=(41.88, -87.62))
    listing = read(
        seatgeek_event(
            1,
            "The Band &amp; friends",
            venue=hall | {"capacity": 900},
            performers=[seatgeek_performer(8, "The Band", genres=("indie", "rock"))],
            description="<p>Bring a <b>coat</b>.</p>",
            enddatetime_utc="2027-06-02T04:00:00",
        )
    )
    assert (listing.id, listing.name) == ("1", "The Band & friends")
    assert listing.start.instant == datetime(2027, 6, 2, 1, tzinfo=UTC)
    assert (listing.start.day, listing.start.time_zone) == (DAY, "America/Chicago")
    assert listing.end.latest == datetime(2027, 6, 2, 4, tzinfo=UTC)
    assert (listing.status, listing.event_type) == (EventStatus.SCHEDULED, EventType.MUSIC)
    assert listing.genres == ("indie",)
    assert listing.description == "Bring a coat."
    assert listing.url == "https://seatgeek.example/e/1"
    assert (listing.venue.id, listing.venue.name, listing.venue.address.locality) == ("7", "The Hall", "Chicago")
    assert (listing.venue.address.country, listing.venue.address.region, listing.venue.capacity) == ("US", "IL", 900)
    assert listing.venue.point == Point(latitude=41.88, longitude=-87.62)
    (band,) = listing.performers
    assert (band.id, band.kind, band.genres) == ("8", PerformerKind.MUSIC_GROUP, ("indie", "rock"))
    assert listing.images == band.images


def test_a_time_to_be_determined_is_a_day_whatever_time_stands_there():
    for utc in ("2027-06-01T08:30:00", "2027-06-02T04:59:00"):
        listing = read(seatgeek_event(1, at=None, datetime_utc=utc))
        assert (listing.start.precision, listing.start.day) == (DatePrecision.DATE, DAY)


def test_a_date_to_be_determined_is_no_date_whatever_date_stands_there():
    assert read(seatgeek_event(1, dated=False)).start.precision is DatePrecision.TO_BE_ANNOUNCED


def test_an_older_record_says_only_that_date_and_time_are_to_be_determined():
    record = seatgeek_event(1) | {"datetime_tbd": True}
    for name in ("date_tbd", "time_tbd"):
        del record[name]
    assert read(record).start.precision is DatePrecision.TO_BE_ANNOUNCED


def test_at_a_venue_without_a_time_zone_the_two_times_tell_the_day():
    record = seatgeek_event(1, venue=seatgeek_venue(7, time_zone=None)) | {"datetime_utc": "2027-06-02T01:00:00"}
    start = read(record).start
    assert (start.latest, start.day, start.time_zone) == (datetime(2027, 6, 2, 1, tzinfo=UTC), DAY, None)


def test_an_event_without_its_utc_time_is_at_its_local_one():
    start = read(seatgeek_event(1, datetime_utc=None)).start
    assert start.latest == datetime(2027, 6, 2, 1, tzinfo=UTC)
    assert read(seatgeek_event(1, datetime_utc=None, datetime_local=None)).start.day is None


def test_an_end_belongs_to_an_exact_start_and_comes_after_it():
    assert read(seatgeek_event(1, at=None, enddatetime_utc="2028-06-01T00:00:00")).end is None
    assert read(seatgeek_event(1, enddatetime_utc="2027-06-01T00:00:00")).end is None


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("normal", EventStatus.SCHEDULED),
        ("cancelled", EventStatus.CANCELLED),
        ("canceled", EventStatus.CANCELLED),
        ("postponed", EventStatus.POSTPONED),
        ("rescheduled", EventStatus.RESCHEDULED),
        ("contingent", EventStatus.UNKNOWN),
        ("brand-new", EventStatus.UNKNOWN),
    ],
)
def test_every_status_has_its_meaning(code, status):
    assert read(seatgeek_event(1, status=code)).status is status


def test_an_older_record_without_a_status_is_scheduled():
    record = seatgeek_event(1)
    del record["status"]
    assert read(record).status is EventStatus.SCHEDULED


@pytest.mark.parametrize(
    ("taxonomies", "kind", "genres"),
    [
        (("concert",), EventType.MUSIC, ()),
        (("music_festival", "concert"), EventType.FESTIVAL, ()),
        (("concert", "music-festival"), EventType.FESTIVAL, ()),
        (("sports", "basketball", "nba"), EventType.SPORTS, ("basketball", "nba")),
        (("sports", "hockey", "minor_league_hockey"), EventType.SPORTS, ("hockey", "minor-league-hockey")),
        (("theater",), EventType.THEATER, ("theater",)),
        (("theater", "broadway_tickets_national"), EventType.THEATER, ("theater",)),
        (("theater", "comedy"), EventType.COMEDY, ("comedy",)),
        (("theater", "classical", "classical_opera"), EventType.MUSIC, ("classical", "opera")),
        (("theater", "dance_performance_tour"), EventType.DANCE, ("dance",)),
        (("theater", "family"), EventType.FAMILY, ()),
        (("theater", "film"), EventType.SCREENING, ()),
        (("theater", "literary"), EventType.LITERARY, ()),
        (("parking",), EventType.OTHER, ()),
    ],
)
def test_taxonomies_are_a_kind_of_event_and_genres(taxonomies, kind, genres):
    listing = read(seatgeek_event(1, taxonomies=taxonomies))
    assert (listing.event_type, listing.genres) == (kind, genres)


def test_only_what_a_search_can_find_is_the_events_genre():
    acts = [seatgeek_performer(1, genres=("rnb", "soul")), seatgeek_performer(2, genres=("classical",))]
    listing = read(seatgeek_event(1, performers=acts))
    assert listing.genres == ("r-and-b",)
    assert [performer.genres for performer in listing.performers] == [("r-and-b", "soul"), ("classical",)]


def test_the_primary_performer_is_the_headliner_but_in_a_match():
    acts = [seatgeek_performer(1), seatgeek_performer(2, primary=False)]
    roles = [performer.role for performer in read(seatgeek_event(1, performers=acts)).performers]
    assert roles == [PerformanceRole.HEADLINER, PerformanceRole.SUPPORT]
    match = read(seatgeek_event(1, performers=acts, taxonomies=("sports", "soccer")))
    assert {performer.role for performer in match.performers} == {PerformanceRole.OTHER}


@pytest.mark.parametrize(
    ("kind", "taxonomy", "expected"),
    [
        ("band", "concerts", PerformerKind.MUSIC_GROUP),
        ("nba", "sports", PerformerKind.SPORTS_TEAM),
        ("theater_comedy", "theater", PerformerKind.THEATER_GROUP),
        ("something", "concerts", PerformerKind.OTHER),
    ],
)
def test_a_performers_type_is_its_kind(kind, taxonomy, expected):
    act = seatgeek_performer(1, kind=kind, taxonomy=taxonomy)
    assert read(seatgeek_event(1, performers=[act])).performers[0].kind is expected


def test_pictures_come_widest_first_with_their_credit():
    images = {
        "huge": "https://img.example/huge.jpg",
        "fb_600_315": "https://img.example/600.jpg",
        "1200x627": "https://img.example/1200.jpg",
        "odd": "not an address",
    }
    act = seatgeek_performer(1) | {"images": images, "image": images["huge"], "image_attribution": "A. Photographer"}
    (band,) = read(seatgeek_event(1, performers=[act])).performers
    assert [(image.url[-8:], image.width) for image in band.images] == [
        ("1200.jpg", 1200),
        ("/600.jpg", 600),
        ("huge.jpg", None),
    ]
    assert {image.credit_text for image in band.images} == {"A. Photographer"}


def test_pictures_may_be_missing_in_every_way():
    for images, image in (({}, None), (None, None), ([], "")):
        act = seatgeek_performer(1) | {"images": images, "image": image}
        assert read(seatgeek_event(1, performers=[act])).images == ()


def test_withheld_prices_leave_an_offer_without_a_price():
    (offer,) = read(seatgeek_event(1)).offers
    assert (offer.low_price, offer.currency, offer.kind) == (None, None, OfferKind.RESALE)
    assert (offer.url, offer.seller) == ("https://seatgeek.example/e/1", "SeatGeek")
    assert offer.availability is OfferAvailability.UNKNOWN


def test_prices_are_dollars_in_the_united_states_and_of_no_currency_elsewhere():
    stats = {"listing_count": 9, "lowest_price": 62, "highest_price": 296.5}
    (offer,) = read(seatgeek_event(1, stats=stats, is_open=True)).offers
    assert (offer.low_price, offer.high_price, offer.currency) == (Decimal(62), Decimal("296.5"), "USD")
    assert (offer.kind, offer.availability) == (OfferKind.PRIMARY, OfferAvailability.IN_STOCK)
    (abroad,) = read(seatgeek_event(1, stats=stats, venue=seatgeek_venue(7, country="Canada"))).offers
    assert (abroad.low_price, abroad.currency) == (None, None)


def test_a_cancelled_event_is_not_on_sale():
    stats = {"listing_count": 9, "lowest_price": 62, "highest_price": 296}
    (offer,) = read(seatgeek_event(1, stats=stats, status="cancelled")).offers
    assert offer.availability is OfferAvailability.OFF_SALE


@pytest.mark.parametrize(
    ("written", "code"),
    [("US", "US"), ("Brazil", "BR"), ("Canada", "CA"), ("UK", "GB"), ("CA", "CA"), ("Narnia", None)],
)
def test_a_country_is_known_by_its_code_or_name(written, code):
    read_back = read(seatgeek_event(1, venue=seatgeek_venue(1, country=written)))
    assert read_back.venue.address.country == code
    assert read(seatgeek_event(1, venue=seatgeek_venue(7, country=written))).venue.address.country == code


def test_every_spelling_of_a_country_is_asked_for():
    assert spellings("GB") == ["GB", "England", "Northern Ireland", "Scotland", "UK", "United Kingdom", "Wales"]
    assert spellings("XK") == ["XK"]


def test_a_venue_with_odd_fields_is_kept_without_them():
    odd = {"location": {"lat": None, "lon": "x"}, "timezone": "Nowhere", "url": "//x", "state": None}
    venue = read(seatgeek_event(1) | {"venue": seatgeek_venue(7) | odd}).venue
    assert venue.name == "The Hall"
    assert (venue.point, venue.time_zone, venue.url, venue.address.region) == (None, None, None, None)


def test_a_place_off_the_coast_of_africa_is_none_and_a_venue_has_a_name():
    assert read(seatgeek_event(1, venue=seatgeek_venue(7, point=(0, 0)))).venue.point is None
    assert read(seatgeek_event(1, venue=seatgeek_venue(7, ""))).venue is None


@pytest.mark.parametrize("gone", ["performers", "stats", "taxonomies", "venue", "url", "status", "images", "type"])
@pytest.mark.parametrize("instead", [None, [], {}, "x", 7])
def test_one_odd_field_costs_no_event(gone, instead):
    record = seatgeek_event(1, performers=[seatgeek_performer(1)])
    odd = {name: value for name, value in record.items() if name != gone}
    assert read(odd if instead is None else odd | {gone: instead}).id == "1"


def test_it_gives_credit_where_it_is_due():
    attribution = SeatGeek.info.attribution
    assert (attribution.required, attribution.url) == (True, "https://seatgeek.com")


def test_the_made_up_world_is_the_same_each_time_and_has_every_kind_of_start(world):
    assert world == seatgeek_world(count=400, seed=7, start_day=DAY)
    listings = [read(record) for record in world]
    assert len({listing.id for listing in listings}) == 400
    assert {listing.start.precision for listing in listings} == {
        DatePrecision.TIME,
        DatePrecision.DATE,
        DatePrecision.TO_BE_ANNOUNCED,
    }
    assert EventStatus.CANCELLED in {listing.status for listing in listings}


class TestContract(ProviderContract):
    provider_class = SeatGeek
    unknown_id = "404"

    @pytest.fixture
    async def provider(self, upstream):
        start = datetime.now(UTC).date() + timedelta(days=1)
        world = seatgeek_world(count=120, seed=5, start_day=start)
        priced = {"stats": {"listing_count": 3, "lowest_price": 20, "highest_price": 90}}
        upstream.show([world[0] | priced, *world[1:]])
        made = SeatGeek(settings=SETTINGS, http=Http(upstream.url, redactor=Redactor(CLIENT)))
        yield made
        await made.aclose()
