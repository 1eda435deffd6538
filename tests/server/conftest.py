"""The application over the sample data, asked over HTTP without a network; and commands as real processes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from gateway.accounts import Database
from gateway.keys import Keys
from providers import Configuration, Redactor, Registry, build, discover
from server.app import create_app, make_gateway

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
