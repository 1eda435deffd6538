"""What can go wrong with accounts and with what is kept for users.

UserError                  shown to a person, in the payload of a mutation
├── AuthError              with an AuthErrorCode
├── FavouriteError         with a FavouriteErrorCode
└── MatchError             with a MatchErrorCode

DatabaseUnavailable        a GatewayError: the database does not answer, and the same request may work in a moment
Unauthenticated            a GatewayError: a token was given, and it is none, or no longer one
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto

from gateway.errors import GatewayError


class AuthErrorCode(Enum):
    """What is wrong with a request about accounts."""

    EMAIL_TAKEN = auto()
    EMAIL_INVALID = auto()
    PASSWORD_TOO_SHORT = auto()
    PASSWORD_TOO_LONG = auto()
    DISPLAY_NAME_INVALID = auto()
    HOME_INVALID = auto()
    CREDENTIALS_INVALID = auto()
    TOKEN_INVALID = auto()
    SESSION_NOT_FOUND = auto()
    TOO_MANY_ATTEMPTS = auto()
    REGISTRATION_CLOSED = auto()
    NOT_AUTHENTICATED = auto()
    UNAVAILABLE = auto()


class FavouriteErrorCode(Enum):
    """What is wrong with a request about favourites."""

    NOT_AUTHENTICATED = auto()
    NOT_FOUND = auto()
    LIMIT_REACHED = auto()
    KIND_NOT_SUPPORTED = auto()
    NOTE_TOO_LONG = auto()
    PROVIDER_FAILED = auto()
    UNAVAILABLE = auto()


class MatchErrorCode(Enum):
    """What is wrong with what somebody says of two records."""

    NOT_AUTHENTICATED = auto()
    NOT_FOUND = auto()
    INPUT_INVALID = auto()
    SAME_RECORD = auto()
    SAME_PROVIDER = auto()
    OVERRULED = auto()
    LIMIT_REACHED = auto()
    PROVIDER_FAILED = auto()
    UNAVAILABLE = auto()


class UserError(Exception):
    """Says what a person can do about it. `field` is the path into the input, where one field is to blame."""

    def __init__(self, message: str, *, field: str | None, retryable: bool) -> None:
        super().__init__(message)
        self.message = message
        self.field = ["input", field] if field else None
        self.retryable = retryable


class AuthError(UserError):
    """About who somebody is. `retry_at`: not before then."""

    def __init__(
        self, code: AuthErrorCode, message: str, *, field: str | None = None, retry_at: datetime | None = None
    ) -> None:
        retryable = code in {AuthErrorCode.TOO_MANY_ATTEMPTS, AuthErrorCode.UNAVAILABLE}
        super().__init__(message, field=field, retryable=retryable)
        self.code = code
        self.retry_at = retry_at


class FavouriteError(UserError):
    """About what somebody keeps. `limit`: the number that was met."""

    def __init__(
        self, code: FavouriteErrorCode, message: str, *, field: str | None = None, limit: int | None = None
    ) -> None:
        retryable = code in {FavouriteErrorCode.PROVIDER_FAILED, FavouriteErrorCode.UNAVAILABLE}
        super().__init__(message, field=field, retryable=retryable)
        self.code = code
        self.limit = limit


class MatchError(UserError):
    """About what they say of two records. `limit`: the number that was met."""

    def __init__(
        self, code: MatchErrorCode, message: str, *, field: str | None = None, limit: int | None = None
    ) -> None:
        retryable = code in {MatchErrorCode.PROVIDER_FAILED, MatchErrorCode.UNAVAILABLE}
        super().__init__(message, field=field, retryable=retryable)
        self.code = code
        self.limit = limit


class DatabaseUnavailable(GatewayError):
    """Nobody's mistake but ours; nothing was written that was not said to be."""

    code = "DATABASE_UNAVAILABLE"
    retryable = True

    def __init__(self) -> None:
        super().__init__("Accounts cannot be reached just now; please try again in a moment. Searching goes on.")


class Unauthenticated(GatewayError):
    """The credentials that were given do not hold."""

    code = "UNAUTHENTICATED"
