"""Each figure moves when what it counts happens, and for nothing else; asked as Prometheus asks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse
from starlette.requests import Request as Received
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.accounts import Database, upgrade
from gateway.keys import Keys
from providers import (
    Enrolled,
    Http,
    Info,
    Limits,
    Listing,
    Malformed,
    Misconfigured,
    Page,
    Patience,
    Provider,
    ProviderError,
    ProviderOrigin,
    RateLimited,
    Refused,
    Registry,
    Request,
    TimedOut,
    Unavailable,
    When,
)
from providers.testing import FakeUpstream, Fault
from server.app import create_app, make_gateway
from server.counting import take_stock
from server.metrics import Metrics, metrics_app

DOCUMENTED = Path(__file__).parents[2] / "docs" / "metrics.md"
EVENTS = "{ events(first: 1) { nodes { name } isPartial } }"
SECONDS = 20
SECRET = "swordfish-for-the-radio"
SOON = datetime.now(UTC) + timedelta(days=1)


class Radio(Provider):
    """Does what a test gives it to do, then tells of one concert."""

    info = Info(slug="radio", title="Radio", limits=Limits(cache_ttl=timedelta(minutes=1)))

    def __init__(self, act: Callable[[Http], Awaitable[object]], url: str = "http://radio.invalid") -> None:
        super().__init__(settings={}, http=Http(url, patience=Patience(attempts=2, first_wait=0.001)))
        self._act = act

    async def search(self, _query, _seek, _limit) -> Page:
        await self._act(self.http)
        return Page(listings=(Listing(id="1", name="Concert", start=When.at(SOON)),))


async def well(_http: Http) -> None:
    """Nothing is the matter."""


class World:
    """A gateway that is counted, and Prometheus beside it."""

    def __init__(self, file: Path, *providers: Provider, off: tuple[str, ...] = ()) -> None:
        entries = [
            Enrolled(
                info=each.info,
                origin=ProviderOrigin.BUILT_IN,
                package="tests",
                provider=each,
                enabled=True,
                secrets=(SECRET,),
            )
            for each in providers
        ]
        entries += [
            Enrolled(info=Info(slug=slug, title=slug), origin=ProviderOrigin.BUILT_IN, package="tests") for slug in off
        ]
        self.metrics = Metrics()
        self.database = Database(f"sqlite:///{file}", rest=0, measures=self.metrics)
        self.gateway = make_gateway(Registry(entries), Keys([b"k" * 32]), self.database, measures=self.metrics)
        self.app = create_app(self.gateway, counts=self.metrics, revision="abc1234")
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://gateway")
        self._prometheus = httpx.AsyncClient(
            transport=httpx.ASGITransport(metrics_app(self.metrics.registry)), base_url="http://metrics"
        )

    async def ask(self, query: str = EVENTS, **more: object) -> httpx.Response:
        return await self.client.post("/graphql", json={"query": query, **more})

    async def scrape(self, **headers: str) -> str:
        response = await self._prometheus.get("/metrics", headers=headers)
        assert response.status_code == 200
        return response.text

    async def figures(self) -> dict[str, float]:
        """Every sample as it is written, `name{label="value"}`, with its value."""
        return {
            sample.name + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
            for family in parse(await self.scrape())
            for sample in family.samples
        }

    async def take_stock(self) -> None:
        await take_stock(self.metrics, self.gateway.catalogue.roster, self.database)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[object]:
    """Makes one of these providers."""
    made: list[World] = []

    def world(*providers: Provider, **more: object) -> World:
        made.append(World(tmp_path / "gateway.sqlite3", *(providers or [Radio(well)]), **more))
        return made[-1]

    yield world
    for each in made:
        await each.gateway.aclose()
        await each.client.aclose()


@asynccontextmanager
async def held(world: World, go: asyncio.Event, asks: int = 1) -> AsyncIterator[list[asyncio.Task[httpx.Response]]]:
    """So many requests, all of them waiting for the provider."""
    tasks = [asyncio.create_task(world.ask()) for _ in range(asks)]
    async with asyncio.timeout(SECONDS):
        while (await world.figures())["gateway_graphql_requests_in_flight"] != asks:  # noqa: ASYNC110 - nobody but the figures tells
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.1)  # a wait that can be told from none
    yield tasks
    go.set()
    await asyncio.gather(*tasks)


def of(name: str, figures: dict[str, float]) -> dict[str, float]:
    """The samples of that name that are not zero, by their labels."""
    return {
        sample.removeprefix(name).strip(): value
        for sample, value in figures.items()
        if sample.split()[0] == name and value
    }


OPERATIONS = {
    "a whole answer": (EVENTS, "operation=anonymous outcome=ok type=query"),
    "one with a name": (f"query Tonight {EVENTS}", "operation=Tonight outcome=ok type=query"),
    "a mutation": (
        'mutation Leave { revokeSession(input: { refreshToken: "x" }) { revokedCount } }',
        "operation=Leave outcome=ok type=mutation",
    ),
    "an argument that cannot be meant": (
        "query Many { events(first: 101) { isPartial } }",
        "operation=Many outcome=client_error type=query",
    ),
    "a field that does not exist": ("query Odd { nothing }", "operation=other outcome=client_error type=query"),
    "no GraphQL": ("not graphql", "operation=anonymous outcome=client_error type=unknown"),
    "which of two is meant": (
        "query A { server { version } } query B { server { version } }",
        "operation=anonymous outcome=client_error type=unknown",
    ),
}


@pytest.mark.parametrize(("query", "labels"), OPERATIONS.values(), ids=OPERATIONS)
async def test_an_operation_is_counted_once_by_name_type_and_outcome(query: str, labels: str, world) -> None:
    gateway = world()
    await gateway.ask(query)
    figures = await gateway.figures()
    assert of("gateway_graphql_requests_total", figures) == {labels: 1}
    [kind] = re.findall(r"type=\w+", labels)
    for name in ("request_duration_seconds", "overhead_seconds", "upstream_seconds", "upstream_requests"):
        assert of(f"gateway_graphql_{name}_count", figures) == {kind: 1}
    assert figures["gateway_graphql_requests_in_flight"] == 0


async def test_a_request_that_is_no_graphql_over_http_is_the_clients_error(world) -> None:
    gateway, json = world(), {"content-type": "application/json"}
    await gateway.client.post("/graphql", content=b"{", headers=json)
    await gateway.client.post("/graphql", content=b"query", headers={"content-type": "text/plain"})
    await gateway.client.put("/graphql")
    await gateway.ask("{ server { version } }", operationName=5)
    await gateway.client.get("/graphql", params={"query": EVENTS}, headers={"accept": "image/png"})
    await gateway.client.get("/graphql", params={"query": "mutation M { revokeSession { revokedCount } }"})
    figures = of("gateway_graphql_requests_total", await gateway.figures())
    assert {labels.split()[1] for labels in figures} == {"outcome=client_error"}
    assert sum(figures.values()) == 6


async def test_a_page_without_some_providers_part_is_partial(world) -> None:
    async def down(_http: Http) -> None:
        message = "is down"
        raise Unavailable(message)

    gateway = world(Radio(down))
    await gateway.ask()
    figures = of("gateway_graphql_requests_total", await gateway.figures())
    assert figures == {"operation=anonymous outcome=partial type=query": 1}


async def test_what_breaks_on_our_side_is_the_servers_error(world) -> None:
    gateway = world()
    gateway.gateway.catalogue.roster.all = None
    await gateway.ask("{ providers { slug } }")
    figures = of("gateway_graphql_requests_total", await gateway.figures())
    assert figures == {"operation=anonymous outcome=server_error type=query": 1}


async def test_a_thousand_operation_names_are_fifty_series(world) -> None:
    gateway = world()
    for number in range(1_000):
        await gateway.ask(f"query Name{number} {{ server {{ version }} }}")
    await gateway.ask(f"query {'N' * 61} {{ server {{ version }} }}")
    figures = of("gateway_graphql_requests_total", await gateway.figures())
    assert len(figures) == 51
    assert figures["operation=other outcome=ok type=query"] == 951
    assert sum(figures.values()) == 1_001


async def test_operations_that_are_wrong_take_no_ones_name(world) -> None:
    gateway = world()
    for number in range(100):
        await gateway.ask(f"query Wrong{number} {{ nothing }}")
    await gateway.ask("query Right { server { version } }")
    figures = of("gateway_graphql_requests_total", await gateway.figures())
    assert figures == {
        "operation=Right outcome=ok type=query": 1,
        "operation=other outcome=client_error type=query": 100,
    }


async def test_http_requests_are_counted_by_the_pattern_of_their_path(world) -> None:
    gateway = world()
    for number in range(50):
        await gateway.client.get(f"/made/up/{number}")
        await gateway.client.get(f"/events/{number}.ics")
        await gateway.client.get(f"/static/assets/{number}.js")
    await gateway.client.get("/healthz")
    await gateway.client.post("/healthz")
    await gateway.client.request("MADEUP", "/healthz")
    figures = of("gateway_http_requests_total", await gateway.figures())
    assert figures == {
        "method=GET route=/events/{id}.ics status=4xx": 50,
        "method=GET route=/healthz status=2xx": 1,
        "method=GET route=/static/assets status=4xx": 50,
        "method=GET route=unmatched status=4xx": 50,
        "method=POST route=/healthz status=4xx": 1,
        "method=other route=/healthz status=4xx": 1,
    }


async def test_requests_are_in_flight_until_they_are_answered(world) -> None:
    go = asyncio.Event()
    gateway = world(Radio(lambda _http: go.wait()))
    async with held(gateway, go, asks=7):
        assert (await gateway.figures())["gateway_graphql_requests_in_flight"] == 7
    assert (await gateway.figures())["gateway_graphql_requests_in_flight"] == 0


async def test_whoever_waits_for_a_provider_waits_upstream_and_only_the_first_sends(world) -> None:
    go = asyncio.Event()
    with Station() as upstream:

        async def act(http: Http) -> None:
            await go.wait()
            await http.json(Request(path="on-air"))

        gateway = world(Radio(act, upstream.url))
        async with held(gateway, go, asks=2):
            pass
        figures = await gateway.figures()
    # Both waited, one asked: no bucket says that a wait took no time at all, and one that a request was sent.
    assert figures["gateway_graphql_upstream_seconds_bucket le=0.005 type=query"] == 0
    assert figures["gateway_graphql_upstream_seconds_sum type=query"] > 0
    assert figures["gateway_graphql_upstream_requests_bucket le=0.0 type=query"] == 1
    assert figures["gateway_graphql_upstream_requests_sum type=query"] == 1
    assert of("gateway_provider_calls_total", figures) == {"outcome=ok provider=radio": 1}


async def test_overhead_is_what_is_left_of_the_time(world) -> None:
    gateway = world()
    for _ in range(3):
        await gateway.ask()
    figures = await gateway.figures()
    duration, overhead, upstream = (
        figures[f"gateway_graphql_{name}_seconds_sum type=query"]
        for name in ("request_duration", "overhead", "upstream")
    )
    assert duration == pytest.approx(overhead + upstream)


async def test_an_answer_out_of_the_cache_has_waited_for_nobody(world) -> None:
    gateway = world()
    await gateway.ask()
    before = await gateway.figures()
    await gateway.ask()
    after = await gateway.figures()
    sums = "gateway_graphql_upstream_seconds_sum type=query"
    assert before[sums] == after[sums]
    assert of("gateway_cache_lookups_total", before) == {"result=miss": 1}
    assert of("gateway_cache_lookups_total", after) == {"result=miss": 1, "result=hit": 1}


ENDS = {
    "timed_out": TimedOut("is slow"),
    "unavailable": Unavailable("is down"),
    "rate_limited": RateLimited("has enough"),
    "refused": Refused("will not"),
    "misconfigured": Misconfigured("does not know the key"),
    "malformed": Malformed("babbles"),
}


@pytest.mark.parametrize(("outcome", "error"), ENDS.items(), ids=ENDS)
async def test_a_call_to_a_provider_is_counted_by_how_it_ended(outcome: str, error: ProviderError, world) -> None:
    errors = [error]

    async def act(_http: Http) -> None:
        if errors:
            raise errors.pop()

    gateway = world(Radio(act))
    await gateway.ask()
    figures = await gateway.figures()
    assert of("gateway_provider_calls_total", figures) == {f"outcome={outcome} provider=radio": 1}
    assert figures["gateway_provider_up provider=radio"] == 0
    assert "gateway_provider_last_success_timestamp_seconds provider=radio" not in figures
    await gateway.ask()
    figures = await gateway.figures()
    assert of("gateway_provider_calls_total", figures)["outcome=ok provider=radio"] == 1
    assert figures["gateway_provider_up provider=radio"] == 1
    assert abs(figures["gateway_provider_last_success_timestamp_seconds provider=radio"] - SOON.timestamp()) < 90_000
    assert figures["gateway_provider_call_duration_seconds_count provider=radio"] == 2


class Station(FakeUpstream):
    """Says how much of its quota is left."""

    left = 5_000

    def routes(self) -> list[Route]:
        return [Route("/on-air", self._on_air)]

    async def _on_air(self, _request: Received) -> Response:
        self.left -= 1
        return JSONResponse({}, headers={"Rate-Limit": "5000", "Rate-Limit-Available": str(self.left)})


async def test_requests_to_a_provider_count_retries_and_its_quota_is_as_it_says(world) -> None:
    with Station() as upstream:
        gateway = world(Radio(lambda http: http.json(Request(path="on-air")), upstream.url))
        upstream.fault = Fault.status(503, times=1)
        await gateway.ask()
        await gateway.take_stock()
        figures = await gateway.figures()
        health = (await gateway.ask("{ providers { health { quotaRemaining } } }")).json()
    assert figures["gateway_provider_requests_total provider=radio"] == 2
    assert figures["gateway_provider_quota_remaining provider=radio"] == 4_999
    assert figures["gateway_provider_quota_limit provider=radio"] == 5_000
    assert health["data"]["providers"] == [{"health": {"quotaRemaining": 4_999}}]


async def test_the_stock_says_who_is_asked_who_is_left_alone_and_what_is_connected(world) -> None:
    gateway = world(off=("television",))
    await gateway.take_stock()
    figures = await gateway.figures()
    assert of("gateway_provider_enabled", figures) == {"provider=radio": 1}
    assert figures["gateway_provider_enabled provider=television"] == 0
    assert figures["gateway_provider_quarantined provider=radio"] == 0
    assert "gateway_provider_quota_remaining provider=radio" not in figures
    assert figures["gateway_database_connections_limit"] == 10
    for _ in range(3):
        gateway.gateway.catalogue.roster.get("radio").quarantine.strike("sings too loud")
    gateway.metrics.stock_taken(gateway.gateway.catalogue.roster.all(), gateway.database.connections)
    assert (await gateway.figures())["gateway_provider_quarantined provider=radio"] == 1


async def test_every_outcome_begins_at_zero_so_that_the_first_failure_is_a_rate(world) -> None:
    gateway = world()
    await gateway.take_stock()
    figures = await gateway.figures()
    assert {name for name in figures if name.startswith("gateway_provider_calls_total")} == {
        f"gateway_provider_calls_total outcome={outcome} provider=radio" for outcome in ("ok", *ENDS)
    }


async def test_the_database_is_down_until_it_is_back(world) -> None:
    gateway = world()
    assert "gateway_database_up" not in await gateway.figures()
    await gateway.take_stock()
    figures = await gateway.figures()
    assert (figures["gateway_database_up"], figures["gateway_database_errors_total"]) == (0, 1)
    await upgrade(gateway.database)
    assert await gateway.database.look()
    figures = await gateway.figures()
    assert (figures["gateway_database_up"], figures["gateway_database_errors_total"]) == (1, 1)


async def test_connections_in_use_are_told_from_those_at_rest(database: Database) -> None:
    metrics = Metrics()

    def connections() -> tuple[float | None, ...]:
        metrics.stock_taken([], database.connections)
        return tuple(
            metrics.registry.get_sample_value("gateway_database_connections", {"state": state})
            for state in ("in_use", "idle")
        )

    assert connections() == (0, 0)
    async with database.reading():
        assert connections() == (1, 0)
    assert connections() == (0, 1)


async def test_the_shared_cache_has_no_series_before_it_was_tried(world) -> None:
    gateway = world()
    assert "gateway_shared_cache_up" not in await gateway.figures()
    for reached in (True, False):
        gateway.metrics.shared_cache_reached(reached)
        figures = await gateway.figures()
        assert figures["gateway_shared_cache_up"] == reached
    assert figures["gateway_shared_cache_errors_total"] == 1


async def test_it_is_ready_from_start_up_to_shut_down(world) -> None:
    gateway = world()
    assert (await gateway.figures())["gateway_ready"] == 0
    async with gateway.app.router.lifespan_context(gateway.app):
        assert (await gateway.figures())["gateway_ready"] == 1
    assert (await gateway.figures())["gateway_ready"] == 0


async def test_it_says_which_gateway_it_is(world) -> None:
    gateway = world()
    build = (await gateway.ask("{ server { version schemaHash } }")).json()["data"]["server"]
    labels = f"revision=abc1234 schema_hash={build['schemaHash']} version={build['version']}"
    assert of("gateway_build_info", await gateway.figures()) == {labels: 1}


async def test_a_scrape_asks_neither_a_provider_nor_the_database(world) -> None:
    calls: list[Http] = []

    async def act(http: Http) -> None:
        calls.append(http)

    gateway = world(Radio(act))
    before = await gateway.figures()
    for _ in range(20):
        assert await gateway.figures() == before
    assert calls == []
    assert gateway.database.connections.idle == 0


async def test_no_label_holds_a_secret_or_what_somebody_searched_for(world) -> None:
    async def act(_http: Http) -> None:
        message = f"refused the key {SECRET}"
        raise Misconfigured(message)

    gateway = world(Radio(act))
    await gateway.ask('{ events(filter: { keyword: "ann@example.org" }) { isPartial } }')
    await gateway.client.get(f"/calendar/{SECRET}.ics")
    await gateway.client.get(f"/{SECRET}", params={"token": SECRET})
    text = await gateway.scrape()
    assert SECRET not in text
    assert "ann@example.org" not in text


async def test_both_formats_of_prometheus_can_be_read(world) -> None:
    gateway = world()
    await gateway.ask()
    plain = {family.name for family in parse(await gateway.scrape())}
    openmetrics = parse_openmetrics(await gateway.scrape(accept="application/openmetrics-text; version=1.0.0"))
    assert {family.name for family in openmetrics} == plain
    assert not any(name.endswith("_created") for name in plain)


async def test_the_documentation_lists_what_is_exported_and_nothing_else(world) -> None:
    gateway = world()
    await gateway.take_stock()
    gateway.metrics.shared_cache_reached(True)  # noqa: FBT003 - as the protocol has it
    exported = {
        f"`{family.name}{'_total' if family.type == 'counter' else ''}`" for family in parse(await gateway.scrape())
    }
    assert set(re.findall(r"^\| (`\w+`)", DOCUMENTED.read_text(encoding="utf-8"), re.MULTILINE)) == exported


async def test_the_documentation_says_which_labels_there_are(world) -> None:
    gateway = world()
    await gateway.ask()
    await gateway.take_stock()
    documented = DOCUMENTED.read_text(encoding="utf-8")
    for family in parse(await gateway.scrape()):
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        [row] = re.findall(rf"^\| `{family.name}(?:_total)?` \|([^|]*)\|", documented, re.MULTILINE)
        assert labels <= set(re.findall(r"`(\w+)`", row)), family.name
