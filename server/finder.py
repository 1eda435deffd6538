"""The finder, at the front door: one document for all its pages, and what keeps it on a visitor's device."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from server.pages import HOW_TO_BUILD, STATIC
from server.settings import MapTiles

PAGES = ("/", "/favourites", "/agenda", "/account")
ICONS = ("icon.svg", "icon-192.png", "icon-512.png")
MANIFEST = "manifest.webmanifest"
SERVICE_WORKER = "service-worker.js"
_KEPT_A_DAY = {"cache-control": "public, max-age=86400", "x-content-type-options": "nosniff"}
NOT_BUILT = f"""<!doctype html><html lang="en"><title>Event gateway</title>
<h1>Event gateway</h1><p>{HOW_TO_BUILD}</p><p>The API is at <a href="/graphql">/graphql</a>.</p>"""


class Finder:
    """Serves the finder. Without `tiles` nothing on its pages comes from another host."""

    def __init__(self, tiles: MapTiles | None = None) -> None:
        self._tiles = tiles
        self._headers = {
            "content-security-policy": _policy(tiles),
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "geolocation=(self), camera=(), microphone=(), payment=()",
            "referrer-policy": "strict-origin-when-cross-origin" if tiles else "no-referrer",
            "x-content-type-options": "nosniff",
            "cache-control": "no-cache",
        }

    def routes(self) -> Sequence[BaseRoute]:
        """Where it is found. `/events/{id}.ics` must stand before them."""
        return [
            *(Route(path, self.page) for path in PAGES),
            Route("/events/{id}", self.event),
            Route(f"/{SERVICE_WORKER}", self.service_worker),
            Route(f"/static/{MANIFEST}", _manifest),
            *(Route(f"/static/{icon}", _icon) for icon in ICONS),
        ]

    async def page(self, _request: Request) -> Response:
        """Its document, which is the same for all pages; or how to get it."""
        path = STATIC / "finder.html"
        if not path.is_file():
            return HTMLResponse(NOT_BUILT, headers=self._headers)
        return HTMLResponse(self._filled_in(path.read_text(encoding="utf-8")), headers=self._headers)

    async def event(self, request: Request) -> Response:
        """The same for an event; no id has a dot, but files have."""
        if "." in request.path_params["id"]:
            return PlainTextResponse("There is no such page.", status_code=404)
        return await self.page(request)

    async def service_worker(self, _request: Request) -> Response:
        """What keeps the pages. It lies at the root, because it may look after nothing above itself."""
        return _file(SERVICE_WORKER, "text/javascript", self._headers)

    def _filled_in(self, document: str) -> str:
        if self._tiles is None:
            return document
        for name, value in (("map-tiles", self._tiles.url), ("map-attribution", self._tiles.attribution)):
            empty = f'<meta name="{name}" content="">'
            document = document.replace(empty, f'<meta name="{name}" content="{escape(value)}">')
        return document


async def _manifest(_request: Request) -> Response:
    return _file(MANIFEST, "application/manifest+json", _KEPT_A_DAY)


async def _icon(request: Request) -> Response:
    name = request.url.path.rpartition("/")[2]
    return _file(name, "image/svg+xml" if name.endswith(".svg") else "image/png", _KEPT_A_DAY)


def _file(name: str, media_type: str, headers: dict[str, str]) -> Response:
    path = STATIC / name
    if not path.is_file():
        return PlainTextResponse(HOW_TO_BUILD, status_code=404)
    return FileResponse(path, media_type=media_type, headers=headers)


def _policy(tiles: MapTiles | None) -> str:
    pictures = " ".join(["'self'", "data:", *([_origin(tiles.url)] if tiles else [])])
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; manifest-src 'self'; "
        f"connect-src 'self'; img-src {pictures}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _origin(url: str) -> str:
    """Where tiles come from; `{s}` stands for any subdomain."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}"
