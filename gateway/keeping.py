"""Values as bytes, for a cache that is not ours alone: a strict format, never code, and good in one place only.

    version | keyed BLAKE2b, 16 bytes | zlib of JSON

The digest covers the place and the value, and only gateways with the operator's secret can make it: what is cut short,
changed, moved or somebody else's is not read. JSON rather than MessagePack, which would lose the offsets of moments.
A moment's time zone stands beside it by its IANA name, in `When`, as everywhere since `gateway/checking.py`.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import inspect

VERSION = b"\x01"
_DIGEST_BYTES = 16
_HEAD = len(VERSION) + _DIGEST_BYTES
_QUICKLY = 1
# What reading may raise, besides msgspec's own: some dates and numbers are beyond what Python counts.
_UNREADABLE = (msgspec.MsgspecError, ValueError, TypeError, ArithmeticError, RecursionError)

Value = TypeVar("Value")


class Form(Generic[Value]):
    """How values of one type are written. `shape` differs between two releases that would read each other wrongly."""

    def __init__(self, kind: Any) -> None:  # noqa: ANN401 - `tuple[Listing, datetime]` is no type to mypy
        self._decoder: msgspec.json.Decoder[Value] = msgspec.json.Decoder(kind)
        self.shape = hashlib.blake2b(repr(_shape(inspect.type_info(kind))).encode(), digest_size=8).hexdigest()

    def write(self, value: Value) -> bytes:
        """The value as JSON."""
        return msgspec.json.encode(value)

    def read(self, content: bytes) -> Value | None:
        """The value, valid as if it had just been made; None where there is none in it."""
        try:
            return self._decoder.decode(content)
        except _UNREADABLE:
            return None


class Seal:
    """Marks what one's own gateways wrote. `key`: the same on all of them, 16 to 64 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def place(self, key: str, form: Form[Any]) -> str:
        """Where the value of that key is kept: nobody can tell from it what was asked, or with which settings."""
        return f"event-gateway:{hashlib.blake2b(f'{form.shape}:{key}'.encode(), key=self._key, digest_size=20).hexdigest()}"

    def close(self, place: str, content: bytes) -> bytes:
        """The content, sealed for that place. Listings repeat themselves: pressing costs less than digesting the rest."""
        pressed = zlib.compress(content, _QUICKLY)
        return VERSION + self._digest(place, pressed) + pressed

    def open(self, place: str, sealed: bytes) -> bytes | None:
        """What was sealed for that place; None where nothing was."""
        digest, pressed = sealed[len(VERSION) : _HEAD], sealed[_HEAD:]
        genuine = sealed.startswith(VERSION) and hmac.compare_digest(digest, self._digest(place, pressed))
        return zlib.decompress(pressed) if genuine else None

    def _digest(self, place: str, pressed: bytes) -> bytes:
        digest = hashlib.blake2b(VERSION + place.encode(), key=self._key, digest_size=_DIGEST_BYTES)
        digest.update(pressed)
        return digest.digest()


def _shape(node: inspect.Type) -> object:
    """All that decides how the JSON of a type is read, down to the names behind an enum's numbers."""
    match node:
        case inspect.EnumType():
            return node.cls.__name__, [(member.name, member.value) for member in node.cls]
        case inspect.DataclassType() | inspect.NamedTupleType():
            return node.cls.__name__, [(field.name, _shape(field.type)) for field in node.fields]
        case inspect.UnionType():
            return [_shape(each) for each in node.types]
        case inspect.TupleType():
            return "tuple", [_shape(each) for each in node.item_types]
        case inspect.VarTupleType():
            return "tuple of any length", _shape(node.item_type)
        case _:
            return type(node).__name__
