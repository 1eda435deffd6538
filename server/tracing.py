"""Traces, by OpenTelemetry: the one home of its SDK. Imported only where somebody wants traces (see `server.collector`).

Spans are sent in batches by a thread of their own. Where the collector does not take them they are dropped, oldest last;
no request ever waits for it. A caller's `traceparent` and `tracestate` are heeded, its `baggage` is not.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from gateway.tracing import Attributes, Block

NAME = "event-gateway"
# How long the last spans may take to be sent when we stop (seconds).
FAREWELL = 3.0
_SERVER_ERROR = 500

# `Quiet` says once what these would say of every batch.
for chatty in ("opentelemetry.exporter", "opentelemetry.sdk._shared_internal"):
    logging.getLogger(chatty).setLevel(logging.CRITICAL)

log = logging.getLogger(__name__)


class Quiet(SpanExporter):
    """Says once that the collector cannot be had, and once that it can be had again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._gone = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send these spans, or drop them."""
        result = self._exporter.export(spans)
        gone = result is not SpanExportResult.SUCCESS
        if gone and not self._gone:
            log.warning("traces are dropped: the collector does not take them; check OTEL_EXPORTER_OTLP_ENDPOINT")
        if self._gone and not gone:
            log.info("the collector takes traces again")
        self._gone = gone
        return result

    def shutdown(self) -> None:
        """Close its connections."""
        self._exporter.shutdown()


class Traces:
    """A `Tracer` that writes OpenTelemetry."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(Quiet(exporter)))
        self._tracer = self._provider.get_tracer(NAME, version(NAME))
        self._propagator = TraceContextTextMapPropagator()

    def answering(self, name: str, headers: Mapping[str, str], attributes: Attributes, /) -> Block:
        """A span that goes on from the caller's, where the caller has one."""
        return self._within(name, attributes, SpanKind.SERVER, self._propagator.extract(headers, Context()))

    def span(self, name: str, attributes: Attributes | None = None, /, *, outward: bool = False) -> Block:
        """A span below that which is under way."""
        return self._within(name, attributes, SpanKind.CLIENT if outward else SpanKind.INTERNAL)

    def note(self, attributes: Attributes, /) -> None:
        """More of the span that is under way."""
        span = trace.get_current_span()
        if span.is_recording():
            span.set_attributes(attributes)
            status = attributes.get("http.response.status_code")
            if isinstance(status, int) and status >= _SERVER_ERROR:
                span.set_status(StatusCode.ERROR)

    def traceparent(self) -> str | None:
        """The span that is under way."""
        carrier: dict[str, str] = {}
        self._propagator.inject(carrier)
        return carrier.get("traceparent")

    def close(self) -> None:
        """Send what is left, for as long as `FAREWELL` allows."""
        # The SDK would wait for half a minute, and its flush takes no time limit at all.
        sending = threading.Thread(target=self._provider.shutdown, name="last spans", daemon=True)
        sending.start()
        sending.join(FAREWELL)

    @contextmanager
    def _within(
        self, name: str, attributes: Attributes | None, kind: SpanKind, parent: Context | None = None
    ) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name,
            context=parent,
            kind=kind,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                # Its class alone: messages may hold what a person sent.
                span.set_attribute("error.type", type(error).__qualname__)
                span.set_status(StatusCode.ERROR)
                raise


def make_traces() -> Traces:
    """As the OTEL_* variables say, which the SDK reads itself."""
    return Traces(OTLPSpanExporter())


def _resource() -> Resource:
    """What this is; the operator's word on it wins."""
    return Resource.create({SERVICE_NAME: NAME, SERVICE_VERSION: version(NAME)}).merge(OTELResourceDetector().detect())
