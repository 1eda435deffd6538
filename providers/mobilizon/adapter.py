"""Mobilizon, events of the fediverse: the GraphQL API of one instance (https://docs.mobilizon.org, version 5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from providers import (
    Answer,
    Capability,
    DateWindows,
    Http,
    Info,
    JSONProvider,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Malformed,
    Page,
    Paging,
    ProviderError,
    Record,
    Refused,
    Request,
    Setting,
    SettingError,
    Snapshot,
    Step,
    Unavailable,
    geohash,
    object_in,
    objects_in,
    plain,
    possible_ids,
    whole_number_in,
)
from providers.mobilizon import document
from providers.mobilizon.records import CATEGORIES, read_event

PAGE_SIZE = 100
IDS = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The arguments that older instances do not know, or not with these values.
NEWER = ("sortBy", "statusOneOf", "categoryOneOf")
COARSE = ("near", "bounding_box", "city", "event_types", "genres")
BY_START = DateWindows(size=PAGE_SIZE, depth=10_000, coarse=COARSE)
AS_IT_COMES = Snapshot(size=PAGE_SIZE, cap=1_000, coarse=COARSE)
_LONGEST_MESSAGE = 200


class _OlderInstance(Refused):
    """It does not know one of the `NEWER` arguments."""


class Mobilizon(JSONProvider):
    """What one instance shows to strangers: its own events, and those of the instances that it follows.

    Asked for by start, an instance pages to any depth. An older one, which cannot sort by start, is found out by its
    first refusal: from then on it is asked in its own words, and its first thousand events are sorted here.

    `endsOn` is never sent: it bounds the end of an event, and would hide one that begins in the range and ends after.
    An event whose address has no coordinates is found by no place. Its tags are taken for genres; a genre is asked
    for in the spellings that people use, since the API tells capitals apart, and a tag spelled otherwise is missed.

    Read in its source, and never observed; asked in a way that holds either way, where there is one:

    - whether `beginsOn` also lets through what has begun and still goes on: the kit keeps the exact range;
    - whether cancelled events are searched unless asked for: they are asked for;
    - whether `categoryOneOf` wants the names of the enum: these are sent;
    - whether `term` finds beginnings of words: in titles it does.
    """

    info = Info(
        slug="mobilizon",
        title="Mobilizon",
        homepage="https://mobilizon.org",
        feed=True,
        capabilities=frozenset(
            {
                Capability.KEYWORD,
                Capability.NEAR,
                Capability.BOUNDING_BOX,
                Capability.CITY,
                Capability.DATE_RANGE,
                Capability.GENRE,
                Capability.LOOKUP_BY_ID,
                Capability.SORT_BY_DATE,
                Capability.TOTAL_COUNT,
                Capability.OFFERS,
                Capability.IMAGES,
                Capability.KEYLESS,
            }
        ),
        limits=Limits(max_page_size=PAGE_SIZE, lookup_batch=document.BATCH, cache_ttl=timedelta(minutes=10)),
        settings=(Setting(name="url", required=True, help="the instance, such as https://mobilizon.example"),),
    )
    # Until `search` has found out that the instance is an older one.
    paging: Paging = BY_START

    def __init__(self, *, settings: Mapping[str, Any], http: Http, **more: Any) -> None:  # noqa: ANN401 - Provider's own
        super().__init__(settings=settings, http=http, **more)
        parts = urlsplit(str(settings["url"]))
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
            msg = f"url: wants the address of an instance alone, such as https://mobilizon.example, not {settings['url']!r}"
            raise SettingError(msg)

    @property
    def is_older(self) -> bool:
        """Whether the instance has turned out to know less than the newest version."""
        return self.paging is AS_IT_COMES

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """Search, in its own words where the instance turns out to be an older one."""
        known = self.is_older
        try:
            return await super().search(query, seek, limit)
        except _OlderInstance:
            if known:
                raise
            self.paging = AS_IT_COMES
        return await super().search(query, seek, limit)

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """All in one request. What is no UUID is left out: one alone would have the whole request refused."""
        possible = possible_ids(ids, IDS)
        return await super().lookup(possible) if possible else []

    def request(self, query: ListingQuery, step: Step) -> Request:
        """A page of searchEvents; pages count from 1. `beginsOn` would be now if it were left out."""
        begin = step.start_from or EPOCH
        arguments: dict[str, str | int | float] = {
            "beginsOn": document.literal(begin.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
            "page": step.page + 1,
            "limit": step.size,
        }
        newer = {} if self.is_older else _newer(query)
        return _ask(document.search(arguments | _filters(query) | newer))

    def lookup_request(self, ids: Sequence[str]) -> Request:
        """Each event under an alias."""
        return _ask(document.lookup(ids))

    def records(self, body: Any) -> Sequence[Record]:  # noqa: ANN401 - JSON from outside
        """The results of a search, or those events of a lookup that there are."""
        data = object_in(body, "data")
        found = object_in(data, "searchEvents").get("elements") if "searchEvents" in data else [*data.values()]
        if not data or not isinstance(found, list):
            msg = "answered something other than events; is url the address of a Mobilizon instance?"
            raise Malformed(msg)
        return [each for each in found if each is not None]

    def total(self, body: Any) -> int | None:  # noqa: ANN401 - JSON from outside
        """How many match what the instance was asked."""
        return whole_number_in(object_in(body, "data", "searchEvents").get("total"))

    def listing(self, record: Record) -> Listing:
        """The event as a listing."""
        return read_event(record)

    def explain(self, answer: Answer) -> ProviderError | None:
        """The `errors` of GraphQL, which mostly come with status 200; an event that is gone is none."""
        if b'"errors"' not in answer.content:
            return None
        try:
            errors = objects_in(object_in(answer.json()).get("errors"))
        except Malformed:
            return None
        grave = [each for each in errors if not _is_gone(each)]
        return _refusal(grave[0]) if grave else None


def _ask(query: str) -> Request:
    return Request(path="api", method="POST", json={"query": query}, idempotent=True)


def _filters(query: ListingQuery) -> dict[str, str | int | float]:
    """The conditions that every instance knows."""
    filters: dict[str, str | int | float] = {}
    if query.keyword:
        filters["term"] = document.literal(query.keyword)
    if circle := query.circle():
        # The kit keeps the exact area.
        filters["location"] = document.literal(geohash(circle.center))
        filters["radius"] = circle.whole_radius()
    if query.genres:
        filters["tags"] = document.literal(",".join(dict.fromkeys(_spellings(query.genres))))
    return filters


def _spellings(genres: Sequence[str]) -> Iterator[str]:
    """`hip-hop` as tags have it: with a hyphen or a space, small, with a capital, with several, or in capitals."""
    for genre in genres:
        for text in (genre, genre.replace("-", " ")):
            yield from (text, text.capitalize(), text.title(), text.upper())


def _newer(query: ListingQuery) -> dict[str, str]:
    newer = {"sortBy": "START_TIME_ASC", "statusOneOf": "[TENTATIVE, CONFIRMED, CANCELLED]"}
    categories = [name for name, kind in CATEGORIES.items() if kind in query.event_types]
    return newer | ({"categoryOneOf": document.literal(categories)} if categories else {})


def _is_gone(error: Record) -> bool:
    """Whether it says that one of the events looked up is not there, which leaves the others as they are."""
    path = error.get("path")
    return isinstance(path, list) and bool(path) and error.get("status_code") == HTTPStatus.NOT_FOUND


def _refusal(error: Record) -> ProviderError:
    message = plain(str(error.get("message")), limit=_LONGEST_MESSAGE) or "gives no reason"
    told = error.get("status_code")
    status = told if isinstance(told, int) else HTTPStatus.BAD_REQUEST
    named = re.search(r"argument \W(\w+)", message, re.IGNORECASE)
    if named and named[1] in NEWER:
        return _OlderInstance(f"does not know {named[1]}", http_status=status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(f"has trouble of its own: {message}", http_status=status)
    return Refused(f"refuses the request: {message}", http_status=status)
