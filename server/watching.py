"""What is told of each GraphQL request besides figures: a span, and a line in the log of those who read it by machine.

Neither holds the document or its variables: both are the caller's own affair. The operation's name is a name.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from gateway.tracing import UNTRACED, Tracer
from server.counting import Running

MOST_LETTERS = 100

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Over GraphQL requests. in_log: whether each is a line there."""

    tracer: Tracer = UNTRACED
    in_log: bool = False

    async def over(self, request: Request, running: Running, answer: Callable[[], Awaitable[Response]]) -> Response:
        """The answer."""
        begun = time.perf_counter()
        status = 500  # unless it comes to an answer
        with self.tracer.answering(f"{request.method} /graphql", request.headers, _attributes(request)):
            try:
                response = await answer()
                status = response.status_code
            finally:
                self._tell(running, status, time.perf_counter() - begun)
        return response

    def _tell(self, running: Running, status: int, seconds: float) -> None:
        operation = {
            "graphql.operation.name": running.operation and running.operation.name,
            "graphql.operation.type": running.operation and running.operation.type,
        }
        known = {key: value[:MOST_LETTERS] for key, value in operation.items() if value}
        outcome = running.in_all().value
        self.tracer.note({**known, "gateway.outcome": outcome, "http.response.status_code": status})
        if self.in_log:
            fields = {
                "operation": known.get("graphql.operation.name"),
                "type": known.get("graphql.operation.type"),
                "outcome": outcome,
                "status": status,
                "duration_ms": round(seconds * 1000, 1),
            }
            log.info("answered a GraphQL request", extra={"fields": fields})


def _attributes(request: Request) -> dict[str, str | int | float | bool]:
    """OpenTelemetry's names for an HTTP server's span; without the query string, which may hold the document."""
    return {
        "http.request.method": request.method,
        "http.route": "/graphql",
        "url.path": request.url.path,
        "url.scheme": request.url.scheme,
        "server.address": request.url.hostname or "",
    }


UNWATCHED = Watch()
