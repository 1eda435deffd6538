import json
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from providers import (
    Answer,
    Box,
    Capability,
    Circle,
    Configuration,
    EventAttendanceMode,
    EventStatus,
    EventType,
    Http,
    Key,
    Kind,
    Listing,
    ListingQuery,
    Malformed,
    Misconfigured,
    OfferAvailability,
    OfferKind,
    Page,
    Patience,
    Place,
    Point,
    RateLimited,
    Redactor,
    Refused,
    SettingError,
    Unavailable,
    When,
    build,
    counting,
    matches,
)
from providers.openagenda import OpenAgenda
from providers.openagenda.adapter import API, MIRROR, together
from providers.openagenda.agenda import Agenda
from providers.openagenda.mirror import Mirror
from providers.openagenda.records import identify, read_event
from providers.openagenda.rows import as_event
from providers.testing import (
    FakeOpenAgenda,
    FakeOpendatasoft,
    Fault,
    ProviderContract,
    openagenda_event,
    openagenda_location,
    openagenda_row,
    openagenda_times,
    openagenda_world,
)

DAY = date(2027, 6, 1)
START = datetime(2027, 6, 1, tzinfo=UTC)
EVENING = datetime(2027, 6, 1, 18, tzinfo=UTC)
KEY = "oa_pk_5d41402abc4b"
DEFAULTS = {"url": None, "agendas": [], "api_key": None, "mirror": False, "language": "fr"}
LYON = Point(latitude=45.764, longitude=4.8357)


@pytest.fixture(scope="module")
def running():
    with FakeOpenAgenda() as upstream:
        yield upstream


@pytest.fixture
def upstream(running):
    running.reset()
    running.show({})
    running.lingering = False
    return running


@pytest.fixture(scope="module")
def mirroring():
    with FakeOpendatasoft() as upstream:
        yield upstream


@pytest.fixture
def mirror(mirroring):
    mirroring.reset()
    mirroring.show([])
    mirroring.exhausted = False
    return mirroring


def made(upstream, **settings):
    http = Http(upstream.url, redactor=Redactor(KEY), patience=Patience(attempts=1))
    return OpenAgenda(settings=DEFAULTS | settings, http=http)


@pytest.fixture
async def adapter(upstream):
    provider = made(upstream, agendas=["42"], api_key=KEY)
    yield provider
    await provider.aclose()


@pytest.fixture
async def mirrored(mirror):
    provider = made(mirror, mirror=True)
    yield provider
    await provider.aclose()


def read(*, language="fr", **fields):
    """The one time of an event of these fields; no server is needed."""
    (listing,) = read_event(openagenda_event(1) | fields, language)
    return listing


def listings_of(events):
    return [listing for event in events for listing in read_event(event, "fr")]


async def found_by(adapter, query, *, limit=100):
    """Every page, as a reader who turns them would see them; and whether any was cut off."""
    found, seek, truncated = [], None, False
    while True:
        page = await adapter.search(query, seek, limit)
        assert all(seek is None or listing.key > seek for listing in page.listings)
        found += page.listings
        truncated |= page.truncated
        if page.exhausted:
            return found, truncated
        assert all(listing.key <= page.frontier for listing in page.listings)
        assert seek is None or page.frontier > seek
        seek = page.frontier


# --- what it asks the API ---


async def asked_for(upstream, adapter, query):
    upstream.show({"42": []})
    await adapter.search(query, None, 10)
    return upstream.requests[-1].params


async def test_a_search_asks_for_the_largest_page_in_detail_and_in_order_of_date(upstream, adapter):
    assert dict(await asked_for(upstream, adapter, ListingQuery())) == {
        "sort": "timings.asc",
        "timings[gte]": "1970-01-01T00:00:00.000Z",
        "size": "300",
        "detailed": "1",
        "longDescriptionFormat": "HTML",
    }


@pytest.mark.parametrize(
    ("query", "params"),
    [
        (ListingQuery(keyword="jazz & vin"), {"search": "jazz & vin"}),
        (ListingQuery(venue_ids=("7",)), {"locationUid[]": "7"}),
        (ListingQuery(start_from=START), {"timings[gte]": "2027-05-31T23:00:00.000Z"}),
        (ListingQuery(start_before=START), {"timings[lte]": "2027-06-01T00:00:01.000Z"}),
        (
            ListingQuery(bounding_box=Box(south=45, west=4, north=46, east=5)),
            {
                "geo[northEast][lat]": "46",
                "geo[northEast][lng]": "5",
                "geo[southWest][lat]": "45",
                "geo[southWest][lng]": "4",
            },
        ),
    ],
)
async def test_every_condition_has_its_parameter(upstream, adapter, query, params):
    sent = await asked_for(upstream, adapter, query)
    assert {name: sent.get(name) for name in params} == params


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(near=Circle(center=LYON, radius_km=10)),
        ListingQuery(city=Place(name="Lyon", latitude=45.764, longitude=4.8357)),
    ],
)
async def test_a_circle_and_a_city_are_asked_for_as_a_box_around_them(upstream, adapter, query):
    sent = await asked_for(upstream, adapter, query)
    assert float(sent["geo[southWest][lat]"]) < 45.764 < float(sent["geo[northEast][lat]"])


async def test_a_box_across_the_antimeridian_is_not_asked_for(upstream, adapter):
    sent = await asked_for(upstream, adapter, ListingQuery(bounding_box=Box(south=0, west=170, north=9, east=-170)))
    assert not any(name.startswith("geo") for name in sent)


async def test_the_key_is_in_a_header_alone(upstream, adapter):
    upstream.show({"42": [openagenda_event(1)]})
    assert len((await adapter.search(ListingQuery(), None, 10)).listings) == 1
    assert not any(KEY in str(request) for request in upstream.requests)


# --- what it finds ---


@pytest.fixture(scope="module")
def world():
    return openagenda_world(count=400, seed=7, start_day=DAY)


@pytest.fixture(scope="module")
def listings(world):
    return listings_of(world)


QUERIES = [
    ListingQuery(start_from=START),
    ListingQuery(start_from=START + timedelta(days=9, hours=8), start_before=START + timedelta(days=20)),
    ListingQuery(start_from=START, keyword="lanternes atelier"),
    ListingQuery(start_from=START, near=Circle(center=LYON, radius_km=3)),
    ListingQuery(start_from=START, bounding_box=Box(south=43, west=1, north=46, east=4.85)),
    ListingQuery(start_from=START, city=Place(name="Albi", country="FR", latitude=43.9298, longitude=2.148)),
    ListingQuery(start_from=START, venue_ids=("1000", "1021")),
]


@pytest.mark.parametrize("query", [ListingQuery(), *QUERIES])
@pytest.mark.parametrize("limit", [7, 400])
async def test_a_search_finds_exactly_what_matches_in_order(upstream, adapter, world, listings, query, limit):  # noqa: PLR0917 - fixtures
    upstream.show({"42": world})
    due = sorted(listing.key for listing in listings if matches(listing, query))
    assert due
    found, truncated = await found_by(adapter, query, limit=max(limit, len(due) // 12))
    assert ([listing.key for listing in found], truncated) == (due, False)


async def test_each_time_of_an_event_is_a_listing(upstream, adapter):
    upstream.show({"42": [openagenda_event(1, timings=openagenda_times(EVENING, EVENING + timedelta(days=1)))]})
    page = await adapter.search(ListingQuery(), None, 10)
    assert [listing.id for listing in page.listings] == ["1:20270601T180000Z", "1:20270602T180000Z"]


async def test_only_the_times_in_the_range_are_there(upstream, adapter):
    nights = [EVENING + timedelta(days=number) for number in range(5)]
    upstream.show({"42": [openagenda_event(1, timings=openagenda_times(*nights))]})
    query = ListingQuery(start_from=nights[1], start_before=nights[3])
    page = await adapter.search(query, None, 10)
    assert [listing.start.latest for listing in page.listings] == nights[1:3]


async def test_a_short_page_comes_from_one_request_although_the_agenda_is_long(upstream, adapter):
    upstream.show({"42": openagenda_world(count=1_000, seed=3, start_day=DAY)})
    with counting() as tally:
        page = await adapter.search(ListingQuery(start_from=START), None, 20)
    assert (len(page.listings) >= 20, page.exhausted, tally.requests) == (True, False, 1)


async def test_an_event_that_plays_daily_hides_no_other(upstream, adapter):
    daily = openagenda_event(1, timings=openagenda_times(*(EVENING + timedelta(days=each) for each in range(300))))
    others = [
        openagenda_event(10 + each, timings=openagenda_times(EVENING + timedelta(hours=each))) for each in range(400)
    ]
    upstream.show({"42": [daily, *others]})
    found, truncated = await found_by(adapter, ListingQuery(start_from=START), limit=100)
    assert (len(found), truncated) == (700, False)


@pytest.mark.parametrize("count", [3, 300, 600])
async def test_a_cursor_that_goes_on_after_the_last_page_ends_the_list_all_the_same(upstream, adapter, count):
    upstream.lingering = True
    upstream.show({"42": [openagenda_event(each) for each in range(1, count + 1)]})
    page = await adapter.search(ListingQuery(), None, 1_000)
    assert (len(page.listings), page.exhausted) == (count, True)


def test_where_the_order_has_come_to_is_read_from_the_cursor():
    agenda = Agenda("42", settings=DEFAULTS, http=None)
    moment = datetime(2025, 9, 19, 8, tzinfo=UTC)
    assert agenda.reached({"after": ["000001758268800", "1758472200000", "5335740"]}) == moment
    assert agenda.reached({"after": [1758268800000, 1758472200000, 5335740]}) == moment


@pytest.mark.parametrize("after", [None, [], ["soon"], [None, 1], "x"])
def test_a_cursor_of_another_form_says_nothing_of_how_far_it_is(after):
    agenda = Agenda("42", settings=DEFAULTS, http=None)
    assert agenda.reached({"after": after}) == datetime(1970, 1, 1, tzinfo=UTC)


async def test_an_event_that_cannot_be_read_costs_no_other(upstream, adapter):
    upstream.show({"42": [openagenda_event(1), openagenda_event(2) | {"title": {}}]})
    page = await adapter.search(ListingQuery(), None, 10)
    assert ([listing.id for listing in page.listings], page.rejected) == (["1:20270601T180000Z"], 1)


async def test_what_is_not_published_is_not_there(upstream, adapter):
    upstream.show({"42": [openagenda_event(1, state=0)]})
    assert (await adapter.search(ListingQuery(), None, 10)).listings == ()


# --- several agendas ---


async def test_several_agendas_are_one_list_and_what_is_in_two_of_them_comes_once(upstream, world):
    provider = made(upstream, agendas=["1", "2"], api_key=KEY)
    upstream.show({"1": world[:250], "2": world[150:]})
    found, _ = await found_by(provider, ListingQuery(start_from=START), limit=60)
    due = sorted(each.key for each in listings_of(world) if each.key.instant >= START)
    assert [listing.key for listing in found] == due
    ids = [listing.id for listing in (found[0], found[-1])]
    assert sorted(listing.id for listing in await provider.lookup(ids)) == sorted(ids)
    await provider.aclose()


async def test_an_agenda_that_cannot_be_had_fails_the_search(upstream):
    provider = made(upstream, agendas=["42", "43"], api_key=KEY)
    upstream.show({"42": [openagenda_event(1)]})
    with pytest.raises(Misconfigured, match="knows no agenda 43; check its uid or address"):
        await provider.search(ListingQuery(), None, 10)
    await provider.aclose()


def test_pages_go_together_as_far_as_the_one_that_has_come_the_least_far():
    def listing(hour):
        return Listing(id=f"e{hour:02}", name="A", start=When.at(START + timedelta(hours=hour)))

    one = Page(listings=(listing(1), listing(9)), frontier=listing(9).key, truncated=True)
    two = Page(listings=(listing(1), listing(4)), frontier=Key(START + timedelta(hours=5), ""), rejected=2)
    page = together([one, two, Page(listings=(listing(3), listing(8)))])
    assert [each.id for each in page.listings] == ["e01", "e03", "e04"]
    assert (page.frontier, page.truncated, page.rejected) == (two.frontier, True, 2)
    assert together([Page(), Page()]).exhausted


# --- an agenda by its name ---


async def test_an_agenda_is_found_by_the_name_in_its_address_once(upstream):
    provider = made(upstream, url="https://openagenda.com/fr/agenda-42", api_key=KEY)
    upstream.show({"42": [openagenda_event(1)]})
    for _ in range(2):
        assert len((await provider.search(ListingQuery(), None, 10)).listings) == 1
    assert len(await provider.lookup(["1:20270601T180000Z"])) == 1
    assert [request.path for request in upstream.requests] == ["/agendas", *["/agendas/42/events"] * 3]
    await provider.aclose()


async def test_an_agenda_of_no_such_name_is_the_operators_to_mend(upstream):
    provider = made(upstream, url="https://openagenda.com/nowhere", api_key=KEY)
    with pytest.raises(Misconfigured, match="knows no agenda nowhere"):
        await provider.search(ListingQuery(), None, 10)
    await provider.aclose()


# --- lookup ---


async def test_lookup_asks_once_for_all_and_gives_the_times_that_were_asked_for(upstream, adapter):
    nights = [EVENING + timedelta(days=number) for number in range(3)]
    upstream.show({"42": [openagenda_event(each, timings=openagenda_times(*nights)) for each in (1, 2, 3)]})
    ids = [identify(1, nights[0]), identify(1, nights[2]), identify(3, nights[1]), identify(9, nights[0])]
    with counting() as tally:
        found = await adapter.lookup(ids)
    assert sorted(listing.id for listing in found) == sorted(ids[:3])
    assert tally.requests == 1
    assert upstream.requests[-1].params.getlist("uid[]") == ["1", "3", "9"]


async def test_a_time_that_was_moved_is_gone(upstream, adapter):
    upstream.show({"42": [openagenda_event(1)]})
    assert await adapter.lookup([identify(1, EVENING + timedelta(hours=1))]) == []


async def test_what_is_no_id_of_theirs_is_not_asked_for(upstream, adapter):
    assert await adapter.lookup(["1", "x:20270601T180000Z", "1:tomorrow"]) == []
    assert upstream.requests == []


# --- the mirror ---


async def test_the_mirror_is_asked_for_what_begins_and_for_what_goes_on(mirror, mirrored):
    query = ListingQuery(start_from=START, start_before=START + timedelta(days=1))
    await mirrored.search(query, None, 10)
    asked = {request.params["where"]: request.params["order_by"] for request in mirror.requests}
    end = "firstdate_begin < date'2027-06-02T00:00:01Z'"
    assert asked == {
        f"firstdate_begin >= date'2027-05-31T23:00:00Z' and {end}": "firstdate_begin,uid",
        "firstdate_begin < date'2027-06-01T00:00:00Z' and lastdate_end >= date'2027-06-01T00:00:00Z'"
        f" and {end}": "lastdate_end,uid",
    }


@pytest.mark.parametrize(
    ("query", "condition"),
    [
        (ListingQuery(keyword='le "grand" soir'), r'"le \"grand\" soir"'),
        (ListingQuery(venue_ids=("7", "8")), '(location_uid = "7" or location_uid = "8")'),
        (
            ListingQuery(near=Circle(center=LYON, radius_km=4.2)),
            "within_distance(location_coordinates, geom'POINT(4.8357 45.764)', 5km)",
        ),
        (
            ListingQuery(bounding_box=Box(south=45, west=4, north=46, east=5)),
            "within_distance(location_coordinates, geom'POINT(4.5 45.5)', 69km)",
        ),
    ],
)
async def test_every_condition_is_one_of_the_mirrors(mirror, mirrored, query, condition):
    await mirrored.search(query, None, 10)
    assert condition in mirror.requests[-1].params["where"]


async def test_the_mirror_gives_the_agendas_that_are_named_alone(mirror):
    agenda = {"uid": 43, "title": "Another"}
    mirror.show([openagenda_event(1), openagenda_event(2, originAgenda=agenda)])
    provider = made(mirror, mirror=True, agendas=["43", "https://openagenda.com/agendas/44"])
    page = await provider.search(ListingQuery(), None, 10)
    assert [listing.id for listing in page.listings] == ["2:20270601T180000Z"]
    assert '(originagenda_uid = "43" or originagenda_uid = "44")' in mirror.requests[-1].params["where"]
    await provider.aclose()


@pytest.mark.parametrize("query", QUERIES)
async def test_the_mirror_finds_exactly_what_matches_in_order(mirror, mirrored, world, listings, query):
    mirror.show(world)
    due = sorted(listing.key for listing in listings if matches(listing, query))
    assert due
    found, truncated = await found_by(mirrored, query, limit=max(20, len(due) // 6))
    assert ([listing.key for listing in found], truncated) == (due, False)


async def test_more_rows_than_the_mirror_pages_through_come_whole_by_date(mirror, mirrored):
    mirror.show(
        openagenda_event(each, timings=openagenda_times(EVENING + timedelta(minutes=each))) for each in range(1, 10_201)
    )
    seek = Key(EVENING + timedelta(minutes=9_900), "x")
    found, truncated = await found_by(mirrored, ListingQuery(start_from=START), limit=2_000)
    assert (len(found), truncated) == (10_200, False)
    assert (await mirrored.search(ListingQuery(start_from=START), seek, 10)).listings[0].id.startswith("9901:")
    assert max(int(request.params["offset"]) for request in mirror.requests) <= 9_900


async def test_more_that_has_begun_than_is_read_is_said_to_be_cut_off(mirror, mirrored):
    days = [START + timedelta(days=each, hours=10) for each in (-1, 1)]
    mirror.show(openagenda_event(each, timings=openagenda_times(*days)) for each in range(1, 620))
    page = await mirrored.search(ListingQuery(start_from=START), None, 1_000)
    assert (len(page.listings), page.truncated, page.exhausted) == (500, True, True)


async def test_the_mirror_looks_up_by_uid(mirror, mirrored):
    mirror.show([openagenda_event(1), openagenda_event(2)])
    ids = ["1:20270601T180000Z", "9:20270601T180000Z", "no id"]
    assert [listing.id for listing in await mirrored.lookup(ids)] == ids[:1]
    assert mirror.requests[-1].params["where"] == '(uid = "1" or uid = "9")'
    assert await mirrored.lookup(["no id"]) == []


async def test_a_quota_that_is_used_up_says_until_when(mirror, mirrored):
    mirror.exhausted = True
    with pytest.raises(RateLimited, match="quota of all who ask without a key") as caught:
        await mirrored.search(ListingQuery(), None, 10)
    assert caught.value.retry_at == datetime(2099, 1, 1, tzinfo=UTC)


async def test_a_condition_that_the_mirror_cannot_read_is_told_with_its_reason():
    source = Mirror([], begun=False, settings=DEFAULTS, http=None)
    body = json.dumps({"error_code": "ODSQLError", "message": "Unknown field: nothing"}).encode()
    error = source.explain(Answer(status=400, headers={}, content=body, url=""))
    assert type(error) is Refused
    assert "Unknown field: nothing" in error.message
    assert source.explain(Answer(status=503, headers={}, content=b"<html>", url="")) is None


def test_a_row_reads_as_its_event_does():
    event = openagenda_event(
        1,
        timings=openagenda_times(EVENING, EVENING + timedelta(days=1)),
        keywords={"fr": ["jazz"]},
        conditions={"fr": "Gratuit"},
        status=5,
        attendanceMode=3,
        registration=[{"type": "link", "value": "https://book.example"}],
        age={"min": 7, "max": 12},
        image={"base": "https://cdn.example/", "filename": "1.jpg"},
    )
    by_api, by_row = list(read_event(event, "fr")), list(read_event(as_event(openagenda_row(event)), "fr"))
    names = ("id", "name", "status", "attendance_mode", "event_type", "keywords", "description", "offers", "age_range")
    for one, other in zip(by_api, by_row, strict=True):
        assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]
        assert one.start.latest == other.start.latest
        assert (one.venue.address, one.venue.point) == (other.venue.address, other.venue.point)
        assert [image.url for image in one.images] == [image.url for image in other.images]
        assert one.organizer.name == other.organizer.name
    assert by_row[0].url == "https://openagenda.example/events/event-1"


@pytest.mark.parametrize(
    "change",
    [
        {"timings": None},
        {"timings": "[{"},
        {"timings": [{"begin": "2027-06-01T20:00:00+02:00", "end": "2027-06-01T22:00:00+02:00"}]},
        {"status": {"id": 1}, "attendancemode": {"id": 1}, "registration": []},
        {"status": None, "attendancemode": "?", "registration": "?", "keywords_fr": "jazz;vin"},
    ],
)
def test_a_row_is_read_whether_its_values_are_texts_of_json_or_not(change):
    row = openagenda_row(openagenda_event(1)) | change
    (listing,) = read_event(as_event(row), "fr")
    assert (listing.id, listing.status) == ("1:20270601T180000Z", EventStatus.SCHEDULED)


# --- errors ---


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.down(), Unavailable),
        (Fault.status(503), Unavailable),
        (Fault.status(401), Misconfigured),
        (Fault.rate_limited(retry_after=60), RateLimited),
        (Fault.html(), Malformed),
        (Fault.empty(), Malformed),
        (Fault.odd(), Malformed),
        (Fault.error_body(), Malformed),
        (Fault.truncated(), Malformed),
    ],
)
@pytest.mark.parametrize("which", ["api", "mirror"])
async def test_each_fault_is_its_kind_of_error(upstream, mirror, fault, kind, which):
    asked = upstream if which == "api" else mirror
    provider = made(asked, agendas=["42"], api_key=KEY, mirror=which == "mirror")
    upstream.show({"42": [openagenda_event(1)]})
    mirror.show([openagenda_event(1)])
    asked.fault = fault
    with pytest.raises(kind):
        await provider.search(ListingQuery(start_from=START), None, 10)
    await provider.aclose()


async def test_a_wrong_key_is_named_and_not_shown(upstream):
    provider = made(upstream, agendas=["42"], api_key="wrong-key-0123")
    with pytest.raises(Misconfigured) as caught:
        await provider.search(ListingQuery(), None, 10)
    assert caught.value.missing == ("api_key",)
    assert "wrong-key" not in str(caught.value)
    await provider.aclose()


# --- settings ---


@pytest.mark.parametrize(
    "name",
    [
        "12345678",
        " 12345678 ",
        "https://openagenda.com/agendas/12345678",
        "https://openagenda.com/agendas/12345678/events/87654321",
        "https://api.openagenda.com/v2/agendas/12345678/events",
    ],
)
def test_an_agenda_is_named_by_its_uid_or_any_address_that_has_it(name):
    provider = OpenAgenda(settings=DEFAULTS | {"agendas": [name], "mirror": True}, http=None)
    assert provider._sources[0]._agendas == ["12345678"]


@pytest.mark.parametrize(
    "name", ["https://openagenda.com/fr/my-town", "https://openagenda.com/my-town?lang=fr", "my-town"]
)
def test_an_agenda_is_named_by_the_address_that_people_see(name):
    provider = OpenAgenda(settings=DEFAULTS | {"url": name, "api_key": KEY}, http=None)
    assert provider._sources[0]._name == "my-town"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"agendas": ["42"]}, "api_key: must be set; or set mirror = true"),
        ({"api_key": KEY}, "agendas: wants the uid or the address of at least one agenda"),
        ({"api_key": KEY, "url": "https://openagenda.com/"}, "agendas: wants a uid or an address such as"),
        ({"api_key": KEY, "agendas": ["two words"]}, "agendas: wants a uid or an address such as"),
        ({"mirror": True, "agendas": ["my-town"]}, "agendas: the mirror knows agendas by their uids alone"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_what_would_do(settings, message):
    with pytest.raises(SettingError, match=message):
        OpenAgenda(settings=DEFAULTS | settings, http=None)


async def test_there_may_be_any_number_of_feeds_and_one_key_for_all():
    kind = Kind(name="openagenda", package="event-gateway 0.1.0", ours=True, provider_class=OpenAgenda)
    feeds = {
        "town": {"kind": "openagenda", "url": "https://openagenda.com/fr/my-town"},
        "theatre": {"kind": "openagenda", "agendas": ["42"], "base_url": "https://elsewhere.example/v2"},
        "france": {"kind": "openagenda", "mirror": True},
    }
    registry = build([kind], Configuration(feeds=feeds, environment={"OPENAGENDA_API_KEY": KEY}))
    enabled = registry.enabled()
    assert {name: each.http.base_url for name, each in enabled.items()} == {
        "town": API,
        "theatre": "https://elsewhere.example/v2",
        "france": MIRROR,
    }
    assert Capability.KEYLESS in enabled["france"].info.capabilities
    assert Capability.KEYLESS not in enabled["town"].info.capabilities
    await registry.aclose()


def test_it_gives_credit_where_it_is_due():
    assert OpenAgenda.info.attribution.required
    assert "Licence Ouverte" in OpenAgenda.info.attribution.license


# --- what it reads ---


def test_a_plain_event_is_read_whole():
    listing = read(
        title={"fr": "Concert &amp; vin"},
        keywords={"fr": ["Jazz", "Jazz", "vin"]},
        image={
            "base": "https://cdn.example/",
            "filename": "a.base.jpg",
            "size": {"width": 700, "height": 394},
            "variants": [
                {"type": "thumbnail", "filename": "a.thumb.jpg", "size": {"width": 200, "height": 200}},
                {"type": "full", "filename": "a.full.jpg", "size": {"width": 1920, "height": 1080}},
            ],
        },
        imageCredits="Somebody",
    )
    assert (listing.id, listing.name) == ("1:20270601T180000Z", "Concert & vin")
    assert (listing.start.latest, listing.start.time_zone) == (EVENING, "Europe/Paris")
    assert listing.end.latest == EVENING + timedelta(hours=2)
    assert listing.event_type is EventType.MUSIC
    assert listing.keywords == ("Jazz", "vin")
    assert listing.description == "Venez nombreux et tôt."
    assert [(image.url, image.width) for image in listing.images] == [
        ("https://cdn.example/a.full.jpg", 1920),
        ("https://cdn.example/a.base.jpg", 700),
    ]
    assert listing.images[0].credit_text == "Somebody"
    assert listing.url == "https://openagenda.com/agendas/42/events/1"
    assert listing.organizer.name == "L'agenda d'essai"
    assert listing.updated_at == datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert listing.offers == ()


def test_a_location_is_a_venue():
    venue = read(location=openagenda_location(7, website="https://halle.example")).venue
    assert (venue.id, venue.name, venue.url, venue.time_zone) == (
        "7",
        "La Halle",
        "https://halle.example",
        "Europe/Paris",
    )
    assert (venue.address.street, venue.address.locality, venue.address.country) == ("1 Rue du Test", "Lyon", "FR")
    assert (venue.point.latitude, venue.point.longitude) == (45.764, 4.8357)


@pytest.mark.parametrize("location", [None, {}, {"name": " "}, {"uid": 7}])
def test_a_location_without_a_name_is_no_venue(location):
    assert read(location=location).venue is None


@pytest.mark.parametrize(
    ("language", "name"), [("fr", "Soirée"), ("en", "Evening"), ("de", "Soirée"), ("br", "Abardaez")]
)
def test_texts_are_in_the_language_wanted_or_one_that_there_is(language, name):
    texts = {"br": "Abardaez", "en": "Evening", "fr": "Soirée"}
    assert read(title=texts, language=language).name == name
    assert read(title={"oc": "Serada"}, language=language).name == "Serada"
    assert read(title="Soirée", language=language).name == "Soirée"


def test_keywords_are_in_the_language_wanted_too():
    keywords = {"fr": ["mon"], "en": ["my"]}
    assert read(keywords=keywords, language="en").keywords == ("my",)
    assert read(keywords=keywords, language="it").keywords == ("mon",)
    assert read(keywords=["plain"]).keywords == ("plain",)


@pytest.mark.parametrize(
    ("status", "meant", "availability"),
    [
        (1, EventStatus.SCHEDULED, None),
        (2, EventStatus.RESCHEDULED, None),
        (3, EventStatus.MOVED_ONLINE, None),
        (4, EventStatus.POSTPONED, None),
        (5, EventStatus.SCHEDULED, OfferAvailability.SOLD_OUT),
        (6, EventStatus.CANCELLED, None),
        (7, EventStatus.UNKNOWN, None),
    ],
)
def test_every_status_has_its_meaning_and_a_full_event_is_sold_out(status, meant, availability):
    listing = read(status=status)
    assert listing.status is meant
    assert [offer.availability for offer in listing.offers] == ([availability] if availability else [])


@pytest.mark.parametrize(
    ("mode", "meant"),
    [(1, EventAttendanceMode.OFFLINE), (2, EventAttendanceMode.ONLINE), (3, EventAttendanceMode.MIXED)],
)
def test_every_way_to_attend_has_its_meaning(mode, meant):
    assert read(attendanceMode=mode).attendance_mode is meant


@pytest.mark.parametrize(
    ("keywords", "title", "kind"),
    [
        ({"fr": ["théâtre"]}, "Concert", EventType.THEATER),
        ({}, "Exposition Untel", EventType.EXHIBITION),
        ({}, "Le concert des autres", EventType.OTHER),
        ({"fr": ["plein air"]}, "Atelier", EventType.EDUCATION),
    ],
)
def test_keywords_or_the_titles_first_word_tell_the_kind(keywords, title, kind):
    assert read(keywords=keywords, title={"fr": title}).event_type is kind


@pytest.mark.parametrize(
    ("conditions", "free"),
    [
        ("Gratuit", True),
        ("Entrée libre dans la limite des places", True),
        ("Gratuit pour les moins de 12 ans, sinon 5 €", None),
        ("5 €", None),
        ("Sur inscription", None),
        ("", None),
    ],
)
def test_an_event_is_free_where_its_conditions_say_nothing_else(conditions, free):
    listing = read(conditions={"fr": conditions})
    assert listing.is_free is free
    assert [offer.name for offer in listing.offers] == ([conditions] if conditions else [])


def test_each_page_to_register_at_is_an_offer_and_mail_addresses_are_none():
    registration = [
        {"type": "link", "value": "https://book.example"},
        {"type": "email", "value": "somebody@book.example"},
        {"type": "phone", "value": "0203040506"},
        {"type": "link", "value": "not an address"},
    ]
    (offer,) = read(registration=registration, conditions={"fr": "Gratuit"}).offers
    assert (offer.url, offer.name, offer.kind) == ("https://book.example", "Gratuit", OfferKind.FREE_REGISTRATION)


@pytest.mark.parametrize(
    ("age", "meant"),
    [
        ({"min": 7, "max": 12}, "7-12"),
        ({"min": 0, "max": 6}, "0-6"),
        ({"min": 18, "max": 121}, "18-"),
        ({"min": 0, "max": 99}, None),
        ({"min": None, "max": None}, None),
        ({"min": 9, "max": 3}, None),
        (None, None),
    ],
)
def test_an_age_is_a_range_unless_it_is_any(age, meant):
    assert read(age=age).age_range == meant


@pytest.mark.parametrize("end", [None, "soon", "2027-06-01T20:00:00+02:00", "2027-05-01T20:00:00+02:00"])
def test_an_end_that_is_not_after_the_beginning_is_none(end):
    assert read(timings=[{"begin": "2027-06-01T20:00:00+0200", "end": end}]).end is None


@pytest.mark.parametrize("zones", [{"timezone": None}, {"timezone": "Nowhere"}])
def test_the_location_tells_the_time_zone_where_the_event_does_not(zones):
    assert read(**zones).start.time_zone == "Europe/Paris"
    assert read(**zones, location=None).start.latest == EVENING


@pytest.mark.parametrize("timings", [[], None, "x", [{"begin": None}], [{"begin": "2027-06-01T20:00:00"}]])
def test_an_event_without_readable_times_is_rejected(timings):
    batch = Agenda("42", settings=DEFAULTS, http=None)
    body = {"events": [openagenda_event(1), openagenda_event(2, timings=timings)], "after": None, "total": 2}
    assert (batch.read(body).rejected, len(batch.read(body).listings)) == (1, 1)


@pytest.mark.parametrize("gone", sorted(set(openagenda_event(1)) - {"uid", "title", "timings"}))
@pytest.mark.parametrize("instead", [None, [], {}, "x", 7])
def test_one_odd_field_costs_no_event(gone, instead):
    assert read(**{gone: instead}).name == "Une soirée"


def test_the_made_up_world_is_the_same_each_time_and_has_events_of_many_times(world):
    assert world == openagenda_world(count=400, seed=7, start_day=DAY)
    assert {len(event["timings"]) for event in world} == {1, 3, 40}


class TestContract(ProviderContract):
    provider_class = OpenAgenda
    unknown_id = "99999999:20270601T180000Z"

    @pytest.fixture
    async def provider(self, upstream):
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        upstream.show({"42": openagenda_world(count=80, seed=5, start_day=tomorrow)})
        provider = made(upstream, agendas=["42"], api_key=KEY)
        yield provider
        await provider.aclose()


class TestMirrorContract(ProviderContract):
    unknown_id = "99999999:20270601T180000Z"

    @pytest.fixture
    async def provider(self, mirror):
        tomorrow = datetime.now(UTC).date() + timedelta(days=1)
        mirror.show(openagenda_world(count=80, seed=5, start_day=tomorrow))
        provider = made(mirror, mirror=True)
        provider.info = OpenAgenda.configured(provider.settings)
        yield provider
        await provider.aclose()


async def test_nothing_is_asked_of_another_host():
    asked = []
    transport = httpx.MockTransport(
        lambda request: asked.append(request.url.host) or httpx.Response(200, json={"events": []})
    )
    settings = DEFAULTS | {"url": "https://openagenda.com/agendas/42", "api_key": KEY}
    provider = OpenAgenda(settings=settings, http=Http(API, transport=transport))
    await provider.search(ListingQuery(), None, 10)
    assert asked == ["api.openagenda.com"]
    await provider.aclose()
