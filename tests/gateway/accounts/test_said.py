"""What people have said, at hand while the database comes and goes."""

from __future__ import annotations

import asyncio

import pytest

from gateway.accounts import Database, DatabaseUnavailable, MatchStore, Settled, pair_of
from gateway.accounts.tables import event_matches
from gateway.ids import Kind, Ref
from gateway.said import Said

AB = pair_of(Ref(Kind.EVENT, "alpha", "1"), Ref(Kind.EVENT, "beta", "1"))
AC = pair_of(Ref(Kind.EVENT, "alpha", "1"), Ref(Kind.EVENT, "gamma", "1"))
SECONDS = 30


async def until(said: Said, wanted: Settled) -> None:
    async with asyncio.timeout(SECONDS):
        while said.current != wanted:  # noqa: ASYNC110 - it looks by itself, and tells nobody
            await asyncio.sleep(0.01)


@pytest.fixture
async def said(database):
    said = Said(MatchStore(database), every=0.01)
    yield said
    await said.aclose()


async def test_what_was_said_before_the_start_holds_from_the_start(said, database, someone, clock) -> None:
    await MatchStore(database).say(await someone(), [AB], clock(), is_same=True)
    assert said.current == Settled()
    await said.start()
    assert said.current == Settled(same=frozenset({AB}))


async def test_what_is_said_or_undone_elsewhere_soon_holds_here(said, database, someone, clock) -> None:
    await said.start()
    elsewhere = MatchStore(database)
    await elsewhere.say(await someone(), [AB], clock(), is_same=False)
    await until(said, Settled(apart=frozenset({AB})))
    [word] = await elsewhere.all()
    await elsewhere.undo(word.number, clock())
    await until(said, Settled())


async def test_as_long_as_nothing_changes_it_is_the_same_object(said, database, someone, clock) -> None:
    await MatchStore(database).say(await someone(), [AB], clock(), is_same=True)
    await said.refresh()
    before = said.current
    await said.refresh()
    assert said.current is before


@pytest.mark.parametrize("way", ["cut", "hang"])
async def test_while_the_database_is_away_what_was_last_read_holds(way, postgres_proxy, clock) -> None:
    database = Database(postgres_proxy.url, longest_transaction=1, rest=0)
    store, said = MatchStore(database), Said(MatchStore(database), every=0.01)
    async with database.writing() as connection:
        one, other = (ref.encode() for ref in AB)
        row = {"one": one, "other": other, "is_same": True, "said_at": clock()}
        await connection.execute(event_matches.insert().values(row))
    await said.start()
    held = Settled(same=frozenset({AB}))
    assert said.current == held
    getattr(postgres_proxy, way)()
    await said.refresh()
    assert said.current == held
    with pytest.raises(DatabaseUnavailable):
        await store.settled()
    postgres_proxy.mend()
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                [word] = await store.all()
                await store.undo(word.number, clock())
            except DatabaseUnavailable:
                continue
            break
    await until(said, Settled())
    await said.aclose()
    await database.aclose()


async def test_a_database_that_was_never_there_stops_nobody(tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'never' / 'made'}")
    said = Said(MatchStore(database))
    await said.start()
    assert said.current == Settled()
    await said.aclose()
    await said.aclose()


async def test_a_look_finds_every_change_whatever_the_clocks_say(database, someone, clock) -> None:
    store, said = MatchStore(database), Said(MatchStore(database))
    ann, bob = await someone(), await someone()
    await store.say(ann, [AB], clock(), is_same=True)
    await store.say(bob, [AC], clock(), is_same=False)
    for is_same in (False, True, False):
        await said.refresh()
        # Replicas whose clocks are behind; as many turn the one way as the other.
        clock.move(days=-1)
        await store.say(ann, [AB], clock(), is_same=is_same)
        await store.say(bob, [AC], clock(), is_same=not is_same)
        await said.refresh()
        assert said.current == await store.settled()
    for word in await store.all():
        await store.undo(word.number, clock())
        await said.refresh()
        assert said.current == await store.settled()
