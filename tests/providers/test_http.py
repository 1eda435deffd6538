import asyncio
import contextlib
import gzip
import tracemalloc
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import (
    Http,
    Malformed,
    Misconfigured,
    Patience,
    ProviderError,
    RateLimited,
    Redactor,
    Refused,
    Request,
    TimedOut,
    Unavailable,
    counting,
)
from providers.sdk.resilience import Pace, retry_at

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
QUICK = Patience(attempts=3, first_wait=0.001, longest_wait=0.01)
BASE = "https://api.example"
SECRET = "swordfish-1"  # made up
BOMB = gzip.compress(bytes(64 * 2**20), 1)


class Script:
    """Gives one answer after the other, the last again and again, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(answer, json={"status": answer})


def http(script, base=BASE, **options):
    return Http(base, **{"transport": httpx.MockTransport(script), "patience": QUICK, "clock": lambda: NOW} | options)


@contextlib.asynccontextmanager
async def server(answer):
    """A raw server on the loopback: `answer(reader, writer, number)` plays its part, number counts connections."""
    count = iter(range(1_000))

    tasks = []

    async def serve(reader, writer):
        tasks.append(asyncio.current_task())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await reader.readuntil(b"\r\n\r\n")
            await answer(reader, writer, next(count))
            await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    running = await asyncio.start_server(serve, "127.0.0.1")
    url = f"http://127.0.0.1:{running.sockets[0].getsockname()[1]}"
    try:
        yield url
    finally:
        running.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def ask(url, **options):
    client = Http(url, **{"patience": QUICK, "timeout": 2.0} | options)
    try:
        return await client.json(Request(path="events"))
    finally:
        await client.aclose()


# Statuses.


@pytest.mark.parametrize(
    ("status", "kind", "times"),
    [
        (301, Malformed, 1),
        (400, Refused, 1),
        (401, Misconfigured, 1),
        (403, Misconfigured, 1),
        (404, Refused, 1),
        (408, Unavailable, 1),
        (410, Refused, 1),
        (429, RateLimited, 3),
        (500, Unavailable, 3),
        (501, Unavailable, 1),
        (502, Unavailable, 3),
        (503, Unavailable, 3),
        (504, Unavailable, 3),
    ],
)
async def test_each_status_is_its_kind_of_error_and_only_passing_ones_are_tried_again(status, kind, times):
    script = Script(status)
    with counting() as tally, pytest.raises(ProviderError) as caught:
        await http(script).json(Request())
    assert type(caught.value) is kind
    assert caught.value.http_status == status
    assert len(script.asked) == tally.requests == times


async def test_what_fails_once_is_asked_again():
    script = Script(503, httpx.ConnectError("no route"), 200)
    assert await http(script).json(Request()) == {"status": 200}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_what_may_not_be_repeated_is_not(method):
    script = Script(503)
    with pytest.raises(Unavailable):
        await http(script).send(Request(method=method, json={}))
    assert len(script.asked) == 1


async def test_a_post_that_only_reads_is_asked_again():
    script = Script(503, 200)
    request = Request(method="POST", json={"query": "{ events { title } }"}, idempotent=True)
    assert (await http(script).send(request)).status == 200
    assert len(script.asked) == 2


async def test_an_adapter_may_read_an_error_out_of_a_fine_answer():
    script = Script(200)
    client = http(script, redactor=Redactor(SECRET))
    with pytest.raises(Refused, match=r"quota of \*\*\*") as caught:
        await client.send(Request(), explain=lambda _: Refused(f"quota of {SECRET}"))
    assert caught.value.http_status == 200
    assert SECRET not in repr(caught.value)


# Waiting.


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("99999999999999999999", 86_400),
        ("Tue, 24 Nov 2026 12:05:00 GMT", 300),
        ("Tue, 24 Nov 2026 13:05:00 +0100", 300),
        ("Fri, 31 Dec 2099 23:59:59 GMT", 86_400),
        ("Mon, 23 Nov 2026 12:00:00 GMT", -86_400),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_a_day_at_most(value, seconds):
    assert retry_at({"retry-after": value}, NOW) == NOW + timedelta(seconds=seconds)


@given(
    st.text(max_size=20)
    | st.sampled_from(["²", "-1", "1.5", "soon", "Tue, 99 Nov 2026 12:00:00 GMT", "1 Jan 1 1:1 +99999999999"])
)
def test_a_retry_after_that_says_nothing_is_none_and_never_an_error(value):
    moment = retry_at({"retry-after": value}, NOW)
    assert moment is None or moment.tzinfo is not None


async def test_a_short_retry_after_is_waited_for():
    script = Script(httpx.Response(429, headers={"retry-after": "0"}), 200)
    assert await http(script).json(Request()) == {"status": 200}


async def test_a_long_retry_after_is_remembered_and_nobody_is_asked_until_then():
    now = [NOW]
    script = Script(httpx.Response(429, headers={"Retry-After": "60"}), 200)
    client = http(script, clock=lambda: now[0])
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            await client.json(Request())
        assert caught.value.retry_at == NOW + timedelta(seconds=60)
    assert len(script.asked) == 1
    now[0] += timedelta(seconds=61)
    assert await client.json(Request()) == {"status": 200}


def test_waits_double_up_to_the_longest_and_no_two_replicas_wait_alike():
    patience = Patience(first_wait=1, longest_wait=3)
    for attempt, ceiling in ((2, 1), (3, 2), (4, 3), (9, 3)):
        waits = [patience.wait_before(attempt) for _ in range(50)]
        assert all(ceiling / 2 <= wait <= ceiling for wait in waits)
        assert len(set(waits)) > 1


async def test_the_pace_is_kept_after_a_burst():
    pace, loop = Pace(50), asyncio.get_running_loop()
    begin = loop.time()
    for _ in range(50):
        await pace.wait()
    assert loop.time() - begin < 0.15
    for _ in range(5):
        await pace.wait()
    assert loop.time() - begin >= 0.08


# Bodies.


@pytest.mark.parametrize(
    ("content", "headers", "message"),
    [
        (b"<!doctype html><p>Attention required", {}, "HTML"),
        (b"oops", {"content-type": "text/html"}, "HTML"),
        (b"", {}, "nothing"),
        (b'{"events": [1, 2', {}, "16 bytes"),
        (b"\xff\xfe\x00", {}, "3 bytes"),
        (b'{"a": "\xff"}', {}, "10 bytes"),
        (b"[" * 100_000, {}, "100000 bytes"),
    ],
)
async def test_what_is_no_json_is_malformed_and_not_tried_again(content, headers, message):
    script = Script(httpx.Response(200, content=content, headers=headers))
    with pytest.raises(Malformed, match=f"answered {message}.* where JSON was due"):
        await http(script).json(Request())
    assert len(script.asked) == 1


async def test_a_byte_order_mark_is_no_harm():
    assert await http(Script(httpx.Response(200, content=b"\xef\xbb\xbf[1]"))).json(Request()) == [1]


async def test_an_answer_that_is_too_large_is_dropped_unpacked_or_not():
    packed = gzip.compress(b"0" * 3_000_000)
    large = httpx.Response(200, content=packed, headers={"content-encoding": "gzip"})
    with pytest.raises(Malformed, match="more than 2 MiB"):
        await http(Script(large), max_bytes=2 * 2**20).send(Request())


async def test_an_answer_that_cannot_be_unpacked_is_malformed():
    wrong = httpx.Response(200, stream=httpx.ByteStream(b"no gzip"), headers={"content-encoding": "gzip"})
    with pytest.raises(Malformed, match="cannot be decoded"):
        await http(Script(wrong)).send(Request())


# Addresses.


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("", "https://api.example/v2"),
        ("events", "https://api.example/v2/events"),
        ("/events", "https://api.example/v2/events"),
        ("https://api.example/next?page=2", "https://api.example/next?page=2"),
        ("https://API.example/next", "https://api.example/next"),
    ],
)
async def test_a_path_stands_under_the_base_address(path, asked):
    script = Script(200)
    await http(script, BASE + "/v2/").send(Request(path=path))
    assert str(script.asked[0].url) == asked


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/x",
        "//evil.example/x",
        "http://api.example/x",
        "https://api.example:8443/x",
        "https://api.example@evil.example/",
    ],
)
async def test_no_other_host_is_ever_asked(path):
    script = Script(200)
    with pytest.raises(Refused, match="another address"):
        await http(script).send(Request(path=path))
    assert script.asked == []


async def test_a_list_repeats_its_name():
    script = Script(200)
    await http(script).send(Request(params={"id": ("a", "b"), "q": "c d"}))
    assert script.asked[0].url.query == b"id=a&id=b&q=c+d"


async def test_redirects_are_followed_only_where_allowed_and_only_so_often():
    away = httpx.Response(302, headers={"location": "/elsewhere"})
    with pytest.raises(Malformed, match="redirects to elsewhere"):
        await http(Script(away)).send(Request())
    assert (await http(Script(away, 200), redirects=1).send(Request())).status == 200
    with pytest.raises(Refused, match="redirects too often"):
        await http(Script(away), redirects=2).send(Request())


# Secrets.


@pytest.mark.parametrize(
    "answer",
    [
        404,
        500,
        httpx.Response(200, content=b"<html>"),
        httpx.ConnectError(f"cannot reach {BASE}/?apikey={SECRET}"),
        httpx.ReadTimeout(f"slow: {SECRET}"),
        httpx.RemoteProtocolError(SECRET),
        httpx.InvalidURL(SECRET),
        OSError(SECRET),
    ],
)
async def test_no_error_shows_a_secret(answer, caplog):
    client = http(Script(answer), redactor=Redactor(SECRET))
    with caplog.at_level("DEBUG"), pytest.raises(ProviderError) as caught:
        await client.json(Request(path=f"a/{SECRET}", params={"apikey": SECRET}))
    error = caught.value
    assert SECRET not in f"{error} {error!r} {error.args} {error.message} {caplog.text}"
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__


async def test_an_answers_address_is_redacted():
    answer = await http(Script(200)).send(Request(params={"apikey": SECRET, "page": 2}))
    assert answer.url == f"{BASE}?apikey=***&page=2"


# Real connections.


async def test_a_real_answer_is_read():
    async def answer(_, writer, __):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n[1]")

    async with server(answer) as url:
        assert await ask(url) == [1]


async def test_nobody_listening_is_unavailable():
    async with server(None) as url:
        pass
    with pytest.raises(Unavailable, match="cannot be reached"):
        await ask(url)


async def test_a_connection_that_breaks_once_is_tried_again():
    async def answer(_, writer, number):
        if number == 0:
            writer.transport.abort()
        else:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n[1]")

    async with server(answer) as url:
        assert await ask(url) == [1]


async def test_half_an_answer_is_no_answer():
    async def answer(_, writer, __):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 300\r\n\r\n[1")

    async with server(answer) as url:
        with pytest.raises(ProviderError) as caught:
            await ask(url)
    assert isinstance(caught.value, (Unavailable, Malformed))


@pytest.mark.parametrize("said", [b"220 smtp.example ESMTP\r\n", b"HTTP/1.1 twohundred\r\n\r\n", b"\x00" * 50])
async def test_what_is_no_http_is_a_provider_error(said):
    async def answer(_, writer, __):
        writer.write(said)

    async with server(answer) as url:
        with pytest.raises(ProviderError):
            await ask(url)


async def test_silence_is_timed_out():
    async def answer(*_):
        await asyncio.sleep(1)

    async with server(answer) as url:
        with pytest.raises(TimedOut):
            await ask(url, timeout=0.1, patience=Patience(attempts=1))


async def test_an_answer_that_drips_for_ever_is_timed_out_as_a_whole():
    async def answer(_, writer, __):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    begin = asyncio.get_running_loop().time()
    async with server(answer) as url:
        with pytest.raises(TimedOut, match=r"within 0\.2 s"):
            await ask(url, timeout=0.2)
    assert asyncio.get_running_loop().time() - begin < 1


# Caps, as they hold for a feed that somebody else serves.


def answering(*parts, status="200 OK", **headers):
    """A raw answer of these parts, the last of which is sent until the client has had enough."""
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()]
    head = f"HTTP/1.1 {status}\r\n{''.join(lines)}connection: close\r\n\r\n".encode()

    async def answer(_, writer, __):
        writer.write(head)
        for part in parts[:-1]:
            writer.write(part)
        while True:
            writer.write(parts[-1])
            await writer.drain()

    return answer


def serving(content, **headers):
    """A raw answer of this content."""

    async def answer(_, writer, __):
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 200 OK\r\n{lines}content-length: {len(content)}\r\n\r\n".encode() + content)

    return answer


async def test_an_answer_that_never_ends_is_dropped_at_the_cap():
    async with server(answering(b"0" * 65_536)) as url:
        with pytest.raises(Malformed, match="more than 1 MiB"):
            await ask(url, max_bytes=2**20, timeout=30)


async def test_what_is_packed_counts_unpacked():
    async with server(serving(gzip.compress(b"0" * 3 * 2**20), content_encoding="gzip")) as url:
        with pytest.raises(Malformed, match="more than 1 MiB"):
            await ask(url, max_bytes=2**20)


async def test_no_more_is_unpacked_than_the_cap_allows():
    async with server(serving(BOMB, content_encoding="gzip")) as url:
        tracemalloc.start()
        with pytest.raises(Malformed, match="more than 1 MiB"):
            await ask(url, max_bytes=2**20, timeout=30)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 16 * 2**20


@pytest.mark.parametrize("packing", ["gzip, gzip", "br", "zstd", "deflate", "gzip,br"])
async def test_packed_twice_or_as_nobody_asked_for_is_refused_unread(packing):
    async with server(serving(gzip.compress(BOMB), content_encoding=packing)) as url:
        with pytest.raises(Malformed, match="packed as"):
            await ask(url)


@pytest.mark.parametrize("packing", ["gzip", "GZIP", "x-gzip", "identity, gzip"])
async def test_gzip_is_unpacked(packing):
    async with server(serving(gzip.compress(b"[1]"), content_encoding=packing)) as url:
        assert await ask(url) == [1]


async def test_half_of_what_is_packed_is_malformed():
    async with server(serving(gzip.compress(b"[1]" * 1_000)[:-12], content_encoding="gzip")) as url:
        with pytest.raises(Malformed, match="cannot be decoded"):
            await ask(url)


async def test_no_content_needs_no_unpacking():
    async with server(serving(b"", content_encoding="gzip")) as url:
        with pytest.raises(Malformed, match="answered nothing"):
            await ask(url)


async def test_what_a_redirect_holds_is_not_read_however_much_it_is():
    async with (
        server(serving(b"[1]")) as there,
        server(answering(b"0" * 65_536, status="302 Found", location=there)) as url,
    ):
        assert await ask(url, redirects=1, max_bytes=10, timeout=30) == [1]


async def test_the_cap_holds_behind_a_redirect():
    async with (
        server(answering(b"0" * 65_536)) as there,
        server(answering(b"0" * 65_536, status="302 Found", location=there)) as url,
    ):
        with pytest.raises(Malformed, match="more than 1 MiB"):
            await ask(url, redirects=1, max_bytes=2**20, timeout=30)


async def test_a_server_that_redirects_for_ever_is_left_after_so_many():
    hops = []

    async def answer(_, writer, number):
        hops.append(number)
        writer.write(f"HTTP/1.1 302 Found\r\nlocation: /{number}\r\nconnection: close\r\n\r\n".encode())

    async with server(answer) as url:
        with pytest.raises(Refused, match="redirects too often"):
            await ask(url, redirects=5)
    assert hops == [0, 1, 2, 3, 4, 5]


async def test_the_time_is_for_all_hops_together():
    async def answer(_, writer, number):
        await asyncio.sleep(0.3)
        writer.write(f"HTTP/1.1 302 Found\r\nlocation: /{number}\r\nconnection: close\r\n\r\n".encode())

    async with server(answer) as url:
        with pytest.raises(TimedOut, match="did not answer within 1 s"):
            await ask(url, redirects=1_000, timeout=1)


async def test_credentials_go_no_further_than_the_host_that_they_are_for():
    seen = []

    def elsewhere(request):
        seen.append((request.url.path, request.headers.get("authorization")))
        away = {"/a": "/b", "/b": "https://other.example/c"}.get(request.url.path)
        return httpx.Response(302, headers={"location": away}) if away else httpx.Response(200, json=[1])

    http = Http("https://me:s3cret@club.example/a", transport=httpx.MockTransport(elsewhere), redirects=2)
    assert await http.json(Request()) == [1]
    held = httpx.BasicAuth("me", "s3cret")._auth_header
    assert seen == [("/a", held), ("/b", held), ("/c", None)]


async def test_a_name_and_password_in_the_address_go_into_a_header_and_nowhere_else():
    seen = []

    def answer(request):
        seen.append(request)
        return httpx.Response(503 if len(seen) > 1 else 200, json={})

    http = Http("https://me:s3cret%2Fword@club.example/a.ics", transport=httpx.MockTransport(answer))
    received = await http.send(Request())
    assert str(seen[0].url) == "https://club.example/a.ics"
    assert seen[0].headers["authorization"] == httpx.BasicAuth("me", "s3cret/word")._auth_header
    assert "s3cret" not in received.url
    await http.aclose()
