from __future__ import annotations

import io
import json
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from urllib.parse import quote, quote_plus

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from gateway.tracing import Untraced
from providers import Redactor
from server.logs import JsonFormatter, LogFormat, set_up_logging
from server.request_id import RequestIds, request_id

KEY = "k3y+that/nobody=may-see"
# Holds whatever JSON, URLs and Python write differently.
AWKWARD = 'k3y"with\\all\tof\nthem é/+=&may-see'


class Traced(Untraced):
    """Always in the same trace."""

    def traceparent(self) -> str | None:
        return f"00-{'a' * 32}-{'b' * 16}-01"


@contextmanager
def log_of(*secrets: str, **more) -> Iterator[io.StringIO]:
    """What the log holds, once set up as the server does."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_logging(Redactor(*secrets), **more)
    stream = io.StringIO()
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    with log_of(KEY) as stream:
        yield stream


@pytest.fixture
def objects() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """Every line of a log for machines, so far."""
    with log_of(KEY, AWKWARD, wanted=LogFormat.JSON, tracer=Traced()) as stream:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


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


def test_for_machines_each_line_is_an_object_that_says_when_how_bad_who_what_and_in_which_trace(objects) -> None:
    logging.getLogger("providers.jazz").warning("is %s", "down\nand out")
    [line] = objects()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "WARNING",
        "logger": "providers.jazz",
        "message": "is down\nand out",
        "trace_id": "a" * 32,
        "span_id": "b" * 16,
    }


def test_the_time_is_in_utc_as_rfc_3339_has_it(objects) -> None:
    logging.getLogger("x").warning("now")
    logging.getLogger("x").handle(logging.makeLogRecord({"created": 0.0, "msg": "then", "levelno": logging.INFO}))
    now, then = (line["timestamp"] for line in objects())
    assert then == "1970-01-01T00:00:00.000Z"
    assert datetime.fromisoformat(now).utcoffset() == timedelta(0)


def every_way_to_write(secret: str) -> list[str]:
    once = [
        secret,
        json.dumps(secret),
        json.dumps(secret, ensure_ascii=False),
        repr(secret),
        ascii(secret),
        quote(secret),
    ]
    return [*once, quote(secret, safe=""), quote(secret, safe="").lower(), quote_plus(secret)]


@pytest.mark.parametrize("secret", [KEY, AWKWARD], ids=["plain", "awkward"])
def test_for_machines_no_secret_is_in_any_part_however_it_is_written(secret: str, objects) -> None:
    log = logging.getLogger("somebody")
    for written in every_way_to_write(secret):
        log.info("as %s", written, extra={"fields": {"operation": written}})
        log.info({"a": [written]})
        try:
            raise ValueError(written)  # noqa: TRY301 - as somebody else's code does
        except ValueError:
            log.exception("broke", stack_info=True)
    lines = objects()
    assert {"exception", "stack"} <= lines[2].keys()
    for line in lines:
        for part in map(str, line.values()):
            assert "may-see" not in part
            assert "k3y" not in part
    assert "may-see" not in json.dumps(lines)


def test_what_is_no_text_or_cannot_be_written_breaks_no_line() -> None:
    fields = {"status": 200, "duration_ms": 1.5}
    record = logging.makeLogRecord({"msg": "a lone \ud800 surrogate and a \x00", "fields": fields})
    line = json.loads(JsonFormatter(Redactor(), lambda: None).format(record))
    assert line["message"] == "a lone ? surrogate and a \x00"
    assert (line["status"], line["duration_ms"]) == (200, 1.5)


async def _says_its_id(_request: Request) -> PlainTextResponse:
    logging.getLogger("app").info("here")
    return PlainTextResponse(request_id() or "")


async def ids_of(given: str | None) -> tuple[str, str]:
    """The id that the application sees, and the one in the answer."""
    app = Starlette(routes=[Route("/", _says_its_id)], middleware=[Middleware(RequestIds)])
    headers = {} if given is None else {"x-request-id": given}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        response = await client.get("/", headers=headers)
    return response.text, response.headers["x-request-id"]


@pytest.mark.parametrize("given", ["a", "7f.3A_b-" * 16])
async def test_a_sane_request_id_is_kept_and_sent_back(given: str) -> None:
    assert await ids_of(given) == (given, given)


@pytest.mark.parametrize("given", [None, "", "x" * 129, "a b", "a\tb", 'a"b', "a/b"])
async def test_one_that_is_missing_or_not_sane_is_made_anew(given: str | None) -> None:
    inside, sent = await ids_of(given)
    assert inside == sent != given
    assert len(sent) == 16


async def test_lines_of_a_request_have_its_id(written) -> None:
    await ids_of("7f3a")
    assert " INFO app [7f3a]: here\n" in written.getvalue()


async def test_for_machines_lines_of_a_request_have_its_id(objects) -> None:
    await ids_of("7f3a")
    assert [line["request_id"] for line in objects() if line["logger"] == "app"] == ["7f3a"]


QUERY = 'query Concerts { events(first: 1, filter: { keyword: "nobodys-business" }) { nodes { id } } }'


async def test_of_each_graphql_request_machines_read_one_line_and_of_probes_none(run) -> None:
    process = await run("serve", "--port=0", GATEWAY_LOG_FORMAT="json")
    line = json.loads(await process.errs("serving at"))
    async with httpx.AsyncClient(base_url=line["message"].split()[2].strip(","), timeout=20) as client:
        for path in ("/healthz", "/readyz", "/graphql?query={nope}"):
            await client.get(path)
        await client.post("/graphql", json={"query": QUERY}, headers={"x-request-id": "7f3a"})
    process.signal(signal.SIGTERM)
    status, out, err = await process.ends()
    assert (status, out) == (0, "")
    lines = [json.loads(line) for line in err.splitlines()]
    wrong, right = (line for line in lines if line["logger"] == "server.watching")
    assert (wrong["outcome"], wrong["status"], "operation" in wrong) == ("client_error", 200, False)
    assert right.pop("duration_ms") > 0
    assert right.pop("timestamp")
    assert right == {
        "level": "INFO",
        "logger": "server.watching",
        "message": "answered a GraphQL request",
        "request_id": "7f3a",
        "operation": "Concerts",
        "type": "query",
        "outcome": "ok",
        "status": 200,
    }
    assert "nobodys-business" not in err


async def test_for_people_there_is_no_line_of_each_request(run) -> None:
    process = await run("serve", "--port=0")
    await process.says("GraphiQL: ")
    async with httpx.AsyncClient(
        base_url=process.said.split("GraphiQL: ")[1].split("/graphql")[0], timeout=20
    ) as client:
        await client.post("/graphql", json={"query": QUERY})
    process.signal(signal.SIGTERM)
    assert "answered" not in (await process.ends())[2]
