"""A SeatGeek to test against: the Platform API v2 over made-up events, with its silences.

    with FakeSeatGeek(seatgeek_world(count=500, seed=1, start_day=date(2027, 6, 1))) as upstream:
        ...  # the adapter at upstream.url, with the client id upstream.client_id

https://platform.seatgeek.com, and what was observed where that is silent.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from providers.sdk.json import Record
from providers.sdk.model import Point
from providers.sdk.query import distance_km
from providers.testing.upstream import FakeUpstream

PAGE_SIZE = 50
DEPTH = 10_000
KM_PER_MILE = 1.609344
CAPTCHA = "<!DOCTYPE html><title>Access to this page has been denied</title><p>Please verify you are a human"
# What stands in a time that is to be determined.
NO_TIME = clock_time(3, 30)


def seatgeek_venue(
    venue_id: int,
    name: str = "The Hall",
    *,
    city: str = "Springfield",
    country: str = "US",
    point: tuple[float, float] = (39.8, -89.6),
    time_zone: str | None = "America/Chicago",
) -> Record:
    """A venue as the API gives it; point is latitude and longitude, country a code or a name."""
    return {
        "id": venue_id,
        "name": name,
        "name_v2": name,
        "slug": f"hall-{venue_id}",
        "address": "1 Stage Street",
        "city": city,
        "state": "IL" if country == "US" else None,
        "country": country,
        "postal_code": "62701",
        "timezone": time_zone,
        "location": {"lat": point[0], "lon": point[1]},
        "url": f"https://seatgeek.example/venues/hall-{venue_id}/tickets",
        "capacity": 0,
    }


def seatgeek_performer(
    performer_id: int,
    name: str = "The Band",
    *,
    kind: str = "band",
    taxonomy: str = "concerts",
    genres: Sequence[str] = ("rock",),
    primary: bool = True,
) -> Record:
    """A performer as the API gives it; the first genre is the primary one."""
    performer = {
        "id": performer_id,
        "name": name,
        "slug": f"act-{performer_id}",
        "type": kind,
        "primary": primary or None,
        "image": f"https://images.seatgeek.example/{performer_id}/huge.jpg",
        "images": {"huge": f"https://images.seatgeek.example/{performer_id}/huge.jpg"},
        "url": f"https://seatgeek.example/act-{performer_id}-tickets",
        "taxonomies": [{"id": 2_000_000, "name": taxonomy, "parent_id": None}],
        "genres": [
            {"id": 450 + number, "name": slug.title(), "slug": slug, "primary": number == 0}
            for number, slug in enumerate(genres)
        ],
    }
    return {key: value for key, value in performer.items() if value is not None}


def seatgeek_event(
    event_id: int,
    title: str = "An evening",
    *,
    day: date = date(2027, 6, 1),
    at: clock_time | None = clock_time(20, 0),
    dated: bool = True,
    venue: Record | None = None,
    performers: Sequence[Record] = (),
    taxonomies: Sequence[str] = ("concert",),
    status: str = "normal",
    **more: object,
) -> Record:
    """An event as the API gives it. Without `at` its time is to be determined, and without `dated` its date.

    `more` replaces or adds whole keys, such as stats.
    """
    place = venue or seatgeek_venue(7)
    local = datetime.combine(day, at or NO_TIME)
    utc = local.replace(tzinfo=ZoneInfo(str(place["timezone"] or "UTC"))).astimezone(UTC).replace(tzinfo=None)
    names = list(taxonomies)
    return {
        "id": event_id,
        "title": title,
        "short_title": title,
        "type": names[-1],
        "url": f"https://seatgeek.example/e/{event_id}",
        "datetime_local": local.isoformat(),
        "datetime_utc": utc.isoformat(),
        "time_tbd": at is None or not dated,
        "date_tbd": not dated,
        # Seen to be false beside a time_tbd.
        "datetime_tbd": not dated,
        "enddatetime_utc": None,
        "status": status,
        "conditional": False,
        "is_open": False,
        "description": "",
        "performers": list(performers),
        "venue": place,
        "taxonomies": [
            {"id": 1_000_000 * (1 + number), "name": name, "parent_id": None} for number, name in enumerate(names)
        ],
        # Withheld from most clients since 2024.
        "stats": {"listing_count": None, "lowest_price": None, "highest_price": None, "average_price": None},
    } | more


_CITIES = (
    ("New York", "US", 40.7128, -74.006, "America/New_York"),
    ("Chicago", "US", 41.8781, -87.6298, "America/Chicago"),
    ("Los Angeles", "US", 34.0522, -118.2437, "America/Los_Angeles"),
    ("Toronto", "Canada", 43.6532, -79.3832, "America/Toronto"),
    ("London", "UK", 51.5074, -0.1278, "Europe/London"),
)
_KINDS: tuple[tuple[Sequence[str], str, str, Sequence[str]], ...] = (
    (("concert",), "band", "concerts", ("rock", "indie")),
    (("concert",), "band", "concerts", ("rnb",)),
    (("music_festival", "concert"), "band", "concerts", ("electronic", "rock")),
    (("sports", "basketball", "nba"), "nba", "sports", ()),
    (("theater", "comedy"), "theater_comedy", "theater", ()),
    (("theater", "classical", "classical_opera"), "band", "theater", ("classical",)),
    (("theater", "broadway_tickets_national"), "theater_broadway_tickets_national", "theater", ()),
)
_FIRST = ("Silver", "Electric", "Northern", "Velvet", "Paper", "Midnight", "Golden", "Lonely", "Hidden", "Distant")
_SECOND = ("Harbour", "Foxes", "Parade", "Orchard", "Machines", "Rivers", "Choir", "Lanterns", "Tigers", "Static")


def seatgeek_world(*, count: int, seed: int, start_day: date, days: int = 60) -> list[Record]:
    """Plausible events in five cities over so many days, the same for the same arguments.

    Of a hundred, about 3 have no date yet, 15 no time, 3 are cancelled; evenings begin on the half hour, so that many
    share an instant.
    """
    dice = random.Random(seed)  # noqa: S311 - a repeatable world, not a secret
    return [_happening(number, dice, start_day + timedelta(days=dice.randrange(days))) for number in range(count)]


def _happening(number: int, dice: random.Random, day: date) -> Record:
    town, hall = dice.randrange(len(_CITIES)), dice.randrange(4)
    city, country, latitude, longitude, time_zone = _CITIES[town]
    shift = hall / 50
    taxonomies, kind, taxonomy, genres = dice.choice(_KINDS)
    acts = [dice.randrange(100) for _ in range(dice.choice((1, 1, 2)))]
    names = [f"{_FIRST[act // 10]} {_SECOND[act % 10]}" for act in acts]
    chance = dice.random()
    evening = clock_time(dice.choice((18, 19, 20, 21)), dice.choice((0, 30)))
    return seatgeek_event(
        number * 7919 % 1_000_003 + 1_000_000,
        " with ".join(names),
        day=day,
        at=None if 0.03 <= chance < 0.18 else evening,  # noqa: PLR2004 - see the docstring above
        dated=chance >= 0.03,  # noqa: PLR2004
        venue=seatgeek_venue(
            100 * town + hall + 1,
            f"{city} {('Arena', 'Empire', 'Playhouse', 'Garden')[hall]}",
            city=city,
            country=country,
            point=(latitude + shift, longitude + shift),
            time_zone=time_zone,
        ),
        performers=[
            seatgeek_performer(act + 1, name, kind=kind, taxonomy=taxonomy, genres=genres, primary=act == acts[0])
            for act, name in dict(zip(acts, names, strict=True)).items()
        ],
        taxonomies=taxonomies,
        status=dice.choices(("normal", "cancelled", "rescheduled"), (95, 3, 2))[0],
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """A record with what searches ask of it, read once: for each filter, the values that it finds it by."""

    record: Record
    utc: str
    words: frozenset[str]
    values: Mapping[str, frozenset[str]]
    point: Point


def _entry(record: Record) -> _Entry:
    venue, performers = record["venue"], record["performers"]
    names = (record["title"], venue["name"], *(each["name"] for each in performers))
    location = venue["location"]
    return _Entry(
        record=record,
        utc=record["datetime_utc"],
        words=frozenset(_words(" ".join(names))),
        values={
            "id": frozenset({str(record["id"])}),
            "venue.id": frozenset({str(venue["id"])}),
            "venue.city": frozenset({venue["city"].casefold()}),
            "venue.country": frozenset({venue["country"].casefold()}),
            "performers.id": frozenset(str(each["id"]) for each in performers),
            "taxonomies.name": frozenset(each["name"] for each in record["taxonomies"]),
            "genres[primary].slug": frozenset(
                genre["slug"] for each in performers for genre in each["genres"] if genre["primary"]
            ),
        },
        point=Point(latitude=location["lat"], longitude=location["lon"]),
    )


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"\W+", text.casefold()) if word]


class FakeSeatGeek(FakeUpstream):
    """The Platform API over these records.

    page_size: the most that a page holds, whatever is asked for. depth: past so many records of one search it answers
    with none, and a total of none. captcha: whether it takes who asks for a bot. All are settable.
    """

    prefix = "/2"

    def __init__(
        self,
        records: Iterable[Record] = (),
        *,
        client_id: str = "fake-client-5d41402abc4b",
        page_size: int = PAGE_SIZE,
        depth: int = DEPTH,
        captcha: bool = False,
    ) -> None:
        super().__init__()
        self.client_id = client_id
        self.page_size = page_size
        self.depth = depth
        self.captcha = captcha
        self.show(records)

    def show(self, records: Iterable[Record]) -> None:
        """Have these events from now on."""
        self._entries = sorted(map(_entry, records), key=lambda entry: entry.utc)

    def routes(self) -> Sequence[BaseRoute]:
        """Events, and what is in them."""
        return [Route("/{kind:str}", self._answer)]

    def error_body(self) -> object:
        """A request that it does not like."""
        return _error(400, "page size too large. maximum 5000")

    async def _answer(self, request: Request) -> Response:
        params = request.query_params
        if self.captcha:
            return Response(CAPTCHA, 403, media_type="text/html")
        if params.get("client_id") != self.client_id:
            message = 'Client is required - visit "https://seatgeek.example/account/develop"'
            return self.answer(_error(403, message, code=40307), 403)
        if int(params.get("per_page", "10")) > 5_000:  # noqa: PLR2004 - as it was in 2016
            return self.answer(self.error_body(), 400)
        kind = request.path_params["kind"]
        return self.answer(self._page(kind, self._found(kind, params), params))

    def _page(self, kind: str, found: Sequence[Record], params: QueryParams) -> Record:
        size = min(int(params.get("per_page", "10")), self.page_size)
        number = int(params.get("page", "1"))
        begin, total = (number - 1) * size, len(found)
        if begin >= self.depth:
            found, total = (), 0
        meta = {"total": total, "took": 1, "page": number, "per_page": size, "geolocation": None}
        return {kind: list(found[begin : begin + size]), "meta": meta, "in_hand": {}}

    def _found(self, kind: str, params: QueryParams) -> list[Record]:
        if kind == "events":
            return [entry.record for entry in self._entries if _wanted(entry, params)]
        records = [entry.record for entry in self._entries]
        every = (
            [record["venue"] for record in records]
            if kind == "venues"
            else [performer for record in records for performer in record["performers"]]
        )
        ids = params.get("id", "").split(",")
        return list({each["id"]: each for each in every if str(each["id"]) in ids}.values())


def _error(status: int, message: str, *, code: int | None = None) -> Record:
    errors = {"errors": [{"code": code, "message": message}]} if code else {}
    return {"status": status, "message": message, "meta": {"status": status}} | errors


def _wanted(entry: _Entry, params: QueryParams) -> bool:
    return (
        all(_any_of(values, name, params) for name, values in entry.values.items())
        and set(_words(params.get("q", ""))) <= entry.words
        and params.get("datetime_utc.gte", "") <= entry.utc
        and ("datetime_utc.lt" not in params or entry.utc < params["datetime_utc.lt"])
        and _near(entry.point, params)
    )


def _any_of(values: frozenset[str], name: str, params: QueryParams) -> bool:
    """A parameter may come several times, and ids in a list."""
    asked = params.getlist(name)
    if name.endswith("id"):
        asked = [each for text in asked for each in text.split(",")]
    return not asked or not values.isdisjoint(each.casefold() for each in asked)


def _near(point: Point, params: QueryParams) -> bool:
    """Thirty miles unless told otherwise."""
    if "lat" not in params:
        return True
    found = re.fullmatch(r"(\d+)(mi|km)", params.get("range", "30mi"))
    assert found, "a range is a whole number of mi or km"
    radius = int(found[1]) * (KM_PER_MILE if found[2] == "mi" else 1.0)
    return distance_km(Point(latitude=float(params["lat"]), longitude=float(params["lon"])), point) <= radius
