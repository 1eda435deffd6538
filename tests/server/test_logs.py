from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from providers import Redactor
from server.logs import set_up_logging

KEY = "k3y+that/nobody=may-see"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log holds, once set up as the server does."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_logging(Redactor(KEY))
    stream = io.StringIO()
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_says_when_how_bad_who_and_what(written: io.StringIO) -> None:
    logging.getLogger("providers.jazz").warning("is %s", "down")
    assert written.getvalue().endswith(" WARNING providers.jazz: is down\n")


def test_a_key_is_hidden_in_messages_and_arguments(written: io.StringIO) -> None:
    logging.getLogger("somebody").info("GET %s", f"https://x.example/?apikey={KEY}")
    logging.getLogger("somebody").info("GET https://x.example/?q=k3y%2Bthat%2Fnobody%3Dmay-see&token=unknown-token")
    assert "may-see" not in written.getvalue()
    assert "unknown-token" not in written.getvalue()
    assert written.getvalue().count("***") >= 3


def test_a_key_is_hidden_in_tracebacks(written: io.StringIO) -> None:
    try:
        int(KEY)
    except ValueError:
        logging.getLogger("schema").exception("a resolver failed")
    assert "Traceback" in written.getvalue()
    assert KEY not in written.getvalue()


def test_what_is_only_for_debugging_is_left_out(written: io.StringIO) -> None:
    logging.getLogger("x").debug("detail")
    assert written.getvalue() == ""
