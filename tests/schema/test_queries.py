from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from gateway.ids import Kind, Ref

Ask = Callable[..., Awaitable[dict[str, Any]]]
Post = Callable[..., Awaitable[httpx.Response]]
Node = dict[str, Any]

NOW = datetime.fromisoformat("2026-12-01T12:00:00+00:00")
EVENTS = """
query Events($filter: EventFilter, $first: Int! = 40, $after: String, $sort: EventSort! = START_DATE_ASC) {
  events(filter: $filter, first: $first, after: $after, sort: $sort, deadlineMs: 30000) {
    nodes {
      id name startDate startDay eventType eventStatus eventAttendanceMode isAccessibleForFree updatedAt
      genres { slug parent { slug } } images { url }
      location { id name address { addressLocality addressCountry } geo { latitude longitude } }
      performers { performer { id name } }
      offers { availability price { value currency } lowPrice { value currency } highPrice { value currency } }
    }
    edges { cursor node { id } }
    pageInfo { endCursor startCursor hasNextPage hasPreviousPage }
    isPartial warnings { code }
  }
}
"""


def start(node: Node) -> datetime:
    return datetime.fromisoformat(node["startDate"])


def prices(node: Node) -> list[float]:
    amounts = [offer[key] for offer in node["offers"] for key in ("price", "lowPrice", "highPrice")]
    return [float(amount["value"]) for amount in amounts if amount and amount["currency"] == "EUR"]


FILTERS: dict[str, tuple[Node, Callable[[Node], object]]] = {
    "country": ({"country": "de"}, lambda node: node["location"]["address"]["addressCountry"] == "DE"),
    "city": ({"city": "Munich"}, lambda node: node["location"]["address"]["addressLocality"] in {"Munich", "München"}),
    "near": (
        {"near": {"lat": 52.52, "lon": 13.405, "radius": 20, "unit": "MILE"}},
        lambda node: abs(node["location"]["geo"]["latitude"] - 52.52) < 0.4,
    ),
    "boundingBox": (
        {"boundingBox": {"south": 47, "north": 55, "west": 5, "east": 15}},
        lambda node: (
            47 <= node["location"]["geo"]["latitude"] <= 55 and 5 <= node["location"]["geo"]["longitude"] <= 15
        ),
    ),
    "date from and to": (
        {"date": {"from": "2026-12-05T00:00:00Z", "to": "2026-12-06T00:00:00+01:00"}},
        lambda node: node["startDay"] in {"2026-12-04", "2026-12-05", "2026-12-06"},
    ),
    "date fromDay and toDay": (
        {"date": {"fromDay": "2026-12-24", "toDay": "2026-12-26"}},
        lambda node: node["startDay"] in {"2026-12-24", "2026-12-25"},
    ),
    "date preset": (
        {"date": {"preset": "TOMORROW", "timeZone": "Europe/Berlin"}},
        lambda node: node["startDay"] in {"2026-12-01", "2026-12-02", "2026-12-03"},
    ),
    "date weekdays": (
        {"date": {"weekdays": ["SUNDAY"]}},
        lambda node: datetime.fromisoformat(node["startDay"]).weekday() == 6,
    ),
    "eventTypes": ({"eventTypes": ["SPORTS"]}, lambda node: node["eventType"] == "SPORTS"),
    "genres": (
        {"genres": ["rock"]},
        lambda node: any("rock" in {each["slug"], (each["parent"] or {}).get("slug")} for each in node["genres"]),
    ),
    "price": (
        {"price": {"min": "20", "max": 30.5, "currency": "EUR"}},
        lambda node: prices(node) and min(prices(node)) <= 30.5 and max(prices(node)) >= 20,
    ),
    "isAccessibleForFree": ({"isAccessibleForFree": True}, lambda node: node["isAccessibleForFree"] is True),
    "attendanceModes": (
        {"attendanceModes": ["OFFLINE"]},
        lambda node: node["eventAttendanceMode"] == "OFFLINE",
    ),
    "statuses": ({"statuses": ["CANCELLED"]}, lambda node: node["eventStatus"] == "CANCELLED"),
    "no statuses": ({}, lambda node: node["eventStatus"] != "CANCELLED"),
    "onSale": (
        {"onSale": True},
        lambda node: (
            {offer["availability"] for offer in node["offers"]} & {"IN_STOCK", "LIMITED_AVAILABILITY", "PRE_SALE"}
        ),
    ),
    "no image": ({"hasImage": False}, lambda node: node["images"] == []),
}


@pytest.mark.parametrize(("wanted", "holds"), FILTERS.values(), ids=FILTERS)
async def test_a_filter_lets_through_what_it_says(wanted: Node, holds: Callable[[Node], object], ask: Ask) -> None:
    nodes = (await ask(EVENTS, filter=wanted))["events"]["nodes"]
    assert nodes
    assert [node for node in nodes if not holds(node)] == []


async def test_a_keyword_finds_what_carries_it(ask: Ask) -> None:
    some = (await ask(EVENTS, first=1))["events"]["nodes"][0]
    found = await ask(EVENTS, filter={"keyword": some["location"]["name"].upper()})
    assert some["id"] in {node["id"] for node in found["events"]["nodes"]}


async def test_venues_and_performers_are_filtered_by_their_ids(ask: Ask) -> None:
    some = next(node for node in (await ask(EVENTS))["events"]["nodes"] if node["performers"])
    venue, performer = some["location"]["id"], some["performers"][0]["performer"]["id"]
    at_venue = (await ask(EVENTS, filter={"venueIds": [venue]}))["events"]["nodes"]
    assert {node["location"]["id"] for node in at_venue} == {venue}
    played = (await ask(EVENTS, filter={"performerIds": [performer]}))["events"]["nodes"]
    assert all(performer in {each["performer"]["id"] for each in node["performers"]} for node in played)
    assert some["id"] in {node["id"] for node in at_venue} & {node["id"] for node in played}


async def test_what_was_updated_since_then_was_updated_then_or_later(ask: Ask) -> None:
    since = (NOW - timedelta(days=30)).isoformat()
    nodes = (await ask(EVENTS, filter={"updatedSince": since}))["events"]["nodes"]
    assert [node for node in nodes if datetime.fromisoformat(node["updatedAt"]) < NOW - timedelta(days=30)] == []


async def test_what_is_to_come_comes_in_order(ask: Ask) -> None:
    timed = [start(node) for node in (await ask(EVENTS, first=100))["events"]["nodes"] if node["startDate"]]
    assert timed == sorted(timed)
    assert timed[0] >= NOW


SHORT = {"country": "AT", "date": {"fromDay": "2026-12-04", "toDay": "2027-01-04"}}


async def test_paging_by_end_cursor_gives_everything_once(ask: Ask) -> None:
    whole = [node["id"] for node in (await ask(EVENTS, filter=SHORT, first=100))["events"]["nodes"]]
    assert len(whole) > 8
    paged, after, previous = [], None, False
    while True:
        page = (await ask(EVENTS, filter=SHORT, first=4, after=after))["events"]
        assert page["pageInfo"]["hasPreviousPage"] is previous
        paged += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after, previous = page["pageInfo"]["endCursor"], True
    assert paged == whole


async def test_every_edge_cursor_goes_on_right_behind_its_event(ask: Ask) -> None:
    page = (await ask(EVENTS, filter=SHORT, first=100))["events"]
    ids = [edge["node"]["id"] for edge in page["edges"]]
    for index, edge in enumerate(page["edges"]):
        rest = (await ask(EVENTS, filter=SHORT, first=100, after=edge["cursor"]))["events"]
        assert [node["id"] for node in rest["nodes"]] == ids[index + 1 :]
    assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]


ORDERS: dict[str, tuple[Node, Callable[[Node], Any]]] = {
    "START_DATE_DESC": (SHORT, lambda node: -start(node).timestamp() if node["startDate"] else None),
    "DISTANCE_ASC": ({**SHORT, "near": {"lat": 48.2, "lon": 16.4, "radius": 900}}, lambda node: node["distance"]),
    "PRICE_ASC": (
        {**SHORT, "price": {"currency": "EUR"}},
        lambda node: 0.0 if node["isAccessibleForFree"] else min(prices(node), default=None),
    ),
}


@pytest.mark.parametrize("sort", ORDERS)
async def test_an_order_puts_all_events_by_its_value_and_pages_by_cursor(sort: str, ask: Ask) -> None:
    wanted, value = ORDERS[sort]
    query = EVENTS.replace("id name", "id name distance", 1)
    usual = (await ask(EVENTS, filter=wanted, first=100))["events"]["nodes"]
    paged: list[Node] = []
    after = None
    while True:
        page = (await ask(query, filter=wanted, first=5, after=after, sort=sort))["events"]
        paged += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert sorted(node["id"] for node in paged) == sorted(node["id"] for node in usual) != []
    known = [found for node in paged if (found := value(node)) is not None]
    assert known == sorted(known)
    assert len(set(known)) > 1


async def test_what_is_most_relevant_bears_the_keyword_in_its_name(ask: Ask) -> None:
    some = (await ask(EVENTS, first=1))["events"]["nodes"][0]
    found = (await ask(EVENTS, filter={"keyword": some["name"]}, sort="RELEVANCE"))["events"]["nodes"]
    assert found[0]["name"] == some["name"]


async def test_a_report_says_why_a_provider_gives_no_more(ask: Ask) -> None:
    query = "query ($n: Int!, $filter: EventFilter) { events(first: $n, filter: $filter) { providerReports { endReason duplicateCount } } }"
    few = await ask(query, n=1, filter=SHORT)
    every = await ask(query, n=100, filter=SHORT)
    assert [each["events"]["providerReports"][0]["duplicateCount"] for each in (few, every)] == [0, 0]
    assert every["events"]["providerReports"][0]["endReason"] == "EXHAUSTED"


async def test_venues_and_performers_tell_of_their_own_events(ask: Ask) -> None:
    data = await ask(
        "{ events(first: 5) { nodes { location { id events(first: 3) { nodes { location { id } } } } "
        "performers { performer { id events(first: 3) { nodes { performers { performer { id } } } } } } } } }"
    )
    performers = [part["performer"] for node in data["events"]["nodes"] for part in node["performers"]]
    venues = [node["location"] for node in data["events"]["nodes"]]
    assert performers
    for venue in venues:
        assert {node["location"]["id"] for node in venue["events"]["nodes"]} == {venue["id"]}
    for performer in performers:
        for node in performer["events"]["nodes"]:
            assert performer["id"] in {part["performer"]["id"] for part in node["performers"]}


async def test_each_kind_of_thing_is_had_by_its_id(ask: Ask) -> None:
    some = next(node for node in (await ask(EVENTS))["events"]["nodes"] if node["performers"])
    performer = some["performers"][0]["performer"]
    data = await ask(
        "query ($e: ID!, $v: ID!, $p: ID!, $source: String!) { event(id: $e) { id name } venue(id: $v) { id name } "
        'performer(id: $p) { id name } eventBySource(provider: "sample", sourceId: $source) { id name } }',
        e=some["id"],
        v=some["location"]["id"],
        p=performer["id"],
        source=(await ask("query ($e: ID!) { event(id: $e) { sources { sourceId } } }", e=some["id"]))["event"][
            "sources"
        ][0]["sourceId"],
    )
    assert data["event"] == data["eventBySource"] == {"id": some["id"], "name": some["name"]}
    assert data["venue"] == {"id": some["location"]["id"], "name": some["location"]["name"]}
    assert data["performer"] == performer


async def test_nodes_come_in_the_order_asked_with_null_for_what_is_gone(ask: Ask) -> None:
    some = next(node for node in (await ask(EVENTS))["events"]["nodes"] if node["performers"])
    provider = (await ask('{ provider(id: "sample") { id } }'))["provider"]["id"]
    gone = Ref(Kind.EVENT, "sample", "20991231-99").encode()
    nowhere = Ref(Kind.VENUE, "nobody", "1").encode()
    ids = [
        some["location"]["id"],
        gone,
        some["id"],
        some["performers"][0]["performer"]["id"],
        provider,
        nowhere,
        some["id"],
    ]
    nodes = (await ask("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids))["nodes"]
    assert [node and node["id"] for node in nodes] == [None if each in {gone, nowhere} else each for each in ids]
    assert [node and node["__typename"] for node in nodes] == [
        "Venue", None, "Event", "Performer", "Provider", None, "Event",
    ]  # fmt: skip
    for each, node in zip(ids, nodes, strict=True):
        assert (await ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=each))["node"] == node


async def test_one_bad_id_among_nodes_leaves_the_others_alone(ask: Ask, post: Post) -> None:
    some = (await ask(EVENTS, first=1))["events"]["nodes"][0]["id"]
    body = (await post("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[some, "nonsense"])).json()
    assert body["data"]["nodes"] == [{"id": some}, None]
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [
        (["nodes", 1], "BAD_USER_INPUT")
    ]


@pytest.mark.parametrize("name", ["Munich", "München", "munchen"])
async def test_a_town_is_found_by_any_of_its_names(name: str, ask: Ask) -> None:
    data = await ask("query ($q: String!) { places(query: $q, first: 1) { name addressCountry timeZone } }", q=name)
    assert [(each["addressCountry"], each["timeZone"]) for each in data["places"]] == [("DE", "Europe/Berlin")]


@pytest.mark.parametrize("name", ["München", "MUNICH"])
async def test_a_town_by_another_name_has_the_same_events(name: str, ask: Ask) -> None:
    reference = await ask(EVENTS, filter={"city": "Munich"})
    other = await ask(EVENTS, filter={"city": name})
    assert other["events"]["nodes"] == reference["events"]["nodes"] != []


async def test_genres_providers_and_the_server_are_told_from_memory(ask: Ask) -> None:
    data = await ask(
        "{ genres { slug name parent { slug } } server { version schemaHash startedAt } "
        "providers { slug enabled missingSettings health { status message } limits { cacheTtlSeconds maxPageSize } } "
        'known: provider(id: "sample") { slug } none: provider(id: "nobody") { slug } }'
    )
    assert {"rock", "jazz"} <= {genre["slug"] for genre in data["genres"]}
    assert data["server"]["startedAt"] == NOW.isoformat()
    assert len(data["server"]["schemaHash"]) == 12
    assert [(each["slug"], each["enabled"]) for each in data["providers"]] == [("sample", True)]
    assert data["providers"][0]["limits"]["cacheTtlSeconds"] == 300
    assert (data["known"], data["none"]) == ({"slug": "sample"}, None)
