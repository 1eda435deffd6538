"""What the README shows is what one gets."""

import json
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import httpx

from gateway.accounts import Database
from gateway.keys import Keys
from providers import Configuration, Redactor, build, discover
from providers.testing.demo import DemoUpstreams
from server.app import create_app, make_gateway, utc_now
from server.commands.demo_command import demo_registry

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def section(title):
    """What stands under that heading."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def block(kind, text=README):
    """The first fenced block of that language."""
    return re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL).group(1)


def query_of(text):
    """What curl is told to ask."""
    return re.search(r"--data-urlencode 'query=(.*?)'\n", text, re.DOTALL).group(1)


async def answer(query, database, registry=None):
    registry = registry or build(discover(), Configuration())
    engine = make_gateway(registry, Keys([b"a key for these tests"]), database, utc_now)
    transport = httpx.ASGITransport(create_app(engine))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        response = await client.get("/graphql", params={"query": query})
    await engine.aclose()
    return response.json()


def shape(value):
    """The same for answers that differ in their texts and numbers alone."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return [shape(each) for each in value] if isinstance(value, list) else type(value).__name__


async def test_the_first_query_answers_in_the_shape_that_is_shown(no_database):
    text = section("Query it")
    assert shape(await answer(query_of(text), no_database)) == shape(json.loads(block("json", text)))


async def test_the_query_of_the_demo_finds_one_concert_at_the_sellers_that_are_shown(no_database):
    text = section("See the point in one minute")
    shown = json.loads(block("json", text))["data"]["events"]
    # Not today's: the evening that is under way has begun at some sellers, and at others not.
    with DemoUpstreams(utc_now().date() + timedelta(days=2), steady=True) as upstreams:
        configuration = Configuration(providers=upstreams.providers, feeds=upstreams.feeds)
        told = await answer(query_of(text), no_database, demo_registry(configuration, Redactor()))
    nodes = {slug_of(node): node for node in told["data"]["events"]["nodes"]}
    assert told["data"]["events"]["warnings"] == shown["warnings"]
    assert len(nodes) == 5
    for node in shown["nodes"]:
        found = nodes[slug_of(node)]
        assert (shape(found), found["name"], found["offers"]) == (shape(node), node["name"], node["offers"])


async def test_the_search_that_is_followed_says_what_is_shown(no_database):
    text = section("Stream it")
    engine = make_gateway(build(discover(), Configuration()), Keys([b"a key for these tests"]), no_database, utc_now)
    transport = httpx.ASGITransport(create_app(engine))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        response = await client.get(
            "/graphql", params={"query": query_of(text)}, headers={"accept": "text/event-stream"}
        )
    await engine.aclose()
    messages = re.findall(r"^data: (.*)$", response.text, re.MULTILINE)
    told = {key for message in messages for key in json.loads(message)["data"]["eventSearch"]}
    assert told >= {"report", "hasNextPage", "endCursor"}
    assert {line.partition(":")[0] for line in response.text.splitlines() if line} == {"event", "data"}
    assert response.text.endswith(block("", text)[-len("event: complete\ndata:\n") :] + "\n")


def slug_of(node):
    return node["sources"][0]["provider"]["slug"]


async def test_the_examples_of_accounts_work_one_after_the_other(sqlite_url):
    """As in GraphiQL, where a cookie keeps the session."""
    database = Database(sqlite_url)
    engine = make_gateway(build(discover(), Configuration()), Keys([b"a key for these tests"]), database, utc_now)
    transport = httpx.ASGITransport(create_app(engine))
    answers = {}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://gateway", headers={"sec-fetch-site": "same-origin"}
    ) as client:
        # One that has not begun by the time that favourites are asked for.
        some = await client.post("/graphql", json={"query": "{ events(first: 100) { nodes { id } } }"})
        variables = {"id": some.json()["data"]["events"]["nodes"][-1]["id"]}
        for example in re.findall(r"```graphql\n(.*?)```", README, re.DOTALL):
            response = await client.post("/graphql", json={"query": example, "variables": variables})
            answers[example.split()[1].partition("(")[0]] = response.json()
    await engine.aclose()
    assert [answer.get("errors") for answer in answers.values()] == [None] * len(answers)
    assert answers["SignUp"]["data"]["registerUser"]["userErrors"] == []
    assert answers["Mine"]["data"]["viewer"]["favourites"]["nodes"][0]["note"] == "with Bob"
    assert answers["Calendar"]["data"]["createCalendarFeed"]["calendarFeed"]["url"].endswith(".ics")


def test_the_configuration_file_that_is_shown_is_one():
    tables = tomllib.loads(block("toml"))
    registry = build(
        discover(), Configuration(providers=tables["providers"], feeds=tables["feeds"]), redactor=Redactor()
    )
    assert sorted(registry.enabled()) == ["my-club", "sample", "ticketmaster"]


def test_every_page_that_it_links_to_is_there():
    root = Path(__file__).parents[1]
    pages = [root / "README.md", *root.glob("*.md"), *root.glob("docs/**/*.md")]
    links = [
        (page, link) for page in pages for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text("utf-8"))
    ]
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []
