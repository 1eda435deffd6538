"""Runs the application under uvicorn, and says where to look."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Sequence

import uvicorn

from gateway.alarm import Alarm
from gateway.guard import Guard
from gateway.keys import Keys
from providers import Redactor, Registry
from server import pages
from server.app import create_app, make_database, make_gateway, make_outside, make_registry
from server.commands.table import columns, paragraph
from server.observability import set_up_logging
from server.operation import MAX_BODY_BYTES
from server.settings import Settings
from server.streams import Streams

# How long requests in flight may take to finish after SIGTERM (seconds); Kubernetes gives 30 by default.
GRACE = 25
# Those of them who follow a search have so many of these seconds; then they are told that it ends.
STREAMS_GRACE = 5


MakeRegistry = Callable[[Settings, Redactor], Registry]


def serve(settings: Settings, *, registry_of: MakeRegistry = make_registry, notes: Sequence[str] = ()) -> int:
    """Serve until SIGTERM or SIGINT, then finish what is in flight; the exit status.

    registry_of: makes the providers. notes: what the welcome says before all else.
    """
    database = make_database(settings)
    secrets = (settings.secret, *settings.previous_secrets, database.password)
    redactor = Redactor(*(secret for secret in secrets if secret))
    set_up_logging(redactor)
    registry = registry_of(settings, redactor)
    alarm = Alarm()
    gateway = make_gateway(
        registry,
        Keys(settings.secrets()),
        database,
        outside=make_outside(settings),
        registration_open=settings.registration_open,
        guard=Guard(alarm),
    )
    app = create_app(gateway, public_url=settings.public_url, tiles=settings.map_tiles)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE - STREAMS_GRACE,
        ws_max_size=MAX_BODY_BYTES,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
    )
    server = _Server(config, registry, notes, app.state.streams)
    # uvicorn finishes what is in flight, then raises the signal that stopped it once more: that is no crash.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _number, _frame: None)
    alarm.set()
    server.run()
    return 0 if server.started else 1


class _Server(uvicorn.Server):
    """Says where to look once it listens, and ends streams before it stops."""

    def __init__(self, config: uvicorn.Config, registry: Registry, notes: Sequence[str], streams: Streams) -> None:
        super().__init__(config)
        self._streams = streams
        self._registry = registry
        self._notes = notes

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            print("\n".join(_welcome(_host(self.config.host), port, self._registry, self._notes)), flush=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Uvicorn's own would cut WebSockets off."""
        for server in self.servers:
            server.close()  # nobody comes in any more
        await self._streams.end(STREAMS_GRACE)
        await super().shutdown(sockets)


def _host(host: str) -> str:
    """The address as it stands in a URL; one that means "everywhere" is reached at this machine's own."""
    plain = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"[{plain}]" if ":" in plain else plain


def _welcome(host: str, port: int, registry: Registry, notes: Sequence[str]) -> list[str]:
    address = f"http://{host}:{port}"
    asked = ", ".join(registry.enabled()) or "none; set a key or add a feed"
    hints = [f"Providers: {asked}"] if pages.are_built() else [f"Providers: {asked}", pages.HOW_TO_BUILD]
    where = [f"  Event gateway is at {address}", f"  GraphiQL: {address}/graphql"]
    return ["", *_wrapped(notes), *where, *_wrapped([*hints, "Stop it with Ctrl-C."]), ""]


def _wrapped(lines: Sequence[str]) -> list[str]:
    return [part for line in lines for part in paragraph(line, columns(), first="  ", rest="    ")]
