"""Addresses at this gateway for the providers' pictures, so that no provider hears who looks at what.

Each holds the picture's own address, signed: the gateway fetches what a provider has listed, and nothing that anybody
else writes into an address.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping

MAC_LETTERS = 22


class Pictures:
    """`keys` by key id, the newest first."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = dict(keys)

    def name(self, url: str) -> str:
        """What the picture of that address is called here; the same on all replicas."""
        key_id, key = next(iter(self._keys.items()))
        return f"{key_id}.{_mac(key, url)}.{_letters(url.encode())}"

    def url(self, name: str) -> str | None:
        """The address that was given this name; None where it was not given by us."""
        key_id, _, rest = name.partition(".")
        mac, _, letters = rest.partition(".")
        key = self._keys.get(key_id)
        if key is None:
            return None
        try:
            url = base64.b64decode(letters + "=" * (-len(letters) % 4), altchars=b"-_", validate=True).decode()
        except (ValueError, binascii.Error):
            return None
        return url if hmac.compare_digest(_mac(key, url).encode(), mac.encode()) else None


def _mac(key: bytes, url: str) -> str:
    return _letters(hmac.digest(key, url.encode(), hashlib.sha256))[:MAC_LETTERS]


def _letters(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
