"""Skiddle, through its Events API v1: https://github.com/Skiddle/web-api."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from providers import (
    Answer,
    Attribution,
    Capability,
    Circle,
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
    ProviderError,
    RateLimited,
    Record,
    Refused,
    Request,
    Setting,
    Step,
    error_body,
    possible_ids,
)
from providers.skiddle.records import KINDS, read_event

Parameters = dict[str, str | int]

PAGE_SIZE = 100
# No depth is documented: this is where a walk would begin a new window.
DEPTH = 10_000
KM_PER_MILE = 1.609344
# How far around a town's centre its venues are looked for.
TOWN_KM = 40.0
# The easternmost of its few venues abroad are in Turkey and Cyprus.
EASTERNMOST = timedelta(hours=3)
# The local day is ahead of UTC's by so much at most.
AHEAD = timedelta(hours=14)


class Skiddle(JSONProvider):
    """Events in the United Kingdom, and a few abroad.

    Every request carries the key in its address. The API is for non-commercial use, unless Skiddle agrees by mail.

    Not proven by documentation or observation, and so asked in a way that holds either way, or with a fallback:

    - whether `order=date` sorts by time or by day alone: by day is assumed, and each day is read whole;
    - how deep `offset` goes: no end was seen documented;
    - whether `eventcode` and `a` take lists: each is sent only where one value says it all, else trimmed here;
    - which number is which genre: `g` is never sent, genres are trimmed here;
    - whether `tickets` says that some are left, or only that Skiddle sells them: the former is assumed;
    - what an error looks like: its text is searched for the words that tell what to do.

    Abroad, an event in the first hours of its local day may be missed where that is east of Turkey. Where the clocks of
    the venue's country differ the API does not tell the zone: such an event has a day, but no time, and counts as over
    when that day ends in UTC.
    A rescheduled event keeps the date under which the API lists it.
    """

    info = Info(
        slug="skiddle",
        title="Skiddle",
        homepage="https://www.skiddle.com",
        base_url="https://www.skiddle.com/api/v1",
        countries=("GB",),
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
        # Its own limits are unpublished.
        limits=Limits(requests_per_second=5, max_page_size=PAGE_SIZE, lookup_batch=1, cache_ttl=timedelta(minutes=5)),
        settings=(
            Setting(name="api_key", required=True, secret=True, help="the key from skiddle.com/api/join.php"),
            Setting(name="tickets_only", kind=bool, default=False, help="list only what Skiddle sells tickets for"),
        ),
        attribution=Attribution(text="Skiddle", url="https://www.skiddle.com", required=True),
    )
    paging = DateWindows(
        size=PAGE_SIZE,
        depth=DEPTH,
        # Half a day, as far as zones go west, and an hour for the day's very end.
        reach=timedelta(hours=13),
        max_requests=20,
        coarse=("near", "country", "city", "event_types", "genres", "performer_ids"),
        by_day=EASTERNMOST,
    )

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """Search, unless nothing there can match."""
        return Page(total=0) if _hopeless(query) else await super().search(query, seek, limit)

    def request(self, query: ListingQuery, step: Step) -> Request:
        """A page of events/search/, in order of day. Without `description`, neither artists nor genres are told."""
        page: Parameters = {"limit": step.size, "offset": step.offset, "order": "date", "description": 1}
        tickets: Parameters = {"ticketsavailable": 1} if self.settings["tickets_only"] else {}
        return self._ask("events/search/", _filters(query) | _days(step) | page | tickets)

    def records(self, body: Any) -> Sequence[Record]:  # noqa: ANN401 - JSON from outside
        """The events of a search, or the one of a lookup, which is not in a list."""
        results = body.get("results") if isinstance(body, dict) else None
        if isinstance(results, dict):
            return [results] if results else []
        if not isinstance(results, list):
            msg = "answered something other than events"
            raise Malformed(msg)
        return results

    def total(self, body: Any) -> int | None:  # noqa: ANN401 - JSON from outside
        """The number of matches, which comes as a text."""
        text = str(body.get("totalcount"))
        return int(text) if text.isdecimal() else None

    def listing(self, record: Record) -> Listing | None:
        """The event as a listing."""
        return read_event(record)

    def explain(self, answer: Answer) -> ProviderError | None:
        """`{"error": 1, ...}`, whatever the status. Its text is never passed on: it may quote the key."""
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # the status says enough
            return None
        return _failure(error_body(answer), answer.status)

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """The event of that id, one a request; what is no number would ask for something else."""
        possible = possible_ids(ids, "[0-9]+")
        return await super().lookup(possible) if possible else []

    def lookup_request(self, ids: Sequence[str]) -> Request:
        """Events are asked for one by one."""
        return self._ask(f"events/{ids[0]}/", {})

    def _ask(self, path: str, params: Parameters) -> Request:
        return Request(path=path, params=params | {"api_key": self.settings["api_key"]})


def _hopeless(query: ListingQuery) -> bool:
    """Whether nothing can match: kinds of event that it does not know, a city of another country."""
    # What has no code is music by its genres, or other.
    known = {*KINDS.values(), EventType.MUSIC, EventType.OTHER}
    if query.event_types and known.isdisjoint(query.event_types):
        return True
    return query.is_contradictory


def _filters(query: ListingQuery) -> Parameters:
    """The query's conditions, but for its dates."""
    country = query.country or (query.city.country if query.city else None)
    filters = {
        "keyword": query.keyword,
        "country": country,
        "eventcode": _event_code(query.event_types),
        "a": query.performer_ids[0] if len(query.performer_ids) == 1 else None,
        "venueid": ",".join(query.venue_ids),
    }
    told: Parameters = {name: value for name, value in filters.items() if value}
    # There is no filter for towns, but one for surroundings; the town itself is kept here.
    circle = query.circle(city_km=TOWN_KM)
    return told | (_circle(circle) if circle else {})


def _event_code(wanted: Sequence[EventType]) -> str | None:
    """The code that says all that is wanted, where one does. OTHER is whatever has none."""
    codes = [code for code, kind in KINDS.items() if kind in wanted]
    return codes[0] if len(codes) == 1 and EventType.OTHER not in wanted else None


def _circle(circle: Circle) -> Parameters:
    """All three or none; the kit keeps the exact circle."""
    return {
        "latitude": f"{circle.center.latitude:.6f}",
        "longitude": f"{circle.center.longitude:.6f}",
        "radius": circle.whole_radius(KM_PER_MILE),
    }


def _days(step: Step) -> Parameters:
    """The bounds as local days, both inclusive: the step begins early enough for any day west of UTC."""
    days: Parameters = {}
    if step.start_from is not None:
        days["minDate"] = _day(step.start_from)
    if step.start_before is not None:
        days["maxDate"] = _day(step.start_before + AHEAD)
    return days


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def _failure(body: Mapping[str, Any], status: int) -> ProviderError | None:
    """What an answer with `error` set means; a good one has it as 0. Where its text says nothing, the status does."""
    if str(body.get("error", 0)) in {"0", "False", "None", ""}:
        return None
    text = str(body.get("errormessage")).lower()
    if re.search(r"\bkey\b|api_key|apikey|unauthori[sz]ed|not authori[sz]ed", text):
        return Misconfigured("refuses the API key", missing=("api_key",))
    if re.search(r"limit exceeded|rate.?limit|too many", text):
        return RateLimited("says that it was asked too often")
    if re.search(r"not found|no such|does not exist|doesn't exist|no event", text):
        return Refused("knows no such id", http_status=HTTPStatus.NOT_FOUND)
    return Refused("refuses the request") if status < HTTPStatus.BAD_REQUEST else None
