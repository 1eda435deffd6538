"""Passwords: what is one, and how it is kept. The one home of argon2."""

from __future__ import annotations

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gateway.accounts.errors import AuthError, AuthErrorCode

SHORTEST, LONGEST = 10, 256
# OWASP's first choice for argon2id (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html):
# as strong as RFC 9106's 64 MiB, at a third of the memory, so that a small container can check a few at once.
MEMORY_KIB, ITERATIONS, LANES = 19_456, 2, 1
AT_ONCE = 2
# Compared with where there is no such user, so that the answer takes as long as it does for others.
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$oJAsisDYMAYuWT95ASas3w$J3aElTaH1fD+R/2bsrkp1Lmytz66FKM32HKBrWGIVZQ"


class Passwords:
    """Makes and checks hashes (argon2id), off the event loop, and never more than two at once."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=ITERATIONS, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """The password's hash, with its salt and its cost."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def verify(self, password: str, kept: str | None) -> bool:
        """Whether it is the password of that hash; without a hash it is not, after as long a time."""
        async with self._turns:
            right = await asyncio.to_thread(self._is, password, kept or NOBODYS)
        return right and kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made with other costs than those of today."""
        return self._hasher.check_needs_rehash(kept)

    def _is(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(kept, _normal(password))
        except (VerificationError, InvalidHashError):
            return False


def check_password(password: str, field: str = "password") -> None:
    """Long enough, and short enough: there is no other rule (NIST SP 800-63B, 3.1.1.2).

    Raises:
        AuthError: it is not.
    """
    length = len(_normal(password))
    if length < SHORTEST:
        msg = f"A password has at least {SHORTEST} characters; a few words make a good one."
        raise AuthError(AuthErrorCode.PASSWORD_TOO_SHORT, msg, field=field)
    if length > LONGEST:
        msg = f"A password has at most {LONGEST} characters."
        raise AuthError(AuthErrorCode.PASSWORD_TOO_LONG, msg, field=field)


def _normal(password: str) -> str:
    """However a keyboard composes its letters, it is the same password."""
    return unicodedata.normalize("NFKC", password)
