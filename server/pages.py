"""What is built from web/ into server/static/, and GraphiQL. Nothing in it comes from another host."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

STATIC = Path(str(files("server") / "static"))
HOW_TO_BUILD = "The pages are not built: install Node 20 or newer and start again with `make run`."

# Monaco, GraphiQL's editor, sets style attributes, hence 'unsafe-inline' for styles alone.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "vary": "accept",
    "cache-control": "no-cache",
}
NOT_BUILT = f"""<!doctype html><html lang="en"><title>Event gateway</title>
<h1>Event gateway</h1><p>{HOW_TO_BUILD}</p>
<p>The API answers at this address all the same: POST a query, or GET <a href="?query=%7Bserver%7Bversion%7D%7D">?query=...</a></p>"""


def are_built() -> bool:
    """Whether the pages are there."""
    return (STATIC / "graphiql.html").is_file()


def graphiql() -> Response:
    """GraphiQL, or how to get it."""
    if are_built():
        return FileResponse(STATIC / "graphiql.html", media_type="text/html", headers=HEADERS)
    return HTMLResponse(NOT_BUILT, headers=HEADERS)


class Assets(StaticFiles):
    """Scripts and styles; their names hold a hash of their content, so a browser may keep them for ever."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        """The file, with how long to keep it."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type] # passed on as they come
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        response.headers["x-content-type-options"] = "nosniff"
        return response
