"""Who asks, what they keep and what they say: users, sessions, favourites, calendar addresses, matches.

Everything is imported from here.

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
    MatchError,
    MatchErrorCode,
    Unauthenticated,
    UserError,
)
from gateway.accounts.exporting import export
from gateway.accounts.facts import Facts
from gateway.accounts.favourites import FavouriteKind, FavouriteStore, Kept, KeptPage, Subject
from gateway.accounts.feeds import Feed, Feeds
from gateway.accounts.matches import MatchStore, Pair, Settled, Word, pair_of
from gateway.accounts.migrate import Unreached, Upgrade, UpgradeError, is_behind, upgrade
from gateway.accounts.names import note as checked_note
from gateway.accounts.outside import IssuerUnavailable, OutsideTokens
from gateway.accounts.sessions import Device
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
    "Device",
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
    "MatchError",
    "MatchErrorCode",
    "MatchStore",
    "OutsideTokens",
    "Pair",
    "Settled",
    "SignedIn",
    "Subject",
    "Tokens",
    "Unauthenticated",
    "Unreached",
    "Unset",
    "Upgrade",
    "UpgradeError",
    "User",
    "UserError",
    "Word",
    "checked_note",
    "export",
    "is_behind",
    "pair_of",
    "upgrade",
]
