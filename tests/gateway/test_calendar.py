from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from gateway.accounts import Facts
from gateway.calendar import Entry, calendar_of
from gateway.ids import Kind, Ref
from gateway.vtimezone import vtimezone

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
EVENING = datetime(2026, 12, 31, 20, 30, tzinfo=BERLIN)


def entry(own_id: str = "1", *, sequence: int = 0, note: str | None = None, **facts: object) -> Entry:
    usual = {"name": "Night", "start_date": EVENING, "start_day": EVENING.date(), "time_zone": "Europe/Berlin"}
    ref = Ref(Kind.EVENT, "radio", own_id)
    return Entry(ref=ref, facts=Facts(**(usual | facts)), sequence=sequence, at=AT, note=note)


def read(*entries: Entry):
    return Calendar.from_ical(calendar_of(entries))


def only(**facts: object):
    [event] = read(entry(**facts)).walk("VEVENT")
    return event


def test_an_event_is_read_as_it_was_written() -> None:
    event = only(
        name="Café; Müller, \\ and\nlines " + "x" * 200,
        end_date=EVENING + timedelta(hours=3),
        venue_name="The Hall",
        address="1 Road, Town",
        latitude=48.25,
        longitude=11.5,
        url="https://radio.example/1",
        note="with Ann",
        sequence=3,
    )
    assert str(event["SUMMARY"]) == "Café; Müller, \\ and\nlines " + "x" * 200
    assert (event.start, event.end) == (EVENING, EVENING + timedelta(hours=3))
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert str(event["LOCATION"]) == "The Hall, 1 Road, Town"
    assert str(event["DESCRIPTION"]) == "with Ann\n\nhttps://radio.example/1"
    assert event["GEO"].to_ical() == "48.25;11.5"
    assert (int(event["SEQUENCE"]), event["DTSTAMP"].dt, event["LAST-MODIFIED"].dt) == (3, AT, AT)


def test_every_line_is_short_and_ends_as_it_must() -> None:
    content = calendar_of([entry(name="Ü" * 500)], name="Ü" * 200)
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert lines[-1] == b""


@pytest.mark.parametrize(
    ("status", "shown"),
    [("SCHEDULED", "CONFIRMED"), ("CANCELLED", "CANCELLED"), ("POSTPONED", "TENTATIVE"), ("UNKNOWN", "TENTATIVE")],
)
def test_a_status_is_one_of_three(status: str, shown: str) -> None:
    assert str(only(status=status)["STATUS"]) == shown


def test_a_day_without_a_time_is_a_day() -> None:
    event = only(start_date=None, start_day=date(2026, 12, 31), end_day=date(2027, 1, 1))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 12, 31), date(2027, 1, 2))


def test_an_end_that_cannot_be_is_left_out() -> None:
    assert "DTEND" not in only(end_date=EVENING - timedelta(hours=1))
    assert "DTEND" not in only(end_date=EVENING)
    assert "DTEND" not in only(start_date=None, end_day=date(2026, 12, 30))


def test_without_a_zone_a_time_is_in_utc() -> None:
    event = only(time_zone=None)
    assert event["DTSTART"].to_ical() == b"20261231T193000Z"


def test_what_has_no_day_yet_is_left_out() -> None:
    assert read(entry(start_date=None, start_day=None), entry("2")).walk("VEVENT")[0]["UID"] == only(own_id="2")["UID"]


def test_the_same_entries_are_the_same_bytes_in_whatever_order() -> None:
    entries = [entry(str(each), time_zone=zone) for each, zone in enumerate(["Europe/Berlin", "Asia/Tokyo", None] * 3)]
    assert calendar_of(entries, name="x") == calendar_of(entries[::-1], name="x")


def test_every_zone_is_described_once_and_before_the_events() -> None:
    names = [
        (part.name, str(part.get("TZID", "")))
        for part in read(entry("1"), entry("2", time_zone="Asia/Tokyo"), entry("3")).subcomponents
    ]
    assert names == [("VTIMEZONE", "Asia/Tokyo"), ("VTIMEZONE", "Europe/Berlin"), *[("VEVENT", "")] * 3]


def test_a_calendar_to_be_read_again_has_a_name_and_says_how_often() -> None:
    named = Calendar.from_ical(calendar_of([], name="Favourite events"))
    assert (str(named["NAME"]), str(named["X-WR-CALNAME"])) == ("Favourite events",) * 2
    assert named["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in calendar_of([], name="x")


def offset_as_described(zone, moment: datetime) -> timedelta:
    """What RFC 5545 (3.6.5) says: of all onsets, told in the local time before them, the latest counts."""
    onsets = [
        (onset.replace(tzinfo=UTC) - part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td)
        for part in zone.subcomponents
        for onset in (part["DTSTART"].dt, *([each.dt for each in part["RDATE"].dts] if "RDATE" in part else []))
    ]
    return max(each for each in onsets if each[0] <= moment)[1]


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Berlin",
        "Europe/Helsinki",
        "America/New_York",
        "Australia/Sydney",
        "Africa/Casablanca",
        "Asia/Tokyo",
        "UTC",
    ],
)
def test_a_described_zone_tells_the_time_as_the_zone_does(name: str) -> None:
    whole = b"".join(
        (
            b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n",
            vtimezone(name, date(2025, 12, 1), date(2027, 2, 1)).to_ical(),
            b"END:VCALENDAR\r\n",
        )
    )
    [described] = Calendar.from_ical(whole).timezones
    moment, wrong = datetime(2025, 12, 2, tzinfo=UTC), []
    while moment < datetime(2027, 1, 30, tzinfo=UTC):
        if offset_as_described(described, moment) != moment.astimezone(ZoneInfo(name)).utcoffset():
            wrong.append(moment)
        moment += timedelta(minutes=30)
    assert wrong == []
