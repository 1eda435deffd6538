"""The image, built and run for real: buildah and podman, on a base made of Debian's packages."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

pytestmark = pytest.mark.image

ROOT = Path(__file__).parents[2]
IMAGE, BASE = "localhost/event-gateway:test", "localhost/base:test"
MEGABYTE = 1_000_000
QUERY = {"query": "{ events(first: 5) { nodes { name } } }"}
SECRET = "0123456789abcdef0123456789abcdef"
# As the restricted pod security standard has it, and as manifests/base/deployment.yaml asks.
RESTRICTED = (
    *("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges"),
    *("--memory=256m", "--user=10001:10001"),
)
# Seconds; long enough for a machine that is busy with other things.
PATIENCE = 180


class Podman:
    """Podman on a store of this test's own."""

    def __init__(self, folder: Path) -> None:
        self._environment = {
            **os.environ,
            "CONTAINERS_CONF": str(folder / "containers_conf.toml"),
            "CONTAINERS_STORAGE_CONF": str(folder / "containers_storage_conf.toml"),
        }

    def __call__(self, *arguments: str, check: bool = True) -> str:
        """What a command prints."""
        done = subprocess.run(
            ["podman", *arguments], env=self._environment, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert not check or done.returncode == 0, f"podman {' '.join(arguments)}: {done.stderr}"
        return done.stdout.strip()

    def inspect(self, kind: str, name: str) -> dict:
        """What there is to know of an image or a container."""
        found: dict = json.loads(self(kind, "inspect", name))[0]
        return found


@pytest.fixture(scope="module")
def podman() -> Iterator[Podman]:
    """With the image in its store; a minute or two. Not in pytest's folder: podman's sockets want short paths."""
    folder = Path(tempfile.mkdtemp(prefix="event-gateway-image-"))
    subprocess.run([sys.executable, ROOT / "scripts" / "image_for_real.py", folder], check=True)
    podman = Podman(folder)
    yield podman
    podman("pod", "rm", "--all", "--force", check=False)
    podman("rm", "--all", "--force", "--time=1", check=False)
    subprocess.run(["umount", "--quiet", folder / "graph" / "overlay"], check=False)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def port() -> int:
    return free_port()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        number: int = listener.getsockname()[1]
    return number


def wait_until_ready(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    pytest.fail(f"nobody is ready at port {port}")


def names_of_events(port: int) -> list[str]:
    answer = httpx.post(f"http://127.0.0.1:{port}/graphql", json=QUERY, timeout=PATIENCE).json()
    return [event["name"] for event in answer["data"]["events"]["nodes"]]


def memory(process: int) -> int:
    """Resident at its peak, in megabytes."""
    return int(re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{process}/status").read_text())[1]) // 1000


def test_it_weighs_less_than_250_megabytes_over_its_base(podman, capsys) -> None:
    size, base = (podman.inspect("image", name)["Size"] for name in (IMAGE, BASE))
    with capsys.disabled():
        print(f"\nimage: {size // MEGABYTE} MB, {(size - base) // MEGABYTE} MB over its base")
    assert size - base < 250 * MEGABYTE


def test_it_says_what_it_is_and_whose_it_is(podman) -> None:
    config = podman.inspect("image", IMAGE)["Config"]
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    labels = {key.removeprefix("org.opencontainers.image."): value for key, value in config["Labels"].items()}
    assert labels["title"] == "event-gateway"
    assert labels["source"] == "https://github.com/event-gateway/event-gateway"
    assert labels["licenses"] == "MIT"
    assert labels["version"] == "test"
    assert labels["revision"] == commit.strip()
    assert {"description", "created", "documentation"} <= labels.keys()
    assert config["User"] == "10001:10001"
    assert config["StopSignal"] == "SIGTERM"
    assert set(config["ExposedPorts"]) == {"8000/tcp", "9090/tcp"}


def test_nothing_in_it_builds_or_installs(podman) -> None:
    looking = "for tool in pip pip3 uv npm node gcc cc c++ make ld; do command -v $tool; done; true"
    assert podman("run", "--rm", "--entrypoint=sh", IMAGE, "-c", looking) == ""
    modules = ["pip", "setuptools", "wheel", "ensurepip", "hatchling", "pytest"]
    finding = f"import importlib.util; print([each for each in {modules} if importlib.util.find_spec(each)])"
    assert podman("run", "--rm", "--entrypoint=python3", IMAGE, "-c", finding) == "[]"


def test_what_is_in_it_is_what_the_lock_says_and_the_pages_are_built(podman) -> None:
    asking = (
        "import importlib.metadata as m, json;"
        "from server import pages; assert pages.are_built();"
        "print(json.dumps({each.name.lower().replace('_', '-'): each.version for each in m.distributions()}))"
    )
    installed = json.loads(podman("run", "--rm", "--entrypoint=/opt/event-gateway/bin/python", IMAGE, "-c", asking))
    locked = dict(re.findall(r"^([a-z0-9.-]+)==([^ ;\\]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert installed.pop("event-gateway")
    assert {"strawberry-graphql", "uvicorn", "asyncpg"} <= installed.keys()
    assert installed.items() <= locked.items()


def test_it_serves_with_no_rights_a_read_only_root_and_256_megabytes(podman, port, capsys) -> None:
    metrics = free_port()
    began = time.monotonic()
    published = (f"--publish=127.0.0.1:{port}:8000", f"--publish=127.0.0.1:{metrics}:9090")
    name = podman("run", "--detach", *RESTRICTED, *published, IMAGE)
    wait_until_ready(port)
    took = time.monotonic() - began
    assert len(names_of_events(port)) == 5
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    assert httpx.get(f"http://127.0.0.1:{port}/graphql", headers={"accept": "text/html"}).text.startswith("<!doctype")
    assert "gateway_build_info{" in httpx.get(f"http://127.0.0.1:{metrics}/metrics").text
    podman("healthcheck", "run", name)

    process = podman.inspect("container", name)["State"]["Pid"]
    status = Path(f"/proc/{process}/status").read_text()
    assert re.search(r"Uid:\s+10001\s+10001", status)
    assert re.search(r"CapEff:\s+0+\n", status)
    assert re.search(r"CapBnd:\s+0+\n", status)
    assert re.search(r"NoNewPrivs:\s+1", status)
    assert set(podman("diff", name).splitlines()) <= {"C /etc"}  # where podman itself mounts hosts and the like
    with capsys.disabled():
        print(f"\nready {took:.1f} s after `podman run`, resident {memory(process)} MB at its peak")

    podman("stop", "--time=30", name)
    assert podman.inspect("container", name)["State"]["ExitCode"] == 0


def rendered() -> list[dict]:
    done = subprocess.run(
        ["kubectl", "kustomize", ROOT / "manifests" / "overlays" / "local"], capture_output=True, text=True, check=True
    )
    return list(yaml.safe_load_all(done.stdout))


def for_podman(objects: list[dict], port: int) -> str:
    """The gateway's Deployment and ConfigMaps, for one machine: this image, a port of it, and no cluster around."""
    deployment = next(
        each for each in objects if (each["kind"], each["metadata"]["name"]) == ("Deployment", "event-gateway")
    )
    pod = deployment["spec"]["template"]["spec"]
    pod.pop("topologySpreadConstraints", None)
    pod.pop("imagePullSecrets", None)
    container = pod["containers"][0]
    container |= {"image": IMAGE, "imagePullPolicy": "Never"}
    next(each for each in container["ports"] if each["name"] == "http")["hostPort"] = port
    maps = [
        each for each in objects if each["kind"] == "ConfigMap" and each["metadata"]["name"].startswith("event-gateway")
    ]
    return yaml.safe_dump_all([*maps, deployment])


def test_the_rendered_deployment_runs(podman, port, tmp_path) -> None:
    # podman has the Secret as one of its own, encoded as Kubernetes stores it.
    (tmp_path / "secret.json").write_text(json.dumps({"GATEWAY_SECRET": base64.b64encode(SECRET.encode()).decode()}))
    podman("secret", "create", "event-gateway", str(tmp_path / "secret.json"))
    (tmp_path / "kube.yaml").write_text(for_podman(rendered(), port))
    podman("play", "kube", str(tmp_path / "kube.yaml"))
    wait_until_ready(port)
    assert len(names_of_events(port)) == 5
    [name] = [each for each in podman("ps", "--format={{.Names}}").split() if each.startswith("event-gateway-pod")]
    container = podman.inspect("container", name)
    assert container["HostConfig"]["ReadonlyRootfs"] is True
    assert container["EffectiveCaps"] in ([], None)
    assert container["Config"]["User"].startswith("10001")
    assert container["HostConfig"]["Memory"] == 256 * 1024 * 1024
    podman("play", "kube", "--down", str(tmp_path / "kube.yaml"))


@pytest.mark.parametrize("workers", [1, 2])
async def test_sigterm_under_load_loses_no_request(workers: int, podman, port, crowd_at, capsys) -> None:
    # On the machine's own network, so that a closed door is a refused connection and not podman's.
    settings = {"HOST": "127.0.0.1", "PORT": port, "METRICS_PORT": free_port(), "GATEWAY_WORKERS": workers}
    network = ("--network=host", *(f"--env={name}={value}" for name, value in settings.items()))
    # Every worker wants as much memory as one that is alone.
    name = podman("run", "--detach", *RESTRICTED, f"--memory={256 * workers}m", *network, IMAGE)
    wait_until_ready(port)
    crowd = crowd_at("127.0.0.1", port)
    await crowd.is_answered(times=100)
    peak = memory(podman.inspect("container", name)["State"]["Pid"])
    began = time.monotonic()
    await asyncio.to_thread(podman, "stop", "--time=30", name)
    took = time.monotonic() - began
    await crowd.leaves(PATIENCE)
    with capsys.disabled():
        print(
            f"\nSIGTERM under load, workers: {workers}: {dict(crowd.seen)}, gone in {took:.1f} s, "
            f"first process resident {peak} MB at its peak"
        )
    logs = podman("logs", name)
    assert set(crowd.seen) == {"200"}, logs
    assert podman.inspect("container", name)["State"]["ExitCode"] == 0, logs
