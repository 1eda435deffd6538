"""Plays the part of Open Stage's API v1 over made-up evenings. Make it as strict as the real one, with its limits and traps."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from event_gateway_provider_openstage import OpenStage
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from providers import Http, Record
from providers.testing import FakeUpstream

KEY = "made-up-key"
NOW = datetime(2099, 5, 1, 12, tzinfo=UTC)  # so far ahead that nothing is ever over
NAMES = ("Songs by Candlelight", "The Paper Lions", "Open Mike", "Café Minor")


def evening(number: int) -> Record:
    """An evening as the API gives it. Two begin at each hour."""
    starts = NOW + timedelta(hours=1 + number // 2)
    return {
        "id": f"e{number:04}",
        "title": f"{NAMES[number % len(NAMES)]} {number}",
        "starts": starts.isoformat(),
        "house": {"name": "The Cellar", "town": "Leipzig", "country": "DE", "time_zone": "Europe/Berlin"},
        "page": f"https://openstage.example/evenings/e{number:04}",
    }


EVENINGS = [evening(number) for number in range(250)]


class FakeServer(FakeUpstream):
    """GET /evenings?q=&since=&before=&page=&size= in order of start, or ?ids=a,b,c. With no key, everybody may ask."""

    prefix = "/v1"

    def __init__(self, key: str | None = KEY) -> None:
        super().__init__()
        self.key = key

    def routes(self) -> Sequence[BaseRoute]:
        """One for all."""
        return [Route("/evenings", self._evenings)]

    async def _evenings(self, request: Request) -> Response:
        if self.key and request.headers.get("authorization") != f"Bearer {self.key}":
            return self.answer({"error": "no such key"}, 401)
        asked = request.query_params
        if "ids" in asked:
            return self.answer([each for each in EVENINGS if each["id"] in asked["ids"].split(",")])
        since, before = asked.get("since", "0"), asked.get("before", "9")
        wanted = [each for each in EVENINGS if asked.get("q", "").lower() in each["title"].lower()]
        wanted = [each for each in wanted if since <= each["starts"] < before]
        page, size = int(asked.get("page", 0)), min(int(asked.get("size", 20)), 100)
        return self.answer(wanted[page * size : (page + 1) * size])


@cache
def running() -> FakeServer:
    """The server, from the first time it is wanted to the end of the process."""
    return FakeServer().start()


def make() -> OpenStage:
    """The provider, as the gateway would make it, before the fake server."""
    return OpenStage(settings={"api_key": KEY}, http=Http(running().url), clock=lambda: NOW)
