"""What a request asks to run, and what is answered, whichever way both come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from strawberry.types.execution import ExecutionResult, PreExecutionError

from schema import present

MAX_BODY_BYTES = 1024 * 1024


class BadRequest(Exception):
    """A request that is not GraphQL over HTTP; says what would be."""

    def __init__(self, status: HTTPStatus, message: str, code: str = "BAD_REQUEST", **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.headers = headers

    @property
    def body(self) -> dict[str, Any]:
        """As the client reads it."""
        return {"errors": [{"message": self.message, "extensions": {"code": self.code}}]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a request asks to run."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


def operation_of(parameters: Mapping[str, object]) -> Operation:
    """The operation that these parameters name.

    Raises:
        BadRequest: they name none.
    """
    query, variables, name = (parameters.get(key) for key in ("query", "variables", "operationName"))
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(HTTPStatus.BAD_REQUEST, "`query` must be a GraphQL document")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest(HTTPStatus.BAD_REQUEST, "`variables` must be a JSON object")
    if name is not None and not isinstance(name, str):
        raise BadRequest(HTTPStatus.BAD_REQUEST, "`operationName` must be a text")
    if not isinstance(parameters.get("extensions"), dict | None):
        raise BadRequest(HTTPStatus.BAD_REQUEST, "`extensions` must be a JSON object")
    return Operation(query=query, variables=variables, operation_name=name)


def body_of(result: ExecutionResult) -> dict[str, Any]:
    """What is answered, with errors as clients may see them."""
    executed = not isinstance(result, PreExecutionError)
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = [present(error, executed=executed) for error in result.errors]
    if executed and (result.data is not None or any(error.path for error in result.errors or [])):
        body["data"] = result.data
    return body


def unclear(reason: str) -> dict[str, Any]:
    """What is answered where it cannot be told what is to run."""
    message = f"{reason}; set `operationName` to one that the document holds"
    return {"errors": [{"message": message, "extensions": {"code": "OPERATION_RESOLUTION_FAILURE"}}]}
