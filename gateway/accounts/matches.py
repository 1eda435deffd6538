"""What people have said of pairs of listings: these two are one event, those two are not.

Everybody has one word on a pair, the last that they said. What holds is what most say; where as many say the one as the
other, the two are kept apart, since two events shown as one mislead more than one event shown twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, case, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.accounts.database import Database
from gateway.accounts.errors import MatchError, MatchErrorCode
from gateway.accounts.statements import lock_user
from gateway.accounts.tables import event_matches, users
from gateway.ids import Ref, decode

MOST_A_DAY = 200
DAY = timedelta(days=1)

# Two records of events, in the order that `pair_of` gives them.
Pair = tuple[Ref, Ref]


def pair_of(one: Ref, other: Ref) -> Pair:
    """The two in the one order in which they are kept."""
    first, second = sorted((one, other), key=lambda ref: (ref.provider, ref.id))
    return first, second


@dataclass(frozen=True, slots=True)
class Settled:
    """What holds: pairs that are one event, and pairs that are two."""

    same: frozenset[Pair] = frozenset()
    apart: frozenset[Pair] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody said of two records. number: another, once they say the opposite. author: their address or name; None where their account is gone.

    undone_at: when an operator undid it, from when on it does not count.
    """

    number: int
    author: str | None
    pair: Pair
    is_same: bool
    said_at: datetime
    undone_at: datetime | None


class MatchStore:
    """The words in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def say(
        self, user_id: UUID, pairs: Sequence[Pair], now: datetime, *, is_same: bool, amended: Collection[Pair] = ()
    ) -> None:
        """Their word on these pairs, from now on. On those in `amended` it changes where they said the opposite before.

        Raises:
            MatchError: LIMIT_REACHED; OVERRULED, where an operator has undone their word on all of `pairs`;
                NOT_AUTHENTICATED, where the user is gone.
        """
        async with self._database.writing() as connection:
            if not await lock_user(connection, user_id):
                msg = "This account does not exist any more."
                raise MatchError(MatchErrorCode.NOT_AUTHENTICATED, msg)
            said = await _said(connection, user_id, {*pairs, *amended})
            if all(pair in said and said[pair].undone_at for pair in pairs):
                msg = "An operator of this gateway has undone what you said of these two, and it stays undone."
                raise MatchError(MatchErrorCode.OVERRULED, msg)
            turned = {pair: row.id for pair, row in said.items() if row.is_same is not is_same and not row.undone_at}
            new = [pair for pair in pairs if pair not in said]
            await _leave_room(connection, user_id, len(new), now)
            await _add(connection, user_id, [*turned, *new], now, is_same=is_same)
            await connection.execute(delete(event_matches).where(event_matches.c.id.in_(turned.values())))

    async def stamp(self) -> tuple[int, int]:
        """Changes with whatever is said or undone.

        Numbers only grow, a word that is turned round has a new one, and nothing undone comes back: so the sums grow.

        Raises:
            DatabaseUnavailable: it cannot be reached, or was not brought up to date yet.
        """
        query = select(func.coalesce(func.sum(event_matches.c.id), 0), func.count(event_matches.c.undone_at))
        async with self._database.reading() as connection:
            numbers, undone = (await connection.execute(query)).one()
        return numbers, undone

    async def settled(self) -> Settled:
        """What holds now, in one statement."""
        balance = func.sum(case((event_matches.c.is_same, 1), else_=-1))
        query = (
            select(event_matches.c.one, event_matches.c.other, balance.label("balance"))
            .where(event_matches.c.undone_at.is_(None))
            .group_by(event_matches.c.one, event_matches.c.other)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return Settled(
            same=frozenset(_pair(row.one, row.other) for row in rows if row.balance > 0),
            apart=frozenset(_pair(row.one, row.other) for row in rows if row.balance <= 0),
        )

    async def all(self) -> list[Word]:
        """Every word, newest first."""
        return await self._words()

    async def of(self, user_id: UUID) -> list[Word]:
        """A user's, newest first."""
        return await self._words(event_matches.c.user_id == user_id)

    async def undo(self, number: int, now: datetime) -> Word | None:
        """Let that word count no more, as it is then; None where there is none of that number."""
        this = event_matches.c.id == number
        undoing = update(event_matches).where(this, event_matches.c.undone_at.is_(None)).values(undone_at=now)
        async with self._database.writing() as connection:
            await connection.execute(undoing)
        found = await self._words(this)
        return found[0] if found else None

    async def _words(self, *conditions: object) -> list[Word]:
        query = (
            select(event_matches, users.c.email, users.c.display_name)
            .outerjoin(users, users.c.id == event_matches.c.user_id)
            .where(*conditions)  # type: ignore[arg-type] # comparisons of columns
            .order_by(event_matches.c.said_at.desc(), event_matches.c.id.desc())
        )
        async with self._database.reading() as connection:
            return [_word(row) for row in await connection.execute(query)]


async def _said(
    connection: AsyncConnection, user_id: UUID, pairs: Collection[Pair]
) -> dict[Pair, Row[tuple[object, ...]]]:
    """What they have said of these, the undone among it."""
    texts = [tuple(ref.encode() for ref in pair) for pair in pairs]
    query = select(event_matches).where(
        event_matches.c.user_id == user_id, tuple_(event_matches.c.one, event_matches.c.other).in_(texts)
    )
    return {_pair(row.one, row.other): row for row in await connection.execute(query)}


async def _leave_room(connection: AsyncConnection, user_id: UUID, more: int, now: datetime) -> None:
    """Refuse new pairs beyond the limit. To take back what one has said, there is always room."""
    lately = (event_matches.c.user_id == user_id, event_matches.c.said_at > now - DAY)
    counting = select(func.count()).select_from(event_matches).where(*lately)
    if more and (await connection.execute(counting)).scalar_one() + more > MOST_A_DAY:
        msg = f"You have said much today: at most {MOST_A_DAY} pairs a day. Please go on tomorrow."
        raise MatchError(MatchErrorCode.LIMIT_REACHED, msg, limit=MOST_A_DAY)


async def _add(
    connection: AsyncConnection, user_id: UUID, pairs: Sequence[Pair], now: datetime, *, is_same: bool
) -> None:
    rows = [
        {"user_id": user_id, "one": one.encode(), "other": other.encode(), "is_same": is_same, "said_at": now}
        for one, other in pairs
    ]
    if rows:
        await connection.execute(insert(event_matches), rows)


def _pair(one: str, other: str) -> Pair:
    """Read again, with what `encode` made."""
    first, second = decode(one), decode(other)
    assert first is not None
    assert second is not None
    return first, second


def _word(row: Row[tuple[object, ...]]) -> Word:
    return Word(
        number=row.id,
        author=(row.email or row.display_name or row.user_id.hex) if row.user_id else None,
        pair=_pair(row.one, row.other),
        is_same=row.is_same,
        said_at=row.said_at,
        undone_at=row.undone_at,
    )
