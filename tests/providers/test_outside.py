from datetime import UTC, datetime
from decimal import Decimal

import pytest

from providers import (
    Point,
    amount_in,
    code_in,
    first_of,
    id_in,
    instant_in,
    moment_in,
    object_in,
    objects_in,
    point_in,
    possible_ids,
    text_in,
    texts_in,
    web_address_in,
    whole_number_in,
    zone_in,
)

ODD = [None, "", [], {}, 7, True, "x", ["x"], float("nan")]


@pytest.mark.parametrize(
    ("read", "value", "meant"),
    [
        (text_in, " <b>Jazz</b> &amp; wine ", "Jazz & wine"),
        (web_address_in, "https://a.example/x?y#z", "https://a.example/x?y#z"),
        (zone_in, "Europe/Paris", "Europe/Paris"),
        (id_in, "7a", "7a"),
        (id_in, 12, "12"),
        (moment_in, "2027-06-01T20:00:00", datetime(2027, 6, 1, 20)),  # noqa: DTZ001 - without an offset
        (instant_in, "2027-06-01T20:00:00Z", datetime(2027, 6, 1, 20, tzinfo=UTC)),
        (whole_number_in, 640, 640),
        (amount_in, 42.34, Decimal("42.34")),
        (lambda value: code_in(value, 3), " eur ", "EUR"),
    ],
)
def test_a_value_is_read_as_it_should_be_or_not_at_all(read, value, meant):
    assert read(value) == meant
    assert [odd for odd in ODD if read(odd) not in (None, "x", "7", 7)] == []


@pytest.mark.parametrize("value", ["//a.example", "mailto:a@b.example", "https://a b", "javascript:alert(1)"])
def test_what_no_browser_should_be_sent_to_is_no_address(value):
    assert web_address_in(value) is None


def test_a_time_without_an_offset_is_no_instant():
    assert instant_in("2027-06-01T20:00:00") is None


@pytest.mark.parametrize("odd", ODD)
def test_a_path_that_leads_nowhere_ends_at_an_empty_object(odd):
    assert object_in({"a": odd}, "a", "b") == {}
    assert objects_in(odd) == []


def test_a_path_leads_to_the_object_at_its_end():
    assert object_in({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1}
    assert objects_in([{"a": 1}, None, "x"]) == [{"a": 1}]
    assert objects_in({"a": {"b": [{"c": 1}, "x"]}}, "a", "b") == [{"c": 1}]


def test_texts_are_those_of_a_list_that_say_anything():
    assert texts_in(["rock", "", 7, " <i>folk</i> "]) == ["rock", "folk"]
    assert texts_in({"tags": ["rock"]}, "tags") == ["rock"]
    assert texts_in({"tags": "rock"}, "tags") == []


@pytest.mark.parametrize("place", [{"latitude": 52.5, "longitude": 13}, {"latitude": "52.5", "longitude": "13.0"}])
def test_a_point_is_read_of_numbers_and_of_texts(place):
    assert point_in(place) == Point(latitude=52.5, longitude=13)


def test_a_point_may_have_its_degrees_by_other_names():
    assert point_in({"lat": 1, "lon": 2}, "lat", "lon") == Point(latitude=1, longitude=2)


@pytest.mark.parametrize("odd", [None, "", [], "x", 91, float("nan"), 10**400])
def test_a_point_without_both_its_degrees_is_none(odd):
    assert point_in({"latitude": odd, "longitude": 13}) is None
    assert point_in({"longitude": 13}) is None
    assert point_in(odd) is None


def test_a_form_that_was_not_filled_in_is_nowhere():
    assert point_in({"latitude": "0", "longitude": 0.0}) is None


@pytest.mark.parametrize("odd", [-1, 1.5, "7", True])
def test_what_counts_nothing_is_no_whole_number(odd):
    assert whole_number_in(odd) is None


def test_nobody_has_the_id_0():
    assert id_in(0) is None


def test_the_first_that_says_anything_is_taken_and_no_more_are_read():
    assert first_of(iter([None, "", "a", "b"])) == "a"
    assert first_of([None, ""]) is None
    assert first_of(each if each == "a" else pytest.fail("read on") for each in ["a", "b"]) == "a"


def test_an_id_is_asked_for_once_and_only_if_it_can_be_one():
    assert possible_ids(["7", "8", "7", "8,9", "../x", "7\n"], "[0-9]+") == ["7", "8"]
