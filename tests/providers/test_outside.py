from datetime import UTC, datetime
from decimal import Decimal

import pytest

from providers import (
    amount_in,
    code_in,
    instant_in,
    object_in,
    objects_in,
    text_in,
    web_address_in,
    zone_in,
)

ODD = [None, "", [], {}, 7, True, "x", ["x"], float("nan")]


@pytest.mark.parametrize(
    ("read", "value", "meant"),
    [
        (text_in, " <b>Jazz</b> &amp; wine ", "Jazz & wine"),
        (web_address_in, "https://a.example/x?y#z", "https://a.example/x?y#z"),
        (zone_in, "Europe/Paris", "Europe/Paris"),
        (instant_in, "2027-06-01T20:00:00Z", datetime(2027, 6, 1, 20, tzinfo=UTC)),
        (amount_in, 42.34, Decimal("42.34")),
        (lambda value: code_in(value, 3), " eur ", "EUR"),
    ],
)
def test_a_value_is_read_as_it_should_be_or_not_at_all(read, value, meant):
    assert read(value) == meant
    assert [odd for odd in ODD if read(odd) not in (None, "x", 7)] == []


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
