"""Saying that two records are one event, or two, as a client does, over a database of each kind."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from gateway.accounts import MatchStore, matches
from gateway.ids import Kind as What
from gateway.ids import Ref
from providers import (
    Capability,
    Configuration,
    Info,
    Key,
    Kind,
    Listing,
    ListingQuery,
    Page,
    Provider,
    Redactor,
    Registry,
    Unavailable,
    When,
    build,
    page_of,
)

REPORT = (
    "mutation ($input: ReportEventMatchInput!) { reportEventMatch(input: $input) { event { id name } "
    "otherEvent { id name } clientMutationId userErrors { code message field limit retryable } } }"
)


class Hall(Provider):
    """Tells of two nights."""

    info = Info(slug="hall", title="The Hall", capabilities=frozenset({Capability.LOOKUP_BY_ID}))

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        return page_of(self._listings(), query, seek, limit)

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        return [each for each in self._listings() if each.id in ids]

    def _listings(self) -> list[Listing]:
        start = self.clock() + timedelta(days=1)
        return [Listing(id=each, name=f"{self.info.title} {each}", start=When.at(start)) for each in ("1", "2")]


class Radio(Hall):
    """The same, told by somebody else."""

    info = Info(slug="radio", title="Radio", capabilities=frozenset({Capability.LOOKUP_BY_ID}))


class Down(Hall):
    """Never answers."""

    info = Info(slug="down", title="Down", capabilities=frozenset({Capability.LOOKUP_BY_ID}))

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:  # noqa: ARG002 - the kit's signature
        raise Unavailable


@pytest.fixture(scope="session")
def registry() -> Registry:
    kinds = [Kind(name=each.info.slug, package="tests", ours=True, provider_class=each) for each in (Hall, Radio, Down)]
    return build(kinds, Configuration(), redactor=Redactor())


def event(provider: str, own_id: str) -> str:
    return Ref(What.EVENT, provider, own_id).encode()


HALL, RADIO = event("hall", "1"), event("radio", "1")


def pair(one: str, other: str) -> tuple[Ref, Ref]:
    """Of `provider:id` each."""
    return tuple(Ref(What.EVENT, *each.split(":")) for each in (one, other))


@pytest.fixture
def said(engine):
    """What holds in the gateway that is asked."""
    return lambda: engine.said.current


async def mistake(person, **given) -> dict[str, object]:
    payload = await person.ask(REPORT, input={"isSame": True, **given})
    assert (payload["event"], payload["otherEvent"]) == (None, None)
    [error] = payload["userErrors"]
    return error


async def test_two_events_are_said_to_be_one_and_then_two(ann, said) -> None:
    given = {"eventId": HALL, "otherEventId": RADIO, "clientMutationId": "7"}
    payload = await ann.ask(REPORT, input=given | {"isSame": True})
    hall, radio = {"id": HALL, "name": "The Hall 1"}, {"id": RADIO, "name": "Radio 1"}
    assert payload == {"event": hall, "otherEvent": hall, "clientMutationId": "7", "userErrors": []}
    assert (said().same, said().apart) == ({pair("hall:1", "radio:1")}, frozenset())
    assert await ann.ask(REPORT, input=given | {"isSame": True}) == payload
    assert await ann.ask(REPORT, input=given | {"isSame": False}) == payload | {"otherEvent": radio}
    assert (said().same, said().apart) == (frozenset(), {pair("hall:1", "radio:1")})


@pytest.mark.parametrize("provider", ["radio", Ref(What.PROVIDER, "radio").encode()])
@pytest.mark.parametrize("is_same", [True, False])
async def test_a_record_belongs_to_an_event_or_is_split_from_it(provider, is_same, ann, said) -> None:
    given = {"eventId": HALL, "provider": provider, "sourceId": "2", "isSame": is_same}
    payload = await ann.ask(REPORT, input=given)
    assert (payload["event"]["id"], payload["otherEvent"]["id"]) == (HALL, HALL if is_same else event("radio", "2"))
    assert payload["userErrors"] == []
    assert (said().same if is_same else said().apart) == {pair("hall:1", "radio:2")}


async def test_the_majority_counts(ann, bob, people, said) -> None:
    cyd = await people("cyd").register()
    for person, is_same in ((ann, True), (bob, False)):
        await person.ask(REPORT, input={"eventId": RADIO, "otherEventId": HALL, "isSame": is_same})
    assert said().apart == {pair("hall:1", "radio:1")}
    await cyd.ask(REPORT, input={"eventId": HALL, "otherEventId": RADIO, "isSame": True})
    assert said().same == {pair("hall:1", "radio:1")}


async def test_nobody_says_anything_without_signing_in(people, said) -> None:
    error = await mistake(people("nobody"), eventId=HALL, otherEventId=RADIO)
    assert (error["code"], error["retryable"]) == ("NOT_AUTHENTICATED", False)
    assert not said().same


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"eventId": HALL, "otherEventId": HALL}, "SAME_RECORD", None),
        ({"eventId": HALL, "provider": "hall", "sourceId": "1"}, "SAME_RECORD", None),
        ({"eventId": HALL, "provider": "hall", "sourceId": "1", "isSame": False}, "SAME_RECORD", "sourceId"),
        ({"eventId": HALL, "otherEventId": event("hall", "2")}, "SAME_PROVIDER", None),
        ({"eventId": HALL, "otherEventId": event("radio", "gone")}, "NOT_FOUND", "otherEventId"),
        ({"eventId": event("hall", "gone"), "otherEventId": RADIO}, "NOT_FOUND", "eventId"),
        ({"eventId": HALL, "provider": "radio", "sourceId": "gone", "isSame": False}, "NOT_FOUND", "sourceId"),
        ({"eventId": HALL, "provider": "radio", "sourceId": ""}, "NOT_FOUND", "sourceId"),
        ({"eventId": HALL, "provider": "nobody", "sourceId": "1"}, "NOT_FOUND", "provider"),
        ({"eventId": "nonsense", "otherEventId": RADIO}, "NOT_FOUND", "eventId"),
        ({"eventId": HALL, "otherEventId": Ref(What.VENUE, "hall", "1").encode()}, "NOT_FOUND", "otherEventId"),
        ({"eventId": event("nobody", "1"), "otherEventId": RADIO}, "NOT_FOUND", "eventId"),
        ({"eventId": HALL}, "INPUT_INVALID", "otherEventId"),
        ({"eventId": HALL, "provider": "radio"}, "INPUT_INVALID", "otherEventId"),
        ({"eventId": HALL, "sourceId": "1"}, "INPUT_INVALID", "otherEventId"),
        (
            {"eventId": HALL, "otherEventId": RADIO, "provider": "radio", "sourceId": "1"},
            "INPUT_INVALID",
            "otherEventId",
        ),
        ({"eventId": HALL, "otherEventId": event("down", "1")}, "PROVIDER_FAILED", "otherEventId"),
    ],
)
async def test_what_cannot_be_meant_is_told_with_what_would_do(given, code, field, ann, said) -> None:
    error = await mistake(ann, **given)
    assert (error["code"], error["field"]) == (code, ["input", field] if field else None)
    assert error["retryable"] is (code == "PROVIDER_FAILED")
    assert len(error["message"]) > 20
    assert error["message"].endswith(".")
    assert not said().same
    assert not said().apart


async def test_a_limit_that_is_met_is_told(ann, bob, monkeypatch) -> None:
    monkeypatch.setattr(matches, "MOST_A_DAY", 1)
    await ann.ask(REPORT, input={"eventId": HALL, "otherEventId": RADIO, "isSame": True})
    error = await mistake(ann, eventId=event("hall", "2"), otherEventId=RADIO)
    assert (error["code"], error["limit"], error["retryable"]) == ("LIMIT_REACHED", 1, False)
    payload = await bob.ask(REPORT, input={"eventId": event("hall", "2"), "otherEventId": RADIO, "isSame": True})
    assert payload["userErrors"] == []


async def test_what_an_operator_has_undone_stays_undone_and_is_told(ann, engine, said) -> None:
    given = {"eventId": HALL, "otherEventId": RADIO}
    await ann.ask(REPORT, input=given | {"isSame": True})
    store = MatchStore(engine.database)
    [word] = await store.all()
    await store.undo(word.number, word.said_at)
    error = await mistake(ann, **given)
    assert (error["code"], error["retryable"]) == ("OVERRULED", False)
    await engine.said.refresh()
    assert not said().same


async def test_a_record_of_several_is_split_away_by_the_name_of_any(ann, bob, said) -> None:
    query = "query ($id: ID!) { event(id: $id) { id sources { sourceId } } }"
    await bob.ask(REPORT, input={"eventId": HALL, "otherEventId": RADIO, "isSame": True})
    assert len((await ann.ask(query, id=RADIO))["sources"]) == 2
    # The source that the event goes by, by the event's own id: what is left is the event of the others.
    payload = await ann.ask(REPORT, input={"eventId": HALL, "provider": "hall", "sourceId": "1", "isSame": False})
    assert (payload["event"]["id"], payload["otherEvent"]["id"]) == (RADIO, HALL)
    assert said().apart == {pair("hall:1", "radio:1")}, "a tie keeps apart"
    # Within one request, too, events are as they are from then on.
    back = await ann.ask(REPORT, input={"eventId": RADIO, "provider": "hall", "sourceId": "1", "isSame": True})
    assert back["event"] == back["otherEvent"] == {"id": HALL, "name": "The Hall 1"}


async def test_many_that_say_it_at_once_say_it_once(ann, engine, said) -> None:
    given = {"eventId": HALL, "otherEventId": RADIO, "isSame": True}
    payloads = await asyncio.gather(*(ann.ask(REPORT, input=given) for _ in range(40)))
    assert all(payload["userErrors"] == [] for payload in payloads)
    assert said().same == {pair("hall:1", "radio:1")}
    assert len(await MatchStore(engine.database).all()) == 1
