"""The shared cache over a real Redis, well and unwell. No time is measured but against bounds that are seconds away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gateway.keeping import Form
from gateway.shared import MOST_WAITING, SharedCache

KEY = b"a key that is only used in tests"
MINUTE = timedelta(minutes=1)
WORDS: Form[str] = Form(str)
NUMBERS: Form[int] = Form(int)
# What nobody who is asked for a moment's patience may take; the client's own ways of waiting add up to more.
LONG = 3.0


class Noted:
    """Counts what is told of the shared cache."""

    def __init__(self) -> None:
        self.reached: list[bool] = []

    def shared_cache_reached(self, reached: bool, /) -> None:  # noqa: FBT001 - as the protocol has it
        self.reached.append(reached)

    def cache_looked_up(self, lookup, /) -> None:
        """Of no interest here."""

    def provider_called(self, call, /) -> None:
        """Of no interest here."""


@contextlib.asynccontextmanager
async def shared(url: str, key: bytes = KEY, **more) -> AsyncIterator[SharedCache]:
    cache = SharedCache(url, key, **{"rest": 0.02, **more})
    try:
        yield cache
    finally:
        await cache.aclose()


async def put(cache: SharedCache, key: str, value: str, ttl: timedelta = MINUTE) -> None:
    cache.put(key, value, ttl, WORDS)
    await cache.settled()


async def back(cache: SharedCache) -> None:
    """Wait until it is asked again."""
    async with asyncio.timeout(30):
        while cache.is_away:  # noqa: ASYNC110 - it tells nobody but the log
            await asyncio.sleep(0.01)


def lines(caplog) -> list[str]:
    return [record.message for record in caplog.records if record.name == "gateway.shared"]


async def test_what_one_puts_another_gets_with_the_time_that_is_left(redis_server):
    async with shared(redis_server.url) as ours, shared(redis_server.url) as theirs:
        await put(ours, "a", "x")
        found = await theirs.get("a", WORDS)
        assert found.value == "x"
        assert timedelta(0) < found.left <= MINUTE
        assert await theirs.get("b", WORDS) is None


async def test_a_wrong_address_is_told_at_the_start(redis_server, caplog):
    noted = Noted()
    async with shared(redis_server.url, measures=noted) as cache:
        await cache.open()
        assert noted.reached == [True]
    redis_server.kill()
    async with shared(redis_server.url, measures=noted, rest=LONG) as cache:
        await cache.open()
        assert noted.reached == [True, False]
        assert await cache.get("a", WORDS) is None
        assert noted.reached == [True, False]
    assert len(lines(caplog)) == 1


async def test_many_are_had_in_one_request(redis_server):
    async with shared(redis_server.url) as cache:
        for number in range(30):
            await put(cache, f"{number}", f"value {number}")
        before = redis_server.client.info("stats")["total_reads_processed"]
        found = await cache.get_many([f"{number}" for number in range(40)], WORDS)
        assert {key: kept.value for key, kept in found.items()} == {f"{each}": f"value {each}" for each in range(30)}
        assert redis_server.client.info("stats")["total_reads_processed"] - before < 5
        assert await cache.get_many([], WORDS) == {}


async def test_what_is_kept_goes_when_its_time_is_over(redis_server):
    async with shared(redis_server.url) as cache:
        await put(cache, "a", "x", timedelta(milliseconds=30))
        await asyncio.sleep(0.1)
        assert await cache.get("a", WORDS) is None
        assert redis_server.client.dbsize() == 0


async def test_nothing_is_kept_without_an_end(redis_server):
    async with shared(redis_server.url) as cache:
        await put(cache, "a", "x")
        [place] = redis_server.client.keys()
        redis_server.client.persist(place)
        assert await cache.get("a", WORDS) is None


async def test_databases_secrets_and_forms_are_apart(redis_server):
    async with (
        shared(redis_server.url) as cache,
        shared(redis_server.url.replace("/0", "/1")) as elsewhere,
        shared(redis_server.url, b"the key of another deployment ..") as strangers,
    ):
        await put(cache, "a", "x")
        assert await elsewhere.get("a", WORDS) is None
        assert await strangers.get("a", WORDS) is None
        assert await cache.get("a", NUMBERS) is None


async def test_what_others_wrote_is_not_read(redis_server):
    async with shared(redis_server.url) as cache:
        await put(cache, "a", "x")
        await put(cache, "b", "y")
        one, other = redis_server.client.keys()
        sealed = redis_server.client.get(one)
        for content in (b"", b"x", sealed[:-1], sealed + b" ", sealed.replace(sealed[-2:], b'z"'), b"\x80" * 5_000):
            redis_server.client.set(one, content, ex=60)
            redis_server.client.set(other, sealed, ex=60)
            assert await cache.get_many(["a", "b"], WORDS) == {}


async def test_a_large_value_stays_where_it_is(redis_server):
    async with shared(redis_server.url, most_bytes=100) as cache:
        await put(cache, "small", "x" * 50)
        await put(cache, "large", "x" * 100)
        assert (await cache.get("small", WORDS)).value == "x" * 50
        assert redis_server.client.dbsize() == 1
        redis_server.client.set(redis_server.client.keys()[0], b"x" * 10_000_000, ex=60)
        assert await cache.get("small", WORDS) is None


async def asked_often(cache: SharedCache) -> float:
    """How long it takes in all to put and to ask for twenty, one after the other."""
    begun = time.monotonic()
    for number in range(20):
        cache.put(f"{number}", "x", MINUTE, WORDS)
        assert await cache.get(f"{number}", WORDS) is None
    return time.monotonic() - begun


async def test_nobody_there_is_told_once_and_so_is_the_return(redis_server, caplog):
    caplog.set_level(logging.INFO)
    noted = Noted()
    async with shared(redis_server.url, measures=noted) as cache:
        await put(cache, "a", "x")
        redis_server.kill()
        assert await asked_often(cache) < LONG
        assert cache.is_away
        assert noted.reached[-1] is False
        while noted.reached.count(False) < 4:  # noqa: ASYNC110 - it looks again and again
            await asyncio.sleep(0.01)
        redis_server.start(redis_server.port)
        await back(cache)
        assert noted.reached[-1] is True
        await put(cache, "a", "y")
        assert (await cache.get("a", WORDS)).value == "y"
    down, up = lines(caplog)
    assert f"the shared cache {redis_server.url} does not answer" in down
    assert "going on without it" in down
    assert up == f"the shared cache {redis_server.url} answers again"


async def test_one_that_hangs_costs_one_moment_and_is_then_left_alone(redis_server, caplog):
    caplog.set_level(logging.INFO)
    async with shared(redis_server.url) as cache:
        await put(cache, "a", "x")
        redis_server.hang()
        assert await asked_often(cache) < LONG
        assert [await cache.get("a", WORDS) for _ in range(1_000)] == [None] * 1_000
        redis_server.go_on()
        await back(cache)
        assert (await cache.get("a", WORDS)).value == "x"
    assert len(lines(caplog)) == 2


async def test_many_who_ask_one_that_hangs_wait_at_the_same_time(redis_server, caplog):
    async with shared(redis_server.url) as cache:
        redis_server.hang()
        begun = time.monotonic()
        assert await asyncio.gather(*(cache.get(f"{each}", WORDS) for each in range(200))) == [None] * 200
        assert time.monotonic() - begun < LONG
        redis_server.go_on()
    assert len(lines(caplog)) == 1


async def test_a_wrong_password_is_told_without_the_password(redis_server, caplog):
    redis_server.client.config_set("requirepass", "correct horse")
    for wrong in ("", ":battery%20staple@", "nobody:battery%20staple@"):
        caplog.clear()
        async with shared(redis_server.url.replace("redis://", f"redis://{wrong}")) as cache:
            assert await asked_often(cache) < LONG
            assert cache.is_away
        [line] = lines(caplog)
        assert "battery" not in line
    async with shared(redis_server.url.replace("redis://", "redis://:correct%20horse@")) as cache:
        assert cache.password == "correct horse"
        await put(cache, "a", "x")
        assert (await cache.get("a", WORDS)).value == "x"


async def test_one_that_is_full_can_still_be_read(redis_server, caplog):
    noted = Noted()
    async with shared(redis_server.url, measures=noted) as cache:
        await put(cache, "a", "x")
        redis_server.client.config_set("maxmemory", 1)
        for number in range(10):
            await put(cache, f"more {number}", "x")
        assert (await cache.get("a", WORDS)).value == "x"
        assert await cache.get("more 1", WORDS) is None
        assert not cache.is_away
        redis_server.client.config_set("maxmemory", 0)
        await put(cache, "b", "y")
        assert (await cache.get("b", WORDS)).value == "y"
    assert set(noted.reached) == {True}
    [line] = lines(caplog)
    assert "keeps nothing more" in line


async def test_a_connection_that_was_closed_while_nobody_asked_is_no_trouble(redis_server, caplog):
    noted = Noted()
    async with shared(redis_server.url, measures=noted) as cache:
        await put(cache, "a", "x")
        for _ in range(3):
            redis_server.client.client_kill_filter(_type="normal", skipme=True)
            await asyncio.sleep(0.01)
            assert (await cache.get("a", WORDS)).value == "x"
    assert set(noted.reached) == {True}
    assert lines(caplog) == []


async def test_one_that_forgot_everything_is_asked_on(redis_server):
    async with shared(redis_server.url) as cache:
        await put(cache, "a", "x")
        redis_server.client.flushall()
        assert await cache.get("a", WORDS) is None
        await put(cache, "a", "y")
        assert (await cache.get("a", WORDS)).value == "y"


NONSENSE = {
    "silence": b"",
    "another protocol": b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n",
    "no protocol": bytes(range(256)) * 20,
    "an endless list": b"*999999999\r\n" * 50,
    "a length below nothing": b"$-7\r\nx\r\n",
    "a length that is no number": b"$many\r\nx\r\n",
    "deep nesting": b"*1\r\n" * 20_000,
    "errors only": b"-ERR out of its mind\r\n" * 50,
    "always fine": b"+OK\r\n" * 50,
    "numbers": b":7\r\n" * 50,
}


@pytest.fixture(params=NONSENSE.values(), ids=NONSENSE.keys())
async def out_of_its_mind(request) -> AsyncIterator[str]:
    """Somebody who answers everything with the same bytes; the address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while await reader.read(65_536):
                writer.write(request.param)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


async def test_whoever_answers_nonsense_has_nothing_for_us(out_of_its_mind):
    async with shared(out_of_its_mind) as cache:
        assert await asked_often(cache) < LONG


async def test_writes_that_nobody_takes_do_not_pile_up(redis_server):
    async with shared(redis_server.url, patience=30.0) as cache:
        redis_server.hang()
        for number in range(MOST_WAITING * 3):
            cache.put(f"{number}", "x", MINUTE, WORDS)
        redis_server.go_on()
        await cache.settled()
        assert 0 < redis_server.client.dbsize() <= MOST_WAITING + 1


async def test_closing_writes_what_waits_and_does_not_wait_for_one_that_hangs(redis_server):
    async with shared(redis_server.url) as cache:
        cache.put("a", "x", MINUTE, WORDS)
    async with shared(redis_server.url) as cache:
        assert (await cache.get("a", WORDS)).value == "x"
        redis_server.hang()
        cache.put("b", "x", MINUTE, WORDS)
        begun = time.monotonic()
    assert time.monotonic() - begun < LONG
    redis_server.go_on()
    async with shared(redis_server.url) as never_used:
        assert not never_used.is_away
