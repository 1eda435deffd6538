"""Subscriptions over Server-Sent Events, and what does not stream."""

from __future__ import annotations

import asyncio
import json
import socket

import httpx
import pytest

from schema import make_schema
from server.operation import Operation
from server.sse import EventStream
from server.streams import Answer, Streams

STREAM = "text/event-stream"
JSON = "application/json"
VERSION = "{ server { version } }"
# What urql sends with every request.
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)


def events(text: str):
    """(event, data) of each; what the stream is made of is nothing else."""
    assert "\r" not in text
    parts = text.split("\n\n")
    assert parts.pop() == ""
    found = []
    for part in parts:
        if part == ":":
            continue
        kind, data = part.split("\n")
        assert kind.startswith("event: ")
        assert data.startswith("data:")
        found.append((kind.removeprefix("event: "), json.loads(data.removeprefix("data:").strip() or "null")))
    return found


def typenames(found):
    return [data["data"]["eventSearch"]["__typename"] for kind, data in found if kind == "next"]


def codes(body):
    return [error["extensions"]["code"] for error in body["errors"]]


async def post(client, query, accept, **variables):
    return await client.post("/graphql", json={"query": query, "variables": variables}, headers={"accept": accept})


@pytest.mark.parametrize("accept", [STREAM, URQL, f"{STREAM}, */*"])
async def test_a_subscription_is_streamed_to_whoever_accepts_a_stream(accept, client, kit):
    response = await post(client, kit.SEARCH, accept, first=2)
    found = events(response.text)
    assert response.status_code == 200
    assert response.headers["content-type"].partition(";")[0] == STREAM
    assert (response.headers["cache-control"], response.headers["x-accel-buffering"]) == ("no-store", "no")
    assert typenames(found) == ["ProviderStarted", "EventsAdded", "ProviderFinished", "SearchCompleted"]
    assert found[-1] == ("complete", None)


async def test_a_subscription_by_get_is_streamed_as_browsers_ask_for_it(client, kit):
    response = await client.get(
        "/graphql", params={"query": kit.SEARCH, "variables": '{"first": 1}'}, headers={"accept": STREAM}
    )
    assert typenames(events(response.text))[-1] == "SearchCompleted"


@pytest.mark.parametrize(
    "operation", [VERSION, 'mutation { removeFavourite(input: {subjectId: "x"}) { userErrors { code } } }']
)
async def test_a_query_or_mutation_that_merely_lists_the_stream_gets_json(operation, client):
    response = await post(client, operation, URQL)
    assert response.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert response.json()["data"]


async def test_a_query_of_somebody_who_takes_nothing_but_a_stream_is_one_answer_of_it(client):
    response = await post(client, VERSION, STREAM)
    (kind, answer), end = events(response.text)
    assert (response.status_code, kind, end) == (200, "next", ("complete", None))
    assert answer["data"]["server"]["version"]


@pytest.mark.parametrize("accept", [JSON, "*/*", "application/graphql-response+json", f"{JSON}, {STREAM};q=0"])
async def test_a_subscription_that_wants_json_is_told_how_to_subscribe(accept, client, kit):
    response = await post(client, kit.SEARCH, accept)
    assert (response.status_code, codes(response.json())) == (406, ["SUBSCRIPTION_NEEDS_STREAM"])
    assert "text/event-stream" in response.text
    assert "graphql-transport-ws" in response.text
    by_get = await client.get("/graphql", params={"query": kit.SEARCH}, headers={"accept": accept})
    assert (by_get.status_code, codes(by_get.json())) == (405, ["BAD_REQUEST"])
    assert "text/event-stream" in by_get.text


REFUSED = {
    "parse failure": ("subscription {", {}, "GRAPHQL_PARSE_FAILED"),
    "validation failure": ("subscription { nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
    "two fields": (
        "subscription { a: eventSearch { __typename } b: eventSearch { __typename } }",
        {},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "bad variable": ("subscription ($n: Int!) { eventSearch(first: $n) { __typename } }", {"n": "x"}, "BAD_USER_INPUT"),
    "variable left out": ("subscription ($n: Int!) { eventSearch(first: $n) { __typename } }", {}, "BAD_USER_INPUT"),
    "bad argument": ("subscription { eventSearch(first: 0) { __typename } }", {}, "BAD_USER_INPUT"),
    "no such provider": ('subscription { eventSearch(providers: ["x"]) { __typename } }', {}, "BAD_USER_INPUT"),
    "too much": (
        ("subscription { eventSearch(first: 100) { ... on EventsAdded { placements { event { location { "
        "events(first: 100) { nodes { location { events { nodes { id } } } } } } } } } } }"),
        {},
        "COST_LIMIT_EXCEEDED",
    ),
    "two operations": ("subscription A { eventSearch { __typename } } query B { __typename }", {}, "OPERATION_RESOLUTION_FAILURE"),
}  # fmt: skip


@pytest.mark.parametrize(("query", "variables", "code"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_meant_is_one_answer_with_its_error(query, variables, code, client):
    (kind, answer), end = events((await post(client, query, STREAM, **variables)).text)
    assert (kind, codes(answer), end) == ("next", [code], ("complete", None))


async def test_a_mutation_by_get_is_405_for_streams_too(client):
    response = await client.get("/graphql", params={"query": "mutation { nothing }"}, headers={"accept": STREAM})
    assert (response.status_code, response.headers["content-type"]) == (405, f"{JSON}; charset=utf-8")


async def read_until(lines, word):
    async for line in lines:
        if word in line:
            return line
    pytest.fail(f"it ended without {word}")


@pytest.fixture
async def over_http():
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        yield client


def stream(client, stage, query, accept=STREAM):
    headers = {"accept": accept, "accept-encoding": "gzip"}
    return client.stream("POST", f"http://{stage.host}/graphql", json={"query": query}, headers=headers)


async def test_the_quick_ones_events_arrive_while_the_slow_one_is_waited_for_and_nothing_is_compressed(
    stage, kit, over_http
):
    quick, slow = kit.Shelf("quick", [2]), kit.Shelf("slow", [1])
    slow.door.clear()
    gateway = await stage(quick, slow)
    async with stream(over_http, gateway, kit.SEARCH) as response:
        lines = response.aiter_lines()
        assert "quick 0" in await read_until(lines, "EventsAdded")
        slow.door.set()
        assert "slow 0" in await read_until(lines, "EventsAdded")
        await read_until(lines, "SearchCompleted")
        assert "content-encoding" not in response.headers


async def test_nobody_asks_on_for_a_listener_who_left(stage, kit, over_http):
    shelf = kit.Shelf("shelf", range(1, 9), page=1)
    gateway = await stage(shelf)
    shelf.door.clear()
    async with stream(over_http, gateway, kit.SEARCH) as response:
        await read_until(response.aiter_lines(), "ProviderStarted")
        await gateway.listeners(1)
    await gateway.listeners(0)
    shelf.door.set()
    for _ in range(50):
        await asyncio.sleep(0)
    # The page that was under way is had, and kept for others; the seven that follow it are not.
    assert len(shelf.calls) == 1


async def test_a_slow_reader_slows_the_search_down(stage, kit):
    shelf = kit.Shelf("shelf", range(1, 31), page=3, description="long " * 400)
    gateway = await stage(shelf, buffer=4096)
    texts = " ".join(f"d{number}: description" for number in range(60))
    query = f"subscription {{ eventSearch(deadlineMs: 30000) {{ ... on EventsAdded {{ placements {{ event {{ {texts} }} }} }} ... on SearchCompleted {{ hasNextPage }} }} }}"
    body = json.dumps({"query": query}).encode()
    host, port = gateway.host.split(":")
    with socket.socket() as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lazy.connect((host, int(port)))
        head = f"POST /graphql HTTP/1.1\r\nhost: x\r\naccept: {STREAM}\r\ncontent-type: {JSON}\r\ncontent-length: {len(body)}\r\n\r\n"
        lazy.sendall(head.encode() + body)
        await gateway.listeners(1)
        for _ in range(100):
            await asyncio.sleep(0.01)
        # 10 pages of 360 kB: the first fills what stands between, and the rest waits.
        asked = len(shelf.calls)
        assert 1 <= asked <= 3
        reader, writer = await asyncio.open_connection(sock=lazy)
        async with asyncio.timeout(kit.SECONDS):
            text = b""
            while b"event: complete" not in text:
                text = text[-100_000:] + await reader.read(65_536)
        assert b"hasNextPage" in text
        writer.close()
        await writer.wait_closed()
    assert len(shelf.calls) > asked


class Silent:
    """Streams that say nothing for a while."""

    def __init__(self):
        self.may_speak = asyncio.Event()

    async def answers(self):
        await self.may_speak.wait()
        yield Answer({"data": 1}, refused=False)


async def test_while_nothing_is_said_a_comment_keeps_the_connection(stage, kit):
    silent, sent = Silent(), []

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        sent.append(message.get("body", b""))
        if sent.count(b":\n\n") == 3:
            silent.may_speak.set()

    gateway = await stage(kit.Shelf("shelf", []))
    response = EventStream(gateway.streams, silent.answers(), keep_alive_after=0.01)
    await asyncio.wait_for(response({}, receive, send), kit.SECONDS)
    assert sent[1:4] == [b":\n\n"] * 3
    assert sent[-2:] == [b'event: next\ndata: {"data":1}\n\n', b"event: complete\ndata:\n\n"]


async def test_a_stop_lets_a_search_end_and_completes_the_stream(stage, kit, over_http):
    shelf = kit.Shelf("shelf", [1])
    shelf.door.clear()
    gateway = await stage(shelf)
    async with stream(over_http, gateway, kit.SEARCH) as response:
        lines = response.aiter_lines()
        await read_until(lines, "ProviderStarted")
        stopping = asyncio.create_task(gateway.stop())
        await gateway.streams.stopping.wait()
        shelf.door.set()
        rest = [line async for line in lines]
    await stopping
    assert "SearchCompleted" in rest[-5]
    assert rest[-3:] == ["event: complete", "data:", ""]


async def test_what_does_not_end_in_time_is_completed_all_the_same(stage, kit, over_http):
    shelf = kit.Shelf("shelf", [1])
    shelf.door.clear()
    gateway = await stage(shelf)
    async with stream(over_http, gateway, kit.SEARCH) as response:
        lines = response.aiter_lines()
        await read_until(lines, "ProviderStarted")
        await gateway.streams.end(0.01)
        rest = [line async for line in lines]
    assert not any("SearchCompleted" in line for line in rest)
    assert rest[-3:] == ["event: complete", "data:", ""]
    refused = await over_http.post(
        f"http://{gateway.host}/graphql", json={"query": kit.SEARCH}, headers={"accept": STREAM}
    )
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")


class Broken:
    """A context whose search breaks in its midst."""

    runs = True

    async def unfold(self, *_arguments, **_more):
        for secret in ["a secret"]:
            raise RuntimeError(secret)
        yield None


async def test_a_failure_inside_is_masked(kit):
    streams = Streams(make_schema(), lambda _caller: Broken())
    (answer,) = [each async for each in streams.follow(Operation(query=kit.SEARCH), None)]
    assert codes(answer.body) == ["INTERNAL_SERVER_ERROR"]
    assert "secret" not in json.dumps(answer.body)


async def test_who_counts_is_told_how_many_listen():
    counted = []
    streams = Streams(make_schema(), lambda _caller: None, counted.append)
    tasks = [streams.tell(asyncio.sleep(0)) for _ in range(2)]
    await asyncio.gather(*tasks)
    assert counted == [1, 2, 1, 0]
