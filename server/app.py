"""The composition root: the only module that knows everyone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route

from gateway.asking import Desk
from gateway.cache import Cache
from gateway.catalogue import Catalogue
from gateway.cursor import Cursors
from gateway.places import Gazetteer
from gateway.roster import Roster
from providers import Redactor, Registry, build, discover
from schema import Build, Context, make_schema, schema_hash
from server import pages
from server.graphql import GraphQLEndpoint
from server.health import healthz, readyz
from server.settings import Settings

COMPRESSED_FROM_BYTES = 1_000


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The engine, put together."""

    registry: Registry
    catalogue: Catalogue
    cache: Cache[object]

    async def aclose(self) -> None:
        """Stop what is under way, then close every connection."""
        await self.cache.aclose()
        await self.registry.aclose()


def make_registry(settings: Settings, redactor: Redactor, clock: Callable[[], datetime] = utc_now) -> Registry:
    """Every provider that is installed, as the settings want it.

    Raises:
        SettingError: they cannot be meant so.
    """
    return build(discover(), settings.configuration, redactor=redactor, clock=clock)


def make_gateway(registry: Registry, signing_key: bytes, clock: Callable[[], datetime] = utc_now) -> Gateway:
    """The engine over these providers."""
    cache: Cache[object] = Cache()
    catalogue = Catalogue(Roster(registry, clock), Desk(cache, clock), Cursors({1: signing_key}), clock)
    return Gateway(registry=registry, catalogue=catalogue, cache=cache)


def create_app(gateway: Gateway, clock: Callable[[], datetime] = utc_now) -> Starlette:
    """The application over an engine, which it closes at the end."""
    schema = make_schema()
    about = Build(version=version("event-gateway"), schema_hash=schema_hash(schema), started_at=clock())
    endpoint = GraphQLEndpoint(schema, lambda: Context(gateway.catalogue, Gazetteer.embedded, about))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # Loading takes a moment: better now, in a thread, than in the first question about a town.
        loading = asyncio.create_task(asyncio.to_thread(Gazetteer.embedded))
        app.state.ready = True
        yield
        app.state.ready = False
        await loading
        await gateway.aclose()

    return Starlette(
        routes=[
            Route("/", pages.front),
            Route("/graphql", endpoint.__call__, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Mount("/static/assets", pages.Assets(directory=pages.STATIC / "assets", check_dir=False)),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM_BYTES)],
        lifespan=lifespan,
    )
