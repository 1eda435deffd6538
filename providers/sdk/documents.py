"""Documents at an address that many searches are answered from: fetched now and then, and read only when changed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from providers.sdk.errors import Malformed
from providers.sdk.http import Answer, Explain, Http, Request

T = TypeVar("T")


class Flights:
    """Work that many wait for and one task does; it goes on when those who wait are cancelled."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}

    async def join(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What the work of this key brings: begun now, unless it is under way already."""
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.create_task(work())
            self._tasks[key] = task
            task.add_done_callback(lambda done: self._land(key, done))
        result: T = await asyncio.shield(task)
        return result

    def cancel(self) -> None:
        """Stop all of it."""
        for task in self._tasks.values():
            task.cancel()

    def _land(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        del self._tasks[key]
        if not task.cancelled():
            task.exception()  # seen, though all who waited may be gone


class Document(Generic[T]):
    """One document, kept as what was read of it.

    read: makes of an answer what is kept. It runs in a thread, as a large document takes longer than a request of
        somebody else should wait, and only when the document is another than before.
    keep: how long what was read may serve before the document is asked for again.
    explain: the adapter's reading of an answer as an error; see `Http.send`.

    When it cannot be fetched again, asking fails, although an older copy is there: serving stale answers, and saying
    so, is the gateway's part.
    """

    def __init__(
        self,
        http: Http,
        request: Request,
        *,
        read: Callable[[Answer], T],
        keep: Callable[[T], timedelta],
        clock: Callable[[], datetime],
        explain: Explain | None = None,
    ) -> None:
        self._http = http
        self._request = request
        self._read = read
        self._keep = keep
        self._clock = clock
        self._explain = explain
        self._copy: _Copy[T] | None = None
        self._flights = Flights()

    async def latest(self) -> T:
        """What was read of it, not too long ago: one fetch, whoever asks for it meanwhile.

        Raises:
            ProviderError: it cannot be had, or not be read.
        """
        copy = self._copy
        if copy is not None and self._clock() < copy.fetched_at + self._keep(copy.content):
            return copy.content
        return await self._flights.join("fetch", self._fetch)

    def cancel(self) -> None:
        """Stop fetching."""
        self._flights.cancel()

    async def _fetch(self) -> T:
        old = self._copy
        headers = {**self._request.headers, **_conditions(old.validators if old else {})}
        answer = await self._http.send(replace(self._request, headers=headers), explain=self._explain)
        self._copy = await self._take(answer, old)
        return self._copy.content

    async def _take(self, answer: Answer, old: _Copy[T] | None) -> _Copy[T]:
        """The answer as a copy; what is there already where it has not changed."""
        validators = {name: answer.headers[name] for name in ("etag", "last-modified") if name in answer.headers}
        now = self._clock()
        if answer.status == HTTPStatus.NOT_MODIFIED:
            if old is None:
                msg = "says that nothing has changed, but was not asked that"
                raise Malformed(msg, http_status=answer.status)
            return replace(old, fetched_at=now, validators={**old.validators, **validators})
        digest = hashlib.sha256(answer.content).digest()
        if old is not None and digest == old.digest:
            return replace(old, fetched_at=now, validators=validators)
        content = await asyncio.to_thread(self._read, answer)
        return _Copy(content=content, fetched_at=now, validators=validators, digest=digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy(Generic[T]):
    """The document as it was at `fetched_at`, and the headers to ask with whether it has changed."""

    content: T
    fetched_at: datetime
    validators: Mapping[str, str]
    digest: bytes


def _conditions(validators: Mapping[str, str]) -> dict[str, str]:
    """RFC 9110, 13.1: only send it if it is another than ours."""
    names = {"etag": "if-none-match", "last-modified": "if-modified-since"}
    return {names[name]: value for name, value in validators.items()}
