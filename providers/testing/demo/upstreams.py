"""The demo's sellers, started together over one world, and how a gateway is to be configured for them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from types import TracebackType
from typing import Self

from providers.testing.demo.eventbrite import ORGANIZERS, eventbrite_of
from providers.testing.demo.gancio import TOWN, gancio_of
from providers.testing.demo.icalendar import blue_heron_of
from providers.testing.demo.mobilizon import mobilizon_of
from providers.testing.demo.schema_org import PATH, lantern_hall_of
from providers.testing.demo.skiddle import skiddle_of
from providers.testing.demo.ticketmaster import ticketmaster_of
from providers.testing.demo.world import BLUE_HERON, LANTERN_HALL, TOWNS, happenings
from providers.testing.upstream import Fault

Table = Mapping[str, object]

SLOW = "open-mobilizon"
RATE_LIMITED = "skiddle"
SECONDS = 0.8
# The first few requests go well, so that the first look shows everything.
SPARED, EVERY, RETRY_AFTER = 4, 5, 10.0
# What every feed's table holds besides its own: all of them are on loopback.
ON_LOOPBACK: Table = {"allow_private": True}
# Nobody's quota is at stake here.
_AS_FAST_AS_CAN_BE: Table = {"requests_per_second": 10_000.0}


class DemoUpstreams:
    """Seven sellers over one world, from the start to the end of a `with` block.

    steady: all are well all the time; without, one is slow, and one rate limited now and then.
    """

    def __init__(self, today: date, *, steady: bool = False) -> None:
        world = happenings(today)
        self.ticketmaster = ticketmaster_of(world)
        self.skiddle = skiddle_of(world)
        self.eventbrite = eventbrite_of(world)
        self.mobilizon = mobilizon_of(world)
        self.gancio = gancio_of(world)
        self.blue_heron = blue_heron_of(world)
        self.lantern_hall = lantern_hall_of(world)
        if not steady:
            self.mobilizon.fault = Fault.slow(SECONDS)
            self.skiddle.fault = Fault.rate_limited(retry_after=RETRY_AFTER, every=EVERY).after(SPARED)
        self._started = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            for upstream in (
                self.ticketmaster,
                self.skiddle,
                self.eventbrite,
                self.mobilizon,
                self.gancio,
                self.blue_heron,
                self.lantern_hall,
            ):
                starting.enter_context(upstream)
            self._started = starting.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._started.close()

    @property
    def providers(self) -> dict[str, Table]:
        """The tables of those that are providers by themselves, once they run."""
        tables: dict[str, Table] = {
            "ticketmaster": {"api_key": self.ticketmaster.api_key, "base_url": self.ticketmaster.url},
            "skiddle": {"api_key": self.skiddle.api_key, "base_url": self.skiddle.url},
            "eventbrite": {
                "token": self.eventbrite.token,
                "organizers": list(ORGANIZERS),
                "base_url": self.eventbrite.url,
            },
        }
        return {slug: {**table, **_AS_FAST_AS_CAN_BE} for slug, table in tables.items()}

    @property
    def feeds(self) -> dict[str, Table]:
        """The tables of the feeds, once they run."""
        tables: dict[str, Table] = {
            SLOW: {"kind": "mobilizon", "url": self.mobilizon.url},
            "milan-gancio": {"kind": "gancio", "url": self.gancio.url, **_in(TOWN)},
            "blue-heron-calendar": {
                "kind": "icalendar",
                "url": self.blue_heron.address,
                **_in(BLUE_HERON.town.name),
            },
            "lantern-hall-page": {
                "kind": "schema-org",
                "url": f"{self.lantern_hall.url}{PATH}",
                **_in(LANTERN_HALL.town.name),
            },
        }
        return {name: {**table, **ON_LOOPBACK, **_AS_FAST_AS_CAN_BE} for name, table in tables.items()}


def _in(name: str) -> Table:
    town = next(each for each in TOWNS if each.name == name)
    return {"time_zone": town.time_zone, "city": town.name, "country": town.country}
