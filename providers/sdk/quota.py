"""What an upstream says of its quota in the headers of an answer.

There is no one way. Read are, in this order: the IETF draft's `RateLimit: limit=100, remaining=50` and
`RateLimit: "default";r=50` (draft-ietf-httpapi-ratelimit-headers, older and newer), the widespread
`RateLimit-Remaining` and `X-RateLimit-Remaining`, and Ticketmaster's `Rate-Limit-Available`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# Pairs of headers: what is left, and of how many.
_PAIRS = (
    ("ratelimit-remaining", "ratelimit-limit"),
    ("x-ratelimit-remaining", "x-ratelimit-limit"),
    ("x-rate-limit-remaining", "x-rate-limit-limit"),
    ("rate-limit-available", "rate-limit"),
)
_NUMBER = re.compile(r"\s*([0-9]{1,9})(?![0-9.])")
_REMAINING = re.compile(r"(?:^|[\s,;])(?:remaining|r)\s*=\s*([0-9]{1,9})(?![0-9.])", re.IGNORECASE)
_LIMIT = re.compile(r"(?:^|[\s,;])limit\s*=\s*([0-9]{1,9})(?![0-9.])", re.IGNORECASE)
_POLICY = re.compile(r";\s*q\s*=\s*([0-9]{1,9})(?![0-9.])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many requests are left in the upstream's present period, and of how many, where it says so."""

    remaining: int
    limit: int | None = None


def quota_in(headers: Mapping[str, str]) -> Quota | None:
    """The quota that these headers (names in lower case) tell; None where they tell none that can be read."""
    whole = headers.get("ratelimit", "")
    if (remaining := _found(_REMAINING, whole)) is not None:
        limit = _found(_LIMIT, whole)
        return Quota(
            remaining=remaining, limit=_found(_POLICY, headers.get("ratelimit-policy", "")) if limit is None else limit
        )
    for left, of in _PAIRS:
        if (remaining := _number(headers.get(left, ""))) is not None:
            return Quota(remaining=remaining, limit=_number(headers.get(of, "")))
    return None


def _found(pattern: re.Pattern[str], value: str) -> int | None:
    match = pattern.search(value[:500])
    return int(match[1]) if match else None


def _number(value: str) -> int | None:
    """The number at the beginning; one that overdrew (`-1`) has nothing left."""
    if re.match(r"\s*-[0-9]", value):
        return 0
    match = _NUMBER.match(value)
    return int(match[1]) if match else None
