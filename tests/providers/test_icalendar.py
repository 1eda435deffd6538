from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from providers import (
    Box,
    Circle,
    Configuration,
    EventAttendanceMode,
    EventStatus,
    EventType,
    Http,
    Listing,
    ListingQuery,
    Malformed,
    Patience,
    Place,
    Point,
    Refused,
    Unavailable,
    build,
    discover,
)
from providers.icalendar import ICalendar
from providers.icalendar import series as bounds
from providers.testing.contract import ProviderContract
from providers.testing.icalendar import FakeCalendar, calendar, vevent
from providers.testing.upstream import Fault

NOW = datetime(2027, 1, 15, 12, tzinfo=UTC)
ADDRESS = "https://club.example/events.ics"

BERLIN_IN_THE_FILE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010325T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE"""


def event(*lines: str, uid: str = "one", start: str = "DTSTART:20270201T190000Z") -> str:
    return vevent(f"UID:{uid}", "SUMMARY:Concert", start, *lines)


def provider_of(content: str | bytes, *, clock: Callable[[], datetime] = lambda: NOW, **settings) -> ICalendar:
    body = content.encode() if isinstance(content, str) else content
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    return ICalendar(settings={"url": ADDRESS, **settings}, http=Http(ADDRESS, transport=transport), clock=clock)


@asynccontextmanager
async def asking(address: str, *, clock=lambda: NOW, **settings) -> AsyncIterator[ICalendar]:
    http = Http(address, timeout=5, patience=Patience(attempts=1))
    provider = ICalendar(settings={"url": address, **settings}, http=http, clock=clock)
    try:
        yield provider
    finally:
        await provider.aclose()


async def page_of(content: str | bytes, query: ListingQuery | None = None, **settings):
    provider = provider_of(content, **settings)
    page = await provider.search(query or ListingQuery(), None, 1_000)
    await provider.aclose()
    return page


async def listings_of(*blocks: str, query: ListingQuery | None = None, **settings) -> tuple[Listing, ...]:
    return (await page_of(calendar(*blocks), query, **settings)).listings


async def the(*blocks: str, **settings) -> Listing:
    (listing,) = await listings_of(*blocks, **settings)
    return listing


def days(listings) -> list[str]:
    return [listing.start.day.isoformat() for listing in listings]


# Files


async def test_an_event_becomes_a_listing_with_all_that_it_says():
    listing = await the(
        event(
            "DTEND:20270201T210000Z",
            "DESCRIPTION:<p>Doors &amp; bar at 7\\, then</p><p>music</p>",
            "LOCATION:Blue Hall\\, 1 Stage Street\\, 10115 Berlin\\, Germany",
            "GEO:52.53;13.38",
            "URL:https://club.example/one",
            "CATEGORIES:Concert,Jazz\\, Swing",
            'ORGANIZER;CN="Club Blue":mailto:hello@club.example',
            "LAST-MODIFIED:20270101T000000Z",
            "STATUS:CONFIRMED",
        )
    )
    assert (listing.id, listing.name, listing.url) == ("one", "Concert", "https://club.example/one")
    assert listing.start.instant == datetime(2027, 2, 1, 19, tzinfo=UTC)
    assert listing.end.instant == datetime(2027, 2, 1, 21, tzinfo=UTC)
    assert listing.description == "Doors & bar at 7, then\n\nmusic"
    assert listing.keywords == ("Concert", "Jazz, Swing")
    assert listing.event_type is EventType.MUSIC
    assert listing.status is EventStatus.SCHEDULED
    assert listing.updated_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert listing.organizer.name == "Club Blue"
    assert listing.organizer.url is None
    assert listing.venue.name == "Blue Hall"
    assert listing.venue.id == "blue-hall-berlin"
    assert listing.venue.point == Point(latitude=52.53, longitude=13.38)
    address = listing.venue.address
    assert (address.street, address.postal_code, address.locality, address.country) == (
        "1 Stage Street",
        "10115",
        "Berlin",
        "DE",
    )


async def test_an_empty_calendar_has_no_listings():
    page = await page_of(calendar())
    assert (page.listings, page.total, page.exhausted, page.truncated) == ((), 0, True, False)


async def test_tasks_and_alarms_are_no_events():
    task = "BEGIN:VTODO\r\nUID:t\r\nSUMMARY:Sweep\r\nDTSTART:20270201T190000Z\r\nEND:VTODO"
    alarm = "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nDESCRIPTION:Wake up\r\nSUMMARY:Alarm\r\nEND:VALARM"
    listing = await the(task, event(alarm))
    assert (listing.name, listing.description) == ("Concert", None)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "nothing"),
        (b"<!DOCTYPE html><title>Log in</title>", "HTML"),
        (b"<p>put BEGIN:VCALENDAR into a file</p>", "HTML"),
        (b'{"events": []}', "something else"),
        (b"\x00\xff\xfe\x00", "something else"),
    ],
)
async def test_what_is_no_calendar_is_malformed(content, what):
    with pytest.raises(Malformed, match=f"answered {what} where a calendar was due"):
        await page_of(content)


@pytest.mark.parametrize(
    "content",
    [
        calendar(event()).replace("\r\n", "\n").encode(),
        calendar(event()).replace("\r\n", "\r").encode(),
        b"\xef\xbb\xbf" + calendar(event()).encode(),
        calendar(event()).encode("utf-16"),
        calendar(event()).lower().replace("summary:concert", "summary:Concert").encode(),
        (calendar() + calendar(event())).encode(),
        calendar("X", ": nothing", "=====", event("junk without a colon", "X-EMPTY:", '"";:')).encode(),
    ],
    ids=["line feeds", "carriage returns", "byte order mark", "utf-16", "small letters", "two in one", "junk"],
)
async def test_a_file_written_otherwise_is_read_all_the_same(content):
    page = await page_of(content)
    assert [listing.name for listing in page.listings] == ["Concert"]
    assert page.rejected == 0


async def test_a_line_folded_within_a_letter_is_one_line():
    first, rest = "Zürich – Café".encode()[:2], "Zürich – Café".encode()[2:]
    content = calendar(vevent("UID:a", "SUMMARY:@", "DTSTART:20270201T190000Z")).encode()
    page = await page_of(content.replace(b"@", first + b"\r\n " + rest))
    assert page.listings[0].name == "Zürich – Café"


async def test_bytes_that_are_not_utf_8_are_read_as_what_windows_writes():
    content = calendar(vevent("UID:a", "SUMMARY:Caf\xe9 \u2013 Z\xfcrich", "DTSTART:20270201T190000Z")).encode("cp1252")
    assert (await page_of(content)).listings[0].name == "Café – Zürich"


async def test_escaped_letters_are_what_they_stand_for():
    listing = await the(event(r"DESCRIPTION:one\, two\; three\nfour \\ five"))
    assert listing.description == "one, two; three\nfour \\ five"


async def test_a_truncated_file_keeps_its_whole_events_and_says_so():
    whole = calendar(event(), event(uid="two"))
    page = await page_of(whole[: whole.rindex("SUMMARY")])
    assert [listing.id for listing in page.listings] == ["one"]
    assert (page.rejected, page.truncated) == (1, True)


async def test_a_broken_event_does_not_take_the_others_along():
    broken = [
        vevent("UID:a", "SUMMARY:No start"),
        vevent("UID:b", "SUMMARY:Odd start", "DTSTART:next tuesday"),
        vevent("UID:c", "DTSTART:20270201T190000Z"),
        "BEGIN:VEVENT\r\nUID:d\r\nSUMMARY:Has no end",
    ]
    page = await page_of(calendar(event(), *broken, event(uid="two")))
    assert {listing.id for listing in page.listings} == {"one", "two"}
    assert page.rejected == 4


async def test_events_of_which_none_can_be_read_are_malformed():
    with pytest.raises(Malformed, match="sent 2 events, and not one could be read"):
        await page_of(calendar(vevent("UID:a", "SUMMARY:No start"), "BEGIN:VEVENT\r\nUID:d\r\nSUMMARY:Has no end"))


async def test_a_bad_property_costs_only_itself():
    listing = await the(
        event("GEO:somewhere", "URL:F", "LAST-MODIFIED:yesterday", "ATTACH:::", "SEQUENCE:x", "DURATION:")
    )
    assert (listing.url, listing.venue, listing.updated_at, listing.images) == (None, None, None, ())


async def test_an_event_marked_as_private_is_not_shown():
    assert await listings_of(event("CLASS:PRIVATE"), event("CLASS:CONFIDENTIAL", uid="two")) == ()


async def test_an_event_without_uid_has_the_same_id_every_time():
    nameless = vevent("SUMMARY:Concert", "DTSTART:20270201T190000Z", "DTSTAMP:{}")
    first = await the(nameless.format("20270101T000000Z"))
    assert first.id == (await the(nameless.format("20270102T000000Z"))).id
    assert first.id != (await the(nameless.replace("Concert", "Gig").format("20270101T000000Z"))).id


async def test_a_very_long_uid_still_makes_an_id():
    first, second = await listings_of(
        event("RRULE:FREQ=WEEKLY;COUNT=2", uid="x" * 2_000), query=ListingQuery(start_from=NOW)
    )
    assert len(first.id) <= 500
    assert first.id != second.id


# Times


async def test_a_day_is_a_day_and_its_end_is_exclusive():
    start = "DTSTART;VALUE=DATE:20270201"
    one, three = await listings_of(
        event("DTEND;VALUE=DATE:20270202", start=start, uid="1"),
        event("DTEND;VALUE=DATE:20270204", start=start, uid="3"),
    )
    assert (one.start.day, one.start.instant, one.end) == (date(2027, 2, 1), None, None)
    assert three.end.day == date(2027, 2, 3)


@pytest.mark.parametrize(
    ("start", "lines", "end"),
    [
        ("DTSTART:20270201T190000Z", [], None),
        ("DTSTART:20270201T190000Z", ["DTEND:20270201T190000Z"], None),
        ("DTSTART:20270201T190000Z", ["DTEND:20270201T180000Z"], None),
        ("DTSTART:20270201T190000Z", ["DURATION:PT1H30M"], datetime(2027, 2, 1, 20, 30, tzinfo=UTC)),
        ("DTSTART:20270201T190000Z", ["DURATION:-PT1H"], None),
        ("DTSTART;TZID=Europe/Berlin:20270328T010000", ["DURATION:PT3H"], datetime(2027, 3, 28, 3, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/Berlin:20270327T190000", ["DURATION:P1D"], datetime(2027, 3, 28, 17, tzinfo=UTC)),
        ("DTSTART:20270201T190000Z", ["DTEND;VALUE=DATE:20270202"], datetime(2027, 2, 2, tzinfo=UTC)),
    ],
)
async def test_an_end_is_given_or_follows_from_the_duration_or_is_not_known(start, lines, end):
    listing = await the(event(*lines, start=start))
    assert (listing.end.instant if listing.end else None) == end


@pytest.mark.parametrize(
    ("lines", "last"),
    [(["DURATION:P3D"], date(2027, 2, 3)), (["DTEND:20270203T120000"], date(2027, 2, 3)), (["DURATION:PT5H"], None)],
)
async def test_days_end_on_their_last_day(lines, last):
    listing = await the(event(*lines, start="DTSTART;VALUE=DATE:20270201"))
    assert (listing.end.day if listing.end else None) == last


async def test_a_time_that_calls_itself_a_date_is_a_time():
    assert (await the(event(start="DTSTART;VALUE=DATE:20270201T190000Z"))).start.instant.hour == 19


async def test_a_time_that_the_spring_change_skips_is_that_much_later():
    for tzid, head in (("Europe/Berlin", ()), ("Ours", (BERLIN_IN_THE_FILE.format(name="Ours"),))):
        listing = await the(*head, event(start=f"DTSTART;TZID={tzid}:20270328T023000"))
        assert listing.start.instant == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
        assert listing.start.instant.hour == 3


@pytest.mark.parametrize(
    "tzid",
    [
        "TZID=Europe/Berlin",
        'TZID="Europe/Berlin"',
        "TZID=/mozilla.org/20070129_1/Europe/Berlin",
        "TZID=/Europe/Berlin",
        "TZID=W. Europe Standard Time",
        "tzid=w. europe standard time",
        "X-A=1;TZID=Europe/Berlin;X-B=2",
    ],
)
async def test_a_zone_by_any_of_its_names_is_that_zone(tzid):
    listing = await the(event(start=f"DTSTART;{tzid}:20270701T200000"))
    assert listing.start.time_zone == "Europe/Berlin"
    assert listing.start.instant.isoformat() == "2027-07-01T20:00:00+02:00"


@pytest.mark.parametrize("name", ["Customized Time Zone 1", "Zürich & Köln", "(UTC+09:00) Not Tokyo: Berlin", "Mine"])
@pytest.mark.parametrize("quote", ["", '"'])
async def test_a_zone_that_the_file_defines_is_as_it_says(name, quote):
    head = BERLIN_IN_THE_FILE.format(name=name)
    summer = event(start=f"DTSTART;TZID={quote}{name}{quote}:20270701T200000", uid="summer")
    winter = event(start=f"DTSTART;TZID={quote}{name}{quote}:20270120T200000", uid="winter")
    first, second = await listings_of(head, summer, winter)
    assert first.start.instant.isoformat() == "2027-01-20T20:00:00+01:00"
    assert second.start.instant.isoformat() == "2027-07-01T20:00:00+02:00"
    assert second.start.time_zone is None


async def test_a_definition_does_not_reach_other_files():
    unlike = BERLIN_IN_THE_FILE.format(name="Mine").replace("+0200", "+0900").replace("+0100", "+0900")
    one = await the(unlike, event(start="DTSTART;TZID=Mine:20270701T200000"))
    two = await the(BERLIN_IN_THE_FILE.format(name="Mine"), event(start="DTSTART;TZID=Mine:20270701T200000"))
    three = await the(event(start="DTSTART;TZID=Mine:20270701T200000"))
    assert [each.start.instant.utcoffset() / timedelta(hours=1) for each in (one, two, three)] == [9, 2, 0]


@pytest.mark.parametrize(
    ("tzid", "offset"),
    [("UTC+11", 11), ("GMT-0330", -3.5), ("(UTC+01:00) Amsterdam", 1), ("UTC", 0), ("Nowhere/Else", 0), ("../etc", 0)],
)
async def test_a_zone_without_definition_is_the_offset_it_names_else_the_calendars(tzid, offset):
    listing = await the(event(start=f"DTSTART;TZID={tzid}:20270701T200000"))
    assert listing.start.instant.utcoffset() == timedelta(hours=offset)


@pytest.mark.parametrize(
    ("head", "configured", "zone"),
    [
        (["X-WR-TIMEZONE:America/New_York"], "Europe/Berlin", "America/New_York"),
        (["X-WR-TIMEZONE:UTC"], "Europe/Berlin", "Europe/Berlin"),
        (["X-WR-TIMEZONE:UTC"], None, None),
        ([], "Europe/Berlin", "Europe/Berlin"),
        (["BEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo\r\nEND:VTIMEZONE"], None, "Asia/Tokyo"),
        (["BEGIN:VTIMEZONE\r\nTZID:X\r\nX-LIC-LOCATION:Asia/Tokyo\r\nEND:VTIMEZONE"], None, "Asia/Tokyo"),
        ([], None, None),
    ],
)
async def test_floating_times_days_and_utc_are_of_the_calendars_zone(head, configured, zone):
    blocks = (
        event(start="DTSTART:20270201T200000", uid="a"),
        event(start="DTSTART;VALUE=DATE:20270202", uid="b"),
        event(start="DTSTART:20270203T200000Z", uid="c"),
    )
    floating, day, instant = sorted(await listings_of(*head, *blocks, time_zone=configured), key=lambda each: each.id)
    assert {floating.start.time_zone, day.start.time_zone, instant.start.time_zone} == {zone}
    assert floating.start.instant.hour == 20
    assert instant.start.instant == datetime(2027, 2, 3, 20, tzinfo=UTC)


async def test_a_zone_whose_rules_no_clock_follows_is_read_without_them():
    head = BERLIN_IN_THE_FILE.format(name="Odd").replace("FREQ=YEARLY", "FREQ=SECONDLY")
    began = time.monotonic()
    listing = await the(head, event(start="DTSTART;TZID=Odd:20270701T200000"))
    assert listing.start.instant.utcoffset() is not None
    assert time.monotonic() - began < 1


# Recurrence


async def test_a_rule_is_expanded_without_what_is_excluded_and_with_what_is_added():
    weekly = event(
        "DURATION:PT2H",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        "EXDATE;TZID=Europe/Berlin:20270208T200000",
        "EXDATE:20270215T190000Z",
        "RDATE;TZID=Europe/Berlin:20270217T200000",
        "RDATE;VALUE=PERIOD:20270218T190000Z/20270218T230000Z,20270219T190000Z/PT5H",
        start="DTSTART;TZID=Europe/Berlin:20270201T200000",
    )
    listings = await listings_of(weekly)
    assert days(listings) == ["2027-02-01", "2027-02-17", "2027-02-18", "2027-02-19", "2027-02-22"]
    hours = [(each.end.instant - each.start.instant) / timedelta(hours=1) for each in listings]
    assert hours == [2, 2, 4, 5, 2]
    assert [each.id for each in listings][:2] == ["one~20270201T190000Z", "one~20270217T190000Z"]


async def test_a_rule_keeps_to_the_clock_when_that_changes():
    for tzid, head in (("Europe/Berlin", ()), ("Ours", (BERLIN_IN_THE_FILE.format(name="Ours"),))):
        listings = await listings_of(
            *head, event("RRULE:FREQ=WEEKLY;COUNT=3", start=f"DTSTART;TZID={tzid}:20270321T200000")
        )
        assert [each.start.instant.hour for each in listings] == [20, 20, 20]
        assert [each.start.instant.utcoffset() / timedelta(hours=1) for each in listings] == [1, 2, 2]


async def test_recurring_days_are_days():
    listings = await listings_of(
        event("RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20270202", start="DTSTART;VALUE=DATE:20270201")
    )
    assert [each.id for each in listings] == ["one~20270201", "one~20270203"]
    assert [each.end for each in listings] == [None, None]


@pytest.mark.parametrize("until", ["20270215T190000Z", "20270215T200000", "20270215"])
async def test_a_rule_ends_where_it_says_however_that_is_written(until):
    listings = await listings_of(
        event(f"RRULE:FREQ=WEEKLY;UNTIL={until}", start="DTSTART;TZID=Europe/Berlin:20270201T200000")
    )
    assert days(listings)[:2] == ["2027-02-01", "2027-02-08"]
    assert len(listings) <= 3


async def test_an_instance_that_was_moved_keeps_its_id():
    core = event("RRULE:FREQ=WEEKLY;COUNT=3")
    moved = vevent("UID:one", "SUMMARY:Later", "RECURRENCE-ID:20270208T190000Z", "DTSTART:20270210T200000Z")
    listings = await listings_of(core, moved)
    assert days(listings) == ["2027-02-01", "2027-02-10", "2027-02-15"]
    assert (listings[1].id, listings[1].name) == ("one~20270208T190000Z", "Later")


async def test_a_change_for_this_and_all_future_instances_reaches_them_all():
    core = event("RRULE:FREQ=WEEKLY;COUNT=4")
    changed = vevent(
        "UID:one", "SUMMARY:New hour", "RECURRENCE-ID;RANGE=THISANDFUTURE:20270208T190000Z", "DTSTART:20270208T210000Z"
    )
    listings = await listings_of(core, changed)
    assert [(each.name, each.start.instant.hour) for each in listings] == [("Concert", 19)] + 3 * [("New hour", 21)]
    assert [each.id for each in listings] == [f"one~202702{day}T190000Z" for day in ("01", "08", "15", "22")]


async def test_an_instance_without_its_series_stands_for_itself():
    alone = vevent("UID:one", "SUMMARY:Concert", "RECURRENCE-ID:20270208T190000Z", "DTSTART:20270209T190000Z")
    assert (await the(alone)).id == "one~20270208T190000Z"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("STATUS:CANCELLED", EventStatus.CANCELLED),
        ("STATUS:cancelled", EventStatus.CANCELLED),
        ("STATUS:TENTATIVE", EventStatus.UNKNOWN),
        ("STATUS:CONFIRMED", EventStatus.SCHEDULED),
        ("STATUS:WHATEVER", EventStatus.SCHEDULED),
    ],
)
async def test_a_status_is_kept(line, status):
    assert (await the(event(line))).status is status


async def test_a_cancelled_instance_is_listed_as_cancelled():
    gone = vevent(
        "UID:one", "SUMMARY:C", "RECURRENCE-ID:20270208T190000Z", "DTSTART:20270208T190000Z", "STATUS:CANCELLED"
    )
    listings = await listings_of(event("RRULE:FREQ=WEEKLY;COUNT=3"), gone)
    assert [each.status for each in listings] == [
        EventStatus.SCHEDULED,
        EventStatus.CANCELLED,
        EventStatus.SCHEDULED,
    ]


async def test_of_several_versions_the_highest_sequence_counts_wherever_it_stands():
    old = vevent("UID:one", "SUMMARY:Old", "DTSTART:20270201T190000Z", "SEQUENCE:0", "DTSTAMP:20270109T000000Z")
    new = vevent("UID:one", "SUMMARY:New", "DTSTART:20270202T190000Z", "SEQUENCE:10", "DTSTAMP:20270101T000000Z")
    assert [(await the(*blocks)).name for blocks in ((old, new), (new, old))] == ["New", "New"]


async def test_of_equal_versions_the_latest_counts():
    versions = [
        event(f"LAST-MODIFIED:2027010{day}T000000Z", f"DESCRIPTION:version {day}").replace("Concert", f"Version {day}")
        for day in (2, 3, 1)
    ]
    assert (await the(*versions)).name == "Version 3"


async def test_instances_that_share_a_uid_without_saying_so_are_all_kept():
    listings = await listings_of(*(event(start=f"DTSTART:2027020{day}T190000Z") for day in (1, 2, 3)))
    assert [each.id for each in listings] == [f"one~2027020{day}T190000Z" for day in (1, 2, 3)]


async def test_ids_are_the_same_from_day_to_day():
    text = calendar(event("RRULE:FREQ=WEEKLY"))
    today = await page_of(text)
    later = await page_of(text, clock=lambda: NOW + timedelta(days=40))
    assert {each.id for each in today.listings[10:40]} <= {each.id for each in later.listings}


# Bounds


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY;COUNT=1000000000",
        "FREQ=MINUTELY",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=1;BYYEARDAY=200",
        "FREQ=DAILY;BYSETPOS=300",
        "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5;BYSECOND=1,2,3,4,5",
        "FREQ=NEVER",
        "nonsense",
    ],
)
async def test_a_hostile_rule_costs_no_time_and_its_first_date_stands(rule):
    began = time.monotonic()
    page = await page_of(calendar(event(f"RRULE:{rule}"), event(uid="two")))
    assert time.monotonic() - began < 1
    assert [each.id for each in page.listings] == ["one~20270201T190000Z", "two"]
    assert page.truncated


async def test_a_rule_that_counts_to_a_billion_is_expanded_as_far_as_the_window_goes():
    page = await page_of(calendar(event("RRULE:FREQ=DAILY;COUNT=1000000000")), horizon_days=30)
    assert days(page.listings)[-1] == "2027-02-13"
    assert not page.truncated


async def test_a_rule_from_the_year_1_is_not_counted_through():
    began = time.monotonic()
    page = await page_of(calendar(event("RRULE:FREQ=DAILY", start="DTSTART:00010101T190000Z")))
    assert time.monotonic() - began < 1
    assert page.truncated


async def test_more_occurrences_than_can_be_are_cut_off_and_it_says_so(monkeypatch):
    monkeypatch.setattr(bounds, "MAX_LISTINGS", 50)
    page = await page_of(calendar(*(event("RRULE:FREQ=DAILY", uid=str(number)) for number in range(3))))
    assert (len(page.listings), page.total, page.truncated) == (50, 50, True)


async def test_of_too_many_single_events_those_to_come_are_kept(monkeypatch):
    monkeypatch.setattr(bounds, "MAX_LISTINGS", 2)
    years = (2025, 2024, 2028, 2027)
    page = await page_of(calendar(*(event(start=f"DTSTART:{year}0601T190000Z", uid=str(year)) for year in years)))
    assert [each.id for each in page.listings] == ["2027", "2028"]
    assert page.truncated


async def test_expansion_ends_when_its_time_is_up(monkeypatch):
    monkeypatch.setattr(bounds, "EXPANSION_SECONDS", -1)
    page = await page_of(calendar(event("RRULE:FREQ=DAILY"), event(uid="two")))
    assert ([each.id for each in page.listings], page.truncated) == (["two"], True)


async def test_reading_ends_when_its_time_is_up(monkeypatch):
    monkeypatch.setattr(bounds, "READING_SECONDS", -1)
    assert (await page_of(calendar(event()))).truncated


async def test_a_large_file_does_not_hold_up_the_loop():
    daily = (event("RRULE:FREQ=DAILY", uid=f"daily {number}") for number in range(4))
    provider = provider_of(calendar(*daily, *(event(uid=str(number)) for number in range(500))))
    search, turns = asyncio.create_task(provider.search(ListingQuery(), None, 100)), 0
    while not search.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert (await search).total > 1_500
    assert turns > 10
    await provider.aclose()


# Windows


WEEKLY = calendar(event("RRULE:FREQ=WEEKLY", start="DTSTART:20200106T190000Z"))


async def test_an_open_query_gets_recurrences_from_yesterday_to_the_horizon():
    page = await page_of(WEEKLY, horizon_days=60)
    assert (days(page.listings)[0], days(page.listings)[-1]) == ("2027-01-18", "2027-03-15")
    assert not page.truncated


@pytest.mark.parametrize(
    ("start_from", "start_before", "expected"),
    [
        (datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 3, 12, tzinfo=UTC), ["2025-03-03", "2025-03-10"]),
        (datetime(2030, 3, 1, tzinfo=UTC), datetime(2030, 3, 12, tzinfo=UTC), ["2030-03-04", "2030-03-11"]),
    ],
)
async def test_a_query_that_names_its_dates_gets_those(start_from, start_before, expected):
    page = await page_of(WEEKLY, ListingQuery(start_from=start_from, start_before=start_before))
    assert days(page.listings) == expected
    assert not page.truncated


async def test_a_query_from_beyond_the_horizon_looks_as_far_ahead_from_there():
    page = await page_of(WEEKLY, ListingQuery(start_from=datetime(2030, 3, 1, tzinfo=UTC)), horizon_days=30)
    assert (days(page.listings)[0], len(page.listings)) == ("2030-03-04", 4)


@pytest.mark.parametrize(
    "query",
    [
        ListingQuery(start_from=datetime(1, 1, 1, tzinfo=UTC)),
        ListingQuery(start_before=datetime.max.replace(tzinfo=UTC)),
        ListingQuery(start_from=datetime(9990, 1, 1, tzinfo=UTC)),
    ],
)
async def test_a_query_that_reaches_too_far_is_told_so(query):
    assert (await page_of(WEEKLY, query)).truncated


async def test_single_events_are_found_whenever_they_are():
    page = await page_of(
        calendar(event(start="DTSTART:19990101T000000Z"), event(start="DTSTART:20990101T000000Z", uid="two"))
    )
    assert len(page.listings) == 2


async def test_lookup_finds_single_past_and_far_occurrences_and_no_others():
    moved = vevent("UID:one", "SUMMARY:Moved", "RECURRENCE-ID:20240101T190000Z", "DTSTART:20240320T190000Z")
    whole = calendar(event("RRULE:FREQ=WEEKLY", start="DTSTART:20200106T190000Z"), moved, event(uid="two~2"))
    provider = provider_of(whole)
    wanted = ["one~20200106T190000Z", "one~20240101T190000Z", "one~20350101T190000Z", "two~2"]
    found = await provider.lookup([*wanted, "one~20200107T190000Z", "one~rubbish", "one", "three~20200106", "~", ""])
    assert [each.id for each in found] == wanted
    assert [each.name for each in found] == ["Concert", "Moved", "Concert", "Concert"]
    await provider.aclose()


async def test_pages_follow_each_other_without_gap_or_repetition():
    provider = provider_of(WEEKLY)
    seek, seen = None, []
    for _ in range(20):
        page = await provider.search(ListingQuery(), seek, 7)
        assert page.total == 52
        seen += [each.id for each in page.listings]
        seek = page.frontier
        if seek is None:
            break
    assert len(seen) == len(set(seen)) == 52
    assert seen == sorted(seen)
    await provider.aclose()


# Places, kinds and pictures


@pytest.mark.parametrize(
    ("location", "name", "expected"),
    [
        ("Blue Hall", "Blue Hall", (None, None, None, None, None)),
        ("Blue Hall\\, upstairs", "Blue Hall", (None, None, None, None, None)),
        (
            "Halle 4\\nHafenweg 2\\n8005 Zürich\\nSchweiz",
            "Halle 4",
            ("Hafenweg 2", "Zürich", None, "8005", "CH"),
        ),
        ("Bar (Ring 1\\, A-1010 Wien)", "Bar", ("Ring 1", "Wien", None, "1010", None)),
        ("Melkweg\\, Gracht 9\\, 1017 PH Amsterdam", "Melkweg", ("Gracht 9", "Amsterdam", None, "1017 PH", None)),
        ("Arts\\, 7 Main St\\, Elmira\\, NY\\, 14901\\, USA", "Arts", ("7 Main St", "Elmira", "NY", "14901", "US")),
        ("Arts\\, Elmira\\, NY 14901", "Arts", (None, "Elmira", "NY", "14901", "US")),
        ("Salle Bleue\\, Paris\\, France", "Salle Bleue", (None, None, None, None, "FR")),
    ],
)
async def test_a_location_is_a_name_and_where_it_plainly_is_one_an_address(location, name, expected):
    venue = (await the(event(f"LOCATION:{location}"))).venue
    address = venue.address
    assert venue.name == name
    assert expected == (address.street, address.locality, address.region, address.postal_code, address.country)


async def test_what_the_operator_knows_of_a_club_fills_the_gaps():
    own = {"venue": "Blue Hall", "latitude": 47.37, "longitude": 8.54, "city": "Zürich", "country": "CH"}
    at_home, named, elsewhere = await listings_of(
        event(uid="1"),
        event("LOCATION:BLUE HALL", uid="2"),
        event("LOCATION:Red Bar\\, 10115 Berlin\\, Germany", uid="3"),
        event_type="comedy",
        **own,
    )
    for listing in (at_home, named):
        assert listing.venue.point == Point(latitude=47.37, longitude=8.54)
        assert (listing.venue.address.locality, listing.venue.address.country) == ("Zürich", "CH")
    assert at_home.venue.id == named.venue.id
    assert (elsewhere.venue.point, elsewhere.venue.address.locality) == (None, "Berlin")
    assert {each.event_type for each in (at_home, named, elsewhere)} == {EventType.COMEDY}


@pytest.mark.parametrize("location", ["https://video.example/room/1", "Online", "Zoom"])
async def test_an_event_on_the_net_has_no_venue(location):
    listing = await the(event(f"LOCATION:{location}"), venue="Blue Hall")
    assert (listing.venue, listing.attendance_mode) == (None, EventAttendanceMode.ONLINE)


async def test_a_venues_id_is_the_same_however_it_is_capitalised_and_for_any_script():
    ids = [
        (await the(event(f"LOCATION:{name}"))).venue.id
        for name in ("Café Zürich", "CAFE ZURICH", "東京ホール", "大阪ホール")
    ]
    assert ids[0] == ids[1] == "cafe-zurich"
    assert len(set(ids)) == 3


async def test_coordinates_of_nowhere_are_none():
    for geo in ("0;0", "0.0;0.0", "91;0", "here", "52,5;13,4"):
        assert (await the(event(f"GEO:{geo}", "LOCATION:Hall"))).venue.point is None


async def test_pictures_are_images_and_attachments_that_are_pictures():
    listing = await the(
        event(
            "IMAGE;VALUE=URI;DISPLAY=BADGE:https://club.example/a",
            "ATTACH;FMTTYPE=image/jpeg:https://club.example/b",
            "ATTACH:https://club.example/c.PNG?size=2",
            "ATTACH:https://club.example/c.PNG?size=2",
            "ATTACH;FMTTYPE=application/pdf:https://club.example/d.pdf",
            "ATTACH;FMTTYPE=image/png;ENCODING=BASE64;VALUE=BINARY:aGVsbG8=",
            "ATTACH;FMTTYPE=image/png:cid:part@club.example",
        )
    )
    assert [each.url for each in listing.images] == [
        "https://club.example/a",
        "https://club.example/b",
        "https://club.example/c.PNG?size=2",
    ]


@pytest.mark.parametrize(
    ("categories", "kind"),
    [
        ("Konzert", EventType.MUSIC),
        ("Music Festival", EventType.FESTIVAL),
        ("Lesung,Club", EventType.LITERARY),
        ("Something", EventType.OTHER),
    ],
)
async def test_a_category_tells_the_kind(categories, kind):
    assert (await the(event(f"CATEGORIES:{categories}"))).event_type is kind


async def test_an_organizers_mail_address_is_not_spread():
    listing = await the(event("ORGANIZER;CN=me@club.example:mailto:me@club.example"))
    assert listing.organizer is None


BERLIN, LYON = Point(latitude=52.52, longitude=13.4), Point(latitude=45.76, longitude=4.84)


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
        ListingQuery(venue_ids=("blue-hall-berlin",)),
    ],
    ids=lambda query: "+".join(sorted(need.name for need in query.needs())),
)
async def test_every_filter_that_is_declared_is_applied(query):
    wanted = vevent(
        "UID:wanted",
        "SUMMARY:Late Night Jazz",
        "DTSTART:20270301T190000Z",
        "LOCATION:Blue Hall\\, 10115 Berlin\\, Germany",
        "GEO:52.52;13.40",
        "CATEGORIES:Concert",
    )
    other = event("LOCATION:Red Hall\\, 69001 Lyon\\, France", "GEO:45.76;4.84", "CATEGORIES:Theater").replace(
        "Concert", "Play"
    )
    assert query.needs() <= ICalendar.info.capabilities
    assert [each.id for each in await listings_of(other, wanted, query=query)] == ["wanted"]


# The feed


@pytest.fixture(scope="module")
def server():
    with FakeCalendar() as running:
        yield running


@pytest.fixture
def upstream(server):
    server.reset()
    server.text = calendar(event())
    server.validators = {"etag", "last-modified"}
    return server


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def names(provider: ICalendar) -> list[str]:
    return [each.name for each in (await provider.search(ListingQuery(), None, 10)).listings]


async def test_one_fetch_serves_many_searches_at_once(upstream):
    upstream.fault = Fault.slow(0.1)
    async with asking(upstream.address) as provider:
        assert await asyncio.gather(*(names(provider) for _ in range(20))) == 20 * [["Concert"]]
        await provider.lookup(["one"])
    assert len(upstream.requests) == 1


async def test_a_search_that_is_cancelled_does_not_take_the_fetch_along(upstream):
    upstream.fault = Fault.slow(0.2, times=1)
    async with asking(upstream.address) as provider:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(names(provider), 0.02)
        assert await names(provider) == ["Concert"]
    assert len(upstream.requests) == 1


async def test_closing_ends_a_fetch(upstream):
    upstream.fault = Fault.slow(5)
    async with asking(upstream.address) as provider:
        search = asyncio.create_task(names(provider))
        await asyncio.sleep(0.05)
    with pytest.raises(asyncio.CancelledError):
        await search


async def test_a_fetch_that_fails_after_everybody_left_is_silent(upstream):
    upstream.fault = Fault.status(404)
    async with asking(upstream.address) as provider:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(names(provider), 0.0001)
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("validators", [("etag", "last-modified"), ("etag",), ("last-modified",)])
async def test_a_copy_is_asked_for_again_only_as_a_change(upstream, validators):
    upstream.validators = frozenset(validators)
    clock = Clock()
    async with asking(upstream.address, clock=clock) as provider:
        await names(provider)
        clock.now += timedelta(minutes=6)
        assert await names(provider) == ["Concert"]
        assert await names(provider) == ["Concert"]
        upstream.text = calendar(event().replace("Concert", "Gig"))
        clock.now += timedelta(minutes=6)
        assert await names(provider) == ["Gig"]
    assert upstream.statuses == [200, 304, 200]


async def test_a_server_without_validators_is_asked_for_the_whole_file(upstream):
    upstream.validators = frozenset()
    clock = Clock()
    async with asking(upstream.address, clock=clock) as provider:
        await names(provider)
        clock.now += timedelta(minutes=6)
        assert await names(provider) == ["Concert"]
    assert upstream.statuses == [200, 200]
    assert "if-none-match" not in upstream.headers[1]


@pytest.mark.parametrize(
    ("line", "settings", "fresh", "stale"),
    [
        ("X-NOTHING:1", {}, 4, 6),
        ("X-PUBLISHED-TTL:PT1H", {}, 59, 61),
        ("REFRESH-INTERVAL;VALUE=DURATION:PT2H", {}, 119, 121),
        ("REFRESH-INTERVAL;VALUE=DURATION:PT1S", {}, 4, 6),
        ("REFRESH-INTERVAL;VALUE=DURATION:P52W", {}, 23 * 60, 25 * 60),
        ("REFRESH-INTERVAL:soon", {}, 4, 6),
        ("X-PUBLISHED-TTL:PT1H", {"refresh_seconds": 7200}, 119, 121),
        ("X-NOTHING:1", {"refresh_seconds": 60}, 0, 2),
    ],
)
async def test_a_feed_is_kept_as_long_as_its_owner_asks_within_reason(upstream, line, settings, fresh, stale):
    upstream.text = calendar(line, event())
    clock = Clock()
    async with asking(upstream.address, clock=clock, **settings) as provider:
        for minutes, fetches in ((0, 1), (fresh, 1), (stale, 2)):
            clock.now = NOW + timedelta(minutes=minutes)
            await names(provider)
            assert len(upstream.requests) == fetches


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.status(503), Unavailable),
        (Fault.down(), Unavailable),
        (Fault.status(404), Refused),
        (Fault.html(), Malformed),
        (Fault.empty(), Malformed),
        (Fault.odd(), Malformed),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Fault) else "",
)
async def test_a_fetch_that_fails_is_an_error_even_with_an_older_copy_and_then_all_is_well_again(
    upstream, fault, error
):
    clock = Clock()
    async with asking(upstream.address, clock=clock) as provider:
        await names(provider)
        clock.now += timedelta(hours=1)
        upstream.fault = fault
        with pytest.raises(error):
            await names(provider)
        upstream.fault = None
        assert await names(provider) == ["Concert"]


async def test_half_a_file_is_told_of(upstream):
    upstream.text = calendar(*(event(uid=str(number)) for number in range(10)))
    upstream.fault = Fault.truncated()
    async with asking(upstream.address) as provider:
        page = await provider.search(ListingQuery(), None, 10)
    assert page.truncated
    assert 0 < len(page.listings) < 10


async def test_the_window_moves_with_the_days(upstream):
    upstream.text = calendar("X-PUBLISHED-TTL:P1D", event("RRULE:FREQ=DAILY"))
    clock = Clock()
    async with asking(upstream.address, clock=clock, horizon_days=30) as provider:
        before = await provider.search(ListingQuery(), None, 100)
        clock.now += timedelta(hours=20)
        after = await provider.search(ListingQuery(), None, 100)
    assert after.listings[-1].start.day - before.listings[-1].start.day == timedelta(days=1)
    assert len(upstream.requests) == 1


async def test_an_address_that_ends_in_a_slash_is_asked_for_as_it_is():
    asked = []

    def answer(request):
        asked.append(str(request.url))
        return httpx.Response(200, text=calendar(event()))

    for url in ("https://club.example/ical/", "webcal://club.example/ical/?a=1&b=2"):
        http = Http(url.replace("webcal", "https"), transport=httpx.MockTransport(answer))
        provider = ICalendar(settings={"url": url}, http=http, clock=lambda: NOW)
        await names(provider)
        await provider.aclose()
    assert asked == ["https://club.example/ical/", "https://club.example/ical/?a=1&b=2"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"url": "ftp://club.example/a.ics"}, "url: wants an address"),
        ({"url": "events.ics"}, "url: wants an address"),
        ({"time_zone": "Middle/Earth"}, "not an IANA time zone"),
        ({"country": "Germany"}, "not an ISO 3166-1"),
        ({"latitude": 1.0}, "venue, latitude and longitude must be set"),
        ({"latitude": 1.0, "longitude": 2.0}, "venue, latitude and longitude must be set"),
        ({"venue": "Hall", "latitude": 91.0, "longitude": 2.0}, "latitude 91"),
        ({"event_type": "KARAOKE"}, "event_type: wants one of MUSIC"),
        ({"horizon_days": 0}, "horizon_days: wants a number from 1"),
        ({"refresh_seconds": -1}, "refresh_seconds: wants a number from 0"),
    ],
)
async def test_a_setting_that_cannot_be_is_refused_with_its_name(settings, message):
    http = Http(ADDRESS, transport=httpx.MockTransport(lambda _: httpx.Response(500)))
    with pytest.raises(ValueError, match=message):
        ICalendar(settings={"url": ADDRESS, **settings}, http=http)
    await http.aclose()


async def test_a_feed_of_any_name_is_made_from_a_table_alone(upstream):
    kinds = [kind for kind in discover() if kind.name == "icalendar"]
    table = {"kind": "icalendar", "url": upstream.address, "allow_private": True, "city": "Zürich", "country": "ch"}
    registry = build(kinds, Configuration(feeds={"blue-hall": table}), clock=lambda: NOW)
    provider = registry.get("blue-hall").provider
    assert provider.info.slug == "blue-hall"
    assert [each.id for each in (await provider.search(ListingQuery(), None, 5)).listings] == ["one"]
    await registry.aclose()


class TestContract(ProviderContract):
    provider_class = ICalendar

    def make(self):
        places = ("Blue Hall\\, 10115 Berlin\\, Germany", "Red Hall\\, 69001 Lyon\\, France")
        points = ("52.52;13.40", "45.76;4.84")
        singles = [
            vevent(
                f"UID:{number}",
                f"SUMMARY:Night {number} of {'Owls' if number % 3 else 'Larks'}",
                f"DTSTART;TZID=Europe/Berlin:2027{2 + number % 9:02}{1 + number % 28:02}T{number % 24:02}0000",
                f"LOCATION:{places[number % 2]}",
                f"GEO:{points[number % 2]}",
                f"CATEGORIES:{('Concert', 'Theater', 'Film')[number % 3]}",
                f"IMAGE;VALUE=URI:https://club.example/{number}.jpg",
            )
            for number in range(60)
        ]
        days_off = event(start="DTSTART;VALUE=DATE:20270401", uid="day")
        return provider_of(calendar(event("RRULE:FREQ=WEEKLY"), days_off, *singles))
