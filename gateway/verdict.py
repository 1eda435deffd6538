"""What a search says of each provider's part in it, and of its own size."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.reader import Reader
from gateway.reports import (
    Count,
    CountRelation,
    ProviderFailedWarning,
    ProviderMisconfiguredWarning,
    ProviderRateLimitedWarning,
    ProviderReport,
    ProviderReportStatus,
    ProviderTimedOutWarning,
    ResultsTruncatedWarning,
    SearchWarning,
    WarningCode,
)
from gateway.roster import Member
from providers import Misconfigured, ProviderError, RateLimited, TimedOut


def skipped(member: Member) -> ProviderReport:
    """The report of a provider that cannot have what is wanted, and so was not asked."""
    return ProviderReport(provider=member, status=ProviderReportStatus.SKIPPED)


def report_of(reader: Reader) -> ProviderReport:
    """What a provider gave to one page."""
    return ProviderReport(
        provider=reader.member,
        status=_status(reader),
        record_count=reader.records,
        total_reported=reader.total,
        latency_ms=None if reader.was_over else reader.latency_ms,
        request_count=reader.requests,
        post_filters=tuple(sorted(reader.post_filters, key=lambda capability: capability.name)),
    )


def _status(reader: Reader) -> ProviderReportStatus:
    if reader.was_over:
        return ProviderReportStatus.EXHAUSTED
    match reader.error:
        case TimedOut():
            return ProviderReportStatus.TIMED_OUT
        case RateLimited():
            return ProviderReportStatus.RATE_LIMITED
        case ProviderError():
            return ProviderReportStatus.FAILED
    if reader.truncated:
        return ProviderReportStatus.PARTIAL
    return ProviderReportStatus.CACHED if reader.from_cache else ProviderReportStatus.OK


def warning_of(reader: Reader, deadline_ms: int, retry_cursor: str, limit: int) -> SearchWarning | None:
    """What a client should know of a provider's part; None where it is whole."""
    member, error = reader.member, reader.error
    match error:
        case None:
            return _truncated(reader, limit) if reader.truncated else None
        case TimedOut():
            return ProviderTimedOutWarning(
                code=WarningCode.PROVIDER_TIMED_OUT,
                message=f"{member.name} {error}; ask again, it may have the answer by then.",
                provider=member,
                deadline_ms=deadline_ms,
                retry_cursor=retry_cursor,
            )
        case RateLimited():
            return ProviderRateLimitedWarning(
                code=WarningCode.PROVIDER_RATE_LIMITED,
                message=f"{member.name} {error}.",
                provider=member,
                retry_at=error.retry_at,
            )
        case Misconfigured():
            return ProviderMisconfiguredWarning(
                code=WarningCode.PROVIDER_MISCONFIGURED,
                message=f"{member.name} {error}.",
                provider=member,
                missing_settings=error.missing or member.missing_settings,
            )
        case _:
            return ProviderFailedWarning(
                code=WarningCode.PROVIDER_FAILED,
                message=f"{member.name} {error}.",
                provider=member,
                http_status=error.http_status,
                retryable=error.retryable,
                retry_cursor=retry_cursor,
            )


def _truncated(reader: Reader, limit: int) -> SearchWarning:
    return ResultsTruncatedWarning(
        code=WarningCode.RESULTS_TRUNCATED,
        message=f"{reader.member.name} cannot give out everything that matches; narrow the search to see the rest.",
        provider=reader.member,
        complete_until=reader.complete_until,
        limit=reader.member.limits.max_offset or limit,
    )


def count_of(readers: Sequence[Reader], given: int, *, from_start: bool, has_next: bool) -> Count:
    """What can be said about the whole result.

    Exact only when every provider was read to its end. Providers' own totals are a lower bound only where nothing
    was filtered out of them afterwards, which the gateway cannot know of totals that it did not read to the end.
    """
    whole = from_start and not has_next and not any(reader.error or reader.truncated for reader in readers)
    if whole:
        return Count(value=given, relation=CountRelation.EQUAL_TO, upper_bound=given)
    totals = [reader.total for reader in readers]
    upper = sum(total for total in totals if total is not None) if totals and None not in totals else None
    # What one provider still has are as many events; what the others have may be the same ones.
    seen = given + max((len(reader.buffer) for reader in readers), default=0)
    if not seen and upper is None:
        return Count(value=None, relation=CountRelation.UNKNOWN)
    return Count(value=seen, relation=CountRelation.AT_LEAST, upper_bound=upper)
