"""Users: who they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Row, delete, select, update

from gateway.accounts.database import Database
from gateway.accounts.emails import Address
from gateway.accounts.outside import Outsider
from gateway.accounts.sessions import last_use
from gateway.accounts.statements import insert
from gateway.accounts.tables import sessions, users
from gateway.ids import Kind, Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with an account; the attributes are those of `Viewer` in the schema.

    session_id: the session in which they ask, None where an outside identity provider vouches for them.
    """

    user_id: UUID
    email: str | None
    email_key: str | None
    display_name: str | None
    password_hash: str | None
    home: tuple[float, float] | None
    created_at: datetime
    session_id: UUID | None = None

    @property
    def id(self) -> str:
        """The global id."""
        return Ref(Kind.VIEWER, "", self.user_id.hex).encode()


class Seated(NamedTuple):
    """Whoever is signed in at a session, the hash of its cookie, and when its use was written down last."""

    user: User
    browser_hash: str | None
    used_at: datetime


class Users:
    """The users in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, address: Address, password_hash: str, display_name: str | None, now: datetime) -> User | None:
        """A new user; None where that address is taken."""
        row = {
            "id": uuid4(),
            "email": address.email,
            "email_key": address.key,
            "display_name": display_name,
            "password_hash": password_hash,
            "created_at": now,
        }
        async with self._database.writing() as connection:
            added = insert(connection, users).values(row).on_conflict_do_nothing().returning(users)
            found = (await connection.execute(added)).one_or_none()
        return _user(found) if found else None

    async def of_outsider(self, outsider: Outsider, address: Address | None, now: datetime) -> User:
        """The user of an outside identity, made at first sight. Their address is not anybody else's."""
        theirs = (users.c.issuer == outsider.issuer, users.c.subject == outsider.subject)
        async with self._database.reading() as connection:
            found = (await connection.execute(select(users).where(*theirs))).one_or_none()
        if found is not None:
            return _user(found)
        row = {
            "id": uuid4(),
            "issuer": outsider.issuer,
            "subject": outsider.subject,
            "email": address.email if address else None,
            "display_name": outsider.name,
            "created_at": now,
        }
        async with self._database.writing() as connection:
            await connection.execute(insert(connection, users).values(row).on_conflict_do_nothing())
            return _user((await connection.execute(select(users).where(*theirs))).one())

    async def by_email_key(self, key: str) -> User | None:
        """Whoever signs in with that address."""
        async with self._database.reading() as connection:
            found = (await connection.execute(select(users).where(users.c.email_key == key))).one_or_none()
        return _user(found) if found else None

    async def by_email(self, email: str, key: str) -> list[User]:
        """Everybody with that address, those of outside identity providers among them."""
        query = select(users).where((users.c.email_key == key) | (users.c.email == email)).order_by(users.c.created_at)
        async with self._database.reading() as connection:
            return [_user(row) for row in await connection.execute(query)]

    async def of_session(self, session_id: UUID, now: datetime) -> Seated | None:
        """Whoever is signed in there; None where it is over."""
        query = (
            select(users, sessions.c.browser_hash, last_use().label("used_at"))
            .join(sessions, sessions.c.user_id == users.c.id)
            .where(sessions.c.id == session_id, sessions.c.expires_at > now)
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(query)).one_or_none()
        return Seated(_user(found, session_id), found.browser_hash, found.used_at) if found else None

    async def change(self, user_id: UUID, values: Mapping[str, object], session_id: UUID | None = None) -> User | None:
        """Set these columns; the user as they are then, None where they are gone."""
        query = update(users).where(users.c.id == user_id).values(dict(values)).returning(users)
        async with self._database.writing() as connection:
            found = (await connection.execute(query)).one_or_none()
        return _user(found, session_id) if found else None

    async def remove(self, user_id: UUID) -> bool:
        """Remove the user and all that is theirs; whether there was one."""
        async with self._database.writing() as connection:
            removed = await connection.execute(delete(users).where(users.c.id == user_id))
        return removed.rowcount > 0


def _user(row: Row[tuple[object, ...]], session_id: UUID | None = None) -> User:
    home = (row.home_latitude, row.home_longitude) if row.home_latitude is not None else None
    return User(
        user_id=row.id,
        email=row.email,
        email_key=row.email_key,
        display_name=row.display_name,
        password_hash=row.password_hash,
        home=home,
        created_at=row.created_at,
        session_id=session_id,
    )
