"""Logs: one line each, and no secret in any, tracebacks included."""

from __future__ import annotations

import logging

from providers import Redactor


class RedactingFormatter(logging.Formatter):
    """Formats, then hides whatever the redactor knows."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The line, or the lines with a traceback, redacted as a whole."""
        return self._redactor(super().format(record))


def set_up_logging(redactor: Redactor, level: int = logging.INFO) -> None:
    """Everything to standard error, through the redactor."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(redactor))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Its "started" and "waiting" say nothing that the welcome does not.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
