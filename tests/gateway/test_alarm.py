"""A step that does not end is broken off, and nothing else ever is."""

import contextlib
import os
import signal
import threading
import time

import pytest

from gateway.alarm import Alarm, StepTooLong


@pytest.fixture
def alarm(monkeypatch):
    monkeypatch.setattr("gateway.alarm.AGAIN", 0.05)
    alarm = Alarm(0.05)
    alarm.set()
    yield alarm
    alarm.unset()


def sleep():
    time.sleep(3_600)


def turn_for_ever():
    while True:
        pass


def read_what_never_comes():
    reader, writer = os.pipe()
    try:
        os.read(reader, 1)
    finally:
        os.close(reader)
        os.close(writer)


def suppress_every_exception():
    with contextlib.suppress(Exception):
        sleep()


def suppress_it_once():
    with contextlib.suppress(StepTooLong):
        sleep()
    sleep()


@pytest.mark.parametrize(
    "step", [sleep, turn_for_ever, read_what_never_comes, suppress_every_exception, suppress_it_once]
)
def test_a_step_that_does_not_end_is_broken_off_whatever_it_does(alarm, step):
    with pytest.raises(StepTooLong, match=r"longer than 0\.05 s"), alarm:
        step()


def test_after_the_step_it_rings_no_more(alarm):
    with alarm:
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    # One that was on its way already.
    os.kill(os.getpid(), signal.SIGALRM)


def test_unless_it_is_set_it_does_nothing():
    with Alarm(0.0001):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_in_another_thread_it_does_nothing(alarm):
    timers = []

    def step():
        elsewhere = Alarm(0.0001)
        elsewhere.set()
        for each in (alarm, elsewhere):
            with each:
                timers.append(signal.getitimer(signal.ITIMER_REAL))

    thread = threading.Thread(target=step)
    thread.start()
    thread.join()
    assert timers == [(0.0, 0.0)] * 2
