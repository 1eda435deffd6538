"""Sessions: the devices that are signed in, each with a refresh token that is good for one use.

A refresh token is `<session>.<secret>`, and so is a browser's cookie; what is kept of either is a hash. Each use of a
refresh token gives the next one. One that comes back after its use was copied by somebody: the session ends at once, for
whoever holds any token of it (RFC 9700, 4.14.2).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from gateway.accounts.database import Database
from gateway.accounts.tables import sessions
from gateway.ids import Kind, Ref

LIFETIME = timedelta(days=30)
SECRET_BYTES = 32
MAX_LENGTH = 200
LONGEST_DEVICE_NAME = 100
# Sessions are used often; when one last was is written down no more often than this.
NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session just opened or gone on with. `cookie` is for the browser that it was opened in."""

    id: UUID
    user_id: UUID
    refresh_token: str
    expires_at: datetime
    cookie: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A session as its owner sees it; the attributes are those of `Session` in the schema.

    last_used_at: true to a few minutes. is_current: whether it is the one that asks.
    """

    session_id: UUID
    device_name: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    is_current: bool

    @property
    def id(self) -> str:
        """The global id: a digest, for whoever knows a session's own id can end it with a made-up refresh token."""
        return Ref(Kind.SESSION, "", hashlib.blake2b(self.session_id.bytes, digest_size=16).hexdigest()).encode()


class Sessions:
    """The sessions in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, user_id: UUID, device_name: str | None, now: datetime, *, in_browser: bool) -> Session:
        """A new session; those that have run out are cleared away."""
        session = Session(
            id=(session_id := uuid4()),
            user_id=user_id,
            refresh_token=_token(session_id),
            expires_at=now + LIFETIME,
            cookie=_token(session_id) if in_browser else None,
        )
        row = {
            "id": session.id,
            "user_id": user_id,
            "device_name": device_name[:LONGEST_DEVICE_NAME] if device_name else None,
            "refresh_hash": _hash(session.refresh_token),
            "browser_hash": _hash(session.cookie) if session.cookie else None,
            "created_at": now,
            "last_used_at": now,
            "expires_at": session.expires_at,
        }
        async with self._database.writing() as connection:
            await connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
            await connection.execute(insert(sessions).values(row))
        return session

    async def go_on(self, refresh_token: str, now: datetime) -> Session | None:
        """The session with its next refresh token; None where the token is none, or was used before."""
        session_id = session_of(refresh_token)
        if session_id is None:
            return None
        following = _token(session_id)
        this = (sessions.c.id == session_id, sessions.c.refresh_hash == _hash(refresh_token))
        values = {"refresh_hash": _hash(following), "last_used_at": now, "expires_at": now + LIFETIME}
        renewed = (
            update(sessions).where(*this, sessions.c.expires_at > now).values(values).returning(sessions.c.user_id)
        )
        async with self._database.writing() as connection:
            found = (await connection.execute(renewed)).one_or_none()
            if found is None:
                # Not the newest token of its session: it was used before. Whoever holds the newest may be the thief.
                await connection.execute(delete(sessions).where(sessions.c.id == session_id))
                return None
        return Session(id=session_id, user_id=found.user_id, refresh_token=following, expires_at=now + LIFETIME)

    async def close(self, session_id: UUID) -> int:
        """End one; how many there were."""
        async with self._database.writing() as connection:
            return (await connection.execute(delete(sessions).where(sessions.c.id == session_id))).rowcount

    async def close_all(self, user_id: UUID, *, but: UUID | None = None) -> int:
        """End all sessions of a user, but perhaps for one; how many there were."""
        query = delete(sessions).where(sessions.c.user_id == user_id)
        if but is not None:
            query = query.where(sessions.c.id != but)
        async with self._database.writing() as connection:
            return (await connection.execute(query)).rowcount

    async def note_use(self, session_id: UUID, used_at: datetime, now: datetime) -> None:
        """It was used; `used_at` is when that was written down last."""
        if now - used_at < NOTED_EVERY:
            return
        query = update(sessions).where(sessions.c.id == session_id).values(last_used_at=now)
        async with self._database.writing() as connection:
            await connection.execute(query)

    async def of(self, user_id: UUID, now: datetime, *, current: UUID | None = None) -> list[Device]:
        """A user's sessions that have not run out, the one used last first."""
        used_at = last_use()
        query = (
            select(sessions, used_at.label("used_at"))
            .where(sessions.c.user_id == user_id, sessions.c.expires_at > now)
            .order_by(used_at.desc(), sessions.c.created_at.desc(), sessions.c.id)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [
            Device(
                session_id=row.id,
                device_name=row.device_name,
                created_at=row.created_at,
                last_used_at=row.used_at,
                expires_at=row.expires_at,
                is_current=row.id == current,
            )
            for row in rows
        ]


def last_use() -> ColumnElement[datetime]:
    """When a session was used last: when it began, where that is all that is known."""
    return func.coalesce(sessions.c.last_used_at, sessions.c.created_at)


def session_of(token: str) -> UUID | None:
    """The session that a refresh token or cookie speaks of; None where it is none."""
    session, dot, secret = token[:MAX_LENGTH].partition(".")
    try:
        return UUID(hex=session) if dot and secret else None
    except ValueError:
        return None


def is_secret(token: str, kept: str | None) -> bool:
    """Whether the hash that is kept is that of the token."""
    return kept is not None and hmac.compare_digest(_hash(token), kept)


def _token(session_id: UUID) -> str:
    return f"{session_id.hex}.{secrets.token_urlsafe(SECRET_BYTES)}"


def _hash(token: str) -> str:
    # The secret has 256 random bits: it cannot be guessed, so a fast hash is as good as a slow one.
    return hashlib.sha256(token.encode()).hexdigest()
