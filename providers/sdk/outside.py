"""Values from outside, each as it should be or not at all: for reading records of which no field can be relied upon."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from providers.sdk.text import plain
from providers.sdk.when import zone

_ADDRESS = re.compile(r"https?://[A-Za-z0-9._-]+(:\d+)?([/?#]|$)")


def object_in(value: object, *path: str) -> Mapping[str, Any]:
    """The object at the end of the path; an empty one where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def objects_in(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text_in(value: object) -> str | None:
    """A text for showing."""
    return plain(value) if isinstance(value, str) else None


def web_address_in(value: object) -> str | None:
    """An address that a browser can be sent to."""
    return value if isinstance(value, str) and _ADDRESS.match(value) and not re.search(r"\s", value) else None


def zone_in(value: object) -> str | None:
    """The name of an IANA time zone."""
    try:
        return zone(value).key if isinstance(value, str) else None
    except ValueError:
        return None


def instant_in(value: object) -> datetime | None:
    """A moment with its offset, as ISO 8601 writes it."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def amount_in(value: object) -> Decimal | None:
    """A price: of the number's shortest text, so that 42.34 stays 42.34."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        return None
    return Decimal(str(value))


def code_in(value: object, length: int) -> str | None:
    """A code of so many capital letters, such as a country's or a currency's."""
    text = value.strip().upper() if isinstance(value, str) else ""
    return text if re.fullmatch(f"[A-Z]{{{length}}}", text) else None
