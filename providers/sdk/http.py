"""The one way out to a provider: pooled, paced, retried, capped, redacted. Only the kit's recordings import httpx besides."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import aiohttp
import httpx
import msgspec
from httpx_aiohttp import AiohttpTransport

from providers.sdk.addresses import PrivateAddress, public_socket
from providers.sdk.errors import Malformed, Misconfigured, ProviderError, RateLimited, Refused, TimedOut, Unavailable
from providers.sdk.quota import Quota, quota_in
from providers.sdk.redact import Redactor
from providers.sdk.resilience import RETRIED_STATUSES, Pace, Patience, retry_at
from providers.sdk.tally import count_request
from providers.sdk.unpacking import ACCEPTED, unpacked

USER_AGENT = "event-gateway"
MAX_ANSWER_BYTES = 32 * 1024 * 1024
MAX_CONNECTIONS = 20
CONNECT_TIMEOUT = 5.0

# Each logs whole addresses, keys included, as soon as somebody sets the level to INFO or DEBUG.
for chatty in ("httpx", "httpcore", "aiohttp"):
    logging.getLogger(chatty).setLevel(logging.WARNING)

Parameter = str | int | float | Sequence[str]
Transport = httpx.AsyncBaseTransport
"""What takes a request and brings its answer: the network, a recording, a test's stand-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask. `path` stands under the provider's base address; a list among `params` repeats its name.

    idempotent: it only reads, so that it may be sent again, as a GET always may: a GraphQL query is a POST.
    """

    path: str = ""
    params: Mapping[str, Parameter] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    json: object = None
    idempotent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, whole. `url` is redacted; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str

    def json(self) -> Any:  # noqa: ANN401 - JSON from outside has no type until an adapter reads it
        """The content as JSON.

        Raises:
            Malformed: it is not JSON: HTML from an edge, half an answer, nothing.
        """
        try:
            return msgspec.json.decode(self.content.removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            msg = f"answered {self._kind()} where JSON was due ({error})"
            raise Malformed(msg, http_status=self.status) from None

    def _kind(self) -> str:
        if not self.content:
            return "nothing"
        if self.content.lstrip()[:1] == b"<" or "html" in self.headers.get("content-type", ""):
            return "HTML"
        return f"{len(self.content)} bytes that cannot be read"


Explain = Callable[[Answer], ProviderError | None]
"""An adapter's reading of an answer as an error: None where the answer is fine, or says nothing special."""


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


class Http:
    """Requests to one provider at `base_url`; no other host is ever asked, but where `redirects` are followed.

    timeout: seconds for one request, its retries included.
    requests_per_second: the pace; None for as fast as can be.
    redirects: how many to follow. Keep 0 wherever a key is sent.
    max_bytes: the largest answer, unpacked.
    allow_private: whether addresses that are not public may be connected to; never without, where an address is
        somebody else's word.
    transport: the seam for tests; by default aiohttp's pool, at a fifth of the CPU of httpx's own.
    """

    user_agent = USER_AGENT
    """What it calls itself to the provider, which is also its name in robots.txt."""
    quota: Quota | None
    """What the upstream last said is left of its quota; None where it never did."""

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float = 10.0,
        requests_per_second: float | None = None,
        redirects: int = 0,
        redactor: Redactor | None = None,
        patience: Patience | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
        allow_private: bool = True,
        clock: Callable[[], datetime] = utc_now,
        transport: Transport | None = None,
    ) -> None:
        self.base_url, self._auth = _without_credentials(base_url.rstrip("/"))
        self.redact = redactor or Redactor()
        self.redact.learn(*(self._auth or ()))
        self._timeout = timeout
        self._pace = Pace(requests_per_second)
        self._patience = patience or Patience()
        self._max_bytes = max_bytes
        self._redirects = redirects
        self._clock = clock
        self._closed_until: datetime | None = None
        self.quota: Quota | None = None
        self._transport = transport or pool(allow_private=allow_private)
        self._client = httpx.AsyncClient(
            transport=self._transport,
            timeout=httpx.Timeout(timeout, connect=min(timeout, CONNECT_TIMEOUT)),
            headers={"user-agent": self.user_agent, "accept-encoding": ACCEPTED},
            trust_env=False,
        )

    async def send(self, request: Request, *, explain: Explain | None = None) -> Answer:
        """Send it, and again where that may help; only an idempotent request is ever repeated.

        Raises:
            ProviderError: one of its kinds, already redacted, whatever went wrong.
        """
        try:
            async with asyncio.timeout(self._timeout):
                return await self._try(request, explain)
        except TimeoutError:
            msg = f"did not answer within {self._timeout:g} s"
            raise TimedOut(msg) from None

    async def json(self, request: Request, *, explain: Explain | None = None) -> Any:  # noqa: ANN401 - see Answer.json
        """Send it and read the answer as JSON."""
        return (await self.send(request, explain=explain)).json()

    def over(self, wrap: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]) -> Http:
        """The same client, never trying twice, over a transport that is made of its own: for tests."""
        other = Http(
            self.base_url,
            timeout=self._timeout,
            redirects=self._redirects,
            redactor=self.redact,
            patience=Patience(attempts=1),
            max_bytes=self._max_bytes,
            clock=self._clock,
            transport=wrap(self._transport),
        )
        other._auth = self._auth
        return other

    async def aclose(self) -> None:
        """Close the pool."""
        await self._client.aclose()

    async def _try(self, request: Request, explain: Explain | None) -> Answer:
        attempts = self._patience.attempts if request.method == "GET" or request.idempotent else 1
        for attempt in range(1, attempts + 1):
            self._refuse_while_closed()
            await self._pace.wait()
            try:
                answer = await self._once(request)
                self._check(answer, explain)
            except ProviderError as error:
                wait = self._wait_after(error, attempt, attempts)
                if wait is None:
                    raise
                await asyncio.sleep(wait)
            else:
                return answer
        raise AssertionError  # the last attempt returns or raises

    def _wait_after(self, error: ProviderError, attempt: int, attempts: int) -> float | None:
        """Seconds until the next attempt; None where there is to be none."""
        if not error.retryable or attempt == attempts or error.http_status not in {None, 429, *RETRIED_STATUSES}:
            return None
        wait = self._patience.wait_before(attempt + 1)
        if isinstance(error, RateLimited) and error.retry_at is not None:
            wait = max(wait, (error.retry_at - self._clock()).total_seconds())
            if wait > self._patience.longest_wait:
                return None
            self._closed_until = None
        return wait

    async def _once(self, request: Request) -> Answer:
        url = self._address(request.path)
        count_request()
        params = {name: list(value) if isinstance(value, tuple) else value for name, value in request.params.items()}
        try:
            sent = self._client.build_request(
                request.method, url, params=params or None, headers=dict(request.headers), json=request.json
            )
            response, content = await self._follow(sent)
        except httpx.TimeoutException as error:
            # The aiohttp transport calls every lost connection a timeout; what it came from knows better.
            late = error.__cause__ is None or isinstance(error.__cause__, TimeoutError)
            self._fail(*((TimedOut, "did not answer in time") if late else (Unavailable, "cannot be reached")), error)
        except httpx.RemoteProtocolError as error:
            self._fail(Malformed, "sent an answer that cannot be decoded", error)
        except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError) as error:
            self._fail(Unavailable, "cannot be reached", error)
        headers = {name.lower(): value for name, value in response.headers.items()}
        # An answer that says nothing of the quota, such as an error, takes back nothing that was said before.
        self.quota = quota_in(headers) or self.quota
        return Answer(status=response.status_code, headers=headers, content=content, url=self.redact(str(response.url)))

    async def _follow(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        """Send it and follow its redirects. httpx would read what a redirect holds, whole; here nobody does."""
        auth = self._auth
        for _ in range(self._redirects + 1):
            response = await self._client.send(request, stream=True, auth=auth)
            try:
                if response.next_request is None or not self._redirects:
                    return response, await self._read(response)
            finally:
                await response.aclose()
            # Where the next hop may have the credentials, they are among its headers already.
            request, auth = response.next_request, None
        msg = "redirects too often"
        raise Refused(msg)

    def _fail(self, kind: type[ProviderError], what: str, error: Exception) -> NoReturn:
        failure = _forbidden() if _is_private(error) else kind(what)
        # The note is for the operator's log: a client of the gateway has no use for addresses of its network.
        failure.add_note(self.redact(f"{type(error).__name__}: {error}"))
        raise failure from None

    async def _read(self, response: httpx.Response) -> bytes:
        assert isinstance(response.stream, httpx.AsyncByteStream)
        encoding = response.headers.get("content-encoding", "")
        try:
            return await unpacked(response.stream, encoding, self._max_bytes)
        except Malformed as error:
            error.http_status = response.status_code
            raise

    def _address(self, path: str) -> str:
        if not urlsplit(path).netloc:
            return f"{self.base_url}/{path.lstrip('/')}" if path else self.base_url
        if _origin(path) != _origin(self.base_url):
            msg = f"would have been asked at another address: {self.redact(path)}"
            raise Refused(msg)
        return path

    def _refuse_while_closed(self) -> None:
        if self._closed_until is not None and self._closed_until > self._clock():
            msg = f"is rate limited until {self._closed_until:%Y-%m-%d %H:%M:%S %Z}"
            raise RateLimited(msg, http_status=HTTPStatus.TOO_MANY_REQUESTS, retry_at=self._closed_until)

    def _check(self, answer: Answer, explain: Explain | None) -> None:
        """Raise what the answer means, if it means an error."""
        error = (explain(answer) if explain else None) or self._plain_error(answer)
        if error is None:
            return
        error.http_status = error.http_status or answer.status
        error.message = self.redact(error.message)
        error.args = (error.message,)
        if isinstance(error, RateLimited):
            error.retry_at = error.retry_at or retry_at(answer.headers, self._clock())
            self._closed_until = error.retry_at
        raise error

    def _plain_error(self, answer: Answer) -> ProviderError | None:
        """What the status alone says."""
        status = answer.status
        if status < HTTPStatus.BAD_REQUEST:
            return Malformed(f"redirects to elsewhere ({status})") if 300 <= status != HTTPStatus.NOT_MODIFIED else None  # noqa: PLR2004 - 3xx
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimited("says that it was asked too often")
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return Misconfigured(f"refuses the credentials ({status}); check its key")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
            return Unavailable(f"has trouble of its own ({status})")
        return Refused(f"refuses the request ({status})")


def _without_credentials(url: str) -> tuple[str, tuple[str, str] | None]:
    """An address and the name and password that it holds (RFC 3986, 3.2.1), which go into a header instead."""
    parts = urlsplit(url)
    if parts.username is None:
        return url, None
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return bare, (unquote(parts.username), unquote(parts.password or ""))


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


@cache
def _tls() -> ssl.SSLContext:
    """The system's certificates, read once: each provider's own copy would take 60 ms of the start."""
    return ssl.create_default_context()


def pool(*, allow_private: bool) -> httpx.AsyncBaseTransport:
    """Connections to wherever one is sent, or to public addresses alone."""
    socket_factory = None if allow_private else public_socket

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=MAX_CONNECTIONS, ttl_dns_cache=60, ssl=_tls(), socket_factory=socket_factory
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    return AiohttpTransport(client=session, verify=_tls())


def _is_private(error: Exception) -> bool:
    cause = error.__cause__
    return isinstance(cause, aiohttp.ClientConnectorError) and isinstance(cause.os_error, PrivateAddress)


def _forbidden() -> Misconfigured:
    msg = "leads to an address that is not public; if that is meant, write allow_private = true in its [feeds] table"
    return Misconfigured(msg, missing=("allow_private",))
