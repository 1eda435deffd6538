"""Runs the application under uvicorn, in one process or in several, and says where to look."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from gateway.alarm import Alarm
from gateway.guard import Guard
from gateway.keys import Keys
from gateway.tracing import UNTRACED, Tracer
from providers import Redactor, Registry
from server import pages
from server.app import create_app, make_database, make_gateway, make_outside, make_registry, make_shared
from server.commands.table import columns, paragraph
from server.counts import UNCOUNTED, Counts
from server.door import shut
from server.draining import AT_ONCE, Draining, Notice
from server.logs import LogFormat, set_up_logging
from server.metrics import Metrics, forget_what_lived, keep_in, of_all_workers
from server.metrics_port import listener, metrics_beside, metrics_config
from server.operation import MAX_BODY_BYTES
from server.settings import Settings
from server.workers import PATIENCE, Job, Parent, Workers

# How long requests in flight may take to finish after SIGTERM (seconds); Kubernetes gives 30 by default.
GRACE = 25
# Those of them who follow a search have so many of these seconds; then they are told that it ends.
STREAMS_GRACE = 5


log = logging.getLogger(__name__)

MakeRegistry = Callable[[Settings, Redactor], Registry]
Drain = Callable[[Sequence[asyncio.Server], Collection[object]], Awaitable[None]]


def serve(settings: Settings, *, registry_of: MakeRegistry = make_registry, notes: Sequence[str] = ()) -> int:
    """Serve until SIGTERM or SIGINT, then finish what is in flight; the exit status.

    registry_of: makes the providers. notes: what the welcome says before all else.

    Raises:
        SettingError, Stop: it cannot be as the settings have it.
    """
    keys = Keys(settings.secrets())
    database, shared = make_database(settings), make_shared(settings, keys)
    passwords = (database.password, shared.password if shared else None)
    secrets = (settings.secret, *settings.previous_secrets, *passwords)
    redactor = Redactor(*(secret for secret in secrets if secret))
    if settings.collector:
        redactor.learn(*settings.collector.secrets)
    set_up_logging(redactor, settings.log_format)
    if settings.secret is None and not database.embedded:
        log.warning(
            "GATEWAY_SECRET is not set: replicas that share a database must share it, too, or refuse each other's tokens"
        )
    service = _Service(settings, redactor, registry_of(settings, redactor), keys, notes)
    with ExitStack() as stack:
        port = settings.metrics_port
        metrics = None if port is None else stack.enter_context(listener(settings.host, port, "METRICS_PORT"))
        return _alone(service, metrics) if settings.workers == 1 else _shared(service, metrics)


@dataclass(frozen=True, slots=True)
class _Service:
    """What is served. Nothing in it is opened before it is run, so that it may be made before a process forks."""

    settings: Settings
    redactor: Redactor
    registry: Registry
    keys: Keys
    notes: Sequence[str]

    def run(
        self,
        counts: Counts,
        begun: Callable[[int], None],
        *,
        sockets: list[socket.socket] | None = None,
        parent: Parent | None = None,
    ) -> int:
        """Serve in this process. `begun` is told the port, once it listens; see `_Server` for `parent`."""
        with tracing(self.settings) as tracer:
            set_up_logging(self.redactor, self.settings.log_format, tracer)
            return self._run(counts, tracer, begun, sockets, parent)

    def _run(
        self,
        counts: Counts,
        tracer: Tracer,
        begun: Callable[[int], None],
        sockets: list[socket.socket] | None,
        parent: Parent | None,
    ) -> int:
        alarm = Alarm()
        app = self._app(counts, tracer, Guard(alarm))
        draining = Draining(app)
        notice = Notice(self.settings.drain_seconds, app.state.readiness.end)
        server = _Server(self._config(draining), begun, parent, notice, leaving(app, draining))
        server.heed_signals()
        alarm.set()
        server.run(sockets=sockets)
        return 0 if server.started else 1

    def _app(self, counts: Counts, tracer: Tracer, guard: Guard) -> Starlette:
        settings = self.settings
        gateway = make_gateway(
            self.registry,
            self.keys,
            make_database(settings, counts, tracer),
            outside=make_outside(settings),
            registration_open=settings.registration_open,
            guard=guard,
            shared=make_shared(settings, self.keys, counts),
            measures=counts,
            tracer=tracer,
        )
        return create_app(
            gateway,
            public_url=settings.public_url,
            tiles=settings.map_tiles,
            counts=counts,
            revision=settings.revision,
            tracer=tracer,
            in_log=settings.log_format is LogFormat.JSON,
        )

    def _config(self, app: Draining) -> uvicorn.Config:
        return uvicorn.Config(
            app,
            host=self.settings.host,
            port=self.settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=GRACE - STREAMS_GRACE,
            ws_max_size=MAX_BODY_BYTES,
            server_header=False,
            forwarded_allow_ips=self.settings.trusted_proxies,
        )

    def welcome(self, metrics: socket.socket | None, port: int) -> None:
        """Say where to look."""
        host = _host(self.settings.host)
        where = f"http://{host}:{metrics.getsockname()[1]}/metrics" if metrics else None
        address = f"http://{host}:{port}"
        if self.settings.log_format is LogFormat.JSON:
            # Whoever reads by machine reads standard output, too.
            log.info("serving at %s, metrics at %s", address, where or "no port")
        else:
            print("\n".join(_welcome(address, self.registry, self.notes, where)), flush=True)


def _alone(service: _Service, metrics: socket.socket | None) -> int:
    """One process; its metrics are served in a thread."""
    begun = partial(service.welcome, metrics)
    if metrics is None:
        return service.run(UNCOUNTED, begun)
    counts = Metrics()
    with metrics_beside(counts.registry, metrics):
        return service.run(counts, begun)


def _shared(service: _Service, metrics: socket.socket | None) -> int:
    """Several processes at one socket; one more serves the metrics of all."""
    settings = service.settings
    with (
        listener(settings.host, settings.port, "PORT") as face,
        TemporaryDirectory(prefix="event-gateway-metrics-") if metrics else nullcontext(None) as name,
    ):
        folder = Path(name) if name else None
        jobs = [_worker(service, number, face, metrics, folder) for number in range(1, settings.workers + 1)]
        if metrics and folder:
            jobs.append(Job(name="metrics", work=partial(_tell, folder, metrics, face), last=True))
        welcome = partial(service.welcome, metrics, face.getsockname()[1])
        # Ours is closed first: as long as it is open, connections would come that nobody takes.
        patience = PATIENCE + settings.drain_seconds
        return Workers(jobs, serving=welcome, stopping=face.close, patience=patience).run()


def _worker(
    service: _Service, number: int, face: socket.socket, metrics: socket.socket | None, folder: Path | None
) -> Job:
    def work(parent: Parent) -> int:
        if metrics:
            metrics.close()  # another's: held open here, it would take connections that nobody answers
        if folder:
            keep_in(folder, number)
        counts = Metrics() if folder else UNCOUNTED
        return service.run(counts, lambda _port: parent.serving(), sockets=[face], parent=parent)

    lost = partial(forget_what_lived, folder, number) if folder else lambda: None
    return Job(name=f"worker {number}", work=work, lost=lost)


def _tell(folder: Path, metrics: socket.socket, face: socket.socket, parent: Parent) -> int:
    face.close()
    server = _Server(metrics_config(of_all_workers(folder)), lambda _port: parent.serving(), parent)
    server.heed_signals()
    server.run(sockets=[metrics])
    return 0


@contextmanager
def tracing(settings: Settings) -> Iterator[Tracer]:
    """Whoever traces, where it is wanted; the last spans are sent at the end."""
    if settings.collector is None:
        yield UNTRACED
        return
    # It takes a while to import, and memory.
    from server.tracing import make_traces

    traces = make_traces()
    try:
        yield traces
    finally:
        traces.close()


def leaving(app: Starlette, draining: Draining) -> Drain:
    """How the application ends: it says so, and everybody is answered and seen off. uvicorn would cut WebSockets short."""

    async def drain(servers: Sequence[asyncio.Server], connections: Collection[object]) -> None:
        app.state.readiness.end()
        await asyncio.gather(draining.drain(servers, connections), app.state.streams.end(STREAMS_GRACE))

    return drain


class _Server(uvicorn.Server):
    """Tells its port once it listens, and stops when its `parent`, where it has one, is gone.

    `notice` is given before it stops; `drain`, which stops it listening, is waited for.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        begun: Callable[[int], None],
        parent: Parent | None = None,
        notice: Notice = AT_ONCE,
        drain: Drain | None = None,
    ) -> None:
        super().__init__(config)
        self._begun = begun
        self._parent = parent
        self._notice = notice
        self._drain = drain

    def heed_signals(self) -> None:
        """Stop by SIGINT and SIGTERM from now on.

        uvicorn finishes what is in flight, then raises the signal that stopped it once more: that is no crash.
        """
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self.handle_exit)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; but on the first SIGTERM, only once nobody is sent here any more."""
        if sig == signal.SIGTERM and self.started and self._notice.begins():
            asyncio.get_running_loop().call_later(self._notice.seconds, super().handle_exit, sig, frame)
        else:
            super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if self._parent:
            asyncio.get_running_loop().add_reader(self._parent.life, self._orphaned, self._parent.life)
        await super().startup(sockets)
        if self.started:
            self._begun((sockets or self.servers[0].sockets)[0].getsockname()[1])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._drain:
            # Of a parent's children one may go alone: the door is the others', too, and stays open.
            if self._parent is None or self._parent.stops():
                self._shut_door()
            await self._drain(self.servers, self.server_state.connections)
        await super().shutdown(sockets)

    def _shut_door(self) -> None:
        for server in self.servers:
            for each in server.sockets:
                shut(each)

    def _orphaned(self, life: int) -> None:
        asyncio.get_running_loop().remove_reader(life)
        os.close(life)
        self._parent = None
        self.should_exit = True


def _host(host: str) -> str:
    """The address as it stands in a URL; one that means "everywhere" is reached at this machine's own."""
    plain = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"[{plain}]" if ":" in plain else plain


def _welcome(address: str, registry: Registry, notes: Sequence[str], metrics: str | None) -> list[str]:
    asked = ", ".join(registry.enabled()) or "none; set a key or add a feed"
    hints = [f"Providers: {asked}"] if pages.are_built() else [f"Providers: {asked}", pages.HOW_TO_BUILD]
    where = [f"  Event gateway is at {address}", f"  GraphiQL: {address}/graphql"]
    if metrics:
        where.append(f"  Metrics: {metrics}")
    return ["", *_wrapped(notes), *where, *_wrapped([*hints, "Stop it with Ctrl-C."]), ""]


def _wrapped(lines: Sequence[str]) -> list[str]:
    return [part for line in lines for part in paragraph(line, columns(), first="  ", rest="    ")]
