"""The lists of Eventbrite's API v3, each read whole: none of them can be asked for the events after a given one."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Self

from providers import (
    Answer,
    JSONProvider,
    Listing,
    ListingQuery,
    Malformed,
    Misconfigured,
    Provider,
    ProviderError,
    RateLimited,
    Record,
    Refused,
    Request,
    Snapshot,
    Step,
    Unavailable,
    error_body,
    object_in,
)
from providers.eventbrite.bounds import bounds
from providers.eventbrite.records import is_over, is_public, read_event, starts_at

PAGE_SIZE = 50
CAP = 1_000
# A global search has no end; ten pages of it are a second's worth, and one in two hundred of an hour's calls.
SEARCH_CAP = 500
# Where the API does not say when the hour's calls are there again.
QUOTA_PAUSE = timedelta(minutes=10)
# A day-only event stands later here than in the API's order.
REACH = timedelta(days=2)
DOCUMENTED_EXPANSIONS = (
    "venue",
    "organizer",
    "ticket_availability",
    "category",
    "subcategory",
    "format",
    "logo",
    "event_sales_status",
)
DESTINATION_EXPANSIONS = ("primary_venue", "image", "ticket_availability", "event_sales_status", "primary_organizer")


class ExpansionFailed(Refused):
    """It cannot add to an event what it was asked to add; the events themselves it may well have."""


class EventList(JSONProvider):
    """What all lists have in common. By itself it looks events up by their ids; it cannot be searched.

    Addresses end in a slash: without, the API redirects, and the token with it.
    """

    paging = Snapshot(size=PAGE_SIZE, cap=CAP, by_token=True)
    expansions: Sequence[str] = DOCUMENTED_EXPANSIONS

    def __init__(self, owner: Provider) -> None:
        super().__init__(settings=owner.settings, http=owner.http, clock=owner.clock)
        self.info = owner.info

    def without_expansions(self) -> Self:
        """The same list, of events with ids in place of their venues, organizers and so on."""
        bare = copy.copy(self)
        bare.expansions = ()
        return bare

    def wanted(self, query: ListingQuery) -> ListingQuery:
        """What of the query the list is still to be held to."""
        return query

    def request(self, query: ListingQuery, step: Step) -> Request:
        """Not without knowing which list it is."""
        raise NotImplementedError

    def lookup_request(self, ids: Sequence[str]) -> Request:
        """All in one: `event_ids` takes a list."""
        return self.get("events/", {"event_ids": ",".join(ids)})

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """One request; what the API makes of an id that is gone is for the caller to handle."""
        return self.read(await self.http.json(self.lookup_request(ids), explain=self.explain)).listings

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Request:
        """A request for something documented."""
        expand = {"expand": ",".join(self.expansions)} if self.expansions else {}
        return Request(path=path, params={**(params or {}), **expand}, headers=self.headers())

    def headers(self) -> Mapping[str, str]:
        """The token goes where no log sees it."""
        return {"authorization": f"Bearer {self.settings['token']}"}

    def records(self, body: Any) -> Sequence[Record]:  # noqa: ANN401 - JSON from outside
        """The events of a page."""
        return _page_of(object_in(body), "events")

    def listing(self, record: Record) -> Listing | None:
        """The event as a listing; what is not public is left out."""
        return read_event(record) if is_public(record) else None

    def explain(self, answer: Answer) -> ProviderError | None:
        """Its error bodies have a code; an event has none."""
        body = error_body(answer)
        return self._meaning(str(body["error"]), answer) if {"error", "status_code"} <= body.keys() else None

    def _meaning(self, code: str, answer: Answer) -> ProviderError | None:
        match code:
            case "HIT_RATE_LIMIT":
                told = "retry-after" in answer.headers
                return RateLimited("says that the hour's calls are used up", retry_at=None if told else self._later())
            case "EXPANSION_FAILED":
                return ExpansionFailed("cannot add what belongs to an event")
            case "INVALID_AUTH" | "NO_AUTH" | "ACCESS_DENIED":
                what = "refuses the token; it wants a private token, not the API key"
                return Misconfigured(what, missing=("token",))
            case "BAD_CONTINUATION_TOKEN":
                return Unavailable("lost its place in the list")
            case _:  # the status says enough, unless it is a good one
                return Refused(f"refuses the request ({code})") if answer.status < HTTPStatus.BAD_REQUEST else None

    def _later(self) -> datetime:
        return self.clock() + QUOTA_PAUSE


class PublishedEvents(EventList):
    """The events of one organization, organizer or venue; the latest first, so that reading can stop at what is over.

    `since` is when what is wanted begins; without it all is read that there ever was.
    """

    def __init__(self, owner: Provider, setting: str, own_id: str, since: datetime | None) -> None:
        super().__init__(owner)
        self._setting = setting
        self._own_id = own_id
        self._since = since - REACH if since else None

    def request(self, query: ListingQuery, step: Step) -> Request:  # noqa: ARG002 - the list knows no filters
        """A page: cancelled events have a status of their own, so all are asked for."""
        params: dict[str, str | int] = {"status": "all", "order_by": "start_desc", "page_size": step.size}
        if step.token:
            params["continuation"] = step.token
        return self.get(f"{self._setting}/{self._own_id}/events/", params)

    def token(self, body: Any) -> str | None:  # noqa: ANN401 - JSON from outside
        """How to go on; a `continuation` was seen where there are no more items, too."""
        pagination = object_in(body, "pagination")
        starts = [start for record in self.records(body) if (start := starts_at(object_in(record)))]
        far_enough = self._since is not None and bool(starts) and min(starts) < self._since
        if pagination.get("has_more_items") is not True or far_enough:
            return None
        continuation = pagination.get("continuation")
        return continuation if isinstance(continuation, str) else None

    def listing(self, record: Record) -> Listing | None:
        """As any; but one that is over, and hides when it was, is nothing that is to be announced."""
        listing = super().listing(record)
        return None if listing and listing.start.day is None and is_over(record) else listing

    def explain(self, answer: Answer) -> ProviderError | None:
        """As any; and where there is no such list, or it is somebody else's, which setting names it."""
        if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}:
            what = f"has no list of the {self._setting[:-1]} {self._own_id} for this token; check {self._setting}"
            return Misconfigured(what, missing=(self._setting,))
        return super().explain(answer)


class DestinationSearch(EventList):
    """The search behind Eventbrite's own pages. It is not documented, and may change or end any day.

    It knows no order by date and no point or town but a box, so that all it finds is read, up to a cap, and trimmed.
    """

    paging = Snapshot(size=PAGE_SIZE, cap=SEARCH_CAP, by_token=True)
    expansions = DESTINATION_EXPANSIONS

    def __init__(self, owner: Provider, tag: str | None = None) -> None:
        super().__init__(owner)
        self._tag = tag

    def wanted(self, query: ListingQuery) -> ListingQuery:
        """Words were looked for in more than comes with the event."""
        return replace(query, keyword=None)

    def request(self, query: ListingQuery, step: Step) -> Request:
        """A page, which its number stands for; the conditions as the website sends them."""
        search = {
            "dates": ["current_future"],
            "dedup": True,
            "page": int(step.token or "1"),
            "page_size": step.size,
            "q": query.keyword,
            "bbox": bounds(query),
            "tags": [self._tag] if self._tag else None,
            "date_range": self._days(step),
        }
        body: dict[str, object] = {"event_search": {name: value for name, value in search.items() if value}}
        if self.expansions:
            body["expand.destination_event"] = list(self.expansions)
        return Request(method="POST", path="destination/search/", json=body, headers=self.headers())

    def _days(self, step: Step) -> dict[str, str]:
        """Only where it narrows what is current or to come; a day more on either side, for zones are up to a day apart."""
        day, days = timedelta(days=1), {}
        if step.start_from is not None and step.start_from > self.clock():
            days["from"] = (step.start_from - day).date().isoformat()
        if step.start_before is not None:
            days["to"] = (step.start_before + day).date().isoformat()
        return days

    def records(self, body: Any) -> Sequence[Record]:  # noqa: ANN401 - JSON from outside
        """The events of a page, one level deeper than elsewhere."""
        return _page_of(object_in(body, "events"), "results")

    def token(self, body: Any) -> str | None:  # noqa: ANN401 - JSON from outside
        """The number of the next page, where there is one."""
        pagination = object_in(body, "events", "pagination")
        number, count = pagination.get("page_number"), pagination.get("page_count")
        if not isinstance(number, int) or not isinstance(count, int):
            return None
        return str(number + 1) if number < count else None


def _page_of(page: Record, name: str) -> Sequence[Record]:
    events = page.get(name)
    if not isinstance(events, list) or not isinstance(page.get("pagination"), dict):
        msg = "answered something other than a page of events"
        raise Malformed(msg)
    return events
