"""Access tokens: JWTs (RFC 7519) that this gateway signs and reads. The one home of PyJWT, with `outside`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import jwt

from gateway.accounts.errors import Unauthenticated

ALGORITHM = "HS256"
ISSUER = "event-gateway"
LIFETIME = timedelta(minutes=15)
# Longer than any token of ours, and than those of most others; what is longer is not even looked at.
MAX_LENGTH = 8_192

EXPIRED = "The access token has expired. Get a new one with refreshSession, or sign in again."
INVALID = "The access token is not one of this gateway's. Sign in with createSession to get one."


@dataclass(frozen=True, slots=True)
class Pass:
    """What a valid access token says: whose it is, and of which session."""

    user_id: UUID
    session_id: UUID


class AccessTokens:
    """Signs with the first key, and reads what any of the keys has signed. `keys` by key id, newest first."""

    def __init__(self, keys: Mapping[str, bytes], clock: Callable[[], datetime]) -> None:
        self._keys = dict(keys)
        self._newest = next(iter(self._keys))
        self._clock = clock

    def issue(self, user_id: UUID, session_id: UUID) -> tuple[str, datetime]:
        """A token, and when it expires."""
        now = self._clock()
        expires = now + LIFETIME
        claims = {"iss": ISSUER, "sub": str(user_id), "sid": str(session_id), "iat": now, "exp": expires}
        token = jwt.encode(claims, self._keys[self._newest], algorithm=ALGORITHM, headers={"kid": self._newest})
        # The claims count in whole seconds.
        return token, expires.replace(microsecond=0)

    def signed(self, header: Mapping[str, object]) -> bool:
        """Whether a token with that header says that it is one of these; `read` finds out whether it is true."""
        return header.get("kid") in self._keys

    def read(self, token: str) -> Pass:
        """What the token says.

        Raises:
            Unauthenticated: it has expired, or nobody here has signed it.
        """
        key = self._keys.get(str(header_of(token).get("kid")))
        if key is None:
            raise Unauthenticated(INVALID)
        try:
            # The algorithm is ours to choose: what the token says of it ("none", for one) must be the same.
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                options={"require": ["iss", "sub", "sid", "exp"], "verify_exp": False, "verify_iat": False},
            )
            expires = float(claims["exp"])
            holder = Pass(UUID(claims["sub"]), UUID(claims["sid"]))
        except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
            raise Unauthenticated(INVALID) from None
        # By our own clock, as everything else.
        if expires <= self._clock().timestamp():
            raise Unauthenticated(EXPIRED)
        return holder


def header_of(token: str) -> Mapping[str, object]:
    """A token's header, which nobody has vouched for yet; empty where it is no token."""
    if len(token) > MAX_LENGTH:
        return {}
    try:
        return dict(jwt.get_unverified_header(token))
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return {}
