"""Accounts as a client has them, over a database of each kind."""

from __future__ import annotations

import json

import pytest

ERRORS = "userErrors { code message field retryable }"
TOKENS = f"viewer {{ id email }} tokens {{ accessToken refreshToken }} {ERRORS}"
REGISTER = f"mutation ($input: RegisterUserInput!) {{ registerUser(input: $input) {{ {TOKENS} clientMutationId }} }}"
SIGN_IN = f"mutation ($input: CreateSessionInput!) {{ createSession(input: $input) {{ {TOKENS} }} }}"
REFRESH = (
    "mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) { tokens { accessToken refreshToken } "
    f"{ERRORS} }} }}"
)
REVOKE = f"mutation ($input: RevokeSessionInput) {{ revokeSession(input: $input) {{ revokedCount {ERRORS} }} }}"
UPDATE = (
    "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { viewer { displayName homePlace { name } } "
    f"{ERRORS} }} }}"
)
DELETE = f"mutation ($input: DeleteUserInput!) {{ deleteUser(input: $input) {{ deletedUserId {ERRORS} }} }}"
VIEWER = "{ viewer { id email displayName createdAt homePlace { name } calendarFeed { url } } }"
PASSWORD = "correct horse"


def codes(payload) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]


async def test_whoever_registers_is_the_viewer(people) -> None:
    ann = people("ann")
    given = {"email": ann.email, "password": PASSWORD, "displayName": "Ann", "clientMutationId": "7"}
    payload = await ann.ask(REGISTER, input=given)
    assert (payload["clientMutationId"], payload["userErrors"]) == ("7", [])
    ann.take(payload)
    viewer = await ann.ask(VIEWER)
    assert (viewer["email"], viewer["displayName"], viewer["calendarFeed"]) == ("ann@example.org", "Ann", None)
    assert viewer["id"] == payload["viewer"]["id"]
    assert (await ann.ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=viewer["id"])) == {
        "__typename": "Viewer",
        "id": viewer["id"],
    }


async def test_without_a_token_there_is_no_viewer_and_no_error(people) -> None:
    assert await people("nobody").ask("{ viewer { id } }") is None


async def test_nobody_is_told_of_another_viewer(ann, bob) -> None:
    mine = (await ann.ask(VIEWER))["id"]
    assert await bob.ask("query ($id: ID!) { node(id: $id) { id } }", id=mine) is None


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"password": "short"}, "PASSWORD_TOO_SHORT", "password"),
        ({"password": ""}, "PASSWORD_TOO_SHORT", "password"),
        ({"password": "x" * 257}, "PASSWORD_TOO_LONG", "password"),
        ({"password": "x" * 900_000}, "PASSWORD_TOO_LONG", "password"),
        ({"email": "nobody"}, "EMAIL_INVALID", "email"),
        ({"email": ""}, "EMAIL_INVALID", "email"),
        ({"email": "a\0@example.org"}, "EMAIL_INVALID", "email"),
        ({"email": "x" * 900_000 + "@example.org"}, "EMAIL_INVALID", "email"),
        ({"displayName": "x" * 101}, "DISPLAY_NAME_INVALID", "displayName"),
        ({"displayName": "nul\0"}, "DISPLAY_NAME_INVALID", "displayName"),
    ],
)
async def test_a_field_that_cannot_be_is_named(given, code: str, field: str, people) -> None:
    payload = await people("ann").ask(REGISTER, input={"email": "ann@example.org", "password": PASSWORD} | given)
    [error] = payload["userErrors"]
    assert (error["code"], error["field"], error["retryable"]) == (code, ["input", field], False)
    assert payload["viewer"] is payload["tokens"] is None


async def test_a_request_of_ten_megabytes_is_not_read(people) -> None:
    ann = people("ann")
    body = json.dumps({"query": REGISTER, "variables": {"input": {"email": "x" * 10_000_000, "password": PASSWORD}}})
    response = await ann.client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (413, "BAD_REQUEST")


@pytest.mark.parametrize("text", [b"\xff\xfe", b"\\ud800"], ids=["no UTF-8", "half a character"])
async def test_a_request_that_is_no_text_is_refused(text: bytes, people) -> None:
    variables = b'{"input":{"email":"' + text + b'@example.org","password":"correct horse"}}'
    body = b'{"query":' + json.dumps(REGISTER).encode() + b',"variables":' + variables + b"}"
    response = await people("ann").client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_an_unknown_address_and_a_wrong_password_are_answered_alike(ann, people) -> None:
    answers = [
        await people("x").ask(SIGN_IN, input={"email": email, "password": "wrong horse"})
        for email in (ann.email, "nobody@example.org", "nonsense", "")
    ]
    assert [codes(answer) for answer in answers] == [["CREDENTIALS_INVALID"]] * 4
    assert answers == [answers[0]] * 4


async def test_signing_in_again_and_again_is_stopped(ann) -> None:
    wrong = {"email": ann.email, "password": "wrong horse"}
    answers = [await ann.ask(SIGN_IN, input=wrong) for _ in range(12)]
    assert [codes(answer)[0] for answer in answers] == ["CREDENTIALS_INVALID"] * 10 + ["TOO_MANY_ATTEMPTS"] * 2
    assert answers[-1]["userErrors"][0]["retryable"]
    body = await ann.ask(
        "mutation ($input: CreateSessionInput!) { createSession(input: $input) { userErrors { retryAt } } }",
        input=wrong,
    )
    assert body["userErrors"][0]["retryAt"] == "2026-12-01T12:15:00+00:00"


async def test_tries_in_one_request_count_like_any(ann) -> None:
    aliases = " ".join(f"t{each}: createSession(input: $input) {{ {ERRORS} }}" for each in range(12))
    query = f"mutation ($input: CreateSessionInput!) {{ {aliases} }}"
    data = await ann.ask(query, input={"email": ann.email, "password": "wrong horse"})
    assert [codes(each)[0] for each in data.values()] == ["CREDENTIALS_INVALID"] * 10 + ["TOO_MANY_ATTEMPTS"] * 2


async def test_a_refresh_token_is_good_once_and_ends_its_session_when_used_twice(ann) -> None:
    spent = ann.refresh_token
    ann.take(await ann.ask(REFRESH, input={"refreshToken": spent}))
    assert (await ann.ask(VIEWER))["email"] == ann.email
    assert codes(await ann.ask(REFRESH, input={"refreshToken": spent})) == ["TOKEN_INVALID"]
    assert codes(await ann.ask(REFRESH, input={"refreshToken": ann.refresh_token})) == ["TOKEN_INVALID"]
    body = await ann.post(VIEWER)
    assert (body["data"]["viewer"], body["errors"][0]["extensions"]["code"]) == (None, "UNAUTHENTICATED")


BAD_TOKENS = ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "é", "x" * 10_000]


@pytest.mark.parametrize("token", BAD_TOKENS)
async def test_a_token_that_does_not_hold_is_an_error_where_it_matters_and_nowhere_else(token: str, ann) -> None:
    response = await ann.client.post(
        "/graphql",
        json={"query": "{ viewer { id } events(first: 3) { nodes { id viewerHasFavourited } } }"},
        headers={"authorization": f"Bearer {token}".encode()},
    )
    body = response.json()
    assert [(error["path"], error["extensions"]["code"]) for error in body["errors"]] == [
        (["viewer"], "UNAUTHENTICATED")
    ]
    assert [node["viewerHasFavourited"] for node in body["data"]["events"]["nodes"]] == [None] * 3


async def test_mutations_of_nobody_say_so_in_their_payload(people, things) -> None:
    nobody = people("nobody")
    mutations = {
        f"revokeSession {{ {ERRORS} }}",
        f"updateUser(input: {{}}) {{ {ERRORS} }}",
        f'deleteUser(input: {{ password: "x" }}) {{ {ERRORS} }}',
        f'addFavourite(input: {{ subjectId: "{things["EVENT"]}" }}) {{ {ERRORS} }}',
        f'removeFavourite(input: {{ subjectId: "{things["EVENT"]}" }}) {{ {ERRORS} }}',
        f'updateFavourite(id: "x", input: {{}}) {{ {ERRORS} }}',
        f"createCalendarFeed {{ {ERRORS} }}",
        f"rotateCalendarFeed {{ {ERRORS} }}",
    }
    for mutation in mutations:
        assert codes(await nobody.ask(f"mutation {{ {mutation} }}")) == ["NOT_AUTHENTICATED"], mutation
    nobody.token = "expired or forged"
    for mutation in mutations:
        assert codes(await nobody.ask(f"mutation {{ {mutation} }}")) == ["NOT_AUTHENTICATED"], mutation


async def test_signing_out_works_at_once_and_everywhere_if_wanted(ann, people) -> None:
    phone, laptop = people("ann"), people("ann")
    for device in (phone, laptop):
        device.take(await device.ask(SIGN_IN, input={"email": ann.email, "password": PASSWORD, "deviceName": "x"}))
    assert (await phone.ask(REVOKE))["revokedCount"] == 1
    assert (await phone.post(VIEWER))["data"]["viewer"] is None
    assert (await people("x").ask(REVOKE, input={"refreshToken": laptop.refresh_token}))["revokedCount"] == 1
    assert (await laptop.post(VIEWER))["data"]["viewer"] is None
    assert (await ann.ask(REVOKE, input={"allDevices": True}))["revokedCount"] == 1


async def test_an_account_is_changed_field_by_field(ann) -> None:
    [berlin] = await ann.ask('{ places(query: "Berlin", first: 1) { geo { latitude longitude } } }')
    home = {"homeLat": berlin["geo"]["latitude"], "homeLon": berlin["geo"]["longitude"]}
    given = {"displayName": "Ann"} | home
    assert (await ann.ask(UPDATE, input=given))["viewer"] == {"displayName": "Ann", "homePlace": {"name": "Berlin"}}
    assert (await ann.ask(UPDATE, input={"displayName": None}))["viewer"]["homePlace"] == {"name": "Berlin"}
    gone = (await ann.ask(UPDATE, input={"homeLat": None, "homeLon": None}))["viewer"]
    assert gone == {"displayName": None, "homePlace": None}
    assert (await ann.ask(UPDATE, input={"homeLat": -48.9, "homeLon": -123.4}))["viewer"]["homePlace"] is None


@pytest.mark.parametrize(
    "given", [{"homeLat": 1.0}, {"homeLon": 1.0}, {"homeLat": 1.0, "homeLon": None}, {"homeLat": 91.0, "homeLon": 0.0}]
)
async def test_half_a_home_is_none(given, ann) -> None:
    [error] = (await ann.ask(UPDATE, input=given))["userErrors"]
    assert (error["code"], error["field"]) == ("HOME_INVALID", ["input", "homeLat"])


async def test_a_new_password_needs_the_current_one(ann, people) -> None:
    given = {"newPassword": "another horse"}
    assert codes(await ann.ask(UPDATE, input=given)) == ["CREDENTIALS_INVALID"]
    assert codes(await ann.ask(UPDATE, input=given | {"currentPassword": PASSWORD})) == []
    attempt = {"email": ann.email, "password": "another horse"}
    assert codes(await people("x").ask(SIGN_IN, input=attempt)) == []


async def test_who_leaves_is_gone(ann, people) -> None:
    mine = (await ann.ask(VIEWER))["id"]
    assert codes(await ann.ask(DELETE, input={"password": "wrong horse"})) == ["CREDENTIALS_INVALID"]
    assert (await ann.ask(DELETE, input={"password": PASSWORD}))["deletedUserId"] == mine
    assert (await ann.post(VIEWER))["data"]["viewer"] is None
    attempt = {"email": ann.email, "password": PASSWORD}
    assert codes(await people("x").ask(SIGN_IN, input=attempt)) == ["CREDENTIALS_INVALID"]


async def test_a_mutation_is_never_run_by_get(ann) -> None:
    query = "mutation { createCalendarFeed { calendarFeed { url } } }"
    response = await ann.client.get(
        "/graphql", params={"query": query}, headers={"authorization": f"Bearer {ann.token}"}
    )
    assert response.status_code == 405
    assert (await ann.ask(VIEWER))["calendarFeed"] is None


async def test_an_answer_to_somebody_is_kept_by_no_cache(ann) -> None:
    for headers, kept in (({"authorization": f"Bearer {ann.token}"}, "no-store"), ({}, None)):
        response = await ann.client.get("/graphql", params={"query": VIEWER}, headers=headers)
        assert response.headers.get("cache-control") == kept


async def test_the_server_says_whether_it_takes_new_accounts(ann) -> None:
    assert await ann.ask("{ server { registrationOpen } }") == {"registrationOpen": True}
