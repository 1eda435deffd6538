"""Gancio, through the API of one of its instances: https://gancio.org/usage/api."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
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
    ProviderError,
    RateLimited,
    Record,
    Request,
    Setting,
    SettingError,
    Snapshot,
    Step,
    Walk,
    checked_setting,
    country_setting,
    possible_ids,
    zone,
)
from providers.gancio.records import Instance, read_event

Parameters = dict[str, str | int]

PAGE_SIZE = 500
# A keyword's matches of all time, as the API cannot be told to leave out what is over: in one page, as those which
# begin together come in no order that holds from one page to the next.
MOST_MATCHES = 5_000
LONGEST_WINDOW = timedelta(minutes=1)
_LAST_SECOND = 2**31 - 1

_WINDOWS = DateWindows(size=PAGE_SIZE, depth=PAGE_SIZE, reach=timedelta(hours=1))
_MATCHES = Snapshot(size=MOST_MATCHES, cap=MOST_MATCHES, reach=timedelta(0))


class _Paging:
    """By the clock, not by `page`, which an instance ignores that shows a collection on its home page.

    A window begins at the last start of the one before, so that of those which begin together none is lost, in
    whatever order they come. Only a full window of events that run already cannot be seen behind; then an hour is
    skipped, and the page says so.
    """

    def walk(self, query: ListingQuery, seek: Key | None, limit: int) -> Walk:
        """Begin a walk."""
        return (_MATCHES if query.keyword else _WINDOWS).walk(query, seek, limit)


class Gancio(JSONProvider):
    """Events of one instance, which serves a town or a scene.

    The facts are of the source of version 1.21; the documentation says less, and in places something else:

    - `start` is no bound on starts: what runs still comes, too, before everything else. The kit leaves it out;
    - with `query` the API forgets `start`, and finds events that other instances have shared, too. Whether that is
      meant is not known, so `start` is sent all the same, and the kit keeps the exact range;
    - `query` is compared with lower-cased titles and names of places, and with whole tags; the database decides
      whether letters with accents have a lower case;
    - when its database fails, the API answers with an empty list, which looks like any other;
    - an event has no status and no time zone: one that is called off is deleted, and the zone is a setting here;
    - `price` is a free text, in recent versions only; what it looks like is not documented.
    """

    info = Info(
        slug="gancio",
        title="Gancio",
        homepage="https://gancio.org",
        feed=True,
        redirects=3,
        capabilities=frozenset(
            {
                Capability.KEYWORD,
                Capability.DATE_RANGE,
                Capability.VENUE,
                Capability.LOOKUP_BY_ID,
                Capability.SORT_BY_DATE,
                Capability.OFFERS,
                Capability.IMAGES,
                Capability.KEYLESS,
            }
        ),
        # 250 requests a minute, for each address that asks.
        limits=Limits(requests_per_second=4, max_page_size=PAGE_SIZE, cache_ttl=timedelta(minutes=5)),
        settings=(
            Setting(name="url", required=True, help="the instance's address, such as https://gancio.example.org"),
            Setting(name="time_zone", required=True, help="IANA zone of the instance, such as Europe/Rome"),
            Setting(name="city", help="the town of places whose address names none"),
            Setting(name="country", help="the country of places whose address names none, such as IT"),
        ),
    )
    paging = _Paging()

    def __init__(self, *, settings: Mapping[str, Any], http: Http, **more: Any) -> None:  # noqa: ANN401 - Provider's own
        super().__init__(settings=settings, http=http, **more)
        self._instance = _instance(settings, http)

    def request(self, query: ListingQuery, step: Step) -> Request:
        """A page of events, in order of start."""
        page: Parameters = {"max": step.size, "page": step.page}
        everything: Parameters = {"show_recurrent": "true", "show_multidate": "true"}
        return Request(path="api/events", params=_window(step) | _filters(query) | page | everything)

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """What is no number is no id. A number may be another event's slug, too, and so that one may come instead."""
        possible = possible_ids(ids, "[1-9][0-9]{0,9}")
        found = await super().lookup(possible) if possible else []
        return [listing for listing in found if listing.id in possible]

    def lookup_request(self, ids: Sequence[str]) -> Request:
        """One event with all that is known of it; the API knows no list of ids."""
        return Request(path=f"api/event/detail/{ids[0]}")

    def records(self, body: Any) -> Sequence[Record]:  # noqa: ANN401 - JSON from outside
        """A list of events, or the one that was looked up."""
        if isinstance(body, dict) and "id" in body:
            return [body]
        if not isinstance(body, list):
            msg = "answered something other than events; is url the address of a Gancio instance?"
            raise Malformed(msg)
        return body

    def listing(self, record: Record) -> Listing | None:
        """The event as a listing."""
        return read_event(record, self._instance)

    def explain(self, answer: Answer) -> ProviderError | None:
        """When to come back: the draft standard's RateLimit-Reset, in seconds."""
        if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
            return None
        reset = re.fullmatch(r"\d{1,9}", answer.headers.get("ratelimit-reset", "").strip())
        # No window lasts longer than a minute: what says so means something else.
        wait = min(timedelta(seconds=int(reset[0])), LONGEST_WINDOW) if reset else None
        return RateLimited("says that it was asked too often", retry_at=self.clock() + wait if wait else None)


def _window(step: Step) -> Parameters:
    """The bounds in whole seconds, rounded outwards. Without `start` it would begin now, so the beginning is named."""
    window: Parameters = {"start": _second(math.floor(step.start_from.timestamp()) if step.start_from else 0)}
    if step.start_before is not None:
        window["end"] = _second(math.ceil(step.start_before.timestamp()))
    return window


def _second(second: int) -> int:
    """As far as the database's integers go."""
    return max(0, min(second, _LAST_SECOND))


def _filters(query: ListingQuery) -> Parameters:
    filters = {"query": query.keyword.lower() if query.keyword else None, "places": ",".join(query.venue_ids)}
    return {name: value for name, value in filters.items() if value}


def _instance(settings: Mapping[str, Any], http: Http) -> Instance:
    """What is the same for all events.

    Raises:
        SettingError: what cannot be; the message begins with the setting's name.
    """
    parts = urlsplit(str(settings["url"]))
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        msg = f"url: wants an address such as https://gancio.example.org, not {settings['url']!r}"
        raise SettingError(msg)
    return Instance(
        base_url=http.base_url,
        time_zone=checked_setting("time_zone", lambda: zone(str(settings["time_zone"])).key),
        city=settings.get("city") or None,
        country=country_setting(settings),
    )
