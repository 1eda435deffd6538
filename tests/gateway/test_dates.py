from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.dates import DatePreset, DateRange, Weekday, floor
from gateway.errors import BadInput
from providers import Listing, When, matches
from providers import ListingQuery as Query

ZONES = (
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "Pacific/Pago_Pago",
)


def shown(dates: DateRange, when: When, now: datetime) -> bool:
    """Whether a listing passes both: the bounds that providers are asked with, and the gateway's own look."""
    each = Listing(id="x", name="x", start=when)
    lower, upper = dates.bounds(now)
    return matches(each, Query(start_from=lower, start_before=upper)) and dates.admits(each, now)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def there(text: str, zone: str) -> When:
    return When.local(datetime.fromisoformat(text), zone)


# Which moment it is, in UTC; where the venue is; local starts that are that preset, and some that are not.
@pytest.mark.parametrize(
    ("preset", "now", "zone", "within", "without"),
    [
        (
            DatePreset.TODAY,
            "2026-06-01T12:30",  # 2 June, 00:30 in Auckland
            "Pacific/Auckland",
            ["2026-06-02T00:00", "2026-06-02T23:59"],
            ["2026-06-01T23:59", "2026-06-03T00:00"],
        ),
        (
            DatePreset.TODAY,
            "2026-06-02T09:30",  # 1 June, 23:30 in Honolulu
            "Pacific/Honolulu",
            ["2026-06-01T00:00", "2026-06-01T23:59"],
            ["2026-05-31T23:59", "2026-06-02T00:00"],
        ),
        (
            DatePreset.TOMORROW,
            "2026-06-01T12:30",
            "Pacific/Auckland",
            ["2026-06-03T00:00", "2026-06-03T23:59"],
            ["2026-06-02T23:59", "2026-06-04T00:00"],
        ),
        (
            DatePreset.TODAY,
            "2026-03-29T10:00",  # 23 hours long
            "Europe/Berlin",
            ["2026-03-29T00:00", "2026-03-29T23:59"],
            ["2026-03-28T23:59", "2026-03-30T00:00"],
        ),
        (
            DatePreset.TODAY,
            "2026-10-25T10:00",  # 25 hours long
            "Europe/Berlin",
            ["2026-10-25T00:00", "2026-10-25T23:59"],
            ["2026-10-24T23:59", "2026-10-26T00:00"],
        ),
        (
            DatePreset.THIS_WEEKEND,
            "2026-06-03T12:00",  # a Wednesday
            "Europe/Berlin",
            ["2026-06-06T00:00", "2026-06-07T23:59"],
            ["2026-06-05T23:59", "2026-06-08T00:00"],
        ),
        (
            DatePreset.THIS_WEEKEND,
            "2026-06-07T12:00",  # Sunday: what is left of it
            "Europe/Berlin",
            ["2026-06-07T00:00", "2026-06-07T23:59"],
            ["2026-06-06T20:00", "2026-06-08T00:00", "2026-06-13T20:00"],
        ),
        (
            DatePreset.THIS_WEEKEND,
            "2026-06-07T12:30",  # Monday already in Auckland: the next one
            "Pacific/Auckland",
            ["2026-06-13T00:00", "2026-06-14T23:59"],
            ["2026-06-07T20:00", "2026-06-12T23:59", "2026-06-15T00:00"],
        ),
        (
            DatePreset.THIS_WEEKEND,
            "2026-06-08T09:30",  # still Sunday in Honolulu
            "Pacific/Honolulu",
            ["2026-06-07T00:00", "2026-06-07T23:45"],
            ["2026-06-08T00:00", "2026-06-13T20:00"],
        ),
    ],
)
def test_a_days_preset_means_the_venues_own_days(preset, now, zone, within, without):
    for given_zone in (None, zone):
        dates = DateRange(preset=preset, time_zone=given_zone)
        assert [start for start in within if not shown(dates, there(start, zone), utc(now))] == []
        assert [start for start in without if shown(dates, there(start, zone), utc(now))] == []


def test_a_given_zone_is_the_zone_of_the_days_wherever_the_venue_is():
    dates = DateRange(from_day=date(2026, 6, 2), to_day=date(2026, 6, 3), time_zone="Europe/Berlin")
    now = utc("2026-06-01T12:00")
    assert shown(dates, there("2026-06-01T18:00", "America/New_York"), now)
    assert not shown(dates, there("2026-06-02T18:00", "America/New_York"), now)


def test_a_listing_that_has_a_day_and_no_time_is_on_that_day():
    dates = DateRange(from_day=date(2026, 6, 2), to_day=date(2026, 6, 3))
    now = utc("2026-06-01T12:00")
    for zone in (None, *ZONES):
        assert [shown(dates, When.on(date(2026, 6, day), zone), now) for day in (1, 2, 3)] == [False, True, False]


def test_a_month_is_wanted_only_whole():
    now = utc("2026-01-01T12:00")
    in_march = When.in_month(2026, 3, "Europe/Berlin")
    assert shown(DateRange(from_day=date(2026, 3, 1), to_day=date(2026, 4, 1)), in_march, now)
    assert not shown(DateRange(from_day=date(2026, 3, 1), to_day=date(2026, 3, 31)), in_march, now)
    assert not shown(DateRange(from_day=date(2026, 3, 2)), in_march, now)
    assert not shown(DateRange(weekdays=(Weekday.SUNDAY,)), in_march, now)


def test_weekdays_are_the_venues_own():
    fridays = DateRange(weekdays=(Weekday.FRIDAY,))
    now = utc("2026-06-01T12:00")
    assert shown(fridays, there("2026-06-05T00:30", "Pacific/Auckland"), now)  # Thursday in UTC
    assert shown(fridays, there("2026-06-05T23:30", "Pacific/Honolulu"), now)  # Saturday in UTC
    assert not shown(fridays, there("2026-06-06T00:30", "Pacific/Auckland"), now)
    assert not shown(fridays, When.unknown(), now)


NOW = utc("2026-06-01T12:03:20")
FLOOR = utc("2026-06-01T12:00")


@pytest.mark.parametrize(
    ("dates", "bounds"),
    [
        (DateRange(), (FLOOR, None)),
        (DateRange(preset=DatePreset.UPCOMING), (FLOOR, None)),
        (DateRange(preset=DatePreset.NEXT_7_DAYS), (FLOOR, FLOOR + timedelta(days=7))),
        (DateRange(preset=DatePreset.NEXT_30_DAYS), (FLOOR, FLOOR + timedelta(days=30))),
        (DateRange(preset=DatePreset.PAST), (None, FLOOR)),
        (DateRange(preset=DatePreset.ANY), (None, None)),
        (DateRange(weekdays=(Weekday.MONDAY,)), (FLOOR, None)),
        (DateRange(start_from=utc("2026-07-01")), (utc("2026-07-01"), None)),
        (DateRange(start_before=utc("2026-07-01")), (None, utc("2026-07-01"))),
    ],
)
def test_what_is_no_day_is_exact(dates, bounds):
    assert dates.bounds(NOW) == bounds


def test_now_is_rounded_down_so_that_equal_searches_stay_equal():
    assert floor(NOW) == FLOOR
    assert floor(FLOOR) == FLOOR
    assert floor(NOW.astimezone(ZoneInfo("Asia/Kathmandu"))) == FLOOR


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"start_from": utc("2026-07-02"), "start_before": utc("2026-07-01")}, "`from` .* must be before `to`"),
        ({"start_from": utc("2026-07-01"), "start_before": utc("2026-07-01")}, "must be before"),
        ({"from_day": date(2026, 7, 1), "to_day": date(2026, 7, 1)}, "`fromDay` .* must be before `toDay`"),
        ({"start_from": datetime(2026, 7, 1)}, "has no offset"),  # noqa: DTZ001 - which is the mistake
        ({"preset": DatePreset.TODAY, "from_day": date(2026, 7, 1)}, "not both"),
        ({"time_zone": "Mars/Olympus"}, "not an IANA time zone"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments, complaint):
    with pytest.raises(BadInput, match=complaint):
        DateRange(**arguments)


@pytest.mark.parametrize("zone", [None, *ZONES])
def test_the_ends_of_the_calendar_are_no_trouble(zone):
    for dates in (
        DateRange(from_day=date.min, to_day=date.max, time_zone=zone),
        DateRange(start_from=datetime.min.replace(tzinfo=UTC), start_before=datetime.max.replace(tzinfo=UTC)),
    ):
        lower, upper = dates.bounds(NOW)
        assert lower < NOW < upper
        assert shown(dates, When.at(NOW), NOW)


days = st.dates(date(2026, 2, 1), date(2026, 4, 30))
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2026, 2, 1), datetime(2026, 4, 30), timezones=st.just(UTC))  # noqa: DTZ001
whens = st.one_of(
    st.builds(When.at, moments, st.none() | zones),
    st.builds(When.on, days, st.none() | zones),
    st.builds(When.in_month, st.just(2026), st.integers(1, 5), st.none() | zones),
)
presets = st.sampled_from((DatePreset.TODAY, DatePreset.TOMORROW, DatePreset.THIS_WEEKEND))


@st.composite
def ranges(draw):
    zone = draw(st.none() | zones)
    weekdays = tuple(draw(st.sets(st.sampled_from(Weekday), max_size=3)))
    if draw(st.booleans()):
        return DateRange(preset=draw(presets), time_zone=zone, weekdays=weekdays)
    first, last = sorted(draw(st.lists(days, min_size=2, max_size=2, unique=True)))
    which = draw(st.sampled_from(("both", "from", "to")))
    return DateRange(
        from_day=None if which == "to" else first,
        to_day=None if which == "from" else last,
        time_zone=zone,
        weekdays=weekdays,
    )


@given(dates=ranges(), when=whens, now=moments)
@settings(max_examples=120)
def test_the_bounds_never_exclude_what_is_admitted(dates, when, now):
    each = Listing(id="x", name="x", start=when)
    lower, upper = dates.bounds(now)
    if dates.admits(each, now):
        assert lower is None or each.key.instant >= lower
        assert upper is None or each.key.instant < upper


@given(dates=ranges(), now=moments, zone=zones, shift=st.integers(-40, 40), hour=st.integers(0, 23))
@settings(max_examples=60)
def test_nor_what_is_admitted_near_now(dates, now, zone, shift, hour):
    day = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=shift // 5)
    for when in (When.on(day, zone), When.local(datetime(day.year, day.month, day.day, hour), zone)):  # noqa: DTZ001
        each = Listing(id="x", name="x", start=when)
        assert dates.admits(each, now) == shown(dates, when, now)
