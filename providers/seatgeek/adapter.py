"""SeatGeek, through its Platform API v2: https://platform.seatgeek.com."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from providers import (
    Answer,
    Attribution,
    Batch,
    Capability,
    DateWindows,
    Info,
    JSONProvider,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Malformed,
    Misconfigured,
    Page,
    Performer,
    ProviderError,
    Record,
    Refused,
    Request,
    Setting,
    Step,
    Unavailable,
    Venue,
    error_body,
    object_in,
    objects_in,
    possible_ids,
    whole_number_in,
)
from providers.seatgeek.countries import spellings
from providers.seatgeek.kinds import genre_parameters, taxonomies_of
from providers.seatgeek.records import read_event, read_performer, read_venue

Parameters = dict[str, str | int | float | Sequence[str]]

PAGE_SIZE = 50
DEPTH = 10_000
BATCH = 50
IDS = "[0-9]+"
# Each search from the middle of the list reads the day before it once more: a busy one, of the whole country, has a
# thousand events.
MOST_REQUESTS = 30


class SeatGeek(JSONProvider):
    """Events of SeatGeek: mostly the United States and Canada, none that are over.

    Its public terms forbid to show its events beside other sellers', which is what a gateway is for: it is asked only
    where the operator says that their own agreement allows it. Every request carries the client id in its address.

    Not proven by documentation or observation, and so asked in a way that holds either way, or held to by the kit:

    - how `venue.country` is to be spelled: records were seen with "US", but also with "Brazil", so both are asked for;
    - that a name given several times means any of them (its support says so of taxonomies), and a list of ids with
      commas likewise (seen of events and venues, not of performers);
    - that `genres[primary].slug`, which its support names, finds an event by any of its performers: a performer's
      secondary genres are not among the event's here, so that nothing is promised that cannot be found;
    - whether `q` looks at names alone;
    - in which currency prices are: dollars for venues in the United States, untold elsewhere. Since May 2024 there
      are none for most clients;
    - that `is_open` marks what SeatGeek sells as the first seller.

    An event whose time is not known stands somewhere in its day there (half past three, a minute to midnight); one
    whose date is not known stands at a date that means nothing, and only `lookup` finds it.
    """

    info = Info(
        slug="seatgeek",
        title="SeatGeek",
        homepage="https://seatgeek.com",
        base_url="https://api.seatgeek.com/2",
        capabilities=frozenset(
            {
                Capability.KEYWORD,
                Capability.NEAR,
                Capability.COUNTRY,
                Capability.CITY,
                Capability.DATE_RANGE,
                Capability.GENRE,
                Capability.PERFORMER,
                Capability.VENUE,
                Capability.LOOKUP_BY_ID,
                Capability.SORT_BY_DATE,
                Capability.OFFERS,
                Capability.IMAGES,
            }
        ),
        limits=Limits(
            max_page_size=PAGE_SIZE,
            max_offset=DEPTH,
            lookup_batch=BATCH,
            cache_ttl=timedelta(minutes=5),
        ),
        settings=(
            Setting(name="client_id", required=True, secret=True, help="the client id of your app on its portal"),
            Setting(
                name="may_mix_sellers",
                kind=bool,
                required=True,
                help="true, if your agreement with SeatGeek lets you show its events beside other sellers'; "
                "its public terms do not",
            ),
        ),
        attribution=Attribution(text="SeatGeek", url="https://seatgeek.com", required=True),
    )
    paging = DateWindows(
        size=PAGE_SIZE,
        depth=DEPTH,
        max_requests=MOST_REQUESTS,
        coarse=("near", "city", "country", "event_types", "genres"),
    )

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """Search, unless nothing there can match."""
        return Page() if _hopeless(query) else await super().search(query, seek, limit)

    def request(self, query: ListingQuery, step: Step) -> Request:
        """A page of events, in order of date; its pages count from 1."""
        page: Parameters = {"sort": "datetime_utc.asc", "per_page": step.size, "page": step.page + 1}
        return self._ask("events", _filters(query) | _window(step) | page)

    def lookup_request(self, ids: Sequence[str]) -> Request:
        """All in one: `id` takes a list."""
        return self._ask("events", {"id": ",".join(ids), "per_page": len(ids)})

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """One request for all, those without a date included."""
        asked = possible_ids(ids, IDS)
        if not asked:
            return []
        body = await self.http.json(self.lookup_request(asked), explain=self.explain)
        return super().read(body).listings

    async def venues(self, ids: Sequence[str]) -> Sequence[Venue]:
        """One request for all."""
        return [venue for record in await self._things("venues", ids) if (venue := read_venue(record))]

    async def performers(self, ids: Sequence[str]) -> Sequence[Performer]:
        """One request for all."""
        found = [read_performer(record) for record in await self._things("performers", ids)]
        return [performer for performer in found if performer]

    async def _things(self, kind: str, ids: Sequence[str]) -> list[Record]:
        asked = possible_ids(ids, IDS)
        if not asked:
            return []
        request = self._ask(kind, {"id": ",".join(asked), "per_page": len(asked)})
        return objects_in(await self.http.json(request, explain=self.explain), kind)

    def _ask(self, path: str, params: Parameters) -> Request:
        return Request(path=path, params=params | {"client_id": self.settings["client_id"]})

    def read(self, body: Any) -> Batch:  # noqa: ANN401 - JSON from outside
        """Without the events that have no date: they have no place in a list by date."""
        batch = super().read(body)
        return replace(batch, listings=[each for each in batch.listings if each.start.day is not None])

    def records(self, body: Any) -> Sequence[Record]:  # noqa: ANN401 - JSON from outside
        """The events. Past the depth that it serves it answers with none, and with a total of none, as if all were well."""
        events, meta = object_in(body).get("events"), object_in(body).get("meta")
        if not isinstance(events, list) or not isinstance(meta, dict):
            msg = "answered something other than a page of events"
            raise Malformed(msg)
        if meta.get("total") == 0 and (whole_number_in(meta.get("page")) or 1) > 1:
            msg = "lost its place in the list: a later page says that there are no events at all"
            raise Unavailable(msg)
        return events

    def page_size(self, body: Any) -> int | None:  # noqa: ANN401 - JSON from outside
        """It has served smaller pages than were asked for, and says so."""
        return whole_number_in(object_in(body, "meta").get("per_page")) or None

    def explain(self, answer: Answer) -> ProviderError | None:
        """Its error bodies, and the captcha that it shows to whom it takes for a bot."""
        if answer.status == HTTPStatus.FORBIDDEN and answer.content.lstrip()[:1] == b"<":
            return Refused("shows a captcha: it takes this gateway for a bot; ask its support to let your client in")
        return _refusal(error_body(answer), answer)

    def listing(self, record: Record) -> Listing | None:
        """The event as a listing."""
        return read_event(record)


def _hopeless(query: ListingQuery) -> bool:
    """Whether nothing can match: kinds that it does not know, ids of somebody else, a city of another country."""
    if query.event_types and not taxonomies_of(query.event_types):
        return True
    if any(ids and not possible_ids(ids, IDS) for ids in (query.performer_ids, query.venue_ids)):
        return True
    return query.is_contradictory


def _filters(query: ListingQuery) -> Parameters:
    """The query's conditions, but for its dates. A town's name is narrow enough without its country."""
    filters: Parameters = {
        "q": query.keyword or "",
        "venue.city": query.city.name if query.city else "",
        "venue.country": spellings(query.country) if query.country and not query.city else (),
        "performers.id": ",".join(possible_ids(query.performer_ids, IDS)),
        "venue.id": ",".join(possible_ids(query.venue_ids, IDS)),
        # Genres are the narrower where both are asked for.
        "taxonomies.name": taxonomies_of(query.event_types),
        **genre_parameters(query.genres),
    }
    return {name: value for name, value in filters.items() if value} | _circle(query)


def _circle(query: ListingQuery) -> Parameters:
    """In whole kilometres; the kit keeps the exact circle."""
    if query.near is None:
        return {}
    center = query.near.center
    return {"lat": center.latitude, "lon": center.longitude, "range": f"{query.near.whole_radius()}km"}


def _window(step: Step) -> Parameters:
    """The bounds in whole seconds, rounded outwards."""
    window: Parameters = {}
    if step.start_from is not None:
        window["datetime_utc.gte"] = _stamp(step.start_from)
    if step.start_before is not None:
        window["datetime_utc.lt"] = _stamp(step.start_before + timedelta(microseconds=999_999))
    return window


def _stamp(moment: datetime) -> str:
    """The form of its own times: UTC, and no offset."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _refusal(body: Record, answer: Answer) -> ProviderError | None:
    """An error body; its `status` was seen to be that of the answer. An event's own `status` is a text."""
    status = body.get("status")
    if not isinstance(status, int) or status < HTTPStatus.BAD_REQUEST:
        return None
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Misconfigured(f"refuses the client id ({status})", http_status=status, missing=("client_id",))
    if answer.status >= HTTPStatus.BAD_REQUEST:  # the status says enough
        return None
    return Refused(f"refuses the request ({status})", http_status=status)
