"""`python -m benchmarks.one_list`: the demo's merged list beside what its sellers list, and what it costs to ask them.

Four providers are asked: two that search page by page, one that has its lists read whole, and a calendar.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.asking import Desk
from gateway.cache import Cache
from gateway.catalogue import Catalogue
from gateway.cursor import Cursors
from gateway.event import Event
from gateway.keys import Keys
from gateway.roster import Roster
from gateway.search import Search
from providers import Configuration, build, discover
from providers.testing import FakeUpstream
from providers.testing.demo import DemoUpstreams

SEARCHING = ("ticketmaster", "skiddle")
ASKED = (*SEARCHING, "eventbrite", "blue-heron-calendar")
PAGES, FIRST = 5, 20
DAY = datetime(2026, 11, 24, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, and how many requests each provider was sent for it."""

    events: Sequence[Event]
    requests: Mapping[str, int]


async def pages() -> list[Page]:
    """The first pages of the list, one after the other, by a gateway that knew nothing before."""
    with DemoUpstreams(DAY.date(), steady=True) as upstreams:
        fakes = {
            "ticketmaster": upstreams.ticketmaster,
            "skiddle": upstreams.skiddle,
            "eventbrite": upstreams.eventbrite,
            "blue-heron-calendar": upstreams.blue_heron,
        }
        configuration = Configuration(providers=upstreams.providers, feeds=upstreams.feeds)
        registry = build(discover(), configuration, clock=_now)
        try:
            roster = Roster(registry, _now)
            keys = Keys([b"a key for this list"]).numbered("cursors")
            catalogue = Catalogue(roster, Desk(Cache(), _now), Cursors(keys), _now)
            return await _read(catalogue, roster, fakes)
        finally:
            await registry.aclose()


def _now() -> datetime:
    return DAY


async def _read(catalogue: Catalogue, roster: Roster, fakes: Mapping[str, FakeUpstream]) -> list[Page]:
    members = [member for member in roster.all() if member.slug in fakes]
    found: list[Page] = []
    after: str | None = None
    for _ in range(PAGES):
        before = {slug: len(fake.requests) for slug, fake in fakes.items()}
        page = await catalogue.search(Search(), first=FIRST, after=after, members=members, deadline_ms=30_000)
        sent = {slug: len(fake.requests) - before[slug] for slug, fake in fakes.items()}
        found.append(Page(page.nodes, sent))
        after = page.page_info.end_cursor
    return found


def costs(read: Sequence[Page]) -> str:
    """Requests by provider and page, as a table."""
    rows = [f"{slug:20} " + " ".join(f"{page.requests[slug]:6}" for page in read) for slug in ASKED]
    return "\n".join([f"{'requests for page':20} " + " ".join(f"{number + 1:6}" for number in range(len(read))), *rows])


def beside(events: Sequence[Event]) -> str:
    """Each event, and under it what its sellers list, one line for each."""
    lines: list[str] = []
    for number, event in enumerate(events, 1):
        place = event.location.name if event.location else "?"
        lines.append(f"{number:3}  {_when(event.start_date)}  {event.name} @ {place}  ({event.merge_confidence:.2f})")
        if len(event.sources) > 1:
            lines += [
                f"       {_when(each.start_date)}  {each.name} @ {each.venue_name}  [{each.provider.slug}]"
                for each in event.sources
            ]
    return "\n".join(lines)


def _when(start: datetime | None) -> str:
    return f"{start.astimezone(UTC):%d %b %H:%MZ}" if start else "time unknown "


def main() -> None:
    """Print both."""
    read = asyncio.run(pages())
    print(beside(read[0].events))
    print()
    print(costs(read))


if __name__ == "__main__":
    main()
