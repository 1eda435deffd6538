"""`event-gateway smoke`: whether a gateway is ready and answers a query, as those who use it ask it."""

from __future__ import annotations

import argparse
import json
from http.client import HTTPException
from typing import cast
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from server.commands.stop import Misused, Stop
from server.commands.table import shown

QUERY = "query Smoke { events(first: 1) { nodes { id name } warnings { message } } }"
WAIT_SECONDS = 20
MOST_BYTES = 1024 * 1024


def run(options: argparse.Namespace) -> int:
    """Ask both, and say so in one line; a provider that fails is told, but is no failure of the gateway."""
    address = _address(options.url)
    _fetch(Request(f"{address}/readyz"))  # noqa: S310 - http or https, as _address sees to
    answer = _fetch(_query(address))
    events = _events(answer)
    nodes, warnings = len(events["nodes"]), len(events["warnings"])
    missing = f"; {warnings} warnings of providers" if warnings else ""
    print(f"{address} is ready and answers a query with {nodes} event{'' if nodes == 1 else 's'}{missing}")
    return 0


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        msg = f"URL: wants an address such as http://event-gateway, not {url[:80]!r}"
        raise Misused(msg)
    return url.rstrip("/")


def _query(address: str) -> Request:
    headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json, application/json"}
    return Request(f"{address}/graphql", json.dumps({"query": QUERY}).encode(), headers)  # noqa: S310 - as above


def _fetch(request: Request) -> bytes:
    """The body of a good answer.

    Raises:
        Stop: there is none; the message says what came instead.
    """
    try:
        with urlopen(request, timeout=WAIT_SECONDS) as response:  # noqa: S310 - as above
            return cast("bytes", response.read(MOST_BYTES))
    except HTTPError as error:
        msg = f"{request.full_url} answers {error.code}: {_start_of(error.read(MOST_BYTES))}"
    except (OSError, HTTPException) as error:
        msg = f"{request.full_url} does not answer: {error}"
    raise Stop(msg)


def _events(answer: bytes) -> dict[str, list[object]]:
    try:
        table = json.loads(answer)
        if not table.get("errors"):
            events: dict[str, list[object]] = table["data"]["events"]
            return {"nodes": list(events["nodes"]), "warnings": list(events["warnings"])}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass  # the line below shows what it was
    msg = f"the query was answered with {_start_of(answer)}"
    raise Stop(msg)


def _start_of(content: bytes) -> str:
    return shown(content[:200].decode(errors="replace")) or "nothing"
