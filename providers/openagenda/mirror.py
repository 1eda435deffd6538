"""The public agendas' copy in the open data of Opendatasoft, through its Explore API v2.1, without a key.

https://help.opendatasoft.com/apis/ods-explore-v2/explore_v2.1.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from providers import (
    Answer,
    DateWindows,
    Info,
    JSONProvider,
    Key,
    Listing,
    ListingQuery,
    Malformed,
    Page,
    Paging,
    ProviderError,
    RateLimited,
    Record,
    Refused,
    Request,
    Snapshot,
    Step,
    error_body,
    instant_in,
    object_in,
    plain,
)
from providers.openagenda.agenda import COARSE, EPOCH
from providers.openagenda.records import read_event, uid_of
from providers.openagenda.rows import as_event

PATH = "catalog/datasets/evenements-publics-openagenda/records"
PAGE_SIZE = 100
DEPTH = 10_000
REACH = timedelta(hours=1)
# Of events that have begun and go on, so many: exhibitions of all France would take a hundred requests.
BEGUN = 500
_LONGEST_MESSAGE = 200


class Mirror(JSONProvider):
    """A part of the mirror's rows: events whose first time lies in the range, or with `begun` those which go on in it.

    A row can be asked for by its first and its last time alone. Those that begin in the range come in order, past the
    depth of paging by date; of those that have begun, the ones that end first are read, up to a cap.
    """

    info = Info(slug="openagenda", title="OpenAgenda")

    def __init__(self, agendas: Sequence[str], *, begun: bool, **more: Any) -> None:  # noqa: ANN401 - Provider's own
        super().__init__(**more)
        self._agendas = agendas
        self._begun = begun
        self.paging: Paging = (
            Snapshot(size=PAGE_SIZE, cap=BEGUN, reach=timedelta(0), coarse=COARSE)
            if begun
            else DateWindows(size=PAGE_SIZE, depth=DEPTH, reach=REACH, coarse=COARSE)
        )

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """Search; before all time nothing has begun."""
        if self._begun and query.start_from is None:
            return Page()
        return await super().search(query, seek, limit)

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """All in one request, for whole events: of their times, only those that are wanted."""
        possible = [each for each in ids if uid_of(each)]
        return [each for each in await super().lookup(possible) if each.id in possible] if possible else []

    def request(self, query: ListingQuery, step: Step) -> Request:
        """A page of rows."""
        first = "lastdate_end" if self._begun else "firstdate_begin"
        conditions = [*self._dates(step), *_conditions(query)]
        if self._agendas:
            conditions.append(_any("originagenda_uid", self._agendas))
        return _ask(conditions, order_by=f"{first},uid", limit=step.size, offset=step.offset)

    def lookup_request(self, ids: Sequence[str]) -> Request:
        """The rows of the events whose times these are."""
        uids = dict.fromkeys(uid for each in ids if (uid := uid_of(each)))
        return _ask([_any("uid", uids)], limit=PAGE_SIZE)

    def _dates(self, step: Step) -> Iterable[str]:
        begin = _date(step.start_from or EPOCH)
        if self._begun:
            yield f"firstdate_begin < {begin}"
            yield f"lastdate_end >= {begin}"
        else:
            yield f"firstdate_begin >= {begin}"
        if step.start_before is not None:
            yield f"firstdate_begin < {_date(step.start_before + timedelta(seconds=1))}"

    def records(self, body: Any) -> Sequence[Record]:  # noqa: ANN401 - JSON from outside
        """The rows."""
        rows = object_in(body).get("results")
        if not isinstance(rows, list):
            msg = "answered something other than rows"
            raise Malformed(msg)
        return rows

    def listings(self, record: Record) -> Iterable[Listing]:
        """The times of the row's event."""
        return read_event(as_event(record), self.settings["language"])

    def reached(self, body: Any) -> datetime | None:  # noqa: ANN401 - JSON from outside
        """The first time of the last row."""
        return instant_in(object_in(body["results"][-1]).get("firstdate_begin")) or EPOCH if body["results"] else None

    def explain(self, answer: Answer) -> ProviderError | None:
        """`{"error_code", "message"}`, and for a quota that is used up `{"errorcode", "reset_time", "error"}`."""
        body = error_body(answer) if answer.status >= HTTPStatus.BAD_REQUEST else {}
        if not body:
            return None
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            reset = instant_in(body.get("reset_time"))
            return RateLimited("says that the quota of all who ask without a key is used up", retry_at=reset)
        if answer.status == HTTPStatus.BAD_REQUEST:
            return Refused(f"refuses the request: {plain(str(body.get('message')), limit=_LONGEST_MESSAGE)}")
        return None


def _ask(conditions: Sequence[str], **more: str | int) -> Request:
    return Request(path=PATH, params={"where": " and ".join(conditions), **more})


def _conditions(query: ListingQuery) -> Iterable[str]:
    if query.keyword:
        # A text alone is looked for in all fields.
        yield _quoted(query.keyword)
    if query.venue_ids:
        yield _any("location_uid", query.venue_ids)
    if circle := query.circle():
        point = f"geom'POINT({circle.center.longitude} {circle.center.latitude})'"
        # The kit keeps the exact area.
        yield f"within_distance(location_coordinates, {point}, {circle.whole_radius()}km)"


def _any(name: str, values: Iterable[str]) -> str:
    return "(" + " or ".join(f"{name} = {_quoted(each)}" for each in values) + ")"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _date(moment: datetime) -> str:
    return f"date'{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
