"""The /graphql endpoint: GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/), POST and GET."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
import strawberry
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from schema import Caller, Context
from server.counting import Running, counted_operation
from server.counts import UNCOUNTED, Counts
from server.identity import caller_of, keep_cookie
from server.operation import MAX_BODY_BYTES, BadRequest, Operation, body_of, operation_of, unclear
from server.pages import graphiql
from server.sse import COMPLETE, EVENT_STREAM, EventStream, next_event
from server.streams import Streams
from server.watching import UNWATCHED, Watch

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
_ACCEPTED = {"*/*": JSON, "application/*": JSON, JSON: JSON, RESPONSE_JSON: RESPONSE_JSON}
# Many clients list it with every request, so it is given to those who take nothing else, and to subscriptions.
_STREAMED = {EVENT_STREAM: EVENT_STREAM}
HOW_TO_SUBSCRIBE = f"subscriptions are streamed: send `Accept: {EVENT_STREAM}`, or open a WebSocket of the subprotocol graphql-transport-ws"


class GraphQLEndpoint:
    """Answers browsers with GraphiQL, subscriptions with a stream and everybody else with JSON."""

    def __init__(
        self,
        schema: strawberry.Schema,
        make_context: Callable[[Caller], Context],
        streams: Streams,
        *,
        public_url: str | None = None,
        counts: Counts = UNCOUNTED,
        watch: Watch = UNWATCHED,
    ) -> None:
        self._schema = schema
        self._make_context = make_context
        self._streams = streams
        self._public_url = public_url
        self._counts = counts
        self._watch = watch

    async def __call__(self, request: Request) -> Response:
        """One request, one response, whatever is in it."""
        if request.method in {"GET", "HEAD"} and "query" not in request.query_params and _is_browser(request.headers):
            return graphiql()
        with counted_operation(self._counts) as running:
            return await self._watch.over(request, running, lambda: self._answer(request, running))

    async def _answer(self, request: Request, running: Running) -> Response:
        accept = request.headers.get("accept")
        media_type = _media_type(accept, _ACCEPTED) or _media_type(accept, _STREAMED)
        try:
            if media_type is None:
                message = f"Accept must allow {JSON}, {RESPONSE_JSON} or {EVENT_STREAM}"
                raise BadRequest(HTTPStatus.NOT_ACCEPTABLE, message)  # noqa: TRY301 - one place answers all bad requests
            return await self._run(request, media_type, running)
        except BadRequest as error:
            running.refused()
            return _response(
                error.body, error.status, RESPONSE_JSON if media_type == RESPONSE_JSON else JSON, error.headers
            )

    async def _run(self, request: Request, media_type: str, running: Running) -> Response:
        operation, allowed = await _read(request)
        context = self._make_context(caller_of(request, self._public_url))
        try:
            result = await self._schema.execute(
                operation.query,
                variable_values=operation.variables,
                operation_name=operation.operation_name,
                context_value=context,
                allowed_operation_types=allowed,
            )
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                return self._follow(request, operation, context.caller, running)
            message = error.as_http_error_reason(request.method)
            raise BadRequest(HTTPStatus.METHOD_NOT_ALLOWED, message, Allow="POST") from None
        except CannotGetOperationTypeError as error:
            running.refused()
            reason = error.as_http_error_reason()
            return _response(unclear(reason), _status(media_type, ran=False), media_type)
        finally:
            running.operation = context.operation
        ran = result.data is not None or any(error.path for error in result.errors or [])
        body = body_of(result)
        running.answered(body.get("errors", ()), data=result.data is not None, ran=ran)
        response = _response(body, _status(media_type, ran=ran), media_type, _caching(context.caller))
        keep_cookie(request, response, context.cookie)
        return response

    def _follow(self, request: Request, operation: Operation, caller: Caller, running: Running) -> Response:
        if _media_type(request.headers.get("accept"), _STREAMED) is None or request.method == "HEAD":
            if request.method == "POST":
                raise BadRequest(HTTPStatus.NOT_ACCEPTABLE, HOW_TO_SUBSCRIBE, "SUBSCRIPTION_NEEDS_STREAM")
            raise BadRequest(HTTPStatus.METHOD_NOT_ALLOWED, HOW_TO_SUBSCRIBE, Allow="POST")
        self._streams.refuse_when_stopping()
        running.answered((), data=True, ran=True)
        return EventStream(self._streams, self._streams.follow(operation, caller))


def _caching(caller: Caller) -> Mapping[str, str]:
    """What is answered to one person is nobody else's."""
    return {"cache-control": "no-store"} if any(caller.credentials) else {}


def _status(media_type: str, *, ran: bool) -> HTTPStatus:
    """A document that did not run is a 400 to those who can tell it from a proxy's, and a 200 to the rest."""
    return HTTPStatus.OK if ran or media_type != RESPONSE_JSON else HTTPStatus.BAD_REQUEST


def _response(
    body: Mapping[str, Any], status: HTTPStatus, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """To those who take nothing but a stream, a stream of one answer."""
    return Response(
        next_event(body) + COMPLETE if media_type == EVENT_STREAM else msgspec.json.encode(body),
        status_code=status,
        headers={"content-type": f"{media_type}; charset=utf-8", "vary": "accept", **(headers or {})},
    )


def _is_browser(headers: Headers) -> bool:
    return "text/html" in headers.get("accept", "")


def _media_type(accept: str | None, made: Mapping[str, str]) -> str | None:
    """The first of what the client accepts that is made; None when there is none."""
    if not accept:
        return made.get("*/*")
    wishes = [_wish(part) for part in accept.split(",")]
    usable = [(quality, name) for name, quality in wishes if name in made and quality > 0]
    if not usable:
        return None
    best = max(quality for quality, _ in usable)
    return next(made[name] for quality, name in usable if quality == best)


def _wish(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
    try:
        return name, float(quality)
    except ValueError:
        return name, 0.0


async def _read(request: Request) -> tuple[Operation, set[OperationType]]:
    if request.method in {"GET", "HEAD"}:
        return _from_query(request), {OperationType.QUERY}
    if request.method != "POST":
        raise BadRequest(
            HTTPStatus.METHOD_NOT_ALLOWED, "GraphQL is asked by POST, or by GET for queries", Allow="GET, POST"
        )
    content_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if content_type != JSON:
        raise BadRequest(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Type must be {JSON}, not {content_type[:80]!r}")
    parameters = _json(await _content(request), "the body")
    if not isinstance(parameters, dict):
        raise BadRequest(HTTPStatus.BAD_REQUEST, 'the body must be a JSON object: {"query": "..."}')
    return operation_of(parameters), {OperationType.QUERY, OperationType.MUTATION}


def _from_query(request: Request) -> Operation:
    parameters: dict[str, object] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if parameters.get(name):
            parameters[name] = _json(str(parameters[name]).encode(), name)
        else:
            parameters.pop(name, None)
    return operation_of({**parameters, "operationName": parameters.get("operationName") or None})


async def _content(request: Request) -> bytes:
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > MAX_BODY_BYTES:
                message = f"the body is larger than {MAX_BODY_BYTES // 1024} KiB"
                raise BadRequest(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)
    except ClientDisconnect:
        # Nobody is there to read it; raised further, it would stand in the log as a failure of ours.
        raise BadRequest(HTTPStatus.BAD_REQUEST, "the body broke off") from None
    return bytes(content)


def _json(content: bytes, what: str) -> object:
    try:
        value: object = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        message = f"{what} cannot be read as JSON"
        raise BadRequest(HTTPStatus.BAD_REQUEST, message) from None
    return value
