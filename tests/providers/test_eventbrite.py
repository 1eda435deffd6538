import logging
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

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
    Kind,
    ListingQuery,
    Malformed,
    Misconfigured,
    OfferAvailability,
    OfferKind,
    Patience,
    Place,
    Point,
    ProviderError,
    RateLimited,
    Redactor,
    Refused,
    SettingError,
    Unavailable,
    build,
    counting,
    matches,
)
from providers.eventbrite import Eventbrite
from providers.eventbrite.kinds import tags_of
from providers.eventbrite.lists import EventList
from providers.testing import (
    FakeEventbrite,
    Fault,
    ProviderContract,
    eventbrite_destination_event,
    eventbrite_event,
    eventbrite_venue,
    eventbrite_world,
)

DAY = date(2027, 6, 1)
NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
START = datetime(2027, 6, 1, tzinfo=UTC)
TOKEN = "fake-token-XYZZY4PLUGH"
ORGANIZERS = ["501", "502", "503"]


@pytest.fixture(scope="module")
def running():
    with FakeEventbrite(token=TOKEN, now=NOW) as upstream:
        yield upstream


@pytest.fixture
def upstream(running):
    running.reset()
    running.show([])
    running.quota, running.expansion_fails, running.one_gone_spoils_all, running.now = None, False, False, NOW
    return running


@pytest.fixture
async def adapter(upstream):
    made = adapter_of(upstream, organizers=["501"])
    yield made
    await made.aclose()


@pytest.fixture
async def searching(upstream):
    made = adapter_of(upstream, destination_search=True)
    yield made
    await made.aclose()


@pytest.fixture(params=[{"organizers": ["501"]}, {"destination_search": True}], ids=["lists", "search"])
async def either(upstream, request):
    made = adapter_of(upstream, **request.param)
    yield made
    await made.aclose()


def adapter_of(upstream, *, token=TOKEN, attempts=1, clock=lambda: NOW, **settings):
    own = {"token": token, "organizations": None, "organizers": None, "venues": None, "destination_search": False}
    http = Http(upstream.url, redactor=Redactor(token), patience=Patience(attempts=attempts, first_wait=0.01))
    return Eventbrite(settings=own | settings, http=http, clock=clock)


def events():
    return EventList(Eventbrite(settings={"token": TOKEN}, http=None, clock=lambda: NOW))


def read(record):
    """The record as the adapter reads it; no server is needed."""
    return events().listing(record)


def both(record):
    """The event as read from each of its two shapes."""
    return read(record), read(eventbrite_destination_event(record))


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
        seek = page.frontier


# --- settings ---


def enrolled(**table):
    kind = Kind(name="eventbrite", package="event-gateway 1", ours=True, provider_class=Eventbrite)
    return build([kind], Configuration(providers={"eventbrite": table})).get("eventbrite")


def test_without_a_token_it_is_off_and_says_what_to_set():
    assert enrolled().missing == ("token",)
    assert "private token" in enrolled().problem


def test_an_id_that_is_none_stops_the_start():
    with pytest.raises(SettingError, match=r"providers\.eventbrite\.organizers: wants ids such as .*, not 'the-club'"):
        enrolled(token=TOKEN, organizers=["501", "the-club"])


async def test_without_a_list_a_search_says_what_to_set_and_a_lookup_works(upstream):
    upstream.show([eventbrite_event("1")])
    adapter = adapter_of(upstream)
    with pytest.raises(
        Misconfigured, match="name some organizations, organizers or venues, or set destination_search"
    ) as caught:
        await adapter.search(ListingQuery(), None, 10)
    assert caught.value.missing == ("organizations", "organizers", "venues")
    assert [listing.id for listing in await adapter.lookup(["1"])] == ["1"]
    await adapter.aclose()


async def test_the_search_is_off_unless_it_is_switched_on(upstream, adapter):
    upstream.show([eventbrite_event("1")])
    await adapter.search(ListingQuery(), None, 10)
    assert [request.path for request in upstream.requests] == ["/organizers/501/events/"]


# --- the documented lists ---


async def test_a_list_is_asked_for_with_all_that_belongs_to_its_events_and_a_slash_at_the_end(upstream, adapter):
    upstream.show([eventbrite_event("1")])
    await adapter.search(ListingQuery(), None, 10)
    (request,) = upstream.requests
    assert request.path.endswith("/")
    assert dict(request.params) == {
        "status": "all",
        "order_by": "start_desc",
        "page_size": "50",
        "expand": "venue,organizer,ticket_availability,category,subcategory,format,logo,event_sales_status",
    }


async def test_every_list_is_read_and_an_event_in_two_of_them_comes_once(upstream):
    hall = eventbrite_venue("702")
    upstream.show(
        [
            eventbrite_event("1", organizer_id="501", venue=hall),
            eventbrite_event("2", organizer_id="502", venue=hall),
            eventbrite_event("3", organizer_id="503", organization_id="402"),
        ]
    )
    adapter = adapter_of(upstream, organizers=["501"], venues=["702"], organizations=["402"])
    page = await adapter.search(ListingQuery(), None, 10)
    assert (ids(page), page.total, page.exhausted) == (["1", "2", "3"], 3, True)
    assert sorted(request.path for request in upstream.requests) == [
        "/organizations/402/events/",
        "/organizers/501/events/",
        "/venues/702/events/",
    ]
    await adapter.aclose()


async def test_a_list_goes_on_as_long_as_it_says_that_there_is_more(upstream, adapter):
    upstream.show(eventbrite_event(f"{n}", day=DAY + timedelta(days=n)) for n in range(620))
    pages = await all_of(adapter, ListingQuery(start_from=NOW), limit=70)
    assert [each for page in pages for each in ids(page)] == [f"{n}" for n in range(620)]
    assert (len(pages), len(upstream.requests)) == (2, 2 * 13)


async def test_a_page_gives_more_than_is_asked_for_since_all_is_read_for_each(upstream, adapter):
    upstream.show(eventbrite_event(f"{n}", day=DAY + timedelta(days=n)) for n in range(120))
    page = await adapter.search(ListingQuery(start_from=NOW), None, 10)
    assert (len(page.listings), page.exhausted) == (120, True)


async def test_reading_stops_at_what_is_over(upstream, adapter):
    upstream.show(eventbrite_event(f"{n}", day=DAY - timedelta(days=n)) for n in range(500))
    assert ids(await adapter.search(ListingQuery(start_from=START), None, 100)) == ["1", "0"]
    assert len(upstream.requests) == 1


async def test_who_asks_for_the_past_gets_it(upstream, adapter):
    upstream.show(eventbrite_event(f"{n}", day=DAY - timedelta(days=n), status="completed") for n in range(200))
    long_ago = START - timedelta(days=100)
    page = await adapter.search(ListingQuery(start_from=long_ago, start_before=long_ago + timedelta(days=3)), None, 10)
    assert ids(page) == ["101", "100", "99"]


async def test_a_list_longer_than_the_cap_is_said_to_be_truncated(upstream, adapter):
    upstream.show(eventbrite_event(f"{n}", day=DAY + timedelta(days=n)) for n in range(1_100))
    page = await adapter.search(ListingQuery(start_from=NOW), None, 10)
    assert (page.truncated, page.total, len(upstream.requests)) == (True, None, 20)


@pytest.fixture(scope="module")
def world():
    return eventbrite_world(count=300, seed=7, start_day=DAY)


BERLIN = Point(latitude=52.52, longitude=13.405)
QUERIES = [
    ListingQuery(keyword="velvet"),
    ListingQuery(country="DE"),
    ListingQuery(city=Place(name="London", country="GB", latitude=51.5074, longitude=-0.1278)),
    ListingQuery(near=Circle(center=BERLIN, radius_km=2)),
    ListingQuery(bounding_box=Box(south=41, west=-88, north=42, east=-87)),
    ListingQuery(start_from=START + timedelta(days=3), start_before=START + timedelta(days=9)),
    ListingQuery(event_types=(EventType.MUSIC,)),
    ListingQuery(event_types=(EventType.FESTIVAL, EventType.COMEDY, EventType.THEATER)),
    ListingQuery(genres=("electronic", "theater")),
    ListingQuery(venue_ids=("700", "705")),
]


@pytest.mark.parametrize("query", QUERIES)
async def test_the_lists_are_filtered_here(upstream, world, query):
    upstream.show(world)
    adapter = adapter_of(upstream, organizers=ORGANIZERS)
    expected = [each.id for record in world if (each := read(record)) and matches(each, query)]
    found = [each for page in await all_of(adapter, query) for each in ids(page)]
    assert expected
    assert sorted(found) == sorted(expected)
    await adapter.aclose()


async def test_a_list_that_is_not_there_names_its_setting(upstream):
    upstream.show([eventbrite_event("1")])
    adapter = adapter_of(upstream, organizers=["501"], venues=["999"])
    error = await failure(adapter)
    assert (type(error), error.missing) == (Misconfigured, ("venues",))
    assert "venue 999" in error.message
    await adapter.aclose()


async def test_what_is_not_public_is_in_no_list(upstream, adapter):
    upstream.show(
        [
            eventbrite_event("1"),
            eventbrite_event("2", status="draft", name={"text": "", "html": ""}),
            eventbrite_event("3", listed=False),
            eventbrite_event("4", invite_only=True),
            eventbrite_event("5", privacy_setting="locked"),
        ]
    )
    page = await adapter.search(ListingQuery(), None, 10)
    assert (ids(page), page.rejected) == (["1"], 0)
    assert [listing.id for listing in await adapter.lookup(["1", "2", "3", "4", "5"])] == ["1"]


async def test_a_hidden_date_is_to_be_announced_but_not_once_it_is_over(upstream, adapter):
    upstream.show(
        [
            eventbrite_event("1"),
            eventbrite_event("2", hide_start_date=True),
            eventbrite_event("3", hide_start_date=True, status="completed"),
        ]
    )
    page = await adapter.search(ListingQuery(), None, 10)
    assert ids(page) == ["1", "2"]
    assert page.listings[1].start.precision is DatePrecision.TO_BE_ANNOUNCED


async def test_a_record_that_cannot_be_read_is_counted_and_costs_no_other(upstream, adapter):
    upstream.show([eventbrite_event("1"), eventbrite_event("2", " ")])
    page = await adapter.search(ListingQuery(), None, 10)
    assert (ids(page), page.rejected) == (["1"], 1)


# --- the destination search ---


async def searched_for(upstream, searching, query):
    await searching.search(query, None, 10)
    return [body["event_search"] for body in upstream.searches]


async def test_a_search_is_for_what_is_current_and_to_come(upstream, searching):
    upstream.show([eventbrite_event("1")])
    page = await searching.search(ListingQuery(start_from=NOW), None, 10)
    assert ids(page) == ["1"]
    assert [(request.method, request.path) for request in upstream.requests] == [("POST", "/destination/search/")]
    assert upstream.searches == [
        {
            "event_search": {"dates": ["current_future"], "dedup": True, "page": 1, "page_size": 50},
            "expand.destination_event": [
                "primary_venue",
                "image",
                "ticket_availability",
                "event_sales_status",
                "primary_organizer",
            ],
        }
    ]


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        (ListingQuery(keyword="big & loud"), {"q": "big & loud"}),
        (ListingQuery(bounding_box=Box(south=1, west=2, north=3, east=4)), {"bbox": "1.9999,0.9999,4.0001,3.0001"}),
        (ListingQuery(bounding_box=Box(south=1, west=179, north=3, east=-179)), {"bbox": None}),
        (
            ListingQuery(near=Circle(center=Point(latitude=0, longitude=10), radius_km=110.574)),
            {"bbox": "8.9997,-1.0001,11.0003,1.0001"},
        ),
        (ListingQuery(near=Circle(center=Point(latitude=89, longitude=10), radius_km=50)), {"bbox": None}),
        (ListingQuery(near=Circle(center=Point(latitude=0, longitude=180), radius_km=50)), {"bbox": None}),
        (
            ListingQuery(city=Place(name="Berlin", latitude=52.52, longitude=13.405)),
            {"bbox": "12.6540,52.0677,14.1560,52.9723"},
        ),
        (ListingQuery(city=Place(name="Berlin")), {"bbox": None}),
        (ListingQuery(event_types=(EventType.MUSIC,)), {"tags": ["EventbriteCategory/103"]}),
        (ListingQuery(event_types=(EventType.OTHER,)), {"tags": None}),
        (ListingQuery(start_from=NOW), {"date_range": None}),
        (
            ListingQuery(start_from=START, start_before=START + timedelta(days=7)),
            {"date_range": {"from": "2027-05-29", "to": "2027-06-09"}},
        ),
    ],
)
async def test_every_condition_is_sent_that_it_takes(upstream, searching, query, sent):
    (search,) = await searched_for(upstream, searching, query)
    assert {name: search.get(name) for name in sent} == sent


async def test_kinds_with_several_tags_are_searched_for_one_by_one(upstream, searching):
    searches = await searched_for(upstream, searching, ListingQuery(event_types=(EventType.SCREENING,)))
    assert sorted(search["tags"][0] for search in searches) == ["EventbriteCategory/104", "EventbriteFormat/7"]


def test_kinds_that_some_events_have_without_a_tag_narrow_nothing():
    assert tags_of([EventType.MUSIC, EventType.OTHER]) == []
    assert tags_of([EventType.COMEDY, EventType.DANCE]) == ["EventbriteCategory/105"]
    assert tags_of([EventType.SOCIAL, EventType.EDUCATION]) == [], "too many"


@pytest.mark.parametrize("query", QUERIES)
async def test_a_search_finds_exactly_what_matches(upstream, searching, world, query):
    upstream.show(world)
    expected = [
        each.id
        for record in world
        if record["status"] != "draft" and (each := read(eventbrite_destination_event(record))) and matches(each, query)
    ]
    found = [each for page in await all_of(searching, query) for each in ids(page)]
    assert expected
    assert sorted(found) == sorted(expected)


async def test_words_may_be_found_in_what_does_not_come_with_the_event(upstream, searching):
    upstream.show([eventbrite_event("1", "An evening")])
    assert ids(await searching.search(ListingQuery(keyword="drink"), None, 10)) == ["1"]


async def test_a_search_that_finds_too_much_is_said_to_be_truncated(upstream, searching):
    upstream.show(eventbrite_event(f"{n}", day=DAY + timedelta(days=n)) for n in range(700))
    page = await searching.search(ListingQuery(start_from=NOW), None, 10)
    assert (page.truncated, page.total) == (True, None)
    assert [search["event_search"]["page"] for search in upstream.searches] == list(range(1, 11))


async def test_lists_and_search_go_together_and_the_list_says_more(upstream):
    upstream.show([eventbrite_event("1"), eventbrite_event("2", organizer_id="502")])
    adapter = adapter_of(upstream, organizers=["501"], destination_search=True)
    page = await adapter.search(ListingQuery(), None, 10)
    assert ids(page) == ["1", "2"]
    assert [listing.updated_at is not None for listing in page.listings] == [True, False]
    await adapter.aclose()


# --- lookup ---


async def test_many_ids_are_one_request(upstream, adapter):
    upstream.show(eventbrite_event(f"{n}") for n in range(5))
    with counting() as tally:
        found = await adapter.lookup(["4", "77", "1", "4"])
    assert {listing.id for listing in found} == {"4", "1"}
    assert tally.requests == len(upstream.requests) == 1
    assert (upstream.requests[0].path, upstream.requests[0].params["event_ids"]) == ("/events/", "4,77,1")


async def test_one_that_is_gone_costs_no_other(upstream, adapter):
    upstream.one_gone_spoils_all = True
    upstream.show(eventbrite_event(f"{n}") for n in range(5))
    assert {listing.id for listing in await adapter.lookup(["4", "77", "1"])} == {"4", "1"}
    assert sorted(request.path for request in upstream.requests) == [
        "/events/",
        "/events/1/",
        "/events/4/",
        "/events/77/",
    ]


async def test_ids_that_are_none_of_theirs_are_not_asked_for(upstream, adapter):
    assert await adapter.lookup(["x", "../users/me", "1,2", ""]) == []
    assert upstream.requests == []


async def test_a_wrong_token_is_not_taken_for_events_that_are_gone(upstream):
    adapter = adapter_of(upstream, token="not-the-right-token")
    with pytest.raises(Misconfigured):
        await adapter.lookup(["1", "2"])
    assert len(upstream.requests) == 1
    await adapter.aclose()


async def test_venues_are_looked_up_by_id(upstream, adapter):
    upstream.show([eventbrite_event("1", venue=eventbrite_venue("702", "The Loft"))])
    assert [venue.name for venue in await adapter.venues(["702", "703", "x"])] == ["The Loft"]
    assert sorted(request.path for request in upstream.requests) == ["/venues/702/", "/venues/703/"]


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
async def test_every_fault_is_the_right_kind_of_error(upstream, either, fault, kind):
    upstream.show([eventbrite_event("1")])
    upstream.fault = fault
    assert isinstance(await failure(either), kind)


async def test_a_wrong_token_names_the_setting(upstream):
    upstream.show([eventbrite_event("1")])
    adapter = adapter_of(upstream, token="the-api-key-itself", organizers=["501"])
    error = await failure(adapter)
    assert (type(error), error.missing, error.http_status) == (Misconfigured, ("token",), 401)
    await adapter.aclose()


async def test_calls_used_up_are_asked_again_in_ten_minutes_or_when_they_say(upstream, adapter):
    upstream.show([eventbrite_event("1")])
    upstream.quota = 0
    error = await failure(adapter)
    assert isinstance(error, RateLimited)
    assert error.retry_at == NOW + timedelta(minutes=10)
    body = b'{"status_code": 429, "error": "HIT_RATE_LIMIT", "error_description": "x"}'
    told = events().explain(Answer(status=429, headers={"retry-after": "60"}, content=body, url=""))
    assert told.retry_at is None, "the kit reads the header"


async def test_where_the_api_fails_to_expand_events_they_come_bare(upstream, either):
    upstream.expansion_fails = True
    upstream.show([eventbrite_event("1")])
    page = await either.search(ListingQuery(), None, 10)
    assert (ids(page), page.listings[0].venue) == (["1"], None)
    assert len(upstream.requests) == 2


async def test_a_lookup_does_without_expansions_too(upstream, adapter):
    upstream.expansion_fails = True
    upstream.show([eventbrite_event("1")])
    (listing,) = await adapter.lookup(["1"])
    assert (listing.venue, listing.event_type) == (None, EventType.MUSIC)
    assert ["expand" in request.params for request in upstream.requests] == [True, False]


def test_a_place_lost_in_a_list_may_be_found_the_next_time():
    body = b'{"status_code": 400, "error": "BAD_CONTINUATION_TOKEN", "error_description": "x"}'
    assert isinstance(events().explain(Answer(status=400, headers={}, content=body, url="")), Unavailable)


async def test_the_first_list_that_fails_fails_the_search(upstream):
    upstream.show(eventbrite_event(f"{n}", organizer_id=f"{n}") for n in range(1, 12))
    adapter = adapter_of(upstream, organizers=[f"{n}" for n in range(1, 12)])
    upstream.fault = Fault.status(503, every=3)
    assert isinstance(await failure(adapter), Unavailable)
    await adapter.aclose()


async def test_the_token_is_in_no_address_no_error_no_log_and_no_repr(upstream, adapter, searching, caplog):
    caplog.set_level(logging.DEBUG)
    upstream.show([eventbrite_event("1")])
    errors = []
    for fault in (Fault.down(), Fault.html(), Fault.status(503), Fault.status(401), Fault.odd(), Fault.error_body()):
        upstream.fault = fault
        errors += [await failure(adapter), await failure(searching)]
    shown = [caplog.text, repr(adapter), repr(adapter.http), *(f"{error} {error!r} {error.args}" for error in errors)]
    shown += [f"{request.path} {request.params}" for request in upstream.requests]
    assert not any(TOKEN in text for text in shown)


# --- what it reads ---


def test_an_event_is_the_same_in_both_shapes():
    documented, found = both(eventbrite_event("1", "The Band &amp; friends"))
    for listing in (documented, found):
        assert (listing.id, listing.name) == ("1", "The Band & friends")
        assert listing.start.instant == datetime(2027, 6, 2, 1, tzinfo=UTC)
        assert (listing.start.day, listing.start.time_zone) == (DAY, "America/Chicago")
        assert listing.end.latest == datetime(2027, 6, 2, 4, tzinfo=UTC)
        assert (listing.status, listing.event_type, listing.genres) == (
            EventStatus.SCHEDULED,
            EventType.MUSIC,
            ("rock",),
        )
        assert listing.keywords == ("Music", "Rock", "Concert or Performance")
        assert listing.description == "The Band & friends, and a drink."
        assert (listing.venue.id, listing.venue.name, listing.venue.address.locality) == (
            "701",
            "The Hall",
            "Springfield",
        )
        assert (listing.venue.address.country, listing.venue.point.latitude) == ("US", 39.8)
        assert (listing.organizer.name, listing.organizer.url) == (
            "Organizer 501",
            "https://www.eventbrite.example/o/501",
        )
        assert [(image.url, image.width) for image in listing.images] == [
            ("https://img.eventbrite.example/1.jpg", 1600)
        ]
        assert listing.url == "https://www.eventbrite.example/e/1"
        assert (listing.languages, listing.is_free) == (("en-US",), False)
        (offer,) = listing.offers
        assert (offer.low_price, offer.high_price, offer.currency) == (Decimal("12.50"), Decimal("40.00"), "USD")
        assert (offer.availability, offer.kind) == (OfferAvailability.IN_STOCK, OfferKind.PRIMARY)
        assert offer.valid_from == datetime(2027, 1, 1, 10, tzinfo=UTC)
    assert documented.updated_at == datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found.offers[0].url == "https://www.eventbrite.example/checkout-external?eid=1"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"status": "live"}, EventStatus.SCHEDULED),
        ({"status": "started"}, EventStatus.SCHEDULED),
        ({"status": "ended"}, EventStatus.SCHEDULED),
        ({"status": "completed"}, EventStatus.SCHEDULED),
        ({"status": "canceled"}, EventStatus.CANCELLED),
        ({"status": "cancelled"}, EventStatus.CANCELLED),
        ({"status": "brand-new"}, EventStatus.UNKNOWN),
        ({"status": "live", "event_sales_status": {"message_code": "event_postponed"}}, EventStatus.POSTPONED),
        ({"status": "canceled", "event_sales_status": {"message_code": "event_postponed"}}, EventStatus.CANCELLED),
        ({"status": "live", "event_sales_status": {"message_code": "tickets_sold_out"}}, EventStatus.SCHEDULED),
    ],
)
def test_every_status_has_its_meaning(told, status):
    assert read(eventbrite_event("1") | told).status is status


def test_a_cancelled_event_says_so_although_its_status_is_completed():
    sale = {"sales_status": "sales_ended", "message": "Cancelled", "message_code": "event_cancelled"}
    listing = read(eventbrite_event("1", status="completed", event_sales_status=sale))
    assert listing.status is EventStatus.CANCELLED
    assert listing.offers[0].availability is OfferAvailability.OFF_SALE


def test_a_cancelled_event_of_the_search_says_so_by_a_flag():
    record = eventbrite_destination_event(eventbrite_event("1"))
    assert read(record | {"is_cancelled": None}).status is EventStatus.SCHEDULED
    assert read(record | {"is_cancelled": True}).status is EventStatus.CANCELLED


def test_a_hidden_start_or_end_is_not_told():
    for listing in both(eventbrite_event("1", hide_start_date=True)):
        assert (listing.start.precision, listing.end) == (DatePrecision.TO_BE_ANNOUNCED, None)
    for listing in both(eventbrite_event("1", hide_end_date=True)):
        assert (listing.start.precision, listing.end) == (DatePrecision.TIME, None)


def test_a_start_is_as_precise_as_it_is_told():
    local = {"timezone": "America/Chicago", "local": "2027-06-01T20:00:00"}
    assert read(eventbrite_event("1", start=local)).start.latest == datetime(2027, 6, 2, 1, tzinfo=UTC)
    assert read(eventbrite_event("1", start={"local": "2027-06-01T20:00:00"})).start.precision is DatePrecision.DATE
    record = eventbrite_destination_event(eventbrite_event("1"))
    assert read(record | {"start_time": None}).start.precision is DatePrecision.DATE
    assert read(record | {"timezone": "Mars/Olympus"}).start.precision is DatePrecision.DATE
    assert read(record | {"start_date": None}).start.precision is DatePrecision.TO_BE_ANNOUNCED


def test_an_end_that_is_not_after_the_start_is_none():
    record = eventbrite_event("1")
    assert read(record | {"end": record["start"]}).end is None


def test_an_online_event_is_nowhere():
    for listing in both(eventbrite_event("1", online_event=True)):
        assert (listing.attendance_mode, listing.venue) == (EventAttendanceMode.ONLINE, None)


@pytest.mark.parametrize(
    ("category", "subcategory", "event_format", "kind", "genres"),
    [
        ("103", "Rock", "6", EventType.MUSIC, ("rock",)),
        ("103", "Hip Hop / Rap", "11", EventType.MUSIC, ("hip-hop", "rap")),
        ("103", "Blues & Jazz", None, EventType.MUSIC, ("blues", "jazz")),
        ("103", "EDM / Electronic", None, EventType.MUSIC, ("electronic",)),
        ("103", "R&B", None, EventType.MUSIC, ("r-and-b",)),
        ("103", "Other", None, EventType.MUSIC, ()),
        ("103", "Indie", "5", EventType.FESTIVAL, ("indie",)),
        ("105", "Theatre", "6", EventType.THEATER, ("theater",)),
        ("105", "Comedy", "6", EventType.COMEDY, ("comedy",)),
        ("105", "Ballet", None, EventType.DANCE, ("ballet",)),
        ("105", None, None, EventType.THEATER, ()),
        ("104", "Film", "7", EventType.SCREENING, ()),
        ("108", "Running", "15", EventType.SPORTS, ()),
        ("110", "Beer", "9", EventType.FOOD, ()),
        ("101", "Startups & Small Business", "1", EventType.CONFERENCE, ()),
        ("102", "High Tech", "9", EventType.EDUCATION, ()),
        ("102", "High Tech", "16", EventType.OTHER, ()),
        (None, None, None, EventType.OTHER, ()),
    ],
)
def test_category_subcategory_and_format_are_a_kind_and_genres_in_both_shapes(
    category, subcategory, event_format, kind, genres
):
    record = eventbrite_event("1", category=category, subcategory=subcategory, event_format=event_format)
    for listing in both(record):
        assert (listing.event_type, listing.genres) == (kind, genres)


def test_ids_alone_tell_the_kind():
    record = {
        name: value
        for name, value in eventbrite_event("1").items()
        if name not in {"category", "subcategory", "format"}
    }
    assert (read(record).event_type, read(record).genres) == (EventType.MUSIC, ())


def test_a_free_event_is_a_registration_for_nothing():
    for listing in both(eventbrite_event("1", free=True)):
        (offer,) = listing.offers
        assert (listing.is_free, offer.kind, offer.price, offer.currency) == (
            True,
            OfferKind.FREE_REGISTRATION,
            0,
            "USD",
        )


def test_one_price_for_all_is_a_price():
    price = {"currency": "EUR", "value": 900, "major_value": "9.00"}
    tickets = {"is_free": False, "minimum_ticket_price": price, "maximum_ticket_price": price}
    (offer,) = read(eventbrite_event("1", ticket_availability=tickets)).offers
    assert (offer.price, offer.low_price, offer.currency) == (Decimal("9.00"), None, "EUR")


@pytest.mark.parametrize(
    "odd", [None, {}, {"currency": "EUR"}, {"currency": "EUR", "major_value": "-1"}, {"major_value": "much"}]
)
def test_a_price_that_says_nothing_leaves_the_sale_itself(odd):
    tickets = {"is_free": False, "minimum_ticket_price": odd, "maximum_ticket_price": odd}
    (offer,) = read(eventbrite_event("1", ticket_availability=tickets)).offers
    assert (offer.price, offer.low_price, offer.high_price) == (None, None, None)


@pytest.mark.parametrize(
    ("tickets", "sale", "availability"),
    [
        ({}, {"sales_status": "on_sale"}, OfferAvailability.IN_STOCK),
        ({}, {"sales_status": "not_yet_on_sale"}, OfferAvailability.OFF_SALE),
        ({}, {"sales_status": "sales_ended"}, OfferAvailability.OFF_SALE),
        ({}, {"sales_status": "sales_ended", "message_code": "tickets_sold_out"}, OfferAvailability.SOLD_OUT),
        ({"is_sold_out": True}, {"sales_status": "on_sale"}, OfferAvailability.SOLD_OUT),
        ({"has_available_tickets": True}, {}, OfferAvailability.IN_STOCK),
        ({}, {"sales_status": "text"}, OfferAvailability.UNKNOWN),
        (None, None, OfferAvailability.UNKNOWN),
    ],
)
def test_the_sale_tells_the_availability(tickets, sale, availability):
    (offer,) = read(eventbrite_event("1", ticket_availability=tickets, event_sales_status=sale)).offers
    assert offer.availability is availability


def test_tickets_at_the_door_are_an_offer_at_the_door():
    sale = {"sales_status": "on_sale", "message_code": "tickets_at_the_door"}
    assert read(eventbrite_event("1", event_sales_status=sale)).offers[0].kind is OfferKind.DOOR


@pytest.mark.parametrize(
    ("locale", "languages"), [("en_US", ("en-US",)), ("en-us", ("en-US",)), ("de", ("de",)), ("", ()), (7, ())]
)
def test_a_locale_is_a_language(locale, languages):
    assert read(eventbrite_event("1", locale=locale)).languages == languages


def test_a_venue_with_empty_fields_is_kept_without_them():
    empty = dict.fromkeys(("address_1", "city", "region", "postal_code", "country", "latitude", "longitude"), "")
    bare = {"id": "1", "name": "The Hall", "address": empty, "latitude": "", "longitude": "x"}
    venue = read(eventbrite_event("1") | {"venue": bare}).venue
    assert (venue.name, venue.point, venue.address.country, venue.address.locality) == ("The Hall", None, None, None)


def test_a_venue_has_its_place_beside_its_address_too_and_may_be_called_by_its_street():
    venue = eventbrite_venue("1", "") | {"address": {"address_1": "1 Stage Street"}}
    found = read(eventbrite_event("1", venue=venue)).venue
    assert (found.name, found.point) == ("1 Stage Street", Point(latitude=39.8, longitude=-89.6))
    assert read(eventbrite_event("1") | {"venue": {"id": "1"}}).venue is None


def test_the_part_of_a_picture_stands_in_for_the_whole():
    logo = {"url": "https://img.eventbrite.example/part.jpg", "original": None}
    assert [image.url for image in read(eventbrite_event("1", logo=logo)).images] == [logo["url"]]
    assert read(eventbrite_event("1", logo={})).images == ()


def test_doors_and_ages_are_told_of_concerts():
    music = {"door_time": "2027-06-01T19:00:00-05:00", "age_restriction": "18+"}
    listing = read(eventbrite_event("1", music_properties=music))
    assert (listing.door_time, listing.age_range) == (datetime(2027, 6, 2, 0, tzinfo=UTC), "18+")
    assert read(eventbrite_event("1", music_properties={"door_time": "2019-05-12T-19:00:00Z"})).door_time is None


@pytest.mark.parametrize(
    "gone",
    [
        "summary",
        "url",
        "end",
        "venue",
        "organizer",
        "logo",
        "ticket_availability",
        "event_sales_status",
        "category",
        "tags",
    ],
)
@pytest.mark.parametrize("instead", [None, [], {}, "x", 7])
def test_one_odd_field_costs_no_event(gone, instead):
    record = eventbrite_event("1")
    odd = {name: value for name, value in record.items() if name != gone}
    assert read(odd if instead is None else odd | {gone: instead}).id == "1"


def test_it_gives_credit_where_it_is_due():
    attribution = Eventbrite.info.attribution
    assert (attribution.required, attribution.url) == (True, "https://www.eventbrite.com")


def test_the_made_up_world_is_the_same_each_time_and_has_every_kind_of_event(world):
    assert world == eventbrite_world(count=300, seed=7, start_day=DAY)
    listings = [listing for record in world if (listing := read(record))]
    assert len({listing.id for listing in listings}) == len(listings) < 300
    assert {listing.start.precision for listing in listings} == {DatePrecision.TIME, DatePrecision.TO_BE_ANNOUNCED}
    cancelled = [
        record["status"] for record in world if (each := read(record)) and each.status is EventStatus.CANCELLED
    ]
    assert set(cancelled) == {"canceled", "completed"}


TOMORROW = datetime.now(UTC).date() + timedelta(days=1)


class TestContractOfTheLists(ProviderContract):
    provider_class = Eventbrite
    unknown_id = "404"

    @pytest.fixture
    async def provider(self, upstream):
        upstream.show(eventbrite_world(count=60, seed=5, start_day=TOMORROW))
        made = adapter_of(upstream, organizers=ORGANIZERS, clock=lambda: datetime.now(UTC))
        yield made
        await made.aclose()


class TestContractOfTheSearch(ProviderContract):
    provider_class = Eventbrite
    unknown_id = "404"

    @pytest.fixture
    async def provider(self, upstream):
        upstream.now = datetime.now(UTC)
        upstream.show(eventbrite_world(count=60, seed=5, start_day=TOMORROW))
        made = adapter_of(upstream, destination_search=True, clock=lambda: datetime.now(UTC))
        yield made
        await made.aclose()
