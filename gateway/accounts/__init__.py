"""Who asks, and what they keep: users, sessions, favourites, calendar addresses. Everything is imported from here.

The one home of SQLAlchemy, Alembic, argon2 and PyJWT.
"""

from gateway.accounts.accounts import (
    NOT_SIGNED_IN,
    UNSET,
    Accounts,
    Changes,
    Client,
    Credentials,
    SignedIn,
    Tokens,
    Unset,
)
from gateway.accounts.database import Connections, Database
from gateway.accounts.errors import (
    AuthError,
    AuthErrorCode,
    DatabaseUnavailable,
    FavouriteError,
    FavouriteErrorCode,
    Unauthenticated,
    UserError,
)
from gateway.accounts.exporting import export
from gateway.accounts.facts import Facts
from gateway.accounts.favourites import FavouriteKind, FavouriteStore, Kept, KeptPage, Subject
from gateway.accounts.feeds import Feed, Feeds
from gateway.accounts.migrate import Upgrade, UpgradeError, upgrade
from gateway.accounts.names import note as checked_note
from gateway.accounts.outside import IssuerUnavailable, OutsideTokens
from gateway.accounts.users import User

__all__ = [
    "NOT_SIGNED_IN",
    "UNSET",
    "Accounts",
    "AuthError",
    "AuthErrorCode",
    "Changes",
    "Client",
    "Connections",
    "Credentials",
    "Database",
    "DatabaseUnavailable",
    "Facts",
    "FavouriteError",
    "FavouriteErrorCode",
    "FavouriteKind",
    "FavouriteStore",
    "Feed",
    "Feeds",
    "IssuerUnavailable",
    "Kept",
    "KeptPage",
    "OutsideTokens",
    "SignedIn",
    "Subject",
    "Tokens",
    "Unauthenticated",
    "Unset",
    "Upgrade",
    "UpgradeError",
    "User",
    "UserError",
    "checked_note",
    "export",
    "upgrade",
]
