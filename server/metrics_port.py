"""Serves the metrics at a port of their own, which no Ingress shows: beside the gateway, in a thread."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import AF_INET, AF_INET6, create_server, socket

import uvicorn

from server.commands.stop import Stop
from server.metrics import Figures, metrics_app

# As many as uvicorn would let wait.
BACKLOG = 2_048
# How long a scrape may take to finish when all else has stopped (seconds).
GRACE = 2


def listener(host: str, port: int, variable: str) -> socket:
    """A socket that listens there.

    Raises:
        Stop: it cannot be had; the message says which setting to change.
    """
    try:
        return create_server((host, port), family=AF_INET6 if ":" in host else AF_INET, backlog=BACKLOG)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        msg = f"{variable}: {host}, port {port}: {why}; stop what listens there, or set another {variable}"
        raise Stop(msg) from None


def metrics_config(registry: Figures) -> uvicorn.Config:
    """How a registry is served."""
    return uvicorn.Config(
        metrics_app(registry),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )


@contextmanager
def metrics_beside(registry: Figures, at: socket) -> Iterator[None]:
    """The registry is served there while the block runs. A thread, so that a busy gateway can be looked at, too."""
    server = uvicorn.Server(metrics_config(registry))

    def run() -> None:
        # Signals are the main thread's: SIGALRM has to wake it from a provider that sleeps.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        server.run(sockets=[at])

    thread = threading.Thread(target=run, name="metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(2 * GRACE)
