"""https://graphql.github.io/graphql-over-http/draft/, and what browsers get."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
VERSION = "{ server { version } }"

# A document that does not run, with its code; how it fails decides nothing, the media type does.
FAILURES = {
    "parse failure": ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    "validation failure": ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    "coercion failure": (
        {"query": "query ($n: Int!) { events(first: $n) { isPartial } }", "variables": {"n": "x"}},
        "BAD_USER_INPUT",
    ),
    "unknown operation": (
        {"query": "query A { server { version } }", "operationName": "B"},
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "which operation is not clear": (
        {"query": "query A { server { version } } query B { server { version } }"},
        "OPERATION_RESOLUTION_FAILURE",
    ),
    "no operation at all": ({"query": "fragment A on Query { server { version } }"}, "OPERATION_RESOLUTION_FAILURE"),
}


def codes(response: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json()["errors"]]


@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
async def test_post_answers_in_the_media_type_asked_for(accept: str, client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": VERSION}, headers={"accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{accept}; charset=utf-8"
    assert response.json()["data"]["server"]["version"]
    assert "accept" in response.headers["vary"].lower()


@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
async def test_get_answers_queries_with_variables(accept: str, client: httpx.AsyncClient) -> None:
    parameters = {
        "query": "query P($q: String!) { places(query: $q, first: 1) { addressCountry } }",
        "variables": json.dumps({"q": "Wien"}),
        "operationName": "P",
        "extensions": "{}",
    }
    response = await client.get("/graphql", params=parameters, headers={"accept": accept})
    assert (response.status_code, response.json()) == (200, {"data": {"places": [{"addressCountry": "AT"}]}})


@pytest.mark.parametrize(("accept", "status"), [(JSON, 200), (RESPONSE_JSON, 400)])
@pytest.mark.parametrize(("body", "code"), FAILURES.values(), ids=FAILURES)
async def test_what_does_not_run_is_200_for_json_and_400_for_graphql_response(
    body: dict[str, Any], code: str, accept: str, status: int, client: httpx.AsyncClient
) -> None:
    response = await client.post("/graphql", json=body, headers={"accept": accept})
    assert (response.status_code, codes(response)) == (status, [code])
    assert "data" not in response.json()
    parameters = {**body, "variables": json.dumps(body.get("variables", {}))}
    by_get = await client.get("/graphql", params=parameters, headers={"accept": accept})
    assert (by_get.status_code, by_get.json()) == (status, response.json())


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (f"{JSON}, {RESPONSE_JSON}", JSON),
        (f"{RESPONSE_JSON}, {JSON}", RESPONSE_JSON),
        (f"{JSON};q=0.9, {RESPONSE_JSON}", RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.5, {JSON};q=0.7", JSON),
        (f"text/html, {RESPONSE_JSON};charset=utf-8;q=0.1", RESPONSE_JSON),
        ("APPLICATION/GraphQL-Response+JSON ; Q=0.3", RESPONSE_JSON),
        (f"{JSON};q=nonsense, {RESPONSE_JSON};q=0.1", RESPONSE_JSON),
    ],
)
async def test_the_best_of_what_is_accepted_is_given(accept: str, expected: str, client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": VERSION}, headers={"accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, f"{expected}; charset=utf-8")


async def test_without_an_accept_header_json_is_given(client: httpx.AsyncClient) -> None:
    del client.headers["accept"]
    response = await client.post("/graphql", json={"query": VERSION})
    assert (response.status_code, response.headers["content-type"]) == (200, f"{JSON}; charset=utf-8")


@pytest.mark.parametrize("accept", ["text/html", "image/png", f"{JSON};q=0", "nonsense", "application/xml, text/plain"])
async def test_what_we_cannot_make_is_406(accept: str, client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": VERSION}, headers={"accept": accept})
    assert (response.status_code, codes(response)) == (406, ["BAD_REQUEST"])


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_a_body_that_is_not_called_json_is_415(content_type: str, client: httpx.AsyncClient) -> None:
    response = await client.post(
        "/graphql", content=json.dumps({"query": VERSION}), headers={"content-type": content_type}
    )
    assert (response.status_code, codes(response)) == (415, ["BAD_REQUEST"])


BAD_BODIES = {
    "nothing": b"",
    "no JSON": b"{'query'}",
    "not UTF-8": b'{"query": "\xff"}',
    "half a letter": b'{"query": "\\ud800"}',
    "100,000 brackets": b"[" * 100_000,
    "100,000 brackets that close": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a batch": json.dumps([{"query": VERSION}]).encode(),
    "a text": b'"{ server { version } }"',
    "null": b"null",
    "no query": b"{}",
    "query null": b'{"query": null}',
    "query a number": b'{"query": 1}',
    "query blank": b'{"query": "  "}',
    "variables a list": b'{"query": "{ server { version } }", "variables": [1]}',
    "variables a text": b'{"query": "{ server { version } }", "variables": "{}"}',
    "operation name a number": b'{"query": "{ server { version } }", "operationName": 1}',
    "extensions a text": b'{"query": "{ server { version } }", "extensions": "x"}',
}


@pytest.mark.parametrize("accept", [JSON, RESPONSE_JSON])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
async def test_a_body_that_is_no_request_is_400_in_every_media_type(
    body: bytes, accept: str, client: httpx.AsyncClient
) -> None:
    response = await client.post("/graphql", content=body, headers={"content-type": JSON, "accept": accept})
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


async def test_nulls_in_a_request_are_as_if_left_out(client: httpx.AsyncClient) -> None:
    body = {"query": VERSION, "variables": None, "operationName": None, "extensions": None, "unknown": 1}
    assert "errors" not in (await client.post("/graphql", json=body)).json()


async def test_ten_megabytes_are_413(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", content=b" " * 10_000_000, headers={"content-type": JSON})
    assert (response.status_code, codes(response)) == (413, ["BAD_REQUEST"])


async def test_deep_variables_are_a_clear_error(client: httpx.AsyncClient) -> None:
    query = "query ($d: DateTime) { events(filter: {updatedSince: $d}) { isPartial } }"
    for depth in (100, 500, 900):
        content = f'{{"query": "{query}", "variables": {{"d": {"[" * depth}{"]" * depth}}}}}'
        response = await client.post("/graphql", content=content, headers={"content-type": JSON})
        assert codes(response) in (["BAD_USER_INPUT"], ["BAD_REQUEST"])


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_other_methods_are_405_and_say_which_are_allowed(method: str, client: httpx.AsyncClient) -> None:
    response = await client.request(method, "/graphql", json={"query": VERSION})
    assert (response.status_code, response.headers["allow"], codes(response)) == (405, "GET, POST", ["BAD_REQUEST"])


async def test_head_has_the_headers_of_get(client: httpx.AsyncClient) -> None:
    response = await client.head("/graphql", params={"query": VERSION})
    assert (response.status_code, response.headers["content-type"]) == (200, f"{JSON}; charset=utf-8")


@pytest.mark.parametrize("operation", ["mutation { nothing }", "mutation M { nothing }", "subscription { nothing }"])
async def test_get_runs_queries_only(operation: str, client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", params={"query": operation})
    assert (response.status_code, response.headers["allow"], codes(response)) == (405, "POST", ["BAD_REQUEST"])


@pytest.mark.parametrize("parameters", [{}, {"query": ""}, {"query": VERSION, "variables": "{"}])
async def test_a_get_that_is_no_request_is_400(parameters: dict[str, str], client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", params=parameters)
    assert (response.status_code, codes(response)) == (400, ["BAD_REQUEST"])


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


async def test_browsers_get_a_page_that_may_load_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", headers={"accept": BROWSER})
    policy = response.headers["content-security-policy"]
    assert response.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert "https://" not in response.text


async def test_browsers_that_follow_a_link_to_a_query_get_its_answer(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", params={"query": VERSION}, headers={"accept": BROWSER})
    assert response.json()["data"]["server"]["version"]


@pytest.mark.parametrize(
    "path", ["/static/assets/nothing.js", "/static/graphiql.html", "/static/assets/../../app.py", "/x"]
)
async def test_nothing_else_is_served(path: str, client: httpx.AsyncClient) -> None:
    assert (await client.get(path)).status_code == 404


async def test_large_answers_are_compressed_and_small_ones_are_not(client: httpx.AsyncClient) -> None:
    headers = {"accept-encoding": "gzip", "content-type": JSON}
    body = json.dumps({"query": "{ events(first: 50) { nodes { id name description } } }"})
    async with client.stream("POST", "/graphql", content=body, headers=headers) as large:
        raw = b"".join([chunk async for chunk in large.aiter_raw()])
    assert large.headers["content-encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(raw))["data"]["events"]["nodes"]) == 50
    small = await client.post("/graphql", json={"query": VERSION}, headers=headers)
    assert "content-encoding" not in small.headers


async def test_a_client_that_leaves_in_mid_sentence_is_no_failure_of_ours(client: httpx.AsyncClient) -> None:
    app = client._transport.app
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    messages = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    sent = []

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    assert sent[0]["status"] == 400
