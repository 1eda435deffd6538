"""What a search says of each provider's part in it, and of its own size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.event import Event
from gateway.part import Part
from gateway.reports import (
    Count,
    CountRelation,
    OrderBrokenWarning,
    ProviderEndReason,
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


def report_of(part: Part, events: Iterable[Event] = ()) -> ProviderReport:
    """What a provider gave to one page of these events."""
    return ProviderReport(
        provider=part.member,
        status=_status(part),
        end_reason=_end_reason(part),
        record_count=part.records,
        duplicate_count=sum(source.provider is part.member for event in events for source in event.sources[1:]),
        total_reported=part.total,
        latency_ms=None if part.was_over else part.latency_ms,
        request_count=part.requests,
        post_filters=tuple(sorted(part.post_filters, key=lambda capability: capability.name)),
    )


def _end_reason(part: Part) -> ProviderEndReason | None:
    match part.error:
        case RateLimited():
            return ProviderEndReason.QUOTA
        case ProviderError():
            return ProviderEndReason.ERROR
    if part.capped is not None or (part.ended and part.truncated):
        return ProviderEndReason.CAPPED
    return ProviderEndReason.EXHAUSTED if part.ended else None


def _status(part: Part) -> ProviderReportStatus:
    if part.was_over:
        return ProviderReportStatus.EXHAUSTED
    match part.error:
        case TimedOut():
            return ProviderReportStatus.TIMED_OUT
        case RateLimited():
            return ProviderReportStatus.RATE_LIMITED
        case ProviderError():
            return ProviderReportStatus.FAILED
    if part.truncated or part.capped is not None:
        return ProviderReportStatus.PARTIAL
    return ProviderReportStatus.CACHED if part.from_cache else ProviderReportStatus.OK


def warnings_of(part: Part, deadline_ms: int, retry_cursor: str, limit: int) -> tuple[SearchWarning, ...]:
    """What a client should know of a provider's part; nothing where it is whole."""
    found = (
        _failed(part, deadline_ms, retry_cursor) if part.error else _truncated(part, limit),
        _disordered(part) if part.in_disorder else None,
    )
    return tuple(warning for warning in found if warning is not None)


def is_partial(warnings: Iterable[SearchWarning]) -> bool:
    """Whether something may be missing: what only came in another order is there."""
    return any(not isinstance(warning, OrderBrokenWarning) or warning.lost_count for warning in warnings)


def _failed(part: Part, deadline_ms: int, retry_cursor: str) -> SearchWarning:
    member, error = part.member, part.error
    assert error is not None
    match error:
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


def _truncated(part: Part, limit: int) -> SearchWarning | None:
    if not part.truncated and part.capped is None:
        return None
    name, taken = part.member.name, part.capped
    why = (
        f"{name} cannot give out everything that matches"
        if taken is None
        else f"{name} has more than the {taken} that are put in this order, the earliest by start"
    )
    return ResultsTruncatedWarning(
        code=WarningCode.RESULTS_TRUNCATED,
        message=f"{why}; narrow the search to see the rest.",
        provider=part.member,
        complete_until=part.complete_until,
        limit=taken or part.member.limits.max_offset or limit,
    )


def _disordered(part: Part) -> SearchWarning:
    lost = f"; {part.lost} came too late for it and are left out" if part.lost else ""
    return OrderBrokenWarning(
        code=WarningCode.ORDER_BROKEN,
        message=f"{part.member.name} gave its events in another order than it promises: they were put in order{lost}.",
        provider=part.member,
        lost_count=part.lost,
    )


def count_of(parts: Sequence[Part], seen: int, *, whole: bool) -> Count:
    """What can be said about the whole result, of which so many events were seen; `whole`: nothing else was to be read.

    Exact only when every provider was read to its end. Providers' own totals are a lower bound only where nothing
    was filtered out of them afterwards, which the gateway cannot know of totals that it did not read to the end.
    """
    if whole and not any(part.error or part.truncated or part.lost for part in parts):
        return Count(value=seen, relation=CountRelation.EQUAL_TO, upper_bound=seen)
    totals = [part.total for part in parts]
    upper = sum(total for total in totals if total is not None) if totals and None not in totals else None
    if not seen and upper is None:
        return Count(value=None, relation=CountRelation.UNKNOWN)
    return Count(value=seen, relation=CountRelation.AT_LEAST, upper_bound=upper)
