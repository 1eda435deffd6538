"""Whoever is connected when the gateway is told to stop gets an answer."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("event-gateway")
SECONDS = 30
ASK = b"GET %s HTTP/1.1\r\nHost: gateway\r\n\r\n"


async def port_of(process) -> int:
    found = re.search(r"http://127.0.0.1:(\d+)", await process.says("Event gateway is at"))
    return int(found[1])


async def refused(port: int) -> None:
    """Wait until nobody is let in any more."""
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                return
            writer.close()
            await asyncio.sleep(0.02)


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: bytes) -> bytes:
    writer.write(ASK % path)
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(re.search(rb"content-length: (\d+)", head)[1]))
    return head.lower()


async def test_a_connection_that_is_kept_is_answered_once_more_and_then_let_go(run) -> None:
    process = await run("serve", "--port", "0")
    port = await port_of(process)
    kept = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    for connection in kept:
        assert b"connection: close" not in await ask(*connection, b"/healthz")
    process.signal(signal.SIGTERM)
    # A handshake is no answer: whoever is connected now is served, whoever comes later is refused.
    ready = await ask(*kept[0], b"/readyz")
    while b"connection: close" not in ready:
        ready = await ask(*kept[0], b"/readyz")
    assert ready.startswith(b"http/1.1 503")
    assert (await ask(*kept[1], b"/healthz")).startswith(b"http/1.1 200")
    for reader, writer in kept:
        assert await reader.read() == b""
        writer.close()
    status, _, _ = await process.ends()
    assert status == 0


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_without_any_power_it_loses_nobody_of_those_who_keep_coming(
    workers: str, start, powerless, crowd_at
) -> None:
    """A container's process has no capabilities, and those who come know nothing of its end until they are refused."""
    process = await start(*powerless, COMMAND, "serve", "--port=0", GATEWAY_WORKERS=workers)
    crowd = crowd_at("127.0.0.1", await port_of(process))
    await crowd.is_answered(times=100)
    process.signal(signal.SIGTERM)
    await crowd.leaves(SECONDS)
    status, _, err = await process.ends()
    assert set(crowd.seen) == {"200"}
    assert (status, [word for word in ("Traceback", "WARNING", "ERROR") if word in err]) == (0, [])


async def test_whoever_is_in_the_queue_when_it_is_told_to_stop_is_answered(run) -> None:
    process = await run("serve", "--port", "0")
    port = await port_of(process)
    process.signal(signal.SIGSTOP)
    waiting = [await asyncio.open_connection("127.0.0.1", port) for _ in range(50)]
    for _, writer in waiting:
        writer.write(ASK % b"/healthz")
    process.signal(signal.SIGTERM)
    process.signal(signal.SIGCONT)
    async with asyncio.timeout(SECONDS):
        answers = await asyncio.gather(*(reader.read() for reader, _ in waiting))
    assert {answer.split()[1] for answer in answers} == {b"200"}
    for _, writer in waiting:
        writer.close()
    assert (await process.ends())[0] == 0


async def test_who_was_being_answered_is_told_that_it_was_the_last_answer(run) -> None:
    process = await run("serve", "--port", "0")
    port = await port_of(process)
    body = b'{"query": "{ server { version } }"}'
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    # It asks to be told when to go on, so that we know that it is being answered.
    writer.write(head.encode() + b"Expect: 100-continue\r\n\r\n")
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    process.signal(signal.SIGTERM)
    await refused(port)
    writer.write(body)
    answer = await asyncio.wait_for(reader.read(), SECONDS)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"\r\nconnection: close\r\n" in answer.lower()
    writer.close()
    assert (await process.ends())[0] == 0


async def test_one_of_two_workers_goes_alone_and_the_door_stays_open(run, crowd_at) -> None:
    process = await run("serve", "--port=0", GATEWAY_WORKERS="2")
    port = await port_of(process)
    crowd = crowd_at("127.0.0.1", port)
    await crowd.is_answered(times=100)
    os.kill(int(re.search(r"worker 1 is process (\d+)", await process.errs("worker 1 is process"))[1]), signal.SIGTERM)
    assert "ended with status 0" in await process.errs("ERROR")
    await process.errs("worker 1 is process")
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert (await ask(reader, writer, b"/healthz")).startswith(b"http/1.1 200")
    writer.close()
    process.signal(signal.SIGTERM)
    await crowd.leaves(SECONDS)
    assert set(crowd.seen) == {"200"}
    assert (await process.ends())[0] == 0
