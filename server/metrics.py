"""Counts for Prometheus. The one home of its client library; docs/metrics.md lists what is counted.

Several workers add up: each keeps its figures in files of a folder that they share (`keep_in`), and whoever is asked adds
them up (`of_all_workers`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, values
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.accounts import Connections
from gateway.measures import Lookup, Outcome, ProviderCall
from gateway.roster import Member
from schema import Build
from server.counts import AnsweredOperation, HttpAnswer
from server.operation_names import OperationNames

# Seconds. The default deadline of a query is 2.5, so 3 tells those that kept it from those that did not.
DURATIONS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 3.0, 5.0, 10.0, 30.0)
OVERHEADS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
REQUESTS = (0, 1, 2, 5, 10, 20, 50, 100)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNKNOWN, UNMATCHED, OTHER = "unknown", "unmatched", "other"

# What one worker says of all: the sum or the least of those that live, or what was said last.
Together = Literal["livesum", "livemin", "max", "mostrecent", "livemax"]

# A second series for each, saying when the first was made, tells nobody anything.
disable_created_metrics()


class Metrics:
    """All that is counted, in a registry of its own."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.registry = CollectorRegistry()
        self._operations = _Operations(self.registry)
        self._providers = _Providers(self.registry, clock)
        self._caches = _Caches(self.registry)
        self._database = _Database(self.registry)
        self._http = _counter(self.registry, "http_requests", "HTTP requests answered", "route", "method", "status")
        self._build = _gauge(
            self.registry, "build_info", "Which gateway this is", "max", "version", "revision", "schema_hash"
        )
        self._subscribers = _gauge(self.registry, "subscribers", "Streams that are being followed", "livesum")
        self._ready = _gauge(self.registry, "ready", "Whether every worker takes requests", "livemin")

    def built(self, build: Build, revision: str, /) -> None:
        """One series that says it."""
        self._build.labels(build.version, revision, build.schema_hash).set(1)

    def ready(self, ready: bool, /) -> None:  # noqa: FBT001 - as the protocol has it
        """From start-up to shut-down."""
        self._ready.set(ready)

    def operation_begun(self) -> None:
        """One more in flight."""
        self._operations.in_flight.inc()

    def operation_answered(self, operation: AnsweredOperation, /) -> None:
        """One fewer in flight."""
        self._operations.answered(operation)

    def http_answered(self, answer: HttpAnswer, /) -> None:
        """By route, so that made-up paths are one series."""
        method = answer.method if answer.method in METHODS else OTHER
        self._http.labels(answer.route or UNMATCHED, method, f"{answer.status // 100}xx").inc()

    def listening(self, listeners: int, /) -> None:
        """Subscriptions, over WebSockets and Server-Sent Events."""
        self._subscribers.set(listeners)

    def provider_called(self, call: ProviderCall, /) -> None:
        """By provider, slug and all."""
        self._providers.called(call)

    def cache_looked_up(self, lookup: Lookup, /) -> None:
        """Hit, stale or miss."""
        self._caches.lookups.labels(lookup).inc()

    def shared_cache_reached(self, reached: bool, /) -> None:  # noqa: FBT001 - as the protocol has it
        """The first word of it makes its gauge: where there is none, there is no series."""
        self._caches.shared_up.set(reached)
        if not reached:
            self._caches.shared_errors.inc()

    def database_tried(self, reached: bool, /) -> None:  # noqa: FBT001 - as the protocol has it
        """As of the last transaction."""
        self._database.up.set(reached)
        if not reached:
            self._database.errors.inc()

    def stock_taken(self, members: Sequence[Member], connections: Connections, /) -> None:
        """What is not told as it happens."""
        for member in members:
            self._providers.stands(member)
        self._database.stands(connections)


class _Operations:
    """GraphQL operations."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._names = OperationNames()
        self.in_flight = _gauge(
            registry, "graphql_requests_in_flight", "GraphQL requests that are being answered", "livesum"
        )
        self._requests = _counter(
            registry, "graphql_requests", "GraphQL requests answered", "operation", "type", "outcome"
        )
        self._seconds = _histogram(
            registry, "graphql_request_duration_seconds", "Time to answer a GraphQL request", DURATIONS, "type"
        )
        self._overhead = _histogram(
            registry, "graphql_overhead_seconds", "Time not spent waiting for providers", OVERHEADS, "type"
        )
        self._upstream = _histogram(
            registry, "graphql_upstream_seconds", "Time spent waiting for at least one provider", DURATIONS, "type"
        )
        self._upstream_requests = _histogram(
            registry, "graphql_upstream_requests", "Requests to providers for one GraphQL request", REQUESTS, "type"
        )

    def answered(self, operation: AnsweredOperation) -> None:
        self.in_flight.dec()
        kind = operation.type or UNKNOWN
        name = self._names.label(operation.name, ran=operation.ran)
        self._requests.labels(name, kind, operation.outcome).inc()
        self._seconds.labels(kind).observe(operation.seconds)
        self._overhead.labels(kind).observe(operation.seconds - operation.upstream_seconds)
        self._upstream.labels(kind).observe(operation.upstream_seconds)
        self._upstream_requests.labels(kind).observe(operation.upstream_requests)


class _Providers:
    """Calls to providers, and how each stands."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._calls = _counter(registry, "provider_calls", "Calls to a provider", "provider", "outcome")
        self._seconds = _histogram(
            registry, "provider_call_duration_seconds", "Time that a call to a provider took", DURATIONS, "provider"
        )
        self._requests = _counter(
            registry, "provider_requests", "Requests sent to a provider, retries included", "provider"
        )

        def gauge(name: str, what: str, together: Together = "mostrecent") -> Gauge:
            return _gauge(registry, f"provider_{name}", what, together, "provider")

        self._enabled = gauge("enabled", "Whether a provider is asked")
        self._up = gauge("up", "Whether the last call to a provider went well")
        self._success = gauge("last_success_timestamp_seconds", "When a call to a provider last went well", "max")
        self._quarantined = gauge("quarantined", "Whether a provider is left alone for what it did", "livemax")
        self._quota_remaining = gauge("quota_remaining", "What a provider says is left of its quota")
        self._quota_limit = gauge("quota_limit", "What a provider says its quota is")

    def called(self, call: ProviderCall) -> None:
        well = call.outcome is Outcome.OK
        self._calls.labels(call.provider, call.outcome).inc()
        self._seconds.labels(call.provider).observe(call.seconds)
        self._requests.labels(call.provider).inc(call.requests)
        self._up.labels(call.provider).set(well)
        if well:
            self._success.labels(call.provider).set(self._clock())

    def stands(self, member: Member) -> None:
        self._enabled.labels(member.slug).set(member.enabled)
        self._quarantined.labels(member.slug).set(member.quarantine.shut)
        if member.enabled:
            for outcome in Outcome:  # a rate needs a zero to begin from
                self._calls.labels(member.slug, outcome)
            self._requests.labels(member.slug)
        if (quota := member.quota) is not None:
            self._quota_remaining.labels(member.slug).set(quota.remaining)
            if quota.limit is not None:
                self._quota_limit.labels(member.slug).set(quota.limit)


class _Caches:
    """The cache, and the one that it shares with other replicas."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.lookups = _counter(registry, "cache_lookups", "Lookups in the cache of what providers said", "result")
        self.shared_errors = _counter(registry, "shared_cache_errors", "Tries of the shared cache that failed")
        for lookup in Lookup:
            self.lookups.labels(lookup)

    @cached_property
    def shared_up(self) -> Gauge:
        return _gauge(self._registry, "shared_cache_up", "Whether the shared cache answers", "livemin")


class _Database:
    """The database. No word of it is heard before it was tried."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.errors = _counter(registry, "database_errors", "Transactions that the database was gone for")
        self._connections = _gauge(registry, "database_connections", "Connections to the database", "livesum", "state")
        self._limit = _gauge(
            registry, "database_connections_limit", "How many connections to the database there may be", "livesum"
        )

    @cached_property
    def up(self) -> Gauge:
        return _gauge(self._registry, "database_up", "Whether the database answers", "livemin")

    def stands(self, connections: Connections) -> None:
        self._connections.labels("in_use").set(connections.in_use)
        self._connections.labels("idle").set(connections.idle)
        self._limit.set(connections.limit)


def _counter(registry: CollectorRegistry, name: str, what: str, *labels: str) -> Counter:
    return Counter(name, f"{what}.", labels, namespace="gateway", registry=registry)


def _gauge(registry: CollectorRegistry, name: str, what: str, together: Together, *labels: str) -> Gauge:
    return Gauge(name, f"{what}.", labels, namespace="gateway", registry=registry, multiprocess_mode=together)


def _histogram(registry: CollectorRegistry, name: str, what: str, buckets: Sequence[float], *labels: str) -> Histogram:
    return Histogram(name, f"{what}.", labels, namespace="gateway", registry=registry, buckets=buckets)


def keep_in(folder: Path, worker: int) -> None:
    """Keep this process's figures in that folder from now on, as those of worker so-and-so; before any are made.

    Who takes a worker's place goes on counting where it ended.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # the library looks nowhere else
    values.ValueClass = values.MultiProcessValue(lambda: worker)


def of_all_workers(folder: Path) -> CollectorRegistry:
    """What is in that folder, added up."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(folder))
    return registry


def forget_what_lived(folder: Path, worker: int) -> None:
    """The worker is dead: what it had in flight, it has no more."""
    mark_process_dead(worker, path=str(folder))


Figures = CollectorRegistry
"""What can be served: one process's figures, or those of all workers."""


def metrics_app(registry: CollectorRegistry) -> Starlette:
    """Serves /metrics, and nothing else."""

    def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"content-type": content_type})

    return Starlette(routes=[Route("/metrics", metrics)])
