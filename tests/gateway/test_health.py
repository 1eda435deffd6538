from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from gateway.health import MOST_CALLS, WINDOW, HealthRecord, ProviderStatus
from providers import Malformed, Misconfigured, RateLimited, Refused, Unavailable


@pytest.fixture
def clock(kit):
    return kit.Clock()


@pytest.fixture
def record(clock):
    return HealthRecord("radio", clock)


def test_one_that_was_not_asked_is_taken_for_healthy(record):
    assert record.read().status is ProviderStatus.HEALTHY
    assert record.read().error_rate is None


def test_good_calls_make_it_healthy_with_its_latencies(record):
    for latency in range(1, 101):
        record.note(latency, None)
    health = record.read()
    assert (health.status, health.error_rate) == (ProviderStatus.HEALTHY, 0)
    assert (health.latency_p50_ms, health.latency_p95_ms) == (50, 95)


def test_one_call_is_its_own_middle_and_tail(record):
    record.note(7, None)
    assert (record.read().latency_p50_ms, record.read().latency_p95_ms) == (7, 7)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unavailable("is down"), ProviderStatus.UNAVAILABLE),
        (Refused("refused"), ProviderStatus.DEGRADED),
        (Misconfigured("needs a key"), ProviderStatus.MISCONFIGURED),
        (RateLimited("is full"), ProviderStatus.RATE_LIMITED),
    ],
)
def test_the_last_error_says_how_it_is(record, error, status):
    record.note(5, None)
    record.note(5, error)
    assert record.read().status is status
    assert record.read().message == f"it {error}"


def test_one_that_answers_again_but_failed_often_is_degraded(record):
    record.note(5, Unavailable("is down"))
    record.note(5, None)
    assert record.read().status is ProviderStatus.DEGRADED


def test_a_rate_limit_is_over_when_its_time_is(record, clock):
    record.note(5, RateLimited("is full", retry_at=clock.now + timedelta(minutes=1)))
    assert record.read().retry_at == clock.now + timedelta(minutes=1)
    clock.now += timedelta(minutes=2)
    assert record.read().status is ProviderStatus.DEGRADED


def test_what_is_long_ago_counts_no_more(record, clock):
    record.note(5, Unavailable("is down"))
    clock.now += WINDOW + timedelta(seconds=1)
    assert record.read().status is ProviderStatus.HEALTHY


def test_memory_is_bounded(record):
    for _ in range(MOST_CALLS + 10):
        record.note(5, None)
    assert len(record._calls) == MOST_CALLS


def test_each_kind_of_error_is_logged_once_until_it_is_back(record, caplog):
    caplog.set_level(logging.INFO)
    for _ in range(3):
        for error in (Unavailable("is down"), Refused("refused"), None):
            record.note(5, error)
            record.note(5, error)
    cycle = [
        "provider radio does not answer: it is down",
        "provider radio does not answer: it refused",
        "provider radio answers again",
    ]
    assert caplog.messages == cycle * 3


def test_where_an_adapter_broke_is_shown_once_to_the_operator(record, caplog):
    for _ in range(3):
        for cause in (KeyError("venue"), ValueError("no date")):
            broken = Malformed(f"broke inside its adapter ({type(cause).__name__})")
            broken.__cause__ = cause
            record.note(5, broken)
    assert [each.exc_info[0] for each in caplog.records] == [KeyError, ValueError]


def test_going_down_and_coming_back_are_logged_once_each(record, caplog):
    caplog.set_level(logging.INFO)
    for error in (None, Unavailable("is down"), Unavailable("is down"), None, None):
        record.note(5, error)
    assert caplog.messages == ["provider radio does not answer: it is down", "provider radio answers again"]
