"""What can go wrong with a provider, sorted by what to do about it.

    ProviderError
    ├── Unavailable      try again: no connection, 5xx, the answer broke off
    │   └── TimedOut     try again: no answer in time
    ├── RateLimited      try again later, at `retry_at`
    ├── Refused          do not: the provider will not answer this request (4xx)
    │   └── Misconfigured    tell the operator: a key is missing, wrong or not allowed
    └── Malformed        tell the author: the answer is not what the API promises

Messages never hold a secret: `Http` redacts what it raises, and the gateway redacts once more.
"""

from __future__ import annotations

from datetime import datetime


class ProviderError(Exception):
    """A provider did not answer as asked. `http_status` is the upstream's, where there was an answer."""

    retryable = False

    def __init__(self, message: str, *, http_status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.http_status = http_status


class Unavailable(ProviderError):
    """The provider is down or unreachable; the same request may work in a moment."""

    retryable = True


class TimedOut(Unavailable):
    """No whole answer in time."""


class RateLimited(ProviderError):
    """Too many requests, or the quota is used up. `retry_at` (aware) is when to come back, where known."""

    retryable = True

    def __init__(self, message: str, *, http_status: int | None = None, retry_at: datetime | None = None) -> None:
        super().__init__(message, http_status=http_status)
        self.retry_at = retry_at


class Refused(ProviderError):
    """The provider will not answer this request; asking again does not help."""


class Misconfigured(Refused):
    """A setting is missing or wrong. `missing` names settings, never their values."""

    def __init__(self, message: str, *, http_status: int | None = None, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message, http_status=http_status)
        self.missing = missing


class Malformed(ProviderError):
    """The answer cannot be read: HTML, half a JSON, or a shape that the API does not document."""
