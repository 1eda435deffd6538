"""What the gateway's monitoring is tried with: its own files, and real Prometheus tools from the operating system."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

ROOT = Path(__file__).parents[3]
COMPONENT = ROOT / "manifests" / "components" / "monitoring"
SECONDS = 60


@pytest.fixture(scope="session")
def plain_rules() -> str:
    """The rules as a Prometheus without the operator reads them, made the documented way."""
    command = ["sed", "-nf", ROOT / "scripts" / "plain_rules.sed", COMPONENT / "prometheusrule.yaml"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


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
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
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
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options) as process:
        try:
            _until_answered(ready, process)
            yield
        finally:
            process.terminate()
            process.communicate(timeout=SECONDS)


def _until_answered(address: str, process: subprocess.Popen[str]) -> None:
    for _ in range(SECONDS * 5):
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(address).status_code == httpx.codes.OK:
                return
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.2)
    pytest.fail(f"{address} does not answer")


@pytest.fixture(scope="session")
def started() -> Callable[..., contextlib.AbstractContextManager[None]]:
    """Runs a server for the length of a block, from when the address `ready` answers."""
    return _started
