"""Which hosts the process turns to meanwhile, by whatever client, in whatever thread."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_listeners: list[set[tuple[str, int]]] = []


@contextmanager
def watching() -> Iterator[set[tuple[str, int]]]:
    """Hosts and ports that are connected to, and names that are looked up (under port 0), within the block."""
    _hook()
    met: set[tuple[str, int]] = set()
    _listeners.append(met)
    try:
        yield met
    finally:
        _listeners.remove(met)


def strangers(met: set[tuple[str, int]], base_url: str) -> list[str]:
    """Those of the hosts that are not the base address's own."""
    parts = urlsplit(base_url)
    host, port = (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme, 0)
    return sorted(f"{name}:{number}" if number else name for name, number in met if not _same(name, number, host, port))


def _same(name: str, number: int, host: str, port: int) -> bool:
    if name == host:
        return number in {0, port}
    # A name of the provider's own may stand for any address; of an address, only itself will do.
    return number == port and _is_address(name) and not _is_address(host) and host != ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


@cache
def _hook() -> None:
    """Once and for all: Python has no way to take an audit hook away again."""
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _listeners:
        return
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host, port, *_ = arguments[1]
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"} and arguments[0]:
        host, port = arguments[0], 0
    else:
        return
    name = host.decode() if isinstance(host, bytes) else str(host)
    for met in _listeners:
        met.add((name.lower(), port))
