"""Favourites as a client has them, over a database of each kind."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ERRORS = "userErrors { code message field limit retryable }"
FAVOURITE = "id kind state note subjectId createdAt snapshot { name startDate startDay venueName url }"
ADD = (
    "mutation ($input: AddFavouriteInput!) { addFavourite(input: $input) { favourite { "
    f"{FAVOURITE} }} subject {{ __typename ... on Event {{ viewerHasFavourited }} }} viewer {{ email }} {ERRORS} }} }}"
)
REMOVE = (
    "mutation ($input: RemoveFavouriteInput!) { removeFavourite(input: $input) { removedFavouriteId "
    f"subject {{ __typename ... on Event {{ viewerHasFavourited }} }} {ERRORS} }} }}"
)
UPDATE = (
    "mutation ($id: ID!, $note: String) { updateFavourite(id: $id, input: { note: $note }) { favourite { note } "
    f"{ERRORS} }} }}"
)
MINE = (
    "query ($first: Int! = 20, $after: String, $kinds: [FavouriteKind!], $upcoming: Boolean! = false) { viewer { "
    "favourites(first: $first, after: $after, kinds: $kinds, upcomingOnly: $upcoming) { totalCount "
    f"edges {{ cursor }} nodes {{ {FAVOURITE} subject {{ __typename }} }} "
    "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"
)


async def mine(person, **wanted):
    return (await person.ask(MINE, **wanted))["favourites"]


def codes(payload) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]


async def event_ids(person, count: int) -> list[str]:
    page = await person.ask("query ($n: Int!) { events(first: $n) { nodes { id } } }", n=count)
    return [node["id"] for node in page["nodes"]]


@pytest.mark.parametrize("kind", ["EVENT", "VENUE", "PERFORMER"])
async def test_what_is_kept_is_there_and_what_is_kept_no_longer_is_not(kind: str, ann, things) -> None:
    payload = await ann.ask(ADD, input={"subjectId": things[kind], "note": "a\nnote"})
    added = payload["favourite"]
    assert (added["kind"], added["state"], added["note"], added["subjectId"]) == (
        kind,
        "LISTED",
        "a\nnote",
        things[kind],
    )
    assert (payload["subject"]["__typename"].upper(), payload["viewer"]["email"]) == (kind, ann.email)
    [node] = (await mine(ann))["nodes"]
    assert node == added | {"subject": {"__typename": kind.title()}}
    assert (await ann.ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=added["id"])) == {
        "__typename": "Favourite",
        "id": added["id"],
    }
    removed = await ann.ask(REMOVE, input={"subjectId": things[kind]})
    assert (removed["removedFavouriteId"], removed["subject"]["__typename"]) == (added["id"], kind.title())
    assert (await mine(ann))["totalCount"] == 0
    assert (await ann.ask(REMOVE, input={"subjectId": things[kind]}))["removedFavouriteId"] is None


async def test_a_favourite_of_an_event_remembers_what_one_needs_to_find_it(ann, things) -> None:
    snapshot = (await ann.ask(ADD, input={"subjectId": things["EVENT"]}))["favourite"]["snapshot"]
    event = await ann.ask(
        "query ($id: ID!) { event(id: $id) { name startDate startDay location { name } url } }", id=things["EVENT"]
    )
    venue = event.pop("location")
    assert snapshot == event | {"venueName": venue["name"]}


async def test_whether_the_viewer_keeps_it_stands_on_events_venues_and_performers(ann, bob, people, things) -> None:
    for each in things.values():
        await ann.ask(ADD, input={"subjectId": each})
    query = (
        "query ($e: ID!, $v: ID!, $p: ID!) { event(id: $e) { viewerHasFavourited } "
        "venue(id: $v) { viewerHasFavourited } performer(id: $p) { viewerHasFavourited } }"
    )
    for person, kept in ((ann, True), (bob, False), (people("nobody"), None)):
        data = await person.ask(query, e=things["EVENT"], v=things["VENUE"], p=things["PERFORMER"])
        assert [each["viewerHasFavourited"] for each in data.values()] == [kept] * 3


async def test_a_page_knows_of_itself_what_is_kept_once_it_is(ann, things) -> None:
    event = things["EVENT"]
    both = (
        "mutation ($input: AddFavouriteInput!, $other: RemoveFavouriteInput!) {"
        "  a: addFavourite(input: $input) { subject { ... on Event { viewerHasFavourited } } }"
        "  r: removeFavourite(input: $other) { subject { ... on Event { viewerHasFavourited } } } }"
    )
    data = await ann.ask(both, input={"subjectId": event}, other={"subjectId": event})
    assert [each["subject"]["viewerHasFavourited"] for each in data.values()] == [True, False]


async def test_two_hundred_adds_at_once_are_one_row(ann, things) -> None:
    adds = (ann.ask(ADD, input={"subjectId": things["EVENT"]}) for _ in range(200))
    payloads = await asyncio.gather(*adds)
    assert {payload["favourite"]["id"] for payload in payloads} == {(await mine(ann))["nodes"][0]["id"]}
    assert (await mine(ann))["totalCount"] == 1


async def test_the_newest_come_first_and_cursors_go_on(ann) -> None:
    ids = await event_ids(ann, 7)
    for each in ids:
        await ann.ask(ADD, input={"subjectId": each})
    # The clock stands still here, so all are as new; the order is settled all the same.
    whole = await mine(ann)
    assert {node["subjectId"] for node in whole["nodes"]} == set(ids)
    paged, after = [], None
    for previous in (False, True, True, True):
        page = await mine(ann, first=2, after=after)
        assert (page["totalCount"], page["pageInfo"]["hasPreviousPage"]) == (7, previous)
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        paged += page["nodes"]
        after = page["pageInfo"]["endCursor"]
    assert paged == whole["nodes"]
    assert not page["pageInfo"]["hasNextPage"]


async def test_kinds_and_times_choose(ann, things) -> None:
    for each in things.values():
        await ann.ask(ADD, input={"subjectId": each})
    assert {node["kind"] for node in (await mine(ann, kinds=["VENUE", "PERFORMER"]))["nodes"]} == {"VENUE", "PERFORMER"}
    assert (await mine(ann, upcoming=True))["totalCount"] == 3
    assert (await mine(ann, kinds=[]))["totalCount"] == 3


@pytest.mark.parametrize(
    ("wanted", "code"),
    [({"first": 0}, "BAD_USER_INPUT"), ({"first": 101}, "BAD_USER_INPUT"), ({"after": "nonsense"}, "CURSOR_INVALID")],
)
async def test_an_argument_that_cannot_be_is_refused(wanted, code: str, ann) -> None:
    body = await ann.post(MINE, **wanted)
    assert [error["extensions"]["code"] for error in body["errors"]] == [code]


async def test_what_cannot_be_kept_is_said_in_the_payload(ann, bob) -> None:
    provider = (await ann.ask('{ provider(id: "sample") { id } }'))["id"]
    theirs = (await bob.ask("{ viewer { id } }"))["id"]
    gone = (await event_ids(ann, 1))[0][:-4] + "OTk5"
    for subject, code in (
        ("nonsense", "NOT_FOUND"),
        ("", "NOT_FOUND"),
        ("x" * 10_000, "NOT_FOUND"),
        (gone, "NOT_FOUND"),
        (provider, "KIND_NOT_SUPPORTED"),
        (theirs, "KIND_NOT_SUPPORTED"),
    ):
        payload = await ann.ask(ADD, input={"subjectId": subject})
        assert (codes(payload), payload["favourite"]) == ([code], None), subject
        assert payload["userErrors"][0]["field"] == ["input", "subjectId"]
        assert len(payload["userErrors"][0]["message"]) < 300
    assert (await mine(ann))["totalCount"] == 0


async def test_notes_are_changed_by_their_owner_only(ann, bob, things) -> None:
    added = (await ann.ask(ADD, input={"subjectId": things["EVENT"]}))["favourite"]["id"]
    assert (await ann.ask(UPDATE, id=added, note="mine"))["favourite"] == {"note": "mine"}
    assert codes(await ann.ask(UPDATE, id=added, note="x" * 2_001)) == ["NOTE_TOO_LONG"]
    for person, favourite in ((bob, added), (ann, "nonsense"), (ann, things["EVENT"])):
        assert codes(await person.ask(UPDATE, id=favourite, note="theirs")) == ["NOT_FOUND"]
    assert (await mine(ann))["nodes"][0]["note"] == "mine"
    assert (await ann.ask(UPDATE, id=added, note=None))["favourite"] == {"note": None}


async def test_a_favourite_is_removed_by_its_own_id_by_its_owner_only(ann, bob, things) -> None:
    added = (await ann.ask(ADD, input={"subjectId": things["EVENT"]}))["favourite"]["id"]
    assert await bob.ask("query ($id: ID!) { node(id: $id) { id } }", id=added) is None
    assert (await bob.ask(REMOVE, input={"subjectId": added}))["removedFavouriteId"] is None
    removed = await ann.ask(REMOVE, input={"subjectId": added})
    assert (removed["removedFavouriteId"], removed["subject"]) == (added, None)


async def test_a_calendar_address_is_made_once_and_anew_when_wanted(ann, bob) -> None:
    create = "mutation { createCalendarFeed { calendarFeed { url webcalUrl lastReadAt } userErrors { code } } }"
    first = (await ann.ask(create))["calendarFeed"]
    assert (await ann.ask(create))["calendarFeed"] == first
    assert first["webcalUrl"] == first["url"].replace("http://", "webcal://")
    assert (await bob.ask(create))["calendarFeed"]["url"] != first["url"]
    second = (await ann.ask("mutation { rotateCalendarFeed { calendarFeed { url } } }"))["calendarFeed"]
    assert second["url"] != first["url"]
    assert (await ann.ask("{ viewer { calendarFeed { url } } }"))["calendarFeed"] == second
    assert [(await ann.client.get(each["url"])).status_code for each in (first, second)] == [404, 200]


STEPS = st.tuples(st.sampled_from("ab"), st.sampled_from(["add", "remove", "note"]), st.integers(0, 3))
_names = itertools.count()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=4, max_size=24), together=st.integers(1, 8))
async def test_what_two_keep_is_never_mixed_however_their_requests_interleave(steps, together: int, people) -> None:
    persons = {who: await people(f"user{next(_names)}").register() for who in "ab"}
    ids = await event_ids(persons["a"], 4)
    expected: dict[str, dict[str, str | None]] = {"a": {}, "b": {}}

    async def walk(who: str, own: list[tuple[str, int]]) -> None:
        """One person's steps, one after the other; the other's run at the same time."""
        for action, number in own:
            subject, note = ids[number], f"{who} {number}"
            if action == "remove":
                await persons[who].ask(REMOVE, input={"subjectId": subject})
                expected[who].pop(subject, None)
                continue
            given = {"subjectId": subject} | ({"note": note} if action == "note" else {})
            await persons[who].ask(ADD, input=given)
            expected[who][subject] = note if action == "note" else expected[who].get(subject)

    # Chunks, so that a reader sees states in between as well.
    for start in range(0, len(steps), together):
        chunk = steps[start : start + together]
        await asyncio.gather(*(walk(who, [step[1:] for step in chunk if step[0] == who]) for who in "ab"))
        for who, person in persons.items():
            found = {node["subjectId"]: node["note"] for node in (await mine(person))["nodes"]}
            assert found == expected[who]
