"""Global ids (Relay): opaque to clients, and the same from day to day, since they are made of the provider's own ids."""

from __future__ import annotations

import base64
import binascii
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What an id names."""

    EVENT = "Event"
    VENUE = "Venue"
    PERFORMER = "Performer"
    PROVIDER = "Provider"
    VIEWER = "Viewer"
    FAVOURITE = "Favourite"
    SESSION = "Session"


_BY_NAME = "name="


class Ref(NamedTuple):
    """Something by the name that its provider gives it; `id` is empty for the provider itself.

    `provider` is empty for what is the gateway's own: viewers, favourites and sessions.
    """

    kind: Kind
    provider: str
    id: str = ""

    @classmethod
    def to(cls, kind: Kind, provider: str, own_id: str | None, name: str) -> Ref:
        """To something that goes by its name where the provider has no id for it."""
        return cls(kind, provider, own_id or f"{_BY_NAME}{name}")

    @property
    def is_by_name(self) -> bool:
        """Whether its provider has no id for it, so that it cannot be asked for."""
        return self.id.startswith(_BY_NAME)

    def encode(self) -> str:
        """As a global id."""
        text = f"{self.kind.value}:{self.provider}:{self.id}".encode()
        return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def decode(global_id: str) -> Ref | None:
    """What a global id names; None where it is none of ours."""
    try:
        padded = global_id.encode("ascii") + b"=" * (-len(global_id) % 4)
        kind, provider, own_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(":", 2)
        return Ref(Kind(kind), provider, own_id)
    except (ValueError, binascii.Error):
        return None
