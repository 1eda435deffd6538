"""`event-gateway demo` as a newcomer has it: a real process, asked over HTTP."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from providers.testing.demo import RATE_LIMITED, SLOW

COMMAND = Path(sys.executable).with_name("event-gateway")
SECONDS = 60
SLUGS = {
    "blue-heron-calendar",
    "eventbrite",
    "lantern-hall-page",
    "milan-gancio",
    "open-mobilizon",
    "skiddle",
    "ticketmaster",
}
CITIES = ["London", "Berlin", "Milan", "Manchester", "Glasgow", "Dublin", "Paris", "Lyon"]
PAGE = """query Page($first: Int!, $after: String, $filter: EventFilter, $providers: [ID!], $deadline: Int! = 20000) {
  events(first: $first, after: $after, filter: $filter, providers: $providers, deadlineMs: $deadline) {
    nodes { id name url startDate sources { url provider { slug } } }
    pageInfo { hasNextPage endCursor }
    providerReports { provider { slug } status latencyMs }
    warnings { code provider { slug } } } }"""


class Demo:
    """A demo that runs."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process
        self.welcome = ""
        for line in process.stdout:
            self.welcome += line
            if "Ctrl-C" in line:
                break
        address = re.search(r"Event gateway is at (\S+)", self.welcome)
        assert address, self.welcome
        self.client = httpx.Client(base_url=address[1], timeout=SECONDS, trust_env=False)

    def ask(self, query, **variables):
        answer = self.client.post("/graphql", json={"query": query, "variables": variables}).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def page(self, **variables):
        return self.ask(PAGE, **variables)["events"]


@contextmanager
def running(*arguments: str, folder: Path, **settings: str) -> Iterator[Demo]:
    """Without the settings of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [COMMAND, "demo", "--port", "0", *arguments],
            env={**kept, "TMPDIR": str(folder), "COLUMNS": "80", **settings},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        demo = Demo(process)
        with demo.client:
            yield demo
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def steady(tmp_path_factory) -> Iterator[Demo]:
    with running("--steady", folder=tmp_path_factory.mktemp("steady")) as demo:
        yield demo


@pytest.fixture
def usual(tmp_path) -> Iterator[Demo]:
    with running(folder=tmp_path) as demo:
        yield demo


def slug_of(node):
    return node["sources"][0]["provider"]["slug"]


def everything(demo):
    nodes, after = [], None
    while True:
        page = demo.page(first=100, after=after)
        assert page["warnings"] == []
        nodes += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes
        after = page["pageInfo"]["endCursor"]


@pytest.fixture(scope="module")
def nodes(steady):
    """All that there is."""
    return everything(steady)


def test_every_provider_answers_and_says_that_it_is_a_demo(steady):
    page = steady.page(first=100)
    assert {report["provider"]["slug"]: report["status"] for report in page["providerReports"]} == dict.fromkeys(
        SLUGS, "OK"
    )
    providers = steady.ask("{ providers { slug name enabled homepage attribution { text required } } }")["providers"]
    assert {each["slug"] for each in providers if each["enabled"]} == SLUGS
    for each in providers:
        assert each["name"].startswith("DEMO: ")
        assert (each["homepage"], each["attribution"]["required"]) == (None, True)


def test_paging_through_everything_gives_each_listing_once(nodes):
    ids = [node["id"] for node in nodes]
    assert len(ids) == len(set(ids)) > 500
    assert {slug_of(node) for node in nodes} == SLUGS


def test_one_happening_of_three_providers_is_one_event(nodes):
    """Every listing's address ends with its happening's number."""
    events = [{source["url"][-10:] for source in node["sources"] if source["url"]} for node in nodes]
    assert sum(len(node["sources"]) >= 3 for node in nodes) > 10
    assert [numbers for numbers in events if len(numbers) > 1] == []


PLACES = """{ events(first: 100, deadlineMs: 20000) { nodes { id sources { provider { slug } }
  location { id name alternateNames externalIds { scheme value } address { formatted }
    events(first: 3) { nodes { sources { provider { slug } } } } }
  performers { performer { name } } } } }"""


def test_the_happening_of_several_sellers_is_in_one_house_that_all_of_them_know(steady):
    nodes = steady.ask(PLACES)["events"]["nodes"]
    shared = max(nodes, key=lambda node: len(node["sources"]))
    sellers, house = {source["provider"]["slug"] for source in shared["sources"]}, shared["location"]
    assert len(sellers) >= 3
    assert {each["scheme"] for each in house["externalIds"]} == sellers
    assert house["alternateNames"]
    assert house["name"] not in house["alternateNames"]
    assert {source["provider"]["slug"] for node in house["events"]["nodes"] for source in node["sources"]} >= sellers
    names = [part["performer"]["name"].casefold().removeprefix("the ") for part in shared["performers"]]
    assert len(names) == len(set(names)) > 0
    for node in nodes:
        known = {each["scheme"] for each in node["location"]["externalIds"]} if node["location"] else set()
        assert known <= {source["provider"]["slug"] for source in node["sources"]}


FILTERS = [
    {"near": {"lat": 51.5085, "lon": -0.1257, "radius": 10}},
    {"city": "Milan"},
    {"genres": ["jazz"]},
    {"eventTypes": ["COMEDY"]},
    {"price": {"currency": "GBP", "max": "20"}},
]


@pytest.mark.parametrize("wanted", FILTERS, ids=lambda wanted: next(iter(wanted)))
def test_every_filter_has_something_to_find_at_several_providers(steady, wanted):
    page = steady.page(first=50, filter=wanted)
    assert len(page["nodes"]) > 5
    assert len({slug_of(node) for node in page["nodes"]}) > 1
    assert page["warnings"] == []


def test_the_slow_provider_is_slow_and_in_time(usual):
    page = usual.page(first=20, deadline=20_000)
    latencies = {report["provider"]["slug"]: report["latencyMs"] for report in page["providerReports"]}
    assert latencies[SLOW] >= 800
    assert page["warnings"] == []


FOLLOW = """subscription { eventSearch(first: 20, deadlineMs: 20000) {
  ... on EventsUpdated { removed mergedAway { id } }
  ... on EventsAdded { provider { slug } placements { afterId event { id } } }
  ... on ProviderFinished { report { provider { slug } } }
  ... on SearchCompleted { hasNextPage } } }"""


def test_a_search_that_is_followed_shows_the_others_events_before_the_slow_provider_has_answered(usual):
    rows, shown_before, finished = [], None, []
    with usual.client.stream(
        "POST", "/graphql", json={"query": FOLLOW}, headers={"accept": "text/event-stream"}
    ) as stream:
        for line in stream.iter_lines():
            if not line.startswith("data: "):
                continue
            message = json.loads(line.removeprefix("data: "))["data"]["eventSearch"]
            for gone in [*message.get("removed", ()), *(each["id"] for each in message.get("mergedAway", ()))]:
                rows.remove(gone)
            for placement in message.get("placements", ()):
                after = placement["afterId"]
                rows.insert(rows.index(after) + 1 if after else 0, placement["event"]["id"])
            del rows[20:]
            if "report" in message:
                finished.append(message["report"]["provider"]["slug"])
                if finished[-1] == SLOW and shown_before is None:
                    shown_before = len(rows)
            last = message
    assert set(finished) == SLUGS
    assert finished.index(SLOW) > len(SLUGS) // 2  # on a busy machine, another one may be as slow
    assert shown_before == 20
    assert last == {"hasNextPage": True}
    assert rows == [node["id"] for node in usual.page(first=20, deadline=20_000)["nodes"]]


def test_now_and_then_one_provider_is_rate_limited_and_the_others_answer_all_the_same(usual):
    pages = [usual.page(first=20, filter={"city": city}, deadline=20_000) for city in CITIES]
    warnings = Counter((warning["code"], warning["provider"]["slug"]) for page in pages for warning in page["warnings"])
    assert warnings.keys() == {("PROVIDER_RATE_LIMITED", RATE_LIMITED)}
    assert pages[0]["warnings"] == []
    assert all(page["nodes"] for page in pages)


SIGN_UP = """mutation { registerUser(input: { email: "ann@example.org", password: "correct horse" }) {
  viewer { email } userErrors { code } } }"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_when_told_and_leaves_nothing_behind(tmp_path, number):
    with running(folder=tmp_path) as demo:
        assert demo.ask(SIGN_UP)["registerUser"]["userErrors"] == []
        assert [each.name for each in tmp_path.glob("event-gateway-demo-*/*.sqlite3")] == ["event-gateway.sqlite3"]
        demo.client.close()
        demo.process.send_signal(number)
        assert demo.process.wait(SECONDS) == 0
    assert [each.name for each in tmp_path.iterdir()] == ["errors"]
    assert "Traceback" not in (tmp_path / "errors").read_text()


def test_it_keeps_its_data_where_it_is_told_to_and_heeds_no_provider_of_the_operators(tmp_path):
    folder = tmp_path / "data"
    settings = {
        "GATEWAY_DATA_DIR": str(folder),
        "GATEWAY_CONFIG": "nowhere.toml",
        "DATABASE_URL": "nowhere",
        "TICKETMASTER_API_KEY": "real",
    }
    with running("--steady", folder=tmp_path, **settings) as demo:
        assert demo.page(first=100, providers=["ticketmaster"])["nodes"]
    assert (folder / "event-gateway.sqlite3").exists()


def test_the_welcome_fits_80_columns_and_says_what_it_is(usual):
    lines = usual.welcome.splitlines()
    assert max(map(len, lines)) <= 80
    assert "DEMO: every event is made up" in usual.welcome
    assert SLOW in usual.welcome
