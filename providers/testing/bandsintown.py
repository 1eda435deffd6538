"""A Bandsintown to test against: the documented public API v3 over made-up artists and their shows.

    artists, events = bandsintown_world(artists=6, count=200, seed=1, start_day=date(2027, 6, 1))
    with FakeBandsintown(artists, events) as upstream:
        ...  # the adapter at upstream.url, with the id upstream.app_id

https://app.swaggerhub.com/apis/Bandsintown/PublicAPI/3.0.1; its errors are made up where nothing is published.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from providers.sdk.json import Record
from providers.testing.upstream import FakeUpstream

# What a name in an address looks like once HTTP has decoded it, if it was written as the API wants it.
_ODD = {"%2F": "/", "%3F": "?", "%2A": "*", "'C": '"'}
_APP_ID = "{app_id}"


def bandsintown_artist(artist_id: str, name: str) -> Record:
    """An artist as the API gives it."""
    return {
        "id": artist_id,
        "name": name,
        "url": f"https://www.bandsintown.example/a/{artist_id}?came_from=267&app_id={_APP_ID}",
        "image_url": f"https://photos.bandsintown.example/large/{artist_id}.jpeg",
        "thumb_url": f"https://photos.bandsintown.example/thumb/{artist_id}.jpeg",
        "mbid": "",
        "links": [{"type": "website", "url": f"http://artist-{artist_id}.example"}],
        "tracker_count": 10,
        "upcoming_event_count": 1,
    }


def bandsintown_venue(
    name: str = "The Hall",
    *,
    city: str = "Oslo",
    country: str = "Norway",
    region: str = "",
    point: tuple[float, float] | None = (59.9139, 10.7522),
) -> Record:
    """A venue as the API gives it: all texts, empty where nothing is known."""
    return {
        "name": name,
        "location": f"{city}, {country}",
        "street_address": "1 Stage Street",
        "postal_code": "",
        "city": city,
        "region": region,
        "country": country,
        "latitude": f"{point[0]:.5f}" if point else "",
        "longitude": f"{point[1]:.5f}" if point else "",
    }


def bandsintown_event(
    event_id: str,
    *line_up: str,
    day: date = date(2027, 6, 1),
    at: time = time(20),
    title: str = "",
    venue: Record | None = None,
    offer: str | None = "available",
    **more: object,
) -> Record:
    """A show of these acts, as the API gives it; offer is the status of its tickets, None for no offer.

    `more` replaces or adds whole keys, such as sold_out; None takes a key away.
    """
    begins = datetime.combine(day, at).isoformat()
    link = f"https://www.bandsintown.example/t/{event_id}?app_id={_APP_ID}&came_from=267&utm_campaign=ticket"
    event = {
        "id": event_id,
        "url": f"https://www.bandsintown.example/e/{event_id}?app_id={_APP_ID}&came_from=267&utm_campaign=event",
        "title": title,
        "datetime": begins,
        "datetime_display_rule": "datetime",
        "starts_at": begins,
        "ends_at": "",
        "festival_start_date": "",
        "festival_end_date": "",
        "festival_datetime_display_rule": "",
        "on_sale_datetime": "0001-01-01T00:00:00",
        "description": "",
        "lineup": list(line_up or ("The Band",)),
        "venue": bandsintown_venue() if venue is None else venue,
        "offers": [{"type": "Tickets", "url": link, "status": offer}] if offer else [],
        "free": False,
        "sold_out": False,
        "bandsintown_plus": False,
    }
    return {key: value for key, value in (event | more).items() if value is not None}


_TOWNS = (
    ("Oslo", "Norway", "", (59.9139, 10.7522)),
    ("Berlin", "Germany", "", (52.52, 13.405)),
    ("London", "United Kingdom", "", (51.5074, -0.1278)),
    ("Tokyo", "Japan", "", (35.6762, 139.6503)),
    ("Chicago", "United States", "IL", (41.8781, -87.6298)),
)
_FIRST = ("Silver", "Electric", "Northern", "Velvet", "Paper", "Midnight", "Golden", "Hidden")
_SECOND = ("Harbour", "Foxes", "Parade", "Orchard", "Rivers", "Choir", "Lanterns", "Static")


def bandsintown_world(
    *, artists: int, count: int, seed: int, start_day: date, days: int = 90
) -> tuple[list[Record], list[Record]]:
    """So many artists (64 at most) and shows, the same for the same arguments.

    Of ten shows, about three are shared by two of the artists, and one is a festival of three days.
    """
    dice = random.Random(seed)  # noqa: S311 - a repeatable world, not a secret
    names = [f"{_FIRST[number % 8]} {_SECOND[(number + number // 8) % 8]}" for number in range(artists)]
    acts = [bandsintown_artist(str(100 + number), name) for number, name in enumerate(names)]
    return acts, [
        _show(number, dice, names, start_day + timedelta(days=dice.randrange(days))) for number in range(count)
    ]


def _show(number: int, dice: random.Random, names: Sequence[str], day: date) -> Record:
    city, country, region, point = dice.choice(_TOWNS)
    venue = bandsintown_venue(
        f"{city} {dice.choice(('Arena', 'Club'))}", city=city, country=country, region=region, point=point
    )
    line_up = dice.sample(names, min(len(names), dice.choices((1, 2), (7, 3))[0]))
    line_up.append(f"{dice.choice(_FIRST)} Strangers")
    festival = {
        "title": f"{city} Days {day.year}",
        "datetime_display_rule": "range",
        "festival_start_date": day.isoformat(),
        "festival_end_date": (day + timedelta(days=2)).isoformat(),
    }
    return bandsintown_event(
        str(1_030_000_000 + number * 7919 % 1_000_003),
        *line_up,
        day=day,
        at=time(dice.choice((18, 19, 20, 21)), dice.choice((0, 30))),
        venue=venue,
        offer=dice.choice(("available", "sold out", None)),
        **(festival if dice.random() < 0.1 else {}),  # noqa: PLR2004 - one of ten
    )


class FakeBandsintown(FakeUpstream):
    """The public API over these artists and events. now: what "upcoming" and "past" are told from.

    warns: whether an unknown artist is answered with status 200 and a text, as was seen, or with 404.
    """

    def __init__(
        self,
        artists: Iterable[Record] = (),
        events: Iterable[Record] = (),
        *,
        app_id: str = "fake-app-5eb63bbbe01e",
        warns: bool = False,
        now: datetime = datetime(2027, 5, 1, tzinfo=UTC),
    ) -> None:
        super().__init__()
        self.app_id = app_id
        self.warns = warns
        self.now = now
        self.show(artists, events)

    def show(self, artists: Iterable[Record], events: Iterable[Record]) -> None:
        """Have these from now on."""
        self._artists = list(artists)
        self._events = sorted(events, key=lambda each: str(each["datetime"]))

    def routes(self) -> Sequence[BaseRoute]:
        """An artist's events; there is nothing else to search by."""
        return [Route("/artists/{name:str}/events", self._events_of)]

    def error_body(self) -> object:
        """An ordinary error."""
        return {"errorMessage": "[BadRequest] The date is not valid"}

    async def _events_of(self, request: Request) -> Response:
        if request.query_params.get("app_id") != self.app_id:
            return self.answer({"Message": "User is not authorized to access this resource with an explicit deny"}, 403)
        artist = self._artist(request.path_params["name"])
        if artist is None:
            unknown = self.answer({"errorMessage": "[NotFound] The artist was not found"}, 404)
            return Response("\n{warn=Not found}\n", media_type="text/plain") if self.warns else unknown
        wanted = self._wanted(request.query_params.get("date", "upcoming"))
        events = [
            {**each, "artist_id": artist["id"]}
            for each in self._events
            if artist["name"] in each["lineup"] and wanted[0] <= str(each["datetime"])[:10] <= wanted[1]
        ]
        # The artist's details come with the first event alone.
        return self._linked([{**events[0], "artist": artist}, *events[1:]] if events else [])

    def _artist(self, text: str) -> Record | None:
        for written, meant in _ODD.items():
            text = text.replace(written, meant)
        return next(
            (each for each in self._artists if text.casefold() in {f"id_{each['id']}", each["name"].casefold()}), None
        )

    def _wanted(self, dates: str) -> tuple[str, str]:
        """The first and the last day, as texts, which sort as days do."""
        today = self.now.date().isoformat()
        match dates:
            case "all":
                return "", "9999"
            case "upcoming":
                return today, "9999"
            case "past":
                return "", today
            case _:
                first, _, last = dates.partition(",")
                return first, last or first

    def _linked(self, events: list[Record]) -> Response:
        """Every link of its own carries the asker's app_id."""
        answer = self.answer(events)
        content = bytes(answer.body).replace(_APP_ID.encode(), self.app_id.encode())
        return Response(content, media_type="application/json")
