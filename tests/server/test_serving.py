"""A real process, as an operator has it."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import time
from pathlib import Path

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from websockets.asyncio.client import connect

from providers.testing import FakeUpstream

KEY = "k3y-that-nobody-may-see"


async def address_of(process) -> str:
    found = re.search(r"http://\S+", await process.says("Event gateway is at"))
    assert found is not None
    return found[0]


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_says_where_it_is_answers_and_stops_when_told(number: signal.Signals, run) -> None:
    process = await run("serve", "--port", "0")
    address = await address_of(process)
    await process.says(f"GraphiQL: {address}/graphql")
    await process.says("Providers: sample")
    async with httpx.AsyncClient(base_url=address) as client:
        response = await client.post("/graphql", json={"query": "{ events(first: 2) { nodes { id } } }"})
        assert len(response.json()["data"]["events"]["nodes"]) == 2
        assert "server" not in response.headers
        assert (await client.get("/readyz")).status_code == 200
        too_much = await client.post(
            "/graphql", content=b" " * 10_000_000, headers={"content-type": "application/json"}
        )
        assert too_much.status_code == 413
    before = time.monotonic()
    process.signal(number)
    status, _, err = await process.ends()
    assert status == 0
    assert time.monotonic() - before < 5
    assert [word for word in ("Traceback", "WARNING", "Warning", "ERROR") if word in err] == []


async def test_a_request_in_flight_is_finished_before_it_stops(run) -> None:
    process = await run("serve", "--port", "0")
    host, port = (await address_of(process)).removeprefix("http://").split(":")
    body = b'{"query": "{ server { version } }"}'
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body[:10])
    await writer.drain()
    await asyncio.sleep(0.3)
    process.signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    writer.write(body[10:])
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"version"' in answer
    status, _, err = await process.ends()
    assert (status, "Traceback" in err) == (0, False)


FOLLOW = "subscription { eventSearch(deadlineMs: 30000) { __typename } }"


async def test_streams_are_told_that_it_stops_and_not_cut_off(run, tmp_path: Path) -> None:
    with socket.socket() as feed:  # one that never answers
        feed.bind(("127.0.0.1", 0))
        feed.listen()
        await follow_until_it_stops(run, tmp_path, feed.getsockname()[1])


async def follow_until_it_stops(run, tmp_path: Path, port: int) -> None:
    config = tmp_path / "gateway.toml"
    config.write_text(
        f'[feeds.slow]\nkind = "icalendar"\nurl = "http://127.0.0.1:{port}/"\nallow_private = true\ntimeout_seconds = 60\n'
    )
    process = await run("serve", "--port", "0", GATEWAY_CONFIG=str(config))
    address = await address_of(process)
    headers = {"accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(base_url=address, trust_env=False, timeout=20) as client,
        connect(
            f"{address.replace('http', 'ws')}/graphql", subprotocols=["graphql-transport-ws"], proxy=None
        ) as listener,
        client.stream("POST", "/graphql", json={"query": FOLLOW}, headers=headers) as stream,
    ):
        lines = stream.aiter_lines()
        await anext(lines)
        await listener.send('{"type": "connection_init"}')
        await listener.recv()
        await listener.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": FOLLOW}}))
        await listener.recv()
        process.signal(signal.SIGTERM)
        assert [line async for line in lines][-3:] == ["event: complete", "data:", ""]
        assert json.loads(await listener.recv()) == {"id": "1", "type": "complete"}
        await listener.wait_closed()
        assert listener.close_code == 1001
    status, _, err = await process.ends()
    assert (status, [word for word in ("Traceback", "ERROR") if word in err]) == (0, [])


async def test_a_port_in_use_is_said_and_is_a_failure(run) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        process = await run("serve", "--port", str(listener.getsockname()[1]))
        status, out, err = await process.ends()
    assert status not in {0, 2}
    assert "address already in use" in err
    assert "Traceback" not in err
    assert "Event gateway is at" not in out


async def test_a_key_never_shows_even_when_its_provider_is_down(run, closed_port: int) -> None:
    process = await run(
        "serve",
        "--port=0",
        TICKETMASTER_API_KEY=KEY,
        TICKETMASTER_BASE_URL=f"http://127.0.0.1:{closed_port}/{KEY}/",
    )
    address = await address_of(process)
    query = (
        "{ events { isPartial warnings { code message } providerReports { status } } providers { health { message } } }"
    )
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        response = await client.post("/graphql", json={"query": query})
    events = response.json()["data"]["events"]
    assert events["isPartial"] is True
    assert events["warnings"]
    process.signal(signal.SIGTERM)
    status, out, err = await process.ends()
    assert (status, KEY in out + err + response.text) == (0, False)


async def test_a_closed_pipe_is_no_failure(run) -> None:
    process = await run("schema", "print")
    process._process._transport.get_pipe_transport(1).close()
    status, _, err = await process.ends()
    assert (status, err) == (0, "")


SIGN_UP = (
    'mutation { registerUser(input: { email: "ann@example.org", password: "correct horse" }) '
    "{ viewer { email } userErrors { code retryable } } }"
)


def spoil(folder: Path) -> None:
    folder.mkdir()
    (folder / "event-gateway.sqlite3").write_text("not a database at all", encoding="utf-8")


@pytest.mark.parametrize("database", ["away", "broken"])
async def test_without_its_database_it_starts_and_searches(database: str, run, environment, closed_port: int) -> None:
    if database == "broken":
        spoil(Path(environment["GATEWAY_DATA_DIR"]))
    settings = {"DATABASE_URL": f"postgresql://ann:s3cret@127.0.0.1:{closed_port}/x"} if database == "away" else {}
    process = await run("serve", "--port=0", **settings)
    async with httpx.AsyncClient(base_url=await address_of(process), timeout=20) as client:
        assert (await client.get("/readyz")).status_code == 200
        search = await client.post("/graphql", json={"query": "{ events(first: 2) { nodes { id } isPartial } }"})
        assert len(search.json()["data"]["events"]["nodes"]) == 2
        [error] = (await client.post("/graphql", json={"query": SIGN_UP})).json()["data"]["registerUser"]["userErrors"]
        assert error == {"code": "UNAVAILABLE", "retryable": True}
    process.signal(signal.SIGTERM)
    status, _, err = await process.ends()
    assert (status, "Traceback" in err, "s3cret" in err) == (0, False, False)
    assert "database" in err


async def test_accounts_are_kept_from_one_start_to_the_next(run) -> None:
    for expected in ([], ["EMAIL_TAKEN"]):
        process = await run("serve", "--port=0")
        async with httpx.AsyncClient(base_url=await address_of(process), timeout=20) as client:
            payload = (await client.post("/graphql", json={"query": SIGN_UP})).json()["data"]["registerUser"]
        assert [error["code"] for error in payload["userErrors"]] == expected
        process.signal(signal.SIGTERM)
        assert (await process.ends())[0] == 0


class Issuer(FakeUpstream):
    """An identity provider with one key."""

    def __init__(self) -> None:
        super().__init__()
        self.key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)

    def routes(self) -> list[Route]:
        return [Route("/.well-known/openid-configuration", self._about), Route("/keys", self._keys)]

    async def _about(self, _request: Request) -> Response:
        return self.answer({"issuer": self.url, "jwks_uri": f"{self.url}/keys"})

    async def _keys(self, _request: Request) -> Response:
        key = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return self.answer({"keys": [{**key, "kid": "one", "use": "sig"}]})


async def test_a_token_of_the_identity_provider_that_is_set_signs_in(run) -> None:
    with Issuer() as issuer:
        process = await run("serve", "--port=0", GATEWAY_OIDC_ISSUER=issuer.url, GATEWAY_OIDC_AUDIENCE="events")
        claims = {"iss": issuer.url, "aud": "events", "sub": "7", "exp": int(time.time()) + 600}
        claims |= {"email": "ann@example.org", "email_verified": True}
        token = jwt.encode(claims, issuer.key, algorithm="RS256", headers={"kid": "one"})
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=await address_of(process), timeout=20, headers=headers) as client:
            response = await client.post("/graphql", json={"query": "{ viewer { email } }"})
        assert response.json() == {"data": {"viewer": {"email": "ann@example.org"}}}
        process.signal(signal.SIGTERM)
        assert (await process.ends())[0] == 0


ABOUT = "{ server { registrationOpen } events(first: 1) { nodes { icalendarUrl } } }"


@pytest.mark.parametrize(
    ("settings", "begins"),
    [
        ({}, "https://gateway.example/events/"),
        ({"GATEWAY_TRUSTED_PROXIES": "192.0.2.1"}, "http://gateway.example/events/"),
        ({"GATEWAY_PUBLIC_URL": "https://events.example.org/api"}, "https://events.example.org/api/events/"),
    ],
    ids=["a proxy on this machine", "a proxy elsewhere", "a public address"],
)
async def test_what_accounts_are_told_from_outside_reaches_them(settings: dict[str, str], begins: str, run) -> None:
    """A proxy's word on who asks, and how, is taken only where it is trusted; and doors may be closed."""
    process = await run("serve", "--port=0", GATEWAY_REGISTRATION="closed", **settings)
    headers = {"host": "gateway.example", "x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.7"}
    async with httpx.AsyncClient(base_url=await address_of(process), timeout=20, headers=headers) as client:
        data = (await client.post("/graphql", json={"query": ABOUT})).json()["data"]
        [error] = (await client.post("/graphql", json={"query": SIGN_UP})).json()["data"]["registerUser"]["userErrors"]
    assert data["server"] == {"registrationOpen": False}
    assert data["events"]["nodes"][0]["icalendarUrl"].startswith(begins)
    assert error["code"] == "REGISTRATION_CLOSED"
    process.signal(signal.SIGTERM)
    assert (await process.ends())[0] == 0
