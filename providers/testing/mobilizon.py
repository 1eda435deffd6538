"""A Mobilizon instance to test against: the part of its GraphQL API that is read, over made-up events.

    with FakeMobilizon(mobilizon_world(count=300, seed=1, start_day=date(2027, 6, 1))) as upstream:
        ...  # the adapter at upstream.url

Read in the source of version 5.1 (https://framagit.org/framasoft/mobilizon). `older` plays an instance that does not
sort by start: it refuses the newer arguments, and gives the best match first.
"""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from providers.sdk.geohash import center_of
from providers.sdk.json import Record
from providers.sdk.model import Point
from providers.sdk.query import distance_km
from providers.testing.upstream import FakeUpstream

MAX_COMPLEXITY = 300
_NEWER = {"sortBy", "statusOneOf", "categoryOneOf", "languageOneOf", "searchTarget", "bbox", "zoom"}
_ARGUMENTS = {"term", "tags", "location", "radius", "type", "category", "page", "limit", "beginsOn", "endsOn"}
# What an Event has and the interface of search results has not.
_EVENT_ONLY = {"description", "onlineAddress", "externalParticipationUrl", "language", "updatedAt"}
_CITIES = (
    ("Lyon", "France", 45.764, 4.8357, "Europe/Paris"),
    ("Toulouse", "France", 43.6047, 1.4442, "Europe/Paris"),
    ("Berlin", "Deutschland", 52.52, 13.405, "Europe/Berlin"),
    ("Montréal", "Canada", 45.5019, -73.5674, "America/Toronto"),
)
_PLACES = ("Library", "Workshop", "Garden", "Café")
_KINDS = (("MUSIC", "Jazz"), ("THEATRE", "improv"), ("FILM_MEDIA", "documentary"), ("MEETING", "Free software"))
_NAMES = ("Repair", "Harvest", "Lantern", "Bicycle", "Commons", "Winter", "Riverside", "Midnight")


def mobilizon_address(name: str = "The Library", **more: object) -> dict[str, Any]:
    """An Address as the API gives it; `geom` is longitude;latitude."""
    address: dict[str, Any] = {
        "id": "17",
        "originId": f"nominatim:{name}",
        "description": name,
        "street": "1 Rue du Test",
        "locality": "Lyon",
        "postalCode": "69007",
        "region": "Auvergne-Rhône-Alpes",
        "country": "France",
        "geom": "4.8357;45.764",
        "timezone": "Europe/Paris",
    }
    return address | more


def mobilizon_event(event_id: str, title: str = "A gathering", **more: object) -> dict[str, Any]:
    """An Event as the API gives it; `event_id` is a number or a UUID, and `more` replaces whole fields."""
    known = event_id if "-" in event_id else str(uuid.uuid5(uuid.NAMESPACE_URL, event_id))
    event: dict[str, Any] = {
        "uuid": known,
        "url": f"https://mobilizon.example/events/{known}",
        "title": title,
        "beginsOn": "2027-06-01T18:00:00Z",
        "endsOn": None,
        "status": "CONFIRMED",
        "category": "MEETING",
        "picture": None,
        "tags": [],
        "physicalAddress": mobilizon_address(),
        "attributedTo": {"name": "The Group", "preferredUsername": "group", "url": "https://mobilizon.example/@group"},
        "organizerActor": {"name": None, "preferredUsername": "somebody", "url": "https://mobilizon.example/@somebody"},
        "options": {
            "offers": [],
            "timezone": "Europe/Paris",
            "isOnline": False,
            "showStartTime": True,
            "showEndTime": True,
        },
        "description": "<p>Come as you are.</p>",
        "onlineAddress": None,
        "externalParticipationUrl": None,
        "language": "fr",
        "updatedAt": "2027-01-01T12:00:00Z",
    }
    return event | more


def mobilizon_world(*, count: int, seed: int, start_day: date, days: int = 60) -> list[Record]:
    """Plausible events in four cities over so many days, the same for the same arguments.

    Evenings begin on the half hour, so that many share an instant; of twenty, one shows no time, one is cancelled, and
    one goes on for weeks.
    """
    dice = random.Random(seed)  # noqa: S311 - a repeatable world, not a secret
    return [_happening(number, dice, start_day + timedelta(days=dice.randrange(days))) for number in range(count)]


def _happening(number: int, dice: random.Random, day: date) -> Record:
    town, country, latitude, longitude, time_zone = dice.choice(_CITIES)
    place, (category, tag) = dice.choice(_PLACES), dice.choice(_KINDS)
    evening = datetime(day.year, day.month, day.day, dice.choice((18, 19, 20)), dice.choice((0, 30)))  # noqa: DTZ001 - local
    begin = evening.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    chance = dice.randrange(20)
    shift = _PLACES.index(place) / 50
    event = mobilizon_event(f"e{number}", f"{dice.choice(_NAMES)} {dice.choice(_NAMES)} {number}")
    return event | {
        "beginsOn": _stamp(begin),
        "endsOn": _stamp(begin + (timedelta(days=30) if chance == 1 else timedelta(hours=2))),
        "status": "CANCELLED" if chance == 2 else "CONFIRMED",  # noqa: PLR2004 - see above
        "category": category,
        "tags": [{"title": tag}, {"title": town}],
        "picture": {"url": f"https://mobilizon.example/media/{number}.jpg", "alt": "A poster"},
        "options": event["options"]
        | {
            "showStartTime": chance != 0,
            "timezone": time_zone,
            "offers": [{"price": 5.0, "priceCurrency": "EUR", "url": None}],
        },
        "physicalAddress": mobilizon_address(
            f"{town} {place}",
            locality=town,
            country=country,
            geom=f"{longitude + shift};{latitude + shift}",
            timezone=time_zone,
        ),
    }


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class _Field:
    """A field of a document, or a fragment: `name` is then "...", and `arguments` say on what."""

    name: str
    alias: str
    arguments: str = ""
    fields: list[_Field] = field(default_factory=list)


class _Wrong(Exception):
    """A document that is refused as a whole."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


_TOKEN = re.compile(
    r"""
    \s* (?:
        (?P<spread> \.\.\. \s* (?:on\s+)? \w+ )
      | (?: (?P<alias> \w+ ) \s* : \s* )? (?P<name> \w+ ) \s* (?: \( (?P<arguments> (?: "(?:\\.|[^"\\])*" | [^()"] )* ) \) )?
      | (?P<open> \{ )
      | (?P<close> \} )
    ) \s*
    """,
    re.VERBOSE,
)


def _parsed(text: str) -> list[_Field]:
    """The fields of a selection set, with or without its braces, whatever it stands in."""
    root = _Field("", "")
    stack = [root]
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or (found["close"] and len(stack) == 1):
            message = "syntax error"
            raise _Wrong(message)
        place = found.end()
        if found["close"]:
            stack.pop()
        elif found["open"]:
            stack.append(stack[-1].fields[-1] if stack[-1].fields else root)
        elif found["spread"]:
            stack[-1].fields.append(_Field("...", found["spread"].split()[-1].lstrip(".")))
        else:
            stack[-1].fields.append(_Field(found["name"], found["alias"] or found["name"], found["arguments"] or ""))
    return root.fields


def _document(text: str) -> list[_Field]:
    """The document's fields, each spread of its one named fragment replaced by what the fragment holds."""
    query, _, fragment = text.partition("fragment E on Event")
    fields, shared = _parsed(query), _parsed(fragment) if fragment else []
    for each in fields:
        each.fields = [inner for one in each.fields for inner in (shared if one.alias == "E" else [one])]
    return fields


def _complexity(fields: Sequence[_Field]) -> int:
    return sum((each.name != "...") + _complexity(each.fields) for each in fields)


def _arguments(text: str) -> dict[str, Any]:
    """Values of a field's arguments; a name of an enum is a string here."""
    found = re.findall(r'(\w+)\s*:\s*("(?:\\.|[^"\\])*"|\[[^\]]*\]|[\w.+-]+)', text)
    return {name: _value(value) for name, value in found}


def _value(text: str) -> Any:  # noqa: ANN401 - whatever was written
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return re.findall(r"\w+", text) if text.startswith("[") else text


def _chosen(record: Record, fields: Sequence[_Field], *, plain: bool) -> Record:
    """The record reduced to what was asked for. `plain`: as the interface of search results, of which Event is one."""
    out: dict[str, Any] = {}
    for each in fields:
        if each.name == "...":
            out |= _chosen(record, each.fields, plain=False)
        elif each.name not in record or (plain and each.name in _EVENT_ONLY):
            message = f'Cannot query field "{each.name}" on type "{"EventSearchResult" if plain else "Event"}".'
            raise _Wrong(message)
        else:
            out[each.alias] = _nested(record[each.name], each.fields)
    return out


def _nested(value: Any, fields: Sequence[_Field]) -> Any:  # noqa: ANN401 - whatever the record holds
    if isinstance(value, list):
        return [_nested(each, fields) for each in value]
    return _chosen(value, fields, plain=False) if isinstance(value, dict) else value


class FakeMobilizon(FakeUpstream):
    """The GraphQL API over these events; `documents` are the queries that came through to it, oldest first.

    older: it lacks the newer arguments. hidden: UUIDs whose lookup breaks down.
    """

    def __init__(self, records: Iterable[Record] = (), *, older: bool = False, hidden: Iterable[str] = ()) -> None:
        super().__init__()
        self.older = older
        self.hidden = set(hidden)
        self.documents: list[str] = []
        self.show(records)

    def show(self, records: Iterable[Record]) -> None:
        """Have these events from now on."""
        self._records = list(records)

    def reset(self) -> None:
        """Forget what was asked, and be well again; the events stay."""
        super().reset()
        self.documents.clear()

    def routes(self) -> Sequence[BaseRoute]:
        """One for everything."""
        return [Route("/api", self._api, methods=["POST"])]

    def error_body(self) -> object:
        """An error of the server's own, which comes with status 200."""
        error = {"message": "Something went wrong", "code": "unknown", "status_code": 500, "path": ["searchEvents"]}
        return {"data": {"searchEvents": None}, "errors": [error]}

    async def _api(self, request: Request) -> Response:
        text = (await request.json())["query"]
        self.documents.append(text)
        try:
            return self.answer(self._execute(_document(text)))
        except _Wrong as wrong:
            return self.answer({"errors": [{"message": wrong.message, "locations": [{"line": 1, "column": 1}]}]})

    def _execute(self, fields: Sequence[_Field]) -> Record:
        if (found := _complexity(fields)) > MAX_COMPLEXITY:
            message = f"Operation is too complex: complexity is {found} and maximum is {MAX_COMPLEXITY}"
            raise _Wrong(message)
        data: dict[str, Any] = {}
        errors: list[Record] = []
        for each in fields:
            data[each.alias] = self._search(each) if each.name == "searchEvents" else self._event(each, errors)
        return {"data": data} | ({"errors": errors} if errors else {})

    def _event(self, asked: _Field, errors: list[Record]) -> Record | None:
        wanted = _arguments(asked.arguments)["uuid"]
        if not re.fullmatch(r"[0-9a-f-]{36}", wanted):
            message = f'Argument "uuid" has invalid value "{wanted}".'
            raise _Wrong(message)
        for record in self._records:
            if record["uuid"] == wanted and wanted not in self.hidden:
                return _chosen(record, asked.fields, plain=False)
        code, status, message = (
            ("unknown", 500, "Something went wrong")
            if wanted in self.hidden
            else ("event_not_found", 404, "Event not found")
        )
        errors.append({"message": message, "code": code, "status_code": status, "path": [asked.alias]})
        return None

    def _search(self, asked: _Field) -> Record:
        arguments = _arguments(asked.arguments)
        for name in arguments:
            if name not in _ARGUMENTS and (self.older or name not in _NEWER):
                message = f'Unknown argument "{name}" on field "searchEvents" of type "RootQueryType".'
                raise _Wrong(message)
        found = [record for record in self._records if _matches(record, arguments)]
        if arguments.get("sortBy") == "START_TIME_ASC":
            found.sort(key=lambda record: (record["beginsOn"], record["uuid"]))
        elements = next(each.fields for each in asked.fields if each.name == "elements")
        size = arguments.get("limit", 10)
        begin = (arguments.get("page", 1) - 1) * size
        page = found[begin : begin + size]
        return {"total": len(found), "elements": [_chosen(each, elements, plain=not self.older) for each in page]}


def _matches(record: Record, arguments: Mapping[str, Any]) -> bool:
    now = _stamp(datetime.now(UTC))
    return (
        record["beginsOn"] >= arguments.get("beginsOn", now)
        and _ends_before(record, arguments.get("endsOn"))
        and set(_words(arguments.get("term", ""))) <= set(_words(f"{record['title']} {record['description']}"))
        and record["category"] in arguments.get("categoryOneOf", [record["category"]])
        and record["status"] in arguments.get("statusOneOf", [record["status"]])
        and _is_tagged(record, arguments.get("tags"))
        and _is_near(record, arguments)
    )


def _ends_before(record: Record, ends_on: str | None) -> bool:
    """By its end, where it has one: an event that begins before and ends after is left out."""
    return ends_on is None or (record["endsOn"] or record["beginsOn"]) <= ends_on


def _is_tagged(record: Record, tags: str | None) -> bool:
    return tags is None or any(each["title"] in tags.split(",") for each in record["tags"])


def _is_near(record: Record, arguments: Mapping[str, Any]) -> bool:
    if "location" not in arguments:
        return True
    geom = (record["physicalAddress"] or {}).get("geom")
    if not geom:
        return False
    longitude, latitude = map(float, geom.split(";"))
    centre = center_of(arguments["location"])
    radius: float = arguments.get("radius", 50)
    return distance_km(centre, Point(latitude=latitude, longitude=longitude)) <= radius


def _words(text: str) -> Iterator[str]:
    return (word for word in re.split(r"\W+", re.sub(r"<[^>]*>", " ", text).casefold()) if word)
