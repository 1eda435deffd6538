"""A venue and a performer of three sellers, as clients meet them: one each, by whatever record they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from gateway.ids import Kind as What
from gateway.ids import Ref
from providers import (
    Address,
    Capability,
    Configuration,
    ExternalId,
    Info,
    Key,
    Kind,
    Listing,
    ListingQuery,
    Page,
    Performer,
    Point,
    Provider,
    Redactor,
    Registry,
    Venue,
    When,
    build,
    page_of,
)

CAPABLE = frozenset({Capability.LOOKUP_BY_ID, Capability.VENUE, Capability.PERFORMER, Capability.DATE_RANGE})
BRAINZ = ExternalId("musicbrainz", "m1")
NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
asked: Counter[str] = Counter()


class Box(Provider):
    """Sells the shared night, and one of its own."""

    info = Info(slug="box", title="Box", capabilities=CAPABLE)
    calls_it, plays_it, own_night = "Lantern Hall", "Die Füchse", 1

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        asked[self.info.slug] += 1
        return page_of([self._night(0), self._night(self.own_night)], query, seek, limit)

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        return [each for each in (self._night(0), self._night(self.own_night)) if each.id in ids]

    def _night(self, number: int) -> Listing:
        slug, here = self.info.slug, Point(latitude=52.4981, longitude=13.4412)
        start = self.clock() + timedelta(days=1 + number, minutes=len(slug) % 4)
        return Listing(
            id=f"{slug}-{number}",
            name="The Velvet Foxes" if number == 0 else f"Velvet Foxes Vol. {number}",
            start=When.at(start, "Europe/Berlin"),
            venue=Venue(id=f"{slug}-v", name=self.calls_it, address=Address(locality="Berlin"), point=here),
            performers=(Performer(id=f"{slug}-p", name=self.plays_it, external_ids=(BRAINZ,)),),
        )


class Stall(Box):
    """Has other names for both."""

    info = Info(slug="stall", title="Stall", capabilities=CAPABLE)
    calls_it, plays_it, own_night = "Lantern Concert Hall", "Velvet Foxes", 2


class Window(Box):
    """Shouts."""

    info = Info(slug="window", title="Window", capabilities=CAPABLE)
    calls_it, plays_it, own_night = "LANTERN HALL", "VELVET FOXES", 3


SLUGS = ("box", "stall", "window")
NEXT = "events(first: 9) { nodes { id sources { provider { slug } } } providerReports { status requestCount } }"
THING = f"__typename id name alternateNames externalIds {{ scheme value }} {NEXT}"
PAGE = f"{{ events(first: 9) {{ nodes {{ id location {{ {THING} }} performers {{ performer {{ {THING} }} }} }} }} }}"
NODE = f"query ($id: ID!) {{ node(id: $id) {{ ... on Venue {{ {THING} }} ... on Performer {{ {THING} }} }} }}"
KEPT = "{ events(first: 9) { nodes { location { viewerHasFavourited } performers { performer { viewerHasFavourited } } } } }"


@pytest.fixture(scope="session")
def registry() -> Registry:
    kinds = [
        Kind(name=each.info.slug, package="tests", ours=True, provider_class=each) for each in (Box, Stall, Window)
    ]
    return build(kinds, Configuration(), redactor=Redactor(), clock=lambda: NOW)


@pytest.fixture(autouse=True)
def nobody_asked_yet() -> None:
    asked.clear()


def bare(thing):
    """Without what the cache changes."""
    return {**thing, "events": thing["events"]["nodes"]}


async def test_an_event_of_three_sellers_is_in_one_venue_with_one_performer(ask):
    shared = (await ask(PAGE))["events"]["nodes"][0]
    venue, (part,) = shared["location"], shared["performers"]
    assert (venue["name"], venue["alternateNames"]) == ("Lantern Hall", ["Lantern Concert Hall"])
    assert venue["externalIds"] == [{"scheme": slug, "value": f"{slug}-v"} for slug in SLUGS]
    assert (part["performer"]["name"], part["performer"]["alternateNames"]) == ("Die Füchse", ["Velvet Foxes"])
    assert part["performer"]["externalIds"] == [
        {"scheme": "musicbrainz", "value": "m1"},
        *({"scheme": slug, "value": f"{slug}-p"} for slug in SLUGS),
    ]


@pytest.mark.parametrize("slug", SLUGS)
async def test_any_sellers_record_is_the_same_node(ask, slug):
    shared = (await ask(PAGE))["events"]["nodes"][0]
    things = {What.VENUE: shared["location"], What.PERFORMER: shared["performers"][0]["performer"]}
    for kind, thing in things.items():
        by_record = Ref(kind, slug, f"{slug}-{'v' if kind is What.VENUE else 'p'}").encode()
        assert bare((await ask(NODE, id=by_record))["node"]) == bare(thing)
        field = kind.value.lower()
        single = await ask(f"query ($id: ID!) {{ {field}(id: $id) {{ {THING} }} }}", id=by_record)
        assert bare(single[field]) == bare(thing)


async def test_the_next_events_of_each_venue_and_performer_come_from_all_sellers_in_one_call_each(ask):
    nodes = (await ask(PAGE))["events"]["nodes"]
    assert [len(each["location"]["events"]["nodes"]) for each in nodes] == [4, 4, 4, 4]
    ids = [each["id"] for each in nodes]
    for node in nodes:
        assert [each["id"] for each in node["location"]["events"]["nodes"]] == ids
        assert [each["id"] for each in node["performers"][0]["performer"]["events"]["nodes"]] == ids
        assert {each["status"] for each in node["location"]["events"]["providerReports"]} == {"OK"}
    # The page itself, its venues' events, its performers' events.
    assert asked == dict.fromkeys(SLUGS, 3)


@pytest.mark.parametrize("wanted", ["venueIds", "performerIds"])
async def test_a_filter_by_one_record_reaches_the_others(ask, wanted):
    query = "query ($f: EventFilter, $n: Int!, $a: String) { events(first: $n, after: $a, filter: $f) { nodes { id } pageInfo { endCursor } } }"
    whole = [each["id"] for each in (await ask(PAGE))["events"]["nodes"]]
    kind, own_id = (What.VENUE, "stall-v") if wanted == "venueIds" else (What.PERFORMER, "stall-p")
    condition = {wanted: [Ref(kind, "stall", own_id).encode()]}
    first = (await ask(query, f=condition, n=1))["events"]
    rest = (await ask(query, f=condition, n=9, a=first["pageInfo"]["endCursor"]))["events"]
    assert [each["id"] for each in (*first["nodes"], *rest["nodes"])] == whole


async def test_what_is_kept_by_one_record_is_kept_whoever_tells_of_it(ann):
    nodes = (await ann.ask(PAGE))["nodes"]
    add = "mutation ($id: ID!) { addFavourite(input: { subjectId: $id }) { favourite { kind } userErrors { code } } }"
    for own_id, kind in (("window-v", What.VENUE), ("stall-p", What.PERFORMER)):
        added = await ann.ask(add, id=Ref(kind, own_id.split("-")[0], own_id).encode())
        assert added == {"favourite": {"kind": kind.name}, "userErrors": []}
    kept = (await ann.ask(KEPT))["nodes"]
    assert len(kept) == len(nodes)
    assert [each["location"]["viewerHasFavourited"] for each in kept] == [True] * 4
    assert [each["performers"][0]["performer"]["viewerHasFavourited"] for each in kept] == [True] * 4
