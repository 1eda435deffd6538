"""The operator's secrets as keys: one a purpose, so that what signs cursors is of no use for signing anybody in."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

KEY_ID_LETTERS = 8


class Keys:
    """Secrets, the newest first. The newest signs; older ones are accepted until the operator takes them away."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        if not secrets:
            msg = "at least one secret is needed"
            raise ValueError(msg)
        self._secrets = tuple(secrets)

    def named(self, purpose: str) -> dict[str, bytes]:
        """The keys for that purpose by key id (eight hexadecimal digits, the same on all replicas), newest first."""
        keys = [hmac.digest(secret, purpose.encode(), hashlib.sha256) for secret in self._secrets]
        return {hashlib.sha256(key).hexdigest()[:KEY_ID_LETTERS]: key for key in keys}

    def numbered(self, purpose: str) -> dict[int, bytes]:
        """The same keys by a number from 0 to 255, for where a key id may take one byte; newest first."""
        numbered: dict[int, bytes] = {}
        for key_id, key in self.named(purpose).items():
            # Of two secrets with one number the newer counts: what the older signed is refused, and no harm done.
            numbered.setdefault(int(key_id[:2], 16), key)
        return numbered
