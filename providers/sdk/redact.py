"""Keeps keys out of everything that is shown: URLs, errors, logs, next-page links."""

from __future__ import annotations

import json
import re
from urllib.parse import quote, quote_plus

HIDDEN = "***"
# Values shorter than this are too likely to be ordinary words, and no provider issues such a key.
MIN_SECRET_LENGTH = 4
# Shorter ones may well stand in a listing by chance: a feed's password "jazz" is no leak in "Jazz night".
MIN_LENGTH_TO_FIND = 8
_SECRET_PARAMETER = re.compile(
    r"(?i)\b((?:api|app|access|client|auth)?[_-]?(?:key|token|secret|password|signature|app_id|client_id))=([^&\s\"'<>#]+)"
)
_USERINFO = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://)[^/\s@]+@")


class Redactor:
    """Hides known secrets, and whatever stands behind a parameter that is called like one."""

    def __init__(self, *secrets: str) -> None:
        self._secrets: set[str] = set()
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """Hide these values, as they are and as they look in a URL, in JSON and in Python, from now on."""
        for secret in secrets:
            if len(secret) >= MIN_SECRET_LENGTH:
                # Twice: an answer in JSON may well stand in Python's words for an error.
                self._secrets |= {form for once in _forms(secret) for form in _forms(once)}

    def finds(self, text: str) -> bool:
        """Whether a known secret stands in the text, and not by chance."""
        return any(len(secret) >= MIN_LENGTH_TO_FIND and secret in text for secret in self._secrets)

    def __call__(self, text: str) -> str:
        """The text without its secrets."""
        # Longest first: one secret may be the beginning of another.
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return _USERINFO.sub(rf"\1{HIDDEN}@", _SECRET_PARAMETER.sub(rf"\1={HIDDEN}", text))


def _forms(secret: str) -> set[str]:
    """All that it may look like where somebody has written it down."""
    in_urls = {quote(secret, safe=""), quote(secret), quote_plus(secret)}
    # Either case of `%2b` is right (RFC 3986, 6.2.2.1).
    in_urls |= {re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in in_urls}
    in_json = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {secret, *in_urls, *in_json, repr(secret)[1:-1], ascii(secret)[1:-1]}
