"""A Skiddle to test against: the documented Events API v1 over made-up events.

    with FakeSkiddle(skiddle_world(count=300, seed=1, start_day=date(2027, 6, 1))) as upstream:
        ...  # the adapter at upstream.url, with the key upstream.api_key

https://github.com/Skiddle/web-api; where that is silent, as strict as the API may be.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from providers.sdk.json import Record
from providers.sdk.model import Point
from providers.sdk.query import distance_km
from providers.testing.upstream import FakeUpstream

MOST = 100
KM_PER_MILE = 1.609344
_UK = ZoneInfo("Europe/London")
# What each of the two shapes of an event lacks.
_NOT_IN_A_SEARCH = frozenset({"dateStart", "dateEnd", "MinAge", "ticketStatus"})
_NOT_IN_A_LOOKUP = frozenset({"EventCode", "minage", "xlargeimageurl"})
_DESCRIBED = frozenset({"description", "genres", "artists"})


def skiddle_venue(
    venue_id: str,
    name: str,
    *,
    town: str = "Manchester",
    country: str = "GB",
    point: tuple[float, float] = (53.4839, -2.2446),
    postcode: str = "M1 1AA",
) -> Record:
    """A venue as the API gives it: everything is a text."""
    return {
        "id": venue_id,
        "name": name,
        "address": "1 Stage Street",
        "town": town,
        "postcode": postcode,
        "countrycode": country,
        "phone": "",
        "latitude": f"{point[0]:.8f}",
        "longitude": f"{point[1]:.8f}",
        "link": f"https://www.skiddle.example/whats-on/{venue_id}/",
    }


def skiddle_artist(artist_id: str, name: str) -> Record:
    """An artist as an event holds it."""
    return {
        "artistid": artist_id,
        "name": name,
        "image": f"https://img.skiddle.example/artist/{artist_id}.jpg",
        "spotifymp3url": "",
        "spotifyartisturl": f"spotify:artist:{artist_id}",
    }


def skiddle_event(
    event_id: str,
    name: str = "An evening",
    *,
    day: date = date(2027, 6, 1),
    at: time = time(20),
    hours: int = 3,
    code: str = "LIVE",
    venue: Record | None = None,
    artists: Sequence[Record] = (),
    genres: Mapping[str, str] | None = None,
    price: str = "From GBP 12.50 incl fees",
    **more: object,
) -> Record:
    """An event with all that either shape has; day and time are those of the place. genres are names by id.

    `more` replaces or adds whole keys, such as cancelled; None takes a key away.
    """
    begins = datetime.combine(day, at)
    ends = begins + timedelta(hours=hours)
    event = {
        "id": event_id,
        "listingid": f"1{event_id}",
        "EventCode": code,
        "eventname": name,
        "cancelled": "0",
        "cancellationDate": "",
        "cancellationType": "",
        "cancellationReason": "",
        "rescheduledDate": "",
        "venue": skiddle_venue("1", "The Hall") if venue is None else venue,
        "imageurl": f"https://img.skiddle.example/{event_id}_th.jpg",
        "largeimageurl": f"https://img.skiddle.example/{event_id}.jpg",
        "xlargeimageurl": f"https://img.skiddle.example/{event_id}_xl.jpg",
        "link": f"https://www.skiddle.example/whats-on/{event_id}/",
        "date": day.isoformat(),
        "dateStart": begins.isoformat(" "),
        "dateEnd": ends.isoformat(" "),
        "startdate": _as_if_in_the_uk(begins),
        "enddate": _as_if_in_the_uk(ends),
        "description": f"{name}, live.\r\n",
        "openingtimes": {"doorsopen": f"{at:%H:%M}", "doorsclose": f"{ends:%H:%M}", "lastentry": ""},
        "genres": [{"genreid": each, "name": label} for each, label in (genres or {}).items()],
        "entryprice": price,
        "MinAge": "18",
        "minage": "18",
        "artists": list(artists),
        "ticketStatus": "",
        "tickets": True,
        "ticketUrl": "",
    }
    return {key: value for key, value in (event | more).items() if value is not None}


def _as_if_in_the_uk(wall_clock: datetime) -> str:
    """The trap: whatever the place, its clock is read as one in the UK."""
    return wall_clock.replace(tzinfo=_UK).astimezone(UTC).isoformat()


_TOWNS = (
    ("Manchester", "GB", 53.4839, -2.2446, "M1 1AA"),
    ("London", "GB", 51.5074, -0.1278, "E1 6AN"),
    ("Glasgow", "GB", 55.8609, -4.2514, "G1 1AA"),
    ("Dublin", "IE", 53.3498, -6.2603, ""),
    ("Amsterdam", "NL", 52.3676, 4.9041, ""),
    ("San Antonio", "ES", 38.9806, 1.3036, ""),
)
_HALLS = ("Warehouse", "Academy", "Basement")
_KINDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("LIVE", {"13": "Indie"}),
    ("LIVE", {"37": "Classical"}),
    ("CLUB", {"1": "House", "9": "Techno"}),
    ("CLUB", {"8": "Drum and Bass"}),
    ("COMEDY", {}),
    ("THEATRE", {}),
    ("FEST", {"1": "House"}),
    ("ARTS", {}),
)
_FIRST = ("Silver", "Electric", "Northern", "Velvet", "Paper", "Midnight", "Golden", "Hidden")
_SECOND = ("Harbour", "Foxes", "Parade", "Orchard", "Rivers", "Choir", "Lanterns", "Static")
_PRICES = ("From GBP 12.50 incl fees", "GBP 8.00", "£5 - £10", "Free entry", "", "TBC")


def skiddle_world(*, count: int, seed: int, start_day: date, days: int = 40) -> list[Record]:
    """Plausible events in six towns, two of them abroad in another time zone, the same for the same arguments.

    Of a hundred, about 4 are cancelled and 3 rescheduled; evenings begin on the half hour, club nights late.
    """
    dice = random.Random(seed)  # noqa: S311 - a repeatable world, not a secret
    venues = [_hall(number, hall) for number in range(len(_TOWNS)) for hall in range(len(_HALLS))]
    return [
        _happening(number, dice, dice.choice(venues), start_day + timedelta(days=dice.randrange(days)))
        for number in range(count)
    ]


def _hall(number: int, hall: int) -> Record:
    town, country, latitude, longitude, postcode = _TOWNS[number]
    return skiddle_venue(
        str(100 + number * 10 + hall),
        f"{town} {_HALLS[hall]}",
        town=town,
        country=country,
        point=(latitude + hall / 50, longitude + hall / 50),
        postcode=postcode,
    )


def _happening(number: int, dice: random.Random, venue: Record, day: date) -> Record:
    code, genres = dice.choice(_KINDS)
    acts = [(dice.randrange(8), dice.randrange(8)) for _ in range(dice.choice((1, 1, 2)))]
    artists = [skiddle_artist(str(700 + a * 8 + b), f"{_FIRST[a]} {_SECOND[b]}") for a, b in dict.fromkeys(acts)]
    cancelled, why = dice.choices((("0", ""), ("1", ""), ("1", "rescheduled")), (93, 4, 3))[0]
    hour = dice.choice((22, 23, 0)) if code == "CLUB" else dice.choice((14, 18, 19, 20))
    return skiddle_event(
        str(36_000_000 + number * 7919 % 1_000_003),
        str(artists[0]["name"]),
        day=day,
        at=time(hour, dice.choice((0, 30))),
        code=code,
        venue=venue,
        artists=artists,
        genres=genres,
        price=dice.choice(_PRICES),
        cancelled=cancelled,
        cancellationType=why,
    )


class _Wrong(Exception):
    """A request that is answered with an error, whose status is 200 all the same."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.body = {"error": 1, "errorcode": number, "errormessage": text}


class FakeSkiddle(FakeUpstream):
    """The Events API over these records."""

    prefix = "/api/v1"

    def __init__(self, records: Iterable[Record] = (), *, api_key: str = "fake-key-7d793037a076") -> None:
        super().__init__()
        self.api_key = api_key
        self.show(records)

    def show(self, records: Iterable[Record]) -> None:
        """Have these events from now on."""
        self._records = list(records)

    def routes(self) -> Sequence[BaseRoute]:
        """Search, and an event by its id."""
        return [Route("/events/search/", self._search), Route("/events/{id:str}/", self._details)]

    def error_body(self) -> object:
        """An ordinary error."""
        return _Wrong(3, "Invalid date supplied").body

    def rate_limit_body(self) -> object:
        """Nothing is known of it but its status."""
        return _Wrong(9, "Request limit exceeded").body

    async def _search(self, request: Request) -> Response:
        try:
            return self.answer(self._page(self._admitted(request)))
        except _Wrong as wrong:
            return self.answer(wrong.body)

    async def _details(self, request: Request) -> Response:
        try:
            self._admitted(request)
            found = self._event(request.path_params["id"])
        except _Wrong as wrong:
            return self.answer(wrong.body)
        body = {"error": 0, "totalcount": 1, "pagecount": 1, "results": _without(found, _NOT_IN_A_LOOKUP)}
        return self.answer(body)

    def _event(self, event_id: str) -> Record:
        for each in self._records:
            if each["id"] == event_id:
                return each
        raise _Wrong(4, "Event not found")

    def _admitted(self, request: Request) -> Mapping[str, str]:
        if request.query_params.get("api_key") != self.api_key:
            key = request.query_params.get("api_key")
            raise _Wrong(1, f"The API key {key} is not valid")
        return request.query_params

    def _page(self, params: Mapping[str, str]) -> Record:
        limit, offset = int(params.get("limit", "20")), int(params.get("offset", "0"))
        if limit > MOST:
            raise _Wrong(2, "Invalid limit supplied")
        found = [each for each in self._records if _matches(each, params)]
        if params.get("order") == "date":
            found.sort(key=lambda each: (each["date"], each["eventname"]))
        page = [_in_a_search(each, described="description" in params) for each in found[offset : offset + limit]]
        return {"error": 0, "totalcount": str(len(found)), "pagecount": len(page), "results": page}


def _without(record: Record, names: frozenset[str]) -> Record:
    return {name: value for name, value in record.items() if name not in names}


def _in_a_search(record: Record, *, described: bool) -> Record:
    venue = {("country" if name == "countrycode" else name): value for name, value in record["venue"].items()}
    lacking = _NOT_IN_A_SEARCH if described else _NOT_IN_A_SEARCH | _DESCRIBED
    return {**_without(record, lacking), "venue": venue}


def _matches(record: Record, params: Mapping[str, str]) -> bool:
    venue = record["venue"]
    names = [record["eventname"], venue["name"], venue["town"], *(each["name"] for each in record["artists"])]
    return (
        set(params.get("keyword", "").casefold().split()) <= set(" ".join(names).casefold().split())
        and params.get("country", venue["countrycode"]) == venue["countrycode"]
        and params.get("eventcode", record["EventCode"]) == record["EventCode"]
        and ("venueid" not in params or venue["id"] in params["venueid"].split(","))
        and ("a" not in params or params["a"] in {each["artistid"] for each in record["artists"]})
        and ("ticketsavailable" not in params or record["tickets"])
        and _bound(params, "minDate", date.min) <= date.fromisoformat(record["date"])
        and date.fromisoformat(record["date"]) <= _bound(params, "maxDate", date.max)
        and _is_near(venue, params)
    )


def _bound(params: Mapping[str, str], name: str, otherwise: date) -> date:
    text = params.get(name)
    if text is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise _Wrong(3, "Invalid date supplied")
    return date.fromisoformat(text) if text else otherwise


def _is_near(venue: Record, params: Mapping[str, str]) -> bool:
    given = [name for name in ("latitude", "longitude", "radius") if name in params]
    if not given:
        return True
    if len(given) != 3 or not params["radius"].isdecimal():  # noqa: PLR2004 - all three or none
        raise _Wrong(5, "Invalid location supplied")
    centre = Point(latitude=float(params["latitude"]), longitude=float(params["longitude"]))
    place = Point(latitude=float(venue["latitude"]), longitude=float(venue["longitude"]))
    return distance_km(centre, place) <= int(params["radius"]) * KM_PER_MILE
