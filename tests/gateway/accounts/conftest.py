"""Accounts over a database of each kind, at a clock that is moved by hand."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from gateway.accounts import Accounts, Client, Credentials
from gateway.accounts.emails import Address
from gateway.accounts.passwords import Passwords
from gateway.accounts.users import Users
from gateway.keys import Keys

NOW = datetime(2026, 6, 1, 12, 0, 0, 250_000, tzinfo=UTC)
HERE = Client("192.0.2.1")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


class CountingPasswords(Passwords):
    """Counts the work: as much of it is as much time."""

    def __init__(self) -> None:
        super().__init__()
        self.verified: list[bool] = []

    async def verify(self, password: str, kept: str | None) -> bool:
        right = await super().verify(password, kept)
        self.verified.append(right)
        return right


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def passwords() -> CountingPasswords:
    return CountingPasswords()


@pytest.fixture
def accounts(database, clock, passwords) -> Accounts:
    keys = Keys([b"a key that is only used in tests"]).named("access tokens")
    return Accounts(database, keys=keys, clock=clock, passwords=passwords)


@pytest.fixture
def ann(accounts):
    """Ann's account, just made."""
    return lambda: accounts.register("Ann@Example.org", "correct horse", "Ann", HERE)


@pytest.fixture
def bearer(accounts):
    """Whose access token it is."""
    return lambda token: accounts.viewer(Credentials(bearer=token))


@pytest.fixture
async def someone(database, clock):
    """Makes users without ado; the id of each."""
    users = Users(database)
    numbers = itertools.count()

    async def someone() -> UUID:
        name = f"user{next(numbers)}@example.org"
        user = await users.add(Address(name, name), "no hash", None, clock())
        assert user is not None
        return user.user_id

    return someone
