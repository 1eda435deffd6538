"""Whether the process lives, and whether it is ready for requests (Kubernetes' two questions).

A database that other gateways use as well must have been there once: a new version that cannot reach it, or finds tables
that are too old, takes no requests from the old one. One that goes away later makes nobody unready, since searching goes on
without it (docs/adr/0006). Nor does a provider that is down.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.accounts import Database, DatabaseUnavailable, is_behind

# Between one look at the database and the next (seconds).
LOOK_EVERY = 1.0
STARTING, STOPPING = "starting", "stopping"
UNREACHED = "waiting for the database, which cannot be reached; check DATABASE_URL"
BEHIND = "the database is older than this version needs; run `event-gateway db upgrade`"

log = logging.getLogger(__name__)


async def healthz(_request: Request) -> Response:
    """The event loop turns."""
    return JSONResponse({"status": "ok"})


class Readiness:
    """Ready from the moment at which nothing is missing until shut-down begins. `told`: hears of each change."""

    def __init__(self, told: Callable[[bool], None] = lambda _ready: None, every: float = LOOK_EVERY) -> None:
        self._told = told
        self._every = every
        self._missing: str | None = STARTING

    async def readyz(self, _request: Request) -> Response:
        """Yes, or in one line why not."""
        if self._missing is None:
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "unready", "reason": self._missing}, status_code=503)

    async def wait_for(self, database: Database) -> None:
        """Look at it until it can be used, or until we stop."""
        waited = False
        while (missing := await _missing_of(database)) is not None:
            if self._missing == STOPPING:
                return
            if missing == BEHIND != self._missing:  # of one that does not answer, the log tells already
                log.warning("not ready: %s", missing)
            self._missing, waited = missing, True
            await asyncio.sleep(self._every)
        if waited:
            log.info("the database can be used")

    def begin(self) -> None:
        """Nothing is missing any more."""
        if self._missing != STOPPING:
            self._missing = None
            self._told(True)  # noqa: FBT003 - a fact, told by position

    def end(self) -> None:
        """No more requests, please."""
        self._missing = STOPPING
        self._told(False)  # noqa: FBT003 - a fact, told by position


async def _missing_of(database: Database) -> str | None:
    try:
        return BEHIND if await is_behind(database) else None
    except DatabaseUnavailable:
        return UNREACHED
