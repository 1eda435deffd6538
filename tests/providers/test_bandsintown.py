import logging
from datetime import UTC, date, datetime, time, timedelta

import pytest

from providers import (
    Capability,
    Circle,
    Configuration,
    DatePrecision,
    EventType,
    Http,
    Key,
    Kind,
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
    SettingError,
    Step,
    Unavailable,
    build,
    matches,
)
from providers.bandsintown import Bandsintown
from providers.testing import (
    FakeBandsintown,
    Fault,
    ProviderContract,
    bandsintown_artist,
    bandsintown_event,
    bandsintown_venue,
    bandsintown_world,
)

DAY = date(2027, 6, 1)
NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
START = datetime(2027, 6, 1, tzinfo=UTC)
APP_ID = "fake-app-5eb63bbbe01e"
BAND, FOXES = bandsintown_artist("1", "The Band"), bandsintown_artist("2", "Electric Foxes")


@pytest.fixture(scope="module")
def running():
    with FakeBandsintown(app_id=APP_ID) as upstream:
        yield upstream


@pytest.fixture
def upstream(running):
    running.reset()
    running.show([BAND, FOXES], [])
    running.warns = False
    return running


@pytest.fixture
async def adapter(upstream):
    made = adapter_of(upstream)
    yield made
    await made.aclose()


def settings(*artists, app_id=APP_ID):
    return {"app_id": app_id, "artists": list(artists), "written_consent": True}


def adapter_of(upstream, *artists, app_id=APP_ID):
    http = Http(upstream.url, redactor=Redactor(app_id), patience=Patience(attempts=1))
    return Bandsintown(
        settings=settings(*(artists or ("The Band", "id_2")), app_id=app_id), http=http, clock=lambda: NOW
    )


def read(record, artist=BAND):
    """The record as the adapter reads it; no server is needed."""
    return Bandsintown(settings=settings("The Band"), http=None).listing({"artist": artist, **record})


def ids(page):
    return [listing.id for listing in page.listings]


# --- what it takes to be used ---


def enrolled(**table):
    kind = Kind(name="bandsintown", package="event-gateway 1.0", ours=True, provider_class=Bandsintown)
    return build([kind], Configuration(providers={"bandsintown": table})).get("bandsintown")


@pytest.mark.parametrize("consent", [{}, {"written_consent": False}])
def test_without_written_consent_it_is_off_and_says_why(consent):
    entry = enrolled(app_id=APP_ID, artists=["The Band"], **consent)
    assert (entry.enabled, entry.provider, entry.missing) == (False, None, ("written_consent",))
    assert "terms forbid any use without its written consent" in entry.problem


def test_switched_on_without_written_consent_it_is_misconfigured():
    entry = enrolled(app_id=APP_ID, artists=["The Band"], written_consent=False, enabled=True)
    assert (entry.enabled, entry.provider) == (True, None)
    assert "written consent" in entry.problem


async def test_with_consent_an_id_and_artists_it_is_on():
    entry = enrolled(app_id=APP_ID, artists=["The Band"], written_consent=True)
    assert entry.enabled
    await entry.provider.aclose()


@pytest.mark.parametrize("artists", [[" "], [f"id_{number}" for number in range(51)]])
def test_too_few_or_too_many_artists_stop_the_start(artists):
    with pytest.raises(SettingError, match=r"providers\.bandsintown\.artists: wants 1 to 50"):
        enrolled(app_id=APP_ID, artists=artists, written_consent=True)


def test_nothing_is_kept_for_longer_than_a_session():
    limits = Bandsintown.info.limits
    assert limits.cache_ttl <= timedelta(minutes=1)
    assert not limits.may_persist
    assert Bandsintown.info.attribution.required


# --- what it asks ---


async def test_every_artist_is_asked_once_for_all_there_is(upstream, adapter):
    await adapter.search(ListingQuery(), None, 10)
    assert sorted(path for _, path, _ in upstream.requests) == ["/artists/The Band/events", "/artists/id_2/events"]
    assert {request.params["date"] for request in upstream.requests} == {"all"}
    assert {request.params["app_id"] for request in upstream.requests} == {APP_ID}


@pytest.mark.parametrize(
    "name", ["A/B", "Who?", "S*T*A*R", '"Loud" Foxes', "Hljóð Rós", "Foxes & Lanterns", "50% Off", "#1"]
)
async def test_a_name_is_written_as_the_api_wants_it(upstream, name):
    upstream.show([bandsintown_artist("9", name)], [bandsintown_event("1", name)])
    adapter = adapter_of(upstream, name)
    assert ids(await adapter.search(ListingQuery(), None, 10)) == ["1"]
    await adapter.aclose()


def test_a_slash_is_quoted_twice_and_a_quotation_mark_by_a_code_of_its_own():
    adapter = Bandsintown(settings=settings('A/B "live"?*'), http=None)
    path = adapter.request(ListingQuery(), Step(page=0, size=1)).path
    assert path == "artists/A%252FB%20%27Clive%27C%253F%252A/events"


@pytest.mark.parametrize(
    ("query", "dates"),
    [
        (ListingQuery(start_from=START), "2027-05-31,2037-05-31"),
        (ListingQuery(start_before=START), "1970-01-01,2027-06-02"),
        (ListingQuery(start_from=START, start_before=START + timedelta(days=7)), "2027-05-31,2027-06-09"),
    ],
)
async def test_a_range_is_asked_for_with_a_day_more_on_either_side(upstream, adapter, query, dates):
    await adapter.search(query, None, 10)
    assert {request.params["date"] for request in upstream.requests} == {dates}


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        (("2",), ["/artists/The Band/events", "/artists/id_2/events"]),
        (("1",), ["/artists/The Band/events"]),
        (("1", "3"), ["/artists/The Band/events", "/artists/id_3/events"]),
    ],
)
async def test_a_performers_id_spares_the_artists_with_other_ids(upstream, wanted, asked):
    adapter = adapter_of(upstream, "The Band", "id_2", "id_3")
    await adapter.search(ListingQuery(performer_ids=wanted), None, 10)
    assert sorted(path for _, path, _ in upstream.requests) == asked
    await adapter.aclose()


async def test_where_no_artist_can_match_none_is_asked(upstream):
    adapter = adapter_of(upstream, "id_1", "id_2")
    page = await adapter.search(ListingQuery(performer_ids=("9",)), None, 10)
    assert (page.listings, page.exhausted, page.total, upstream.requests) == ((), True, 0, [])
    await adapter.aclose()


# --- what it finds ---


@pytest.fixture(scope="module")
def world():
    return bandsintown_world(artists=6, count=200, seed=7, start_day=DAY)


@pytest.fixture
async def touring(upstream, world):
    upstream.show(*world)
    made = adapter_of(upstream, *(artist["name"] for artist in world[0]))
    yield made
    await made.aclose()


async def test_the_lists_of_all_artists_are_one_in_order_of_time(touring, world):
    page = await touring.search(ListingQuery(), None, 1_000)
    keys = [listing.key for listing in page.listings]
    assert keys == sorted(keys)
    assert sorted(ids(page)) == sorted(event["id"] for event in world[1])
    assert (page.exhausted, page.total, page.truncated) == (True, 200, False)


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(keyword="velvet parade"),
        ListingQuery(keyword="strangers"),
        ListingQuery(country="JP"),
        ListingQuery(city=Place(name="Berlin", country="DE")),
        ListingQuery(near=Circle(center=Point(latitude=59.9, longitude=10.7), radius_km=50)),
        ListingQuery(start_from=START + timedelta(days=9, hours=19), start_before=START + timedelta(days=20, hours=18)),
        ListingQuery(performer_ids=("102", "104")),
    ],
)
async def test_a_search_finds_exactly_what_matches(touring, query):
    everything = (await touring.search(ListingQuery(), None, 1_000)).listings
    expected = [listing.id for listing in everything if matches(listing, query)]
    assert expected
    assert ids(await touring.search(query, None, 1_000)) == expected


async def test_more_than_a_page_holds_goes_on_behind_its_frontier(upstream, adapter):
    upstream.show(
        [BAND, FOXES], [bandsintown_event(f"{n:03}", "The Band", day=DAY + timedelta(days=n)) for n in range(520)]
    )
    first = await adapter.search(ListingQuery(), None, 10)
    assert (len(first.listings), first.frontier) == (500, first.listings[-1].key)
    second = await adapter.search(ListingQuery(), first.frontier, 10)
    assert (ids(second), second.exhausted) == ([f"{n:03}" for n in range(500, 520)], True)


async def test_an_event_of_two_artists_is_one_listing_that_knows_both(upstream, adapter):
    upstream.show([BAND, FOXES], [bandsintown_event("1", "The Band", "Electric Foxes", "Somebody")])
    (listing,) = (await adapter.search(ListingQuery(), None, 10)).listings
    assert [(each.id, each.name) for each in listing.performers] == [
        ("1", "The Band"),
        ("2", "Electric Foxes"),
        (None, "Somebody"),
    ]


async def test_the_artists_details_come_with_the_first_event_and_are_known_of_all(upstream, adapter):
    upstream.show([BAND, FOXES], [bandsintown_event(str(n), "The Band", day=DAY + timedelta(days=n)) for n in range(3)])
    page = await adapter.search(ListingQuery(), None, 10)
    assert [listing.performers[0].id for listing in page.listings] == ["1", "1", "1"]
    assert all(listing.images for listing in page.listings)


async def test_no_shows_are_an_empty_exhausted_page(adapter):
    page = await adapter.search(ListingQuery(start_from=START), None, 10)
    assert (page.listings, page.exhausted, page.total) == ((), True, 0)


async def test_a_record_that_cannot_be_read_is_counted_and_costs_no_other(upstream, adapter, caplog):
    upstream.show(
        [BAND, FOXES],
        [bandsintown_event("1", "The Band"), bandsintown_event("2", "The Band", datetime="", starts_at="")],
    )
    page = await adapter.search(ListingQuery(), None, 10)
    assert (ids(page), page.rejected) == (["1"], 1)
    assert "a record was left out" in caplog.text


async def test_a_seek_beyond_the_last_show_finds_the_end(touring):
    page = await touring.search(ListingQuery(), Key(START + timedelta(days=400), "x"), 10)
    assert (page.listings, page.exhausted) == ((), True)


# --- lookup ---


async def test_shows_are_looked_up_among_those_of_all_artists_past_ones_too(upstream, adapter):
    past = bandsintown_event("1", "The Band", day=date(2020, 1, 1))
    upstream.show([BAND, FOXES], [past, bandsintown_event("2", "Electric Foxes"), bandsintown_event("3", "The Band")])
    assert sorted(listing.id for listing in await adapter.lookup(["2", "1", "gone"])) == ["1", "2"]
    assert len(upstream.requests) == 2


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
        (Fault.rate_limited(retry_after=5), RateLimited),
        (Fault.truncated(), Malformed),
        (Fault.html(), Malformed),
        (Fault.empty(), Malformed),
        (Fault.odd(), Malformed),
        (Fault.error_body(), Malformed),
    ],
    ids=lambda value: f"{value.kind.name}-{value.code}" if isinstance(value, Fault) else "",
)
async def test_every_fault_is_the_right_kind_of_error(upstream, adapter, fault, kind):
    upstream.show([BAND, FOXES], [bandsintown_event("1", "The Band", "Electric Foxes")])
    upstream.fault = fault
    assert type(await failure(adapter)) is kind


async def test_one_artists_failure_fails_the_search_whole(upstream, adapter):
    upstream.fault = Fault.status(503, times=1)
    assert isinstance(await failure(adapter), Unavailable)


async def test_an_app_id_that_is_refused_names_the_setting(upstream):
    adapter = adapter_of(upstream, app_id="not-the-right-id")
    error = await failure(adapter)
    assert isinstance(error, Misconfigured)
    assert (error.missing, error.http_status) == (("app_id",), 403)
    await adapter.aclose()


@pytest.mark.parametrize("warns", [False, True])
async def test_an_unknown_artist_costs_no_other_and_is_named_once_in_the_log(upstream, caplog, warns):
    upstream.warns = warns
    upstream.show([BAND], [bandsintown_event("1", "The Band")])
    adapter = adapter_of(upstream, "The Bnad", "The Band")
    for _ in range(2):
        assert ids(await adapter.search(ListingQuery(), None, 10)) == ["1"]
    assert caplog.text.count("there is no artist 'The Bnad'") == 1
    await adapter.aclose()


@pytest.mark.parametrize("warns", [False, True])
async def test_where_no_artist_is_known_the_setting_is_named(upstream, warns):
    upstream.warns = warns
    adapter = adapter_of(upstream, "Nobody", "id_99")
    error = await failure(adapter)
    assert isinstance(error, Misconfigured)
    assert (error.missing, error.http_status) == (("artists",), 404)
    await adapter.aclose()


async def test_the_app_id_is_in_no_listing_no_error_and_no_log(upstream, adapter, caplog):
    caplog.set_level(logging.DEBUG)
    upstream.show([BAND, FOXES], [bandsintown_event("1", "The Band")])
    shown = [repr((await adapter.search(ListingQuery(), None, 10)).listings)]
    for fault in (Fault.down(), Fault.html(), Fault.status(401), Fault.odd()):
        upstream.fault = fault
        shown.append(repr(await failure(adapter)))
    assert not any(APP_ID in text for text in (*shown, caplog.text))


# --- what it reads ---


def test_a_plain_show_is_read_whole():
    hall = bandsintown_venue(" The  Hall ", city="Turku", country="Finland", point=(60.45, 22.27))
    listing = read(
        bandsintown_event(
            "1", "The Band", "Somebody", title="A night &amp; more", venue=hall, description="<p>Loud.</p>"
        )
    )
    assert (listing.id, listing.name, listing.description) == ("1", "A night & more", "Loud.")
    assert (listing.start.instant.astimezone(UTC).hour, listing.start.time_zone) == (17, "Europe/Helsinki")
    assert listing.event_type is EventType.MUSIC
    assert (listing.venue.id, listing.venue.name, listing.venue.address.locality) == (None, "The Hall", "Turku")
    assert (listing.venue.address.country, listing.venue.address.region) == ("FI", None)
    assert (listing.venue.point.latitude, listing.venue.point.longitude) == (60.45, 22.27)
    assert [(each.id, each.name) for each in listing.performers] == [("1", "The Band"), (None, "Somebody")]
    assert listing.performers[0].external_ids[0].scheme == "homepage"
    assert listing.url == "https://www.bandsintown.example/e/1?came_from=267&utm_campaign=event"
    assert listing.offers[0].url == "https://www.bandsintown.example/t/1?came_from=267&utm_campaign=ticket"
    assert (listing.offers[0].name, listing.offers[0].availability) == ("Tickets", OfferAvailability.IN_STOCK)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://a.example/e/1?app_id=x", "https://a.example/e/1"),
        ("https://a.example/e/1?app_id=x&b=1", "https://a.example/e/1?b=1"),
        ("https://a.example/e/1?b=1&app_id=x", "https://a.example/e/1?b=1"),
        ("https://a.example/e/1?b=1&app_id=x&c=2", "https://a.example/e/1?b=1&c=2"),
        ("https://a.example/e/1?my_app_id=x", "https://a.example/e/1?my_app_id=x"),
    ],
)
def test_a_link_loses_the_app_id_and_nothing_else(written, kept):
    assert read(bandsintown_event("1", url=written)).url == kept


def test_where_a_country_has_several_zones_there_is_a_day_but_no_time():
    listing = read(bandsintown_event("1", venue=bandsintown_venue(city="Chicago", country="United States")))
    assert (listing.start.precision, listing.start.day, listing.start.time_zone) == (DatePrecision.DATE, DAY, None)
    assert listing.venue.address.country == "US"


def test_seconds_that_nobody_meant_are_dropped():
    assert read(bandsintown_event("1", at=time(19, 0, 47))).start.instant.second == 0


@pytest.mark.parametrize(
    ("at", "rule", "precision"),
    [
        (time(20), "datetime", DatePrecision.TIME),
        (time(20), "", DatePrecision.TIME),
        (time(20), None, DatePrecision.TIME),
        (time(20), "date", DatePrecision.DATE),
        (time(20), "range", DatePrecision.DATE),
        (time(0), "datetime", DatePrecision.TIME),
        (time(0), "", DatePrecision.DATE),
    ],
)
def test_a_time_counts_where_the_record_means_it(at, rule, precision):
    assert read(bandsintown_event("1", at=at, datetime_display_rule=rule)).start.precision is precision


def test_a_festival_lasts_to_its_last_day():
    listing = read(
        bandsintown_event(
            "1",
            title="Fjord Days",
            datetime_display_rule="range",
            festival_start_date="2027-06-01",
            festival_end_date="2027-06-03",
        )
    )
    assert (listing.event_type, listing.start.precision, listing.start.day) == (
        EventType.FESTIVAL,
        DatePrecision.DATE,
        DAY,
    )
    assert listing.end.day == date(2027, 6, 3)


def test_only_an_end_after_the_start_is_one():
    assert read(bandsintown_event("1", ends_at="2027-06-01T23:00:00")).end.instant.hour == 23
    assert read(bandsintown_event("1", ends_at="2027-06-01T19:00:00")).end is None
    assert read(bandsintown_event("1", ends_at="")).end is None


def test_without_a_title_a_show_is_called_by_its_first_act():
    assert read(bandsintown_event("1", "Somebody", "The Band")).name == "Somebody"


def test_the_artist_plays_even_where_the_line_up_forgets_it():
    assert [each.id for each in read(bandsintown_event("1", "Somebody")).performers] == [None, "1"]
    assert [each.id for each in read(bandsintown_event("1", lineup=[])).performers] == ["1"]


def test_a_sale_that_began_in_the_year_1_has_no_known_beginning():
    assert read(bandsintown_event("1")).offers[0].valid_from is None
    began = read(bandsintown_event("1", on_sale_datetime="2027-02-09T12:00:00")).offers[0].valid_from
    assert began.astimezone(UTC) == datetime(2027, 2, 9, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("offer", "sold_out", "availability"),
    [
        ("available", False, OfferAvailability.IN_STOCK),
        ("sold out", False, OfferAvailability.SOLD_OUT),
        ("available", True, OfferAvailability.SOLD_OUT),
        (None, True, OfferAvailability.SOLD_OUT),
        ("brand-new", False, OfferAvailability.UNKNOWN),
    ],
)
def test_an_offers_status_has_its_meaning(offer, sold_out, availability):
    (only,) = read(bandsintown_event("1", offer=offer, sold_out=sold_out)).offers
    assert only.availability is availability


def test_only_a_free_show_says_so():
    assert read(bandsintown_event("1", free=True)).is_free is True
    assert read(bandsintown_event("1")).is_free is None


def test_what_is_an_empty_text_is_not_known():
    venue = dict.fromkeys(bandsintown_venue(), "")
    assert read(bandsintown_event("1", venue=venue)).venue is None
    venue = read(bandsintown_event("1", venue=venue | {"location": "Somewhere"})).venue
    assert (venue.name, venue.address.country, venue.point) == ("Somewhere", None, None)


@pytest.mark.parametrize(
    "gone", ["venue", "offers", "lineup", "artist", "ends_at", "on_sale_datetime", "url", "festival_end_date"]
)
@pytest.mark.parametrize("instead", [None, [], {}, "x", 7])
def test_one_odd_field_costs_no_show(gone, instead):
    record = {"artist": BAND, **bandsintown_event("1", title="A night")} | {gone: instead}
    assert read(record).id == "1"


def test_it_declares_no_filter_that_it_cannot_apply():
    assert not Bandsintown.info.capabilities & {Capability.GENRE, Capability.VENUE, Capability.KEYLESS}


def test_the_made_up_world_is_the_same_each_time(world):
    assert world == bandsintown_world(artists=6, count=200, seed=7, start_day=DAY)
    listings = [read(record, None) for record in world[1]]
    assert len({listing.id for listing in listings}) == 200
    assert {listing.event_type for listing in listings} == {EventType.MUSIC, EventType.FESTIVAL}


class TestContract(ProviderContract):
    provider_class = Bandsintown

    @pytest.fixture
    async def provider(self, upstream):
        start = datetime.now(UTC).date() + timedelta(days=1)
        artists, events = bandsintown_world(artists=5, count=120, seed=5, start_day=start)
        upstream.show(artists, events)
        named = [artists[0]["name"], *(f"id_{artist['id']}" for artist in artists[1:])]
        made = Bandsintown(settings=settings(*named), http=Http(upstream.url, redactor=Redactor(APP_ID)))
        yield made
        await made.aclose()
