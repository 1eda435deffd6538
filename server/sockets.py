"""GraphQL over WebSocket: graphql-transport-ws, as the graphql-ws clients speak it.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

    4400  a message that is none          4408  no connection_init in time
    4401  an operation before the ack     4409  two operations of one id at a time
    4406  another subprotocol             4429  a second connection_init
    1001  the server stops, or nothing has happened for long; 1009 a message that is too large
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from schema import Caller
from server.identity import bearer_of, caller_of, is_foreign
from server.operation import MAX_BODY_BYTES, BadRequest, Operation, operation_of
from server.streams import Streams

PROTOCOL = "graphql-transport-ws"
MOST_OPERATIONS = 20
GOING_AWAY, TOO_LARGE = 1001, 1009
BAD, EARLY, OTHER_PROTOCOL, LATE, TWICE, INITIALISED = 4400, 4401, 4406, 4408, 4409, 4429

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a connection may take to begin, and how long it may be open for nothing (seconds)."""

    begin: float = 10.0
    idle: float = 300.0


class Sockets:
    """Answers WebSockets, those of other sites' pages excepted."""

    def __init__(self, streams: Streams, public_url: str | None = None, patience: Patience | None = None) -> None:
        self._streams = streams
        self._public_url = public_url
        self._patience = patience or Patience()

    async def serve(self, websocket: WebSocket) -> None:
        """One connection, until either side closes it."""
        if is_foreign(websocket, self._public_url):
            # Unlike fetch, a WebSocket would let any page read what this gateway tells its own visitors.
            await websocket.close()  # before it is accepted, which makes it a 403
            return
        known = PROTOCOL in websocket.scope["subprotocols"]
        await websocket.accept(PROTOCOL if known else None)
        if not known:
            await websocket.close(OTHER_PROTOCOL, f"Subprotocol must be {PROTOCOL}")
            return
        # What is answered here sets no cookie, so a session that is begun here must not count on one.
        caller = caller_of(websocket, self._public_url)
        caller = replace(caller, client=caller.client._replace(in_browser=False))
        with self._streams.connection():
            await _Socket(websocket, self._streams, caller, self._patience).serve()


class _Close(Exception):
    """The connection is to be closed."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class _Socket:
    """One connection."""

    def __init__(self, websocket: WebSocket, streams: Streams, caller: Caller, patience: Patience) -> None:
        self._websocket = websocket
        self._streams = streams
        self._caller = caller
        self._patience = patience
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._initialised = False
        self._now = asyncio.get_running_loop().time
        self._began = self._heard = self._now()

    async def serve(self) -> None:
        leaving = asyncio.create_task(self._leave())
        try:
            while True:
                await self._take(await self._receive())
        except _Close as close:
            await self._close(close.code, close.reason)
        except WebSocketDisconnect:
            pass  # whoever is not there needs no answer
        finally:
            tasks = [leaving, *self._operations.values()]
            self._operations.clear()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _receive(self) -> Message:
        while True:
            try:
                async with asyncio.timeout_at(self._patient_until()):
                    message = await self._websocket.receive()
            except TimeoutError:
                self._check_patience()
            else:
                self._heard = self._now()
                return _message(message)

    def _patient_until(self) -> float:
        if not self._initialised:
            return self._began + self._patience.begin
        return (self._now() if self._operations else self._heard) + self._patience.idle

    def _check_patience(self) -> None:
        if not self._initialised:
            raise _Close(LATE, "Connection initialisation timeout")
        if not self._operations and self._now() >= self._heard + self._patience.idle:
            raise _Close(GOING_AWAY, "Nothing has been asked for long")

    async def _take(self, message: Message) -> None:
        match message:
            case {"type": "connection_init"}:
                await self._initialise(message.get("payload"))
            case {"type": "ping"}:
                await self._say({**message, "type": "pong"})
            case {"type": "pong"}:
                pass
            case {"type": "subscribe", "id": str(own_id), "payload": dict(payload)} if own_id:
                await self._subscribe(own_id, payload)
            case {"type": "complete", "id": str(own_id)}:
                if (operation := self._operations.pop(own_id, None)) is not None:
                    operation.cancel()
            case _:
                raise _Close(BAD, "Invalid message")

    async def _initialise(self, payload: object) -> None:
        """Browsers cannot set headers on a WebSocket: what the payload says of who asks counts."""
        if self._initialised:
            raise _Close(INITIALISED, "Too many initialisation requests")
        if not isinstance(payload, dict | None):
            raise _Close(BAD, "Invalid connection_init payload")
        for name, value in (payload or {}).items():
            if name.lower() == "authorization" and isinstance(value, str):
                credentials = self._caller.credentials._replace(bearer=bearer_of(value))
                self._caller = replace(self._caller, credentials=credentials)
        self._initialised = True
        await self._say({"type": "connection_ack"})

    async def _subscribe(self, own_id: str, payload: Mapping[str, object]) -> None:
        if not self._initialised:
            raise _Close(EARLY, "Unauthorized")
        if own_id in self._operations:
            raise _Close(TWICE, f"Subscriber for {own_id[:60]} already exists")
        try:
            operation = self._admitted(payload)
        except BadRequest as error:
            await self._say({"id": own_id, "type": "error", "payload": error.body["errors"]})
        else:
            self._operations[own_id] = self._streams.tell(self._tell(own_id, operation))

    def _admitted(self, payload: Mapping[str, object]) -> Operation:
        self._streams.refuse_when_stopping()
        if len(self._operations) >= MOST_OPERATIONS:
            message = f"one connection has at most {MOST_OPERATIONS} operations at a time; complete one first"
            raise BadRequest(HTTPStatus.TOO_MANY_REQUESTS, message, "TOO_MANY_OPERATIONS")
        return operation_of(payload)

    async def _tell(self, own_id: str, operation: Operation) -> None:
        with suppress(WebSocketDisconnect):
            try:
                async with aclosing(self._streams.run(operation, self._caller)) as answers:
                    async for answer in answers:
                        if answer.refused:
                            await self._end(own_id, {"type": "error", "payload": answer.body["errors"]})
                        else:
                            await self._say({"id": own_id, "type": "next", "payload": answer.body})
            finally:
                # Where the server ends it, too; not where the client has, or is gone.
                await self._end(own_id, {"type": "complete"})

    async def _end(self, own_id: str, message: Message) -> None:
        """Say the last word on an operation, once. Its id is free from then on."""
        if self._operations.get(own_id) is not asyncio.current_task():
            return
        del self._operations[own_id]
        self._heard = self._now()
        await self._say({"id": own_id, **message})

    async def _say(self, message: Message) -> None:
        """Send it, as fast as it is read."""
        if self._websocket.application_state is not WebSocketState.CONNECTED:
            raise WebSocketDisconnect
        await self._websocket.send_text(msgspec.json.encode(message).decode())

    async def _leave(self) -> None:
        """When the server stops, close once nothing is under way."""
        await self._streams.stopping.wait()
        while self._operations:
            await asyncio.wait(set(self._operations.values()))
        await self._close(GOING_AWAY, "The gateway stops; connect once more, and another answers")

    async def _close(self, code: int, reason: str) -> None:
        if self._websocket.application_state is WebSocketState.CONNECTED:
            await self._websocket.close(code, reason)


def _message(received: Mapping[str, Any]) -> Message:
    if received["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(received.get("code", 1005))
    text = received.get("text")
    if not isinstance(text, str):
        raise _Close(BAD, "Messages must be text")
    if len(text) > MAX_BODY_BYTES:
        raise _Close(TOO_LARGE, f"A message has at most {MAX_BODY_BYTES // 1024} KiB")
    try:
        message = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise _Close(BAD, "Messages must be JSON") from None
    if not isinstance(message, dict):
        raise _Close(BAD, "Messages must be JSON objects")
    return message
