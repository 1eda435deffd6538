"""Logs, for people or for machines: no secret in any part of a line, and in each what tells whose it is.

For people, lines with their tracebacks below; for machines, one JSON object a line:

    {"timestamp": "2026-11-24T18:00:00.000Z", "level": "WARNING", "logger": "...", "message": "...",
     "request_id": "...", "trace_id": "...", "span_id": "...", "exception": "Traceback ..."}

What does not apply is left out. A line on a request has more, such as `operation` and `duration_ms`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum, auto

import msgspec

from gateway.tracing import UNTRACED, Tracer
from providers import Redactor
from server.request_id import request_id


class LogFormat(StrEnum):
    """Who reads the log."""

    TEXT = auto()
    JSON = auto()


class RedactingFormatter(logging.Formatter):
    """For people. Formats, then hides whatever the redactor knows."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s%(request)s: %(message)s")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The line, or the lines with a traceback, redacted as a whole."""
        own = request_id()
        record.request = f" [{own}]" if own else ""
        return self._redactor(super().format(record))


class JsonFormatter(logging.Formatter):
    """For machines. Each text is redacted before it is encoded, so that no escape hides a secret from the redactor."""

    def __init__(self, redactor: Redactor, traceparent: Callable[[], str | None]) -> None:
        super().__init__()
        self._redactor = redactor
        self._traceparent = traceparent

    def format(self, record: logging.LogRecord) -> str:
        """The object, in one line."""
        line: dict[str, object] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")[:-6] + "Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id(),
            **_trace_ids(self._traceparent()),
            **getattr(record, "fields", {}),
            "exception": self.formatException(record.exc_info) if record.exc_info else None,
            "stack": record.stack_info,
        }
        return msgspec.json.encode(
            {key: self._clean(value) for key, value in line.items() if value is not None}
        ).decode()

    def _clean(self, value: object) -> object:
        # A lone surrogate has no UTF-8.
        return self._redactor(value).encode(errors="replace").decode() if isinstance(value, str) else value


def _trace_ids(traceparent: str | None) -> Mapping[str, str]:
    """Those in `00-<trace id>-<span id>-<flags>`."""
    if traceparent is None:
        return {}
    _, trace_id, span_id, _ = traceparent.split("-")
    return {"trace_id": trace_id, "span_id": span_id}


def set_up_logging(
    redactor: Redactor, wanted: LogFormat = LogFormat.TEXT, tracer: Tracer = UNTRACED, level: int = logging.INFO
) -> None:
    """Everything to standard error, through the redactor."""
    handler = logging.StreamHandler()
    json = wanted is LogFormat.JSON
    handler.setFormatter(JsonFormatter(redactor, tracer.traceparent) if json else RedactingFormatter(redactor))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Its "started" and "waiting" say nothing that the welcome does not.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
