"""The mirror's rows: https://public.opendatasoft.com/explore/dataset/evenements-publics-openagenda/.

A row is flat, in French alone, and holds lists and objects as texts of JSON, or as they are: which of the two is not
documented, and both were seen. It names no time zone, but its times have their offsets.
"""

from __future__ import annotations

import json
import re
from typing import Any

from providers import Record, object_in, objects_in


def as_event(row: Record) -> Record:
    """The row as an event that the API would give."""
    return {
        "uid": row["uid"],
        "canonicalUrl": row.get("canonicalurl"),
        "title": row.get("title_fr"),
        "description": row.get("description_fr"),
        "longDescription": row.get("longdescription_fr"),
        "conditions": row.get("conditions_fr"),
        "keywords": _keywords(row.get("keywords_fr")),
        "timings": _timings(row),
        "status": _coded(row.get("status")),
        "attendanceMode": _coded(row.get("attendancemode")),
        "location": _location(row),
        "originAgenda": {"uid": row.get("originagenda_uid"), "title": row.get("originagenda_title")},
        "image": _image(row),
        "imageCredits": row.get("imagecredits"),
        "registration": objects_in(_decoded(row.get("registration"))),
        "age": {"min": row.get("age_min"), "max": row.get("age_max")},
        "updatedAt": row.get("updatedat"),
    }


def _location(row: Record) -> Record:
    names = ("uid", "name", "address", "city", "region", "website")
    place = object_in(row, "location_coordinates")
    return {name: row.get(f"location_{name}") for name in names} | {
        "postalCode": row.get("location_postalcode"),
        "countryCode": row.get("location_countrycode"),
        "latitude": place.get("lat"),
        "longitude": place.get("lon"),
    }


def _image(row: Record) -> Record:
    """The mirror gives whole addresses, and no sizes."""
    full, usual = row.get("originalimage"), row.get("image")
    variants = [{"type": "full", "filename": full}] if full and full != usual else []
    return {"base": "", "filename": usual, "variants": variants}


def _timings(row: Record) -> list[Record]:
    """All of them; the first alone where they cannot be had."""
    timings = objects_in(_decoded(row.get("timings")))
    return timings or [{"begin": row["firstdate_begin"], "end": row.get("firstdate_end")}]


def _coded(value: object) -> int:
    """Of {"id": 1, "label": {...}}; 1 is the usual thing, of statuses and of ways to attend alike."""
    number = object_in(_decoded(value)).get("id")
    return number if isinstance(number, int) else 1


def _keywords(value: object) -> list[str]:
    decoded = _decoded(value)
    if isinstance(decoded, str):
        return re.split(r"[;,]", decoded)
    return decoded if isinstance(decoded, list) else []


def _decoded(value: object) -> Any:  # noqa: ANN401 - JSON from outside
    """What a text of JSON holds; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in {"[", "{"}:
        try:
            return json.loads(value)
        except ValueError:
            return None
    return value
