"""What a hostile plugin does, what the gateway says of it, and which test of the contract would have told its author.

The plugins are real distributions, found by their entry points. Whatever one does, the gateway stays up, and the
honest provider's events are answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import os
import re
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from gateway.alarm import Alarm
from gateway.guard import Guard, Patience
from gateway.keys import Keys
from providers import Configuration, Http, Redactor, SettingError, build, discover
from server.app import create_app, make_gateway
from server.logs import RedactingFormatter

KEY = "sEcr3t-k3y-of-a-plugin"
PLUGINS = Path(__file__).with_name("plugins.py")
ROOT = Path(__file__).parents[2]

EVERY_TEST = "test_there_is_something_to_test_with"
"""Not the only one that fails: where no search works, none of the contract's does."""


@dataclass(frozen=True, kw_only=True)
class Hostility:
    """A plugin, and what is said of it.

    warning: the code and text of the search's warning; None where the search is whole. health: the provider's message.
    status: its health. caught_by: the contract's test that fails; None where the plugin cannot even be made.
    """

    warning: tuple[str, str] | None
    health: str
    status: str = "UNAVAILABLE"
    caught_by: str | None = EVERY_TEST


def broken(what: str, **more) -> Hostility:
    text = rf"broke inside its adapter \({what}\)"
    return Hostility(warning=("PROVIDER_FAILED", text), health=text, **more)


def failed(text: str, **more) -> Hostility:
    return Hostility(warning=("PROVIDER_FAILED", text), health=text, **more)


def late(**more) -> Hostility:
    return Hostility(warning=("PROVIDER_TIMED_OUT", "did not answer within"), **more)


def quarantined(text: str) -> Hostility:
    return Hostility(warning=("PROVIDER_MISCONFIGURED", text), health=text, status="MISCONFIGURED", caught_by=None)


TABLE = {
    "RaisesAtImport": quarantined(r"cannot be imported \(RuntimeError: no luck at import\)"),
    "ExitsAtImport": quarantined(r"cannot be imported \(SystemExit: 3\)"),
    "RaisesInInit": quarantined(r"cannot be configured \(RuntimeError: no luck with \*\*\*\)"),
    "ExitsInInit": quarantined(r"cannot be configured \(SystemExit: 3\)"),
    "Blocks": Hostility(
        warning=None,
        health=r"kept everybody waiting for 0\.\d s \(it blocks the event loop\), 1 of 3 times",
        status="DEGRADED",
        caught_by="test_a_search_gives_the_event_loop_back",
    ),
    "BlocksForEver": failed("was broken off, because it blocks the event loop", caught_by=None),
    "NeverReturns": late(health="did not answer in time"),
    "GoesOnWhenCancelled": late(
        health="went on after it was cancelled, 1 of 3 times", caught_by="test_a_cancelled_search_ends_at_once"
    ),
    "NaiveTimes": broken("ValueError"),
    "SmugglesNaiveTimes": failed(
        "returned what the kit does not allow .* has no offset", caught_by="test_times_are_in_their_zone"
    ),
    "GivesRecords": failed(
        "returned what the kit does not allow .* missing required field",
        caught_by="test_everything_found_is_a_listing",
    ),
    "GivesOddParts": failed("returned what the kit does not allow", caught_by="test_texts_are_plain"),
    "GivesNoPage": failed("returned list instead of a Page"),
    "GivesAMillion": failed(
        "returned 1,000,000 things at once; `limit` says how many are of use",
        caught_by="test_a_page_is_of_a_size_that_can_be_handled",
    ),
    "GivesOthersIds": Hostility(
        warning=None,
        health="^None$",
        status="HEALTHY",
        caught_by="test_lookup_gives_the_listings_of_its_ids",
    ),
    "StandsStill": failed("made no progress", caught_by="test_the_frontier_moves_beyond_the_seek"),
    "GoesBackwards": failed("made no progress", caught_by="test_the_frontier_moves_beyond_the_seek"),
    "LeaksInErrors": failed(r"did not like the key \*\*\*", caught_by="test_no_secret_shows"),
    "LeaksInListings": failed("put a secret of its settings into a listing", caught_by="test_no_secret_shows"),
    "LeaksInTheLog": Hostility(warning=None, health="^None$", status="HEALTHY", caught_by="test_no_secret_shows"),
    "RaisesSystemExit": broken("SystemExit"),
    "RaisesKeyboardInterrupt": broken("KeyboardInterrupt"),
    "RaisesGeneratorExit": broken("GeneratorExit"),
    "RaisesCancelled": broken("CancelledError"),
    "CancelsItself": failed("cancelled itself"),
    "RaisesSomethingElse": broken("SomethingElse"),
    "ExitsWhenClosed": Hostility(warning=None, health="^None$", status="HEALTHY", caught_by=None),
}
CAUGHT = [name for name, hostility in TABLE.items() if hostility.caught_by]
AT_IMPORT = {"RaisesAtImport": "raise RuntimeError('no luck at import')", "ExitsAtImport": "raise SystemExit(3)"}

SEARCH = """query Search($deadline: Int!) {
  events(first: 100, deadlineMs: $deadline) {
    nodes { sources { provider { slug } } }
    isPartial
    providerReports { provider { slug } status }
    warnings { code message provider { slug } } }
  providers { slug health { status message } } }"""


class Installed:
    """Distributions in a folder on the path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copyfile(PLUGINS, folder / "hostile_plugins.py")
        for name, line in AT_IMPORT.items():
            (folder / f"{name.lower()}.py").write_text(line)

    def add(self, distribution: str, entry: str) -> None:
        """One with this entry in the group."""
        info = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[event_gateway.providers]\n{entry}\n")

    def add_hostile(self, name: str) -> None:
        """The plugin of that name."""
        module = name.lower() if name in AT_IMPORT else "hostile_plugins"
        self.add("hostile-plugin", f"hostile = {module}:{name}")


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The honest one is there."""
    monkeypatch.syspath_prepend(tmp_path)
    made = Installed(tmp_path)
    made.add("honest-plugin", "honest = hostile_plugins:Honest")
    yield made
    for name in ("hostile_plugins", *map(str.lower, AT_IMPORT)):
        sys.modules.pop(name, None)


class World:
    """A gateway over what is installed."""

    def __init__(self, database, guard: Guard) -> None:
        hostile = {"token": KEY, "timeout_seconds": 2.0}
        tables = {"hostile": hostile, "honest": {"enabled": True}}
        self.redactor = Redactor()
        kinds = discover()
        self.now = sys.modules["hostile_plugins"].NOW
        registry = build(kinds, Configuration(providers=tables), redactor=self.redactor, clock=lambda: self.now)
        keys = Keys([b"a key for these tests"])
        self.engine = make_gateway(registry, keys, database, lambda: self.now, guard=guard)

    async def ask(self, query: str = SEARCH, *, deadline: int = 20_000, **variables):
        transport = httpx.ASGITransport(create_app(self.engine, lambda: self.now))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            body = {"query": query, "variables": {"deadline": deadline, **variables}}
            response = await client.post("/graphql", json=body, timeout=60)
        assert response.status_code == 200
        assert KEY not in response.text
        answer = response.json()
        assert "errors" not in answer
        return answer["data"]


# Seconds. Far from what an honest plugin takes, except where the hostile one is to be caught at it.
PATIENCE = Patience(call=60, grace=0.05, step=30)
STEPS = {"Blocks": 0.6, "BlocksForEver": 1.5}


@pytest.fixture
def open_world(installed, no_database):
    """Opens the gateway over one hostile plugin, and closes it in time."""

    @contextlib.asynccontextmanager
    async def open_world(name: str, *, call: float = PATIENCE.call):
        installed.add_hostile(name)
        alarm = Alarm(2.0 if name == "BlocksForEver" else 60.0)
        alarm.set()
        guard = Guard(alarm, replace(PATIENCE, call=call, step=STEPS.get(name, PATIENCE.step)))
        world = World(no_database, guard)
        try:
            yield world
        finally:
            async with asyncio.timeout(30):
                await world.engine.aclose()
            alarm.unset()

    return open_world


def slugs_of(data) -> list[str]:
    return [node["sources"][0]["provider"]["slug"] for node in data["events"]["nodes"]]


def health_of(data, slug: str = "hostile"):
    return next(each["health"] for each in data["providers"] if each["slug"] == slug)


# What hangs is given a deadline that it misses for sure, and the honest one, which has nothing to wait for, does not.
HANGING = {"NeverReturns", "GoesOnWhenCancelled"}


@pytest.mark.parametrize("name", TABLE)
async def test_the_honest_provider_is_answered_and_the_hostile_one_is_told_of(open_world, name):
    hostility, deadline = TABLE[name], 3_000 if name in HANGING else 20_000
    async with open_world(name) as world:
        data = await world.ask(deadline=deadline)
        assert slugs_of(data).count("honest") == 30
        assert data["events"]["isPartial"] == (hostility.warning is not None)
        told = [each for each in data["events"]["warnings"] if each["provider"]["slug"] == "hostile"]
        assert data["events"]["warnings"] == told
        if hostility.warning is not None:
            code, text = hostility.warning
            (warning,) = told
            assert warning["code"] == code
            assert re.search(text, warning["message"])
        # It is up, and answers the next one as well.
        assert slugs_of(await world.ask(deadline=deadline)).count("honest") == 30


@pytest.mark.parametrize("name", TABLE)
async def test_its_health_says_what_is_wrong_with_it(open_world, name):
    hostility = TABLE[name]
    async with open_world(name, call=0.3 if name in HANGING else PATIENCE.call) as world:
        await world.ask()
        health = health_of(await world.ask("{ providers { slug health { status message } } }"))
        assert re.search(hostility.health, str(health["message"]))
        assert health["status"] == hostility.status


TIGHT = {
    "Blocks": {"longest_step": 0.5},
    "NeverReturns": {"longest_call": 0.05},
    "GoesOnWhenCancelled": {"longest_call": 0.05},
}


@pytest.mark.parametrize("name", CAUGHT)
async def test_the_contract_would_have_told_its_author(installed, broken_by, name):
    installed.add_hostile(name)
    (kind,) = [kind for kind in discover() if kind.package == "hostile-plugin 1.0"]
    now = sys.modules["hostile_plugins"].NOW

    def make():
        upstream = httpx.MockTransport(lambda _: httpx.Response(200, json=[]))
        http = Http("https://hostile.example", transport=upstream)
        return kind.provider_class(settings={"token": KEY}, http=http, clock=lambda: now)

    caught_by = TABLE[name].caught_by
    assert await broken_by(kind.provider_class, make, only={caught_by}, **TIGHT.get(name, {})) == {caught_by}


async def test_two_plugins_of_one_slug_stop_the_start_with_both_their_names(installed):
    installed.add("first-plugin", "hostile = hostile_plugins:Hostile")
    installed.add("second-plugin", "another = hostile_plugins:Blocks")
    with pytest.raises(SettingError, match=r"two providers are called 'hostile'") as caught:
        build(discover(), Configuration())
    assert {"first-plugin 1.0", "second-plugin 1.0"} <= set(re.findall(r"[a-z]+-plugin 1\.0", str(caught.value)))


async def test_a_plugin_cannot_take_the_slug_of_a_built_in_one(installed):
    (installed.folder / "pirate.py").write_text(
        "from dataclasses import replace\nfrom hostile_plugins import Hostile\n"
        "class Pirate(Hostile):\n    info = replace(Hostile.info, slug='ticketmaster')\n"
    )
    installed.add("pirate-plugin", "pirate = pirate:Pirate")
    with pytest.raises(SettingError, match=r"'ticketmaster'.* (event-gateway|pirate-plugin) .*; uninstall either"):
        build(discover(), Configuration())


async def test_another_ones_ids_are_not_given_out(open_world):
    search = "{ events(first: 100) { nodes { id sources { sourceId provider { slug } } } } }"
    node = "query Node($id: ID!) { node(id: $id) { id ... on Event { sources { sourceId provider { slug } } } } }"
    async with open_world("GivesOthersIds") as world:
        nodes = (await world.ask(search))["events"]["nodes"]
        e7 = {each["sources"][0]["provider"]["slug"]: each for each in nodes if each["sources"][0]["sourceId"] == "e7"}
        assert e7.keys() == {"honest", "hostile"}
        for wanted in e7.values():
            assert (await world.ask(node, id=wanted["id"]))["node"] == wanted


async def test_one_that_blocks_three_times_is_left_alone_until_its_time_is_over(open_world, caplog):
    async with open_world("Blocks") as world:
        for _ in range(3):
            assert slugs_of(await world.ask()).count("honest") == 30
        assert "provider hostile kept everybody waiting for 0." in caplog.text
        data = await world.ask()
        (warning,) = data["events"]["warnings"]
        assert re.search(r"is not asked until 09:15:00 UTC, since it kept everybody waiting", warning["message"])
        assert health_of(data)["status"] == "UNAVAILABLE"
        assert "is not asked until 09:15:00 UTC" in health_of(data)["message"]
        assert "provider hostile is not asked until 09:15:00 UTC: mend or uninstall it" in caplog.text
        world.now = world.now.replace(minute=16)
        assert "hostile" in slugs_of(await world.ask())


async def test_one_that_cannot_be_stopped_three_times_is_left_alone(open_world):
    async with open_world("GoesOnWhenCancelled", call=0.05) as world:
        for _ in range(3):
            await world.ask()
        data = await world.ask()
        assert "since it went on after it was cancelled" in data["events"]["warnings"][0]["message"]


async def test_what_a_plugin_logs_is_redacted(open_world):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    async with open_world("LeaksInTheLog") as world:
        handler.setFormatter(RedactingFormatter(world.redactor))
        logging.getLogger().addHandler(handler)
        await world.ask()
        logging.getLogger().removeHandler(handler)
    assert "asks with ***" in stream.getvalue()
    assert KEY not in stream.getvalue()


async def test_a_broken_plugin_is_told_of_once_however_often_it_is_asked(open_world, caplog):
    async with open_world("RaisesSystemExit") as world:
        for _ in range(5):
            await world.ask()
    assert caplog.text.count("provider hostile does not answer: it broke inside its adapter (SystemExit)") == 1
    assert caplog.text.count("Traceback") == 1
    assert "sys.exit(3)" in caplog.text


SERVE = "import sys; from server.cli import main; sys.exit(main(['serve', '--port=0']))"


async def test_a_real_server_breaks_off_a_plugin_that_never_lets_go(installed, tmp_path):
    installed.add_hostile("BlocksForEver")
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{installed.folder}{os.pathsep}{ROOT}",
        "GATEWAY_DATA_DIR": str(tmp_path / "data"),
        "HOSTILE_TOKEN": KEY,
        "HONEST_ENABLED": "true",
    }
    process = subprocess.Popen(  # noqa: S603, ASYNC220 - our own interpreter
        [sys.executable, "-c", SERVE], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    timer = threading.Timer(120, process.kill)
    timer.start()
    try:
        address = next(line.split()[-1] for line in process.stdout if "http://" in line)
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            body = {"query": SEARCH, "variables": {"deadline": 2_500}}
            data = (await client.post("/graphql", json=body)).json()["data"]
        process.terminate()
        _, errors = await asyncio.to_thread(process.communicate)
    finally:
        timer.cancel()
        process.kill()
    reports = {each["provider"]["slug"]: each["status"] for each in data["events"]["providerReports"]}
    assert reports == {"honest": "OK", "hostile": "FAILED"}
    assert "was broken off, because it blocks the event loop" in data["events"]["warnings"][0]["message"]
    assert "time.sleep(3_600)" in errors
    assert process.returncode == 0
