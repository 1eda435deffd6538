"""What ends in an error rather than in data: the caller's own mistakes, and one thing asked for whose provider failed.

    GatewayError
    ├── BadInput             an argument cannot be meant
    │   ├── CursorInvalid    a cursor of another query, or of nobody's
    │   └── CursorExpired    a cursor too old
    └── Unanswered           what was asked for by id cannot be told now: its provider does not answer

`gateway.accounts` has errors of its own. In a search, a provider that fails is a report and a warning instead.
"""

from __future__ import annotations


class GatewayError(Exception):
    """Says what is wrong and what would do; `code` is for programs, and never changes.

    `retryable`: the same request may work in a moment.
    """

    code = "INTERNAL_SERVER_ERROR"
    retryable = False


class BadInput(GatewayError):
    """An argument that cannot be meant; the message says which and what would do."""

    code = "BAD_USER_INPUT"


class CursorInvalid(BadInput):
    """A cursor that this gateway did not make, or made for another query."""

    code = "CURSOR_INVALID"


class CursorExpired(BadInput):
    """A cursor too old to go on from."""

    code = "CURSOR_EXPIRED"


class Unanswered(GatewayError):
    """Whether it still exists is not known, so null would be a lie."""

    code = "PROVIDER_FAILED"
    retryable = True
