"""What the Blue Heron in London writes into its own calendar: all that is on there, by the doors, without prices.

Its open mic on Sundays nobody else knows of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from providers.sdk.model import EventType
from providers.testing.demo.world import BLUE_HERON, NOTE, Happening
from providers.testing.icalendar import FakeCalendar, calendar, vevent

_CATEGORIES = {EventType.MUSIC: "Concert", EventType.THEATER: "Theatre", EventType.SCREENING: "Film"}
_OPEN_MIC = (
    "UID:open-mic@blue-heron.example",
    "SUMMARY:Open mic",
    "DTSTART;TZID=Europe/London:20260104T170000",
    "DTEND;TZID=Europe/London:20260104T190000",
    "RRULE:FREQ=WEEKLY",
    "CATEGORIES:Concert",
)


def blue_heron_of(world: Iterable[Happening]) -> FakeCalendar:
    """The house's calendar."""
    own = [_lines(each) for each in world if each.house is BLUE_HERON]
    return FakeCalendar(calendar(*(vevent(*lines, *_everywhere()) for lines in (_OPEN_MIC, *own))))


def _lines(happening: Happening) -> Sequence[str]:
    return (
        f"UID:{happening.number}@blue-heron.example",
        f"SUMMARY:{happening.bare} (doors {happening.doors:%H:%M})",
        f"DTSTART:{_stamp(happening.doors)}",
        f"DTEND:{_stamp(happening.ends)}",
        f"CATEGORIES:{_CATEGORIES.get(happening.kind, 'Other')}",
        f"STATUS:{'CANCELLED' if happening.cancelled else 'CONFIRMED'}",
        f"URL:{happening.address('blue-heron.example')}",
    )


def _everywhere() -> Sequence[str]:
    house = BLUE_HERON
    latitude, longitude = house.point
    return (
        f"DESCRIPTION:{NOTE}",
        f"LOCATION:{house.spellings[1]}\\, {house.street}",
        f"GEO:{latitude};{longitude}",
    )


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
