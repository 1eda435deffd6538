"""A Gancio instance to test against: its API over made-up events.

    with FakeGancio(gancio_world(count=100, seed=1, start=datetime(2027, 6, 1, tzinfo=UTC))) as upstream:
        ...  # the adapter with upstream.url as its url

It does as the source of version 1.21 does, oddities included: https://framagit.org/les/gancio.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from providers.sdk.json import Record
from providers.sdk.text import slug
from providers.testing.upstream import FakeUpstream

WINDOW_SECONDS = 60
# A list leaves these out; only an event's details have them.
_DETAILS = frozenset({"description", "plain_description"})


def gancio_place(
    place_id: int,
    name: str,
    *,
    address: str | None = "Via Roma 1, 10100 Torino",
    point: tuple[float, float] | None = (45.07, 7.69),
) -> Record:
    """A place as the API gives it; point is latitude and longitude."""
    latitude, longitude = point or (None, None)
    return {"id": place_id, "name": name, "address": address, "latitude": latitude, "longitude": longitude}


def gancio_event(
    event_id: int,
    title: str = "An evening",
    *,
    start: datetime,
    lasts: timedelta | None = None,
    place: Record | None = None,
    tags: Sequence[str] = (),
    price: object = None,
    parent_id: int | None = None,
    federated: bool = False,
    **more: object,
) -> Record:
    """An event as the API gives it; one that recurs has the id of its pattern as `parent_id`.

    `more` replaces or adds whole keys, such as media; None takes a key away.
    """
    begins = int(start.timestamp())
    event = {
        "id": event_id,
        "title": title,
        "slug": f"{slug(title)}-{event_id}",
        "multidate": True if lasts and lasts >= timedelta(days=1) else None,
        "start_datetime": begins,
        "media": [],
        "price": price,
        "online_locations": [],
        "tags": list(tags),
        "place": place or gancio_place(1, "The Hall"),
        "parentId": parent_id,
        "apUserApId": "https://elsewhere.example/federation/u/agenda" if federated else None,
        "description": f"<p>{title} &amp; friends</p>",
    }
    kept = {key: value for key, value in (event | more).items() if value is not None}
    return kept | {"end_datetime": begins + int(lasts.total_seconds()) if lasts else None}


_PLACES = ("Cascina", "Officine", "Barrio", "Circolo", "Giardino", "Magazzino")
_ACTS = ("Silver Foxes", "Paper Choir", "Hidden Rivers", "Velvet Static", "Northern Lanterns", "Electric Orchard")
_TAGS = (("concerto", "punk"), ("teatro",), ("cinema",), ("mostra",), ("assemblea",), ())
_PRICES = (None, "5-10 €", "gratis", "offerta libera", "€ 12,50")


def gancio_world(*, count: int, seed: int, start: datetime, days: int = 60) -> list[Record]:
    """Plausible events of one town over so many days, the same for the same arguments.

    Of ten, one lasts several days and one recurs; one place is online, and one has neither address nor point.
    Evenings begin on the hour, so that many share an instant.
    """
    dice = random.Random(seed)  # noqa: S311 - a repeatable world, not a secret
    places = [
        *(gancio_place(n, name, point=(45.0 + n / 100, 7.6 + n / 100)) for n, name in enumerate(_PLACES, start=1)),
        gancio_place(97, "online", address=None, point=None),
        gancio_place(98, "Secret place", address=None, point=None),
    ]
    return [_happening(number, dice, places, start + timedelta(days=dice.randrange(days))) for number in range(count)]


def _happening(number: int, dice: random.Random, places: Sequence[Record], day: datetime) -> Record:
    chance = dice.random()
    lasts = timedelta(days=dice.randrange(2, 9)) if chance < 0.1 else dice.choice((None, timedelta(hours=3)))  # noqa: PLR2004 - see above
    picture = {"url": f"{number:x}.jpg", "width": 1200, "height": 800, "name": "Flyer", "focalpoint": [0, 0]}
    return gancio_event(
        number * 7919 % 100_003 + 1,
        f"{dice.choice(_ACTS)} {number}",
        start=day + timedelta(hours=dice.randrange(18, 23)),
        lasts=lasts,
        place=dice.choice(places),
        tags=dice.choice(_TAGS),
        price=dice.choice(_PRICES),
        media=[picture] if dice.random() < 0.5 else [],  # noqa: PLR2004
        parent_id=1_000_000 + number % 7 if chance > 0.9 else None,  # noqa: PLR2004
    )


class FakeGancio(FakeUpstream):
    """The API over these records.

    collection_in_home: whether the home page shows a collection, here of everything, and so a list without query,
        tags and places ignores `page`. quota: how many requests are answered in a minute; None for any number.
    """

    def __init__(
        self, records: Iterable[Record] = (), *, collection_in_home: bool = False, quota: int | None = None
    ) -> None:
        super().__init__()
        self.collection_in_home = collection_in_home
        self.quota = quota
        self.show(records)

    def show(self, records: Iterable[Record]) -> None:
        """Have these events from now on, and a fresh quota."""
        self._records = list(records)
        self._asked = 0

    def routes(self) -> Sequence[BaseRoute]:
        """The list, and one event by its id or slug."""
        return [Route("/api/events", self._list), Route("/api/event/detail/{slug:str}", self._details)]

    def rate_headers(self) -> Mapping[str, str]:
        """The draft standard's; the reset in seconds."""
        quota = self.quota or 250
        return {
            "RateLimit-Limit": str(quota),
            "RateLimit-Remaining": str(max(0, quota - self._asked)),
            "RateLimit-Reset": str(WINDOW_SECONDS),
        }

    async def _list(self, request: Request) -> Response:
        if (refusal := self._over_quota()) is not None:
            return refusal
        params = request.query_params
        found = self._sorted(each for each in self._records if _wanted(each, params))
        size, page = int(params.get("max", "0")), int(params.get("page", "0"))
        if self.collection_in_home and not {"query", "tags", "places"} & set(params):
            page = 0
        cut = found[page * size : (page + 1) * size] if size else found
        return self.answer([{key: each[key] for key in each if key not in _DETAILS} for each in cut])

    async def _details(self, request: Request) -> Response:
        if (refusal := self._over_quota()) is not None:
            return refusal
        asked = request.path_params["slug"]
        for each in self._records:
            if asked in {each["slug"], str(each["id"])}:
                return self.answer({**each, "plain_description": each["title"], "next": None, "prev": None})
        return PlainTextResponse("Not Found", 404)

    def _over_quota(self) -> Response | None:
        self._asked += 1
        if self.quota is None or self._asked <= self.quota:
            return None
        text = "Too many requests, please try again later."
        return PlainTextResponse(text, 429, {**self.rate_headers(), "Retry-After": str(WINDOW_SECONDS)})

    def _sorted(self, records: Iterable[Record]) -> list[Record]:
        """By start; those that begin together come in an order that differs from one request to the next."""
        turn = 1 if self._asked % 2 else -1
        return sorted(records, key=lambda each: (each["start_datetime"], turn * each["id"]))


def _wanted(record: Record, params: Mapping[str, str]) -> bool:
    start = int(params.get("start", str(int(time.time()))))
    place = record["place"]
    ahead = record["start_datetime"] >= start or (record["end_datetime"] or 0) >= start
    words = params.get("query")
    if words:
        # The condition on the start is overwritten by that on the words.
        ahead = words in record["title"].lower() or words in place["name"].lower() or words in record["tags"]
    return (
        ahead
        and ("end" not in params or record["start_datetime"] <= int(params["end"]))
        and (bool(words) or "apUserApId" not in record)
        and (params.get("show_recurrent", "false") == "true" or "parentId" not in record)
        and (params.get("show_multidate", "true") == "true" or "multidate" not in record)
        and ("places" not in params or str(place["id"]) in params["places"].split(","))
        and ("tags" not in params or not set(record["tags"]).isdisjoint(params["tags"].split(",")))
    )
