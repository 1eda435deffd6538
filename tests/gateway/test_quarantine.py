from datetime import timedelta

import pytest

from gateway.health import HealthRecord, ProviderStatus
from gateway.quarantine import WINDOW, Quarantine
from providers import Misconfigured, Unavailable

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock(kit):
    return kit.Clock()


@pytest.fixture
def quarantine(clock):
    return Quarantine("radio", clock)


@pytest.fixture
def record(clock):
    return HealthRecord("radio", clock)


def test_one_that_did_nothing_is_asked_and_its_health_is_its_own(quarantine, record):
    quarantine.refuse()
    assert quarantine.upon(record.read()) == record.read()


def test_a_strike_is_told_of_and_makes_a_healthy_one_degraded(quarantine, record):
    quarantine.strike("blocks")
    quarantine.refuse()
    health = quarantine.upon(record.read())
    assert (health.status, health.message) == (ProviderStatus.DEGRADED, "it blocks, 1 of 3 times; not asked lately")


def test_a_strike_does_not_hide_what_is_worse(quarantine, record):
    record.note(5, Misconfigured("needs a key"))
    quarantine.strike("blocks")
    health = quarantine.upon(record.read())
    assert (health.status, health.message) == (
        ProviderStatus.MISCONFIGURED,
        "it blocks, 1 of 3 times; it needs a key",
    )


def test_after_three_it_is_not_asked_and_says_why_and_until_when(quarantine, record, clock):
    for _ in range(3):
        quarantine.strike("blocks")
    with pytest.raises(Unavailable, match="is not asked until 12:15:00 UTC, since it blocks, 3 times"):
        quarantine.refuse()
    health = quarantine.upon(record.read())
    assert health.status is ProviderStatus.UNAVAILABLE
    assert health.message == "it is not asked until 12:15:00 UTC, since it blocks, 3 times"
    assert health.retry_at == clock.now + WINDOW


def test_when_its_time_is_over_it_begins_anew(quarantine, record, clock):
    for _ in range(3):
        quarantine.strike("blocks")
    clock.now += WINDOW
    quarantine.refuse()
    assert quarantine.upon(record.read()) == record.read()
    quarantine.strike("blocks")
    quarantine.refuse()


def test_what_is_long_ago_counts_no_more(quarantine, clock):
    for _ in range(5):
        quarantine.strike("blocks")
        clock.now += WINDOW / 2 + MINUTE
    quarantine.refuse()


def test_each_strike_is_logged_and_so_is_the_end_of_patience(quarantine, caplog):
    for _ in range(3):
        quarantine.strike("blocks")
    assert caplog.messages == [
        "provider radio blocks, 1 of 3 times",
        "provider radio blocks, 2 of 3 times",
        "provider radio blocks, 3 of 3 times",
        "provider radio is not asked until 12:15:00 UTC: mend or uninstall it",
    ]
