"""Eventbrite, through its API v3: https://www.eventbrite.com/platform/api."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from providers import (
    Attribution,
    Capability,
    Http,
    Info,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Misconfigured,
    Page,
    Provider,
    Record,
    Refused,
    Setting,
    SettingError,
    Venue,
    at_once,
    matches,
    object_in,
    page_of,
    possible_ids,
)
from providers.eventbrite.kinds import tags_of
from providers.eventbrite.lists import (
    CAP,
    PAGE_SIZE,
    DestinationSearch,
    EventList,
    ExpansionFailed,
    PublishedEvents,
)
from providers.eventbrite.records import read_venue

BATCH = 50
# A page holds so many at least, where there are as many.
PLENTY = 500
IDS = "[0-9]+"
LISTS = ("organizations", "organizers", "venues")
# What the API answers of a thing that is not there, or not for us.
_GONE = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}


class Eventbrite(Provider):
    """Events of the organizations, organizers and venues that the settings name, and of the search where that is on.

    Since 2020 the API has no public search. The lists that it documents are read whole and filtered here, like a
    calendar. The search behind Eventbrite's own pages takes the same token, but is documented nowhere: `destination_search`
    switches it on. An event needs a place in one of the lists to be found by a search; `lookup` finds any by its id.

    What is not public (drafts, events that are not listed or want an invitation) is left out, even for its owner.

    Not proven by documentation or observation, and so asked in a way that holds either way, or said here:

    - how many ids `event_ids` takes (fifty are a page), and whether one that is gone spoils the others: then each is
      asked for by itself;
    - whether lists of organizers and venues heed `status`, `order_by` and `page_size`, which are documented for
      organizations and were seen with all: they are trusted to be in order of their start, the latest first;
    - all of the destination search: that its `bbox` is west, south, east, north; that a tag narrows it; that
      `date_range` goes with `dates`; how it is sorted. It knows nothing that is over, and shows a series as one event.
    """

    info = Info(
        slug="eventbrite",
        title="Eventbrite",
        homepage="https://www.eventbrite.com",
        base_url="https://www.eventbriteapi.com/v3",
        capabilities=frozenset(
            {
                Capability.KEYWORD,
                Capability.NEAR,
                Capability.BOUNDING_BOX,
                Capability.COUNTRY,
                Capability.CITY,
                Capability.DATE_RANGE,
                Capability.GENRE,
                Capability.VENUE,
                Capability.LOOKUP_BY_ID,
                Capability.TOTAL_COUNT,
                Capability.OFFERS,
                Capability.IMAGES,
            }
        ),
        limits=Limits(
            # 2,000 an hour.
            requests_per_day=48_000,
            max_page_size=PAGE_SIZE,
            lookup_batch=BATCH,
            cache_ttl=timedelta(minutes=10),
        ),
        settings=(
            Setting(name="token", required=True, secret=True, help="the private token of an API key of your account"),
            Setting(name="organizations", kind=list, help="ids of your organizations, whose events are listed"),
            Setting(name="organizers", kind=list, help="ids of organizers, whose events are listed"),
            Setting(name="venues", kind=list, help="ids of venues, whose events are listed"),
            Setting(
                name="destination_search",
                kind=bool,
                default=False,
                help="search all public events, too, in a way that Eventbrite does not document and may end any day",
            ),
        ),
        attribution=Attribution(text="Eventbrite", url="https://www.eventbrite.com", required=True),
    )

    def __init__(self, *, settings: Mapping[str, Any], http: Http, **more: Any) -> None:  # noqa: ANN401 - Provider's own
        super().__init__(settings=settings, http=http, **more)
        for name, own_id in _lists(settings):
            if not possible_ids([own_id], IDS):
                msg = f"{name}: wants ids such as 12345678901, not {own_id!r}"
                raise SettingError(msg)

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """The page that follows `seek` of all lists together, a large one: for the next, all of them are read again."""
        sources = self._sources(query)
        pages = await at_once(partial(_whole, source, query) for source in sources)
        # What the documented lists say of an event is more than the search does: they come first, and so last here.
        found = {
            listing.id: listing
            for source, page in reversed(list(zip(sources, pages, strict=True)))
            for listing in page.listings
            if matches(listing, source.wanted(query))
        }
        page = page_of(found.values(), ListingQuery(), seek, max(limit, PLENTY))
        truncated = any(each.truncated for each in pages)
        total = None if truncated else page.total
        return replace(page, total=total, truncated=truncated, rejected=sum(each.rejected for each in pages))

    def _sources(self, query: ListingQuery) -> list[EventList]:
        """Every list that may hold what is wanted.

        Raises:
            Misconfigured: none is named, and the search is off.
        """
        lists: list[EventList] = [
            PublishedEvents(self, name, own_id, query.start_from) for name, own_id in _lists(self.settings)
        ]
        if self.settings.get("destination_search"):
            narrowed = [DestinationSearch(self, tag) for tag in tags_of(query.event_types)]
            lists += narrowed or [DestinationSearch(self)]
        if not lists:
            msg = f"has no list to read: name some {', '.join(LISTS[:-1])} or {LISTS[-1]}, or set destination_search"
            raise Misconfigured(msg, missing=LISTS)
        return lists

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """All in one request; one by one where the API refuses that for the sake of some."""
        asked = possible_ids(ids, IDS)
        if not asked:
            return []
        events = EventList(self)
        try:
            listings = await _by_ids(events, asked)
        except Refused as error:
            if error.http_status not in {HTTPStatus.BAD_REQUEST, *_GONE}:
                raise
            records = await self._each(events, "events", asked)
            listings = events.read({"pagination": {}, "events": records}).listings
        return [listing for listing in listings if listing.id in asked]

    async def venues(self, ids: Sequence[str]) -> Sequence[Venue]:
        """Each by a request of its own."""
        records = await self._each(EventList(self).without_expansions(), "venues", possible_ids(ids, IDS))
        return [venue for record in records if (venue := read_venue(record))]

    async def _each(self, events: EventList, kind: str, ids: Sequence[str]) -> list[Record]:
        found = await at_once(partial(self._one, events, f"{kind}/{each}/") for each in ids)
        return [record for record in found if record is not None]

    async def _one(self, events: EventList, path: str) -> Record | None:
        try:
            return object_in(await self.http.json(events.get(path), explain=events.explain))
        except Refused as error:
            if error.http_status in _GONE:
                return None
            raise


async def _whole(source: EventList, query: ListingQuery) -> Page:
    """All of a list; where the API fails to expand its events, then without what belongs to them."""
    try:
        return await source.search(query, None, 2 * CAP)
    except ExpansionFailed:
        return await source.without_expansions().search(query, None, 2 * CAP)


async def _by_ids(events: EventList, ids: Sequence[str]) -> Sequence[Listing]:
    try:
        return await events.lookup(ids)
    except ExpansionFailed:
        return await events.without_expansions().lookup(ids)


def _lists(settings: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each list by its setting and id, once."""
    return list(dict.fromkeys((name, own_id) for name in LISTS for own_id in settings.get(name) or ()))
