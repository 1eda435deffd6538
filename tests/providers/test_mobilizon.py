import asyncio
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from providers import (
    Answer,
    Box,
    Circle,
    Configuration,
    DatePrecision,
    EventAttendanceMode,
    EventStatus,
    EventType,
    Http,
    Key,
    Kind,
    ListingQuery,
    Malformed,
    OfferKind,
    Patience,
    Place,
    Point,
    Refused,
    SettingError,
    Unavailable,
    build,
    counting,
    matches,
)
from providers.mobilizon import Mobilizon, document
from providers.testing import (
    FakeMobilizon,
    Fault,
    ProviderContract,
    mobilizon_address,
    mobilizon_event,
    mobilizon_world,
)

DAY = date(2027, 6, 1)
NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
START = datetime(2027, 6, 1, tzinfo=UTC)
LYON = Point(latitude=45.764, longitude=4.8357)


@pytest.fixture(scope="module")
def running():
    with FakeMobilizon() as upstream:
        yield upstream


@pytest.fixture
def upstream(running):
    running.reset()
    running.show([])
    running.older = False
    running.hidden = set()
    return running


@pytest.fixture
async def adapter(upstream):
    made = adapter_of(upstream)
    yield made
    await made.aclose()


def adapter_of(upstream, *, attempts=1):
    http = Http(upstream.url, patience=Patience(attempts=attempts, first_wait=0.01))
    return Mobilizon(settings={"url": upstream.url}, http=http, clock=lambda: NOW)


def read(**fields):
    """An event of these fields as the adapter reads it; no server is needed."""
    return Mobilizon(settings={"url": "https://a.example"}, http=None).listing(mobilizon_event("e1", **fields))


def options(**more):
    return mobilizon_event("e1")["options"] | more


def ids(page):
    return [listing.id for listing in page.listings]


async def all_of(adapter, query, *, limit=100):
    pages, seek = [], None
    while True:
        page = await adapter.search(query, seek, limit)
        assert all(seek is None or listing.key > seek for listing in page.listings)
        pages.append(page)
        if page.exhausted:
            return pages
        assert seek is None or page.frontier > seek
        seek = page.frontier


async def found_by(adapter, query, *, limit=100):
    return [listing for page in await all_of(adapter, query, limit=limit) for listing in page.listings]


# --- what it asks ---


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (ListingQuery(), 'beginsOn: "1970-01-01T00:00:00Z", page: 1, limit: 100'),
        (ListingQuery(), "sortBy: START_TIME_ASC, statusOneOf: [TENTATIVE, CONFIRMED, CANCELLED]"),
        (ListingQuery(start_from=START), 'beginsOn: "2027-05-30T23:00:00Z"'),
        (ListingQuery(keyword='big "loud" \\ crêpes'), r'term: "big \"loud\" \\ crêpes"'),
        (ListingQuery(near=Circle(center=LYON, radius_km=4.2)), 'location: "u05kq514x", radius: 5'),
        (ListingQuery(bounding_box=Box(south=45, west=4, north=46, east=5)), 'location: "u054y7hb9", radius: 69'),
        (ListingQuery(city=Place(name="Lyon", latitude=45.764, longitude=4.8357)), "radius: 31"),
        (ListingQuery(event_types=(EventType.LITERARY, EventType.MUSIC)), 'categoryOneOf: ["BOOK_CLUBS", "MUSIC"]'),
        (
            ListingQuery(genres=("hip-hop",)),
            'tags: "hip-hop,Hip-hop,Hip-Hop,HIP-HOP,hip hop,Hip hop,Hip Hop,HIP HOP"',
        ),
    ],
)
async def test_every_condition_has_its_argument(upstream, adapter, query, asked):
    await adapter.search(query, None, 10)
    assert asked in upstream.documents[-1]


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(start_before=START),
        ListingQuery(city=Place(name="Lyon")),
        ListingQuery(bounding_box=Box(south=-10, west=170, north=10, east=-170)),
    ],
)
async def test_what_the_api_cannot_be_asked_is_not(upstream, adapter, query):
    await adapter.search(query, None, 10)
    assert not any(name in upstream.documents[-1] for name in ("endsOn:", "location:", "radius:"))


def test_a_lookup_of_the_largest_batch_is_just_within_the_allowed_complexity():
    each = 1 + document.cost(document.SELECTION)
    assert document.BATCH * each <= document.MAX_COMPLEXITY < (document.BATCH + 1) * each
    assert Mobilizon.info.limits.lookup_batch == document.BATCH > 1


# --- what it finds ---


@pytest.fixture(scope="module")
def world():
    return mobilizon_world(count=350, seed=7, start_day=DAY)


@pytest.fixture(scope="module")
def listings(world):
    return [read(**record) for record in world]


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(),
        ListingQuery(keyword="winter lantern"),
        ListingQuery(start_from=START + timedelta(days=9, hours=3), start_before=START + timedelta(days=20)),
        ListingQuery(near=Circle(center=LYON, radius_km=3)),
        ListingQuery(bounding_box=Box(south=43, west=1, north=46, east=4.86)),
        ListingQuery(city=Place(name="Lyon", country="FR", latitude=45.764, longitude=4.8357)),
        ListingQuery(event_types=(EventType.MUSIC, EventType.SCREENING)),
        ListingQuery(event_types=(EventType.OTHER,)),
        ListingQuery(genres=("jazz", "free-software")),
    ],
)
@pytest.mark.parametrize("older", [False, True], ids=["newest", "older"])
async def test_a_search_finds_exactly_what_matches_in_order(upstream, adapter, world, listings, query, older):  # noqa: PLR0917 - fixtures
    upstream.show(world)
    upstream.older = older
    due = sorted(listing.key for listing in listings if matches(listing, query))
    assert due
    assert [listing.key for listing in await found_by(adapter, query, limit=30)] == due


async def test_an_event_that_begins_in_the_range_and_ends_after_it_is_there(upstream, adapter):
    upstream.show([mobilizon_event("long", beginsOn="2027-06-01T18:00:00Z", endsOn="2027-08-01T18:00:00Z")])
    query = ListingQuery(start_from=START, start_before=START + timedelta(days=1))
    assert len((await adapter.search(query, None, 10)).listings) == 1


async def test_the_list_is_not_read_beyond_the_end_of_the_range(upstream, adapter, world):
    upstream.show(world)
    query = ListingQuery(start_from=START, start_before=START + timedelta(days=2))
    assert (await adapter.search(query, None, 300)).exhausted
    assert len(upstream.documents) == 1


async def test_past_events_are_found_when_they_are_asked_for(upstream, adapter):
    upstream.show([mobilizon_event("old", beginsOn="2019-06-01T18:00:00Z")])
    assert len((await adapter.search(ListingQuery(), None, 10)).listings) == 1


async def test_the_total_is_the_apis_own(upstream, adapter, world):
    upstream.show(world)
    assert (await adapter.search(ListingQuery(), None, 10)).total == 350


async def test_a_record_that_cannot_be_read_costs_no_other(upstream, adapter):
    upstream.show([mobilizon_event("good"), mobilizon_event("bad", title=" ")])
    page = await adapter.search(ListingQuery(), None, 10)
    assert (len(page.listings), page.rejected) == (1, 1)


# --- older instances ---


async def test_an_older_instance_is_found_out_once_and_remembered(upstream, adapter, world):
    upstream.older = True
    upstream.show(world[:50])
    assert not adapter.is_older
    for _ in range(2):
        assert len((await adapter.search(ListingQuery(start_from=START), None, 100)).listings) == 50
    assert adapter.is_older
    assert ["sortBy" in each for each in upstream.documents] == [True, False, False]


async def test_an_instance_that_cannot_sort_by_start_only_is_an_older_one_too():
    told = 'Argument "sortBy" has invalid value START_TIME_ASC.'
    asked = []

    def serve(request):
        asked.append(request.content)
        newest = b"START_TIME_ASC" in request.content
        body = {"errors": [{"message": told}]} if newest else {"data": {"searchEvents": {"total": 0, "elements": []}}}
        return httpx.Response(200, json=body)

    http = Http("https://a.example", transport=httpx.MockTransport(serve))
    page = await Mobilizon(settings={"url": "https://a.example"}, http=http).search(ListingQuery(), None, 10)
    assert (page.listings, len(asked)) == ((), 2)


async def test_more_than_a_thousand_events_of_an_older_instance_are_said_to_be_cut_off(upstream, adapter):
    upstream.older = True
    upstream.show(mobilizon_world(count=1_050, seed=1, start_day=DAY))
    pages = await all_of(adapter, ListingQuery(start_from=START - timedelta(days=1)), limit=400)
    assert sum(len(page.listings) for page in pages) == 1_000
    assert all(page.truncated for page in pages)


async def test_searches_that_find_out_at_once_all_succeed(upstream, adapter, world):
    upstream.older = True
    upstream.show(world[:10])
    pages = await asyncio.gather(*(adapter.search(ListingQuery(), None, 10) for _ in range(3)))
    assert [len(page.listings) for page in pages] == [10, 10, 10]


# --- lookup ---


async def test_events_are_looked_up_together_and_those_that_are_gone_are_left_out(upstream, adapter):
    records = [mobilizon_event(f"e{number}") for number in range(document.BATCH - 1)]
    upstream.show(records)
    gone = mobilizon_event("gone")["uuid"]
    with counting() as tally:
        found = await adapter.lookup([gone, *(record["uuid"] for record in records)])
    assert {listing.id for listing in found} == {record["uuid"] for record in records}
    assert tally.requests == 1


async def test_what_is_no_uuid_is_not_asked_for(upstream, adapter):
    upstream.show([mobilizon_event("e1")])
    known = mobilizon_event("e1")["uuid"]
    assert await adapter.lookup(["no-uuid"]) == []
    assert upstream.documents == []
    assert [listing.id for listing in await adapter.lookup(['"}', known, known])] == [known]


async def test_a_lookup_that_breaks_down_for_one_event_is_no_answer(upstream, adapter):
    records = [mobilizon_event("e1"), mobilizon_event("e2")]
    upstream.show(records)
    upstream.hidden = {records[0]["uuid"]}
    with pytest.raises(Unavailable, match="Something went wrong"):
        await adapter.lookup([record["uuid"] for record in records])


# --- errors ---


def explained(body, status=200):
    adapter = Mobilizon(settings={"url": "https://a.example"}, http=None)
    return adapter.explain(Answer(status=status, headers={}, content=httpx.Response(200, json=body).content, url=""))


@pytest.mark.parametrize(
    ("error", "kind", "status"),
    [
        ({"message": 'Cannot query field "when" on type "Event".'}, Refused, 400),
        ({"message": "Operation is too complex: complexity is 345 and maximum is 300"}, Refused, 400),
        ({"message": "You need to be logged in", "code": "unauthenticated", "status_code": 401}, Refused, 401),
        ({"message": "Something went wrong", "code": "unknown", "status_code": 500}, Unavailable, 500),
        ({}, Refused, 400),
    ],
)
@pytest.mark.parametrize("http_status", [200, 400])
def test_an_error_in_the_body_is_one_whatever_the_status(error, kind, status, http_status):
    found = explained({"errors": [error]}, http_status)
    assert (type(found), found.http_status) == (kind, status)


@pytest.mark.parametrize("errors", [[], None, "x", [None]])
def test_an_empty_list_of_errors_is_no_error(errors):
    assert explained({"data": {}, "errors": errors}) is None


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.down(), Unavailable),
        (Fault.status(503), Unavailable),
        (Fault.html(), Malformed),
        (Fault.empty(), Malformed),
        (Fault.odd(), Malformed),
        (Fault.truncated(), Malformed),
        (Fault.error_body(), Unavailable),
    ],
)
async def test_each_fault_is_its_kind_of_error(upstream, adapter, fault, kind):
    upstream.show([mobilizon_event("e1")])
    upstream.fault = fault
    with pytest.raises(kind):
        await adapter.search(ListingQuery(), None, 10)


@pytest.mark.parametrize("fault", [Fault.status(503, times=1), Fault.down(times=1), Fault.error_body(times=1)])
async def test_a_question_is_asked_again_although_it_is_a_post(upstream, fault):
    upstream.show([mobilizon_event("e1")])
    upstream.fault = fault
    adapter = adapter_of(upstream, attempts=2)
    assert len((await adapter.search(ListingQuery(), None, 10)).listings) == 1
    await adapter.aclose()


# --- settings ---


@pytest.mark.parametrize("url", ["mobilizon.example", "ftp://mobilizon.example", "https://mobilizon.example/@group"])
def test_an_address_that_is_no_instances_is_refused_with_an_example(url):
    with pytest.raises(SettingError, match=r"url: wants .* such as https://mobilizon\.example"):
        Mobilizon(settings={"url": url}, http=None)


async def test_there_may_be_any_number_of_instances():
    kind = Kind(name="mobilizon", package="event-gateway 0.1.0", ours=True, provider_class=Mobilizon)
    feeds = {name: {"kind": "mobilizon", "url": f"https://{name}.example/"} for name in ("one", "two")}
    registry = build([kind], Configuration(feeds=feeds))
    assert {name: each.http.base_url for name, each in registry.enabled().items()} == {
        "one": "https://one.example",
        "two": "https://two.example",
    }
    await registry.aclose()


# --- what it reads ---


def test_a_plain_event_is_read_whole():
    listing = read(
        title="Repair &amp; share",
        description="<p>Bring <b>tools</b>.</p><p>And cake.</p>",
        category="CRAFTS",
        endsOn="2027-06-01T20:00:00Z",
        tags=[{"title": "Hip Hop"}, {"title": "Repair café"}],
        picture={"url": "https://mobilizon.example/media/1.jpg", "alt": "A poster"},
        onlineAddress="https://repair.example",
        language="de",
    )
    assert listing.id == mobilizon_event("e1")["uuid"]
    assert listing.name == "Repair & share"
    assert listing.description == "Bring tools.\n\nAnd cake."
    assert (listing.start.latest, listing.start.time_zone) == (datetime(2027, 6, 1, 18, tzinfo=UTC), "Europe/Paris")
    assert listing.end.latest == datetime(2027, 6, 1, 20, tzinfo=UTC)
    assert listing.event_type is EventType.EDUCATION
    assert listing.keywords == ("Hip Hop", "Repair café")
    assert listing.genres == ("hip-hop", "repair-cafe")
    assert (listing.images[0].url, listing.images[0].caption) == ("https://mobilizon.example/media/1.jpg", "A poster")
    assert listing.url == f"https://mobilizon.example/events/{listing.id}"
    assert listing.same_as == ("https://repair.example",)
    assert listing.organizer.name == "The Group"
    assert listing.languages == ("de",)
    assert listing.updated_at == datetime(2027, 1, 1, 12, tzinfo=UTC)


def test_an_address_is_a_venue_and_its_point_is_longitude_first():
    venue = read(physicalAddress=mobilizon_address(geom="4.8357;45.764")).venue
    assert (venue.id, venue.name, venue.time_zone) == ("nominatim:The Library", "The Library", "Europe/Paris")
    assert (venue.point.latitude, venue.point.longitude) == (45.764, 4.8357)
    assert (venue.address.street, venue.address.locality, venue.address.country) == ("1 Rue du Test", "Lyon", "FR")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ({"description": None}, "1 Rue du Test"),
        ({"description": None, "street": ""}, "Lyon"),
        ({"description": None, "street": None, "locality": None}, None),
    ],
)
def test_a_place_without_a_name_is_called_by_its_street_or_its_town(address, name):
    venue = read(physicalAddress=mobilizon_address() | address).venue
    assert (venue.name if venue else None) == name


@pytest.mark.parametrize("geom", [None, "", "4.8;", "x;y", "45.7", "4.8;95.0"])
def test_a_point_that_is_none_costs_no_venue(geom):
    venue = read(physicalAddress=mobilizon_address(geom=geom)).venue
    assert (venue.name, venue.point) == ("The Library", None)


@pytest.mark.parametrize(("country", "code"), [("Deutschland", "DE"), ("ch", "CH"), ("Atlantis", None), (None, None)])
def test_a_country_is_known_by_its_name_or_its_code(country, code):
    assert read(physicalAddress=mobilizon_address(country=country)).venue.address.country == code


def test_a_start_whose_time_is_not_to_be_shown_is_a_day_where_it_happens():
    start = read(beginsOn="2027-06-01T22:30:00Z", options=options(showStartTime=False)).start
    assert (start.precision, start.day, start.time_zone) == (DatePrecision.DATE, date(2027, 6, 2), "Europe/Paris")


def test_an_end_whose_time_is_not_to_be_shown_is_told_only_where_it_is_another_day():
    hidden = options(showEndTime=False)
    assert read(endsOn="2027-06-01T20:00:00Z", options=hidden).end is None
    assert read(endsOn="2027-06-04T20:00:00Z", options=hidden).end.day == date(2027, 6, 4)


@pytest.mark.parametrize("end", [None, "", "soon", "2027-06-01T18:00:00Z", "2027-05-01T18:00:00Z"])
def test_an_end_that_is_not_after_the_start_is_none(end):
    assert read(endsOn=end).end is None


def test_the_address_tells_the_time_zone_where_the_event_does_not_and_without_both_the_instant_stays():
    elsewhere = mobilizon_address(timezone="America/Toronto")
    assert read(options=options(timezone=None), physicalAddress=elsewhere).start.time_zone == "America/Toronto"
    nowhere = read(options=options(timezone="Nowhere/At all"), physicalAddress=None)
    assert (nowhere.start.time_zone, nowhere.start.latest.hour, nowhere.venue) == (None, 18, None)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("CONFIRMED", EventStatus.SCHEDULED),
        ("TENTATIVE", EventStatus.UNKNOWN),
        ("CANCELLED", EventStatus.CANCELLED),
        (None, EventStatus.UNKNOWN),
    ],
)
def test_every_status_has_its_meaning(code, status):
    assert read(status=code).status is status


@pytest.mark.parametrize(
    ("category", "kind"), [("THEATRE", EventType.THEATER), ("NEW_ONE", EventType.OTHER), (None, EventType.OTHER)]
)
def test_a_category_tells_the_kind_of_event(category, kind):
    assert read(category=category).event_type is kind


def test_an_event_that_is_fully_online_says_so():
    assert read(options=options(isOnline=True), physicalAddress=None).attendance_mode is EventAttendanceMode.ONLINE
    assert read().attendance_mode is EventAttendanceMode.OFFLINE


def test_prices_are_exact_offers_and_free_ones_make_a_free_event():
    prices = [{"price": 4.35, "priceCurrency": "EUR", "url": "https://tickets.example"}, {"price": 5}, {"price": -1}]
    (offer,) = read(options=options(offers=prices)).offers
    assert (offer.price, offer.currency, offer.url) == (Decimal("4.35"), "EUR", "https://tickets.example")
    assert read(options=options(offers=prices)).is_free is None
    assert read(options=options(offers=[{"price": 0.0, "priceCurrency": "EUR", "url": None}])).is_free is True


def test_a_registration_elsewhere_is_an_offer():
    (offer,) = read(externalParticipationUrl="https://register.example").offers
    assert (offer.kind, offer.url) == (OfferKind.FREE_REGISTRATION, "https://register.example")


def test_without_a_group_the_one_who_published_it_is_the_organizer():
    assert read(attributedTo=None).organizer.name == "somebody"
    assert read(attributedTo=None, organizerActor=None).organizer is None


@pytest.mark.parametrize("gone", sorted(set(mobilizon_event("e1")) - {"uuid", "title", "beginsOn"}))
@pytest.mark.parametrize("instead", [None, [], {}, "x", 7])
def test_one_odd_field_costs_no_event(gone, instead):
    assert read(**{gone: instead}).name == "A gathering"


@pytest.mark.parametrize("language", ["und", "", None, "x-private-1"])
def test_a_language_that_was_not_made_out_is_none(language):
    assert read(language=language).languages == ()


def test_the_made_up_world_is_the_same_each_time(world):
    assert world == mobilizon_world(count=350, seed=7, start_day=DAY)


async def test_a_seek_beyond_the_last_event_finds_the_end(upstream, adapter, world):
    upstream.show(world)
    page = await adapter.search(ListingQuery(), Key(START + timedelta(days=400), "x"), 10)
    assert (page.listings, page.exhausted) == ((), True)


class TestContract(ProviderContract):
    provider_class = Mobilizon
    unknown_id = "00000000-0000-4000-8000-000000000000"

    @pytest.fixture
    async def provider(self, upstream):
        upstream.show(mobilizon_world(count=120, seed=5, start_day=datetime.now(UTC).date() + timedelta(days=1)))
        made = Mobilizon(settings={"url": upstream.url}, http=Http(upstream.url))
        yield made
        await made.aclose()
