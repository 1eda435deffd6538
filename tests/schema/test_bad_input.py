"""What cannot be meant: one clear error with the right code, never a failure of ours."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from gateway.ids import Kind, Ref

Post = Callable[..., Awaitable[httpx.Response]]

BAD_ARGUMENTS = {
    "first 0": ("first: 0", "first: wants 1 to 100, not 0"),
    "first 101": ("first: 101", "first: wants 1 to 100, not 101"),
    "first -1": ("first: -1", "first: wants 1 to 100, not -1"),
    "deadline": ("deadlineMs: 1", "deadlineMs: wants 50 to 30000"),
    "radius -1": ("filter: {near: {lat: 1, lon: 1, radius: -1}}", "near: a radius is more than 0"),
    "radius 0": ("filter: {near: {lat: 1, lon: 1, radius: 0}}", "near: a radius is more than 0"),
    "lat 91": ("filter: {near: {lat: 91, lon: 1}}", "near: latitude 91.0"),
    "lat infinite": ("filter: {near: {lat: 1e999, lon: 1}}", "near: latitude"),
    "lon -181": ("filter: {near: {lat: 1, lon: -181}}", "near: longitude -181.0"),
    "box upside down": ("filter: {boundingBox: {south: 2, north: 1, west: 0, east: 1}}", "boundingBox: "),
    "from after to": ('filter: {date: {from: "2026-12-02T00:00:00Z", to: "2026-12-01T00:00:00Z"}}', "date: `from`"),
    "days turned round": ('filter: {date: {fromDay: "2026-12-02", toDay: "2026-12-01"}}', "date: `fromDay`"),
    "preset and from": ('filter: {date: {preset: TODAY, from: "2026-12-02T00:00:00Z"}}', "date: give either a preset"),
    "price": ('filter: {price: {min: "2", max: "1", currency: "EUR"}}', "price: `min` (2)"),
    "venue of nobody": ('filter: {venueIds: ["x"]}', "venueIds: wants ids of Venue objects"),
    "an event as performer": (
        f'filter: {{performerIds: ["{Ref(Kind.EVENT, "sample", "1").encode()}"]}}',
        "performerIds: wants ids of Performer objects",
    ),
    "keyword of 10,000 letters": (f'filter: {{keyword: "{"a" * 10_000}"}}', "keyword: wants at most 200 characters"),
    "101 genres": (f"filter: {{genres: {[f'g{n}' for n in range(101)]}}}".replace("'", '"'), "genres: wants at most"),
    "provider of nobody": ('providers: ["nobody"]', "there is no provider 'nobody'; known are sample"),
}


@pytest.mark.parametrize(("argument", "message"), BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS)
async def test_an_argument_that_cannot_be_meant_is_named(argument: str, message: str, post: Post) -> None:
    response = await post(f"{{ events({argument}) {{ nodes {{ id }} }} }}")
    [error] = response.json()["errors"]
    assert error["message"].startswith(message)
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}
    assert error["path"] == ["events"]
    assert (response.status_code, response.json()["data"]) == (200, None)


BAD_QUERIES: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown id": ('{ node(id: "x") { id } }', {}, "BAD_USER_INPUT"),
    "id of another kind": (
        "query ($id: ID!) { event(id: $id) { id } }",
        {"id": Ref(Kind.VENUE, "sample", "1").encode()},
        "BAD_USER_INPUT",
    ),
    "101 ids": ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["x"] * 101}, "BAD_USER_INPUT"),
    "51 places": ('{ places(query: "a", first: 51) { name } }', {}, "BAD_USER_INPUT"),
    "source of nobody": ('{ eventBySource(provider: "x", sourceId: "1") { id } }', {}, "BAD_USER_INPUT"),
    "foreign cursor": ('{ events(after: "bm9uc2Vuc2U") { nodes { id } } }', {}, "CURSOR_INVALID"),
    "empty cursor": ('{ events(after: "") { nodes { id } } }', {}, "CURSOR_INVALID"),
    "null for a number": ("query ($n: Int = 3) { events(first: $n) { nodes { id } } }", {"n": None}, "BAD_USER_INPUT"),
}


@pytest.mark.parametrize(("query", "variables", "code"), BAD_QUERIES.values(), ids=BAD_QUERIES)
async def test_what_a_resolver_refuses_has_a_code(query: str, variables: dict[str, Any], code: str, post: Post) -> None:
    response = await post(query, **variables)
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == [code]
    assert response.status_code == 200


BAD_DOCUMENTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "no GraphQL": ("{", {}, "GRAPHQL_PARSE_FAILED"),
    "3,000 tokens": ("{" + "server " * 3_000 + "}", {}, "GRAPHQL_PARSE_FAILED"),
    "900 levels of fields": ("{a" * 900 + "}" * 900, {}, "GRAPHQL_PARSE_FAILED"),
    "900 levels of lists": (f"{{ events(first: {'[' * 900}{']' * 900}) }}", {}, "GRAPHQL_PARSE_FAILED"),
    "150 levels of lists": (
        f"{{ events(filter: {{genres: {'[' * 150}{']' * 150}}}) {{ isPartial }} }}",
        {},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "half a letter": ('{ node(id: "\\uD800") { id } }', {}, "GRAPHQL_PARSE_FAILED"),
    "unknown field": ("{ nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
    "unknown enum value": ("{ events(filter: {statuses: [GONE]}) { isPartial } }", {}, "GRAPHQL_VALIDATION_FAILED"),
    "no offset": (
        '{ events(filter: {updatedSince: "2026-01-01T00:00:00"}) { isPartial } }',
        {},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "a week for a day": (
        '{ events(filter: {date: {fromDay: "2026-W01-1"}}) { isPartial } }',
        {},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "no such zone": (
        '{ events(filter: {date: {timeZone: "../etc"}}) { isPartial } }',
        {},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "infinite price": (
        '{ events(filter: {price: {min: 1e400, currency: "EUR"}}) { isPartial } }',
        {},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "fragments in a circle": (
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        {},
        "GRAPHQL_VALIDATION_FAILED",
    ),
    "a mutation": ("mutation { nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
    "wrong type": ("query ($n: Int) { events(first: $n) { isPartial } }", {"n": "three"}, "BAD_USER_INPUT"),
    "half a number": ("query ($n: Int) { events(first: $n) { isPartial } }", {"n": 2.5}, "BAD_USER_INPUT"),
    "variable without offset": (
        "query ($d: DateTime) { events(filter: {updatedSince: $d}) { isPartial } }",
        {"d": "2026-01-01T00:00:00"},
        "BAD_USER_INPUT",
    ),
    "variable unknown to its enum": (
        "query ($s: EventStatus!) { events(filter: {statuses: [$s]}) { isPartial } }",
        {"s": "GONE"},
        "BAD_USER_INPUT",
    ),
    "missing variable": ("query ($id: ID!) { node(id: $id) { id } }", {}, "BAD_USER_INPUT"),
}


@pytest.mark.parametrize(("document", "variables", "code"), BAD_DOCUMENTS.values(), ids=BAD_DOCUMENTS)
async def test_what_cannot_run_is_a_400_with_a_code(
    document: str, variables: dict[str, Any], code: str, post: Post
) -> None:
    response = await post(document, **variables)
    body = response.json()
    assert (response.status_code, "data" in body) == (400, False)
    assert {error["extensions"]["code"] for error in body["errors"]} == {code}
    assert "Traceback" not in response.text
    assert "went wrong" not in response.text


async def test_a_bad_scalar_says_what_would_be_right(post: Post) -> None:
    response = await post('{ events(filter: {updatedSince: "yesterday"}) { isPartial } }')
    assert "ISO 8601 instant with offset, e.g. `2026-12-31T20:00:00+01:00`" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize("place", [0, 1, 5, 20, -1])
async def test_a_cursor_changed_by_one_letter_is_refused(place: int, post: Post) -> None:
    query = "query ($a: String) { events(first: 1, after: $a) { pageInfo { endCursor } } }"
    cursor = (await post(query)).json()["data"]["events"]["pageInfo"]["endCursor"]
    letters = list(cursor)
    letters[place] = "A" if letters[place] != "A" else "B"
    body = (await post(query, a="".join(letters))).json()
    assert [error["extensions"]["code"] for error in body["errors"]] == ["CURSOR_INVALID"]


async def test_a_cursor_of_another_query_is_refused(post: Post) -> None:
    cursor = (await post("{ events(first: 1) { pageInfo { endCursor } } }")).json()
    query = 'query ($a: String) { events(after: $a, filter: {country: "DE"}) { isPartial } }'
    body = (await post(query, a=cursor["data"]["events"]["pageInfo"]["endCursor"])).json()
    assert [error["extensions"]["code"] for error in body["errors"]] == ["CURSOR_INVALID"]
