from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from providers import (
    Configuration,
    EventAttendanceMode,
    EventStatus,
    EventType,
    Http,
    Key,
    Kind,
    ListingQuery,
    Malformed,
    Patience,
    Point,
    ProviderError,
    RateLimited,
    Refused,
    SettingError,
    Unavailable,
    build,
    counting,
    matches,
)
from providers.gancio import Gancio
from providers.testing import FakeGancio, Fault, ProviderContract, gancio_event, gancio_place, gancio_world

START = datetime(2027, 6, 1, tzinfo=UTC)
NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def running():
    with FakeGancio() as upstream:
        yield upstream


@pytest.fixture
def upstream(running):
    running.reset()
    running.show([])
    running.collection_in_home = False
    running.quota = None
    return running


@pytest.fixture
async def adapter(upstream):
    made = adapter_of(upstream.url)
    yield made
    await made.aclose()


def adapter_of(address, *, clock=lambda: NOW, **settings):
    http = Http(address, patience=Patience(attempts=1))
    return Gancio(settings={"url": address, "time_zone": "Europe/Rome"} | settings, http=http, clock=clock)


def read(record, **settings):
    """The record as an adapter reads it that asks nothing."""
    return adapter_of("https://agenda.example", **settings).listing(record)


def event(number=1, title="An evening", *, start=START, **more):
    return gancio_event(number, title, start=start, **more)


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
    return dict(upstream.requests[-1].params)


async def test_a_search_asks_for_everything_from_the_beginning_of_time(upstream, adapter):
    assert await asked_for(upstream, adapter, ListingQuery()) == {
        "start": "0",
        "max": "500",
        "page": "0",
        "show_recurrent": "true",
        "show_multidate": "true",
    }


@pytest.mark.parametrize(
    ("query", "params"),
    [
        (ListingQuery(keyword="Paper CHOIR"), {"query": "paper choir", "max": "5000"}),
        (ListingQuery(venue_ids=("3", "7")), {"places": "3,7"}),
        (ListingQuery(start_before=datetime(2027, 6, 2, 0, 0, 0, 1, tzinfo=UTC)), {"end": "1811894401"}),
        (ListingQuery(start_before=datetime.max.replace(tzinfo=UTC)), {"end": "2147483647"}),
        (ListingQuery(start_from=datetime(2027, 6, 1, 1, 0, 0, 9, tzinfo=UTC)), {"start": "1811808000"}),
        (ListingQuery(start_from=datetime(1950, 1, 1, tzinfo=UTC)), {"start": "0"}),
    ],
)
async def test_every_condition_has_its_parameter(upstream, adapter, query, params):
    sent = await asked_for(upstream, adapter, query)
    assert {name: sent.get(name) for name in params} == params


# --- what it finds ---


@pytest.fixture(scope="module")
def world():
    return gancio_world(count=450, seed=7, start=START)


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(keyword="Paper Choir"),
        ListingQuery(keyword="officine", start_from=START + 20 * DAY),
        ListingQuery(keyword="teatro"),
        ListingQuery(venue_ids=("2", "98")),
        ListingQuery(keyword="foxes", venue_ids=("2",)),
        ListingQuery(start_from=START + 3 * DAY + 19 * HOUR, start_before=START + 9 * DAY + 19 * HOUR),
        ListingQuery(start_from=START + 30 * DAY, venue_ids=("1",)),
        ListingQuery(),
    ],
    ids=str,
)
async def test_a_search_finds_exactly_what_matches(upstream, adapter, world, query):
    upstream.show(world)
    expected = [listing.id for listing in map(adapter.listing, world) if matches(listing, query)]
    found = [listing.id for page in await all_of(adapter, query) for listing in page.listings]
    assert expected
    assert sorted(found) == sorted(expected)


async def test_what_runs_already_comes_first_there_and_is_left_out_here(upstream, adapter):
    exhibition = event(1, "An exhibition", start=START - 5 * DAY, lasts=10 * DAY)
    upstream.show([exhibition, event(2), event(3, start=START + DAY)])
    page = await adapter.search(ListingQuery(start_from=START), None, 10)
    assert (ids(page), page.exhausted, page.truncated) == (["2", "3"], True, False)


async def test_the_first_instant_is_in_the_range_and_the_last_is_not(upstream, adapter):
    upstream.show(event(n, start=START + n * HOUR) for n in (1, 2, 3))
    query = ListingQuery(start_from=START + HOUR, start_before=START + 3 * HOUR)
    assert ids(await adapter.search(query, None, 10)) == ["1", "2"]


async def test_a_keyword_does_not_bring_back_what_is_over(upstream, adapter):
    upstream.show([event(1, "Old Foxes", start=START - 300 * DAY), event(2, "Young Foxes")])
    page = await adapter.search(ListingQuery(keyword="foxes", start_from=START), None, 10)
    assert (ids(page), page.total) == (["2"], 1)


async def test_what_other_instances_shared_is_found_by_a_keyword_only(upstream, adapter):
    upstream.show([event(1, "Foxes"), event(2, "Foxes", federated=True)])
    assert ids(await adapter.search(ListingQuery(), None, 10)) == ["1"]
    assert ids(await adapter.search(ListingQuery(keyword="foxes"), None, 10)) == ["1", "2"]


async def test_recurring_events_and_those_of_several_days_are_there(upstream, adapter):
    upstream.show([event(1, parent_id=9), event(2, lasts=3 * DAY)])
    page = await adapter.search(ListingQuery(), None, 10)
    assert ids(page) == ["1", "2"]
    assert page.listings[1].end.instant - page.listings[1].start.instant == 3 * DAY


async def test_nothing_found_is_an_empty_exhausted_page(adapter):
    page = await adapter.search(ListingQuery(start_from=START), None, 10)
    assert (page.listings, page.exhausted, page.truncated) == ((), True, False)


async def test_a_record_that_cannot_be_read_is_counted_and_costs_no_other(upstream, adapter, caplog):
    upstream.show([event(1), event(2, title=" "), event(3)])
    page = await adapter.search(ListingQuery(), None, 10)
    assert (ids(page), page.rejected) == (["1", "3"], 1)
    assert "a record was left out" in caplog.text


# --- paging ---


@pytest.mark.parametrize("collection", [False, True], ids=["plain", "collection-in-home"])
async def test_more_events_than_one_page_holds_come_whole_in_order_and_once(upstream, adapter, collection):
    upstream.collection_in_home = collection
    upstream.show(gancio_world(count=1_400, seed=3, start=START, days=20))
    pages = await all_of(adapter, ListingQuery(start_from=START), limit=300)
    found = [listing.id for page in pages for listing in page.listings]
    assert len(found) == len(set(found)) == 1_400
    assert not any(page.truncated for page in pages)


async def test_those_that_begin_together_are_all_there_although_their_order_changes(upstream, adapter):
    upstream.show(event(n, start=START + n // 50 * HOUR) for n in range(1, 700))
    page = await adapter.search(ListingQuery(), None, 600)
    assert len(set(ids(page))) == len(ids(page)) >= 600
    whole = [each for page in await all_of(adapter, ListingQuery(), limit=170) for each in ids(page)]
    assert sorted(whole, key=int) == [str(n) for n in range(1, 700)]


async def test_a_reader_may_begin_anywhere(upstream, adapter, world):
    upstream.show(world)
    whole = [each.key for page in await all_of(adapter, ListingQuery()) for each in page.listings]
    for place in (0, 137, len(whole) - 2):
        page = await adapter.search(ListingQuery(), whole[place], 30)
        assert [listing.key for listing in page.listings][:30] == whole[place + 1 : place + 31]


@pytest.mark.parametrize("collection", [False, True], ids=["plain", "collection-in-home"])
@pytest.mark.parametrize("runs", [False, True], ids=["at one instant", "that run already"])
async def test_a_crowd_that_fills_a_page_is_said_to_be_truncated_and_passed(upstream, adapter, collection, runs):
    upstream.collection_in_home = collection
    before = 2 * DAY if runs else timedelta(0)
    crowd = [event(n, start=START - before, lasts=before + HOUR / 2) for n in range(1, 600)]
    upstream.show([*crowd, *(event(n, start=START + 3 * HOUR) for n in (801, 802))])
    pages = await all_of(adapter, ListingQuery(start_from=START), limit=100)
    found = [each for page in pages for each in ids(page)]
    assert any(page.truncated for page in pages)
    assert found[-2:] == ["801", "802"]
    assert len(found) == len(set(found))
    assert len(upstream.requests) < 40


async def test_a_keyword_is_one_request(upstream, adapter):
    upstream.show(event(n, "Foxes", start=START + n * HOUR) for n in range(1, 700))
    with counting() as tally:
        page = await adapter.search(ListingQuery(keyword="foxes"), None, 600)
    assert (len(page.listings), page.total, tally.requests) == (600, 699, 1)


async def test_a_seek_beyond_the_last_event_finds_the_end(upstream, adapter, world):
    upstream.show(world)
    page = await adapter.search(ListingQuery(), Key(START + 400 * DAY, "x"), 10)
    assert (page.listings, page.exhausted) == ((), True)


# --- lookup ---


async def test_a_lookup_brings_the_event_with_its_description(upstream, adapter):
    upstream.show([event(7, "Foxes")])
    (found,) = await adapter.lookup(["7"])
    assert (found.id, found.description) == ("7", "Foxes & friends")
    assert [request.path for request in upstream.requests] == ["/api/event/detail/7"]


async def test_what_is_gone_is_left_out(adapter):
    assert list(await adapter.lookup(["7"])) == []


@pytest.mark.parametrize("odd", ["an-evening-7", "0", "", "../events", "7?x=1", "99999999999"])
async def test_what_is_no_number_is_not_asked_for(upstream, adapter, odd):
    upstream.show([event(7)])
    assert list(await adapter.lookup([odd])) == []
    assert upstream.requests == []


async def test_another_event_whose_slug_is_the_id_is_not_mistaken_for_it(upstream, adapter):
    upstream.show([event(7, "1984", slug="1984")])
    assert list(await adapter.lookup(["1984"])) == []


# --- errors ---


async def test_a_quota_that_is_used_up_is_rate_limited_until_its_window_ends(upstream, adapter):
    upstream.quota = 1
    await adapter.search(ListingQuery(), None, 10)
    with pytest.raises(RateLimited) as caught:
        await adapter.search(ListingQuery(), None, 10)
    assert caught.value.http_status == 429
    assert caught.value.retry_at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.status(500), Unavailable),
        (Fault.status(400), Refused),
        (Fault.status(404), Refused),
        (Fault.rate_limited(retry_after=30), RateLimited),
        (Fault.down(), Unavailable),
        (Fault.html(), Malformed),
        (Fault.empty(), Malformed),
        (Fault.truncated(), Malformed),
        (Fault.odd(), Malformed),
        (Fault.error_body(), Malformed),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Fault) else "",
)
async def test_every_failure_is_an_error_of_its_kind(upstream, adapter, fault, kind):
    upstream.show([event(n) for n in range(1, 5)])
    upstream.fault = fault
    with pytest.raises(kind):
        await adapter.search(ListingQuery(), None, 10)


async def test_a_lookup_that_fails_is_no_event_that_is_gone(upstream, adapter):
    upstream.fault = Fault.status(503)
    with pytest.raises(ProviderError):
        await adapter.lookup(["7"])


# --- settings ---


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"url": "agenda.example"}, "url: wants an address"),
        ({"time_zone": "Middle/Earth"}, "time_zone: .* is not an IANA time zone"),
        ({"country": "Italy"}, "country: .* is not an ISO 3166-1"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_its_name(settings, message):
    with pytest.raises(SettingError, match=message):
        read(event(), **settings)


async def test_a_feed_of_any_name_is_made_from_a_table_alone(upstream):
    upstream.show([event(1)])
    kinds = [Kind(name="gancio", package="event-gateway", ours=True, provider_class=Gancio)]
    table = {"kind": "gancio", "url": f"{upstream.url}/", "time_zone": "Europe/Rome", "allow_private": True}
    registry = build(kinds, Configuration(feeds={"my-town": table}), clock=lambda: NOW)
    provider = registry.get("my-town").provider
    (listing,) = (await provider.search(ListingQuery(), None, 5)).listings
    assert listing.url == f"{upstream.url}/event/an-evening-1"
    await registry.aclose()


def test_a_feed_without_its_time_zone_does_not_start():
    kinds = [Kind(name="gancio", package="event-gateway", ours=True, provider_class=Gancio)]
    table = {"kind": "gancio", "url": "https://agenda.example"}
    with pytest.raises(SettingError, match=r"feeds\.my-town\.time_zone: must be set"):
        build(kinds, Configuration(feeds={"my-town": table}))


# --- what a record means ---


def test_an_event_becomes_a_listing_with_all_that_it_says():
    place = gancio_place(3, "Officine", address="Via Roma 1, 10100 Torino, Italy", point=(45.07, 7.69))
    listing = read(event(5, "Foxes &  Choir", lasts=2 * HOUR, place=place, tags=["concerto", "punk"]))
    assert (listing.id, listing.name) == ("5", "Foxes & Choir")
    assert (listing.start.instant.isoformat(), listing.start.time_zone) == ("2027-06-01T02:00:00+02:00", "Europe/Rome")
    assert listing.end.instant - listing.start.instant == 2 * HOUR
    assert (listing.status, listing.attendance_mode) == (EventStatus.SCHEDULED, EventAttendanceMode.OFFLINE)
    assert (listing.event_type, listing.keywords) == (EventType.MUSIC, ("concerto", "punk"))
    assert listing.url == "https://agenda.example/event/foxes-and-choir-5"
    venue = listing.venue
    assert (venue.id, venue.name, venue.point) == ("3", "Officine", Point(latitude=45.07, longitude=7.69))
    assert (venue.address.street, venue.address.locality, venue.address.postal_code, venue.address.country) == (
        "Via Roma 1",
        "Torino",
        "10100",
        "IT",
    )


@pytest.mark.parametrize("end", [None, 0, int(START.timestamp()), int(START.timestamp()) - 5, "soon"])
def test_an_end_that_is_not_after_the_start_is_none(end):
    assert read(event() | {"end_datetime": end}).end is None


def test_the_place_online_is_no_place():
    listing = read(event(place=gancio_place(1, "Online", address=None, point=None)))
    assert (listing.venue, listing.attendance_mode) == (None, EventAttendanceMode.ONLINE)


def test_an_event_at_a_place_that_is_streamed_too_is_both():
    listing = read(event(online_locations=["https://stream.example/1"]))
    assert (listing.venue.name, listing.attendance_mode) == ("The Hall", EventAttendanceMode.MIXED)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (gancio_place(1, "", address="Via Roma 1"), "Via Roma 1"),
        (gancio_place(1, "", address=None), "Torino"),
        (gancio_place(1, "Secret", address=None, point=None), "Secret"),
    ],
)
def test_a_place_without_a_name_goes_by_its_address_or_its_town(place, name):
    venue = read(event(place=place), city="Torino", country="it").venue
    assert (venue.name, venue.address.locality, venue.address.country) == (name, "Torino", "IT")


def test_a_place_of_which_nothing_is_known_is_none():
    assert read(event(place=gancio_place(1, "", address=None, point=None))).venue is None


def test_an_address_that_cannot_be_taken_apart_is_the_street():
    address = read(event(place=gancio_place(1, "Hall", address="60, avenue Rouge, Villeneuve"))).venue.address
    assert (address.street, address.locality) == ("60, avenue Rouge, Villeneuve", None)


@pytest.mark.parametrize("point", [None, (0, 0), (91, 0)])
def test_coordinates_of_nowhere_are_none(point):
    assert read(event(place=gancio_place(1, "Hall", point=point))).venue.point is None


def test_media_are_images_of_the_instance():
    media = [
        {"url": "a b.jpg", "width": 1200, "height": 800, "name": "Flyer", "focalpoint": [0, 0]},
        {"url": "https://elsewhere.example/c.jpg"},
        {"url": "javascript:alert(1)"},
        {"url": None},
        "odd",
    ]
    first, second = read(event(media=media)).images
    assert (first.url, first.width, first.height, first.caption) == (
        "https://agenda.example/media/a%20b.jpg",
        1200,
        800,
        "Flyer",
    )
    assert second.url == "https://elsewhere.example/c.jpg"


@pytest.mark.parametrize(
    ("price", "amounts", "currency"),
    [
        ("5 €", ("5", None, None), "EUR"),
        ("€ 12,50 con tessera", ("12.50", None, None), "EUR"),
        ("5-10€", (None, "5", "10"), "EUR"),
        ("8 / 10 euro", (None, "8", "10"), "EUR"),
        ("5€ prima delle 22, poi 8€", (None, "5", "8"), "EUR"),
        ("CHF 20", ("20", None, None), "CHF"),
        ("ore 21", (None, None, None), None),
        ("1.000 €", (None, None, None), None),
        ("5 € or £4", (None, None, None), None),
        ("offerta libera", (None, None, None), None),
        (7, (None, None, None), None),
    ],
)
def test_a_price_is_its_text_and_what_amounts_plainly_stand_in_it(price, amounts, currency):
    (offer,) = read(event(price=price)).offers
    assert offer.name == str(price)
    expected = tuple(Decimal(each) if each else None for each in amounts)
    assert (offer.price, offer.low_price, offer.high_price) == expected
    assert offer.currency == currency


@pytest.mark.parametrize("price", ["gratis", "Ingresso gratuito!", "0", "0 €", 0])
def test_what_costs_nothing_is_free(price):
    assert read(event(price=price)).is_free is True


@pytest.mark.parametrize("price", [None, "", " ", True, []])
def test_an_event_without_a_price_says_nothing_of_it(price):
    listing = read(event() | {"price": price})
    assert (listing.offers, listing.is_free) == ((), None)


@pytest.mark.parametrize(
    "gone", ["slug", "end_datetime", "media", "price", "online_locations", "tags", "place", "description"]
)
@pytest.mark.parametrize("instead", [None, [], {}, "x", 7, [7]])
def test_one_odd_field_costs_no_event(gone, instead):
    assert read(event() | {gone: instead}).id == "1"


class TestContract(ProviderContract):
    provider_class = Gancio
    unknown_id = "987654321"

    @pytest.fixture
    async def provider(self, upstream):
        start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - 3 * DAY
        upstream.show(gancio_world(count=120, seed=5, start=start))
        made = adapter_of(upstream.url, clock=lambda: datetime.now(UTC))
        yield made
        await made.aclose()
