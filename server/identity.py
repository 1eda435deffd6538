"""Whose request it is: a bearer token, or the cookie of a browser that one of our own pages is open in.

A cookie is sent along by any page that makes a browser send us something. So it counts only where the request comes
from a page of our own, which browsers say (Fetch Metadata: Sec-Fetch-Site; in old ones, Origin) and pages cannot forge.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from gateway.accounts import Client, Credentials
from schema import Caller

# "__Host-" binds the cookie to this host over TLS (RFC 6265bis, 4.1.3.2); without TLS a browser would not take it.
COOKIE, SECURE_COOKIE = "event-gateway", "__Host-event-gateway"
COOKIE_SECONDS = 30 * 24 * 60 * 60


def caller_of(request: HTTPConnection, public_url: str | None) -> Caller:
    """Who asks, from where, and how they reached us."""
    base_url = _base_url(request, public_url)
    ours = _comes_from_our_page(request, base_url)
    return Caller(
        credentials=Credentials(
            bearer=bearer_of(request.headers.get("authorization", "")),
            cookie=request.cookies.get(_cookie_name(request)) if ours else None,
        ),
        client=Client(address=request.client.host if request.client else None, in_browser=ours),
        base_url=base_url,
    )


def keep_cookie(request: Request, response: Response, value: str | None) -> None:
    """Have the browser keep this; forget it, where it is empty; nothing, where it is None."""
    if value is None:
        return
    response.set_cookie(
        _cookie_name(request),
        value,
        max_age=COOKIE_SECONDS if value else 0,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def bearer_of(authorization: str) -> str | None:
    """The token in such a header (RFC 6750, 2.1)."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def is_foreign(request: HTTPConnection, public_url: str | None) -> bool:
    """Whether a browser says that a page of another host asks."""
    base_url = _base_url(request, public_url)
    origin = request.headers.get("origin")
    if origin is None or _comes_from_our_page(request, base_url):
        return False
    return origin.partition("://")[2] != urlsplit(base_url).netloc


def _base_url(request: HTTPConnection, public_url: str | None) -> str:
    """That of a WebSocket begins with ws, or wss, as the address of its page with http, or https."""
    return public_url or re.sub("^ws", "http", str(request.base_url)).rstrip("/")


def _comes_from_our_page(request: HTTPConnection, base_url: str) -> bool:
    site = request.headers.get("sec-fetch-site")
    parts = urlsplit(base_url)
    ours = f"{parts.scheme}://{parts.netloc}"
    return site == "same-origin" if site is not None else request.headers.get("origin") == ours


def _is_secure(request: HTTPConnection) -> bool:
    return request.url.scheme in {"https", "wss"}


def _cookie_name(request: HTTPConnection) -> str:
    return SECURE_COOKIE if _is_secure(request) else COOKIE
