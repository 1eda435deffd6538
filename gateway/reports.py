"""What became of each provider's part in an answer. The attributes are those of the schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from gateway.roster import Member
from providers import Capability


class ProviderReportStatus(Enum):
    """How a provider answered one search."""

    OK = auto()
    CACHED = auto()
    PARTIAL = auto()
    TIMED_OUT = auto()
    FAILED = auto()
    RATE_LIMITED = auto()
    SKIPPED = auto()
    EXHAUSTED = auto()


class ProviderEndReason(Enum):
    """Why a provider gives no more: it has no more, its own or the gateway's cap, its quota, or an error."""

    EXHAUSTED = auto()
    CAPPED = auto()
    QUOTA = auto()
    ERROR = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderReport:
    """One provider's part: record_count listings read for this page, by request_count upstream requests.

    duplicate_count: of its listings on this page, those that stand behind another's in their event. end_reason: None
    where it has more to give.
    """

    provider: Member
    status: ProviderReportStatus
    end_reason: ProviderEndReason | None = None
    record_count: int = 0
    duplicate_count: int = 0
    total_reported: int | None = None
    latency_ms: int | None = None
    request_count: int = 0
    post_filters: tuple[Capability, ...] = ()


class WarningCode(Enum):
    """Stable codes of partial failures."""

    PROVIDER_TIMED_OUT = auto()
    PROVIDER_FAILED = auto()
    PROVIDER_RATE_LIMITED = auto()
    PROVIDER_MISCONFIGURED = auto()
    RESULTS_TRUNCATED = auto()
    ORDER_BROKEN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWarning:
    """A partial failure, with what to do about it."""

    code: WarningCode
    message: str
    provider: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTimedOutWarning(SearchWarning):
    """It was too slow; retry_cursor asks it once more."""

    deadline_ms: int
    retry_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFailedWarning(SearchWarning):
    """It failed; http_status is the upstream's, where there was an answer."""

    http_status: int | None
    retryable: bool
    retry_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRateLimitedWarning(SearchWarning):
    """It was asked too often; not before retry_at."""

    retry_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMisconfiguredWarning(SearchWarning):
    """The operator has something to set."""

    missing_settings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsTruncatedWarning(SearchWarning):
    """Its own limits hid something; complete_until is the last instant that it covers whole."""

    complete_until: datetime | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBrokenWarning(SearchWarning):
    """Its listings came in another order than it promises; lost_count of them too late to be shown where they belong."""

    lost_count: int


class CountRelation(Enum):
    """What a count means."""

    EQUAL_TO = auto()
    AT_LEAST = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What can honestly be said about the size of the whole result."""

    value: int | None
    relation: CountRelation
    upper_bound: int | None = None
