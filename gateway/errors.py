"""The caller's own mistakes. Whatever is the matter with a provider is data instead: a report and a warning."""

from __future__ import annotations


class BadInput(ValueError):
    """An argument that cannot be meant; the message says which and what would do."""

    code = "BAD_USER_INPUT"


class CursorInvalid(BadInput):
    """A cursor that this gateway did not make, or made for another query."""

    code = "CURSOR_INVALID"


class CursorExpired(BadInput):
    """A cursor too old to go on from."""

    code = "CURSOR_EXPIRED"
