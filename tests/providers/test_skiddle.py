import logging
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from providers import (
    Answer,
    Circle,
    DatePrecision,
    EventStatus,
    EventType,
    Http,
    ListingQuery,
    Malformed,
    Misconfigured,
    OfferAvailability,
    Patience,
    Place,
    Point,
    ProviderError,
    RateLimited,
    Redactor,
    Refused,
    Unavailable,
    matches,
)
from providers.skiddle import Skiddle
from providers.testing import (
    FakeSkiddle,
    Fault,
    ProviderContract,
    skiddle_artist,
    skiddle_event,
    skiddle_venue,
    skiddle_world,
)

DAY = date(2027, 6, 1)
NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
START = datetime(2027, 6, 1, tzinfo=UTC)
KEY = "fake-key-7d793037a076"
LONDON = Point(latitude=51.5074, longitude=-0.1278)


@pytest.fixture(scope="module")
def running():
    with FakeSkiddle(api_key=KEY) as upstream:
        yield upstream


@pytest.fixture
def upstream(running):
    running.reset()
    running.show([])
    return running


@pytest.fixture
async def adapter(upstream):
    made = adapter_of(upstream)
    yield made
    await made.aclose()


def adapter_of(upstream, *, api_key=KEY, tickets_only=False):
    http = Http(upstream.url, redactor=Redactor(api_key), patience=Patience(attempts=1))
    return Skiddle(settings={"api_key": api_key, "tickets_only": tickets_only}, http=http, clock=lambda: NOW)


def read(record):
    """The record as the adapter reads it; no server is needed."""
    return Skiddle(settings={"api_key": KEY}, http=None).listing(record)


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


async def test_a_search_asks_for_the_largest_page_in_order_of_day_with_artists_and_genres(upstream, adapter):
    params = await asked_for(upstream, adapter, ListingQuery())
    assert dict(params) == {"limit": "100", "offset": "0", "order": "date", "description": "1", "api_key": KEY}


@pytest.mark.parametrize(
    ("query", "params"),
    [
        (ListingQuery(keyword="big & loud"), {"keyword": "big & loud"}),
        (ListingQuery(country="GB"), {"country": "GB"}),
        (ListingQuery(venue_ids=("1", "2")), {"venueid": "1,2"}),
        (ListingQuery(performer_ids=("7",)), {"a": "7"}),
        (ListingQuery(performer_ids=("7", "8")), {"a": None}),
        (ListingQuery(event_types=(EventType.COMEDY,)), {"eventcode": "COMEDY"}),
        (ListingQuery(event_types=(EventType.MUSIC,)), {"eventcode": None}),
        (ListingQuery(event_types=(EventType.COMEDY, EventType.OTHER)), {"eventcode": None}),
        (ListingQuery(genres=("techno",)), {"g": None}),
        (
            ListingQuery(near=Circle(center=LONDON, radius_km=10)),
            {"latitude": "51.507400", "longitude": "-0.127800", "radius": "7"},
        ),
        (ListingQuery(near=Circle(center=LONDON, radius_km=0.1)), {"radius": "1"}),
        (
            ListingQuery(city=Place(name="London", country="GB", latitude=51.5074, longitude=-0.1278)),
            {"latitude": "51.507400", "radius": "26", "country": "GB", "keyword": None},
        ),
        (ListingQuery(city=Place(name="London")), {"latitude": None, "longitude": None, "radius": None}),
        (ListingQuery(start_from=START + timedelta(hours=20)), {"minDate": "2027-06-01"}),
        (ListingQuery(start_from=START + timedelta(hours=9)), {"minDate": "2027-05-31"}),
        (ListingQuery(start_before=START + timedelta(hours=9)), {"maxDate": "2027-06-01"}),
        (ListingQuery(start_before=START + timedelta(hours=11)), {"maxDate": "2027-06-02"}),
    ],
)
async def test_every_condition_has_its_parameter(upstream, adapter, query, params):
    sent = await asked_for(upstream, adapter, query)
    assert {name: sent.get(name) for name in params} == params


async def test_where_only_sold_tickets_count_nothing_else_is_listed(upstream):
    upstream.show([skiddle_event("1"), skiddle_event("2", tickets=False)])
    adapter = adapter_of(upstream, tickets_only=True)
    assert ids(await adapter.search(ListingQuery(), None, 10)) == ["1"]
    await adapter.aclose()


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


# --- what it finds ---


@pytest.fixture(scope="module")
def world():
    return skiddle_world(count=450, seed=7, start_day=DAY)


@pytest.fixture
def full(upstream, world):
    upstream.show(world)
    return upstream


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(keyword="velvet rivers"),
        ListingQuery(country="IE"),
        ListingQuery(city=Place(name="London", country="GB", latitude=51.5074, longitude=-0.1278)),
        ListingQuery(city=Place(name="Glasgow")),
        ListingQuery(near=Circle(center=LONDON, radius_km=3)),
        ListingQuery(start_from=START + timedelta(days=3, hours=19), start_before=START + timedelta(days=9, hours=19)),
        ListingQuery(event_types=(EventType.COMEDY,)),
        ListingQuery(event_types=(EventType.MUSIC, EventType.FESTIVAL)),
        ListingQuery(event_types=(EventType.OTHER,)),
        ListingQuery(genres=("drum-and-bass", "classical")),
        ListingQuery(performer_ids=("705", "711", "718")),
        ListingQuery(venue_ids=("100", "121")),
        ListingQuery(country="GB", event_types=(EventType.THEATER,), start_from=START + timedelta(days=20)),
    ],
)
@pytest.mark.usefixtures("full")
async def test_a_search_finds_exactly_what_matches(adapter, query):
    everything = [each for page in await all_of(adapter, ListingQuery()) for each in page.listings]
    expected = [listing.id for listing in everything if matches(listing, query)]
    found = [listing.id for page in await all_of(adapter, query) for listing in page.listings]
    assert len(everything) == 450
    assert expected
    assert found == expected


async def test_nothing_found_is_an_empty_exhausted_page(adapter):
    page = await adapter.search(ListingQuery(start_from=START), None, 10)
    assert (page.listings, page.exhausted, page.total, page.truncated) == ((), True, 0, False)


async def test_the_total_is_the_apis_own_less_what_is_over(upstream, adapter):
    upstream.show(skiddle_event(str(n), day=DAY + timedelta(days=n)) for n in range(-1, 250))
    assert (await adapter.search(ListingQuery(start_from=START), None, 10)).total == 250


async def test_a_record_that_cannot_be_read_is_counted_and_costs_no_other(upstream, adapter, caplog):
    upstream.show([skiddle_event("1"), skiddle_event("2", " ")])
    page = await adapter.search(ListingQuery(), None, 10)
    assert (ids(page), page.rejected) == (["1"], 1)
    assert "a record was left out" in caplog.text


# --- paging ---


async def test_a_day_that_comes_by_name_is_read_whole_and_told_by_time(upstream, adapter):
    upstream.show(
        skiddle_event(
            str(n), f"name {n * 7919 % 230:03}", at=time(10 + n % 12, n % 60), day=DAY + timedelta(days=n // 115)
        )
        for n in range(230)
    )
    pages = await all_of(adapter, ListingQuery(start_from=START), limit=20)
    found = [listing.id for page in pages for listing in page.listings]
    assert len(found) == len(set(found)) == 230
    assert not any(page.truncated for page in pages)


@pytest.mark.parametrize("limit", [1, 40, 300])
@pytest.mark.usefixtures("full")
async def test_turning_pages_loses_and_repeats_nothing(adapter, world, limit):
    pages = await all_of(adapter, ListingQuery(start_from=START - timedelta(days=1)), limit=limit)
    found = [listing.id for page in pages for listing in page.listings]
    assert sorted(found) == sorted(record["id"] for record in world)
    assert not any(page.truncated for page in pages)


async def test_pages_follow_one_another_by_offset(full, adapter):
    await adapter.search(ListingQuery(), None, 1_000)
    assert [request.params["offset"] for request in full.requests] == ["0", "100", "200", "300", "400"]


@pytest.mark.usefixtures("full")
async def test_a_reader_may_begin_anywhere(adapter):
    whole = [each.key for page in await all_of(adapter, ListingQuery()) for each in page.listings]
    for place in (0, 137, len(whole) - 2):
        page = await adapter.search(ListingQuery(), whole[place], 30)
        assert [listing.key for listing in page.listings][:30] == whole[place + 1 : place + 31]


async def test_an_event_in_the_small_hours_of_british_summer_belongs_to_its_local_day(upstream, adapter):
    upstream.show([skiddle_event("1", at=time(0, 30)), skiddle_event("2", at=time(23, 30))])
    query = ListingQuery(start_from=START - timedelta(minutes=30), start_before=START)
    assert ids(await adapter.search(query, None, 10)) == ["1"]


# --- lookup ---


async def test_an_event_is_looked_up_by_its_id(upstream, adapter):
    upstream.show([skiddle_event("1"), skiddle_event("2", "Another")])
    (listing,) = await adapter.lookup(["2"])
    assert listing.name == "Another"
    assert [path for _, path, _ in upstream.requests] == ["/events/2/"]


async def test_an_unknown_id_is_left_out_though_the_answer_is_an_error(upstream, adapter):
    assert await adapter.lookup(["3"]) == []
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("odd", ["search", "../venues/1", "1,2", ""])
async def test_what_is_no_id_is_not_asked(upstream, adapter, odd):
    assert await adapter.lookup([odd]) == []
    assert upstream.requests == []


async def test_a_search_and_a_lookup_tell_the_same_of_an_event(upstream, adapter):
    upstream.show([skiddle_event("1", artists=[skiddle_artist("7", "The Band")], genres={"13": "Indie"})])
    (found,) = (await adapter.search(ListingQuery(), None, 10)).listings
    (looked_up,) = await adapter.lookup(["1"])
    differing = {
        name
        for name in ("start", "end", "venue", "event_type", "age_range")
        if getattr(found, name) != getattr(looked_up, name)
    }
    assert differing == set()


# --- errors ---


async def failure(adapter):
    with pytest.raises(ProviderError) as caught:
        await adapter.search(ListingQuery(start_from=START), None, 10)
    return caught.value


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.down(), Unavailable),
        (Fault.status(503), Unavailable),
        (Fault.status(403), Misconfigured),
        (Fault.rate_limited(), RateLimited),
        (Fault.rate_limited(retry_after=5), RateLimited),
        (Fault.truncated(), Malformed),
        (Fault.html(), Malformed),
        (Fault.empty(), Malformed),
        (Fault.odd(), Malformed),
        (Fault.error_body(), Refused),
    ],
    ids=lambda value: f"{value.kind.name}-{value.code}" if isinstance(value, Fault) else "",
)
async def test_every_fault_is_the_right_kind_of_error(upstream, adapter, fault, kind):
    upstream.show([skiddle_event("1")])
    upstream.fault = fault
    assert type(await failure(adapter)) is kind


async def test_a_wrong_key_names_the_setting_although_its_status_is_good(upstream):
    adapter = adapter_of(upstream, api_key="not-the-right-key")
    error = await failure(adapter)
    assert isinstance(error, Misconfigured)
    assert (error.missing, error.http_status) == (("api_key",), 200)
    await adapter.aclose()


@pytest.mark.parametrize(
    ("text", "status", "kind"),
    [
        ("Invalid API key", 200, Misconfigured),
        ("Rate limit reached", 200, RateLimited),
        ("Event not found", 200, Refused),
        ("Whatever", 200, Refused),
        ("Whatever", 403, type(None)),
    ],
)
def test_an_errors_text_tells_what_to_do_and_else_its_status(text, status, kind):
    body = b'{"error": 1, "errorcode": 7, "errormessage": "%s"}' % text.encode()
    error = Skiddle(settings={}, http=None).explain(Answer(status=status, headers={}, content=body, url=""))
    assert type(error) is kind


async def test_the_key_is_in_no_error_and_no_log(upstream, caplog):
    caplog.set_level(logging.DEBUG)
    errors = []
    for fault in (None, Fault.down(), Fault.html(), Fault.status(401), Fault.odd(), Fault.error_body()):
        upstream.fault = fault
        adapter = adapter_of(upstream, api_key="another-key-that-is-wrong")
        errors.append(await failure(adapter))
        await adapter.aclose()
    shown = [caplog.text, *(f"{error} {error!r} {error.args}" for error in errors)]
    assert not any("another-key-that-is-wrong" in text for text in shown)


# --- what it reads ---


def test_a_plain_event_is_read_whole():
    hall = skiddle_venue("9", " The  Hall ", town="Bath", point=(51.38, -2.36), postcode="BA1 1AA")
    band = skiddle_artist("7", "The Band")
    listing = read(
        skiddle_event(
            "1",
            "The Band &amp; friends ",
            venue=hall,
            artists=[band],
            genres={"8": "Drum and Bass", "5": "RnB"},
            description="<p>Bring a <b>coat</b>.</p>\r\n",
        )
    )
    assert (listing.id, listing.name, listing.description) == ("1", "The Band & friends", "Bring a coat.")
    assert listing.start.instant == datetime(2027, 6, 1, 19, tzinfo=UTC)
    assert listing.start.time_zone == "Europe/London"
    assert listing.end.instant == datetime(2027, 6, 1, 22, tzinfo=UTC)
    assert listing.door_time == listing.start.instant
    assert (listing.status, listing.event_type) == (EventStatus.SCHEDULED, EventType.MUSIC)
    assert listing.genres == ("drum-and-bass", "r-and-b")
    assert (listing.venue.id, listing.venue.name, listing.venue.address.locality) == ("9", "The Hall", "Bath")
    assert (listing.venue.address.country, listing.venue.address.postal_code) == ("GB", "BA1 1AA")
    assert (listing.venue.point.latitude, listing.venue.point.longitude) == (51.38, -2.36)
    assert (listing.performers[0].id, listing.performers[0].name) == ("7", "The Band")
    assert listing.performers[0].external_ids[0][:2] == ("spotify", "7")
    assert [image.url[-6:] for image in listing.images] == ["xl.jpg", "/1.jpg", "th.jpg"]
    assert (listing.age_range, listing.url) == ("18+", "https://www.skiddle.example/whats-on/1/")


def test_a_start_abroad_is_not_taken_for_british_time():
    dublin, amsterdam = (skiddle_venue("1", "Hall", country=code, postcode="") for code in ("IE", "NL"))
    assert read(skiddle_event("1", venue=dublin)).start.instant.hour == 20
    start = read(skiddle_event("1", venue=amsterdam)).start
    assert (start.instant.astimezone(UTC).hour, start.time_zone) == (18, "Europe/Amsterdam")


def test_a_search_tells_the_time_as_if_all_were_in_the_uk_and_is_read_back():
    amsterdam = skiddle_venue("1", "Hall", country="NL", postcode="")
    listing = read(skiddle_event("1", venue=amsterdam, dateStart=None, dateEnd=None))
    assert listing.start.instant.astimezone(UTC) == datetime(2027, 6, 1, 18, tzinfo=UTC)
    assert listing.end.instant.astimezone(UTC) == datetime(2027, 6, 1, 21, tzinfo=UTC)


def test_where_a_country_has_several_zones_there_is_a_day_but_no_time():
    listing = read(skiddle_event("1", venue=skiddle_venue("1", "Hall", country="US", postcode="")))
    assert (listing.start.precision, listing.start.day, listing.start.time_zone) == (DatePrecision.DATE, DAY, None)
    assert (listing.door_time, listing.end, listing.venue.time_zone) == (None, None, None)


@pytest.mark.parametrize(
    ("country", "postcode", "code"),
    [
        ("GB", "", "GB"),
        ("UK", "", "GB"),
        ("", "sw1a 1aa", "GB"),
        ("United Kingdom", "", "GB"),
        ("", "D02", None),
        ("XX", "", None),
    ],
)
def test_a_venues_country_is_told_by_code_or_name_or_by_a_british_postcode(country, postcode, code):
    venue = read(skiddle_event("1", venue=skiddle_venue("1", "Hall", country=country, postcode=postcode))).venue
    assert (venue.address.country, venue.time_zone) == (code, "Europe/London" if code else None)


def test_without_a_time_there_is_the_day():
    listing = read(skiddle_event("1", dateStart="", startdate=None, dateEnd="", enddate=""))
    assert (listing.start.precision, listing.start.day, listing.start.time_zone) == (
        DatePrecision.DATE,
        DAY,
        "Europe/London",
    )


def test_an_end_that_is_not_after_the_start_is_none():
    assert read(skiddle_event("1", hours=0)).end is None


@pytest.mark.parametrize(
    ("cancelled", "why", "status"),
    [
        ("0", "", EventStatus.SCHEDULED),
        ("1", "", EventStatus.CANCELLED),
        (1, "", EventStatus.CANCELLED),
        ("1", "cancelled", EventStatus.CANCELLED),
        ("1", "rescheduled", EventStatus.RESCHEDULED),
        ("0", "Postponed", EventStatus.POSTPONED),
        (None, None, EventStatus.SCHEDULED),
    ],
)
def test_why_it_was_cancelled_says_more_than_that_it_was(cancelled, why, status):
    assert read(skiddle_event("1", cancelled=cancelled, cancellationType=why)).status is status


@pytest.mark.parametrize(
    ("code", "genres", "kind"),
    [
        ("LIVE", {}, EventType.MUSIC),
        ("CLUB", {}, EventType.MUSIC),
        ("FEST", {}, EventType.FESTIVAL),
        ("THEATRE", {}, EventType.THEATER),
        ("EXHIB", {}, EventType.EXHIBITION),
        ("KIDS", {}, EventType.FAMILY),
        ("ARTS", {"1": "House"}, EventType.OTHER),
        ("", {"1": "House"}, EventType.MUSIC),
        (None, {}, EventType.OTHER),
    ],
)
def test_a_code_is_a_kind_of_event_and_without_one_genres_are_musics(code, genres, kind):
    assert read(skiddle_event("1", EventCode=code, genres=genres)).event_type is kind


@pytest.mark.parametrize(
    ("text", "prices", "currency", "fees"),
    [
        ("From GBP 32.50 incl fees", (None, "32.50", None), "GBP", True),
        ("Starting price for adults: USD 25.00", (None, "25.00", None), "USD", None),
        ("GBP 8.00", ("8.00", None, None), "GBP", None),
        ("£1,200", ("1200", None, None), "GBP", None),
        ("£5 - £10 plus booking fee", (None, "5", "10"), "GBP", False),
        ("10 euros", (None, None, None), None, None),
        ("£5 or €6", (None, None, None), None, None),
        ("TBC", (None, None, None), None, None),
    ],
)
def test_a_price_is_what_its_text_says_plainly(text, prices, currency, fees):
    (offer,) = read(skiddle_event("1", price=text)).offers
    expected = [Decimal(each) if each else None for each in prices]
    assert [offer.price, offer.low_price, offer.high_price] == expected
    assert (offer.name, offer.currency, offer.fees_included) == (text, currency, fees)


@pytest.mark.parametrize(
    ("text", "free"), [("Free entry", True), ("FREE", True), ("£5", False), ("Free before 11pm", None), ("", None)]
)
def test_only_a_text_that_says_so_makes_an_event_free(text, free):
    assert read(skiddle_event("1", price=text)).is_free is free


@pytest.mark.parametrize(
    ("more", "availability"),
    [
        ({}, OfferAvailability.IN_STOCK),
        ({"tickets": False}, OfferAvailability.UNKNOWN),
        ({"ticketStatus": "Sold out"}, OfferAvailability.SOLD_OUT),
        ({"cancelled": "1"}, OfferAvailability.OFF_SALE),
    ],
)
def test_tickets_are_there_unless_something_else_is_said(more, availability):
    (offer,) = read(skiddle_event("1", **more)).offers
    assert offer.availability is availability


def test_without_a_price_or_a_sale_there_is_no_offer():
    assert read(skiddle_event("1", price="", tickets=False)).offers == ()


def test_a_least_age_of_nought_is_none():
    assert read(skiddle_event("1", MinAge="0", minage=None)).age_range is None
    assert read(skiddle_event("1", MinAge=None, minage="16")).age_range == "16+"


@pytest.mark.parametrize("gone", ["venue", "artists", "genres", "openingtimes", "dateEnd", "link", "MinAge", "tickets"])
@pytest.mark.parametrize("instead", [None, [], {}, "x", 7])
def test_one_odd_field_costs_no_event(gone, instead):
    record = skiddle_event("1", artists=[skiddle_artist("7", "The Band")], genres={"1": "House"})
    odd = {name: value for name, value in record.items() if name != gone}
    assert read(odd if instead is None else odd | {gone: instead}).id == "1"


@pytest.mark.parametrize(
    "odd", [{"id": ""}, {"id": None}, {"eventname": ""}, {"date": "0000-00-00", "dateStart": "", "startdate": ""}]
)
def test_without_id_name_or_date_it_cannot_be_read(odd):
    with pytest.raises((KeyError, ValueError)):
        read(skiddle_event("1", **odd))


def test_the_made_up_world_is_the_same_each_time(world):
    assert world == skiddle_world(count=450, seed=7, start_day=DAY)
    listings = [read(record) for record in world]
    assert len({listing.id for listing in listings}) == 450
    assert {listing.start.precision for listing in listings} == {DatePrecision.TIME, DatePrecision.DATE}
    assert EventStatus.CANCELLED in {listing.status for listing in listings}


class TestContract(ProviderContract):
    provider_class = Skiddle
    unknown_id = "999999999"

    @pytest.fixture
    async def provider(self, upstream):
        start = datetime.now(UTC).date() + timedelta(days=1)
        upstream.show(skiddle_world(count=150, seed=5, start_day=start))
        made = Skiddle(
            settings={"api_key": KEY, "tickets_only": False}, http=Http(upstream.url, redactor=Redactor(KEY))
        )
        yield made
        await made.aclose()
