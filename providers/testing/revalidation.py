"""How a server answers one who may have its document already (RFC 9110, 13)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import Response


def revalidated(
    request: Request, content: bytes, *, modified: datetime, media_type: str, validators: Collection[str]
) -> Response:
    """The document, or 304 where the request's validator is still right.

    validators: which of "etag" and "last-modified" the server sends and heeds.
    """
    offered = {
        "etag": f'"{hashlib.sha256(content).hexdigest()[:16]}"',
        "last-modified": format_datetime(modified, usegmt=True),
    }
    offered = {name: value for name, value in offered.items() if name in validators}
    held = {"etag": request.headers.get("if-none-match"), "last-modified": request.headers.get("if-modified-since")}
    # If-None-Match alone decides where it is sent (RFC 9110, 13.1.3).
    decisive = next((name for name in ("etag", "last-modified") if name in offered and held[name]), None)
    if decisive is not None and held[decisive] == offered[decisive]:
        return Response(status_code=304, headers=offered)
    return Response(content, headers=offered, media_type=media_type)
