from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event, select

from gateway.accounts import Facts, FavouriteError, FavouriteErrorCode, FavouriteKind, FavouriteStore, Subject
from gateway.accounts import favourites as module
from gateway.accounts.tables import favourite_refs, favourites
from gateway.ids import Kind, Ref

KINDS = {kind.value: kind for kind in FavouriteKind}


def subject(*names: str, kind: Kind = Kind.EVENT, starts_at: datetime | None = None, name: str = "") -> Subject:
    """Something with a record of each of these names."""
    refs = tuple(Ref(kind, "radio", each) for each in names)
    return Subject(kind=KINDS[kind], refs=refs, facts=Facts(name=name or names[0]), starts_at=starts_at)


@pytest.fixture
def store(database) -> FavouriteStore:
    return FavouriteStore(database)


async def names(store, user_id, **wanted) -> list[str]:
    return [kept.saved.name for kept in (await store.page(user_id, 100, **wanted)).rows]


async def test_what_is_kept_is_read_again(store, someone, clock) -> None:
    starts = datetime(2026, 7, 1, 20, tzinfo=UTC)
    facts = Facts(name="N\0ght \U0001f3b7", start_date=starts, time_zone="Europe/Berlin", latitude=48.1)
    wanted = Subject(kind=FavouriteKind.EVENT, refs=subject("1", "2").refs, facts=facts, starts_at=starts)
    user = await someone()
    kept = await store.keep(user, wanted, "bring Ann", clock())
    assert (kept.kind, kept.refs, kept.note, kept.saved) == (wanted.kind, wanted.refs, "bring Ann", facts)
    assert (kept.sequence, kept.created_at, kept.starts_at) == (0, clock(), starts)
    assert await store.one(user, kept.favourite_id) == kept
    assert await store.all(user) == [kept]


async def test_keeping_it_again_keeps_it_once(store, someone, clock) -> None:
    user = await someone()
    first = await store.keep(user, subject("1", name="as it was"), "a note", clock())
    clock.move(days=1)
    again = await store.keep(user, subject("1", name="renamed"), None, clock())
    assert again == first
    assert (await store.keep(user, subject("1"), "another note", clock())).note == "another note"
    assert (await store.page(user, 10)).total == 1


async def test_a_record_that_joins_an_event_joins_its_favourite(store, someone, clock) -> None:
    user = await someone()
    first = await store.keep(user, subject("1"), None, clock())
    both = await store.keep(user, subject("2", "1"), None, clock())
    assert both.favourite_id == first.favourite_id
    assert {ref.id for ref in both.refs} == {"1", "2"}
    assert await store.drop(user, Ref(Kind.EVENT, "radio", "2")) == first.favourite_id
    assert await store.all(user) == []


async def test_two_hundred_who_add_it_at_once_add_it_once(store, someone, clock, database) -> None:
    user = await someone()
    kept = await asyncio.gather(*(store.keep(user, subject("1", "2"), None, clock()) for _ in range(200)))
    assert len({each.favourite_id for each in kept}) == 1
    async with database.reading() as connection:
        assert len((await connection.execute(select(favourites))).all()) == 1
        assert len((await connection.execute(select(favourite_refs))).all()) == 2


async def test_there_is_room_for_so_many_and_no_more(store, someone, clock, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST", 5)
    user, other = await someone(), await someone()
    attempts = (store.keep(user, subject(str(each)), None, clock()) for each in range(12))
    done = await asyncio.gather(*attempts, return_exceptions=True)
    refusals = [each for each in done if isinstance(each, FavouriteError)]
    assert {error.code for error in refusals} == {FavouriteErrorCode.LIMIT_REACHED}
    assert {error.limit for error in refusals} == {5}
    assert (await store.page(user, 10)).total == 12 - len(refusals) == 5
    # What is kept already can be kept again; and somebody else has room.
    kept = (await store.page(user, 1)).rows[0]
    assert await store.keep(user, subject(kept.saved.name), None, clock())
    assert await store.keep(other, subject("1"), None, clock())
    assert await store.drop(user, kept.favourite_id)
    assert await store.keep(user, subject("new"), None, clock())


def test_there_is_room_for_five_thousand() -> None:
    assert module.MOST == 5_000


async def test_the_newest_come_first_page_by_page_each_once(store, someone, clock) -> None:
    user = await someone()
    for each in range(23):
        await store.keep(user, subject(str(each)), None, clock())
        clock.move(seconds=each % 3)  # some at the same moment
    whole = await names(store, user)
    assert len(whole) == len(set(whole)) == 23
    newest = (await store.page(user, 100)).rows
    assert [kept.created_at for kept in newest] == sorted((kept.created_at for kept in newest), reverse=True)
    for first in (1, 2, 7, 22, 23, 24):
        paged, after, more = [], None, True
        while more:
            page = await store.page(user, first, after=after)
            assert page.total == 23
            paged += [kept.saved.name for kept in page.rows]
            after, more = (page.rows[-1].created_at, page.rows[-1].favourite_id), page.has_next
        assert paged == whole
    last = newest[-1]
    behind = await store.page(user, 5, after=(last.created_at, last.favourite_id))
    assert (behind.rows, behind.total, behind.has_next) == ((), 23, False)


async def test_kinds_and_times_choose(store, someone, clock) -> None:
    user, now = await someone(), clock()
    await store.keep(user, subject("past", starts_at=now - timedelta(seconds=1)), None, now)
    await store.keep(user, subject("future", starts_at=now + timedelta(days=1)), None, now)
    await store.keep(user, subject("hall", kind=Kind.VENUE), None, now)
    await store.keep(user, subject("singer", kind=Kind.PERFORMER), None, now)
    assert set(await names(store, user)) == {"past", "future", "hall", "singer"}
    assert set(await names(store, user, kinds=[FavouriteKind.EVENT])) == {"past", "future"}
    assert set(await names(store, user, kinds=[FavouriteKind.VENUE, FavouriteKind.PERFORMER])) == {"hall", "singer"}
    assert set(await names(store, user, upcoming_from=now)) == {"future", "hall", "singer"}
    page = await store.page(user, 1, kinds=[FavouriteKind.EVENT], upcoming_from=now)
    assert (page.total, page.has_next) == (1, False)


async def test_a_page_and_a_look_at_many_are_one_statement_each(store, someone, clock, database) -> None:
    user = await someone()
    for each in range(60):
        await store.keep(user, subject(f"{each}", f"{each} again"), None, clock())
    said: list[str] = []
    event.listen(database._engine.sync_engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    page = await store.page(user, 50)
    statements = [each for each in said if not each.startswith("BEGIN")]
    assert (len(page.rows), page.total, page.has_next, len(statements)) == (50, 60, True, 1)
    said.clear()
    refs = [Ref(Kind.EVENT, "radio", str(each)) for each in range(40, 90)]
    found = await store.among(user, refs)
    assert found == set(refs[:20])
    assert len([each for each in said if not each.startswith("BEGIN")]) == 1


async def test_nobody_sees_or_touches_what_is_anothers(store, someone, clock) -> None:
    ann, bob = await someone(), await someone()
    kept = await store.keep(ann, subject("1"), "secret", clock())
    ref = kept.refs[0]
    assert await store.one(bob, kept.favourite_id) is None
    assert await store.holding(bob, ref) is None
    assert await store.annotate(bob, kept.favourite_id, "mine") is None
    assert await store.drop(bob, ref) is None
    assert await store.drop(bob, kept.favourite_id) is None
    assert await store.among(bob, [ref]) == set()
    assert (await store.page(bob, 10)).rows == ()
    assert await store.all(ann) == [kept]


async def test_a_note_is_set_and_taken_away(store, someone, clock) -> None:
    user = await someone()
    kept = await store.keep(user, subject("1"), None, clock())
    assert (await store.annotate(user, kept.favourite_id, "a\nnote")).note == "a\nnote"
    assert (await store.annotate(user, kept.favourite_id, None)).note is None
    assert await store.annotate(user, uuid4(), "note") is None


async def test_news_are_taken_note_of_once_and_counted(store, someone, clock) -> None:
    user = await someone()
    kept = await store.keep(user, subject("1", name="as it was"), None, clock())
    clock.move(hours=1)
    news = [(kept, subject("1", name="renamed"))]
    await asyncio.gather(*(store.learn(news, clock()) for _ in range(5)))
    now = await store.one(user, kept.favourite_id)
    assert (now.saved.name, now.known.name, now.sequence, now.changed_at) == ("as it was", "renamed", 1, clock())


async def test_nothing_is_kept_for_a_user_who_is_gone(store, clock) -> None:
    with pytest.raises(FavouriteError) as caught:
        await store.keep(uuid4(), subject("1"), None, clock())
    assert caught.value.code is FavouriteErrorCode.NOT_AUTHENTICATED
