"""Whatever a provider does, a call ends with its answer or with an error that the kit knows."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime

import pytest

from gateway.fanout import Deadline, fan_out
from gateway.guard import Guard, Patience
from providers import Malformed, Misconfigured, ProviderError, RateLimited, Redactor, Refused, TimedOut, Unavailable

KEY = "sEcr3t-k3y"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def blamed():
    return []


@pytest.fixture
def make(blamed):
    """Make a call under guard."""
    guard = Guard(patience=Patience(call=30, grace=0.02, step=30))

    async def make(call, guard=guard):
        return await guard.call(call, Redactor(KEY), blamed.append)

    return make


def raising(error):
    async def call():
        raise error

    return call


async def test_an_answer_is_passed_on(make, blamed):
    async def call():
        await asyncio.sleep(0)
        return 7

    assert await make(call) == 7
    assert blamed == []


@pytest.mark.parametrize(
    "error",
    [KeyError("x"), SystemExit(3), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError(), BaseException()],
)
async def test_whatever_is_raised_is_malformed_and_says_what_it_was(make, error):
    with pytest.raises(Malformed, match=rf"broke inside its adapter \({type(error).__name__}\)") as caught:
        await make(raising(error))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("kind", [ProviderError, Unavailable, TimedOut, RateLimited, Refused, Misconfigured, Malformed])
async def test_a_known_error_stays_what_it_is_without_its_secret(make, kind):
    error = kind(f"asked with {KEY}", http_status=418)
    error.add_note(f"GET /?q={KEY}")
    with pytest.raises(kind) as caught:
        await make(raising(error))
    assert type(caught.value) is kind
    assert (str(caught.value), caught.value.http_status) == ("asked with ***", 418)
    assert caught.value.__notes__ == ["GET /?q=***"]


async def test_an_error_of_the_plugins_own_is_taken_for_the_kind_that_it_is_of(make):
    class Full(RateLimited):
        def __str__(self):
            raise ZeroDivisionError

    with pytest.raises(RateLimited) as caught:
        await make(raising(Full("is full", http_status="no number", retry_at=NOW.replace(tzinfo=None))))
    assert type(caught.value) is RateLimited
    assert (str(caught.value), caught.value.http_status, caught.value.retry_at) == ("is full", None, None)


async def test_an_error_that_cannot_even_be_read_is_malformed(make):
    class Unreadable(ProviderError):
        def __init__(self):
            pass

    with pytest.raises(Malformed, match="AttributeError"):
        await make(raising(Unreadable()))


async def test_what_is_no_coroutine_is_malformed(make):
    with pytest.raises(Malformed, match="TypeError"):
        await make(lambda: 7)


async def test_one_that_takes_too_long_is_told_to_stop(make, blamed):
    stopped = []

    async def call():
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(True)

    with pytest.raises(TimedOut):
        await make(call, Guard(patience=Patience(call=0.01, grace=30)))
    assert stopped == [True]
    assert blamed == []


async def stubborn():
    while True:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(3_600)


async def test_one_that_does_not_stop_is_taken_apart_and_blamed(make, blamed):
    before = asyncio.all_tasks()
    with pytest.raises(TimedOut):
        await make(stubborn, Guard(patience=Patience(call=0.01, grace=0.01)))
    assert blamed == ["went on after it was cancelled"]
    left = asyncio.all_tasks() - before
    if left:
        await asyncio.wait(left, timeout=30)
    assert asyncio.all_tasks() == before


async def test_when_we_are_cancelled_so_is_the_call_and_nobody_is_blamed(make, blamed):
    begun = asyncio.Event()

    async def call():
        begun.set()
        await asyncio.Event().wait()

    before = asyncio.all_tasks()
    asking = asyncio.create_task(make(call))
    await begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert asyncio.all_tasks() == before
    assert blamed == []


async def test_a_step_that_keeps_the_loop_is_blamed_and_its_time_is_nobodys(make, blamed):
    async def call():
        await asyncio.sleep(0)
        time.sleep(0.05)  # noqa: ASYNC251 - the point
        return 7

    guard = Guard(patience=Patience(step=0.05))
    lag = asyncio.get_running_loop().time() - guard.time()
    assert await make(call, guard) == 7
    assert any("kept everybody waiting" in each for each in blamed)
    assert asyncio.get_running_loop().time() - guard.time() >= lag + 0.05


async def test_a_deadline_waits_while_its_clock_stands_still():
    async def slow():
        await asyncio.sleep(0.05)
        return "here"

    answers = await fan_out({"slow": slow}, Deadline(1, clock=lambda: 0.0))
    assert answers["slow"].value == "here"
