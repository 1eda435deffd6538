"""Takes the figures: of every HTTP request and GraphQL operation as it ends, and of what stands still, every few seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.accounts import Database
from gateway.roster import Roster
from gateway.upstream import accounting
from schema import Operation
from server.counts import AnsweredOperation, Counts, HttpAnswer, OperationOutcome

# Seconds. Prometheus looks less often.
STOCK_EVERY = 5.0
_BROKE = 500


class CountedHttp:
    """ASGI middleware: counts what is answered."""

    def __init__(self, app: ASGIApp, counts: Counts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = _BROKE  # unless it comes to an answer

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            # The router leaves the route in the scope.
            route = getattr(scope.get("route"), "path", None)
            self._counts.http_answered(HttpAnswer(route=route, method=scope["method"], status=status))


@dataclass(slots=True)
class Running:
    """A GraphQL operation under way. It counts as broken until its outcome is told."""

    operation: Operation | None = None
    outcome: OperationOutcome = OperationOutcome.SERVER_ERROR
    ran: bool = False

    def refused(self) -> None:
        """The request was wrong."""
        self.outcome = OperationOutcome.CLIENT_ERROR

    def answered(self, errors: Collection[Mapping[str, Any]], *, data: bool, ran: bool) -> None:
        """It came to these errors, as they are presented, and to data or not. `ran`: the document was right."""
        self.outcome = outcome_of(errors, data=data)
        self.ran = ran


@contextmanager
def counted_operation(counts: Counts) -> Iterator[Running]:
    """A GraphQL operation runs inside the block."""
    running = Running()
    counts.operation_begun()
    begun = time.perf_counter()
    with accounting() as upstream:
        try:
            yield running
        finally:
            seconds, waited = time.perf_counter() - begun, upstream.seconds()
            partial = upstream.partial and running.outcome is OperationOutcome.OK
            counts.operation_answered(
                AnsweredOperation(
                    name=running.operation.name if running.operation else None,
                    type=running.operation.type if running.operation else None,
                    outcome=OperationOutcome.PARTIAL if partial else running.outcome,
                    ran=running.ran,
                    seconds=seconds,
                    upstream_seconds=min(waited, seconds),
                    upstream_requests=upstream.requests,
                )
            )


def outcome_of(errors: Collection[Mapping[str, Any]], *, data: bool) -> OperationOutcome:
    """What these errors amount to. One that may go away in a moment leaves the rest of the answer whole."""
    extensions = [error["extensions"] for error in errors]
    if not extensions:
        return OperationOutcome.OK
    if any(each["code"] == "INTERNAL_SERVER_ERROR" for each in extensions):
        return OperationOutcome.SERVER_ERROR
    if any(each.get("retryable") for each in extensions):
        return OperationOutcome.PARTIAL if data else OperationOutcome.SERVER_ERROR
    return OperationOutcome.CLIENT_ERROR


async def take_stock(counts: Counts, roster: Roster, database: Database) -> None:
    """Say how it stands. Looks at the database, too: one that nobody asks would never be found gone, or back again."""
    counts.stock_taken(roster.all(), database.connections)
    await database.look()


async def keep_taking_stock(counts: Counts, roster: Roster, database: Database) -> None:
    """For ever."""
    while True:
        await take_stock(counts, roster, database)
        await asyncio.sleep(STOCK_EVERY)
