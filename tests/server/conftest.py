"""The application over the sample data, asked over HTTP without a network; and commands as real processes."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import uvicorn

from gateway.accounts import Database
from gateway.keys import Keys
from providers import (
    Configuration,
    Enrolled,
    Http,
    Info,
    Key,
    Listing,
    ListingQuery,
    Page,
    Provider,
    ProviderOrigin,
    Redactor,
    Registry,
    When,
    build,
    discover,
    page_of,
)
from server.app import create_app, make_gateway, utc_now
from server.draining import Draining
from server.operation import MAX_BODY_BYTES
from server.serving import _Server, leaving
from server.sockets import Patience, Sockets

COMMAND = Path(sys.executable).with_name("event-gateway")
SECONDS = 20


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The sample data, whose listings take a while to make; nothing of it is bound to a test."""
    return build(discover(), Configuration(), redactor=Redactor())


@pytest.fixture
async def client(registry: Registry, no_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    gateway = make_gateway(registry, Keys([b"k" * 32]), no_database)
    transport = httpx.ASGITransport(create_app(gateway))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client
    await gateway.cache.aclose()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What a process needs, without the settings of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH") if name in os.environ}
    return {**kept, "GATEWAY_DATA_DIR": str(tmp_path / "data"), "PYTHONWARNINGS": "error", "PYTHONDEVMODE": ""}


class Process:
    """A command that runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.said = ""

    async def says(self, words: str) -> str:
        """Wait for a line with these words."""
        assert self._process.stdout is not None
        async with asyncio.timeout(SECONDS):
            while line := (await self._process.stdout.readline()).decode():
                self.said += line
                if words in line:
                    return line
        pytest.fail(f"it ended without saying {words!r}: {self.said}")

    async def errs(self, words: str) -> str:
        """Wait for a line of standard error with these words."""
        assert self._process.stderr is not None
        async with asyncio.timeout(SECONDS):
            while line := (await self._process.stderr.readline()).decode():
                if words in line:
                    return line
        pytest.fail(f"it ended without saying {words!r}")

    def signal(self, number: int) -> None:
        """As an operator stops it."""
        self._process.send_signal(number)

    async def ends(self) -> tuple[int, str, str]:
        """Exit status, all of standard output, all of standard error."""
        async with asyncio.timeout(SECONDS):
            out, err = await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode, self.said + out.decode(), err.decode()


@pytest.fixture
async def start(environment: dict[str, str]) -> AsyncIterator[object]:
    """Start this command line with these settings."""
    started = []

    async def start(*command: str | Path, **settings: str) -> Process:
        process = await asyncio.create_subprocess_exec(
            *command,
            env={**environment, **settings},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(process)
        return Process(process)

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@pytest.fixture
def run(start) -> object:
    """Start `event-gateway` with these arguments and settings."""

    async def run(*arguments: str, **settings: str) -> Process:
        return await start(COMMAND, *arguments, **settings)

    return run


@pytest.fixture(scope="session")
def powerless() -> tuple[str, ...]:
    """The beginning of a command that may do no more than one in a container that was given no capabilities."""
    return ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()


class Shelf(Provider):
    """Has one event each so many hours from now, a page at a time, and answers as long as `door` is open."""

    info = Info(slug="shelf", title="Shelf")

    def __init__(self, slug: str, hours: Sequence[float], *, page: int = 100, description: str = "") -> None:
        super().__init__(settings={}, http=Http("https://shelf.example"), clock=utc_now)
        self.info = Info(slug=slug, title=slug.title())
        self.door = asyncio.Event()
        self.door.set()
        self.calls: list[Key | None] = []
        self._page = page
        begun = utc_now()
        self._listings = [
            Listing(
                id=str(number),
                name=f"{slug} {number}",
                start=When.at(begun + timedelta(hours=each)),
                description=description or None,
            )
            for number, each in enumerate(hours)
        ]

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        self.calls.append(seek)
        await self.door.wait()
        return page_of(self._listings, query, seek, min(limit, self._page))


class Stage:
    """A gateway that listens on a free port of loopback, in this process, as `event-gateway serve` has it."""

    def __init__(self, app, listener: socket.socket) -> None:
        self.app = app
        self.streams = app.state.streams
        self.host = f"127.0.0.1:{listener.getsockname()[1]}"
        draining = Draining(app)
        config = uvicorn.Config(draining, log_config=None, server_header=False, ws_max_size=MAX_BODY_BYTES)
        self._server = _Server(config, lambda _port: None, drain=leaving(app, draining))
        self._running = asyncio.create_task(self._server._serve([listener]))

    async def begin(self) -> None:
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """As SIGTERM does."""
        self._server.should_exit = True
        await self._running

    async def listeners(self, count: int) -> None:
        """Wait until so many operations are followed."""
        async with asyncio.timeout(SECONDS):
            while len(self.streams._listeners) != count:  # noqa: ASYNC110 - looked at from outside
                await asyncio.sleep(0.01)


@asynccontextmanager
async def play(database: Database, shelves: Sequence[Provider], patience: Patience | None, buffer: int | None):
    enrolled = [
        Enrolled(info=each.info, origin=ProviderOrigin.BUILT_IN, package="tests", provider=each, enabled=True)
        for each in shelves
    ]
    app = create_app(make_gateway(Registry(enrolled), Keys([b"k" * 32]), database))
    if patience is not None:
        route = next(each for each in app.routes if type(each).__name__ == "WebSocketRoute")
        app.routes[app.routes.index(route)] = type(route)("/graphql", Sockets(app.state.streams, None, patience).serve)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if buffer is not None:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
        stage = Stage(app, listener)
        try:
            await stage.begin()
            yield stage
        finally:
            await stage.stop()


@pytest.fixture
async def stage(no_database: Database) -> AsyncIterator[object]:
    """Opens a gateway over shelves: `await stage(Shelf(...), ...)`."""
    async with AsyncExitStack() as stack:

        async def open_stage(
            *shelves: Provider,
            database: Database = no_database,
            patience: Patience | None = None,
            buffer: int | None = None,
        ) -> Stage:
            return await stack.enter_async_context(play(database, shelves, patience, buffer))

        yield open_stage


SEARCH = """subscription S($first: Int! = 50) { eventSearch(first: $first, deadlineMs: 30000) {
  __typename
  ... on ProviderStarted { provider { slug } }
  ... on EventsAdded { placements { afterId event { id name viewerHasFavourited } } }
  ... on ProviderFinished { report { provider { slug } status } }
  ... on SearchCompleted { hasNextPage endCursor } } }"""


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """What tests of streams share; test modules cannot import each other."""
    return SimpleNamespace(Shelf=Shelf, Patience=Patience, SEARCH=SEARCH, SECONDS=SECONDS)
