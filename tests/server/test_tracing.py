"""A real process, a collector that speaks OTLP over HTTP, and a provider that takes note of what it is sent."""

from __future__ import annotations

import asyncio
import gzip
import re
import signal
import socket
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from providers import SettingError
from providers.testing import FakeUpstream
from server.collector import read_collector

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PRIVATE = "a-word-that-is-nobody's-business"
QUERY = f'query Concerts {{ events(first: 3, filter: {{ keyword: "{PRIVATE}" }}) {{ nodes {{ id }} isPartial }} }}'
SIGN_UP = (
    f'mutation In {{ registerUser(input: {{ email: "a@example.org", password: "{PRIVATE}" }}) {{ viewer {{ id }} }} }}'
)
CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//jazz//jazz//EN
END:VCALENDAR
""".replace("\n", "\r\n")


class Collector:
    """Takes spans, on a thread."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        self.headers: list[dict[str, str]] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    content = gzip.decompress(content)
                collector.requests.append(ExportTraceServiceRequest.FromString(content))
                collector.headers.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def spans(self) -> list[object]:
        return [
            span
            for request in list(self.requests)
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def service(self) -> dict[str, str]:
        return attributes_of(self.requests[0].resource_spans[0].resource)


def attributes_of(thing) -> dict[str, object]:
    kinds = ("string_value", "int_value", "double_value", "bool_value")
    return {
        each.key: next(getattr(each.value, kind) for kind in kinds if each.value.HasField(kind))
        for each in thing.attributes
    }


class Club(FakeUpstream):
    """A club's calendar, with nothing in it."""

    def routes(self) -> list[Route]:
        return [Route("/calendar.ics", self._calendar)]

    def __init__(self) -> None:
        super().__init__()
        self.headers: list[dict[str, str]] = []

    async def _calendar(self, request: Request) -> Response:
        self.headers.append(dict(request.headers))
        return PlainTextResponse(CALENDAR, media_type="text/calendar")


@pytest.fixture
def collector():
    collector = Collector()
    yield collector
    collector.stop()


@pytest.fixture
def club():
    with Club() as club:
        yield club


@pytest.fixture
def feed(club, tmp_path) -> dict[str, str]:
    """Settings of a gateway that asks the club and nobody else."""
    path = tmp_path / "gateway.toml"
    path.write_text(
        f'[feeds.club]\nkind = "icalendar"\nurl = "{club.url}/calendar.ics"\ntime_zone = "Europe/Berlin"\nallow_private = true\n',
        encoding="utf-8",
    )
    return {"GATEWAY_CONFIG": str(path)}


async def address_of(process) -> str:
    found = re.search(r"http://\S+", await process.says("Event gateway is at"))
    assert found is not None
    return found[0]


async def ask(address: str, query: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        return await client.post("/graphql", json={"query": query}, headers=headers)


async def stop(process) -> str:
    process.signal(signal.SIGTERM)
    status, out, err = await process.ends()
    assert status == 0
    assert "Traceback" not in err
    return out + err


async def test_a_callers_trace_goes_on_through_every_part_to_the_providers_and_nothing_private_is_in_it(
    run, collector, club, feed
) -> None:
    settings = {**feed, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_HEADERS": "api-key=k3y"}
    process = await run("serve", "--port=0", **settings)
    address = await address_of(process)
    headers = {
        "traceparent": f"00-{TRACE}-{CALLER}-01",
        "tracestate": f"vendor={PRIVATE}".replace("'", ""),
        "baggage": "user=ann",
    }
    for _ in range(2):
        answer = await ask(address, QUERY, **headers)
        assert answer.json()["data"]["events"] == {"nodes": [], "isPartial": False}
    await ask(address, SIGN_UP, **headers)
    await ask(address, "{ events(first: 101) { nodes { id } } }")
    said = await stop(process)

    spans = [span for span in collector.spans if span.trace_id.hex() == TRACE]
    by_id = {span.span_id: span for span in spans}
    first, second, third = [span for span in spans if span.name == "POST /graphql"]
    assert {span.parent_span_id.hex() for span in (first, second, third)} == {CALLER}
    assert (
        attributes_of(first)
        == attributes_of(second)
        == {
            "http.request.method": "POST",
            "http.route": "/graphql",
            "url.path": "/graphql",
            "url.scheme": "http",
            "server.address": "127.0.0.1",
            "graphql.operation.name": "Concerts",
            "graphql.operation.type": "query",
            "gateway.outcome": "ok",
            "http.response.status_code": 200,
        }
    )
    assert attributes_of(third)["graphql.operation.type"] == "mutation"
    plans = [span for span in spans if span.name == "plan"]
    assert [span.parent_span_id for span in plans] == [first.span_id, second.span_id, third.span_id]

    asked, kept = [span for span in spans if span.name == "provider club"]
    assert [by_id[span.parent_span_id] for span in (asked, kept)] == [first, second]
    assert attributes_of(asked) == {
        "gateway.provider": "club",
        "gateway.cached": False,
        "gateway.outcome": "ok",
        "gateway.upstream_requests": 1,
    }
    assert attributes_of(kept) == {"gateway.provider": "club", "gateway.cached": True}
    assert asked.end_time_unix_nano > asked.start_time_unix_nano

    writing, *_ = (span for span in spans if span.name == "database writing")
    assert attributes_of(writing) == {"db.system.name": "sqlite", "db.operation.name": "writing"}
    assert writing.parent_span_id == third.span_id

    [sent] = club.headers
    assert sent["traceparent"] == f"00-{TRACE}-{asked.span_id.hex()}-01"
    assert {"tracestate", "baggage", "x-request-id"} & sent.keys() == set()

    others = [span for span in collector.spans if span.trace_id.hex() != TRACE and span.name == "POST /graphql"]
    assert [attributes_of(span)["gateway.outcome"] for span in others] == ["client_error"]

    assert collector.service["service.name"] == "event-gateway"
    assert collector.headers[0]["api-key"] == "k3y"
    text = "".join(map(str, collector.requests))
    assert "nobody" not in "".join(line for line in text.splitlines() if "trace_state" not in line)
    assert "example.org" not in text
    assert "k3y" not in said


async def test_a_provider_that_fails_is_told_by_the_kind_of_its_failure(run, collector, club, feed) -> None:
    club.stop()
    process = await run(
        "serve",
        "--port=0",
        **feed,
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=f"{collector.url}/v1/traces",
        OTEL_SERVICE_NAME="jazz",
    )
    answer = await ask(await address_of(process), QUERY)
    assert answer.json()["data"]["events"]["isPartial"] is True
    await stop(process)
    span = next(span for span in collector.spans if span.name == "provider club")
    found = attributes_of(span)
    assert (found["error.type"], found["gateway.outcome"], span.status.code) == ("Unavailable", "unavailable", 2)
    assert (span.status.message, list(span.events)) == ("", [])
    assert (
        next(attributes_of(each)["gateway.outcome"] for each in collector.spans if each.name == "POST /graphql")
        == "partial"
    )
    assert collector.service["service.name"] == "jazz"


async def test_a_collector_that_is_dead_harms_nobody_and_is_told_of_once(run, feed) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}", "OTEL_BSP_SCHEDULE_DELAY": "50"}
        settings |= {
            "OTEL_EXPORTER_OTLP_TIMEOUT": "0.5",
            "OTEL_BSP_MAX_QUEUE_SIZE": "8",
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "4",
        }
        process = await run("serve", "--port=0", **feed, **settings)
        address = await address_of(process)
        answers = await asyncio.gather(*(ask(address, QUERY) for _ in range(50)))
        assert {answer.status_code for answer in answers} == {200}
        await asyncio.sleep(1.5)
        said = await stop(process)
    assert said.count("traces are dropped") == 1
    assert "opentelemetry" not in said


async def test_a_collector_that_takes_for_ever_does_not_keep_the_process(run, feed) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        process = await run(
            "serve", "--port=0", **feed, OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{listener.getsockname()[1]}"
        )
        await ask(await address_of(process), QUERY)
        begun = time.monotonic()
        await stop(process)
    # The SDK itself would wait for ten seconds and more.
    assert time.monotonic() - begun < 9


@pytest.mark.parametrize(
    "settings", [{}, {"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none"}], ids=["unset", "disabled", "none"]
)
async def test_where_nobody_wants_traces_nobody_is_told(settings, run, collector, club, feed) -> None:
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url} if settings else {}
    process = await run("serve", "--port=0", **feed, **endpoint, **settings)
    await ask(await address_of(process), QUERY, traceparent=f"00-{TRACE}-{CALLER}-01")
    await stop(process)
    assert collector.requests == []
    assert "traceparent" not in club.headers[0]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL: wants http/protobuf"),
        ({"OTEL_TRACES_EXPORTER": "jaeger"}, "OTEL_TRACES_EXPORTER: wants otlp or none, not 'jaeger'"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317"}, "OTEL_EXPORTER_OTLP_ENDPOINT: wants an address such as"),
    ],
)
def test_a_collector_that_we_cannot_speak_to_is_a_bad_setting(settings, message) -> None:
    with pytest.raises(SettingError, match=message):
        read_collector({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", **settings})


def test_what_a_collector_is_sent_to_prove_who_we_are_is_a_secret() -> None:
    collector = read_collector(
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "https://ann:pass%21word@collector",
            "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20abcdef,api-key=0123456",
        }
    )
    assert collector is not None
    assert {"abcdef", "0123456", "pass!word"} <= set(collector.secrets)
    assert "abcdef" not in repr(collector)
