"""Providers: who they are, how they are, and what became of their part in an answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from gateway import reports
from gateway.health import ProviderStatus
from gateway.reports import ProviderEndReason, ProviderReportStatus, WarningCode
from gateway.roster import Member
from providers import Capability, Limits, ProviderOrigin
from schema.scalars import URL, CountryCode
from schema.types.values import Node


@strawberry.type(description="Text that a provider's terms oblige a client to show with its events.")
class Attribution:
    """Whom to credit."""

    text: str = strawberry.field(description="What to show.")
    url: URL | None = strawberry.field(description="What to link it to.")
    logo_url: URL | None = strawberry.field(description="The logo to show.")
    required: bool = strawberry.field(description="Whether the terms oblige a client to show it.")
    license: str | None = strawberry.field(description="The licence of the data.")
    license_url: URL | None = strawberry.field(description="The licence's text.")


@strawberry.type(description="What a provider allows.")
class ProviderLimits:
    """What a provider allows."""

    requests_per_second: float | None = strawberry.field(description="The pace it allows.")
    requests_per_day: int | None = strawberry.field(description="Its daily quota.")
    max_page_size: int = strawberry.field(description="The most it gives out at a time.")
    max_offset: int | None = strawberry.field(
        description="Deepest result reachable by offset; the gateway re-windows by date beyond it."
    )
    may_persist: bool = strawberry.field(description="Whether terms let results be stored beyond the cache.")

    @strawberry.field(description="How long its answers are kept, in seconds.")
    def cache_ttl_seconds(self, root: strawberry.Parent[Limits]) -> int:
        """A timedelta as GraphQL has it."""
        return int(root.cache_ttl.total_seconds())


@strawberry.type(description="How a provider has been doing over the last 15 minutes.")
class ProviderHealth:
    """How a provider has been doing."""

    status: ProviderStatus = strawberry.field(description="What can be expected of it now.")
    message: str | None = strawberry.field(description="What is the matter, or what to do to use it.")
    checked_at: datetime = strawberry.field(description="When it last answered, or failed to.")
    latency_p50_ms: int | None = strawberry.field(
        name="latencyP50Ms", description="Half of its answers took no longer, in milliseconds."
    )
    latency_p95_ms: int | None = strawberry.field(
        name="latencyP95Ms", description="19 of 20 of its answers took no longer, in milliseconds."
    )
    error_rate: float | None = strawberry.field(description="Share of failed calls, 0 to 1.")
    retry_at: datetime | None = strawberry.field(description="When it may be asked again, where it is rate limited.")
    quota_remaining: int | None = strawberry.field(
        description="How many requests its quota has left, where its upstream says so."
    )


@strawberry.type(description="A source of events.")
class Provider(Node):
    """A source of events."""

    slug: str = strawberry.field(description="Stable slug used in configuration, e.g. `ticketmaster`.")
    name: str = strawberry.field(description="What people call it.")
    homepage: URL | None = strawberry.field(description="Its page.")
    origin: ProviderOrigin = strawberry.field(description="Where it comes from.")
    version: str = strawberry.field(description="The adapter's version.")
    package: str | None = strawberry.field(description="Distribution that supplies it, with its version.")
    capabilities: list[Capability] = strawberry.field(description="What it filters, sorts or delivers by itself.")
    limits: ProviderLimits = strawberry.field(description="What it allows.")
    countries: list[CountryCode] | None = strawberry.field(description="Where it knows of events; null for everywhere.")
    attribution: Attribution | None = strawberry.field(description="Whom to credit.")
    missing_settings: list[str] = strawberry.field(
        description="Names of settings this provider needs that are not set; never their values."
    )
    health: ProviderHealth = strawberry.field(description="How it has been doing.")
    enabled: bool = strawberry.field(description="Whether it is asked.")

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:  # noqa: ANN401 - whatever a Node may be
        """Members of the roster are providers."""
        return isinstance(value, Member)


@strawberry.type(description="What became of a provider's part in an answer.")
class ProviderReport:
    """A provider's part in an answer."""

    provider: Provider = strawberry.field(description="Whose part.")
    status: ProviderReportStatus = strawberry.field(description="How it answered.")
    end_reason: ProviderEndReason | None = strawberry.field(
        description="Why it gives no more; null where it has more to give."
    )
    record_count: int = strawberry.field(description="How many of its records were read for this page.")
    duplicate_count: int = strawberry.field(
        description="How many of its records on this page are not the leading one of their event."
    )
    total_reported: int | None = strawberry.field(description="How many it says there are in all.")
    latency_ms: int | None = strawberry.field(description="How long it was waited for, in milliseconds.")
    request_count: int = strawberry.field(description="How many requests it took; 0 when it came from the cache.")
    post_filters: list[Capability] = strawberry.field(
        description="Filters this provider cannot apply; the gateway applied them afterwards."
    )


@strawberry.interface(description="Typed partial failures. Every warning has a stable code and a human message.")
class SearchWarning:
    """A partial failure."""

    code: WarningCode = strawberry.field(description="Stable code.")
    message: str = strawberry.field(description="What happened, for people.")
    provider: Provider | None = strawberry.field(description="Whose part is not whole.")


def _stands_for(domain: type) -> Any:  # noqa: ANN401 - Strawberry takes any callable
    return classmethod(lambda _cls, value, _info: isinstance(value, domain))


@strawberry.type(description="A provider was too slow.")
class ProviderTimedOutWarning(SearchWarning):
    """It was too slow."""

    deadline_ms: int = strawberry.field(description="How long it was waited for, in milliseconds.")
    retry_cursor: str | None = strawberry.field(
        description="Give it as `after`, with `providers` set to this one, to ask for its part again."
    )
    is_type_of = _stands_for(reports.ProviderTimedOutWarning)


@strawberry.type(description="A provider failed.")
class ProviderFailedWarning(SearchWarning):
    """It failed."""

    http_status: int | None = strawberry.field(description="The provider's answer, where there was one.")
    retryable: bool = strawberry.field(description="Whether the same query may work in a moment.")
    retry_cursor: str | None = strawberry.field(
        description="Give it as `after`, with `providers` set to this one, to ask for its part again."
    )
    is_type_of = _stands_for(reports.ProviderFailedWarning)


@strawberry.type(description="A provider was asked too often.")
class ProviderRateLimitedWarning(SearchWarning):
    """It was asked too often."""

    retry_at: datetime | None = strawberry.field(description="When it may be asked again, where it says so.")
    is_type_of = _stands_for(reports.ProviderRateLimitedWarning)


@strawberry.type(description="A provider is enabled but cannot be asked; the operator has something to mend.")
class ProviderMisconfiguredWarning(SearchWarning):
    """The operator has something to mend."""

    missing_settings: list[str] = strawberry.field(description="Names of settings that are not set.")
    is_type_of = _stands_for(reports.ProviderMisconfiguredWarning)


@strawberry.type(description="A provider's own limits, or that of the order, hid part of what matches.")
class ResultsTruncatedWarning(SearchWarning):
    """Its own limits hid something."""

    complete_until: datetime | None = strawberry.field(description="Last instant that this provider covers whole.")
    limit: int = strawberry.field(description="The limit that was met.")
    is_type_of = _stands_for(reports.ResultsTruncatedWarning)


@strawberry.type(description="A provider gave its events in another order than it promises; they were put in order.")
class OrderBrokenWarning(SearchWarning):
    """Its listings came out of order."""

    lost_count: int = strawberry.field(
        description="How many came after the place where they belong was given out, and are left out; mostly none."
    )
    is_type_of = _stands_for(reports.OrderBrokenWarning)


WARNINGS = [
    ProviderTimedOutWarning,
    ProviderFailedWarning,
    ProviderRateLimitedWarning,
    ProviderMisconfiguredWarning,
    ResultsTruncatedWarning,
    OrderBrokenWarning,
]
