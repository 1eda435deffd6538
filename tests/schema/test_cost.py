"""A query's size is known before it runs."""

import pytest
from graphql import parse

from schema.cost import MOST_EVENTS_IN_ALL, most_events


@pytest.mark.parametrize(
    ("query", "events"),
    [
        ("{ server { version } }", 0),
        ("{ events { nodes { name } } }", 20),
        ("{ events(first: 50) { nodes { location { events(first: 3) { nodes { name } } } } } }", 200),
        ("{ events(first: 10) { nodes { performers { performer { events(first: 2) { nodes { name } } } } } } }", 70),
        ("query($n: Int!) { events(first: $n) { nodes { name } } }", 7),
        ("query($m: Int!) { events(first: $m) { nodes { name } } }", 100),
        (
            "{ events(first: 5) { ...F } } fragment F on EventConnection { nodes { location { events { nodes { id } } } } }",
            105,
        ),
        ("{ a: events(first: 5) { nodes { id } } b: events(first: 6) { nodes { id } } }", 11),
        ('{ nodes(ids: ["a", "b"]) { ... on Venue { events(first: 5) { nodes { id } } } } }', 10),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { ... on Venue { events(first: 5) { nodes { id } } } } }", 15),
        ("{ ...F } fragment F on Query { ...F events(first: 1) { nodes { id } } }", 1),
        ("subscription { eventSearch { ... on EventsAdded { placements { event { name } } } } }", 50),
        (
            (
                "subscription { eventSearch(first: 10) { ...M ... on EventsAdded { placements { event { ...E } } } } } "
                "fragment M on EventsUpdated { events { ...E } } "
                "fragment E on Event { location { events(first: 3) { nodes { id } } } }"
            ),
            70,
        ),
        (
            (
                "subscription { eventSearch(first: 10) { ... on EventsAdded { placements { event { location { ...V } } } } } } "
                "fragment V on Venue { events { nodes { id } } }"
            ),
            210,
        ),
        ("query A { events(first: 1) { nodes { id } } } query B { events(first: 2) { nodes { id } } }", 2),
    ],
)
def test_a_query_may_ask_for_so_many_events(query, events):
    assert most_events(parse(query), {"n": 7, "ids": ["a", "b", "c"]}) == events


@pytest.mark.parametrize("levels", [4, 12, 60])
async def test_a_query_nested_too_deep_is_refused_before_anything_is_asked(post, levels):
    inner = "id"
    for _ in range(levels):
        inner = f"events {{ nodes {{ location {{ {inner} }} }} }}"
    response = await post(f"{{ {inner} }}")
    (error,) = response.json()["errors"]
    assert response.status_code == 400
    assert error["extensions"]["code"] == "COST_LIMIT_EXCEEDED"
    assert f"{MOST_EVENTS_IN_ALL:,}" in error["message"]
    assert "data" not in response.json()
