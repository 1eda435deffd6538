"""What is known of something that somebody keeps: enough to show it, and to put it in a calendar, without its provider."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from providers import EventStatus


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Of an event, a venue or a performer; times are aware, days are those at the venue. Kept as JSON."""

    name: str
    url: str | None = None
    start_date: datetime | None = None
    start_day: date | None = None
    end_date: datetime | None = None
    end_day: date | None = None
    time_zone: str | None = None
    status: str = EventStatus.UNKNOWN.name
    venue_name: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    def encode(self) -> str:
        """As JSON."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def decode(cls, text: str) -> Facts:
        """From JSON; what a later version wrote beside what this one knows is left aside."""
        return msgspec.json.decode(text, type=cls)
