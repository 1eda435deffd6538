from __future__ import annotations

import asyncio

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select

from gateway.accounts import (
    Client,
    Database,
    MatchError,
    MatchErrorCode,
    MatchStore,
    Settled,
    UserError,
    export,
    migrate,
    pair_of,
    upgrade,
)
from gateway.accounts import matches as module
from gateway.accounts.tables import event_matches
from gateway.accounts.users import Users
from gateway.ids import Kind, Ref
from gateway.matches import Matches, Named
from gateway.said import Said

A, B, C, D = (Ref(Kind.EVENT, slug, f"{slug}:1") for slug in ("alpha", "beta", "gamma", "delta"))
AB, AC, BC = pair_of(A, B), pair_of(A, C), pair_of(B, C)


@pytest.fixture
def store(database) -> MatchStore:
    return MatchStore(database)


@pytest.fixture
def said(store) -> Said:
    return Said(store)


@pytest.fixture
def matches(store, said, clock) -> Matches:
    return Matches(store, said, clock)


def alone(ref: Ref) -> Named:
    return Named(ref, frozenset({ref}))


def together(by: Ref, *others: Ref) -> Named:
    return Named(by, frozenset({by, *others}))


async def code_of(asked) -> MatchErrorCode:
    with pytest.raises(MatchError) as caught:
        await asked
    return caught.value.code


async def test_what_somebody_says_holds_and_saying_the_opposite_takes_it_back(store, someone, clock) -> None:
    user = await someone()
    assert await store.settled() == Settled()
    await store.say(user, [pair_of(B, A)], clock(), is_same=True)
    assert await store.settled() == Settled(same=frozenset({AB}))
    [before] = await store.of(user)
    clock.move(days=1)
    await store.say(user, [AB], clock(), is_same=False)
    assert await store.settled() == Settled(apart=frozenset({AB}))
    [word] = await store.of(user)
    # Whoever undoes the word that they have read undoes no other.
    assert word.number > before.number
    assert await store.undo(before.number, clock()) is None
    assert (word.pair, word.is_same, word.said_at, word.undone_at) == (AB, False, clock(), None)


async def test_saying_it_again_changes_nothing_however_often_at_once(store, someone, clock) -> None:
    user = await someone()
    await store.say(user, [AB], clock(), is_same=True)
    before = await store.of(user)
    clock.move(hours=1)
    await asyncio.gather(*(store.say(user, [AB], clock(), is_same=True) for _ in range(30)))
    assert await store.of(user) == before
    await asyncio.gather(*(store.say(user, [AC, BC], clock(), is_same=False) for _ in range(30)))
    assert len(await store.all()) == 3


@pytest.mark.parametrize(
    ("words", "same"),
    [
        ([True], True),
        ([False], False),
        ([True, False], False),
        ([True, False, True], True),
        ([False, True, False], False),
    ],
)
async def test_of_several_people_the_majority_counts_and_a_tie_keeps_apart(words, same, store, someone, clock) -> None:
    for is_same in words:
        await store.say(await someone(), [AB], clock(), is_same=is_same)
    pairs = frozenset({AB})
    assert await store.settled() == (Settled(same=pairs) if same else Settled(apart=pairs))


async def test_what_is_undone_counts_no_more_however_often_its_author_says_it(store, someone, clock) -> None:
    user, other = await someone(), await someone()
    await store.say(user, [AB], clock(), is_same=True)
    [word] = await store.all()
    undone = await store.undo(word.number, clock())
    assert (undone.number, undone.undone_at) == (word.number, clock())
    assert await store.settled() == Settled()
    clock.move(hours=1)
    assert await store.undo(word.number, clock()) == undone
    for is_same in (True, False, True):
        assert await code_of(store.say(user, [AB], clock(), is_same=is_same)) is MatchErrorCode.OVERRULED
    assert await store.of(user) == [undone]
    await store.say(user, [AB, AC], clock(), is_same=False)
    assert await store.settled() == Settled(apart=frozenset({AC}))
    await store.say(other, [AB], clock(), is_same=True)
    assert await store.settled() == Settled(same=frozenset({AB}), apart=frozenset({AC}))


async def test_a_word_that_is_not_there_cannot_be_undone(store, clock) -> None:
    assert await store.undo(1, clock()) is None


async def test_there_is_a_limit_of_new_pairs_a_day_for_each_user(store, someone, clock, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_A_DAY", 2)
    user = await someone()
    await store.say(user, [AB, AC], clock(), is_same=True)
    with pytest.raises(MatchError, match="at most 2 pairs a day") as caught:
        await store.say(user, [BC], clock(), is_same=True)
    assert (caught.value.code, caught.value.limit, caught.value.retryable) == (MatchErrorCode.LIMIT_REACHED, 2, False)
    # What one has said can be taken back, and others may speak.
    await store.say(user, [AB], clock(), is_same=False)
    await store.say(await someone(), [BC], clock(), is_same=True)
    clock.move(days=1, seconds=1)
    await store.say(user, [BC], clock(), is_same=False)
    assert len(await store.of(user)) == 3


async def test_the_limit_holds_for_many_at_once(store, someone, clock, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_A_DAY", 5)
    user = await someone()
    pairs = [pair_of(A, Ref(Kind.EVENT, "beta", str(number))) for number in range(12)]
    answers = await asyncio.gather(
        *(store.say(user, [pair], clock(), is_same=True) for pair in pairs), return_exceptions=True
    )
    assert sum(isinstance(each, UserError) for each in answers) == 7
    assert len(await store.of(user)) == 5


async def test_what_somebody_said_stays_when_they_leave_without_their_name(
    store, database, accounts, ann, clock
) -> None:
    signed_in = await ann()
    await store.say(signed_in.user.user_id, [AB], clock(), is_same=True)
    assert [word.author for word in await store.all()] == ["Ann@example.org"]
    [everything] = await export(database, "ann@example.org")
    assert everything["eventMatches"] == [
        {
            "records": [{"provider": "alpha", "id": "alpha:1"}, {"provider": "beta", "id": "beta:1"}],
            "isSame": True,
            "saidAt": "2026-06-01T12:00:00.250000Z",
            "undoneAt": None,
        }
    ]
    await accounts.delete(signed_in.user, "correct horse", Client())
    assert [word.author for word in await store.all()] == [None]
    assert await store.settled() == Settled(same=frozenset({AB}))
    again = store.say(signed_in.user.user_id, [AC], clock(), is_same=True)
    assert await code_of(again) is MatchErrorCode.NOT_AUTHENTICATED


async def test_the_newest_come_first_with_who_said_them(store, someone, clock, database) -> None:
    user, nameless = await someone(), await someone()
    await Users(database).change(nameless, {"email": None, "display_name": None})
    await store.say(user, [AB], clock(), is_same=True)
    clock.move(minutes=1)
    await store.say(nameless, [AB], clock(), is_same=False)
    assert [word.author for word in await store.all()] == [nameless.hex, "user0@example.org"]


async def test_ids_of_any_length_and_letters_are_kept(store, someone, clock) -> None:
    pair = pair_of(Ref(Kind.EVENT, "web", "https://club.example/" + "é:\0" * 3_000), Ref(Kind.EVENT, "web-2", ""))
    await store.say(await someone(), [pair], clock(), is_same=False)
    assert await store.settled() == Settled(apart=frozenset({pair}))


async def test_two_events_of_which_one_says_that_they_are_one_are_no_longer_kept_apart_by_the_same_person(
    matches, said, someone
) -> None:
    ann, bob = await someone(), await someone()
    await matches.split(ann, B, together(A, B, C))
    await matches.part(bob, B, C)
    assert said.current == Settled(apart=frozenset({AB, BC}))
    # They are {alpha, gamma} and {beta} now; Ann thinks better of it.
    await matches.join(ann, together(A, C), alone(B))
    assert said.current == Settled(same=frozenset({AB}), apart=frozenset({BC}))
    await matches.join(bob, together(A, C), alone(B))
    assert said.current == Settled(same=frozenset({AB, BC}))


async def test_a_record_is_split_from_every_other_source_of_its_event(matches, said, someone) -> None:
    await matches.split(await someone(), B, together(A, B, C))
    assert said.current == Settled(apart=frozenset({AB, BC}))
    await matches.split(await someone(), D, together(A, B))
    assert said.current.apart == {AB, BC, pair_of(A, D), pair_of(B, D)}


async def test_one_record_is_nothing_to_compare(matches, someone) -> None:
    user = await someone()
    assert await code_of(matches.join(user, alone(A), alone(A))) is MatchErrorCode.SAME_RECORD
    assert await code_of(matches.part(user, A, A)) is MatchErrorCode.SAME_RECORD
    assert await code_of(matches.split(user, A, alone(A))) is MatchErrorCode.SAME_RECORD


async def test_two_listings_of_one_provider_are_two_events(matches, said, someone) -> None:
    user, twin = await someone(), A._replace(id="2")
    assert await code_of(matches.join(user, alone(A), together(twin, B))) is MatchErrorCode.SAME_PROVIDER
    await matches.part(user, A, twin)
    assert said.current == Settled(apart=frozenset({pair_of(A, twin)}))


async def test_the_version_before_goes_on_over_the_new_table(tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'gateway.sqlite3'}")

    def to_the_first(connection) -> None:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")

    async with database.migrating() as connection:
        await connection.run_sync(to_the_first)
        before = await connection.run_sync(lambda each: inspect(each).get_columns("users"))
    assert (await upgrade(database)).before == "0001"
    async with database.writing() as connection:
        assert str(await connection.run_sync(lambda each: inspect(each).get_columns("users"))) == str(before)
        assert (await connection.execute(select(func.count()).select_from(event_matches))).scalar_one() == 0
    await database.aclose()


@given(
    words=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from([AB, AC, BC]), st.sampled_from(["same", "apart", "undo"])),
        max_size=40,
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_holds_is_what_a_plain_count_says(words, store, database, someone, clock) -> None:
    async with database.writing() as connection:
        await connection.execute(event_matches.delete())
    people = [await someone() for _ in range(5)]
    held: dict[tuple[object, object], bool] = {}
    undone: set[tuple[object, object]] = set()
    for who, pair, what in words:
        key = (who, pair)
        if what == "undo":
            for word in await store.of(people[who]):
                if word.pair == pair:
                    await store.undo(word.number, clock())
                    undone.add(key)
        elif key not in undone:
            await store.say(people[who], [pair], clock(), is_same=what == "same")
            held[key] = what == "same"
    same, apart = set(), set()
    for pair in (AB, AC, BC):
        votes = [is_same for key, is_same in held.items() if key[1] == pair and key not in undone]
        if votes:
            (same if sum(votes) * 2 > len(votes) else apart).add(pair)
    assert await store.settled() == Settled(same=frozenset(same), apart=frozenset(apart))


def test_a_pair_is_the_same_whichever_is_named_first() -> None:
    assert pair_of(A, B) == pair_of(B, A) == (A, B)
    assert pair_of(A._replace(id="2"), A._replace(id="10")) == (A._replace(id="10"), A._replace(id="2"))
