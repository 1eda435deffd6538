"""A site with events in its pages, to test against.

with FakeSite({"/events": json_ld(schema_org_event("Concert", "2027-06-01T20:00:00+02:00"))}) as site:
    ...  # the provider with f"{site.url}/events" as its url
    site.pages["/events"] = "..."  # it is another page from now on
    site.robots = 503  # its rules cannot be had now
    assert site.statuses == [200, 304]
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zlib import crc32

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from providers.sdk.json import Record
from providers.testing.revalidation import revalidated
from providers.testing.upstream import FakeUpstream

_MODIFIED = datetime(2026, 1, 1, tzinfo=UTC)


def schema_org_event(name: str, start: str | None, **more: object) -> Record:
    """An event as a page describes it. `more` replaces or adds whole properties, such as location; None takes one away."""
    event = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": name,
        "startDate": start,
        "location": {
            "@type": "Place",
            "name": "Blue Hall",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "1 Stage Street",
                "addressLocality": "Berlin",
                "postalCode": "10115",
                "addressCountry": "DE",
            },
        },
    }
    return {key: value for key, value in (event | more).items() if value is not None}


def json_ld(*things: object) -> str:
    """A page with a script for each of these; a text is put in as it is."""
    scripts = (each if isinstance(each, str) else json.dumps(each) for each in things)
    tags = (f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return "\n".join(["<!DOCTYPE html>", "<html><head><title>Events</title>", *tags, "</head><body></body></html>"])


class FakeSite(FakeUpstream):
    """Serves `pages` (by path, settable at any time), and 304 to one who has one already.

    robots: the text of its robots.txt; None where it has none, a number for that status instead.
    validators: which of "etag" and "last-modified" it sends and heeds. media_type: of all pages.
    statuses: those of its pages' answers, oldest first.
    """

    def __init__(self, pages: Mapping[str, str | bytes] | None = None) -> None:
        super().__init__()
        self.pages = dict(pages or {})
        self.robots: str | int | None = None
        self.validators: Collection[str] = ("etag", "last-modified")
        self.media_type = "text/html; charset=utf-8"
        self.statuses: list[int] = []

    def reset(self) -> None:
        """Forget what was asked and answered, and be well again, without any page."""
        super().reset()
        self.pages, self.robots, self.media_type = {}, None, "text/html; charset=utf-8"
        self.validators = ("etag", "last-modified")
        self.statuses.clear()

    def paths(self) -> list[str]:
        """What was asked for, oldest first."""
        return [request.path for request in self.requests]

    def routes(self) -> Sequence[BaseRoute]:
        """The rules for robots, and every page."""
        return [Route("/robots.txt", self._rules), Route("/{path:path}", self._page)]

    async def _rules(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        if isinstance(self.robots, str):
            return PlainTextResponse(self.robots)
        return PlainTextResponse("no rules", self.robots or 404)

    async def _page(self, request: Request) -> Response:
        page = self.pages.get(request.url.path)
        if page is None:
            answer: Response = PlainTextResponse("no such page", 404)
        else:
            content = page.encode() if isinstance(page, str) else page
            # Each version has a date of its own.
            modified = _MODIFIED + timedelta(minutes=crc32(content) % 100_000)
            answer = revalidated(
                request, content, modified=modified, media_type=self.media_type, validators=self.validators
            )
        self.statuses.append(answer.status_code)
        return answer
