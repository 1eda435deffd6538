"""One agenda of OpenAgenda's API v2: https://developers.openagenda.com/evenements/lecture/."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from providers import (
    Answer,
    Box,
    DateWindows,
    Info,
    JSONProvider,
    Key,
    Listing,
    ListingQuery,
    Malformed,
    Misconfigured,
    Page,
    ProviderError,
    Record,
    Request,
    Step,
    object_in,
    objects_in,
)
from providers.openagenda.records import read_event, uid_of

Parameters = dict[str, str | int | float | Sequence[str]]

PAGE_SIZE = 300
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# `search` also finds what is spelled alike, or bears one word of several; a box is not the circle in it.
COARSE = ("keyword", "near", "bounding_box", "city")
# Far more than any agenda has: the cursor goes on to the end.
_NO_DEPTH = 1_000_000
_MILLISECONDS = 10**11


class Agenda(JSONProvider):
    """The published events of one agenda, by its uid, or by its name in addresses, which is looked up once.

    The order is by each event's first time that is not over when the asked range begins. Where that order has come to
    stands first in the cursor: what is still unread happens then or later.
    """

    info = Info(slug="openagenda", title="OpenAgenda")
    paging = DateWindows(size=PAGE_SIZE, depth=_NO_DEPTH, reach=timedelta(hours=1), by_token=True, coarse=COARSE)

    def __init__(self, name: str, **more: Any) -> None:  # noqa: ANN401 - Provider's own
        super().__init__(**more)
        self._name = name
        self._uid = name if name.isdecimal() else None

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """Search, once it is known which agenda."""
        await self._find()
        return await super().search(query, seek, limit)

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """All in one request, for whole events: of their times, only those that are wanted."""
        possible = [each for each in ids if uid_of(each)]
        if not possible:
            return []
        await self._find()
        return [each for each in await super().lookup(possible) if each.id in possible]

    async def _find(self) -> None:
        """Learn the uid of an agenda of which only the name in addresses is known."""
        if self._uid is None:
            request = Request(path="agendas", params={"slug[]": [self._name]}, headers=self._headers())
            found = objects_in(object_in(await self.http.json(request, explain=self.explain)).get("agendas"))
            uids = [str(each["uid"]) for each in found if each.get("slug") == self._name and each.get("uid")]
            if not uids:
                raise self._unknown()
            self._uid = uids[0]

    def request(self, query: ListingQuery, step: Step) -> Request:
        """A page of the agenda's events. Only `detailed` ones tell all their times."""
        params: Parameters = {
            "sort": "timings.asc",
            # In a search without a beginning, past events would come last, and backwards.
            "timings[gte]": _stamp(step.start_from or EPOCH),
        }
        if step.start_before is not None:
            # Inclusive, and in whole seconds: a second more, and the kit keeps the exact range.
            params["timings[lte]"] = _stamp(step.start_before + timedelta(seconds=1))
        if query.keyword:
            params["search"] = query.keyword
        if query.venue_ids:
            params["locationUid[]"] = query.venue_ids
        if step.token is not None:
            params["after[]"] = json.loads(step.token)
        return self._ask(params | _geo(_box(query)))

    def lookup_request(self, ids: Sequence[str]) -> Request:
        """The events whose times these are."""
        return self._ask({"uid[]": [*dict.fromkeys(uid for each in ids if (uid := uid_of(each)))]})

    def _ask(self, params: Parameters) -> Request:
        common: Parameters = {"size": PAGE_SIZE, "detailed": 1, "longDescriptionFormat": "HTML"}
        return Request(path=f"agendas/{self._uid}/events", params=params | common, headers=self._headers())

    def _headers(self) -> Mapping[str, str]:
        return {"key": self.settings["api_key"]}

    def records(self, body: Any) -> Sequence[Record]:  # noqa: ANN401 - JSON from outside
        """The events."""
        events = object_in(body).get("events")
        if not isinstance(events, list):
            msg = "answered something other than a list of events"
            raise Malformed(msg)
        return events

    def listings(self, record: Record) -> Iterable[Listing]:
        """The event's times."""
        return read_event(record, self.settings["language"])

    def token(self, body: Any) -> str | None:  # noqa: ANN401 - JSON from outside
        """The cursor, a list. It was seen to go on after the last page, so that an empty page ends the list, too."""
        after, events, total = body.get("after"), body["events"], body.get("total")
        is_all = not events or (isinstance(total, int) and total <= len(events))
        return None if is_all or not isinstance(after, list) else json.dumps([str(each) for each in after])

    def reached(self, body: Any) -> datetime | None:  # noqa: ANN401 - JSON from outside
        """The first of the cursor: seconds since 1970, which were milliseconds once. What else it may be tells nothing."""
        after = body.get("after")
        text = str(after[0]) if isinstance(after, list) and after else ""
        if not text.isdecimal():
            return EPOCH
        number = int(text)
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)

    def explain(self, answer: Answer) -> ProviderError | None:
        """A key that is refused, an agenda that there is not; the status says the rest."""
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return Misconfigured(f"refuses the key for agenda {self._name}", missing=("api_key",))
        return self._unknown() if answer.status == HTTPStatus.NOT_FOUND else None

    def _unknown(self) -> ProviderError:
        return Misconfigured(f"knows no agenda {self._name}; check its uid or address", http_status=404)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _box(query: ListingQuery) -> Box | None:
    """A box in which everything wanted is: the API knows no other shape, and one at a time."""
    if query.near is None and query.bounding_box is not None:
        return query.bounding_box
    circle = query.circle()
    return Box.around(circle) if circle else None


def _geo(box: Box | None) -> Parameters:
    """Nothing for a box that spans the antimeridian, which the API would take for all the rest of the Earth."""
    if box is None or box.west > box.east:
        return {}
    return {
        "geo[northEast][lat]": box.north,
        "geo[northEast][lng]": box.east,
        "geo[southWest][lat]": box.south,
        "geo[southWest][lng]": box.west,
    }
