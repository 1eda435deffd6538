"""What is ahead of a viewer, as a client asks for it, over a database of each kind."""

from __future__ import annotations

import pytest

ADD = "mutation ($input: AddFavouriteInput!) { addFavourite(input: $input) { userErrors { code } } }"
AGENDA = """query ($first: Int = 100, $after: String, $filter: EventFilter) {
  viewer { agenda(first: $first, after: $after, filter: $filter) {
    nodes { id startDate location { id } performers { performer { id } } }
    edges { cursor }
    pageInfo { hasNextPage hasPreviousPage endCursor }
    totalCount { value relation }
    isPartial
    providerReports { status provider { slug } }
    warnings { code }
  } }
}"""


async def ahead(person, **variables: object) -> dict:
    return (await person.ask(AGENDA, **variables))["agenda"]


async def test_what_is_kept_is_ahead_with_what_is_on_at_its_venues_and_with_its_performers(ann, bob, things) -> None:
    for each in things.values():
        await ann.ask(ADD, input={"subjectId": each})
    agenda = await ahead(ann)
    assert agenda["nodes"]
    assert things["EVENT"] in {node["id"] for node in agenda["nodes"]}
    for node in agenda["nodes"]:
        names = {node["id"], node["location"]["id"], *(each["performer"]["id"] for each in node["performers"])}
        assert names & set(things.values())
    starts = [node["startDate"] for node in agenda["nodes"] if node["startDate"]]
    assert starts == sorted(starts)
    assert (agenda["isPartial"], agenda["warnings"], agenda["totalCount"]["value"]) == (False, [], len(agenda["nodes"]))
    assert (await ahead(bob))["nodes"] == []


async def test_it_is_paged_like_any_list_of_events(ann, things) -> None:
    for each in things.values():
        await ann.ask(ADD, input={"subjectId": each})
    whole = [node["id"] for node in (await ahead(ann))["nodes"]]
    paged, after = [], None
    while True:
        page = await ahead(ann, first=2, after=after)
        paged += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(whole) > 2
    assert paged == whole


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"first": 0}, "BAD_USER_INPUT"),
        ({"first": 101}, "BAD_USER_INPUT"),
        ({"after": "nonsense"}, "CURSOR_INVALID"),
        ({"filter": {"venueIds": ["nonsense"]}}, "BAD_USER_INPUT"),
    ],
)
async def test_an_argument_that_cannot_be_is_refused(wanted, code: str, ann) -> None:
    body = await ann.post(AGENDA, **wanted)
    assert [error["extensions"]["code"] for error in body["errors"]] == [code]


async def test_anothers_cursor_is_refused(ann, bob, things) -> None:
    for person in (ann, bob):
        await person.ask(ADD, input={"subjectId": things["VENUE"]})
    cursor = (await ahead(ann, first=1))["edges"][0]["cursor"]
    body = await bob.post(AGENDA, after=cursor)
    assert [error["extensions"]["code"] for error in body["errors"]] == ["CURSOR_INVALID"]


async def test_it_counts_as_a_list_of_events_does(ann) -> None:
    query = "{ viewer { agenda(first: 100) { nodes { location { events(first: 100) { nodes { location { events { nodes { id } } } } } } } } } }"
    body = await ann.post(query)
    assert [error["extensions"]["code"] for error in body["errors"]] == ["COST_LIMIT_EXCEEDED"]
