"""An OpenAgenda to test against, and its mirror: the documented APIs over made-up events.

    with FakeOpenAgenda({"42": openagenda_world(count=300, seed=1, start_day=date(2027, 6, 1))}) as upstream:
        ...  # the adapter at upstream.url, with the key upstream.api_key

    with FakeOpendatasoft(openagenda_world(count=300, seed=1, start_day=date(2027, 6, 1))) as upstream:
        ...  # the adapter at upstream.url, with mirror = true

https://developers.openagenda.com/evenements/lecture/, and what the published source of its search says where that is
silent; https://help.opendatasoft.com/apis/ods-explore-v2/explore_v2.1.html.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from providers.sdk.json import Record
from providers.sdk.model import Point
from providers.sdk.query import distance_km
from providers.testing.upstream import FakeUpstream

MAX_SIZE = 300
MAX_LIMIT = 100
MAX_DEPTH = 10_000
_PARIS = ZoneInfo("Europe/Paris")
_TOWNS = (("Lyon", 45.764, 4.8357), ("Albi", 43.9298, 2.148), ("Brest", 48.3904, -4.4861))
_HALLS = ("Médiathèque", "Théâtre", "Halle")
_TITLES = ("Concert du soir", "Exposition de papier", "Atelier de lanternes", "Visite du port", "Contes d'hiver")


def openagenda_location(uid: int, name: str = "La Halle", **more: object) -> dict[str, Any]:
    """A location as the API gives it."""
    location = {
        "uid": uid,
        "name": name,
        "address": "1 Rue du Test, 69007 Lyon, France",
        "city": "Lyon",
        "region": "Auvergne-Rhône-Alpes",
        "postalCode": "69007",
        "countryCode": "FR",
        "latitude": 45.764,
        "longitude": 4.8357,
        "timezone": "Europe/Paris",
        "website": None,
    }
    return location | more


def openagenda_times(*begins: datetime, hours: float = 2) -> list[Record]:
    """Timings that begin then, in the local time of Paris."""
    locals_ = [(begin.astimezone(_PARIS), (begin + timedelta(hours=hours)).astimezone(_PARIS)) for begin in begins]
    return [{"begin": begin.isoformat(), "end": end.isoformat()} for begin, end in locals_]


def openagenda_event(uid: int, title: str = "Une soirée", **more: object) -> dict[str, Any]:
    """An event as the API gives it in detail; `more` replaces whole fields."""
    event = {
        "uid": uid,
        "slug": f"event-{uid}",
        "title": {"fr": title},
        "description": {"fr": "Venez nombreux."},
        "longDescription": {"fr": "<p>Venez <strong>nombreux</strong> et tôt.</p>"},
        "conditions": {},
        "keywords": {},
        "image": None,
        "imageCredits": None,
        "registration": [],
        "timings": openagenda_times(datetime(2027, 6, 1, 18, tzinfo=UTC)),
        "timezone": "Europe/Paris",
        "age": {"min": None, "max": None},
        "attendanceMode": 1,
        "onlineAccessLink": None,
        "location": openagenda_location(7),
        "originAgenda": {"uid": 42, "title": "L'agenda d'essai"},
        "status": 1,
        "state": 2,
        "featured": False,
        "updatedAt": "2027-01-01T12:00:00.000Z",
    }
    return event | more


def openagenda_row(event: Record) -> Record:
    """The event as the mirror has it: flat, in French, with lists and objects as texts."""
    begins = sorted(event["timings"], key=lambda each: datetime.fromisoformat(each["begin"]))
    location, image = event["location"] or {}, event["image"] or {}
    flat = ("uid", "name", "address", "city", "region", "website", "postalCode", "countryCode")
    return {
        "uid": str(event["uid"]),
        "canonicalurl": f"https://openagenda.example/events/{event['slug']}",
        "title_fr": event["title"]["fr"],
        "description_fr": event["description"].get("fr"),
        "longdescription_fr": event["longDescription"].get("fr"),
        "conditions_fr": event["conditions"].get("fr"),
        "keywords_fr": event["keywords"].get("fr"),
        "image": f"{image['base']}{image['filename']}" if image else None,
        "timings": json.dumps(event["timings"]),
        "firstdate_begin": _utc(begins[0]["begin"]),
        "firstdate_end": _utc(begins[0]["end"]),
        "lastdate_begin": _utc(begins[-1]["begin"]),
        "lastdate_end": _utc(begins[-1]["end"]),
        "location_coordinates": {"lon": location.get("longitude"), "lat": location.get("latitude")},
        "attendancemode": json.dumps({"id": event["attendanceMode"], "label": {"fr": "?"}}),
        "status": json.dumps({"id": event["status"], "label": {"fr": "?"}}),
        "age_min": event["age"]["min"],
        "age_max": event["age"]["max"],
        "originagenda_uid": str(event["originAgenda"]["uid"]),
        "originagenda_title": event["originAgenda"]["title"],
        "registration": json.dumps(event["registration"]),
        "updatedat": event["updatedAt"],
    } | {f"location_{name.lower()}": location.get(name) for name in flat}


def _utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).isoformat()


def openagenda_world(*, count: int, seed: int, start_day: date, days: int = 60) -> list[Record]:
    """Plausible events in three towns, the same for the same arguments.

    Of ten, seven happen once, two on three evenings, and one daily for forty days, of which some are over at the start.
    """
    dice = random.Random(seed)  # noqa: S311 - a repeatable world, not a secret
    return [_happening(number, dice, start_day + timedelta(days=dice.randrange(days))) for number in range(count)]


def _happening(number: int, dice: random.Random, day: date) -> Record:
    town, latitude, longitude = dice.choice(_TOWNS)
    hall = dice.randrange(len(_HALLS))
    place = openagenda_location(
        1_000 + _TOWNS.index((town, latitude, longitude)) * 10 + hall,
        f"{_HALLS[hall]} de {town}",
        address=f"1 Rue du Test, 69007 {town}, France",
        city=town,
        latitude=latitude + hall / 50,
        longitude=longitude + hall / 50,
    )
    chance = dice.randrange(10)
    first, times = (day - timedelta(days=30), 40) if chance == 0 else (day, 3 if chance < 3 else 1)  # noqa: PLR2004
    clock = time(dice.choice((10, 14, 20)), dice.choice((0, 30)))
    begins = [datetime.combine(first + timedelta(days=each), clock, _PARIS) for each in range(times)]
    picture = {"base": "https://cdn.openagenda.example/main/", "filename": f"{number}.jpg", "size": {"width": 700}}
    return openagenda_event(
        10_000 + number * 7919 % 9_973,
        f"{dice.choice(_TITLES)} {number}",
        timings=openagenda_times(*begins),
        location=place,
        image=picture,
        keywords={"fr": ["plein air"]} if number % 2 else {},
        conditions={"fr": "Entrée libre"} if number % 3 else {"fr": "5 €"},
        status=dice.choice((1, 1, 1, 1, 5, 6)),
        featured=number % 20 == 0,
    )


class FakeOpenAgenda(FakeUpstream):
    """The API v2 over these events, by the uid of their agenda; the agenda 42 is called `agenda-42` in addresses.

    lingering: whether the cursor goes on after the last page, as was seen; documented is that it ends.
    """

    prefix = "/v2"

    def __init__(self, agendas: Mapping[str, Iterable[Record]] | None = None, *, lingering: bool = False) -> None:
        super().__init__()
        self.api_key = "oa_pk_5d41402abc4b"
        self.lingering = lingering
        self.show(agendas or {})

    def show(self, agendas: Mapping[str, Iterable[Record]]) -> None:
        """Have these agendas from now on."""
        self._agendas = {uid: list(events) for uid, events in agendas.items()}

    def routes(self) -> Sequence[BaseRoute]:
        """Agendas, and the events of each."""
        return [Route("/agendas", self._search_agendas), Route("/agendas/{uid:str}/events", self._search_events)]

    async def _search_agendas(self, request: Request) -> Response:
        if request.headers.get("key") != self.api_key:
            return self.answer({"message": "forbidden"}, 403)
        slugs = request.query_params.getlist("slug[]")
        found = [{"uid": int(uid), "slug": f"agenda-{uid}"} for uid in self._agendas if f"agenda-{uid}" in slugs]
        return self.answer({"total": len(found), "agendas": found, "after": None})

    async def _search_events(self, request: Request) -> Response:
        params, events = request.query_params, self._agendas.get(request.path_params["uid"])
        size = int(params.get("size", 20))
        if request.headers.get("key") != self.api_key:
            return self.answer({"message": "forbidden"}, 403)
        if events is None:
            return self.answer({"message": "not found"}, 404)
        if size > MAX_SIZE:
            return self.answer({"message": "bad request"}, 400)
        return self.answer(self._page(events, params, size))

    def _page(self, events: Sequence[Record], params: QueryParams, size: int) -> Record:
        placed = sorted(
            ((_place(event, params), event) for event in events if _is_wanted(event, params)),
            key=lambda pair: pair[0],
        )
        after = [int(each) for each in params.getlist("after[]")]
        ahead = [pair for pair in placed if not after or list(pair[0]) > after]
        page = ahead[:size]
        goes_on = page and (len(ahead) > size or self.lingering)
        detailed = params.get("detailed") == "1"
        return {
            "total": len(placed),
            "events": [event if detailed else _brief(event) for _, event in page],
            "after": _cursor(page[-1][0]) if goes_on else None,
            "sort": params.get("sort", "timingsWithFeatured.asc"),
        }


def _place(event: Record, params: QueryParams) -> tuple[int, ...]:
    """Where it stands in the order: by the first time not over at the lower bound, then the last time, then the uid."""
    bound = params.get("timings[gte]")
    lower = datetime.fromisoformat(bound) if bound else datetime.now(UTC)
    times = _times(event)
    ahead = [begin for begin, end in times if end >= lower]
    first = min(ahead).timestamp() if ahead else datetime(3000, 1, 1, tzinfo=UTC).timestamp()
    featured = () if params.get("sort") == "timings.asc" else (0 if event["featured"] else 1,)
    last = max(begin for begin, _ in times).timestamp()
    return (*featured, int(first), -int(last), event["uid"])


def _cursor(place: tuple[int, ...]) -> list[str]:
    """Whatever comes before the uid is a number; of the order by time the first is padded to fifteen digits."""
    return [f"{place[0]:015d}", *map(str, place[1:])]


def _times(event: Record) -> list[tuple[datetime, datetime]]:
    return [(datetime.fromisoformat(each["begin"]), datetime.fromisoformat(each["end"])) for each in event["timings"]]


def _brief(event: Record) -> Record:
    return {name: event[name] for name in ("uid", "slug", "title", "description", "status", "keywords", "image")}


def _is_wanted(event: Record, params: QueryParams) -> bool:
    begins = [begin for begin, _ in _times(event)]
    lower, upper = params.get("timings[gte]"), params.get("timings[lte]")
    low = datetime.fromisoformat(lower) if lower else min(begins)
    high = datetime.fromisoformat(upper) if upper else max(begins)
    places, uids = params.getlist("locationUid[]"), params.getlist("uid[]")
    published: bool = event["state"] == 2  # noqa: PLR2004 - of -1 to 2
    return (
        published
        and any(low <= begin <= high for begin in begins)
        and (not uids or str(event["uid"]) in uids)
        and (not places or str(event["location"]["uid"]) in places)
        and _is_inside(event["location"], params)
        and ("search" not in params or _is_alike(event, params["search"]))
    )


def _is_inside(location: Record, params: QueryParams) -> bool:
    if "geo[northEast][lat]" not in params:
        return True
    north, east = float(params["geo[northEast][lat]"]), float(params["geo[northEast][lng]"])
    south, west = float(params["geo[southWest][lat]"]), float(params["geo[southWest][lng]"])
    inside: bool = south <= location["latitude"] <= north and west <= location["longitude"] <= east
    return inside


def _is_alike(event: Record, text: str) -> bool:
    """Any word of several, and one that begins alike: it finds too much rather than too little."""
    told = " ".join((event["title"]["fr"], event["description"].get("fr", ""), event["location"]["name"]))
    begins = {word[:4] for word in _words(told)}
    return any(word[:4] in begins for word in _words(text))


def _words(text: str) -> Iterator[str]:
    return (word for word in re.split(r"\W+", text.casefold()) if word)


_CONDITION = re.compile(
    r"""(?P<date>\w+)\s(?P<sign><|>=)\sdate'(?P<moment>[^']+)'
    |\((?P<any>\w+\s=\s"[^"]*"(?:\sor\s\w+\s=\s"[^"]*")*)\)
    |within_distance\(location_coordinates,\sgeom'POINT\((?P<lon>\S+)\s(?P<lat>\S+)\)',\s(?P<km>\d+)km\)
    |(?P<text>"(?:\\.|[^"\\])*")""",
    re.VERBOSE,
)


class FakeOpendatasoft(FakeUpstream):
    """The mirror's Explore API v2.1 over the rows of these events; `exhausted` plays a quota that is used up."""

    prefix = "/api/explore/v2.1"

    def __init__(self, events: Iterable[Record] = ()) -> None:
        super().__init__()
        self.exhausted = False
        self.show(events)

    def show(self, events: Iterable[Record]) -> None:
        """Have the rows of these events from now on."""
        self._rows = [openagenda_row(event) for event in events]

    def routes(self) -> Sequence[BaseRoute]:
        """The rows of one dataset."""
        return [Route("/catalog/datasets/evenements-publics-openagenda/records", self._records)]

    def error_body(self) -> object:
        """A condition that cannot be read."""
        return {"error_code": "ODSQLError", "message": "ODSQL query is malformed: Unknown field: nothing"}

    def rate_limit_body(self) -> object:
        """The quota of all who ask without a key."""
        return {
            "errorcode": 10002,
            "reset_time": "2099-01-01T00:00:00Z",
            "limit_time_unit": "day",
            "call_limit": 10_000,
            "error": "Too many requests on the domain. Please contact the domain administrator.",
        }

    async def _records(self, request: Request) -> Response:
        params = request.query_params
        limit, offset = int(params.get("limit", 10)), int(params.get("offset", 0))
        if self.exhausted:
            return self.answer(self.rate_limit_body(), 429)
        if limit > MAX_LIMIT or offset + limit > MAX_DEPTH:
            message = f"Invalid value for sum of offset + limit API parameter: {offset + limit} was found"
            return self.answer({"error_code": "InvalidRESTParameterError", "message": message}, 400)
        conditions = _conditions(params.get("where", ""))
        if conditions is None:
            return self.answer(self.error_body(), 400)
        found = [row for row in self._rows if all(condition(row) for condition in conditions)]
        order = params.get("order_by", "uid").split(",")
        found.sort(key=lambda row: [row[name] for name in order])
        return self.answer({"total_count": len(found), "results": found[offset : offset + limit]})


def _conditions(where: str) -> list[Callable[[Record], bool]] | None:
    """The conditions that `and` holds together; None where one cannot be read."""
    conditions, place = [], 0
    while place < len(where):
        found = _CONDITION.match(where, place)
        if found is None:
            return None
        conditions.append(_condition(found))
        place = found.end() + len(" and ") * where.startswith(" and ", found.end())
    return conditions


def _condition(found: re.Match[str]) -> Callable[[Record], bool]:
    if found["date"]:
        moment = _utc(found["moment"])
        return lambda row: (row[found["date"]] < moment) is (found["sign"] == "<")
    if found["any"]:
        wanted = re.findall(r'(\w+) = "([^"]*)"', found["any"])
        return lambda row: any(str(row[name]) == value for name, value in wanted)
    if found["km"]:
        centre, radius = Point(latitude=float(found["lat"]), longitude=float(found["lon"])), float(found["km"])
        return lambda row: distance_km(centre, _point(row)) <= radius
    words = set(_words(json.loads(found["text"])))
    return lambda row: words <= set(_words(" ".join(str(value) for value in row.values())))


def _point(row: Record) -> Point:
    return Point(latitude=row["location_coordinates"]["lat"], longitude=row["location_coordinates"]["lon"])
