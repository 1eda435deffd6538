"""How often somebody may try: counted in the database, so that all replicas count together.

A try counts before its outcome is known: a hundred at once are a hundred.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, literal
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.accounts.database import Database
from gateway.accounts.errors import AuthError, AuthErrorCode
from gateway.accounts.statements import insert
from gateway.accounts.tables import attempts

WINDOW = timedelta(minutes=15)
# Somebody who has forgotten a password has as many tries; a guesser has 40 an hour for one account.
PER_ACCOUNT = 10
# Many people stand behind the address of an office or a mobile network.
PER_ADDRESS = 100
IPV6_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Counted:
    """Something whose tries are counted: an account or an address."""

    key: str
    most: int


def of_account(email_key: str) -> Counted:
    """Tries to sign in to one account, whether it exists or not."""
    return Counted(_hash("account", email_key), PER_ACCOUNT)


def of_address(address: str | None) -> Counted:
    """Tries from one address; of IPv6, where one customer has a whole network, from that network."""
    try:
        network = ipaddress.ip_address(address or "")
    except ValueError:
        return Counted(_hash("address", "unknown"), PER_ADDRESS)
    if isinstance(network, ipaddress.IPv6Address) and network.ipv4_mapped is None:
        return Counted(_hash("address", str(ipaddress.ip_network((network, IPV6_NETWORK), strict=False))), PER_ADDRESS)
    return Counted(_hash("address", str(getattr(network, "ipv4_mapped", None) or network)), PER_ADDRESS)


class Attempts:
    """Counts tries within a window, and says when there have been too many."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def count(self, *who: Counted) -> None:
        """One more try of each.

        Raises:
            AuthError: TOO_MANY_ATTEMPTS, with the time from which on there may be more.
        """
        now = self._clock()
        async with self._database.writing() as connection:
            await connection.execute(delete(attempts).where(attempts.c.began_at <= now - WINDOW))
            ends = [await self._one_more(connection, each, now) for each in sorted(who, key=lambda each: each.key)]
        over = [end for end in ends if end is not None]
        if over:
            msg = f"Too many attempts. Please try again after {max(over):%H:%M} UTC."
            raise AuthError(AuthErrorCode.TOO_MANY_ATTEMPTS, msg, retry_at=max(over))

    async def forget(self, who: Counted) -> None:
        """It was who they said: begin again."""
        async with self._database.writing() as connection:
            await connection.execute(delete(attempts).where(attempts.c.key == who.key))

    async def _one_more(self, connection: AsyncConnection, who: Counted, now: datetime) -> datetime | None:
        """Count; when the window ends, where there have been too many in it."""
        fresh = insert(connection, attempts).values(key=who.key, tries=1, began_at=now)
        # Beyond the limit nothing is counted any more, or a flood would overflow the number.
        tries = case((attempts.c.tries > who.most, attempts.c.tries), else_=attempts.c.tries + literal(1))
        counted = fresh.on_conflict_do_update(index_elements=[attempts.c.key], set_={"tries": tries}).returning(
            attempts.c.tries, attempts.c.began_at
        )
        row = (await connection.execute(counted)).one()
        return row.began_at + WINDOW if row.tries > who.most else None


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
