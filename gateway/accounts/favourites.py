"""Favourites as they are kept. Each holds the records that it was made from, and what was known of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from itertools import groupby
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.accounts import statements
from gateway.accounts.database import Database
from gateway.accounts.errors import FavouriteError, FavouriteErrorCode
from gateway.accounts.facts import Facts
from gateway.accounts.tables import favourite_refs, favourites
from gateway.ids import Kind, Ref, decode

MOST = 5_000


class FavouriteKind(Enum):
    """What can be kept."""

    EVENT = Kind.EVENT
    PERFORMER = Kind.PERFORMER
    VENUE = Kind.VENUE


_NEWEST_FIRST = (favourites.c.created_at.desc(), favourites.c.id.desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A favourite. `saved` is what was known when it was saved, `known` what was last heard of it.

    starts_at: the last instant at which it may start, for events. sequence: how often `known` has changed.
    """

    favourite_id: UUID
    kind: FavouriteKind
    refs: tuple[Ref, ...]
    note: str | None
    saved: Facts
    known: Facts
    sequence: int
    starts_at: datetime | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Something to keep, or to be kept as now: its records, the first of which it goes by, and what is known of it."""

    kind: FavouriteKind
    refs: tuple[Ref, ...]
    facts: Facts
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPage:
    """Some favourites, how many there are in all, and whether more follow these."""

    rows: tuple[Kept, ...]
    total: int
    has_next: bool


class FavouriteStore:
    """The favourites in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, user_id: UUID, subject: Subject, note: str | None, now: datetime) -> Kept:
        """Keep it; what is kept already stays as it is, but for a new note and for records not known before.

        Raises:
            FavouriteError: LIMIT_REACHED; NOT_AUTHENTICATED, where the user is gone.
        """
        async with self._database.writing() as connection:
            await _one_at_a_time(connection, user_id)
            favourite_id = await _found(connection, user_id, subject.refs)
            if favourite_id is None:
                favourite_id = await _added(connection, user_id, subject, note, now)
            elif note is not None:
                await connection.execute(update(favourites).where(favourites.c.id == favourite_id).values(note=note))
            await _remember(connection, user_id, favourite_id, subject.refs)
            return (await _read(connection, _theirs(user_id, favourites.c.id == favourite_id)))[0]

    async def drop(self, user_id: UUID, which: Ref | UUID) -> UUID | None:
        """Remove the favourite of that id, or the one that holds this record; its id, None where there was none."""
        this = favourites.c.id == which if isinstance(which, UUID) else favourites.c.id.in_(_holders(user_id, which))
        dropping = delete(favourites).where(favourites.c.user_id == user_id, this).returning(favourites.c.id)
        async with self._database.writing() as connection:
            return (await connection.execute(dropping)).scalar_one_or_none()

    async def holding(self, user_id: UUID, ref: Ref) -> Kept | None:
        """The one that holds this record."""
        async with self._database.reading() as connection:
            found = await _read(connection, _theirs(user_id, favourites.c.id.in_(_holders(user_id, ref))))
        return found[0] if found else None

    async def annotate(self, user_id: UUID, favourite_id: UUID, note: str | None) -> Kept | None:
        """Set the note, or take it away; None where there is no such favourite."""
        this = (favourites.c.user_id == user_id, favourites.c.id == favourite_id)
        async with self._database.writing() as connection:
            await connection.execute(update(favourites).where(*this).values(note=note))
            found = await _read(connection, _theirs(user_id, favourites.c.id == favourite_id))
        return found[0] if found else None

    async def one(self, user_id: UUID, favourite_id: UUID) -> Kept | None:
        """That one, where it is theirs."""
        async with self._database.reading() as connection:
            found = await _read(connection, _theirs(user_id, favourites.c.id == favourite_id))
        return found[0] if found else None

    async def page(
        self,
        user_id: UUID,
        first: int,
        *,
        after: tuple[datetime, UUID] | None = None,
        kinds: Collection[FavouriteKind] = (),
        upcoming_from: datetime | None = None,
    ) -> KeptPage:
        """The newest `first` behind `after`, in one statement.

        upcoming_from: leave out events that have begun by then.
        """
        wanted = [*_conditions(kinds, upcoming_from)]
        query = _theirs(user_id, *wanted, *_behind(after)).order_by(*_NEWEST_FIRST).limit(first + 1)
        counting = select(func.count()).select_from(favourites).where(favourites.c.user_id == user_id, *wanted)
        async with self._database.reading() as connection:
            rows = await _rows(connection, query.add_columns(counting.scalar_subquery().label("total")))
            total = rows[0].total if rows else 0 if after is None else (await connection.execute(counting)).scalar_one()
        found = _gathered(rows)
        return KeptPage(rows=tuple(found[:first]), total=total, has_next=len(found) > first)

    async def all(self, user_id: UUID, kinds: Collection[FavouriteKind] = ()) -> list[Kept]:
        """All of them, newest first."""
        async with self._database.reading() as connection:
            return await _read(connection, _theirs(user_id, *_conditions(kinds, None)))

    async def among(self, user_id: UUID, refs: Iterable[Ref]) -> set[Ref]:
        """Which of these they keep, in one statement."""
        texts = {ref.encode(): ref for ref in refs}
        query = select(favourite_refs.c.ref).where(
            favourite_refs.c.user_id == user_id, favourite_refs.c.ref.in_(sorted(texts))
        )
        async with self._database.reading() as connection:
            return {texts[text] for text in (await connection.execute(query)).scalars()}

    async def learn(self, news: Sequence[tuple[Kept, Subject]], now: datetime) -> None:
        """Take note of what has changed, unless somebody else has in the meantime."""
        this = (favourites.c.id == bindparam("this"), favourites.c.sequence == bindparam("before"))
        changing = update(favourites).where(*this)
        values = [
            {
                "this": kept.favourite_id,
                "before": kept.sequence,
                "known": subject.facts.encode(),
                "sequence": kept.sequence + 1,
                "starts_at": subject.starts_at,
                "changed_at": now,
            }
            for kept, subject in news
        ]
        async with self._database.writing() as connection:
            await connection.execute(changing, values)


async def _one_at_a_time(connection: AsyncConnection, user_id: UUID) -> None:
    """Let nobody else add to this user's favourites until we are done: the limit holds, and nothing is kept twice."""
    if not await statements.lock_user(connection, user_id):
        msg = "This account does not exist any more."
        raise FavouriteError(FavouriteErrorCode.NOT_AUTHENTICATED, msg)


def _holders(user_id: UUID, ref: Ref) -> Select[tuple[UUID]]:
    return select(favourite_refs.c.favourite_id).where(
        favourite_refs.c.user_id == user_id, favourite_refs.c.ref == ref.encode()
    )


async def _found(connection: AsyncConnection, user_id: UUID, refs: Sequence[Ref]) -> UUID | None:
    """The favourite that holds one of these; the one that it goes by before others."""
    query = (
        select(favourite_refs.c.favourite_id)
        .where(favourite_refs.c.user_id == user_id, favourite_refs.c.ref.in_([ref.encode() for ref in refs]))
        .order_by(favourite_refs.c.place, favourite_refs.c.ref)
        .limit(1)
    )
    return (await connection.execute(query)).scalar_one_or_none()


async def _added(connection: AsyncConnection, user_id: UUID, subject: Subject, note: str | None, now: datetime) -> UUID:
    counting = select(func.count()).select_from(favourites).where(favourites.c.user_id == user_id)
    if (await connection.execute(counting)).scalar_one() >= MOST:
        msg = f"There are {MOST:,} favourites, and no more can be kept; remove some first."
        raise FavouriteError(FavouriteErrorCode.LIMIT_REACHED, msg, limit=MOST)
    facts = subject.facts.encode()
    row = {
        "id": (favourite_id := uuid4()),
        "user_id": user_id,
        "kind": subject.kind.name,
        "note": note,
        "saved": facts,
        "known": facts,
        "sequence": 0,
        "starts_at": subject.starts_at,
        "created_at": now,
        "changed_at": now,
    }
    await connection.execute(insert(favourites).values(row))
    return favourite_id


async def _remember(connection: AsyncConnection, user_id: UUID, favourite_id: UUID, refs: Sequence[Ref]) -> None:
    """These records are of that favourite from now on, unless they are of another already."""
    rows = [
        {"user_id": user_id, "ref": ref.encode(), "favourite_id": favourite_id, "place": place}
        for place, ref in enumerate(refs)
    ]
    await connection.execute(statements.insert(connection, favourite_refs).on_conflict_do_nothing(), rows)


def _theirs(user_id: UUID, *conditions: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return select(favourites).where(favourites.c.user_id == user_id, *conditions)


def _conditions(kinds: Collection[FavouriteKind], upcoming_from: datetime | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if kinds:
        conditions.append(favourites.c.kind.in_(sorted(kind.name for kind in kinds)))
    if upcoming_from is not None:
        conditions.append(or_(favourites.c.kind != FavouriteKind.EVENT.name, favourites.c.starts_at >= upcoming_from))
    return conditions


def _behind(after: tuple[datetime, UUID] | None) -> list[ColumnElement[bool]]:
    if after is None:
        return []
    created_at, favourite_id = after
    same_moment = and_(favourites.c.created_at == created_at, favourites.c.id < favourite_id)
    return [or_(favourites.c.created_at < created_at, same_moment)]


async def _read(connection: AsyncConnection, query: Select[tuple[object, ...]]) -> list[Kept]:
    return _gathered(await _rows(connection, query.order_by(*_NEWEST_FIRST)))


async def _rows(connection: AsyncConnection, query: Select[tuple[object, ...]]) -> Sequence[Row[tuple[object, ...]]]:
    """A row for each record of each favourite."""
    page = query.subquery()
    rows = (
        select(page, favourite_refs.c.ref)
        .join(favourite_refs, favourite_refs.c.favourite_id == page.c.id)
        .order_by(page.c.created_at.desc(), page.c.id.desc(), favourite_refs.c.place)
    )
    return (await connection.execute(rows)).all()


def _gathered(rows: Sequence[Row[tuple[object, ...]]]) -> list[Kept]:
    return [_kept([*group]) for _, group in groupby(rows, key=lambda row: row.id)]


def _kept(rows: Sequence[Row[tuple[object, ...]]]) -> Kept:
    row = rows[0]
    return Kept(
        favourite_id=row.id,
        kind=FavouriteKind[row.kind],
        refs=tuple(ref for each in rows if (ref := decode(each.ref)) is not None),
        note=row.note,
        saved=Facts.decode(row.saved),
        known=Facts.decode(row.known),
        sequence=row.sequence,
        starts_at=row.starts_at,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
