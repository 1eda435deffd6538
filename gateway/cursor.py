"""Where a reader stands in the merged list, as text that only this gateway can write.

    version | key id | HMAC-SHA256, cut to 16 bytes | msgpack of Bookmark          base64url, without padding

The signature covers the query's hash, too: a cursor changed by one bit, or used for another query, is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec.structs import replace

from gateway.errors import CursorExpired, CursorInvalid
from gateway.event import DIGEST_BYTES, Position
from providers import Key

VERSION = 2
SIGNATURE_BYTES = 16
MAX_LENGTH = 32_768
LIFETIME = timedelta(days=1)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_AGAIN = "leave `after` out to begin again"


class PageMark(msgspec.Struct, frozen=True, array_like=True):
    """The page that a provider's next listing is on: asked for again, it comes out of the cache.

    seek: microseconds since 1970 and id, None for the list's beginning. limit: as asked. ended: nothing is left on it.
    """

    seek: tuple[int, str] | None
    limit: int
    ended: bool = False

    @classmethod
    def at(cls, seek: Key | None, limit: int, *, ended: bool) -> PageMark:
        """The mark of the page that was asked for so."""
        return cls((_ticks(seek.instant), seek.id) if seek else None, limit, ended)

    def key(self) -> Key | None:
        """What to seek."""
        return Key(_instant(self.seek[0]), self.seek[1]) if self.seek else None


class Bookmark(msgspec.Struct, frozen=True, array_like=True):
    """A place in a search. as_of: the moment that "upcoming" counts from, microseconds since 1970.

    last: instant, provider and id of the last event given out, None before the first.
    pages: each provider's page; only a way to answer fast, the place is `last`.
    absorbed: digests, one behind the other, of what stands behind `last` and went into an event before it.
    noted: digests of what stands behind `last` and the matching is to be reminded of.
    block: where the part of the list that is read as one begins and ends, in an order that reads it from the end.
    values: what `last` is sorted by, in an order by something else than the start.
    """

    as_of: int
    last: tuple[int, str, str] | None = None
    pages: dict[str, PageMark] = {}
    absorbed: bytes = b""
    noted: bytes = b""
    block: tuple[int, int] | None = None
    values: tuple[float, ...] = ()

    @classmethod
    def at(
        cls,
        as_of: datetime,
        last: Position | None,
        pages: Mapping[str, PageMark],
        absorbed: Collection[bytes] = (),
        noted: Collection[bytes] = (),
    ) -> Bookmark:
        """The bookmark behind that event."""
        place = (_ticks(last.instant), last.provider, last.id) if last else None
        return cls(_ticks(as_of), place, dict(pages), b"".join(sorted(absorbed)), b"".join(sorted(noted)))

    @classmethod
    def in_block(
        cls,
        as_of: datetime,
        last: Position,
        block: tuple[datetime, datetime],
        pages: Mapping[str, PageMark],
        owed: Collection[bytes],
    ) -> Bookmark:
        """The bookmark behind that event, on the way from the end to the beginning; what is owed stands as absorbed."""
        begins, ends = block
        return replace(cls.at(as_of, last, pages, owed), block=(_ticks(begins), _ticks(ends)))

    @classmethod
    def among(cls, as_of: datetime, last: Position, values: tuple[float, ...]) -> Bookmark:
        """The bookmark behind that event, in a list sorted by other values than the start."""
        return replace(cls.at(as_of, last, {}), values=values)

    @property
    def bounds(self) -> tuple[datetime, datetime] | None:
        """Where the block begins and ends."""
        return (_instant(self.block[0]), _instant(self.block[1])) if self.block else None

    @property
    def taken(self) -> frozenset[bytes]:
        """What is not to be given out again."""
        return _digests(self.absorbed)

    @property
    def notes(self) -> frozenset[bytes]:
        """What the matching is to be reminded of."""
        return _digests(self.noted)

    @property
    def moment(self) -> datetime:
        """When the search began."""
        return _instant(self.as_of)

    @property
    def position(self) -> Position | None:
        """The last event given out."""
        return Position(_instant(self.last[0]), self.last[1], self.last[2]) if self.last else None


class Cursors:
    """Writes and reads cursors. `keys` by their number (0 to 255), newest first: that one signs, all are accepted."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = dict(keys)
        self._newest = next(iter(self._keys))

    def write(self, bookmark: Bookmark, query_hash: bytes) -> str:
        """The bookmark as a cursor for that query; without its pages where these would make it too long to read."""
        cursor = self._seal(bookmark, query_hash)
        if len(cursor) <= MAX_LENGTH:
            return cursor
        return self._seal(replace(bookmark, pages={}), query_hash)

    def _seal(self, bookmark: Bookmark, query_hash: bytes) -> str:
        body = msgspec.msgpack.encode(bookmark)
        head = bytes((VERSION, self._newest))
        signed = head + self._sign(self._newest, query_hash, body) + body
        return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()

    def read(self, cursor: str, query_hash: bytes, now: datetime, *, also: Sequence[bytes] = ()) -> Bookmark:
        """The bookmark in a cursor; `also`: what else the query may have been when it was written.

        Raises:
            CursorInvalid: it is changed, another's, or another query's.
            CursorExpired: it is older than a day.
        """
        bookmark = self._open(cursor[:MAX_LENGTH], (query_hash, *also))
        if bookmark.moment < now - LIFETIME:
            msg = f"this cursor is older than {LIFETIME.days} day; {_AGAIN}"
            raise CursorExpired(msg)
        return bookmark

    def _open(self, cursor: str, query_hashes: Sequence[bytes]) -> Bookmark:
        try:
            raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            version, key_id = raw[0], raw[1]
            signature, body = raw[2 : 2 + SIGNATURE_BYTES], raw[2 + SIGNATURE_BYTES :]
            genuine = any(hmac.compare_digest(signature, self._sign(key_id, each, body)) for each in query_hashes)
            # The encoding is strict both ways: one place, one text.
            exact = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == cursor
            if version == VERSION and genuine and exact:
                return msgspec.msgpack.decode(body, type=Bookmark)
        except (ValueError, LookupError, binascii.Error, msgspec.MsgspecError):
            pass  # whatever is wrong with it, the reader can do one thing about it
        msg = f"this cursor is not one of this query's; {_AGAIN}"
        raise CursorInvalid(msg)

    def _sign(self, key_id: int, query_hash: bytes, body: bytes) -> bytes:
        message = bytes((VERSION, key_id)) + query_hash + body
        return hmac.digest(self._keys[key_id], message, hashlib.sha256)[:SIGNATURE_BYTES]


def _digests(joined: bytes) -> frozenset[bytes]:
    return frozenset(joined[start : start + DIGEST_BYTES] for start in range(0, len(joined), DIGEST_BYTES))


def _ticks(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _instant(ticks: int) -> datetime:
    return _EPOCH + ticks * _MICROSECOND
