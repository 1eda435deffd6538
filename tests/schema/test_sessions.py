"""Where somebody is signed in, as a client is told and ends it, over a database of each kind."""

from __future__ import annotations

import pytest

SESSIONS = "{ viewer { sessions { id deviceName createdAt lastUsedAt expiresAt isCurrent } } }"
SIGN_IN = (
    "mutation ($input: CreateSessionInput!) { createSession(input: $input) { tokens { accessToken refreshToken } } }"
)
REVOKE = (
    "mutation ($input: RevokeSessionInput) { revokeSession(input: $input) { revokedCount userErrors { code field } } }"
)
NODE = "query ($id: ID!) { node(id: $id) { __typename id ... on Session { deviceName isCurrent } } }"
PASSWORD = "correct horse"


async def sessions_of(person) -> list[dict]:
    return (await person.ask(SESSIONS))["sessions"]


@pytest.fixture
async def phone(ann, people):
    """Ann's phone, signed in after her laptop."""
    phone = people("ann")
    phone.take(await phone.ask(SIGN_IN, input={"email": ann.email, "password": PASSWORD, "deviceName": "phone"}))
    return phone


async def test_sessions_are_told_with_what_each_device_calls_itself(ann, phone) -> None:
    at_laptop, at_phone = await sessions_of(ann), await sessions_of(phone)
    assert {each["deviceName"]: each["isCurrent"] for each in at_laptop} == {None: True, "phone": False}
    assert {each["deviceName"]: each["isCurrent"] for each in at_phone} == {None: False, "phone": True}
    assert {each["id"] for each in at_laptop} == {each["id"] for each in at_phone}
    assert {(each["createdAt"], each["lastUsedAt"], each["expiresAt"]) for each in at_laptop} == {
        ("2026-12-01T12:00:00+00:00", "2026-12-01T12:00:00+00:00", "2026-12-31T12:00:00+00:00")
    }


async def test_whoever_registers_may_name_their_device(people) -> None:
    person = people("carla")
    register = (
        "mutation ($input: RegisterUserInput!) { registerUser(input: $input) { tokens { accessToken refreshToken } } }"
    )
    given = {"email": person.email, "password": PASSWORD, "deviceName": "tablet"}
    person.take(await person.ask(register, input=given))
    assert [each["deviceName"] for each in await sessions_of(person)] == ["tablet"]


async def test_a_session_is_a_node_to_its_owner_alone(ann, phone, bob, people) -> None:
    [phones] = [each for each in await sessions_of(ann) if each["deviceName"] == "phone"]
    wanted = {"__typename": "Session", "id": phones["id"], "deviceName": "phone", "isCurrent": False}
    assert await ann.ask(NODE, id=phones["id"]) == wanted
    assert await phone.ask(NODE, id=phones["id"]) == wanted | {"isCurrent": True}
    assert await bob.ask(NODE, id=phones["id"]) is None
    assert await people("nobody").ask(NODE, id=phones["id"]) is None


async def test_one_session_is_ended_and_the_others_go_on(ann, phone) -> None:
    [phones] = [each for each in await sessions_of(ann) if each["deviceName"] == "phone"]
    assert await ann.ask(REVOKE, input={"sessionId": phones["id"]}) == {"revokedCount": 1, "userErrors": []}
    assert (await phone.post(SESSIONS))["data"]["viewer"] is None
    assert [each["isCurrent"] for each in await sessions_of(ann)] == [True]
    assert await ann.ask(NODE, id=phones["id"]) is None


async def test_what_is_no_session_of_the_viewer_is_one_answer_whatever_it_is(ann, bob, things) -> None:
    [theirs] = await sessions_of(bob)
    wanted = {"revokedCount": 0, "userErrors": [{"code": "SESSION_NOT_FOUND", "field": ["input", "sessionId"]}]}
    for session_id in (theirs["id"], things["EVENT"], "nonsense", "", "x" * 10_000):
        assert await ann.ask(REVOKE, input={"sessionId": session_id}) == wanted
    assert await sessions_of(bob) == [theirs]


async def test_whoever_is_not_signed_in_ends_no_session(ann, people) -> None:
    [session] = await sessions_of(ann)
    answer = await people("nobody").ask(REVOKE, input={"sessionId": session["id"]})
    assert [error["code"] for error in answer["userErrors"]] == ["NOT_AUTHENTICATED"]
    assert await sessions_of(ann) == [session]


async def test_everywhere_goes_before_one(ann, phone) -> None:
    [phones] = [each for each in await sessions_of(ann) if each["deviceName"] == "phone"]
    assert (await ann.ask(REVOKE, input={"sessionId": phones["id"], "allDevices": True}))["revokedCount"] == 2
    for device in (ann, phone):
        assert (await device.post(SESSIONS))["data"]["viewer"] is None


async def test_a_session_cannot_be_kept_as_a_favourite(ann) -> None:
    [session] = await sessions_of(ann)
    add = "mutation ($input: AddFavouriteInput!) { addFavourite(input: $input) { userErrors { code } } }"
    assert (await ann.ask(add, input={"subjectId": session["id"]}))["userErrors"] == [{"code": "KIND_NOT_SUPPORTED"}]
