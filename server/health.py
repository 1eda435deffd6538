"""Whether the process lives, and whether it is ready for requests (Kubernetes' two questions)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


async def healthz(_request: Request) -> Response:
    """The event loop turns."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Start-up is over and shut-down has not begun. A provider that is down makes nobody unready."""
    ready = bool(getattr(request.app.state, "ready", False))
    return JSONResponse({"status": "ok" if ready else "starting"}, status_code=200 if ready else 503)
