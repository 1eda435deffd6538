"""An Eventbrite to test against: the documented lists of its API v3, and its undocumented search, over made-up events.

    with FakeEventbrite(eventbrite_world(count=200, seed=1, start_day=date(2027, 6, 1))) as upstream:
        ...  # the adapter at upstream.url, with the token upstream.token and an organizer such as "501"

https://www.eventbrite.com/platform/api, and what was observed of the search behind its own pages.
"""

from __future__ import annotations

import base64
import math
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from providers.sdk.json import Record
from providers.testing.upstream import FakeUpstream

PAGE_SIZE = 50
MADE_UP = "fake-token-XYZZY4PLUGH"
_OWNERS = {"organizations": "organization_id", "organizers": "organizer_id", "venues": "venue_id"}
_EXPANDED = ("venue", "organizer", "ticket_availability", "category", "subcategory", "format", "event_sales_status")
_CATEGORIES = {
    "101": "Business & Professional",
    "103": "Music",
    "105": "Performing & Visual Arts",
    "110": "Food & Drink",
}
_FORMATS = {
    "1": "Conference",
    "5": "Festival or Fair",
    "6": "Concert or Performance",
    "9": "Class, Training, or Workshop",
}


def eventbrite_venue(
    venue_id: str = "701",
    name: str = "The Hall",
    *,
    city: str = "Springfield",
    country: str = "US",
    point: tuple[float, float] = (39.8, -89.6),
) -> Record:
    """A venue as the API gives it; point is latitude and longitude, which come as texts."""
    latitude, longitude = (f"{value:.6f}" for value in point)
    return {
        "id": venue_id,
        "name": name,
        "capacity": None,
        "age_restriction": None,
        "latitude": latitude,
        "longitude": longitude,
        "address": {
            "address_1": "1 Stage Street",
            "address_2": "",
            "city": city,
            "region": "IL",
            "postal_code": "62701",
            "country": country,
            "latitude": latitude,
            "longitude": longitude,
            "localized_address_display": f"1 Stage Street, {city}",
        },
        "resource_uri": f"https://www.eventbriteapi.example/v3/venues/{venue_id}/",
    }


def eventbrite_event(
    event_id: str,
    name: str = "An evening",
    *,
    day: date = date(2027, 6, 1),
    at: clock_time = clock_time(20, 0),
    time_zone: str = "America/Chicago",
    venue: Record | None = None,
    organizer_id: str = "501",
    category: str | None = "103",
    subcategory: str | None = "Rock",
    event_format: str | None = "6",
    status: str = "live",
    free: bool = False,
    **more: object,
) -> Record:
    """An event in the documented shape, with all that an expansion adds. `more` replaces or adds whole keys."""
    begins = datetime.combine(day, at)
    place = venue or eventbrite_venue()
    return {
        "id": event_id,
        "name": {"text": name, "html": name},
        "summary": f"{name}, and a drink.",
        "url": f"https://www.eventbrite.example/e/{event_id}",
        "start": _moment(begins, time_zone),
        "end": _moment(begins + timedelta(hours=3), time_zone),
        "hide_start_date": False,
        "hide_end_date": False,
        "status": status,
        "listed": True,
        "invite_only": False,
        "privacy_setting": "unlocked",
        "online_event": False,
        "is_free": free,
        "currency": "USD",
        "locale": "en_US",
        "changed": "2027-01-02T03:04:05Z",
        "organization_id": "401",
        "organizer_id": organizer_id,
        "organizer": {
            "id": organizer_id,
            "name": f"Organizer {organizer_id}",
            "url": f"https://www.eventbrite.example/o/{organizer_id}",
        },
        "venue_id": place["id"],
        "venue": place,
        "category_id": category,
        "category": {"id": category, "name": _CATEGORIES.get(category or "", "Other")} if category else None,
        "subcategory_id": "3017" if subcategory else None,
        "subcategory": {"id": "3017", "name": subcategory} if subcategory else None,
        "format_id": event_format,
        "format": {"id": event_format, "name": _FORMATS.get(event_format or "", "Other")} if event_format else None,
        "logo": {
            "id": "1",
            "url": f"https://img.eventbrite.example/{event_id}.jpg?h=200&w=450",
            "original": {"url": f"https://img.eventbrite.example/{event_id}.jpg", "width": 1600, "height": 800},
        },
        "ticket_availability": {
            "is_free": free,
            "is_sold_out": False,
            "has_available_tickets": True,
            "minimum_ticket_price": _price(0 if free else 1250),
            "maximum_ticket_price": _price(0 if free else 4000),
            "start_sales_date": {"timezone": "UTC", "utc": "2027-01-01T10:00:00Z", "local": "2027-01-01T10:00:00"},
        },
        "event_sales_status": {"sales_status": "on_sale", "message_code": None, "currency": "USD"},
    } | more


def _moment(begins: datetime, time_zone: str) -> Record:
    instant = begins.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    return {"timezone": time_zone, "local": begins.isoformat(), "utc": f"{instant:%Y-%m-%dT%H:%M:%SZ}"}


def _price(cents: int) -> Record:
    return {"currency": "USD", "value": cents, "major_value": f"{cents / 100:.2f}", "display": f"{cents / 100:.2f} USD"}


def eventbrite_destination_event(record: Record) -> Record:
    """The same event as the search gives it."""
    return {
        "_type": "destination_event",
        "id": record["id"],
        "eid": record["id"],
        "name": record["name"]["text"],
        "summary": record["summary"],
        "url": record["url"],
        "tickets_url": f"https://www.eventbrite.example/checkout-external?eid={record['id']}",
        "start_date": record["start"]["local"][:10],
        "start_time": record["start"]["local"][11:16],
        "end_date": record["end"]["local"][:10],
        "end_time": record["end"]["local"][11:16],
        "timezone": record["start"]["timezone"],
        "hide_start_date": record["hide_start_date"],
        "hide_end_date": record["hide_end_date"],
        "is_cancelled": True if record["status"] == "canceled" else None,
        "is_online_event": record["online_event"],
        "is_protected_event": False,
        "series_id": None,
        "language": record["locale"].lower().replace("_", "-"),
        "tags": _tags(record),
        "locations": [{"type": "locality", "id": "1", "name": record["venue"]["address"]["city"]}],
        "primary_venue_id": record["venue_id"],
        "primary_venue": record["venue"],
        "primary_organizer": record["organizer"],
        "image": record["logo"],
        "ticket_availability": record["ticket_availability"],
        "event_sales_status": record["event_sales_status"],
    }


def _tags(record: Record) -> list[Record]:
    kinds = {"EventbriteCategory": "category", "EventbriteSubCategory": "subcategory", "EventbriteFormat": "format"}
    return [
        {"prefix": prefix, "tag": f"{prefix}/{record[name]['id']}", "display_name": record[name]["name"]}
        for prefix, name in kinds.items()
        if record[name]
    ]


_CITIES = (
    ("New York", "US", 40.7128, -74.006, "America/New_York"),
    ("Chicago", "US", 41.8781, -87.6298, "America/Chicago"),
    ("London", "GB", 51.5074, -0.1278, "Europe/London"),
    ("Berlin", "DE", 52.52, 13.405, "Europe/Berlin"),
)
_KINDS = (
    ("103", "Rock", "6"),
    ("103", "EDM / Electronic", "6"),
    ("103", "Indie", "5"),
    ("105", "Comedy", "6"),
    ("105", "Theatre", "6"),
    ("101", "Startups & Small Business", "1"),
    ("110", "Beer", "9"),
)
_FIRST = ("Silver", "Electric", "Northern", "Velvet", "Paper", "Midnight", "Golden", "Lonely", "Hidden", "Distant")
_SECOND = ("Harbour", "Foxes", "Parade", "Orchard", "Machines", "Rivers", "Choir", "Lanterns", "Tigers", "Static")


def eventbrite_world(*, count: int, seed: int, start_day: date, days: int = 60) -> list[Record]:
    """Plausible events of organization 401 and organizers 501 to 503 in venues 700 to 707, the same for the same arguments.

    Of a hundred, about 5 hide their date, 5 are drafts, 5 are cancelled (some of them "completed"), 20 free.
    """
    dice = random.Random(seed)  # noqa: S311 - a repeatable world, not a secret
    return [_happening(number, dice, start_day + timedelta(days=dice.randrange(days))) for number in range(count)]


def _happening(number: int, dice: random.Random, day: date) -> Record:
    town, hall = dice.randrange(len(_CITIES)), dice.randrange(2)
    city, country, latitude, longitude, time_zone = _CITIES[town]
    category, subcategory, event_format = dice.choice(_KINDS)
    status, sale = dice.choices(
        (("live", "on_sale"), ("draft", "unavailable"), ("canceled", "unavailable"), ("completed", "sales_ended")),
        (90, 5, 3, 2),
    )[0]
    code = "event_cancelled" if status == "completed" else None
    return eventbrite_event(
        str(900_000_000_000 + number * 7919 % 1_000_003),
        f"{dice.choice(_FIRST)} {dice.choice(_SECOND)}",
        day=day,
        at=clock_time(dice.choice((18, 19, 20)), dice.choice((0, 30))),
        time_zone=time_zone,
        venue=eventbrite_venue(
            str(700 + 2 * town + hall),
            f"{city} {('Loft', 'Cellar')[hall]}",
            city=city,
            country=country,
            point=(latitude + hall / 50, longitude + hall / 50),
        ),
        organizer_id=str(501 + number % 3),
        category=category,
        subcategory=subcategory,
        event_format=event_format,
        status=status,
        free=dice.random() < 0.2,  # noqa: PLR2004 - see the docstring above
        hide_start_date=dice.random() < 0.05 and status == "live",  # noqa: PLR2004
        event_sales_status={"sales_status": sale, "message_code": code, "currency": "USD"},
    )


class _Wrong(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"status_code": status, "error": code, "error_description": f"{code} is what this test wants."}


class FakeEventbrite(FakeUpstream):
    """The API over these records; without its last slash an address redirects, as it does there.

    quota: how many requests are answered; None for any number. expansion_fails: whether an answer with expansions
    breaks. one_gone_spoils_all: whether ids are refused together for the sake of one. All are settable. `searches` are
    the bodies that the search was sent, oldest first; `now` is from when on it finds events.
    """

    prefix = "/v3"

    def __init__(
        self,
        records: Iterable[Record] = (),
        *,
        token: str = MADE_UP,
        quota: int | None = None,
        expansion_fails: bool = False,
        one_gone_spoils_all: bool = False,
        now: datetime | None = None,
    ) -> None:
        super().__init__()
        self.token = token
        self.quota = quota
        self.expansion_fails = expansion_fails
        self.one_gone_spoils_all = one_gone_spoils_all
        self.now = now or datetime.now(UTC)
        self.searches: list[Mapping[str, Any]] = []
        self.show(records)

    def show(self, records: Iterable[Record]) -> None:
        """Have these events from now on, and a fresh quota."""
        self._records = sorted(records, key=lambda record: (record["start"]["utc"], record["id"]))
        self._asked = 0
        self.searches.clear()

    def routes(self) -> Sequence[BaseRoute]:
        """What is documented, and the search."""
        return [
            Route("/events/", self._answering(self._by_ids)),
            Route("/events/{id:str}/", self._answering(self._by_id)),
            Route("/venues/{id:str}/", self._answering(self._venue)),
            Route("/{owner:str}/{id:str}/events/", self._answering(self._list)),
            Route("/destination/search/", self._search, methods=["POST"]),
        ]

    def error_body(self) -> object:
        """A request that it does not like."""
        return _Wrong(400, "ARGUMENTS_ERROR").body

    def rate_limit_body(self) -> object:
        """The hour's calls are used up."""
        return _Wrong(429, "HIT_RATE_LIMIT").body

    def _answering(self, look: Callable[[Request], Record]) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            try:
                self._admit(request, expanding=bool(request.query_params.get("expand")))
                return self.answer(look(request))
            except _Wrong as wrong:
                return self.answer(wrong.body, wrong.status)

        return answer

    def _admit(self, request: Request, *, expanding: bool) -> None:
        authorization = request.headers.get("authorization")
        if authorization != f"Bearer {self.token}":
            raise _Wrong(401, "INVALID_AUTH" if authorization else "NO_AUTH")
        self._asked += 1
        if self.quota is not None and self._asked > self.quota:
            raise _Wrong(429, "HIT_RATE_LIMIT")
        if expanding and self.expansion_fails:
            raise _Wrong(500, "EXPANSION_FAILED")

    def _list(self, request: Request) -> Record:
        params, own_id = request.query_params, request.path_params["id"]
        name = _OWNERS.get(request.path_params["owner"])
        mine = [record for record in self._records if name and record[name] == own_id]
        if not mine:
            raise _Wrong(404, "NOT_FOUND")
        status = params.get("status", "live")
        found = [record for record in mine if status in {"all", record["status"]}]
        if params.get("order_by") == "start_desc":
            found.reverse()
        size = min(int(params.get("page_size", PAGE_SIZE)), PAGE_SIZE)
        number = _page_number(params.get("continuation"))
        begin = (number - 1) * size
        page = [_expanded(record, params.get("expand", "")) for record in found[begin : begin + size]]
        return {"pagination": _pagination(number, size, len(found)), "events": page}

    def _by_ids(self, request: Request) -> Record:
        asked = request.query_params["event_ids"].split(",")
        found = [record for record in self._records if record["id"] in asked]
        if self.one_gone_spoils_all and len(found) < len(asked):
            raise _Wrong(404, "NOT_FOUND")
        page = [_expanded(record, request.query_params.get("expand", "")) for record in found]
        return {"pagination": _pagination(1, PAGE_SIZE, len(found)), "events": page}

    def _by_id(self, request: Request) -> Record:
        for record in self._records:
            if record["id"] == request.path_params["id"]:
                return _expanded(record, request.query_params.get("expand", ""))
        raise _Wrong(404, "NOT_FOUND")

    def _venue(self, request: Request) -> Record:
        for record in self._records:
            if record["venue_id"] == request.path_params["id"]:
                venue: Record = record["venue"]
                return venue
        raise _Wrong(404, "NOT_FOUND")

    async def _search(self, request: Request) -> Response:
        body = await request.json()
        self.searches.append(body)
        expansions = body.get("expand.destination_event", [])
        try:
            self._admit(request, expanding=bool(expansions))
            return self.answer(self._found(body["event_search"], expansions))
        except _Wrong as wrong:
            return self.answer(wrong.body, wrong.status)

    def _found(self, search: Mapping[str, Any], expansions: Sequence[str]) -> Record:
        """Not in order of date: nobody knows which."""
        if "location" in search:
            raise _Wrong(400, "ARGUMENTS_ERROR")
        found = [
            record
            for record in sorted(self._records, key=lambda record: str(record["id"]))
            if record["status"] != "draft"
            and datetime.fromisoformat(record["end"]["utc"]) >= self.now
            and _matches(record, search)
        ]
        size, number = min(search["page_size"], PAGE_SIZE), search["page"]
        begin = (number - 1) * size
        pagination = _pagination(number, size, len(found))
        del pagination["has_more_items"]
        results = [_destination(record, expansions) for record in found[begin : begin + size]]
        return {"events": {"pagination": pagination, "results": results}, "event_search": search}


def _page_number(continuation: str | None) -> int:
    if continuation is None:
        return 1
    if not re.fullmatch(r"[A-Za-z0-9]+", continuation):
        raise _Wrong(400, "BAD_CONTINUATION_TOKEN")
    return int(base64.b32decode(continuation.ljust(8, "=")).decode())


def _pagination(number: int, size: int, count: int) -> dict[str, object]:
    """A continuation stands there on the last page, too."""
    return {
        "object_count": count,
        "page_number": number,
        "page_size": size,
        "page_count": math.ceil(count / size),
        "has_more_items": number * size < count,
        "continuation": base64.b32encode(str(number + 1).encode()).decode().rstrip("="),
    }


def _expanded(record: Record, expand: str) -> Record:
    """Without what was not asked for."""
    return {name: value for name, value in record.items() if name not in _EXPANDED or name in expand.split(",")}


def _destination(record: Record, expansions: Sequence[str]) -> Record:
    event = eventbrite_destination_event(record)
    added = ("primary_venue", "primary_organizer", "image", "ticket_availability", "event_sales_status")
    return {name: value for name, value in event.items() if name not in added or name in expansions}


def _matches(record: Record, search: Mapping[str, Any]) -> bool:
    text = f"{record['name']['text']} {record['summary']} {record['venue']['name']}".casefold()
    tags = {tag["tag"] for tag in _tags(record)}
    days, day = search.get("date_range", {}), record["start"]["local"][:10]
    return (
        all(word in text for word in search.get("q", "").casefold().split())
        and set(search.get("tags", ())) <= tags
        and days.get("from", "") <= day <= days.get("to", "9999")
        and ("bbox" not in search or _inside(record["venue"], search["bbox"]))
    )


def _inside(venue: Record, bbox: str) -> bool:
    west, south, east, north = map(float, bbox.split(","))
    return west <= float(venue["longitude"]) <= east and south <= float(venue["latitude"]) <= north
