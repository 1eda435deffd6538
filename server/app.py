"""The composition root: the only module that knows everyone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from gateway.accounts import (
    Accounts,
    Database,
    FavouriteStore,
    Feeds,
    MatchStore,
    OutsideTokens,
    UpgradeError,
    upgrade,
)
from gateway.asking import Desk
from gateway.cache import Cache
from gateway.catalogue import Catalogue
from gateway.cursor import Cursors
from gateway.favourites import Favourites
from gateway.guard import Guard
from gateway.keys import Keys
from gateway.matches import Matches
from gateway.measures import SILENT, Measures
from gateway.pictures import Pictures
from gateway.places import Gazetteer
from gateway.roster import Roster
from gateway.said import Said
from gateway.shared import SharedCache
from gateway.tracing import UNTRACED, Tracer
from providers import Http, Redactor, Registry, SettingError, build, discover
from schema import Build, Context, Services, make_schema, schema_hash
from server import pages
from server.calendar import Calendars
from server.counting import CountedHttp, keep_taking_stock
from server.counts import UNCOUNTED, Counts
from server.finder import Finder
from server.graphql import GraphQLEndpoint
from server.health import Readiness, healthz
from server.pictures import PictureProxy
from server.request_id import RequestIds
from server.settings import MapTiles, Settings
from server.sockets import Sockets
from server.streams import Streams
from server.watching import Watch

COMPRESSED_FROM_BYTES = 1_000

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The engine, put together."""

    registry: Registry
    catalogue: Catalogue
    cache: Cache[object]
    database: Database
    accounts: Accounts
    favourites: Favourites
    feeds: Feeds
    matches: Matches
    said: Said
    pictures: Pictures

    async def aclose(self) -> None:
        """Stop what is under way, then close every connection."""
        await self.said.aclose()
        await self.cache.aclose()
        await self.registry.aclose()
        await self.accounts.aclose()
        await self.database.aclose()


def make_registry(settings: Settings, redactor: Redactor, clock: Callable[[], datetime] = utc_now) -> Registry:
    """Every provider that is installed, as the settings want it.

    Raises:
        SettingError: they cannot be meant so.
    """
    return build(discover(), settings.configuration, redactor=redactor, clock=clock)


def make_database(settings: Settings, measures: Measures = SILENT, tracer: Tracer = UNTRACED) -> Database:
    """The database that accounts are kept in. Nothing is opened yet.

    Raises:
        SettingError: its address cannot be meant.
    """
    try:
        return Database(settings.database_url, measures=measures, tracer=tracer)
    except ValueError as error:
        msg = f"database_url: {error}"
        raise SettingError(msg) from None


def make_shared(settings: Settings, keys: Keys, measures: Measures = SILENT) -> SharedCache | None:
    """The cache that replicas share, where one is set. Nothing is opened yet."""
    if settings.redis_url is None:
        return None
    newest = next(iter(keys.named("shared cache").values()))
    return SharedCache(settings.redis_url, newest, measures=measures)


def make_gateway(
    registry: Registry,
    keys: Keys,
    database: Database,
    clock: Callable[[], datetime] = utc_now,
    *,
    outside: OutsideTokens | None = None,
    registration_open: bool = True,
    guard: Guard | None = None,
    shared: SharedCache | None = None,
    measures: Measures = SILENT,
    tracer: Tracer = UNTRACED,
) -> Gateway:
    """The engine over these providers and this database. `guard` makes the calls to providers; `shared` is closed with it."""
    cache: Cache[object] = Cache(shared=shared, measures=measures)
    desk = Desk(cache, clock, guard, measures, tracer)
    words = MatchStore(database)
    said = Said(words)
    catalogue = Catalogue(
        Roster(registry, clock), desk, Cursors(keys.numbered("cursors")), clock, rules=lambda: said.rules
    )
    accounts = Accounts(
        database,
        keys=keys.named("access tokens"),
        clock=clock,
        outside=outside,
        registration_open=registration_open,
    )
    return Gateway(
        registry=registry,
        catalogue=catalogue,
        cache=cache,
        database=database,
        accounts=accounts,
        favourites=Favourites(catalogue, FavouriteStore(database), clock),
        feeds=Feeds(database),
        matches=Matches(words, said, clock),
        said=said,
        pictures=Pictures(keys.named("pictures")),
    )


def make_outside(settings: Settings, clock: Callable[[], datetime] = utc_now) -> OutsideTokens | None:
    """What reads tokens of an outside identity provider, where one is set."""
    if settings.oidc is None:
        return None
    return OutsideTokens(settings.oidc.issuer, settings.oidc.audience, Http, clock)


def create_app(
    gateway: Gateway,
    clock: Callable[[], datetime] = utc_now,
    *,
    public_url: str | None = None,
    tiles: MapTiles | None = None,
    counts: Counts = UNCOUNTED,
    revision: str = "unknown",
    tracer: Tracer = UNTRACED,
    in_log: bool = False,
) -> Starlette:
    """The application over an engine, which it closes at the end.

    public_url: where people reach it. tiles: what the finder's map is drawn with, where that is not its own land.
    in_log: whether each GraphQL request is a line in the log.
    Whoever runs it calls `state.streams.end` before it stops listening, so that nobody is cut off.
    """
    schema = make_schema()
    services = _services(gateway, schema_hash(schema), clock, tracer)
    counts.built(services.build, revision)
    context_of = partial(Context, services)
    watch = Watch(tracer=tracer, in_log=in_log)
    streams = Streams(schema, context_of, counts.listening)
    readiness, proxy = Readiness(counts.ready), PictureProxy(gateway.pictures)
    app = Starlette(
        routes=_routes(
            endpoint=GraphQLEndpoint(schema, context_of, streams, public_url=public_url, counts=counts, watch=watch),
            sockets=Sockets(streams, public_url),
            calendars=Calendars(gateway.catalogue, gateway.favourites, gateway.feeds, clock),
            proxy=proxy,
            finder=Finder(tiles),
            readiness=readiness,
        ),
        middleware=[
            Middleware(RequestIds),
            Middleware(CountedHttp, counts=counts),
            Middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM_BYTES),
        ],
        lifespan=lambda _app: _life(gateway, readiness, proxy, counts),
    )
    app.state.readiness = readiness
    app.state.streams = streams
    return app


def _services(gateway: Gateway, hash_of_schema: str, clock: Callable[[], datetime], tracer: Tracer) -> Services:
    """What resolvers ask."""
    return Services(
        catalogue=gateway.catalogue,
        gazetteer=Gazetteer.embedded,
        accounts=gateway.accounts,
        favourites=gateway.favourites,
        feeds=gateway.feeds,
        matches=gateway.matches,
        build=Build(
            version=version("event-gateway"),
            schema_hash=hash_of_schema,
            started_at=clock(),
            registration_open=gateway.accounts.registration_open,
        ),
        pictures=gateway.pictures,
        clock=clock,
        tracer=tracer,
    )


def _routes(
    *,
    endpoint: GraphQLEndpoint,
    sockets: Sockets,
    calendars: Calendars,
    proxy: PictureProxy,
    finder: Finder,
    readiness: Readiness,
) -> list[BaseRoute]:
    """Every address that there is."""
    return [
        Route("/graphql", endpoint.__call__, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        WebSocketRoute("/graphql", sockets.serve),
        Route("/events/{id}.ics", calendars.event),
        Route("/calendar/{secret}.ics", calendars.favourites),
        Route("/pictures/{name}", proxy.picture),
        *finder.routes(),
        Route("/healthz", healthz),
        Route("/readyz", readiness.readyz),
        Mount("/static/assets", pages.Assets(directory=pages.STATIC / "assets", check_dir=False)),
    ]


@asynccontextmanager
async def _life(gateway: Gateway, readiness: Readiness, proxy: PictureProxy, counts: Counts) -> AsyncIterator[None]:
    """What comes before the first answer, runs beside all of them, and is closed after the last."""
    # Loading takes a moment: better now, in a thread, than in the first question about a town.
    loading = asyncio.create_task(asyncio.to_thread(Gazetteer.embedded))
    await gateway.cache.open()
    beside = []
    if gateway.database.embedded:
        await _become_ready(readiness, gateway)
    else:
        beside.append(asyncio.create_task(_become_ready(readiness, gateway)))
    # Where nobody counts, the database is left alone until somebody needs it.
    if counts is not UNCOUNTED:
        beside.append(asyncio.create_task(keep_taking_stock(counts, gateway.catalogue.roster, gateway.database)))
    yield
    readiness.end()
    for task in beside:
        task.cancel()
    await asyncio.gather(loading, *beside, return_exceptions=True)
    await proxy.aclose()
    await gateway.aclose()


async def _become_ready(readiness: Readiness, gateway: Gateway) -> None:
    """Who is ready knows what people have said; a database that others use as well is waited for."""
    if gateway.database.embedded:
        await _prepare(gateway.database)
    else:
        await readiness.wait_for(gateway.database)
    await gateway.said.start()
    readiness.begin()


async def _prepare(database: Database) -> None:
    """Bring the embedded database up to date; of another one, its operator says when (`event-gateway db upgrade`).

    Searching needs no database, so one that cannot be had stops nobody from starting.
    """
    try:
        done = await upgrade(database)
        if done.before != done.after:
            log.info("the database was upgraded from %s to %s", done.before or "nothing", done.after)
    except UpgradeError as error:
        log.error("accounts are off until a restart: the database cannot be opened (%s)", error)  # noqa: TRY400 - the message says it all
