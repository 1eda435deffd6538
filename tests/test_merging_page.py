"""What docs/merging.md shows is what one gets."""

import asyncio
import json
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from benchmarks.one_list import ASKED, FIRST, PAGES, SEARCHING, beside, costs, pages
from gateway.keys import Keys
from providers import Configuration, Redactor
from providers.testing.demo import DemoUpstreams
from server.app import create_app, make_gateway, utc_now
from server.commands.demo_command import demo_registry

PAGE = (Path(__file__).parents[1] / "docs" / "merging.md").read_text(encoding="utf-8")


def block(kind):
    """The first fenced block of that language."""
    return re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL).group(1)


@pytest.fixture(scope="module")
def read():
    """The demo's first pages."""
    return asyncio.run(pages())


async def test_the_answer_is_the_one_that_is_shown(no_database):
    (shown,) = json.loads(block("json"))["data"]["events"]["nodes"]
    # Not today's: the evening that is under way has begun at some sellers, and at others not.
    with DemoUpstreams(utc_now().date() + timedelta(days=2), steady=True) as upstreams:
        configuration = Configuration(providers=upstreams.providers, feeds=upstreams.feeds)
        engine = make_gateway(demo_registry(configuration, Redactor()), Keys([b"a key"]), no_database, utc_now)
        transport = httpx.ASGITransport(create_app(engine))
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            answer = await client.get("/graphql", params={"query": block("graphql")})
        await engine.aclose()
    (found,) = answer.json()["data"]["events"]["nodes"]
    assert _without_days(found) == _without_days(shown)


def _without_days(told):
    """The evening is another one each day; scores are rounded where they are shown."""
    if isinstance(told, dict):
        return {key: None if key == "startDate" else _without_days(each) for key, each in told.items()}
    if isinstance(told, list):
        return [_without_days(each) for each in told]
    if isinstance(told, float):
        return round(told, 2)
    return re.sub(r"\d{10}$", "", told) if isinstance(told, str) else told


def test_no_page_costs_more_than_one_request_of_a_provider_that_searches_and_other_lists_are_read_once(read):
    assert len(read) == PAGES
    assert all(len(page.events) == FIRST for page in read)
    assert all(page.requests[slug] <= 1 for page in read for slug in SEARCHING)
    assert all(page.requests[slug] == 0 for page in read[1:] for slug in set(ASKED) - set(SEARCHING))
    assert read[0].requests["blue-heron-calendar"] == 1


def test_the_requests_that_are_shown_are_those_that_are_sent(read):
    rows = [line.split() for line in costs(read).splitlines()[1:]]
    assert [row[0] for row in rows] == list(ASKED)
    assert all("| " + " | ".join(row) + " |" in PAGE for row in rows)


def test_the_listings_that_are_shown_are_those_of_the_first_page(read):
    shown = re.search(r"```\n(.*?)\n```", PAGE.partition("## The page beside")[2], re.DOTALL).group(1)
    assert shown in beside(read[0].events)
