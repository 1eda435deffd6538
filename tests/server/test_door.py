"""The door of a real socket, opened and shut."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from server import door

# Linux's numbers, which Python names only in part.
SO_BINDTOIFINDEX = 62
LOOPBACK = 1

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no such door")


@pytest.fixture(params=["127.0.0.1", "0.0.0.0", "::"])  # noqa: S104 - bound for a moment
def listening(request: pytest.FixtureRequest) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    with socket.create_server((request.param, 0), family=family, dualstack_ipv6=":" in request.param) as listening:
        listening.settimeout(20)
        yield listening


def come(listening: socket.socket) -> socket.socket:
    return socket.create_connection(("127.0.0.1", listening.getsockname()[1]), 20)


def test_whoever_waits_is_let_in_and_newcomers_are_refused(listening: socket.socket) -> None:
    with come(listening) as waiting:
        waiting.sendall(b"asked before")
        door.shut(listening)
        with pytest.raises(ConnectionRefusedError):
            come(listening)
        assert door.somebody_waits(listening)
        let_in, _ = listening.accept()
        with let_in:
            assert let_in.recv(100) == b"asked before"
            let_in.sendall(b"answered after")
            assert waiting.recv(100) == b"answered after"
        assert not door.somebody_waits(listening)


def test_a_handshake_that_has_begun_is_finished(listening: socket.socket) -> None:
    # So that, for us, it is not finished until the client says something, although the client believes it is.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 20)
    with come(listening) as early:
        assert not door.somebody_waits(listening)
        door.shut(listening)
        early.sendall(b"asked after")
        let_in, _ = listening.accept()
        with let_in:
            assert let_in.recv(100) == b"asked after"


def said_by(command: list[str], *files: int) -> str:
    return subprocess.run(command, pass_fds=files, stderr=subprocess.PIPE, text=True, check=True).stderr  # noqa: S603


def test_it_is_shut_by_several_who_may_do_nothing_else(listening: socket.socket, powerless) -> None:
    """What a process in a container may do, too; and that the second finds it shut is nothing to complain of."""
    code = "import socket, sys; from server import door; door.shut(socket.socket(fileno=int(sys.argv[1])))"
    for _ in range(2):
        assert said_by([*powerless, sys.executable, "-c", code, str(listening.fileno())], listening.fileno()) == ""
    with pytest.raises(ConnectionRefusedError):
        come(listening)


def test_one_that_cannot_be_shut_is_told_of(powerless) -> None:
    code = (
        "import socket; from server import door; listening = socket.create_server(('127.0.0.1', 0)); "
        f"listening.setsockopt(socket.SOL_SOCKET, {SO_BINDTOIFINDEX}, {LOOPBACK}); door.shut(listening)"
    )
    assert said_by([*powerless, sys.executable, "-c", code]).startswith(
        "newcomers cannot be kept out while we stop, and some may be lost"
    )
