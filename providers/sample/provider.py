"""Made-up events around today, so that the first run shows something: no key, no network.

They are labelled as sample data wherever they appear, and step aside as soon as a real provider is configured, unless
the operator enables them by name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, timedelta

from providers import (
    Attribution,
    Capability,
    Info,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Page,
    Performer,
    Provider,
    Venue,
    page_of,
)
from providers.sample.world import SITE, events_on, find, performers, venues

DAYS_AHEAD = 180


class Sample(Provider):
    """Some 2,000 events over 180 days, the same from day to day: each day one day of them goes and one comes."""

    info = Info(
        slug="sample",
        title="Sample data (made up)",
        homepage=SITE,
        capabilities=frozenset(
            {
                Capability.KEYWORD,
                Capability.NEAR,
                Capability.BOUNDING_BOX,
                Capability.COUNTRY,
                Capability.CITY,
                Capability.DATE_RANGE,
                Capability.GENRE,
                Capability.PERFORMER,
                Capability.VENUE,
                Capability.LOOKUP_BY_ID,
                Capability.SORT_BY_DATE,
                Capability.TOTAL_COUNT,
                Capability.OFFERS,
                Capability.KEYLESS,
            }
        ),
        limits=Limits(max_page_size=500, lookup_batch=500, may_persist=True),
        attribution=Attribution(text="Sample data: this event is made up.", required=True),
        stand_in=True,
    )

    _day: date | None = None
    _listings: tuple[Listing, ...] = ()

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """From memory."""
        return page_of(await self._listings_of_today(), query, seek, limit)

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """Worked out of the ids, past days included."""
        return [listing for listing in map(find, ids) if listing is not None]

    async def venues(self, ids: Sequence[str]) -> Sequence[Venue]:
        """From memory, whether anything is on there or not."""
        return [venue for venue in venues() if venue.id in ids]

    async def performers(self, ids: Sequence[str]) -> Sequence[Performer]:
        """From memory, whether they play or not."""
        return [performer for performer in performers() if performer.id in ids]

    async def _listings_of_today(self) -> tuple[Listing, ...]:
        """The window of events as it is today, made once a day, and not on the event loop: it takes a moment."""
        today = self.clock().astimezone(UTC).date()
        if self._day != today:
            self._listings = await asyncio.to_thread(_window, today)
            self._day = today
        return self._listings


def _window(today: date) -> tuple[Listing, ...]:
    """Yesterday is in it: somewhere it still is yesterday."""
    days = (today + timedelta(days=ahead) for ahead in range(-1, DAYS_AHEAD))
    return tuple(listing for day in days for listing in events_on(day))
