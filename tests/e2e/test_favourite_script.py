"""The script by which a restart of the cluster is tried, against a real server."""

import asyncio
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts" / "favourite.py"


async def run(what, address):
    """Exit status and what it says, asked for by an Ingress's name."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, SCRIPT, what, "--address", address, "--host", "musicevents.local", "--patience", "0"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_what_is_kept_is_found_and_nothing_kept_is_told(address):
    assert (await run("look", address))[0] == 1
    status, kept = await run("keep", address)
    assert (status, kept[:5]) == (0, "kept:")
    assert await run("look", address) == (0, kept)


async def test_a_gateway_that_does_not_answer_is_told(unused_tcp_port):
    status, said = await run("look", f"http://127.0.0.1:{unused_tcp_port}")
    assert (status, "does not answer" in said) == (1, True)
