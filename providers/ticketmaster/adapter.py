"""Ticketmaster, through its Discovery API v2: https://developer.ticketmaster.com/products-and-docs/apis/discovery-api/v2/."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from providers import (
    Answer,
    Attribution,
    Capability,
    DateWindows,
    EventType,
    Info,
    JSONProvider,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Malformed,
    Misconfigured,
    Page,
    Performer,
    ProviderError,
    RateLimited,
    Record,
    Refused,
    Request,
    Setting,
    Step,
    Venue,
    at_once,
    error_body,
    geohash,
    object_in,
    objects_in,
    possible_ids,
)
from providers.ticketmaster.records import (
    GENRE_NAMES,
    KINDS,
    SEGMENTS,
    read_event,
    read_performer,
    read_venue,
)

Parameters = dict[str, str | int]

PAGE_SIZE = 200
DEPTH = 1_000
# From here on the API counts no further.
COUNTED = 10_000
# An id has up to 21 characters: a hundred of them make an address that every proxy on the way lets pass.
BATCH = 100
IDS = "[A-Za-z0-9_-]+"
# Where the quota's end is not told. A day would be too long for a quota that another replica used up last night.
QUOTA_PAUSE = timedelta(hours=1)
SPIKE_PAUSE = timedelta(seconds=1)


class Ticketmaster(JSONProvider):
    """Events of Ticketmaster, Universe, FrontGate and Ticketmaster Resale.

    Every request carries the key in its address. Times are asked in whole seconds, UTC.

    Not proven by documentation or observation, and so asked in a way that holds either way, or with a fallback:

    - whether the bounds of a date range are inclusive: a second more is asked for, and the kit keeps the exact range;
    - whether `id` takes a list: see `lookup`;
    - where `date,asc` puts an event without a time: at its local midnight is assumed, or later that day;
    - whether `date,asc` is by instant or by local date: by instant is assumed;
    - whether `classificationName` matches whole names: more than asked for is trimmed.

    Events whose date is to be announced have no place in a list by date: only `lookup` finds them.
    An event without any classification is OTHER, but a search for OTHER does not find it.
    """

    info = Info(
        slug="ticketmaster",
        title="Ticketmaster",
        homepage="https://www.ticketmaster.com",
        base_url="https://app.ticketmaster.com/discovery/v2",
        capabilities=frozenset(
            {
                Capability.KEYWORD,
                Capability.NEAR,
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
                Capability.IMAGES,
            }
        ),
        limits=Limits(
            requests_per_second=5,
            requests_per_day=5_000,
            max_page_size=PAGE_SIZE,
            max_offset=DEPTH,
            lookup_batch=BATCH,
            cache_ttl=timedelta(minutes=5),
        ),
        settings=(
            Setting(name="api_key", required=True, secret=True, help="the Consumer Key of your app on the portal"),
            Setting(name="locale", default="*", help="the language of texts, such as en-us; * for whatever there is"),
            Setting(name="batch_ids", kind=bool, default=True, help="look several ids up in one request"),
        ),
        attribution=Attribution(text="Ticketmaster", url="https://www.ticketmaster.com", required=True),
    )
    # Every page is as large as can be: a request more costs more, in time and quota, than events left unread. The tick
    # is a second longer than the API's own, as `_window` asks a second more.
    paging = DateWindows(
        size=PAGE_SIZE, depth=DEPTH, tick=timedelta(seconds=2), coarse=("near", "event_types", "genres")
    )

    # What `lookup` has found out about the API.
    _takes_lists = True

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """Search, unless nothing there can match."""
        return Page(total=0) if _hopeless(query) else await super().search(query, seek, limit)

    def request(self, query: ListingQuery, step: Step) -> Request:
        """A page of events.json, in order of date."""
        # The documentation and the API differ on whether events without a date are left out unless asked for.
        page: Parameters = {"size": step.size, "page": step.page, "sort": "date,asc"}
        return self._ask("events.json", _filters(query) | _window(step) | page | _to_be_announced("no"))

    def records(self, body: Any) -> Sequence[Record]:  # noqa: ANN401 - JSON from outside
        """The events; an answer without any has no `_embedded`, but it always has `page`."""
        events = object_in(body, "_embedded").get("events") if "_embedded" in object_in(body) else []
        if not isinstance(object_in(body).get("page"), dict) or not isinstance(events, list):
            msg = "answered something other than a page of events"
            raise Malformed(msg)
        return events

    def total(self, body: Any) -> int | None:  # noqa: ANN401 - JSON from outside
        """The number of matches, below the 10,000 at which it stops counting."""
        total = object_in(body, "page").get("totalElements")
        return total if isinstance(total, int) and total < COUNTED else None

    def explain(self, answer: Answer) -> ProviderError | None:
        """The gateway's `fault` and the API's `errors`. Their texts are never passed on: one of them quotes the key."""
        body = error_body(answer)
        if fault := object_in(body, "fault"):
            return self._fault(str(object_in(fault, "detail").get("errorcode")), answer)
        return _refusal(objects_in(body, "errors"), answer)

    def _fault(self, code: str, answer: Answer) -> ProviderError | None:
        if "SpikeArrest" in code:
            return RateLimited("was asked too often in one second", retry_at=self.clock() + SPIKE_PAUSE)
        if "QuotaViolation" in code:
            return RateLimited("says that the day's quota is used up", retry_at=self._quota_ends(answer))
        if "apikey" in code.lower() or answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return Misconfigured("refuses the API key", missing=("api_key",))
        return None if answer.status >= HTTPStatus.BAD_REQUEST else Malformed("answered with a fault")

    def _quota_ends(self, answer: Answer) -> datetime:
        """Rate-Limit-Reset counts milliseconds since 1970; it was seen on good answers only."""
        text = answer.headers.get("rate-limit-reset", "")
        reset = datetime.fromtimestamp(int(text) / 1000, UTC) if re.fullmatch(r"\d{13}", text) else None
        return reset if reset and reset > self.clock() else self.clock() + QUOTA_PAUSE

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """All in one request, and those that it did not bring one by one.

        A list of ids is documented for attractions and venues only. Should it bring none where single requests find
        several events still ahead, it is not tried again. (What is over may be gone from the search alone.)
        """
        asked = possible_ids(ids, IDS)
        in_one = self._takes_lists and self.settings["batch_ids"] and len(asked) > 1
        records = await self._together(asked) if in_one else []
        found = {record.get("id") for record in records}
        singles = await self._each("events", [each for each in asked if each not in found])
        listings = self.read({"page": {}, "_embedded": {"events": [*records, *singles]}}).listings
        ahead = [each for each in listings if each.id not in found and each.key.instant > self.clock()]
        if len(records) <= 1 < len(ahead):
            self._takes_lists = False
        return listings

    async def venues(self, ids: Sequence[str]) -> Sequence[Venue]:
        """Each by a request of its own."""
        return [venue for record in await self._each("venues", possible_ids(ids, IDS)) if (venue := read_venue(record))]

    async def performers(self, ids: Sequence[str]) -> Sequence[Performer]:
        """Each by a request of its own."""
        found = [read_performer(record) for record in await self._each("attractions", possible_ids(ids, IDS))]
        return [performer for performer in found if performer]

    def lookup_request(self, ids: Sequence[str]) -> Request:
        """Without the two flags, an event whose date is to be announced is not found even by its id."""
        asked: Parameters = {"id": ",".join(ids), "size": len(ids)}
        return self._ask("events.json", asked | _to_be_announced("yes"))

    async def _together(self, ids: Sequence[str]) -> Sequence[Record]:
        try:
            body = await self.http.json(self.lookup_request(ids), explain=self.explain)
        except Refused as error:
            if error.http_status == HTTPStatus.BAD_REQUEST:  # it takes no lists
                return []
            raise
        return [record for record in self.records(body) if object_in(record).get("id") in ids]

    async def _each(self, kind: str, ids: Sequence[str]) -> list[Record]:
        """Those that there are."""
        found = await at_once(partial(self._one, kind, each) for each in ids)
        return [record for record in found if record is not None]

    async def _one(self, kind: str, each: str) -> Record | None:
        try:
            body = await self.http.json(self._ask(f"{kind}/{each}.json", {}), explain=self.explain)
        except Refused as error:
            if error.http_status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
                return None
            raise
        if not object_in(body).get("id"):
            msg = f"answered something other than one of its {kind}"
            raise Malformed(msg)
        return object_in(body)

    def _ask(self, path: str, params: Parameters) -> Request:
        return Request(
            path=path, params=params | {"locale": self.settings["locale"], "apikey": self.settings["api_key"]}
        )

    def listing(self, record: Record) -> Listing | None:
        """The event as a listing; test events are left out."""
        return None if record.get("test") is True else read_event(record)


def _hopeless(query: ListingQuery) -> bool:
    """Whether nothing can match: kinds of event that it does not know, a city of another country."""
    if query.event_types and not any(_names_of(kind) for kind in query.event_types):
        return True
    return query.is_contradictory


def _filters(query: ListingQuery) -> Parameters:
    """The query's conditions, but for its dates."""
    city = query.city
    filters = {
        "keyword": query.keyword,
        "city": city.name if city else None,
        "countryCode": query.country or (city.country if city else None),
        "classificationName": ",".join(_classifications(query)),
        "attractionId": ",".join(query.performer_ids),
        "venueId": ",".join(query.venue_ids),
    }
    if query.near is not None:
        filters["geoPoint"] = geohash(query.near.center)
        # The kit keeps the exact circle.
        filters |= {"radius": str(min(query.near.whole_radius(), 19_999)), "unit": "km"}
    return {name: value for name, value in filters.items() if value}


def _classifications(query: ListingQuery) -> Iterable[str]:
    """Names for `classificationName`, which any may match: genres are the narrower where both are asked for."""
    if query.genres:
        return (GENRE_NAMES.get(genre, genre.replace("-", " ")) for genre in query.genres)
    return dict.fromkeys(name for kind in query.event_types for name in _names_of(kind))


def _names_of(kind: EventType) -> list[str]:
    return [name for name, meant in (*SEGMENTS.items(), *KINDS.items()) if meant is kind]


def _window(step: Step) -> Parameters:
    """The bounds in whole seconds, rounded outwards, and the first a second early in case it is exclusive."""
    window: Parameters = {}
    if step.start_from is not None:
        window["startDateTime"] = _stamp(step.start_from - timedelta(seconds=1))
    if step.start_before is not None:
        window["endDateTime"] = _stamp(step.start_before + timedelta(microseconds=999_999))
    return window


def _stamp(moment: datetime) -> str:
    """The only form that it reads: no fraction, no offset but Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _to_be_announced(included: str) -> Parameters:
    return {"includeTBA": included, "includeTBD": included}


_REFUSALS = {
    "DIS1004": "knows no such id",
    "DIS1015": "does not read the dates",
    "DIS1024": "does not page that deep",
    "DIS1035": "does not page that deep",
    "DIS1036": "does not serve pages of that size",
}


def _refusal(errors: Sequence[Record], answer: Answer) -> ProviderError | None:
    """The first of the API's own errors; its `status` is a text such as "404" or "400 BAD_REQUEST"."""
    if not errors or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # the status says enough
        return None
    code = str(errors[0].get("code"))
    told = re.match(r"[45]\d\d", str(errors[0].get("status")))
    status = int(told[0]) if told else HTTPStatus.BAD_REQUEST
    return Refused(_REFUSALS.get(code, "refuses the request"), http_status=max(status, answer.status))
