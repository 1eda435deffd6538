import gzip
import json
from datetime import UTC, datetime

import httpx
import pytest

from providers import Http, Patience, Redactor, Request, Unavailable
from providers.testing import Cassette, FakeUpstream, Fault, NotRecorded, Recorder

SECRET = "s3cret/with+signs"
NOW = datetime(2027, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)


def answering(*responses):
    """A transport that gives these answers in turn."""
    turns = iter(responses)
    return httpx.MockTransport(lambda _: next(turns))


async def recorded(transport, *requests, secrets=(SECRET,), path):
    """The cassette of these requests, and what the provider was told meanwhile."""
    redactor = Redactor(*secrets)
    recorder = Recorder(redactor, transport=transport, at=NOW)
    http = Http("https://api.example.org/v1", transport=recorder, redactor=redactor, patience=Patience(attempts=1))
    answers = [await http.send(request) for request in requests]
    await http.aclose()
    recorder.save(path)
    return Cassette.load(path), answers


def player(cassette, *, url="https://api.example.org/v1"):
    return Http(url, transport=cassette, patience=Patience(attempts=1))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cassette.json"


async def test_what_was_recorded_is_played(path):
    events = Request(path="events", params={"page": 1})
    cassette, (answer,) = await recorded(answering(httpx.Response(200, json=[{"id": 1.5}])), events, path=path)
    assert (await player(cassette).json(events)) == answer.json() == [{"id": 1.5}]
    assert cassette.played == 1


async def test_any_host_will_do(path):
    cassette, _ = await recorded(answering(httpx.Response(200, json=[])), Request(path="events"), path=path)
    assert await player(cassette, url="http://127.0.0.1:1/v1").json(Request(path="events")) == []


async def test_the_clock_is_the_moment_of_the_recording(path):
    cassette, _ = await recorded(answering(httpx.Response(200)), Request(), path=path)
    assert cassette.clock() == Recorder(Redactor(), at=NOW).clock() == NOW.replace(microsecond=0)


async def test_a_secret_is_nowhere_in_the_file(path):
    response = httpx.Response(
        200,
        headers={"link": f"<https://api.example.org/v1/events?k={SECRET}&page=2>", "set-cookie": SECRET},
        json={"next": f"/events?k={SECRET}&page=2", SECRET: [SECRET, None, True]},
    )
    request = Request(
        path="events", params={"k": SECRET, "api_key": "not-known"}, headers={"authorization": f"Bearer {SECRET}"}
    )
    await recorded(answering(response), request, path=path)
    text = path.read_text()
    for form in (SECRET, "s3cret%2Fwith%2Bsigns", "not-known", "Bearer", "set-cookie"):
        assert form not in text
    (exchange,) = json.loads(text)["exchanges"]
    assert exchange["answer"]["json"] == {"next": "/events?k=***&page=2", "***": ["***", None, True]}


@pytest.mark.parametrize("key", ["***", "somebody-elses-key"])
async def test_whoever_plays_it_needs_no_key(path, key):
    asked = Request(path="events", params={"api_key": SECRET})
    cassette, _ = await recorded(answering(httpx.Response(200, json=[7])), asked, path=path)
    assert await player(cassette).json(Request(path="events", params={"api_key": key})) == [7]


async def test_three_stars_stand_for_a_secret_whatever_its_parameter_is_called(path):
    cassette, _ = await recorded(
        answering(httpx.Response(200, json=[7])), Request(path="events", params={"k": SECRET}), path=path
    )
    assert await player(cassette).json(Request(path="events", params={"k": "***"})) == [7]


async def test_a_number_that_is_the_secret_is_hidden_too(path):
    response = httpx.Response(200, json={"account": 12345678, "price": 12})
    cassette, _ = await recorded(answering(response), Request(), secrets=["12345678"], path=path)
    assert await player(cassette).json(Request()) == {"account": "***", "price": 12}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"BEGIN:VCALENDAR\r\n",
        "Café".encode("latin-1"),
        b"\xff\x00\x80",
        b'["\\ud83d"]',
        b'\xef\xbb\xbf[{"id": 1}]',
    ],
)
async def test_content_that_is_no_json_is_the_same_byte_for_byte(path, content):
    cassette, _ = await recorded(answering(httpx.Response(200, content=content)), Request(), path=path)
    assert (await player(cassette).send(Request())).content == content


async def test_a_secret_in_another_encoding_is_hidden(path):
    content = f"Café {SECRET}".encode("latin-1")
    cassette, _ = await recorded(answering(httpx.Response(200, content=content)), Request(), path=path)
    assert (await player(cassette).send(Request())).content == "Café ***".encode("latin-1")


async def test_a_compressed_answer_is_kept_as_what_it_says(path):
    response = httpx.Response(200, headers={"content-encoding": "gzip"}, content=gzip.compress(b'["Berlin"]'))
    cassette, (answer,) = await recorded(answering(response), Request(), path=path)
    assert answer.json() == ["Berlin"] == await player(cassette).json(Request())
    assert "Berlin" in path.read_text()


async def test_only_headers_that_an_adapter_may_read_are_kept(path):
    headers = {"etag": '"1"', "X-RateLimit-Remaining": "7", "rate-limit-reset": "9", "server": "nginx", "x-trace": "1"}
    cassette, (answer,) = await recorded(answering(httpx.Response(200, headers=headers)), Request(), path=path)
    assert answer.headers["server"] == "nginx"
    played = (await player(cassette).send(Request())).headers
    assert {"etag", "x-ratelimit-remaining", "rate-limit-reset"} <= played.keys()
    assert played.keys().isdisjoint({"server", "x-trace"})


async def test_a_request_that_is_answered_in_several_ways_gets_them_in_turn(path):
    answers = [httpx.Response(200, json=[1]), httpx.Response(200, json=[2]), httpx.Response(200, json=[2])]
    cassette, _ = await recorded(answering(*answers), Request(), Request(), Request(), path=path)
    http = player(cassette)
    assert [await http.json(Request()) for _ in range(4)] == [[1], [2], [1], [2]]


async def test_bodies_tell_requests_apart(path):
    first, second = (Request(method="POST", json={"page": page}) for page in (1, 2))
    answers = [httpx.Response(200, json=["one"]), httpx.Response(200, json=["two"])]
    cassette, _ = await recorded(answering(*answers), first, second, path=path)
    http = player(cassette)
    assert [await http.json(second), await http.json(first)] == [["two"], ["one"]]
    with pytest.raises(NotRecorded, match="with another body"):
        await http.json(Request(method="POST", json={"page": 3}))


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (Request(path="events", params={"page": 2}), "GET /v1/events with page=2 "),
        (Request(path="events", params={"page": 1, "q": "jazz"}), "GET /v1/events with q=jazz "),
        (Request(path="events"), "GET /v1/events without page=1 "),
        (Request(path="venues", params={"page": 1}), r"GET /v1/venues\?page=1 "),
        (Request(path="events", method="POST", params={"page": 1}), r"POST /v1/events\?page=1 "),
    ],
)
async def test_a_request_that_is_not_in_it_is_told_by_what_is_new(path, request_, said):
    asked = Request(path="events", params={"page": 1})
    cassette, _ = await recorded(answering(httpx.Response(200, json=[])), asked, path=path)
    with pytest.raises(NotRecorded, match=rf"^cassette\.json has no answer to {said}\(record it anew\)$"):
        await player(cassette).send(request_)
    assert cassette.played == 0


async def test_a_real_server_is_recorded_and_its_trouble_is_trouble(path):
    with FakeUpstream() as upstream:
        recorder = Recorder(Redactor())
        http = Http(upstream.url, transport=recorder, patience=Patience(attempts=1))
        upstream.fault = Fault.status(503, times=1)
        with pytest.raises(Unavailable):
            await http.send(Request(path="events"))
        upstream.fault = Fault.down()
        with pytest.raises(Unavailable):
            await http.send(Request(path="events"))
        await http.aclose()
    recorder.save(path)
    with pytest.raises(Unavailable, match="503"):
        await player(Cassette.load(path), url="https://api.example.org").send(Request(path="events"))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "another"}', "\x00", '{"format": "event-gateway cassette 1"}']
)
def test_what_is_no_cassette_is_said_to_be_none(path, text):
    path.write_text(text)
    with pytest.raises(ValueError, match="is no cassette; `event-gateway providers record` makes one"):
        Cassette.load(path)
