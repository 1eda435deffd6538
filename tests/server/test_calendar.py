"""Calendars over HTTP, read by a calendar library."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import pytest
from icalendar import Calendar

from gateway.accounts import Database
from gateway.keys import Keys
from server.app import create_app, make_gateway

REGISTER = (
    'mutation { registerUser(input: { email: "ann@example.org", password: "correct horse" }) '
    "{ tokens { accessToken } } }"
)
EVENTS = "{ events(first: 3) { nodes { id name startDate icalendarUrl url eventStatus } } }"
ADD = "mutation ($id: ID!, $note: String) { addFavourite(input: { subjectId: $id, note: $note }) { userErrors { code } } }"
FEED = "mutation { createCalendarFeed { calendarFeed { url } } }"


class Client:
    """Ann, signed in."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.http = client
        self.headers: dict[str, str] = {}

    async def ask(self, query: str, **variables: object):
        response = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=self.headers)
        body = response.json()
        assert "errors" not in body, body
        return next(iter(body["data"].values()))


@pytest.fixture
async def ann(registry, sqlite_url) -> AsyncIterator[Client]:
    gateway = make_gateway(registry, Keys([b"k" * 32]), Database(sqlite_url))
    transport = httpx.ASGITransport(create_app(gateway))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        client = Client(http)
        token = (await client.ask(REGISTER))["tokens"]["accessToken"]
        client.headers = {"authorization": f"Bearer {token}"}
        yield client
    await gateway.cache.aclose()
    await gateway.database.aclose()


def events_in(response: httpx.Response):
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(response.content).walk("VEVENT")}


async def test_favourites_are_read_as_a_calendar_without_signing_in(ann: Client) -> None:
    nodes = (await ann.ask(EVENTS))["nodes"]
    for node in nodes:
        await ann.ask(ADD, id=node["id"], note="with Bob")
    url = (await ann.ask(FEED))["calendarFeed"]["url"]
    assert await ann.ask("{ viewer { calendarFeed { lastReadAt } } }") == {"calendarFeed": {"lastReadAt": None}}
    response = await ann.http.get(url)
    found = events_in(response)
    assert found.keys() == {node["name"] for node in nodes}
    for node in (each for each in nodes if each["startDate"]):
        event = found[node["name"]]
        assert event.start == datetime.fromisoformat(node["startDate"])
        assert str(event["DESCRIPTION"]) == f"with Bob\n\n{node['url']}"
        assert int(event["SEQUENCE"]) == 0
    read = await ann.ask("{ viewer { calendarFeed { lastReadAt } } }")
    assert read["calendarFeed"]["lastReadAt"] is not None


async def test_one_who_has_it_already_is_told_so(ann: Client) -> None:
    url = (await ann.ask(FEED))["calendarFeed"]["url"]
    first = await ann.http.get(url)
    tag = first.headers["etag"]
    for known in (tag, f'"other", W/{tag}', "*"):
        again = await ann.http.get(url, headers={"if-none-match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    node = (await ann.ask(EVENTS))["nodes"][0]
    await ann.ask(ADD, id=node["id"])
    changed = await ann.http.get(url, headers={"if-none-match": tag})
    assert (changed.status_code, list(events_in(changed))) == (200, [node["name"]])


async def test_a_calendar_of_secrets_is_kept_by_no_shared_cache(ann: Client) -> None:
    url = (await ann.ask(FEED))["calendarFeed"]["url"]
    assert (await ann.http.get(url)).headers["cache-control"] == "private, max-age=300"


async def test_every_event_is_a_calendar_file_for_everybody(ann: Client) -> None:
    for node in (await ann.ask(EVENTS))["nodes"]:
        response = await ann.http.get(node["icalendarUrl"])
        [(name, event)] = events_in(response).items()
        assert (name, event["UID"]) == (node["name"], f"{node['id']}@event-gateway")
        assert response.headers["content-disposition"] == 'attachment; filename="event.ics"'


@pytest.mark.parametrize(
    "path", ["/events/nonsense.ics", "/events/.ics", "/calendar/nonsense.ics", "/calendar/%00.ics", "/calendar/é.ics"]
)
async def test_what_is_no_calendar_is_not_found(path: str, ann: Client) -> None:
    response = await ann.http.get(path)
    assert response.status_code == 404


async def test_an_event_that_is_gone_is_not_found(ann: Client) -> None:
    venue = await ann.ask("{ events(first: 1) { nodes { location { id } } } }")
    response = await ann.http.get(f"/events/{venue['nodes'][0]['location']['id']}.ics")
    assert (response.status_code, response.text) == (404, "There is no such event.\n")


async def test_without_a_database_a_calendar_says_to_come_back(registry, tmp_path) -> None:
    gateway = make_gateway(registry, Keys([b"k" * 32]), Database(f"sqlite:///{tmp_path / 'never' / 'made'}"))
    transport = httpx.ASGITransport(create_app(gateway))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as http:
        response = await http.get("/calendar/secret.ics")
    assert (response.status_code, response.headers["retry-after"]) == (503, "60")
    await gateway.database.aclose()
