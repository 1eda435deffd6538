"""A Ticketmaster to test against: the documented Discovery API v2 over made-up events.

    with FakeTicketmaster(ticketmaster_world(count=500, seed=1, start_day=date(2027, 6, 1))) as upstream:
        ...  # the adapter at upstream.url, with the key upstream.api_key

https://developer.ticketmaster.com/products-and-docs/apis/discovery-api/v2/, and what was observed where that is silent.
"""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from providers.sdk.geohash import center_of
from providers.sdk.json import Record
from providers.sdk.model import Point
from providers.sdk.query import distance_km
from providers.testing.upstream import FakeUpstream

MAX_SIZE = 200
DEPTH = 1_000
COUNTED = 10_000
KM_PER_MILE = 1.609344
_SEGMENT_IDS = {
    "Music": "KZFzniwnSyZfZ7v7nJ",
    "Sports": "KZFzniwnSyZfZ7v7nE",
    "Arts & Theatre": "KZFzniwnSyZfZ7v7na",
    "Film": "KZFzniwnSyZfZ7v7nn",
    "Miscellaneous": "KZFzniwnSyZfZ7v7n1",
}


def ticketmaster_venue(
    venue_id: str,
    name: str,
    *,
    city: str = "London",
    country: str = "GB",
    point: tuple[float, float] | None = (51.5074, -0.1278),
    time_zone: str | None = "Europe/London",
) -> Record:
    """A venue as the API gives it; point is latitude and longitude, which come as texts."""
    venue = {
        "name": name,
        "type": "venue",
        "id": venue_id,
        "test": False,
        "url": f"https://www.ticketmaster.example/venue/{venue_id}",
        "locale": "en-us",
        "postalCode": "E1 6AN",
        "timezone": time_zone,
        "city": {"name": city},
        "country": {"name": country, "countryCode": country},
        "address": {"line1": "1 Stage Street"},
        "location": {"latitude": f"{point[0]:.8f}", "longitude": f"{point[1]:.8f}"} if point else None,
    }
    return {name: value for name, value in venue.items() if value is not None}


def ticketmaster_attraction(
    attraction_id: str,
    name: str,
    *,
    segment: str = "Music",
    genre: str = "Rock",
    links: Mapping[str, object] | None = None,
) -> Record:
    """An attraction as the API gives it; links are its `externalLinks`."""
    attraction = {
        "name": name,
        "type": "attraction",
        "id": attraction_id,
        "test": False,
        "url": f"https://www.ticketmaster.example/artist/{attraction_id}",
        "locale": "en-us",
        "externalLinks": links,
        "images": _images(attraction_id),
        "classifications": [_classification(segment, genre, "Undefined", ("Group", "Band"))],
    }
    return {name: value for name, value in attraction.items() if value is not None}


def ticketmaster_event(
    event_id: str,
    name: str = "An evening",
    *,
    day: date | None = date(2027, 6, 1),
    at: clock_time | None = clock_time(20, 0),
    time_zone: str = "Europe/London",
    venues: Sequence[Record] = (),
    attractions: Sequence[Record] = (),
    segment: str = "Music",
    genre: str = "Rock",
    sub_genre: str = "Undefined",
    status: str | None = "onsale",
    **more: object,
) -> Record:
    """An event as the API gives it. Without `at` it has no specific time, without `day` its date is to be announced.

    `more` replaces or adds whole keys, such as priceRanges; None takes a key away.
    """
    event = {
        "name": name,
        "type": "event",
        "id": event_id,
        "test": False,
        "url": f"https://www.ticketmaster.example/event/{event_id}",
        "locale": "en-us",
        "images": _images(event_id),
        "sales": {
            "public": {"startDateTime": "2026-12-01T10:00:00Z", "startTBD": False, "startTBA": False}
            | ({"endDateTime": f"{day}T19:00:00Z"} if day else {})
        },
        "dates": {
            "start": _start(day, at, time_zone),
            "timezone": time_zone,
            "status": {"code": status} if status else {},
            "spanMultipleDays": False,
        },
        "classifications": [_classification(segment, genre, sub_genre)],
        "_links": {"self": {"href": f"/discovery/v2/events/{event_id}?locale=en-us"}},
        "_embedded": {
            "venues": list(venues or [ticketmaster_venue("KovZHall", "The Hall")]),
            "attractions": list(attractions),
        },
    }
    return {key: value for key, value in (event | more).items() if value is not None}


def _start(day: date | None, at: clock_time | None, time_zone: str) -> Record:
    flags = {
        "dateTBD": False,
        "dateTBA": day is None,
        "timeTBA": False,
        "noSpecificTime": day is not None and at is None,
    }
    if day is None:
        return flags
    if at is None:
        return {"localDate": day.isoformat(), **flags}
    instant = datetime.combine(day, at, ZoneInfo(time_zone)).astimezone(UTC)
    return {
        "localDate": day.isoformat(),
        "localTime": at.isoformat(),
        "dateTime": f"{instant:%Y-%m-%dT%H:%M:%SZ}",
        **flags,
    }


def _classification(
    segment: str, genre: str, sub_genre: str, kind: tuple[str, str] = ("Undefined", "Undefined")
) -> Record:
    return {
        "primary": True,
        "segment": {"id": _SEGMENT_IDS.get(segment, "KZFzniwnSyZfZ7v7nl"), "name": segment},
        "genre": {"id": "KnvZ" + re.sub(r"\W", "", genre), "name": genre},
        "subGenre": {"id": "KZaz" + re.sub(r"\W", "", sub_genre), "name": sub_genre},
        "type": {"id": "KZAyXgnZfZ7v7nI", "name": kind[0]},
        "subType": {"id": "KZFzBErXgnZfZ7v7lJ", "name": kind[1]},
        "family": False,
    }


def _images(name: str) -> list[Record]:
    sizes = (("16_9", 100, 56), ("3_2", 640, 427), ("16_9", 2048, 1152))
    return [
        {
            "ratio": ratio,
            "url": f"https://img.ticketmaster.example/{name}_{width}_{ratio}.jpg",
            "width": width,
            "height": height,
            "fallback": False,
        }
        for ratio, width, height in sizes
    ]


_CITIES = (
    ("London", "GB", 51.5074, -0.1278, "Europe/London"),
    ("Berlin", "DE", 52.52, 13.405, "Europe/Berlin"),
    ("Paris", "FR", 48.8566, 2.3522, "Europe/Paris"),
    ("New York", "US", 40.7128, -74.006, "America/New_York"),
    ("Los Angeles", "US", 34.0522, -118.2437, "America/Los_Angeles"),
    ("Sydney", "AU", -33.8688, 151.2093, "Australia/Sydney"),
)
_HALLS = ("Arena", "Empire", "Roundhouse", "Playhouse", "Stadium")
_KINDS = (
    ("Music", "Rock", "Alternative Rock"),
    ("Music", "Hip-Hop/Rap", "Undefined"),
    ("Music", "Jazz", "Undefined"),
    ("Sports", "Basketball", "Undefined"),
    ("Arts & Theatre", "Theatre", "Musical"),
    ("Arts & Theatre", "Comedy", "Comedy"),
    ("Film", "Documentary", "Undefined"),
    ("Miscellaneous", "Fairs & Festivals", "Undefined"),
)
_FIRST = ("Silver", "Electric", "Northern", "Velvet", "Paper", "Midnight", "Golden", "Lonely", "Hidden", "Distant")
_SECOND = ("Harbour", "Foxes", "Parade", "Orchard", "Machines", "Rivers", "Choir", "Lanterns", "Tigers", "Static")


def ticketmaster_world(*, count: int, seed: int, start_day: date, days: int = 60) -> list[Record]:
    """Plausible events in six cities over so many days, the same for the same arguments.

    Of a hundred, about 3 have a date to be announced, 5 no time, 3 are cancelled, 2 rescheduled; one to three
    attractions each; and evenings begin on the half hour, so that many share an instant.
    """
    dice = random.Random(seed)  # noqa: S311 - a repeatable world, not a secret
    venues = [_hall(city, hall) for city in _CITIES for hall in _HALLS]
    return [
        _happening(number, dice, venues, start_day + timedelta(days=dice.randrange(days))) for number in range(count)
    ]


def _hall(city: tuple[str, str, float, float, str], hall: str) -> Record:
    name, country, latitude, longitude, time_zone = city
    shift = _HALLS.index(hall) / 50
    return ticketmaster_venue(
        f"Kov{name.replace(' ', '')}{hall}",
        f"{name} {hall}",
        city=name,
        country=country,
        point=(latitude + shift, longitude + shift),
        time_zone=time_zone,
    )


def _happening(number: int, dice: random.Random, venues: Sequence[Record], day: date) -> Record:
    venue = dice.choice(venues)
    segment, genre, sub_genre = dice.choice(_KINDS)
    acts = [f"{dice.choice(_FIRST)} {dice.choice(_SECOND)}" for _ in range(dice.choice((1, 1, 1, 2, 3)))]
    chance = dice.random()
    evening = clock_time(dice.choice((18, 19, 20, 21)), dice.choice((0, 30)))
    return ticketmaster_event(
        f"vvG1{_mixed(number)}",
        acts[0],
        day=None if chance < 0.03 else day,  # noqa: PLR2004 - see the docstring above
        at=None if 0.03 <= chance < 0.08 else evening,  # noqa: PLR2004
        time_zone=str(venue["timezone"]),
        venues=[venue],
        attractions=[
            ticketmaster_attraction(f"K8v{act.replace(' ', '')}", act, segment=segment, genre=genre)
            for act in dict.fromkeys(acts)
        ],
        segment=segment,
        genre=genre,
        sub_genre=sub_genre,
        status=dice.choices(("onsale", "offsale", "cancelled", "rescheduled"), (80, 15, 3, 2))[0],
    )


def _mixed(number: int) -> str:
    """A number as an id that is not in order of date, nor of itself."""
    return f"{number * 7919 % 1_000_003:06d}{number:x}"


@dataclass(frozen=True, slots=True)
class _Entry:
    """A record with what searches ask of it, read once."""

    record: Record
    id: str
    tba: bool
    tbd: bool
    instant: datetime | None
    words: AbstractSet[str]
    kinds: AbstractSet[str]
    venue_ids: AbstractSet[str]
    attraction_ids: AbstractSet[str]
    cities: AbstractSet[str]
    countries: AbstractSet[str]
    points: tuple[Point, ...]


def _entry(record: Record) -> _Entry:
    venues, attractions = _embedded(record, "venues"), _embedded(record, "attractions")
    start = record["dates"]["start"]
    names = [record["name"], *(each.get("name", "") for each in (*venues, *attractions))]
    levels = ("segment", "genre", "subGenre", "type", "subType")
    places = [each["location"] for each in venues if "location" in each]
    return _Entry(
        record=record,
        id=record["id"],
        tba=bool(start.get("dateTBA")),
        tbd=bool(start.get("dateTBD")),
        instant=_instant(record),
        words=frozenset(_words(" ".join(names))),
        kinds=frozenset(
            each[level]["name"].casefold()
            for each in record.get("classifications", ())
            for level in levels
            if level in each
        ),
        venue_ids=frozenset(each["id"] for each in venues),
        attraction_ids=frozenset(each["id"] for each in attractions),
        cities=frozenset(each["city"]["name"].strip().casefold() for each in venues if "city" in each),
        countries=frozenset(each["country"]["countryCode"] for each in venues if "country" in each),
        points=tuple(Point(latitude=float(each["latitude"]), longitude=float(each["longitude"])) for each in places),
    )


def _embedded(record: Record, kind: str) -> Sequence[Record]:
    embedded: Sequence[Record] = record.get("_embedded", {}).get(kind, [])
    return embedded


def _instant(record: Record) -> datetime | None:
    """Where it stands by date: one without a time at its local midnight."""
    start = record["dates"]["start"]
    if "dateTime" in start:
        return datetime.fromisoformat(start["dateTime"])
    if "localDate" not in start:
        return None
    time_zone = ZoneInfo(record["dates"].get("timezone") or "UTC")
    return datetime.combine(date.fromisoformat(start["localDate"]), clock_time.min, time_zone).astimezone(UTC)


def _words(text: str) -> Iterator[str]:
    return (word for word in re.split(r"\W+", text.casefold()) if word)


class _Wrong(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, body: object) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def _fault(status: int, text: str, code: str) -> _Wrong:
    """An error of the gateway that stands before the API."""
    return _Wrong(status, {"fault": {"faultstring": text, "detail": {"errorcode": code}}})


def _error(number: int, detail: str, status: str) -> _Wrong:
    """An error of the API itself, which has no one way to write the status."""
    code = f"DIS{number}"
    link = {"about": {"href": f"/discovery/v2/errors.html#{code}"}}
    return _Wrong(int(status[:3]), {"errors": [{"code": code, "detail": detail, "status": status, "_links": link}]})


class FakeTicketmaster(FakeUpstream):
    """The Discovery API over these records.

    batch_ids: whether `id` takes a list; without, a list finds nothing. inclusive: whether date bounds are.
    per_second, quota: how many requests are answered in a second, and in all; None for any number.
    """

    prefix = "/discovery/v2"

    def __init__(
        self,
        records: Iterable[Record] = (),
        *,
        api_key: str = "fake-key-5d41402abc4b",
        batch_ids: bool = True,
        inclusive: bool = True,
        per_second: int | None = None,
        quota: int | None = None,
    ) -> None:
        super().__init__()
        self.api_key = api_key
        self.batch_ids = batch_ids
        self.inclusive = inclusive
        self.per_second = per_second
        self.quota = quota
        self.show(records)

    def show(self, records: Iterable[Record]) -> None:
        """Have these events from now on, and a fresh quota."""
        self._entries = [_entry(record) for record in records]
        self._asked = 0
        self._times: list[float] = []

    def routes(self) -> Sequence[BaseRoute]:
        """Search, and each kind of thing by its id."""
        return [
            Route("/events.json", self._search),
            Route("/{kind:str}/{id:str}.json", self._details),
        ]

    def error_body(self) -> object:
        """An error of the API itself."""
        return _error(1024, "Results limit exceeded. Please refine your search criteria.", "400").body

    def rate_limit_body(self) -> object:
        """The quota's, which quotes the key."""
        return self._over_quota().body

    def rate_headers(self) -> Mapping[str, str]:
        """Seen on good answers only; the reset in milliseconds."""
        allowed = self.quota or 5_000
        return {
            "Rate-Limit": str(allowed),
            "Rate-Limit-Available": str(max(0, allowed - self._asked)),
            "Rate-Limit-Over": str(max(0, self._asked - allowed)),
            "Rate-Limit-Reset": str(int((time.time() + 86_400) * 1_000)),
        }

    async def _search(self, request: Request) -> Response:
        try:
            self._admit(request)
            return self.answer(self._page(request.query_params))
        except _Wrong as wrong:
            return self.answer(wrong.body, wrong.status)

    async def _details(self, request: Request) -> Response:
        try:
            self._admit(request)
            return self.answer(self._thing(request.path_params["kind"], request.path_params["id"]))
        except _Wrong as wrong:
            return self.answer(wrong.body, wrong.status)

    def _over_quota(self) -> _Wrong:
        text = f"Rate limit quota violation. Quota limit  exceeded. Identifier : {self.api_key}"
        return _fault(429, text, "policies.ratelimit.QuotaViolation")

    def _admit(self, request: Request) -> None:
        """Raise unless the key is right and there is quota left; whatever is refused counts, too."""
        if request.query_params.get("apikey") != self.api_key:
            raise _fault(401, "Invalid ApiKey", "oauth.v2.InvalidApiKey")
        self._asked += 1
        if self.quota is not None and self._asked > self.quota:
            raise self._over_quota()
        now = time.monotonic()
        self._times = [*(each for each in self._times if each > now - 1), now]
        if self.per_second is not None and len(self._times) > self.per_second:
            text = f"Spike arrest violation. Allowed rate : {self.per_second}ps"
            raise _fault(429, text, "policies.ratelimit.SpikeArrestViolation")

    def _thing(self, kind: str, thing_id: str) -> Record:
        every = (
            [entry.record for entry in self._entries]
            if kind == "events"
            else [each for entry in self._entries for each in _embedded(entry.record, kind)]
        )
        for each in every:
            if each["id"] == thing_id:
                return each
        raise _error(1004, f"Resource not found with provided criteria (locale=en-us, id={thing_id})", "404")

    def _page(self, params: Mapping[str, str]) -> Record:
        number, size = int(params.get("page", "0")), int(params.get("size", "20"))
        _check_depth(number, size)
        found = self._sorted(self._found(params), params.get("sort", "relevance,desc"))
        total = min(len(found), COUNTED)
        page = {"size": size, "totalElements": total, "totalPages": math.ceil(total / size), "number": number}
        events = [entry.record for entry in found[number * size : (number + 1) * size]]
        links = {"self": {"href": f"/discovery/v2/events.json?page={number}&size={size}"}}
        return ({"_embedded": {"events": events}} if events else {}) | {"_links": links, "page": page}

    @staticmethod
    def _sorted(entries: list[_Entry], sort: str) -> list[_Entry]:
        """By date only the instant counts: events of one instant come in no order of their own."""
        if sort == "id,asc":
            return sorted(entries, key=lambda entry: entry.id)
        if sort == "date,asc":
            return sorted(entries, key=lambda entry: entry.instant or datetime.max.replace(tzinfo=UTC))
        return entries

    def _found(self, params: Mapping[str, str]) -> list[_Entry]:
        begin, end = (_moment(params.get(name)) for name in ("startDateTime", "endDateTime"))
        words = set(_words(params.get("keyword", "")))
        circle = _circle(params)
        return [
            entry
            for entry in self._entries
            if self._announced(entry, params)
            and words <= entry.words
            and self._among(entry, params)
            and (circle is None or any(distance_km(circle[0], point) <= circle[1] for point in entry.points))
            and self._between(entry, begin, end)
        ]

    @staticmethod
    def _announced(entry: _Entry, params: Mapping[str, str]) -> bool:
        """Events without a date are left out unless asked for, even by their id; "only" twice finds nothing."""
        wanted = (params.get("includeTBA", "no"), entry.tba), (params.get("includeTBD", "no"), entry.tbd)
        tested = params.get("includeTest", "no") == "yes" or not entry.record.get("test")
        return tested and all(choice == "yes" or (choice == "only") is flag for choice, flag in wanted)

    def _among(self, entry: _Entry, params: Mapping[str, str]) -> bool:
        listed = params.get("id", entry.id)
        ids = set(listed.split(",")) if self.batch_ids else {listed}
        kinds = set(params.get("classificationName", "").casefold().split(",")) - {""}
        return (
            entry.id in ids
            and ("attractionId" not in params or not entry.attraction_ids.isdisjoint(params["attractionId"].split(",")))
            and ("venueId" not in params or not entry.venue_ids.isdisjoint(params["venueId"].split(",")))
            and ("city" not in params or params["city"].casefold() in entry.cities)
            and ("countryCode" not in params or params["countryCode"] in entry.countries)
            and (not kinds or not kinds.isdisjoint(entry.kinds))
        )

    def _between(self, entry: _Entry, begin: datetime | None, end: datetime | None) -> bool:
        if begin is None and end is None:
            return True
        if entry.instant is None:
            return False
        edge = self.inclusive and entry.instant in {begin, end}
        return edge or ((begin is None or entry.instant > begin) and (end is None or entry.instant < end))


def _check_depth(number: int, size: int) -> None:
    if size > MAX_SIZE:
        raise _error(1036, 'Query param "size" must be less than 200', "400 BAD_REQUEST")
    if number * size >= DEPTH:
        text = "API Limits Exceeded: Max paging depth exceeded. (page * size) must be less than 1,000"
        raise _error(1035, text, "400 BAD_REQUEST")


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text):
        form = "YYYY-MM-DDTHH:mm:ssZ {example: 2020-08-01T14:00:00Z }"
        raise _error(1015, f"Query param with date must be of valid format {form}", "400 BAD_REQUEST")
    return datetime.fromisoformat(text)


def _circle(params: Mapping[str, str]) -> tuple[Point, float] | None:
    """The centre, and the radius in km; fifty miles unless told otherwise."""
    if "geoPoint" in params:
        centre = center_of(params["geoPoint"])
    elif "latlong" in params:
        latitude, longitude = params["latlong"].split(",")
        centre = Point(latitude=float(latitude), longitude=float(longitude))
    else:
        return None
    return centre, int(params.get("radius", "50")) * (1.0 if params.get("unit") == "km" else KM_PER_MILE)
