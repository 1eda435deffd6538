"""Operations that somebody listens to: the one place that knows when a stream begins, what is said in it, and when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from http import HTTPStatus
from typing import Any, NamedTuple

import strawberry
from graphql import GraphQLError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from schema import Caller, Context, present, present_break
from server.operation import BadRequest, Operation, body_of, unclear

# How long a connection may take to say goodbye, once all is said (seconds).
GOODBYE = 1.0


class Answer(NamedTuple):
    """One answer of an operation. refused: it did not run, and nothing follows."""

    body: dict[str, Any]
    refused: bool


class Streams:
    """Runs operations for those who listen. `count` is told how many listen, whenever that changes."""

    def __init__(
        self,
        schema: strawberry.Schema,
        make_context: Callable[[Caller], Context],
        count: Callable[[int], None] = lambda _listeners: None,
    ) -> None:
        self.stopping = asyncio.Event()
        self._schema = schema
        self._make_context = make_context
        self._count = count
        self._connections: set[asyncio.Task[Any]] = set()
        self._listeners: set[asyncio.Task[None]] = set()

    async def run(self, operation: Operation, caller: Caller) -> AsyncGenerator[Answer, None]:
        """The answer of a query or a mutation; the answers of a subscription."""
        try:
            yield await self._once(operation, caller)
        except InvalidOperationTypeError:
            async with aclosing(self.follow(operation, caller)) as answers:
                async for answer in answers:
                    yield answer

    async def follow(self, operation: Operation, caller: Caller) -> AsyncGenerator[Answer, None]:
        """The answers of a subscription. Closing it, or cancelling whoever waits for the next, ends what it began."""
        context = self._make_context(caller)
        try:
            results = await self._schema.subscribe(
                operation.query,
                variable_values=operation.variables,
                operation_name=operation.operation_name,
                context_value=context,
            )
            async with aclosing(results):
                async for result in results:
                    yield _answer(result, runs=context.runs)
        except Exception as error:  # noqa: BLE001 - the mask over whatever goes wrong; `present_break` logs it
            yield _broken(error)

    def tell(self, words: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Has somebody told of an operation, from now until the task is done. At a stop, one that goes on is cancelled."""
        listener = asyncio.create_task(words)
        self._listeners.add(listener)
        self._count(len(self._listeners))
        listener.add_done_callback(self._leaves)
        return listener

    @contextmanager
    def connection(self) -> Iterator[None]:
        """While this lasts, the task that is in it is waited for at a stop, so that it can say goodbye."""
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            yield
        finally:
            self._connections.discard(task)

    def refuse_when_stopping(self) -> None:
        """Nothing begins any more, once the process is to stop.

        Raises:
            BadRequest: it is.
        """
        if self.stopping.is_set():
            message = "the gateway is about to stop; connect once more, and another answers"
            raise BadRequest(HTTPStatus.SERVICE_UNAVAILABLE, message, "UNAVAILABLE", **{"retry-after": "1"})

    async def end(self, within: float) -> None:
        """Let what is under way end by itself for so many seconds, end the rest, and see everybody off."""
        self.stopping.set()
        await _wait(self._listeners, within)
        for listener in self._listeners:
            listener.cancel()
        await _wait(self._listeners, GOODBYE)
        await _wait(self._connections, GOODBYE)

    def _leaves(self, listener: asyncio.Task[None]) -> None:
        self._listeners.discard(listener)
        self._count(len(self._listeners))

    async def _once(self, operation: Operation, caller: Caller) -> Answer:
        try:
            result = await self._schema.execute(
                operation.query,
                variable_values=operation.variables,
                operation_name=operation.operation_name,
                context_value=self._make_context(caller),
                allowed_operation_types={OperationType.QUERY, OperationType.MUTATION},
            )
        except CannotGetOperationTypeError as error:
            return Answer(unclear(error.as_http_error_reason()), refused=True)
        body = body_of(result)
        return Answer(body, refused="data" not in body)


def _answer(result: ExecutionResult, *, runs: bool) -> Answer:
    if isinstance(result, PreExecutionError):
        return Answer({"errors": [present(error, executed=runs) for error in result.errors or ()]}, refused=True)
    if any(error.path is None for error in result.errors or ()):
        # What an operation ran into while nothing was being resolved; it ends with that.
        return Answer({"errors": [present_break(error) for error in result.errors or ()], "data": None}, refused=False)
    return Answer(body_of(result), refused=False)


def _broken(error: Exception) -> Answer:
    return Answer({"errors": [present_break(GraphQLError(str(error), original_error=error))]}, refused=True)


async def _wait(tasks: set[asyncio.Task[Any]], seconds: float) -> None:
    if tasks:
        await asyncio.wait(set(tasks), timeout=seconds)
