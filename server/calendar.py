"""Calendars to read: one's favourites under a secret address, and single events for everybody."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from gateway.accounts import DatabaseUnavailable, Feed, Feeds
from gateway.calendar import Entry, calendar_of
from gateway.catalogue import Catalogue
from gateway.errors import Unanswered
from gateway.facts import facts_of, refs_of
from gateway.favourites import Favourites, Standing
from gateway.ids import Kind, decode

TYPE = "text/calendar; charset=utf-8"
TRY_AGAIN_AFTER = "60"

log = logging.getLogger(__name__)


class Calendars:
    """Answers with iCalendar objects (RFC 5545)."""

    def __init__(
        self, catalogue: Catalogue, favourites: Favourites, feeds: Feeds, clock: Callable[[], datetime]
    ) -> None:
        self._catalogue = catalogue
        self._favourites = favourites
        self._feeds = feeds
        self._clock = clock

    async def event(self, request: Request) -> Response:
        """One event, by its global id."""
        ref = decode(request.path_params["id"])
        if ref is None or ref.kind is not Kind.EVENT:
            return _plain(HTTPStatus.NOT_FOUND, "There is no such event.")
        event = (await self._catalogue.events([ref])).get(ref)
        if event is None:
            return _plain(HTTPStatus.NOT_FOUND, "There is no such event any more.")
        if isinstance(event, Unanswered):
            return _plain(HTTPStatus.SERVICE_UNAVAILABLE, f"{event}; please try again.")
        # Nobody counts the changes of an event that nobody keeps; the time of the last one grows as such a count would.
        entry = Entry(
            ref=refs_of(event)[0],
            facts=facts_of(event),
            sequence=int(event.updated_at.timestamp()) // 60,
            at=event.updated_at,
        )
        response = await _calendar(request, [entry], None)
        response.headers["content-disposition"] = 'attachment; filename="event.ics"'
        return response

    async def favourites(self, request: Request) -> Response:
        """The favourites of whoever has that address."""
        try:
            feed = await self._feeds.by_secret(request.path_params["secret"])
            if feed is None:
                return _plain(HTTPStatus.NOT_FOUND, "There is no such calendar, or its address has changed.")
            standings = await self._favourites.events_of(feed.user_id)
        except DatabaseUnavailable as error:
            return _plain(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        await self._note_reading(feed)
        return await _calendar(request, [_entry(standing) for standing in standings], "Favourite events")

    async def _note_reading(self, feed: Feed) -> None:
        # The calendar is what was asked for; when it was read is worth no failure.
        with suppress(DatabaseUnavailable):
            await self._feeds.note_reading(feed, self._clock())


def _entry(standing: Standing) -> Entry:
    kept = standing.kept
    return Entry(ref=kept.refs[0], facts=kept.known, sequence=kept.sequence, at=kept.changed_at, note=kept.note)


async def _calendar(request: Request, entries: Sequence[Entry], name: str | None) -> Response:
    """The calendar, or word that the reader has it already (RFC 9110, 13.1.2)."""
    content = await asyncio.to_thread(calendar_of, entries, name=name)
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "private, max-age=300", "x-content-type-options": "nosniff"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(content, media_type=TYPE, headers=headers)


def _plain(status: HTTPStatus, text: str) -> Response:
    headers = {"retry-after": TRY_AGAIN_AFTER} if status is HTTPStatus.SERVICE_UNAVAILABLE else None
    return PlainTextResponse(text + "\n", status, headers=headers)
