"""A favourite, and a page of them; the attributes are those of the schema."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from gateway.accounts import Kept
from gateway.errors import CursorInvalid
from gateway.ids import Kind, Ref

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Favourite:
    """Something that somebody keeps; the attributes are those of the schema."""

    __slots__ = ("created_at", "id", "kept", "kind", "note", "snapshot", "subject_id")

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.id = Ref(Kind.FAVOURITE, "", kept.favourite_id.hex).encode()
        self.kind = kept.kind
        self.subject_id = kept.refs[0].encode()
        self.note = kept.note
        self.snapshot = kept.saved
        self.created_at = kept.created_at

    @property
    def cursor(self) -> str:
        """Where to go on behind it."""
        moment = (self.created_at - _EPOCH) // _MICROSECOND
        return base64.urlsafe_b64encode(f"{moment}.{self.kept.favourite_id.hex}".encode()).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class FavouritePageInfo:
    """Relay's."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class FavouriteEdge:
    """A favourite in a list."""

    node: Favourite

    @property
    def cursor(self) -> str:
        """Where to go on behind it."""
        return self.node.cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class FavouritePage:
    """Some favourites, newest first; the attributes are those of `FavouriteConnection` in the schema."""

    nodes: tuple[Favourite, ...]
    page_info: FavouritePageInfo
    total_count: int

    @property
    def edges(self) -> list[FavouriteEdge]:
        """The favourites with their cursors."""
        return [FavouriteEdge(node) for node in self.nodes]


def place_of(cursor: str) -> tuple[datetime, UUID]:
    """The place that a cursor names."""
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        moment, favourite_id = raw.decode("ascii").split(".")
        return _EPOCH + int(moment) * _MICROSECOND, UUID(hex=favourite_id)
    except (ValueError, OverflowError, binascii.Error):
        msg = "this cursor is none of a list of favourites; leave `after` out to begin again"
        raise CursorInvalid(msg) from None
