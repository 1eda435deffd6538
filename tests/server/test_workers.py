"""Several real processes behind one address: they add up, one that dies is replaced, and nothing in flight is lost."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families as parse
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from providers.testing import FakeUpstream

SECONDS = 30
ASKED = {"query": "query Tonight { events(first: 1, deadlineMs: 30000) { isPartial } }"}
SIGN_UP = (
    'mutation SignUp($email: String!) { registerUser(input: { email: $email, password: "correct horse" }) '
    "{ tokens { accessToken } userErrors { code } } }"
)


class Served:
    """A gateway that runs in a process, or in several."""

    def __init__(self, process, address: str, metrics: str) -> None:
        self.process = process
        self.address = address
        self.metrics = metrics
        self.err = ""

    async def figures(self) -> dict[str, float]:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            text = (await client.get(self.metrics)).text
        return {
            sample.name + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
            for family in parse(text)
            for sample in family.samples
        }

    async def figure(self, name: str, value: float) -> None:
        """Wait until the figure is that."""
        async with asyncio.timeout(SECONDS):
            while (await self.figures()).get(name) != value:  # noqa: ASYNC110 - another process tells nobody
                await asyncio.sleep(0.02)

    async def ask(self, count: int) -> list[int]:
        """Ask so many times, each over a connection of its own, all at once; the status of each answer."""

        async def one() -> int:
            async with httpx.AsyncClient(timeout=SECONDS) as client:
                return (await client.post(f"{self.address}/graphql", json=ASKED)).status_code

        return await asyncio.gather(*(one() for _ in range(count)))

    async def logs(self, pattern: str) -> str:
        """Wait for a line in the log."""
        async with asyncio.timeout(SECONDS):
            while not (found := re.search(pattern, self.err)):
                line = (await self.process._process.stderr.readline()).decode()
                assert line, self.err
                self.err += line
        return found[1]

    async def pid(self, name: str) -> int:
        return int(await self.logs(rf"{name} is process (\d+)"))

    async def ends(self) -> int:
        status, _, err = await self.process.ends()
        self.err += err
        return status


@pytest.fixture
def serve(run):
    async def serve(*arguments: str, **settings: str) -> Served:
        process = await run("serve", "--port=0", *arguments, METRICS_PORT="0", **settings)
        address = (await process.says("Event gateway is at")).split()[-1]
        return Served(process, address, (await process.says("Metrics:")).split()[-1])

    return serve


@contextmanager
def stopped(pid: int):
    """It does nothing in the meantime, so that another has to."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


class Slow(FakeUpstream):
    """Answers when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def stop(self) -> None:
        self.go.set()
        super().stop()

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/{path:path}", self._wait)]

    async def _wait(self, _request: Request) -> Response:
        while not self.go.is_set():  # noqa: ASYNC110 - set by another thread
            await asyncio.sleep(0.01)
        return JSONResponse({})


def slow_provider(upstream: Slow) -> dict[str, str]:
    return {
        "TICKETMASTER_API_KEY": "made-up-key",
        "TICKETMASTER_BASE_URL": upstream.url,
        "TICKETMASTER_TIMEOUT_SECONDS": "25",
    }


async def test_one_process_serves_its_metrics_at_a_port_of_their_own(serve) -> None:
    gateway = await serve()
    assert set(await gateway.ask(3)) == {200}
    figures = await gateway.figures()
    assert figures["gateway_graphql_requests_total operation=Tonight outcome=ok type=query"] == 3
    assert figures["gateway_ready"] == 1
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{gateway.address}/metrics")).status_code == 404
        assert (await client.get(gateway.metrics.removesuffix("metrics"))).status_code == 404
    gateway.process.signal(signal.SIGTERM)
    assert await gateway.ends() == 0
    assert "Traceback" not in gateway.err


async def test_what_two_workers_did_adds_up(serve) -> None:
    gateway = await serve("--workers=2")
    one, other = await gateway.pid("worker 1"), await gateway.pid("worker 2")
    for idle, count in ((one, 7), (other, 5)):
        with stopped(idle):
            assert set(await gateway.ask(count)) == {200}
    assert set(await gateway.ask(20)) == {200}
    figures = await gateway.figures()
    assert figures["gateway_graphql_requests_total operation=Tonight outcome=ok type=query"] == 32
    assert figures["gateway_graphql_request_duration_seconds_count type=query"] == 32
    assert figures["gateway_http_requests_total method=POST route=/graphql status=2xx"] == 32
    # Each has a cache of its own, so each asked the provider once.
    assert figures["gateway_provider_calls_total outcome=ok provider=sample"] == 2
    assert figures["gateway_graphql_requests_in_flight"] == 0
    assert figures["gateway_provider_enabled provider=sample"] == 1
    await gateway.figure("gateway_database_connections_limit", 20)
    gateway.process.signal(signal.SIGINT)
    assert await gateway.ends() == 0


async def test_a_worker_that_is_killed_is_replaced_and_what_it_counted_stays(serve) -> None:
    with Slow() as upstream:
        gateway = await serve("--workers=2", **slow_provider(upstream))
        victim, other = await gateway.pid("worker 1"), await gateway.pid("worker 2")
        upstream.go.set()
        with stopped(other):
            assert set(await gateway.ask(4)) == {200}
        upstream.go.clear()
        # Something else than before, which is in the cache.
        body = {"query": ASKED["query"].replace("first: 1", 'first: 1, filter: { keyword: "x" }')}
        with stopped(other):
            async with httpx.AsyncClient(timeout=SECONDS) as client:
                lost = asyncio.create_task(client.post(f"{gateway.address}/graphql", json=body))
                await gateway.figure("gateway_graphql_requests_in_flight", 1)
                os.kill(victim, signal.SIGKILL)
                with pytest.raises(httpx.HTTPError):
                    await lost
        await gateway.logs(r"(worker 1 \(process \d+\) was killed by SIGKILL)")
        await gateway.figure("gateway_graphql_requests_in_flight", 0)
        upstream.go.set()
        heir = int(await gateway.logs(r"SIGKILL[\s\S]*worker 1 is process (\d+)"))
        assert heir not in {victim, other}
        with stopped(other):
            assert set(await gateway.ask(3)) == {200}
        figures = await gateway.figures()
        total = sum(value for name, value in figures.items() if name.startswith("gateway_graphql_requests_total"))
        assert total == 7
        assert figures["gateway_ready"] == 1
        gateway.process.signal(signal.SIGTERM)
        assert await gateway.ends() == 0


async def test_sigterm_under_load_loses_nothing(serve) -> None:
    with Slow() as upstream:
        gateway = await serve("--workers=2", **slow_provider(upstream))
        answers = asyncio.create_task(gateway.ask(40))
        await gateway.figure("gateway_graphql_requests_in_flight", 40)
        gateway.process.signal(signal.SIGTERM)
        await refused(gateway.address)
        assert (await gateway.figures())["gateway_graphql_requests_in_flight"] == 40
        upstream.go.set()
        assert await answers == [200] * 40
        assert await gateway.ends() == 0
    assert [word for word in ("Traceback", "ERROR") if word in gateway.err] == []


async def refused(address: str) -> None:
    """Wait until nobody takes connections there any more."""
    host, port = address.removeprefix("http://").split(":")
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection(host, int(port))
            except ConnectionRefusedError:
                return
            writer.close()
            await asyncio.sleep(0.02)


async def test_nothing_is_left_of_it(serve, tmp_path: Path) -> None:
    gateway = await serve("--workers=2", TMPDIR=str(tmp_path))
    pids = [await gateway.pid(name) for name in ("worker 1", "worker 2", "metrics")]
    [folder] = folders(tmp_path)
    assert folder.stat().st_mode & 0o077 == 0
    gateway.process.signal(signal.SIGTERM)
    assert await gateway.ends() == 0
    assert folders(tmp_path) == []
    assert [pid for pid in pids if lives(pid)] == []


def folders(path: Path) -> list[Path]:
    return list(path.glob("event-gateway-metrics-*"))


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_workers_end_with_a_parent_that_is_killed(serve) -> None:
    gateway = await serve("--workers=2")
    pids = [await gateway.pid(name) for name in ("worker 1", "worker 2", "metrics")]
    gateway.process.signal(signal.SIGKILL)
    # They hold its standard output and error, which end with the last of them.
    assert await gateway.ends() == -signal.SIGKILL
    assert len(pids) == 3
    await refused(gateway.address)


async def test_two_workers_share_the_embedded_database(serve) -> None:
    gateway = await serve("--workers=2")
    one, other = await gateway.pid("worker 1"), await gateway.pid("worker 2")

    async def sign_up(number: int) -> dict:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            body = {"query": SIGN_UP, "variables": {"email": f"ann{number}@example.org"}}
            response = await client.post(f"{gateway.address}/graphql", json=body)
            return response.json()["data"]["registerUser"]

    signed_up = await asyncio.gather(*(sign_up(number) for number in range(12)))
    assert [each["userErrors"] for each in signed_up] == [[]] * 12
    headers = {"authorization": f"Bearer {signed_up[0]['tokens']['accessToken']}"}
    for idle in (one, other):
        with stopped(idle):
            async with httpx.AsyncClient(timeout=SECONDS, headers=headers) as client:
                response = await client.post(f"{gateway.address}/graphql", json={"query": "{ viewer { email } }"})
        assert response.json() == {"data": {"viewer": {"email": "ann0@example.org"}}}


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("variable", ["METRICS_PORT", "PORT"])
async def test_a_port_in_use_is_said_in_one_line(variable: str, workers: str, run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ports = {"PORT": "0", "METRICS_PORT": "0", variable: str(listener.getsockname()[1])}
        process = await run("serve", GATEWAY_WORKERS=workers, **ports)
        status, out, err = await process.ends()
    assert status not in {0, 2}
    assert "address already in use" in err
    assert "Event gateway is at" not in out
    assert "Traceback" not in err


BLOCKS = """
import sys, time
from datetime import UTC, datetime
from providers import Enrolled, Http, Info, Page, Provider, ProviderOrigin, Registry
from server.serving import serve
from server.settings import read_settings

class Blocks(Provider):
    info = Info(slug="blocks", title="Blocks")
    async def search(self, query, seek, limit):
        time.sleep(3_600)

def registry(settings, redactor):
    provider = Blocks(settings={}, http=Http("http://blocks.invalid"))
    return Registry([Enrolled(info=Blocks.info, origin=ProviderOrigin.PLUGIN, package="x", provider=provider, enabled=True)])

sys.exit(serve(read_settings({"PORT": "0", "METRICS_PORT": "0", "GATEWAY_WORKERS": "2", "GATEWAY_DATA_DIR": sys.argv[1]}), registry_of=registry))
"""


async def test_a_provider_that_blocks_is_broken_off_in_each_worker(tmp_path: Path, start) -> None:
    process = await start(sys.executable, "-c", BLOCKS, str(tmp_path))
    address = (await process.says("Event gateway is at")).split()[-1]
    gateway = Served(process, address, (await process.says("Metrics:")).split()[-1])
    one, other = await gateway.pid("worker 1"), await gateway.pid("worker 2")
    for idle in (one, other):
        with stopped(idle):
            assert await gateway.ask(1) == [200]
    figures = await gateway.figures()
    assert figures["gateway_provider_calls_total outcome=malformed provider=blocks"] == 2
    gateway.process.signal(signal.SIGTERM)
    assert await gateway.ends() == 0


ENDS = """
import logging, sys
from server.workers import Job, Workers
logging.basicConfig()
job = Job(name="worker 1", work=lambda parent: int(sys.argv[1]))
sys.exit(Workers([job], serving=lambda: print("serving"), stopping=lambda: print("stopping")).run())
"""


@pytest.mark.parametrize("status", ["0", "3"])
async def test_what_ends_before_it_serves_ends_it_all(status: str, start) -> None:
    process = await start(sys.executable, "-c", ENDS, status)
    ended, out, err = await process.ends()
    assert (ended, out) == (1, "stopping\n")
    assert f"ended with status {status}" in err
