from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import DatePrecision, When, zone

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Pacific/Auckland",
    "Pacific/Apia",
    "Asia/Beirut",
]
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


def wall(*parts):
    return datetime(*parts)  # noqa: DTZ001 - a wall-clock time


def test_an_instant_is_moved_to_its_zone_and_takes_that_days_date():
    when = When.at(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "Asia/Tokyo")
    assert when.precision is DatePrecision.TIME
    assert when.instant.isoformat() == "2026-11-25T08:30:00+09:00"
    assert when.day == date(2026, 11, 25)


def test_an_offset_without_a_zone_is_kept():
    when = When.at(datetime(2026, 11, 24, 23, 30, tzinfo=timezone(timedelta(hours=-5))))
    assert (when.day, when.time_zone) == (date(2026, 11, 24), None)
    assert when.latest == datetime(2026, 11, 25, 4, 30, tzinfo=UTC)


def test_a_wall_clock_time_that_spring_skips_is_that_much_later():
    assert When.local(wall(2027, 3, 28, 2, 30), "Europe/Berlin").instant.isoformat() == "2027-03-28T03:30:00+02:00"


def test_of_a_wall_clock_time_that_autumn_repeats_the_first_is_meant():
    assert When.local(wall(2026, 10, 25, 2, 30), "Europe/Berlin").instant.isoformat() == "2026-10-25T02:30:00+02:00"


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: When.at(wall(2026, 1, 1)), ValueError),
        (lambda: When.local(datetime(2026, 1, 1, tzinfo=UTC), "Europe/Berlin"), ValueError),
        (lambda: When.local(wall(2026, 1, 1), "CET/Nowhere"), ValueError),
        (lambda: When.on(wall(2026, 1, 1)), TypeError),
        (lambda: When.on(date(2026, 1, 1), "../etc/passwd"), ValueError),
        (lambda: When.in_month(2026, 13), ValueError),
    ],
)
def test_what_cannot_be_meant_is_refused(make, error):
    with pytest.raises(error):
        make()


@pytest.mark.parametrize("name", ["", "Europe", "/etc/localtime", "Mars/Base", "Europe/Berlin\0"])
def test_a_name_that_is_no_zone_is_a_value_error(name):
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        zone(name)


@pytest.mark.parametrize(
    ("when", "latest"),
    [
        (When.on(date(2026, 11, 24)), "2026-11-25T00:00:00+00:00"),
        (When.on(date(2026, 11, 24), "Europe/Berlin"), "2026-11-24T23:00:00+00:00"),
        (When.in_month(2026, 12), "2027-01-01T00:00:00+00:00"),
        (When.in_month(2027, 2), "2027-03-01T00:00:00+00:00"),
        (When.in_year(2027), "2028-01-01T00:00:00+00:00"),
    ],
)
def test_the_latest_instant_is_the_end_of_what_is_named(when, latest):
    assert when.latest.isoformat() == latest


@pytest.mark.parametrize(
    "parts",
    [
        (DatePrecision.TIME, wall(2026, 11, 24, 20)),
        (DatePrecision.TIME, None),
        (DatePrecision.DATE, datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)
def test_one_that_is_put_together_by_hand_is_valid_too_or_refused(parts):
    with pytest.raises(ValueError, match=r"no offset|do not go together"):
        When(*parts)


def test_what_has_no_date_at_all_stands_last():
    assert When.unknown().latest > When.in_year(9000).latest


@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.sampled_from(ZONES))  # noqa: DTZ001 - wall clock
def test_a_local_time_has_its_zones_own_offset_and_comes_back_the_same(moment, name):
    when = When.local(moment, name)
    assert when.instant.utcoffset() == when.instant.astimezone(UTC).astimezone(zone(name)).utcoffset()
    assert When.at(when.instant, name) == when


@given(DAYS, st.sampled_from(ZONES))
def test_a_day_ends_after_all_its_times_and_no_later_than_the_next_begins(day, name):
    midday = datetime(day.year, day.month, day.day, 23, 59, tzinfo=UTC).replace(tzinfo=None)
    assert When.local(midday, name).latest <= When.on(day, name).latest + timedelta(days=1)
    assert When.on(day, name).latest <= When.on(day + timedelta(days=1), name).latest
