"""Values from outside, each as it should be or not at all: for reading records of which no field can be relied upon.

Each reader takes whatever stood there, None included, and raises nothing. What is not as it should be is None, or empty
where several are read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from providers.sdk.model import Point
from providers.sdk.text import plain
from providers.sdk.when import zone

T = TypeVar("T")

_ADDRESS = re.compile(r"https?://[A-Za-z0-9._-]+(:\d+)?([/?#]|$)")


def object_in(value: object, *path: str) -> Mapping[str, Any]:
    """The object at the end of the path; an empty one where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def objects_in(value: object, *path: str) -> list[Mapping[str, Any]]:
    """The objects in the list at the end of the path; whatever else is in it is left out."""
    return [each for each in _list_in(value, *path) if isinstance(each, dict)]


def text_in(value: object) -> str | None:
    """A text for showing, as `plain` makes it."""
    return plain(value) if isinstance(value, str) else None


def texts_in(value: object, *path: str) -> list[str]:
    """The texts for showing in the list at the end of the path; whatever else is in it is left out."""
    return [text for each in _list_in(value, *path) if (text := text_in(each))]


def id_in(value: object) -> str | None:
    """An id, which may come as a text or as a number; 0 and an empty text stand for none."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value else None


def web_address_in(value: object) -> str | None:
    """An absolute http address that a browser can be sent to as it stands."""
    return value if isinstance(value, str) and _ADDRESS.match(value) and not re.search(r"\s", value) else None


def point_in(value: object, latitude: str = "latitude", longitude: str = "longitude") -> Point | None:
    """The point of an object with these two fields, in degrees, as numbers or as texts.

    0, 0 is what a form writes that was not filled in.
    """
    place = object_in(value)
    try:
        north, east = float(place[latitude]), float(place[longitude])
        return Point(latitude=north, longitude=east) if (north, east) != (0, 0) else None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def zone_in(value: object) -> str | None:
    """The name of an IANA time zone."""
    try:
        return zone(value).key if isinstance(value, str) else None
    except ValueError:
        return None


def moment_in(value: object) -> datetime | None:
    """A moment as ISO 8601 writes it, with its offset where it has one; a day alone is its midnight."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def instant_in(value: object) -> datetime | None:
    """A moment with its offset (aware), as ISO 8601 writes it."""
    moment = moment_in(value)
    return moment if moment and moment.tzinfo else None


def amount_in(value: object) -> Decimal | None:
    """A price, 0 or more: of the number's shortest text, so that 42.34 stays 42.34."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        return None
    return Decimal(str(value))


def whole_number_in(value: object) -> int | None:
    """How many: pixels, seats, years, pages; 0 or more."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def code_in(value: object, length: int) -> str | None:
    """A code of so many capital letters, such as a country's (2) or a currency's (3), in whatever case it comes."""
    text = value.strip().upper() if isinstance(value, str) else ""
    return text if re.fullmatch(f"[A-Z]{{{length}}}", text) else None


def first_of(values: Iterable[T | None]) -> T | None:
    """The first that says anything, None where none does; those after it are not even read, where they come one by one."""
    return next((value for value in values if value), None)


def possible_ids(ids: Iterable[str], form: str) -> list[str]:
    """Each id once, without those that are none of the source's: what is of another form would ask for something else.

    `form` is the regular expression of a whole id, such as "[0-9]+".
    """
    return [each for each in dict.fromkeys(ids) if re.fullmatch(form, each)]


def _list_in(value: object, *path: str) -> list[Any]:
    found = object_in(value, *path[:-1]).get(path[-1]) if path else value
    return found if isinstance(found, list) else []
