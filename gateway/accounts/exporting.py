"""All that is kept of a person, for the person (GDPR, article 15). Secrets are no data about them, and are left out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from gateway.accounts.database import Database
from gateway.accounts.emails import key_of
from gateway.accounts.favourites import FavouriteStore, Kept
from gateway.accounts.feeds import Feeds
from gateway.accounts.matches import MatchStore, Word
from gateway.accounts.sessions import Sessions
from gateway.accounts.users import User, Users

# All that is kept, sessions that have run out among it.
EVER = datetime.min.replace(tzinfo=UTC)


async def export(database: Database, email: str) -> list[dict[str, Any]]:
    """Everything of everybody with that e-mail address, ready for JSON; empty where there is nobody.

    Raises:
        DatabaseUnavailable: it cannot be told now.
    """
    users = await Users(database).by_email(email.strip(), key_of(email))
    return [await _all_of(database, user) for user in users]


async def _all_of(database: Database, user: User) -> dict[str, Any]:
    feed = await Feeds(database).of(user.user_id)
    everything = {
        "user": {
            "id": user.id,
            "email": user.email,
            "displayName": user.display_name,
            "home": {"latitude": user.home[0], "longitude": user.home[1]} if user.home else None,
            "createdAt": user.created_at,
        },
        "sessions": [
            {
                "deviceName": device.device_name,
                "createdAt": device.created_at,
                "lastUsedAt": device.last_used_at,
                "expiresAt": device.expires_at,
            }
            for device in await Sessions(database).of(user.user_id, EVER)
        ],
        "favourites": [_favourite(kept) for kept in await FavouriteStore(database).all(user.user_id)],
        "calendarFeed": {"createdAt": feed.created_at, "lastReadAt": feed.last_read_at} if feed else None,
        "eventMatches": [_word(word) for word in await MatchStore(database).of(user.user_id)],
    }
    plain: dict[str, Any] = msgspec.to_builtins(everything)
    return plain


def _favourite(kept: Kept) -> dict[str, Any]:
    return {
        "kind": kept.kind.name,
        "records": [{"provider": ref.provider, "id": ref.id} for ref in kept.refs],
        "note": kept.note,
        "saved": kept.saved,
        "known": kept.known,
        "createdAt": kept.created_at,
        "changedAt": kept.changed_at,
    }


def _word(word: Word) -> dict[str, Any]:
    return {
        "records": [{"provider": ref.provider, "id": ref.id} for ref in word.pair],
        "isSame": word.is_same,
        "saidAt": word.said_at,
        "undoneAt": word.undone_at,
    }
