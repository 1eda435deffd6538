"""What the README shows is what one gets."""

import json
import re
import tomllib
from pathlib import Path

import httpx

from gateway.accounts import Database
from gateway.keys import Keys
from providers import Configuration, Redactor, build, discover
from server.app import create_app, make_gateway, utc_now

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def block(kind):
    """The first fenced block of that language."""
    return re.search(rf"```{kind}\n(.*?)```", README, re.DOTALL).group(1)


async def answer(query, database):
    engine = make_gateway(build(discover(), Configuration()), Keys([b"a key for these tests"]), database, utc_now)
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
    query = re.search(r"--data-urlencode 'query=(.*?)'\n", README, re.DOTALL).group(1)
    assert shape(await answer(query, no_database)) == shape(json.loads(block("json")))


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
