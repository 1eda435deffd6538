"""Recordings of a provider's real answers: made once from the network, played back in tests without it.

    cassette = Cassette.load(Path("open-stage.json"))    # `event-gateway providers record` makes it
    http = Http("https://api.example.org", transport=cassette)
    provider = OpenStage(settings={"api_key": "***"}, http=http, clock=cassette.clock)

A cassette is JSON: the moment of the recording, and requests with their answers, in order. Most headers are left out,
and the redactor has gone over the rest, over addresses and bodies: `***` stands where a secret was. Requests are told
apart by method, path, parameters and body, and not by host: another server's recording will do.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from textwrap import shorten
from typing import Any, NamedTuple, Self
from urllib.parse import unquote_plus, urlsplit

import httpx

from providers.sdk.http import Transport, pool, utc_now
from providers.sdk.redact import HIDDEN, Redactor

FORMAT = "event-gateway cassette 1"
_KEPT_HEADERS = frozenset({"content-type", "etag", "last-modified", "link", "location", "retry-after"})
# What says how a body travelled, which is over once it has been read.
_TRAVEL_HEADERS = ("content-encoding", "content-length", "transfer-encoding")
_SHOWN = 80

Exchange = Mapping[str, Any]
"""A request and its answer, as they stand in the file."""


class NotRecorded(Exception):
    """A request that the cassette holds no answer to. No ProviderError, lest an adapter take it for an answer."""


class Cassette(httpx.AsyncBaseTransport):
    """Plays a recording. A request that was answered more than once gets its answers in turn, over and over.

    played: how many answers it has given.
    """

    def __init__(self, exchanges: Sequence[Exchange], *, recorded_at: datetime, name: str = "the cassette") -> None:
        self.name = name
        self.played = 0
        self._recorded_at = recorded_at
        self._turns: Counter[_Asked] = Counter()
        self._answers: dict[_Asked, list[Mapping[str, Any]]] = {}
        for exchange in exchanges:
            request = exchange["request"]
            asked = _Asked.of(request["method"], request["url"], request.get("body", ""))
            self._answers.setdefault(asked, []).append(exchange["answer"])

    @classmethod
    def load(cls, path: Path) -> Self:
        """The cassette in that file.

        Raises:
            OSError: it cannot be read.
            ValueError: it is no cassette.
        """
        with suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
            whole = json.loads(path.read_text(encoding="utf-8"))
            if whole["format"] == FORMAT:
                recorded_at = datetime.fromisoformat(whole["recorded_at"])
                return cls(whole["exchanges"], recorded_at=recorded_at, name=path.name)
        msg = f"{path} is no cassette; `event-gateway providers record` makes one"
        raise ValueError(msg)

    def clock(self) -> datetime:
        """The moment of the recording: a provider that takes it for now asks what was asked then."""
        return self._recorded_at

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The recorded answer.

        Raises:
            NotRecorded: there is none; the message says what there is.
        """
        asked = _Asked.of(request.method, str(request.url), _text(await request.aread()))
        answers = self._answers.get(asked)
        if not answers:
            msg = f"{self.name} has no answer to {self._difference(asked)} (record it anew)"
            raise NotRecorded(msg)
        answer = answers[self._turns[asked] % len(answers)]
        self._turns[asked] += 1
        self.played += 1
        return httpx.Response(answer["status"], headers=answer["headers"], content=_content(answer))

    def _difference(self, asked: _Asked) -> str:
        """The request, by what tells it from the nearest that there is."""
        alike = [held for held in self._answers if (held.method, held.path) == (asked.method, asked.path)]
        if not alike:
            return str(asked)
        return min(map(asked.beside, alike), key=len)


class Recorder(httpx.AsyncBaseTransport):
    """Asks the network, or another transport, and keeps each exchange without the secrets that `redact` knows."""

    def __init__(self, redact: Redactor, *, transport: Transport | None = None, at: datetime | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self._redact = redact
        self._transport = transport or pool(allow_private=True)
        self._at = (at or utc_now()).astimezone(UTC).replace(microsecond=0)

    def clock(self) -> datetime:
        """The moment of the recording; give it to the provider, so that playing back asks for the same times."""
        return self._at

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The real answer, whole."""
        body = _text(await request.aread())
        response = await self._transport.handle_async_request(request)
        try:
            content = await response.aread()
        finally:
            await response.aclose()
        self._keep(request, body, response, content)
        for name in _TRAVEL_HEADERS:
            response.headers.pop(name, None)
        return httpx.Response(response.status_code, headers=response.headers, content=content)

    def _keep(self, request: httpx.Request, body: str, response: httpx.Response, content: bytes) -> None:
        kept = {name: self._redact(value) for name, value in response.headers.items() if _is_kept(name)}
        asked = {"method": request.method, "url": self._redact(str(request.url))}
        exchange = {
            "request": asked | ({"body": self._redact(body)} if body else {}),
            "answer": {"status": response.status_code, "headers": kept, **_stored(content, self._redact)},
        }
        # The same once more would teach nothing.
        if exchange not in self.exchanges:
            self.exchanges.append(exchange)

    async def aclose(self) -> None:
        """Close what it asks through."""
        await self._transport.aclose()

    def save(self, path: Path) -> None:
        """Write the cassette.

        Raises:
            OSError: it cannot be written.
        """
        whole = {"format": FORMAT, "recorded_at": self._at.isoformat(), "exchanges": self.exchanges}
        path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


class _Asked(NamedTuple):
    """A request as it is told apart from others."""

    method: str
    path: str
    parameters: str
    body: str

    @classmethod
    def of(cls, method: str, url: str, body: str) -> Self:
        # Whatever is called like a secret is hidden here, too: the key of whoever plays it is not that of the recording.
        redact, parts = Redactor(), urlsplit(url)
        return cls(method, unquote_plus(parts.path), redact(unquote_plus(parts.query)), redact(body))

    def beside(self, other: _Asked) -> str:
        """This one, by what another one of its path has not."""
        ours, theirs = (dict.fromkeys(filter(None, each.parameters.split("&"))) for each in (self, other))
        names = {each.partition("=")[0] for each in ours}
        more = [each for each in ours if each not in theirs] + (["another body"] if self.body != other.body else [])
        less = [each for each in theirs if each.partition("=")[0] not in names]
        told = (f"with {', '.join(more)}" if more else "", f"without {', '.join(less)}" if less else "")
        return " ".join(filter(None, (self.method, self.path, *told)))

    def __str__(self) -> str:
        parameters = f"?{self.parameters}" if self.parameters else ""
        body = shorten(self.body, _SHOWN, placeholder="…")
        return " ".join(filter(None, (self.method, f"{self.path}{parameters}", body)))


def _is_kept(header: str) -> bool:
    return header in _KEPT_HEADERS or "ratelimit" in header.replace("-", "")


def _text(content: bytes) -> str:
    return content.decode(errors="replace")


def _stored(content: bytes, redact: Redactor) -> dict[str, Any]:
    """Content as it reads best, without secrets: JSON, text, or base64 of what is neither."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        # Each byte is a character of Latin-1: secrets are found in whatever holds ASCII.
        hidden = redact(content.decode("latin-1")).encode("latin-1")
        return {"base64": b64encode(hidden).decode()}
    try:
        value = _hide(json.loads(text), redact)
        _json(value)
    except (ValueError, RecursionError):  # no JSON, or with half a surrogate pair, which no file can hold
        return {"text": redact(text)}
    return {"json": value}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _content(stored: Mapping[str, Any]) -> bytes:
    if "json" in stored:
        return _json(stored["json"])
    return b64decode(stored["base64"]) if "base64" in stored else str(stored["text"]).encode()


def _hide(value: Any, redact: Redactor) -> Any:  # noqa: ANN401 - JSON from outside
    """The JSON without secrets: in texts, in names, and as numbers."""
    match value:
        case str():
            return redact(value)
        case dict():
            return {redact(name): _hide(each, redact) for name, each in value.items()}
        case list():
            return [_hide(each, redact) for each in value]
        case bool() | None:
            return value
        case _:
            return value if redact(str(value)) == str(value) else HIDDEN
