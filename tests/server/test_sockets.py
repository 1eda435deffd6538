"""Subscriptions over WebSockets, as the graphql-ws clients speak them: the protocol, its limits, and who may come in."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from gateway.accounts import Database
from server.identity import COOKIE

PROTOCOL = "graphql-transport-ws"
VERSION = "{ server { version } }"
INIT = {"type": "connection_init"}


class Client:
    """One end of a WebSocket."""

    def __init__(self, socket) -> None:
        self.socket = socket

    async def say(self, message) -> None:
        await self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hear(self):
        async with asyncio.timeout(20):
            return json.loads(await self.socket.recv())

    async def begin(self, payload=None):
        await self.say(INIT if payload is None else {**INIT, "payload": payload})
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, own_id, query, **variables):
        await self.say({"type": "subscribe", "id": own_id, "payload": {"query": query, "variables": variables}})

    async def ask(self, query, own_id="1", **variables):
        """All that is said of one operation."""
        await self.subscribe(own_id, query, **variables)
        said = []
        while not said or said[-1]["type"] == "next":
            said.append(await self.hear())
        assert {each["id"] for each in said} == {own_id}
        return said

    async def closed(self):
        """(code, reason) of the close that follows."""
        with suppress(ConnectionClosed):
            while True:
                await self.hear()
        return self.socket.close_code, self.socket.close_reason


@asynccontextmanager
async def connected(stage, **more):
    options = {"subprotocols": [PROTOCOL], "proxy": None, **more}
    async with connect(f"ws://{stage.host}/graphql", **options) as socket:
        yield Client(socket)


@pytest.fixture
async def gateway(stage, kit):
    return await stage(kit.Shelf("shelf", [1, 2]))


async def test_a_subscription_is_followed_to_its_end(gateway, kit):
    async with connected(gateway) as client:
        await client.begin()
        *answers, end = await client.ask(kit.SEARCH)
    assert [each["payload"]["data"]["eventSearch"]["__typename"] for each in answers] == [
        "ProviderStarted",
        "EventsAdded",
        "ProviderFinished",
        "SearchCompleted",
    ]
    assert end == {"id": "1", "type": "complete"}


async def test_queries_are_answered_once_and_their_ids_are_free_again(gateway):
    async with connected(gateway) as client:
        await client.begin()
        for _ in range(2):
            answer, end = await client.ask(VERSION, "same")
            assert answer["payload"]["data"]["server"]["version"]
            assert end["type"] == "complete"


REFUSED = {
    "parse failure": ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    "validation failure": ({"query": "subscription { nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    "query's bad variable": (
        {"query": "query ($n: Int!) { events(first: $n) { isPartial } }", "variables": {"n": "x"}},
        "BAD_USER_INPUT",
    ),
    "bad variable": (
        {"query": "subscription ($n: Int!) { eventSearch(first: $n) { __typename } }", "variables": {"n": "x"}},
        "BAD_USER_INPUT",
    ),
    "bad argument": ({"query": "subscription { eventSearch(first: 0) { __typename } }"}, "BAD_USER_INPUT"),
    "unknown operation": ({"query": "query A { __typename }", "operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
    "which operation": ({"query": "query A { __typename } query B { __typename }"}, "OPERATION_RESOLUTION_FAILURE"),
    "no query": ({}, "BAD_REQUEST"),
    "variables a list": ({"query": VERSION, "variables": []}, "BAD_REQUEST"),
}


@pytest.mark.parametrize(("payload", "code"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_meant_is_an_error_of_that_operation_alone(payload, code, gateway):
    async with connected(gateway) as client:
        await client.begin()
        await client.say({"type": "subscribe", "id": "1", "payload": payload})
        error = await client.hear()
        assert (error["id"], error["type"]) == ("1", "error")
        assert [each["extensions"]["code"] for each in error["payload"]] == [code]
        assert len(await client.ask(VERSION)) == 2


async def test_a_ping_is_answered_with_what_it_carries(gateway):
    async with connected(gateway) as client:
        await client.say({"type": "ping", "payload": {"a": 1}})
        assert await client.hear() == {"type": "pong", "payload": {"a": 1}}
        await client.begin()
        await client.say({"type": "pong"})
        assert len(await client.ask(VERSION)) == 2


NONSENSE = [
    "no JSON",
    '"a text"',
    "[]",
    "{}",
    "[" * 100_000,
    b'{"type": "ping"}',
    {"type": "unheard of"},
    {"type": ["ping"]},
    {"type": "subscribe", "payload": {"query": VERSION}},
    {"type": "subscribe", "id": "", "payload": {"query": VERSION}},
    {"type": "subscribe", "id": 1, "payload": {"query": VERSION}},
    {"type": "subscribe", "id": "1", "payload": VERSION},
    {"type": "complete"},
]


@pytest.mark.parametrize("message", NONSENSE, ids=range(len(NONSENSE)))
async def test_a_message_that_is_none_closes_with_4400(message, gateway):
    async with connected(gateway) as client:
        await client.begin()
        await client.say(message)
        assert (await client.closed())[0] == 4400


async def test_a_payload_of_connection_init_that_is_no_object_closes_with_4400(gateway):
    async with connected(gateway) as client:
        await client.say({**INIT, "payload": "Bearer x"})
        assert (await client.closed())[0] == 4400


async def test_an_operation_before_the_ack_closes_with_4401(gateway):
    async with connected(gateway) as client:
        await client.subscribe("1", VERSION)
        assert await client.closed() == (4401, "Unauthorized")


async def test_a_second_connection_init_closes_with_4429(gateway):
    async with connected(gateway) as client:
        await client.begin()
        await client.say(INIT)
        assert await client.closed() == (4429, "Too many initialisation requests")


async def test_no_connection_init_in_time_closes_with_4408(stage, kit):
    gateway = await stage(kit.Shelf("shelf", []), patience=kit.Patience(begin=0.05))
    async with connected(gateway) as client:
        assert await client.closed() == (4408, "Connection initialisation timeout")


async def test_a_connection_that_is_open_for_nothing_is_closed_and_one_that_listens_is_not(stage, kit):
    shelf = kit.Shelf("shelf", [1])
    shelf.door.clear()
    gateway = await stage(shelf, patience=kit.Patience(idle=0.2))
    async with connected(gateway) as idle, connected(gateway) as busy:
        await idle.begin()
        await busy.begin()
        await busy.subscribe("1", kit.SEARCH)
        assert (await idle.closed())[0] == 1001
        await gateway.listeners(1)
        shelf.door.set()
        while (said := await busy.hear())["type"] == "next":
            pass
        assert said == {"id": "1", "type": "complete"}


async def test_two_operations_of_one_id_close_with_4409(stage, kit):
    shelf = kit.Shelf("shelf", [1])
    shelf.door.clear()
    gateway = await stage(shelf)
    async with connected(gateway) as client:
        await client.begin()
        await client.subscribe("1", kit.SEARCH)
        await client.subscribe("1", kit.SEARCH)
        assert await client.closed() == (4409, "Subscriber for 1 already exists")
    await gateway.listeners(0)


async def test_the_twenty_first_operation_at_a_time_is_refused_and_the_others_go_on(stage, kit):
    shelf = kit.Shelf("shelf", [1])
    shelf.door.clear()
    gateway = await stage(shelf)
    async with connected(gateway) as client:
        await client.begin()
        for number in range(21):
            await client.subscribe(str(number), kit.SEARCH)
        said = [await client.hear() for _ in range(21)]
        (error,) = [each for each in said if each["type"] == "error"]
        assert (error["id"], error["payload"][0]["extensions"]["code"]) == ("20", "TOO_MANY_OPERATIONS")
        shelf.door.set()
        ended = set()
        while len(ended) < 20:
            if (each := await client.hear())["type"] == "complete":
                ended.add(each["id"])
        assert ended == {str(number) for number in range(20)}


async def test_a_message_of_more_than_a_megabyte_closes_with_1009(gateway):
    async with connected(gateway) as client:
        await client.begin()
        await client.say(" " * (1024 * 1024 + 1))
        assert (await client.closed())[0] == 1009


@pytest.mark.parametrize("protocols", [None, ["graphql-ws"]])
async def test_another_subprotocol_closes_with_4406(protocols, gateway):
    async with connected(gateway, subprotocols=protocols) as client:
        assert (await client.closed())[0] == 4406


async def test_complete_ends_the_search_and_frees_the_id(stage, kit):
    shelf = kit.Shelf("shelf", range(1, 9), page=1)
    shelf.door.clear()
    gateway = await stage(shelf)
    async with connected(gateway) as client:
        await client.begin()
        await client.subscribe("1", kit.SEARCH)
        await client.hear()
        await client.say({"type": "complete", "id": "1"})
        await client.say({"type": "complete", "id": "never begun"})
        answer, _ = await client.ask(VERSION)
        assert "server" in answer["payload"]["data"]
        await gateway.listeners(0)
        shelf.door.set()
        await client.ask(VERSION)
    assert len(shelf.calls) == 1


async def test_nobody_asks_on_for_a_client_that_hangs_up(stage, kit):
    shelf = kit.Shelf("shelf", range(1, 9), page=1)
    shelf.door.clear()
    gateway = await stage(shelf)
    async with connected(gateway) as client:
        await client.begin()
        await client.subscribe("1", kit.SEARCH)
        await client.hear()
        client.socket.transport.abort()
    await gateway.listeners(0)
    shelf.door.set()
    for _ in range(50):
        await asyncio.sleep(0)
    assert len(shelf.calls) == 1


async def test_a_slow_reader_slows_the_search_down(stage, kit):
    shelf = kit.Shelf("shelf", range(1, 31), page=3, description="long " * 400)
    gateway = await stage(shelf, buffer=4096)
    texts = " ".join(f"d{number}: description" for number in range(60))
    query = f"subscription {{ eventSearch(deadlineMs: 30000) {{ ... on EventsAdded {{ placements {{ event {{ {texts} }} }} }} ... on SearchCompleted {{ hasNextPage }} }} }}"
    lazy = socket.socket()
    lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    host, port = gateway.host.split(":")
    lazy.connect((host, int(port)))
    async with connected(gateway, sock=lazy, max_size=None, max_queue=1, compression=None) as client:
        await client.begin()
        await client.subscribe("1", query)
        await gateway.listeners(1)
        for _ in range(100):
            await asyncio.sleep(0.01)
        asked = len(shelf.calls)
        assert 1 <= asked <= 4
        while (said := await client.hear())["type"] == "next":
            pass
        assert said["type"] == "complete"
    assert len(shelf.calls) > asked


FOREIGN = {"origin": "https://elsewhere.example"}


@pytest.mark.parametrize("headers", [FOREIGN, {**FOREIGN, "sec-fetch-site": "cross-site"}, {"origin": "null"}])
async def test_pages_of_other_sites_do_not_get_in(headers, gateway):
    with pytest.raises(InvalidStatus) as refused:
        async with connected(gateway, additional_headers=headers):
            pass
    assert refused.value.response.status_code == 403


REGISTER = (
    'mutation { registerUser(input: {email: "ann@example.org", password: "correct horse"}) '
    "{ tokens { accessToken } userErrors { code } } }"
)
WHO = "{ viewer { email } }"
KEEP = "mutation ($id: ID!) { addFavourite(input: {subjectId: $id}) { userErrors { code } } }"


@pytest.fixture
async def signed_in(stage, kit, sqlite_url):
    """A gateway with a user: its stage, the access token, the cookie."""
    shelf = kit.Shelf("shelf", [1, 2])
    gateway = await stage(shelf, database=Database(sqlite_url))
    ours = {"sec-fetch-site": "same-origin"}
    async with httpx.AsyncClient(base_url=f"http://{gateway.host}", trust_env=False) as client:
        answer = (await client.post("/graphql", json={"query": REGISTER}, headers=ours)).json()
        return gateway, answer["data"]["registerUser"]["tokens"]["accessToken"], client.cookies[COOKIE]


async def viewer(client):
    answer, _ = await client.ask(WHO)
    return answer["payload"]["data"]["viewer"]


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
async def test_a_token_in_connection_init_says_who_asks(name, signed_in):
    gateway, token, _ = signed_in
    async with connected(gateway) as client:
        await client.begin({name: f"Bearer {token}"})
        assert await viewer(client) == {"email": "ann@example.org"}


async def test_a_token_in_the_handshake_says_who_asks(signed_in):
    gateway, token, _ = signed_in
    async with connected(gateway, additional_headers={"authorization": f"Bearer {token}"}) as client:
        await client.begin({"unknown": 1})
        assert await viewer(client) == {"email": "ann@example.org"}


async def test_a_token_that_does_not_hold_is_an_error_of_who_asks_alone(signed_in):
    gateway, _, _ = signed_in
    async with connected(gateway) as client:
        await client.begin({"authorization": "Bearer nonsense"})
        answer, _ = await client.ask(WHO)
        assert answer["payload"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_cookie_counts_for_our_own_page_alone(signed_in):
    gateway, _, cookie = signed_in
    cookies = {"cookie": f"{COOKIE}={cookie}"}
    for said in ({"sec-fetch-site": "same-origin"}, {"origin": f"http://{gateway.host}"}):
        async with connected(gateway, additional_headers={**cookies, **said}) as client:
            await client.begin()
            assert await viewer(client) == {"email": "ann@example.org"}
    async with connected(gateway, additional_headers=cookies) as client:
        await client.begin()
        assert await viewer(client) is None


async def test_favourites_are_marked_in_the_stream_and_each_operation_looks_anew(signed_in, kit):
    gateway, token, _ = signed_in

    async def marks(client):
        said = await client.ask(kit.SEARCH)
        (added,) = [each for each in said[:-1] if each["payload"]["data"]["eventSearch"]["__typename"] == "EventsAdded"]
        return {
            each["event"]["id"]: each["event"]["viewerHasFavourited"]
            for each in added["payload"]["data"]["eventSearch"]["placements"]
        }

    async with connected(gateway) as client:
        await client.begin({"Authorization": f"Bearer {token}"})
        before = await marks(client)
        assert set(before.values()) == {False}
        await client.ask(KEEP, id=next(iter(before)))
        assert list((await marks(client)).values()) == [True, False]


async def test_a_stop_lets_a_search_end_and_then_says_goodbye(stage, kit):
    shelf = kit.Shelf("shelf", [1])
    shelf.door.clear()
    gateway = await stage(shelf)
    async with connected(gateway) as idle, connected(gateway) as busy:
        await idle.begin()
        await busy.begin()
        await busy.subscribe("1", kit.SEARCH)
        await busy.hear()
        stopping = asyncio.create_task(gateway.stop())
        assert (await idle.closed())[0] == 1001
        await busy.subscribe("2", VERSION)
        refused = await busy.hear()
        assert (refused["id"], refused["type"]) == ("2", "error")
        assert refused["payload"][0]["extensions"]["code"] == "UNAVAILABLE"
        shelf.door.set()
        while (said := await busy.hear())["type"] == "next":
            last = said
        assert last["payload"]["data"]["eventSearch"]["__typename"] == "SearchCompleted"
        assert said == {"id": "1", "type": "complete"}
        assert (await busy.closed())[0] == 1001
        await stopping


async def test_what_does_not_end_in_time_is_completed_before_the_goodbye(stage, kit):
    shelf = kit.Shelf("shelf", [1])
    shelf.door.clear()
    gateway = await stage(shelf)
    async with connected(gateway) as client:
        await client.begin()
        await client.subscribe("1", kit.SEARCH)
        await client.hear()
        ending = asyncio.create_task(gateway.streams.end(0.01))
        assert await client.hear() == {"id": "1", "type": "complete"}
        assert (await client.closed())[0] == 1001
        await ending
