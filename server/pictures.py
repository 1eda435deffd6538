"""The providers' pictures, fetched for whoever looks at a page of ours: their hosts hear of the gateway alone."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from gateway.pictures import Pictures
from providers import Answer, Http, ProviderError
from providers import Request as Asked

# What browsers draw without running anything in it: no SVG.
KINDS = frozenset({"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"})
MAX_BYTES = 3 * 1024 * 1024
TIMEOUT = 6.0
MOST_HOSTS = 24
KEPT = "public, max-age=86400, immutable"
# A host that is down, or a picture that is gone: a while later it may be asked again.
MISSING = "public, max-age=600"
# Opened by itself, a picture is a document of our origin.
HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

log = logging.getLogger(__name__)


def open_host(origin: str) -> Http:
    """A client of a host that a provider has named: public addresses alone, and no more than a picture may hold."""
    return Http(origin, timeout=TIMEOUT, redirects=2, max_bytes=MAX_BYTES, allow_private=False)


class PictureProxy:
    """Answers with a picture, or with nothing at all where it cannot be had: that is no mistake of whoever asks."""

    def __init__(self, pictures: Pictures, open_host: Callable[[str], Http] = open_host) -> None:
        self._pictures = pictures
        self._open_host = open_host
        self._hosts: OrderedDict[str, Http] = OrderedDict()

    async def picture(self, request: Request) -> Response:
        """The picture of that name."""
        url = self._pictures.url(request.path_params["name"])
        if url is None:
            return Response(status_code=HTTPStatus.NOT_FOUND, headers=HEADERS)
        try:
            answer = await self._fetch(url)
        except ProviderError as error:
            log.debug("a picture cannot be had: %s", error)
            return _nothing()
        kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in KINDS:
            return _nothing()
        return Response(answer.content, media_type=kind, headers={**HEADERS, "cache-control": KEPT})

    async def aclose(self) -> None:
        """Close every connection."""
        while self._hosts:
            await self._hosts.popitem()[1].aclose()

    async def _fetch(self, url: str) -> Answer:
        host = await self._host(url)
        return await host.send(Asked(path=url, headers={"accept": ", ".join(sorted(KINDS))}))

    async def _host(self, url: str) -> Http:
        """Its client, kept for the next picture; those of hosts that were not asked for longest are closed."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        host = self._hosts.pop(origin, None) or self._open_host(origin)
        self._hosts[origin] = host
        if len(self._hosts) > MOST_HOSTS:
            await self._hosts.popitem(last=False)[1].aclose()
        return host


def _nothing() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={**HEADERS, "cache-control": MISSING})
