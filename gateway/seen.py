"""Listings that were on a page of late, for providers that cannot be asked for single ones.

Who finds an event in a list can keep it, whatever its provider can do.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from gateway.part import Fetched
from providers import Listing

MOST = 5_000


class Seen:
    """The last so many listings, by provider and id."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._listings: OrderedDict[tuple[str, str], tuple[Listing, datetime]] = OrderedDict()

    def remember(self, provider: str, fetched: Fetched) -> None:
        """All that is on the page; the longest-remembered give way."""
        listings = fetched.page.listings
        if listings and self._listings.get((provider, listings[0].id), (None,))[0] is listings[0]:
            return  # this very page was here
        for listing in listings:
            self._listings[provider, listing.id] = (listing, fetched.fetched_at)
            self._listings.move_to_end((provider, listing.id))
        while len(self._listings) > self._most:
            self._listings.popitem(last=False)

    def among(self, provider: str, ids: Sequence[str]) -> dict[str, tuple[Listing, datetime]]:
        """Those of these ids that are remembered, and when they were fetched."""
        return {own_id: found for own_id in ids if (found := self._listings.get((provider, own_id))) is not None}
