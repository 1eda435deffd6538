"""Errors as clients see them: every one with a code, none with a traceback.

GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED    the document is wrong
BAD_USER_INPUT, CURSOR_INVALID, CURSOR_EXPIRED     an argument is wrong
UNAUTHENTICATED                                    the token that was sent does not hold
PROVIDER_FAILED, DATABASE_UNAVAILABLE, ...         it cannot be told now; `retryable` is true, the rest is answered
OPERATION_RESOLUTION_FAILURE                       which operation is not clear
INTERNAL_SERVER_ERROR                              ours; the log has the rest
"""

from __future__ import annotations

import logging

from graphql import GraphQLError, GraphQLSyntaxError

from gateway.errors import GatewayError

log = logging.getLogger(__name__)

UNCLEAR = "OPERATION_RESOLUTION_FAILURE"


def present(error: GraphQLError, *, executed: bool) -> dict[str, object]:
    """The error as a client may see it, with its code under `extensions`. What is ours to mend is logged, not shown."""
    return _shown(error, _code(error, executed=executed))


def present_break(error: GraphQLError) -> dict[str, object]:
    """What broke off an operation from within, so that the error has no path: ours, unless the gateway says otherwise."""
    cause = _cause(error)
    return _shown(error, cause.code if isinstance(cause, GatewayError) else "INTERNAL_SERVER_ERROR")


def _shown(error: GraphQLError, code: str) -> dict[str, object]:
    formatted = dict(error.formatted)
    if code == "INTERNAL_SERVER_ERROR":
        log.error("a resolver failed at %s", error.path, exc_info=error.original_error or error)
        formatted["message"] = "Something went wrong on our side; please try again."
    extensions = {**(error.extensions or {}), "code": code}
    if isinstance(cause := _cause(error), GatewayError) and cause.retryable:
        extensions["retryable"] = True
    return {**formatted, "extensions": extensions}


def _code(error: GraphQLError, *, executed: bool) -> str:
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    cause = _cause(error)
    if isinstance(cause, GatewayError):
        return cause.code
    if error.path is not None:
        return "INTERNAL_SERVER_ERROR" if cause is not None else "BAD_USER_INPUT"
    # Without a path: before execution the document is wrong; in it, a variable is.
    return "BAD_USER_INPUT" if executed else "GRAPHQL_VALIDATION_FAILED"


def _cause(error: GraphQLError) -> Exception | None:
    """graphql-core wraps its own errors once more to say where they happened; one without a cause is about the request."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause
