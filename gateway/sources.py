"""Sources: what one provider says of an event, and where that stands in the list."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from gateway.identity import Claim
from gateway.ids import Kind, Ref
from gateway.roster import Member
from providers import Attribution, DatePrecision, Listing, When

# Enough to tell the listings of one list apart.
DIGEST_BYTES = 8


class Position(NamedTuple):
    """Where a source stands in the merged list: by instant (UTC), then provider, then the provider's id."""

    instant: datetime
    provider: str
    id: str


class EventSource:
    """One provider's record of an event."""

    __slots__ = (
        "_claim",
        "contributed_fields",
        "digest",
        "fetched_at",
        "is_stale",
        "listing",
        "match_score",
        "position",
        "provider",
    )

    def __init__(self, provider: Member, listing: Listing, fetched_at: datetime) -> None:
        self.provider = provider
        self.listing = listing
        self.fetched_at = fetched_at
        self.is_stale = False
        self.match_score: float | None = None
        self.contributed_fields: Sequence[str] = ()
        self.position = Position(listing.key.instant, provider.slug, listing.id)
        self.digest = hashlib.blake2b(f"{provider.slug}:{listing.id}".encode(), digest_size=DIGEST_BYTES).digest()
        self._claim: Claim | None = None

    @property
    def claim(self) -> Claim:
        """The record, ready to be compared with others; made when it is first needed."""
        if self._claim is None:
            self._claim = Claim(self.provider.slug, self.listing, rank=self.provider.rank)
        return self._claim

    @property
    def source_id(self) -> str:
        """The provider's own id."""
        return self.listing.id

    @property
    def url(self) -> str | None:
        """The provider's page of it."""
        return self.listing.url

    @property
    def name(self) -> str:
        """What the provider calls it."""
        return self.listing.name

    @property
    def start_date(self) -> datetime | None:
        """When the provider says that it starts."""
        return self.listing.start.instant

    @property
    def start_day(self) -> date | None:
        """The day that the provider says."""
        return day_of(self.listing.start)

    @property
    def venue_name(self) -> str | None:
        """Where the provider says that it is."""
        return self.listing.venue.name if self.listing.venue else None

    @property
    def attribution(self) -> Attribution | None:
        """What the provider's terms oblige a client to show."""
        return self.provider.attribution


def refs_in(sources: Sequence[EventSource]) -> tuple[Ref, ...]:
    """The listings, by their names."""
    return tuple(Ref(Kind.EVENT, source.provider.slug, source.source_id) for source in sources)


def day_of(when: When) -> date | None:
    """The calendar day, where it is known to the day."""
    return when.day if when.precision in {DatePrecision.TIME, DatePrecision.DATE} else None
