"""Whoever is connected when the gateway is told to stop gets an answer."""

from __future__ import annotations

import asyncio
import re
import signal

ASK = b"GET %s HTTP/1.1\r\nHost: gateway\r\n\r\n"


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: bytes) -> bytes:
    writer.write(ASK % path)
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(re.search(rb"content-length: (\d+)", head)[1]))
    return head.lower()


async def test_a_connection_that_is_kept_is_answered_once_more_and_then_let_go(run) -> None:
    process = await run("serve", "--port", "0")
    port = int(re.search(r"http://127.0.0.1:(\d+)", await process.says("Event gateway is at"))[1])
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
