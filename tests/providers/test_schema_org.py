import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

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
    ExternalId,
    Http,
    Kind,
    ListingQuery,
    Malformed,
    Misconfigured,
    OfferAvailability,
    OfferKind,
    Patience,
    PerformerKind,
    Place,
    Point,
    RateLimited,
    Refused,
    SettingError,
    Unavailable,
    build,
)
from providers.schema_org import SchemaOrg
from providers.schema_org.mending import read_json
from providers.schema_org.page import read_page
from providers.schema_org.venues import Defaults
from providers.testing import FakeSite, Fault, ProviderContract, json_ld, schema_org_event

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
PAGE = "https://club.example/events"
START = "2027-06-01T20:00:00+02:00"


def reading(*things, content_type="text/html; charset=utf-8", encoding="utf-8", **defaults):
    """What a page with these scripts says."""
    content = json_ld(*things).encode(encoding)
    answer = Answer(status=200, headers={"content-type": content_type}, content=content, url=PAGE)
    return read_page(answer, PAGE, Defaults(**defaults))


def listings_of(*things, **defaults):
    return reading(*things, **defaults).listings


def the(event, **defaults):
    (listing,) = listings_of(event, **defaults)
    return listing


def event(name="Concert", start=START, **more):
    return schema_org_event(name, start, **more)


def names(listings):
    return [listing.name for listing in listings]


# --- where events stand ---


@pytest.mark.parametrize(
    "thing",
    [
        event(),
        [event()],
        [{"@type": "Organization", "name": "Club"}, event()],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebPage", "name": "Events"}, event()]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "position": 1, "item": event()}]},
        {"@type": "ItemList", "itemListElement": [event()]},
        {"@type": "WebPage", "mainEntity": event()},
        {"@type": "Place", "name": "Blue Hall", "event": [event()]},
        {"@type": "Organization", "events": event()},
        event(**{"@type": "http://schema.org/Event", "@context": None}),
        event(**{"@type": "https://schema.org/MusicEvent"}),
        event(**{"@type": "schema:Event"}),
        event(**{"@type": ["Thing", "MusicEvent"]}),
        {f"http://schema.org/{name}" if name[0] != "@" else name: value for name, value in event().items()},
    ],
    ids=lambda thing: json.dumps(thing)[:60],
)
def test_an_event_is_found_wherever_it_stands(thing):
    assert names(listings_of(thing)) == ["Concert"]


def test_events_of_several_scripts_are_found_each_once():
    assert names(listings_of(event("One"), [event("Two"), event("One")], event("Two"))) == ["One", "Two"]


@pytest.mark.parametrize(
    "kind", ["Organization", "Person", "BreadcrumbList", "DeliveryEvent", "PublicationEvent", "BroadcastEvent", 7, None]
)
def test_what_is_no_event_is_passed_over(kind):
    assert reading({"@type": kind, "name": "Thing", "startDate": START}).rejected == 0
    assert listings_of({"@type": kind, "name": "Thing", "startDate": START}) == ()


def test_a_page_without_events_is_an_empty_list():
    assert listings_of({"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "name": "Home"}]}) == ()


def test_a_list_of_mere_links_has_no_events():
    links = [{"@type": "ListItem", "url": "https://club.example/1"}, {"@type": "ListItem", "item": PAGE}]
    assert listings_of({"@type": "ItemList", "itemListElement": links}) == ()


def test_a_series_is_told_by_its_parts_which_have_from_it_what_they_lack():
    parts = [
        {"@type": "TheaterEvent", "startDate": "2027-06-01T20:00:00+02:00"},
        {"@type": "TheaterEvent", "startDate": "2027-06-02T20:00:00+02:00", "name": "Last night"},
    ]
    first, last = listings_of(event("The Play", None, **{"@type": "EventSeries"}, subEvent=parts))
    assert (first.name, last.name) == ("The Play", "Last night")
    assert first.venue.name == last.venue.name == "Blue Hall"
    assert first.id != last.id


def test_a_series_with_dates_of_its_own_and_no_parts_is_an_event():
    assert names(listings_of(event("Summer", **{"@type": "EventSeries"}))) == ["Summer"]
    assert listings_of(event("Summer", None, **{"@type": "EventSeries"})) == ()


def test_a_festival_and_its_parts_are_events():
    festival = event("Fest", "2027-06-01", **{"@type": "Festival"}, subEvent=[event("Opening")])
    assert sorted(names(listings_of(festival))) == ["Fest", "Opening"]


def test_what_is_only_referred_to_is_looked_up_on_the_whole_page():
    place = {"@type": "Place", "@id": "#hall", "name": "Red Hall"}
    club = {"@type": "Organization", "@id": "https://club.example/#us", "name": "Club Red"}
    concert = event(location={"@id": "#hall"}, organizer=[{"@id": "https://club.example/#us"}])
    assert (the(concert).venue, the(concert).organizer) == (None, None)
    stub = {"@type": "Place", "@id": "#hall"}
    (listing,) = listings_of(concert, {"@graph": [place, club]}, stub)
    assert (listing.venue.name, listing.organizer.name) == ("Red Hall", "Club Red")


def test_a_hostile_nesting_ends():
    nested = event()
    for _ in range(200):
        nested = {"@graph": [nested]}
    assert listings_of(nested) == ()
    deep = json.loads("[" * 800 + "]" * 800)
    assert the(event(location=deep, offers=deep, keywords=deep)).venue is None


# --- pages ---


def test_a_script_is_known_by_its_type_however_that_is_written():
    page = f"<SCRIPT nonce=x TYPE='Application/LD+JSON; charset=utf-8'>{json.dumps(event())}</SCRIPT>"
    other = f"<script>{json.dumps(event('Other'))}</script><script type='text/x'>{json.dumps(event('Other'))}</script>"
    answer = Answer(status=200, headers={}, content=(other + page).encode(), url=PAGE)
    assert names(read_page(answer, PAGE, Defaults()).listings) == ["Concert"]


@pytest.mark.parametrize(
    "markup", ["<![if IE]>", "<![endif]-->", "<![CDATA[x]]>", "<!-- <p> -->", "<p <b", "<!", "</>", "<![foo"]
)
def test_odd_markup_before_a_script_does_not_hide_it(markup):
    content = f"<html>{markup}><script type='application/ld+json'>{json.dumps(event())}</script>".encode()
    answer = Answer(status=200, headers={}, content=content, url=PAGE)
    assert names(read_page(answer, PAGE, Defaults()).listings) == ["Concert"]


def test_a_document_that_is_json_itself_is_read_as_such():
    content = json.dumps(event()).encode()
    answer = Answer(status=200, headers={"content-type": "application/ld+json"}, content=content, url=PAGE)
    assert names(read_page(answer, PAGE, Defaults()).listings) == ["Concert"]


@pytest.mark.parametrize(
    ("content_type", "encoding", "head"),
    [
        ("text/html; charset=iso-8859-1", "iso-8859-1", ""),
        ("text/html", "utf-8", ""),
        ("text/html", "utf-8-sig", ""),
        ("text/html", "windows-1252", '<meta charset="windows-1252">'),
        ("text/html; charset=no-such-thing", "utf-8", ""),
    ],
)
def test_a_page_is_read_in_its_charset(content_type, encoding, head):
    script = json.dumps(event("Café Zürich"), ensure_ascii=False)
    content = f'{head}<script type="application/ld+json">{script}</script>'.encode(encoding)
    answer = Answer(status=200, headers={"content-type": content_type}, content=content, url=PAGE)
    assert names(read_page(answer, PAGE, Defaults()).listings) == ["Café Zürich"]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "no JSON-LD at https://club.example/events"),
        (b"<p>Just a moment...", "look for application/ld"),
        (json_ld("{{{").encode(), "cannot be read"),
        (json_ld(event(start="soon"), event("")).encode(), r"https://validator\.schema\.org tells"),
    ],
)
def test_what_cannot_be_read_is_malformed_and_says_where_to_look(content, what):
    answer = Answer(status=200, headers={"content-type": "text/html"}, content=content, url=PAGE)
    with pytest.raises(Malformed, match=what):
        read_page(answer, PAGE, Defaults())


# --- mending ---


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "x\ny\tz"}', {"a": "x\ny\tz"}),
        ('{"a": [1, 2, ], }', {"a": [1, 2]}),
        ('{"a": ",]"}\n;', {"a": ",]"}),
        ('//<![CDATA[\n{"a": 1}\n//]]>', {"a": 1}),
        ('//<![CDATA[ {"a": 1} //]]>', {"a": 1}),
        ('/* <![CDATA[ */ {"a": [[1]]} /* ]]> */', {"a": [[1]]}),
        ("<![CDATA[[[1]]]]>", [[1]]),
        ('<!--\n{"a": "-->"}\n-->', {"a": "-->"}),
        ('{"a": 1, // one\n"b": "http://x/* no */"} /* two */', {"a": 1, "b": "http://x/* no */"}),
        (r'{"a": "it\'s \"so\" \u00e9 \\"}', {"a": 'it\'s "so" é \\'}),
        ("{&quot;a&quot;: &quot;b &amp;amp; c&quot;}", {"a": "b &amp; c"}),
        ('\ufeff{"a": 1}', {"a": 1}),
        (r'{"a": "\ud83d\ude00 \ud83d x \ude00"}', {"a": "\U0001f600 \ufffd x \ufffd"}),
    ],
)
def test_what_has_one_meaning_only_is_repaired(text, value):
    assert read_json(text) == (value, True)


def test_what_is_right_is_read_as_it_is():
    assert read_json('{"http://schema.org/name": "a", "price": 12.30, "b": NaN}') == (
        {"name": "a", "price": Decimal("12.30"), "b": None},
        False,
    )


@pytest.mark.parametrize(
    "text", ["", "not JSON {{{", '{"a": }', '{"a": "b" "c": 1}', "[" * 100_000, '{"a": "b', "{'a': 1}"]
)
def test_what_may_mean_anything_is_left_unread(text):
    with pytest.raises(ValueError, match=r"."):
        read_json(text)


def test_repairs_and_what_could_not_be_read_are_counted():
    said = reading(event("One"), json.dumps(event("Two"))[:-1] + ",}", "{{{", event("Three", "soon"), "  ")
    assert (names(said.listings), said.repaired, said.rejected) == (["One", "Two"], 1, 2)


def test_a_script_that_breaks_off_is_told_of():
    content = json_ld(event("One"), event("Two")).encode()
    answer = Answer(status=200, headers={}, content=content[: len(content) * 3 // 4], url=PAGE)
    said = read_page(answer, PAGE, Defaults())
    assert (names(said.listings), said.cut_off) == (["One"], True)


# --- what an event means ---


def test_an_event_becomes_a_listing_with_all_that_it_says():
    listing = the(
        event(
            "Foxes &amp; Choir",
            **{"@type": "MusicEvent", "@id": "/events/1#event"},
            url="/events/1",
            endDate="2027-06-01T23:00:00+02:00",
            doorTime="2027-06-01T19:00:00+02:00",
            description="<p>Doors &amp; bar</p>",
            keywords="indie, live",
            genre="Indie Rock",
            performer={"@type": "MusicGroup", "name": "Foxes", "genre": ["Folk"], "url": "https://foxes.example"},
            organizer={"@type": "Organization", "name": "Club Blue", "url": "/"},
            image=["/a.jpg"],
            sameAs="https://elsewhere.example/1",
            inLanguage=["de", "English"],
            typicalAgeRange="18-",
            dateModified="2027-01-01T00:00:00Z",
        )
    )
    assert (listing.id, listing.name) == ("https://club.example/events/1#event", "Foxes & Choir")
    assert listing.url == "https://club.example/events/1"
    assert listing.start.instant == datetime(2027, 6, 1, 18, tzinfo=UTC)
    assert listing.end.instant == datetime(2027, 6, 1, 21, tzinfo=UTC)
    assert listing.door_time == datetime(2027, 6, 1, 17, tzinfo=UTC)
    assert listing.description == "Doors & bar"
    assert (listing.event_type, listing.genres) == (EventType.MUSIC, ("indie-rock", "folk"))
    assert listing.keywords == ("indie", "live")
    assert (listing.status, listing.attendance_mode) == (EventStatus.SCHEDULED, EventAttendanceMode.OFFLINE)
    assert (listing.organizer.name, listing.organizer.url) == ("Club Blue", "https://club.example/")
    assert [image.url for image in listing.images] == ["https://club.example/a.jpg"]
    assert listing.same_as == ("https://elsewhere.example/1",)
    assert (listing.languages, listing.age_range) == (("de",), "18-")
    assert listing.updated_at == datetime(2027, 1, 1, tzinfo=UTC)
    performer = listing.performers[0]
    assert (performer.id, performer.name, performer.kind) == ("foxes", "Foxes", PerformerKind.MUSIC_GROUP)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"@id": "https://club.example/e/1"}, "https://club.example/e/1"),
        ({"@id": "#one", "url": "/e/1"}, "https://club.example/events#one"),
        ({"url": "/e/1"}, f"https://club.example/e/1 {START}"),
        ({"@id": "_:b0", "url": "/e/1"}, f"https://club.example/e/1 {START}"),
        ({}, f"{PAGE}#concert {START}"),
    ],
)
def test_an_id_is_the_events_own_or_its_address_and_start(more, expected):
    assert the(event(**more)).id == expected


def test_events_that_share_an_id_without_being_the_same_are_told_apart():
    shared = {"@id": "https://club.example/"}
    listings = listings_of(event("A", **shared), event("B", **shared), event("B", **shared))
    assert names(listings) == ["A", "B"]
    assert len({listing.id for listing in listings}) == 2
    assert [each.id for each in listings_of(event("B", **shared), event("A", **shared))] == [
        listings[1].id,
        listings[0].id,
    ]


def test_a_very_long_id_is_one_all_the_same():
    for more in ({"@id": "x" * 3_000}, {"url": "https://club.example/" + "x" * 1_900}, {"name": "ab " * 2_000}):
        assert len(the(event(**more)).id) < 500
    shared = [event("a" * 290, **{"@id": "x" * 240}), event("b" * 290, **{"@id": "x" * 240})]
    assert len({listing.id for listing in listings_of(shared)}) == 2


@pytest.mark.parametrize(
    ("start", "precision", "latest"),
    [
        ("2027-06-01T20:00:00+02:00", DatePrecision.TIME, datetime(2027, 6, 1, 18, tzinfo=UTC)),
        ("2027-06-01T20:00:00+0200", DatePrecision.TIME, datetime(2027, 6, 1, 18, tzinfo=UTC)),
        ("2027-06-01T20:00:00.000Z", DatePrecision.TIME, datetime(2027, 6, 1, 20, tzinfo=UTC)),
        ("2027-06-01 20:00 +02:00", DatePrecision.TIME, datetime(2027, 6, 1, 18, tzinfo=UTC)),
        ("2027-06-01T20:00", DatePrecision.TIME, datetime(2027, 6, 1, 18, tzinfo=UTC)),
        (" 2027-06-01 20:00:00 ", DatePrecision.TIME, datetime(2027, 6, 1, 18, tzinfo=UTC)),
        ("2027-06-01", DatePrecision.DATE, datetime(2027, 6, 1, 22, tzinfo=UTC)),
        ("2027-06", DatePrecision.MONTH, datetime(2027, 6, 30, 22, tzinfo=UTC)),
        ("2027", DatePrecision.YEAR, datetime(2027, 12, 31, 23, tzinfo=UTC)),
        ({"@type": "Date", "@value": "2027-06-01"}, DatePrecision.DATE, datetime(2027, 6, 1, 22, tzinfo=UTC)),
        (["2027-06-01", "2027-06-02"], DatePrecision.DATE, datetime(2027, 6, 1, 22, tzinfo=UTC)),
    ],
)
def test_a_start_is_as_exact_as_it_is_written(start, precision, latest):
    when = the(event(start=start), time_zone="Europe/Berlin").start
    assert (when.precision, when.latest) == (precision, latest)


def test_without_a_zone_a_time_without_an_offset_is_only_its_day():
    start = the(event(start="2027-06-01T20:00")).start
    assert (start.precision, start.day, start.time_zone) == (DatePrecision.DATE, date(2027, 6, 1), None)


@pytest.mark.parametrize("start", [None, "", "  "])
def test_an_event_without_a_start_is_to_be_announced(start):
    assert the(event(start=start)).start.precision is DatePrecision.TO_BE_ANNOUNCED


@pytest.mark.parametrize("start", ["soon", "01.06.2027", "2027-13-01", "2027-06-01T25:00", "0000", "9999-12-31"])
def test_a_start_that_cannot_be_read_costs_the_event_and_no_other(start):
    said = reading(event("Good"), event("Bad", start))
    assert (names(said.listings), said.rejected) == (["Good"], 1)


def test_an_offset_that_is_not_the_configured_zones_says_that_the_event_is_elsewhere():
    berlin, london = listings_of(
        event("A", "2027-06-01T20:00:00+02:00"),
        event("B", "2027-06-01T20:00:00+01:00"),
        time_zone="Europe/Berlin",
    )
    assert (berlin.start.time_zone, london.start.time_zone) == ("Europe/Berlin", None)
    assert london.start.instant.utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (START, "2027-06-01T23:00:00+02:00", datetime(2027, 6, 1, 21, tzinfo=UTC)),
        (START, START, None),
        (START, "2027-06-01T19:00:00+02:00", None),
        (START, "late", None),
        (START, "2027-06-02", None),
        ("2027-06-01", "2027-06-03", date(2027, 6, 3)),
        ("2027-06-01", "2027-06-01", None),
        ("2027-06-01T00:00:00+02:00", "2027-06-02T23:59:59+02:00", date(2027, 6, 2)),
    ],
)
def test_an_end_is_after_the_start_or_none(start, end, expected):
    listing = the(event(start=start, endDate=end), time_zone="Europe/Berlin")
    assert (listing.end and (listing.end.instant or listing.end.day)) == expected


def test_from_midnight_to_the_minute_before_it_is_a_day():
    listing = the(event(start="2027-06-01T00:00:00+02:00", endDate="2027-06-01T23:59:00+02:00"))
    assert (listing.start.precision, listing.start.day, listing.end) == (DatePrecision.DATE, date(2027, 6, 1), None)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (None, EventStatus.SCHEDULED),
        ("https://schema.org/EventScheduled", EventStatus.SCHEDULED),
        ("http://schema.org/EventCancelled", EventStatus.CANCELLED),
        ("EventCanceled", EventStatus.CANCELLED),
        ("cancelled", EventStatus.CANCELLED),
        ("schema:EventPostponed", EventStatus.POSTPONED),
        ("Rescheduled", EventStatus.RESCHEDULED),
        ("https://schema.org/EventMovedOnline", EventStatus.MOVED_ONLINE),
        (["https://schema.org/EventMovedOnline", "https://schema.org/EventRescheduled"], EventStatus.RESCHEDULED),
        ("sold out", EventStatus.UNKNOWN),
    ],
)
def test_a_status_is_an_address_or_a_bare_word(said, status):
    assert the(event(eventStatus=said)).status is status


def test_a_postponed_event_keeps_its_old_date():
    listing = the(event(eventStatus="EventPostponed"))
    assert listing.start.instant == datetime(2027, 6, 1, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    "previous",
    ["2027-03-01T20:00:00+01:00", ["2027-02-01T20:00:00+01:00", "2027-03-01T20:00:00+01:00", "2027-01-01"]],
)
def test_a_rescheduled_event_remembers_when_it_was_to_be_last(previous):
    listing = the(event(eventStatus="EventRescheduled", previousStartDate=previous))
    assert listing.previous_start == datetime(2027, 3, 1, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("types", "keywords", "kind"),
    [
        ("MusicEvent", None, EventType.MUSIC),
        ("ComedyEvent", "concert", EventType.COMEDY),
        (["Event", "http://schema.org/TheaterEvent"], None, EventType.THEATER),
        ("Festival", None, EventType.FESTIVAL),
        ("ScreeningEvent", None, EventType.SCREENING),
        ("Event", "Konzert, Jazz", EventType.MUSIC),
        ("Event", [{"@type": "DefinedTerm", "name": "Film"}], EventType.SCREENING),
        ("Event", None, EventType.SOCIAL),
    ],
)
def test_the_type_tells_the_kind_else_the_keywords_else_the_operator(types, keywords, kind):
    listing = the(event(**{"@type": types}, keywords=keywords), event_type=EventType.SOCIAL)
    assert listing.event_type is kind


# --- where ---


@pytest.mark.parametrize(
    ("location", "name", "address"),
    [
        (
            {"@type": "Place", "name": "Hall", "address": "Ring 1, 10115 Berlin, Germany"},
            "Hall",
            ("Ring 1", "Berlin", "10115", "DE"),
        ),
        (
            {"@type": "Place", "name": "Hall", "address": "Av. Azul 25, Mérida"},
            "Hall",
            ("Av. Azul 25, Mérida", None, None, None),
        ),
        ({"name": "Hall"}, "Hall", (None, None, None, None)),
        ("Hall, Ring 1, 10115 Berlin, Germany", "Hall", ("Ring 1", "Berlin", "10115", "DE")),
        (
            [{"@type": "VirtualLocation", "url": "https://x.example"}, {"@type": "Place", "name": "Hall"}],
            "Hall",
            (None,) * 4,
        ),
        ({"@type": ["Place", "MusicVenue"], "name": "Hall &amp; Bar"}, "Hall & Bar", (None,) * 4),
        (
            {"@type": "PostalAddress", "streetAddress": "Ring 1", "addressLocality": "Berlin"},
            "Ring 1",
            ("Ring 1", "Berlin", None, None),
        ),
        ({"@type": "Place", "address": {"addressLocality": "Berlin"}}, "Berlin", (None, "Berlin", None, None)),
        (
            {"@type": "Place", "name": "Hall", "address": {"addressCountry": {"@type": "Country", "name": "Germany"}}},
            "Hall",
            (None, None, None, "DE"),
        ),
        (
            {"@type": "Place", "name": "Hall", "address": {"addressCountry": "UK", "postalCode": 12345}},
            "Hall",
            (None, None, "12345", "GB"),
        ),
    ],
)
def test_a_location_is_a_place_in_any_shape(location, name, address):
    venue = the(event(location=location)).venue
    told = venue.address
    assert (venue.name, (told.street, told.locality, told.postal_code, told.country)) == (name, address)


@pytest.mark.parametrize(
    "location", [None, {}, [], "", {"@type": "Place"}, {"@type": "Place", "name": " "}, True, [[]]]
)
def test_a_location_that_says_nothing_is_none(location):
    assert the(event() | {"location": location}).venue is None


@pytest.mark.parametrize(
    ("location", "mode"),
    [
        ({"@type": "VirtualLocation", "url": "https://x.example"}, EventAttendanceMode.ONLINE),
        ("https://x.example/room", EventAttendanceMode.ONLINE),
        ("Online", EventAttendanceMode.ONLINE),
        ({"@type": "Place", "name": "Online"}, EventAttendanceMode.ONLINE),
        ([{"@type": "VirtualLocation"}, {"@type": "Place", "name": "Hall"}], EventAttendanceMode.MIXED),
        ({"@type": "Place", "name": "Hall"}, EventAttendanceMode.OFFLINE),
    ],
)
def test_where_it_is_tells_how_one_attends(location, mode):
    assert the(event(location=location)).attendance_mode is mode


@pytest.mark.parametrize(
    ("more", "mode"),
    [
        ({"eventAttendanceMode": "https://schema.org/MixedEventAttendanceMode"}, EventAttendanceMode.MIXED),
        ({"eventAttendanceMode": "OnlineEventAttendanceMode"}, EventAttendanceMode.ONLINE),
        ({"eventAttendanceMode": "somehow"}, EventAttendanceMode.OFFLINE),
        ({"eventStatus": "EventMovedOnline"}, EventAttendanceMode.ONLINE),
    ],
)
def test_an_event_may_say_how_one_attends(more, mode):
    assert the(event(**more)).attendance_mode is mode


@pytest.mark.parametrize(
    ("geo", "point"),
    [
        ({"latitude": 52.5, "longitude": 13.4}, Point(latitude=52.5, longitude=13.4)),
        ({"latitude": "52.5", "longitude": " 13.4"}, Point(latitude=52.5, longitude=13.4)),
        ([{"latitude": "52.5", "longitude": "13.4"}], Point(latitude=52.5, longitude=13.4)),
        ({"latitude": 0, "longitude": 0}, None),
        ({"latitude": "", "longitude": "x"}, None),
        ({"latitude": 95, "longitude": 1}, None),
        ("52,13", None),
    ],
)
def test_coordinates_are_numbers_or_texts(geo, point):
    assert the(event(location={"@type": "Place", "name": "Hall", "geo": geo})).venue.point == point


def test_what_the_operator_knows_fills_the_gaps():
    home, away = listings_of(
        event("A", location={"name": "Hall"}),
        event("B", location={"name": "Hall", "address": {"addressLocality": "Paris", "addressCountry": "FR"}}),
        city="Berlin",
        country="DE",
        time_zone="Europe/Berlin",
    )
    assert (home.venue.address.locality, home.venue.address.country) == ("Berlin", "DE")
    assert (away.venue.address.locality, away.venue.address.country) == ("Paris", "FR")
    assert (home.venue.id, away.venue.id) == ("hall-berlin", "hall-paris")


# --- what it costs ---


@pytest.mark.parametrize(
    ("offer", "prices"),
    [
        ({"price": "25.50", "priceCurrency": "EUR"}, ("25.50", None, None, "EUR")),
        ({"price": 25.5, "priceCurrency": "eur"}, ("25.5", None, None, "EUR")),
        ({"price": "25,50 €"}, ("25.50", None, None, "EUR")),
        ({"price": "1.250,00", "priceCurrency": "EUR"}, ("1250.00", None, None, "EUR")),
        ({"price": "$1,250", "priceCurrency": "USD"}, ("1250", None, None, "USD")),
        ({"price": "£7"}, ("7", None, None, "GBP")),
        ({"price": "850"}, ("850", None, None, "MXN")),
        ({"price": "10 - 20", "priceCurrency": "EUR"}, (None, None, None, "EUR")),
        ({"price": "ask us", "priceCurrency": "EUR"}, (None, None, None, "EUR")),
        ({"price": -5, "priceCurrency": "EUR"}, (None, None, None, "EUR")),
        ({"lowPrice": "10", "highPrice": 20, "priceCurrency": "EUR"}, (None, "10", "20", "EUR")),
        ({"lowPrice": "10", "highPrice": "10", "priceCurrency": "EUR"}, ("10", None, None, "EUR")),
        ({"priceSpecification": {"price": 9, "priceCurrency": "CHF"}}, ("9", None, None, "CHF")),
        ({"priceSpecification": [{"minPrice": 9, "maxPrice": 12, "priceCurrency": "CHF"}]}, (None, "9", "12", "CHF")),
    ],
)
def test_a_price_is_a_number_or_a_text_and_exact(offer, prices):
    (made,) = the(event(offers={"@type": "Offer", **offer}), currency="MXN").offers
    expected = tuple(Decimal(each) if each else None for each in prices[:3])
    assert ((made.price, made.low_price, made.high_price), made.currency) == (expected, prices[3])


def test_a_price_without_a_currency_leaves_the_offer():
    (offer,) = the(event(offers={"price": "850", "url": "/tickets"})).offers
    assert (offer.price, offer.currency, offer.url) == (None, None, "https://club.example/tickets")


def test_the_parts_of_an_aggregate_offer_stand_for_it_where_they_have_prices():
    whole = {"@type": "AggregateOffer", "lowPrice": 5, "highPrice": 9, "priceCurrency": "EUR"}
    parts = [{"@type": "Offer", "name": "Early", "price": 5}, {"@type": "Offer", "name": "Late", "price": 9}]
    assert [offer.name for offer in the(event(offers=whole | {"offers": parts})).offers] == ["Early", "Late"]
    (offer,) = the(event(offers=whole | {"offers": [{"@type": "Offer", "name": "Early"}]})).offers
    assert (offer.low_price, offer.high_price) == (Decimal(5), Decimal(9))


@pytest.mark.parametrize(
    ("said", "availability"),
    [
        ("https://schema.org/InStock", OfferAvailability.IN_STOCK),
        ("http://schema.org/SoldOut", OfferAvailability.SOLD_OUT),
        ("OutOfStock", OfferAvailability.SOLD_OUT),
        ("schema:PreOrder", OfferAvailability.PRE_ORDER),
        (["LimitedAvailability"], OfferAvailability.LIMITED_AVAILABILITY),
        ("perhaps", OfferAvailability.UNKNOWN),
        (None, OfferAvailability.UNKNOWN),
    ],
)
def test_an_availability_is_an_address_or_a_bare_word(said, availability):
    (offer,) = the(event(offers=[{"price": 5, "priceCurrency": "EUR", "availability": said}])).offers
    assert offer.availability is availability


def test_an_offer_has_its_times_its_seller_and_its_kind():
    (offer,) = the(
        event(
            offers={
                "validFrom": "2027-01-01T10:00:00+01:00",
                "availabilityEnds": "2027-06-01T20:00",
                "seller": {"name": "Tickets Ltd"},
                "category": "secondary",
            }
        ),
        time_zone="Europe/Berlin",
    ).offers
    assert offer.valid_from == datetime(2027, 1, 1, 9, tzinfo=UTC)
    assert offer.valid_through == datetime(2027, 6, 1, 18, tzinfo=UTC)
    assert (offer.seller, offer.kind) == ("Tickets Ltd", OfferKind.RESALE)


@pytest.mark.parametrize(
    ("more", "free"),
    [
        ({}, None),
        ({"isAccessibleForFree": True}, True),
        ({"isAccessibleForFree": "false"}, False),
        ({"isAccessibleForFree": "http://schema.org/True"}, True),
        ({"offers": {"price": "0", "priceCurrency": "EUR"}}, True),
        ({"offers": {"price": "free", "priceCurrency": "EUR"}}, True),
        ({"offers": [{"price": 0, "priceCurrency": "EUR"}, {"price": 5, "priceCurrency": "EUR"}]}, False),
        ({"offers": {"url": "/tickets"}}, None),
    ],
)
def test_an_event_is_free_where_it_says_so_or_every_price_is_nothing(more, free):
    assert the(event(**more)).is_free is free


# --- who, and pictures ---


@pytest.mark.parametrize(
    ("performer", "expected"),
    [
        ("Foxes", [("Foxes", PerformerKind.OTHER)]),
        ({"@type": "Person", "name": "A. Fox"}, [("A. Fox", PerformerKind.PERSON)]),
        ([{"@type": "MusicGroup", "name": "A"}, "B"], [("A", PerformerKind.MUSIC_GROUP), ("B", PerformerKind.OTHER)]),
        ([], []),
        ([{"@type": "Person"}, "", None, 7.5], [("7.5", PerformerKind.OTHER)]),
    ],
)
def test_performers_are_one_or_many_objects_or_texts(performer, expected):
    performers = the(event(performer=performer)).performers
    assert [(each.name, each.kind) for each in performers] == expected


def test_teams_perform_too():
    match = event(
        "Foxes v Hares", **{"@type": "SportsEvent"}, homeTeam={"@type": "SportsTeam", "name": "Foxes"}, awayTeam="Hares"
    )
    assert [each.name for each in the(match).performers] == ["Foxes", "Hares"]


def test_a_performers_links_are_ids_elsewhere():
    links = [
        "https://open.spotify.com/artist/0k17h0D3J5Vf?si=1",
        "https://www.wikidata.org/wiki/Q42",
        "https://foxes.example",
    ]
    (performer,) = the(event(performer={"name": "Foxes", "sameAs": links})).performers
    assert performer.external_ids == (
        ExternalId("spotify", "0k17h0D3J5Vf", "https://open.spotify.com/artist/0k17h0D3J5Vf"),
        ExternalId("wikidata", "Q42", "https://www.wikidata.org/wiki/Q42"),
    )


def test_a_places_links_are_ids_elsewhere_too():
    links = ["https://www.wikidata.org/entity/Q7", "https://www.openstreetmap.org/way/12", "https://hall.example"]
    venue = the(event(location={"@type": "Place", "name": "Hall", "sameAs": links})).venue
    assert [each[:2] for each in venue.external_ids] == [("wikidata", "Q7"), ("osm", "way/12")]


def test_an_organizers_mail_address_is_not_spread():
    assert the(event(organizer=["me@club.example", {"name": "Club"}])).organizer.name == "Club"


@pytest.mark.parametrize(
    ("image", "urls"),
    [
        ("https://img.example/a b.jpg", ["https://img.example/a%20b.jpg"]),
        ("//img.example/a.jpg", ["https://img.example/a.jpg"]),
        (["/a.jpg", "/a.jpg", "b.jpg"], ["https://club.example/a.jpg", "https://club.example/b.jpg"]),
        ({"@type": "ImageObject", "url": "/a.jpg"}, ["https://club.example/a.jpg"]),
        ({"@type": "ImageObject", "contentUrl": "/a.jpg", "url": "/page"}, ["https://club.example/a.jpg"]),
        ({"@id": "https://club.example/#primaryimage"}, []),
        (["data:image/png;base64,AAAA", "", None, 7, {"url": None}, "http://[broken"], []),
    ],
)
def test_images_are_one_or_many_addresses_or_objects(image, urls):
    assert [each.url for each in the(event(image=image)).images] == urls


def test_an_images_size_is_a_number_however_it_is_written():
    image = {
        "url": "/a.jpg",
        "width": "1200px",
        "height": {"@type": "QuantitativeValue", "value": 800},
        "caption": "Us",
    }
    (made,) = the(event(image=image)).images
    assert (made.width, made.height, made.caption) == (1200, 800, "Us")


WHOLE = event(
    **{"@id": "#one"},
    url="/e/1",
    endDate="2027-06-02T20:00:00+02:00",
    doorTime=START,
    previousStartDate=START,
    eventStatus="EventScheduled",
    eventAttendanceMode="OfflineEventAttendanceMode",
    description="x",
    keywords="x",
    genre="x",
    performer="x",
    organizer="x",
    offers={"price": 1},
    image="/a.jpg",
    sameAs="/x",
    inLanguage="de",
    isAccessibleForFree=True,
    typicalAgeRange="7",
    dateModified=START,
)


@pytest.mark.parametrize("gone", sorted(WHOLE.keys() - {"@type", "name", "startDate"}))
@pytest.mark.parametrize(
    "instead", [None, [], {}, "", "x", 7, -1, 7.5, True, [None], [[7]], {"name": []}, {"@value": {}}]
)
def test_one_odd_property_costs_no_event(gone, instead):
    assert the(WHOLE | {gone: instead}).name == "Concert"


# --- the feed ---


@pytest.fixture(scope="module")
def server():
    with FakeSite() as running:
        yield running


@pytest.fixture
def site(server):
    server.reset()
    server.pages["/events"] = json_ld(event())
    return server


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@asynccontextmanager
async def asking(address, *, clock=lambda: NOW, **settings):
    http = Http(address, timeout=5, redirects=5, patience=Patience(attempts=1))
    provider = SchemaOrg(settings={"url": address, **settings}, http=http, clock=clock)
    try:
        yield provider
    finally:
        await provider.aclose()


async def found(provider, query=None):
    return names((await provider.search(query or ListingQuery(), None, 100)).listings)


async def test_one_fetch_serves_many_searches_at_once(site):
    site.fault = Fault.slow(0.05)
    async with asking(f"{site.url}/events") as provider:
        assert await asyncio.gather(*(found(provider) for _ in range(10))) == [["Concert"]] * 10
        await provider.lookup(["x"])
    assert site.paths() == ["/robots.txt", "/events"]


@pytest.mark.parametrize("validators", [("etag", "last-modified"), ("etag",), ("last-modified",), ()])
async def test_a_page_is_asked_for_again_only_as_a_change(site, clock, validators):
    site.validators = validators
    async with asking(f"{site.url}/events", clock=clock) as provider:
        await found(provider)
        clock.now += timedelta(minutes=16)
        assert await found(provider) == ["Concert"]
        site.pages["/events"] = json_ld(event("Gig"))
        assert await found(provider) == ["Concert"]
        clock.now += timedelta(minutes=16)
        assert await found(provider) == ["Gig"]
    assert site.statuses == [200, 304 if validators else 200, 200]


async def test_a_page_is_kept_as_long_as_the_operator_says(site, clock):
    async with asking(f"{site.url}/events", clock=clock, refresh_seconds=60) as provider:
        await found(provider)
        clock.now += timedelta(seconds=61)
        await found(provider)
    assert site.statuses == [200, 304]


async def test_several_pages_are_one_list_and_an_event_on_two_of_them_stands_once(site):
    shared = event("Shared", **{"@id": "/e/1"})
    site.pages = {"/a": json_ld(shared, event("A")), "/b/": json_ld(shared, event("B")), "/c": json_ld(event("C"))}
    urls = [f"{site.url}/b/", "/c?month=6", f"{site.url}/a#top"]
    async with asking(f"{site.url}/a", urls=urls) as provider:
        page = await provider.search(ListingQuery(), None, 100)
    assert sorted(names(page.listings)) == ["A", "B", "C", "Shared"]
    assert (page.total, page.truncated) == (4, False)
    assert site.paths().count("/robots.txt") == 1
    assert len(site.statuses) == 3


async def test_a_page_that_fails_leaves_the_others_and_says_so(site, caplog):
    site.pages["/more"] = json_ld(event("More", **{"@id": "/e/2"}))
    urls = [f"{site.url}/more", f"{site.url}/gone"]
    async with asking(f"{site.url}/events", urls=urls) as provider:
        page = await provider.search(ListingQuery(), None, 100)
        assert (sorted(names(page.listings)), page.truncated) == (["Concert", "More"], True)
        assert "/gone" in caplog.text
        assert [each.name for each in await provider.lookup([f"{site.url}/e/2"])] == ["More"]
        with pytest.raises(Refused, match="no such page"):
            await provider.lookup(["perhaps on the page that is missing"])


async def test_a_page_that_is_cut_off_is_truncated(site):
    site.pages["/events"] = json_ld(event("One"), event("Two"))[:-60]
    async with asking(f"{site.url}/events") as provider:
        page = await provider.search(ListingQuery(), None, 100)
    assert (names(page.listings), page.truncated) == (["One"], True)


async def test_what_could_not_be_read_is_counted(site):
    site.pages["/events"] = json_ld(event(), event("Bad", "soon"), "{{{")
    async with asking(f"{site.url}/events") as provider:
        page = await provider.search(ListingQuery(), None, 100)
    assert (names(page.listings), page.rejected) == (["Concert"], 2)


async def test_lookup_finds_what_the_pages_hold_and_no_other(site):
    site.pages["/events"] = json_ld(event("Old", "2020-01-01", **{"@id": "/e/1"}), event("New", **{"@id": "/e/2"}))
    async with asking(f"{site.url}/events") as provider:
        assert names(await provider.lookup([f"{site.url}/e/1", "gone"])) == ["Old"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.status(503), Unavailable),
        (Fault.status(403), Refused),
        (Fault.status(410), Refused),
        (Fault.down(), Unavailable),
        (Fault.html(), Malformed),
        (Fault.empty(), Malformed),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Fault) else "",
)
async def test_a_fetch_that_fails_is_an_error_even_with_an_older_copy_and_then_all_is_well_again(
    site, clock, fault, error
):
    async with asking(f"{site.url}/events", clock=clock) as provider:
        await found(provider)
        clock.now += timedelta(hours=1)
        site.fault = fault
        with pytest.raises(error):
            await found(provider)
        site.fault = None
        assert await found(provider) == ["Concert"]


async def test_a_site_that_was_asked_too_often_is_rate_limited(site):
    site.fault = Fault.rate_limited(retry_after=30)
    async with asking(f"{site.url}/events") as provider:
        with pytest.raises(RateLimited):
            await found(provider)


async def test_a_page_that_programs_may_not_have_is_no_matter_of_a_key(site):
    async with asking(f"{site.url}/events") as provider:
        await provider._robots.check(f"{site.url}/events")
        site.fault = Fault.status(403)
        with pytest.raises(Refused, match="does not show its page to programs") as caught:
            await found(provider)
    assert not isinstance(caught.value, Misconfigured)


async def test_closing_ends_a_fetch(site):
    site.fault = Fault.slow(5)
    async with asking(f"{site.url}/events") as provider:
        search = asyncio.create_task(found(provider))
        await asyncio.sleep(0.05)
    with pytest.raises(asyncio.CancelledError):
        await search


# --- robots.txt ---


@pytest.mark.parametrize(
    "rules",
    [
        None,
        "",
        "User-agent: *\nDisallow: /private",
        "User-agent: *\nAllow: /events\nDisallow: /",
        "User-agent: other-bot\nDisallow: /\n\nUser-agent: *\nDisallow:",
        "<!DOCTYPE html><title>Not found</title>",
        404,
        403,
    ],
)
async def test_a_page_that_no_rule_forbids_is_read(site, rules):
    site.robots = rules
    async with asking(f"{site.url}/events") as provider:
        assert await found(provider) == ["Concert"]


@pytest.mark.parametrize(
    "rules",
    [
        "User-agent: *\nDisallow: /events",
        "User-agent: event-gateway\nDisallow: /",
        "\ufeffuser-agent: *\r\ndisallow: /",
    ],
)
async def test_a_page_that_a_rule_forbids_is_not_even_asked_for(site, rules):
    site.robots = rules
    async with asking(f"{site.url}/events") as provider:
        with pytest.raises(Misconfigured, match=r"/robots\.txt forbids /events; ask the site's owner"):
            await found(provider)
    assert site.paths() == ["/robots.txt"]


async def test_one_forbidden_page_of_several_is_told_to_the_operator(site):
    site.robots = "User-agent: *\nDisallow: /private"
    async with asking(f"{site.url}/events", urls=[f"{site.url}/private"]) as provider:
        with pytest.raises(Misconfigured, match="forbids /private"):
            await found(provider)


async def test_as_long_as_the_rules_cannot_be_had_all_is_forbidden(site):
    site.robots = 503
    async with asking(f"{site.url}/events") as provider:
        with pytest.raises(Unavailable):
            await found(provider)
        assert site.paths() == ["/robots.txt"]
        site.robots = None
        assert await found(provider) == ["Concert"]


async def test_the_rules_are_asked_for_once_a_day(site, clock):
    async with asking(f"{site.url}/events", clock=clock) as provider:
        for hours in (0, 1, 23, 25):
            clock.now = NOW + timedelta(hours=hours)
            await found(provider)
    assert site.paths().count("/robots.txt") == 2


# --- filters and settings ---


BERLIN = Point(latitude=52.52, longitude=13.4)


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(keyword="late jazz"),
        ListingQuery(near=Circle(center=BERLIN, radius_km=10)),
        ListingQuery(bounding_box=Box(south=52, west=13, north=53, east=14)),
        ListingQuery(country="DE"),
        ListingQuery(city=Place(name="Berlin", country="DE")),
        ListingQuery(start_from=datetime(2027, 3, 1, tzinfo=UTC)),
        ListingQuery(event_types=(EventType.MUSIC,)),
        ListingQuery(performer_ids=("foxes",)),
        ListingQuery(venue_ids=("blue-hall-berlin",)),
    ],
    ids=lambda query: "+".join(sorted(need.name for need in query.needs())),
)
async def test_every_filter_that_is_declared_is_applied(site, query):
    place = event()["location"] | {"geo": {"latitude": 52.52, "longitude": 13.4}}
    wanted = event("Late Night Jazz", **{"@type": "MusicEvent"}, performer="Foxes", location=place)
    other = event("Play", "2027-02-01T20:00:00+01:00", location="Red Hall, 69001 Lyon, France")
    site.pages["/events"] = json_ld(other, wanted)
    assert query.needs() <= SchemaOrg.info.capabilities
    async with asking(f"{site.url}/events") as provider:
        assert await found(provider, query) == ["Late Night Jazz"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"url": "ftp://club.example/"}, "url: wants an address"),
        ({"url": "events"}, "url: wants an address"),
        ({"urls": ["mailto:me@club.example"]}, "urls: wants an address"),
        ({"urls": ["https://other.example/"]}, "urls: are of several sites .* make each site a feed of its own"),
        ({"urls": [f"{PAGE}/{n}" for n in range(60)]}, "urls: are 61; more than 50"),
        ({"time_zone": "Middle/Earth"}, "time_zone: .* not an IANA time zone"),
        ({"country": "Germany"}, "country: .* not an ISO 3166-1"),
        ({"currency": "Euro"}, "currency: .* not an ISO 4217"),
        ({"event_type": "KARAOKE"}, "event_type: wants one of MUSIC"),
        ({"refresh_seconds": -1}, "refresh_seconds: wants a number from 0"),
    ],
)
async def test_a_setting_that_cannot_be_is_refused_with_its_name(settings, message):
    http = Http(PAGE, transport=httpx.MockTransport(lambda _: httpx.Response(500)))
    with pytest.raises(SettingError, match=message):
        SchemaOrg(settings={"url": PAGE, **settings}, http=http)
    await http.aclose()


async def test_credentials_in_the_address_are_sent_and_not_shown():
    asked = []

    def answer(request):
        asked.append((str(request.url), request.headers.get("authorization", "")[:5]))
        return httpx.Response(200, html=json_ld(event()))

    url = "https://me:secret@club.example/events/"
    http = Http(url, transport=httpx.MockTransport(answer))
    provider = SchemaOrg(settings={"url": url}, http=http, clock=lambda: NOW)
    (listing,) = (await provider.search(ListingQuery(), None, 5)).listings
    assert asked == [("https://club.example/robots.txt", "Basic"), ("https://club.example/events/", "Basic")]
    assert "secret" not in repr(listing)
    await provider.aclose()


async def test_a_feed_of_any_name_is_made_from_a_table_alone(site):
    kinds = [Kind(name="schema-org", package="event-gateway", ours=True, provider_class=SchemaOrg)]
    table = {"kind": "schema-org", "url": f"{site.url}/events", "time_zone": "Europe/Berlin", "country": "de"}
    table["allow_private"] = True
    registry = build(kinds, Configuration(feeds={"blue-hall": table}), clock=lambda: NOW)
    provider = registry.get("blue-hall").provider
    assert provider.info.slug == "blue-hall"
    assert await found(provider) == ["Concert"]
    await registry.aclose()


class TestContract(ProviderContract):
    provider_class = SchemaOrg

    def make(self):
        halls = [
            ("Blue Hall", "Berlin", "DE", 52.52, 13.4, "Europe/Berlin"),
            ("Red Hall", "Lyon", "FR", 45.76, 4.84, "Europe/Paris"),
        ]
        happenings = [self.happening(number, halls[number % 2]) for number in range(60)]
        page = json_ld({"@graph": happenings}, event("Open day", "2027-04-01"))
        robots = httpx.Response(404)
        transport = httpx.MockTransport(
            lambda request: robots if request.url.path == "/robots.txt" else httpx.Response(200, html=page)
        )
        http = Http(PAGE, transport=transport)
        settings = {"url": PAGE, "time_zone": "Europe/Berlin"}
        return SchemaOrg(settings=settings, http=http, clock=lambda: NOW)

    @staticmethod
    def happening(number, hall):
        name, town, country, latitude, longitude, zone = hall
        start = datetime(2027, 2 + number % 9, 1 + number % 28, number % 24, tzinfo=ZoneInfo(zone))
        return schema_org_event(
            f"Night {number} of {'Owls' if number % 3 else 'Larks'}",
            start.isoformat(),
            **{"@type": ("MusicEvent", "TheaterEvent", "ScreeningEvent")[number % 3], "@id": f"/events/{number}"},
            location={
                "@type": "Place",
                "name": name,
                "address": {"addressLocality": town, "addressCountry": country},
                "geo": {"latitude": latitude, "longitude": longitude},
            },
            performer={"@type": "MusicGroup", "name": f"Act {number % 7}", "genre": ("Rock", "Jazz")[number % 2]},
            offers={"price": "12.50", "priceCurrency": "EUR"},
            image=f"/{number}.jpg",
        )
