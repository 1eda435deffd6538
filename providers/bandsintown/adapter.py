"""Bandsintown, through its public API v3: https://app.swaggerhub.com/apis/Bandsintown/PublicAPI/3.0.1."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from providers import (
    Answer,
    Attribution,
    Batch,
    Capability,
    Http,
    Info,
    JSONProvider,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Misconfigured,
    Page,
    ProviderError,
    Record,
    Refused,
    Request,
    Setting,
    SettingError,
    Step,
    at_once,
    page_of,
)
from providers.bandsintown.records import read_event, together

# A search asks for all of them.
MOST_ARTISTS = 50
# All that is known goes into one page, unless it is more.
WHOLE = 500
# The body of an answer about an artist whom it does not know, which is neither JSON nor an error.
NOT_FOUND = b"{warn=Not found}"
# No show is announced further ahead, and none was kept before.
AHEAD = timedelta(days=3_653)
BEGINNING = date(1970, 1, 1)
A_DAY = timedelta(days=1)
# The API wants these written by a code of its own, which is then quoted as any text: a slash becomes %252F.
ODD_NAMES = str.maketrans({"/": "%2F", "?": "%3F", "*": "%2A", '"': "'C"})

log = logging.getLogger(__name__)


class Bandsintown(JSONProvider):
    """The shows of a few artists, whom the operator names: the API knows no search for anybody else's.

    Its terms forbid any use without Bandsintown's written consent, want its ticket links shown unchanged, and allow
    caching within a session alone. An artist's own app_id works for that artist only.

    Each search reads the whole list of each artist and applies all filters here. A performer's id spares the artists
    configured by other ids; a keyword spares none, since it may be in the name of a venue or of another act. An event is
    looked up by reading all shows of all artists, past ones included: there is no request for one event.

    Times come without an offset or a zone. Where the clocks of the venue's country agree, that is the zone; elsewhere
    (the United States, Canada, Australia, Spain, ...) a show has a day, but no time, and counts as over when that day
    ends in UTC.

    Not proven by documentation or observation:

    - what errors look like: 403 is taken for a refused app_id, 404 for an unknown artist, who is left out;
    - whether an event has the same id in the lists of all its artists: where it has, the listings become one;
    - whether an open range may end ten years ahead;
    - what `datetime_display_rule` knows beside "datetime": "date" and "range" are taken for a time that is made up;
    - which words an offer's `status` knows: any but "available" and "sold out" says nothing.

    Links carry the app_id, which is taken out of them. A cancelled show is gone without a word.
    """

    info = Info(
        slug="bandsintown",
        title="Bandsintown",
        homepage="https://www.bandsintown.com",
        base_url="https://rest.bandsintown.com",
        capabilities=frozenset(
            {
                Capability.KEYWORD,
                Capability.NEAR,
                Capability.BOUNDING_BOX,
                Capability.COUNTRY,
                Capability.CITY,
                Capability.DATE_RANGE,
                Capability.PERFORMER,
                Capability.LOOKUP_BY_ID,
                Capability.SORT_BY_DATE,
                Capability.TOTAL_COUNT,
                Capability.OFFERS,
                Capability.IMAGES,
            }
        ),
        # Its own limits are unpublished. A minute is what a session of turning pages takes.
        limits=Limits(requests_per_second=10, max_page_size=WHOLE, lookup_batch=WHOLE, cache_ttl=timedelta(minutes=1)),
        settings=(
            Setting(name="app_id", required=True, secret=True, help="the application id that Bandsintown gave you"),
            Setting(
                name="artists",
                kind=list,
                required=True,
                help=f"whose shows to list: names, or ids such as id_123, {MOST_ARTISTS} at most",
            ),
            Setting(
                name="written_consent",
                kind=bool,
                required=True,
                help="true once you have it: Bandsintown's terms forbid any use without its written consent",
            ),
        ),
        attribution=Attribution(text="Bandsintown", url="https://www.bandsintown.com", required=True),
    )

    def __init__(self, *, settings: Mapping[str, Any], http: Http, **more: Any) -> None:  # noqa: ANN401 - Provider's own
        super().__init__(settings=settings, http=http, **more)
        self._artists = list(dict.fromkeys(name for each in settings["artists"] if (name := each.strip())))
        if not 0 < len(self._artists) <= MOST_ARTISTS:
            msg = f"artists: wants 1 to {MOST_ARTISTS} names or ids, not {len(self._artists)}"
            raise SettingError(msg)
        self._unknown: set[str] = set()

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """The page of all shows of all artists that follows `seek`."""
        batches = await self._read_each(query, self._asked(query))
        listings = _merged(listing for batch in batches for listing in batch.listings)
        page = page_of(listings, query, seek, max(limit, WHOLE))
        return replace(page, rejected=sum(batch.rejected for batch in batches))

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """Those among all shows of all artists."""
        batches = await self._read_each(ListingQuery(), range(len(self._artists)))
        return [each for each in _merged(listing for batch in batches for listing in batch.listings) if each.id in ids]

    def request(self, query: ListingQuery, step: Step) -> Request:
        """All events of one artist: each artist is a page, and the step's number says whose."""
        name = quote(self._artists[step.page].translate(ODD_NAMES), safe="")
        return Request(path=f"artists/{name}/events", params={"app_id": self.settings["app_id"], "date": _dates(query)})

    def records(self, body: Any) -> Sequence[Record]:  # noqa: ANN401 - JSON from outside
        """The events, each with the artist's details, which come with the first alone."""
        events = super().records(body)
        artist: Any = next((each["artist"] for each in events if isinstance(each, dict) and each.get("artist")), None)
        return [{"artist": artist, **each} if isinstance(each, dict) else each for each in events]

    def listing(self, record: Record) -> Listing | None:
        """The event as a listing."""
        return read_event(record)

    def explain(self, answer: Answer) -> ProviderError | None:
        """An unknown artist with status 200, and an app_id that is refused."""
        if answer.content.strip() == NOT_FOUND:
            return Refused("knows no such artist", http_status=HTTPStatus.NOT_FOUND)
        if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            return Misconfigured("refuses the app_id, at least for one of the artists", missing=("app_id",))
        return None

    def _asked(self, query: ListingQuery) -> list[int]:
        """The numbers of the artists who may play what is wanted: one known by name may have any id."""
        wanted = {f"id_{each}" for each in query.performer_ids}
        return [
            number
            for number, artist in enumerate(self._artists)
            if not wanted or artist in wanted or not artist.startswith("id_")
        ]

    async def _read_each(self, query: ListingQuery, numbers: Sequence[int]) -> list[Batch]:
        """The events of those artists whom it knows."""
        answers = await at_once(partial(self._read, query, number) for number in numbers)
        batches = [batch for batch in answers if batch is not None]
        if numbers and not batches:
            msg = "knows none of the artists asked for; check their names and ids"
            raise Misconfigured(msg, http_status=HTTPStatus.NOT_FOUND, missing=("artists",))
        return batches

    async def _read(self, query: ListingQuery, number: int) -> Batch | None:
        """One artist's events; None for an artist whom it does not know."""
        try:
            body = await self.http.json(self.request(query, Step(page=number, size=WHOLE)), explain=self.explain)
        except Refused as error:
            if error.http_status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
                self._note_unknown(self._artists[number])
                return None
            raise
        return self.read(body)

    def _note_unknown(self, artist: str) -> None:
        """Once for each."""
        if artist not in self._unknown:
            self._unknown.add(artist)
            log.warning("bandsintown: there is no artist %r; check [providers.bandsintown] artists", artist)


def _merged(listings: Iterable[Listing]) -> list[Listing]:
    """One listing for an event that is in the lists of several artists."""
    found: dict[str, Listing] = {}
    for listing in listings:
        known = found.get(listing.id)
        found[listing.id] = together(known, listing) if known else listing
    return list(found.values())


def _dates(query: ListingQuery) -> str:
    """The range in local days, both inclusive, and a day more on either side: zones are up to a day apart."""
    begin, end = query.start_from, query.start_before
    if begin is None and end is None:
        return "all"
    first = _day(begin - A_DAY) if begin else BEGINNING
    last = _day(end + A_DAY) if end else first + AHEAD
    return f"{first.isoformat()},{last.isoformat()}"


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
