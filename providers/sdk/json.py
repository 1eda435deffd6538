"""A provider that is a JSON API: two pure functions, and no async, no try, no retry, no loop of its own."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import DecimalException
from typing import Any

from providers.sdk.base import Provider
from providers.sdk.errors import Malformed, ProviderError, Refused
from providers.sdk.http import Answer, Request
from providers.sdk.model import Key, Listing
from providers.sdk.outside import object_in
from providers.sdk.paging import Batch, Paging, Step
from providers.sdk.query import ListingQuery, Page

Record = Mapping[str, Any]
"""One event as the API gives it."""

# What reading a record in an unexpected shape raises: that one record is left out and counted, the page stands.
UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError, DecimalException)

_LONGEST_ERROR = 4_096

log = logging.getLogger(__name__)


def error_body(answer: Answer) -> Record:
    """The object that an answer holds, for `explain` to look for an error in; empty where it holds none.

    An answer longer than any error is not read, so that a page of events need not be read twice.
    """
    if len(answer.content) > _LONGEST_ERROR:
        return {}
    try:
        return object_in(answer.json())
    except Malformed:
        return {}


class JSONProvider(Provider):
    """Write `request` and `listing` (or `listings`), choose `paging`; override the rest where the API differs."""

    paging: Paging

    @abstractmethod
    def request(self, query: ListingQuery, step: Step) -> Request:
        """The request for one page of the query."""

    def listing(self, record: Record) -> Listing | None:
        """The record as a listing; None to leave it out. Whatever it raises on a bad record is counted, not shown."""
        raise NotImplementedError

    def listings(self, record: Record) -> Iterable[Listing]:
        """The record as listings: write this instead of `listing` where one record happens several times."""
        listing = self.listing(record)
        return () if listing is None else (listing,)

    def records(self, body: Any) -> Sequence[Record]:  # noqa: ANN401 - JSON from outside
        """The records in an answer's body; by default the body is their list."""
        if not isinstance(body, list):
            msg = "answered something other than a list of events"
            raise Malformed(msg)
        return body

    def total(self, body: Any) -> int | None:  # noqa: ANN401, ARG002 - JSON from outside; most APIs give none
        """How many records match in all, where the API says so exactly."""
        return None

    def token(self, body: Any) -> str | None:  # noqa: ANN401, ARG002 - JSON from outside; few APIs give one
        """What to send for the next page, where the API pages by token."""
        return None

    def reached(self, body: Any) -> datetime | None:  # noqa: ANN401, ARG002 - JSON from outside; see `Batch`
        """Where the API's own order has come to, where the last listing does not tell."""
        return None

    def page_size(self, body: Any) -> int | None:  # noqa: ANN401, ARG002 - JSON from outside; few APIs tell
        """How many records the API puts on a page, where it says so: some serve fewer than they are asked for."""
        return None

    def explain(self, answer: Answer) -> ProviderError | None:  # noqa: ARG002 - for those whose errors say more
        """What an answer means as an error beyond its status: an error body, a 200 that is none."""
        return None

    def lookup_request(self, ids: Sequence[str]) -> Request:
        """The request for the listings of these ids (at most `limits.lookup_batch`)."""
        raise NotImplementedError

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """Walk the API's pages until `limit` listings are known."""
        walk = self.paging.walk(query, seek, limit)
        while (step := walk.next()) is not None:
            body = await self.http.json(self.request(query, step), explain=self.explain)
            walk.take(self.read(body))
        return walk.page()

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """One request for all; an API's "not found" is an empty answer."""
        try:
            body = await self.http.json(self.lookup_request(ids), explain=self.explain)
        except Refused as error:
            if error.http_status in {404, 410}:
                return []
            raise
        return self.read(body).listings

    def read(self, body: Any) -> Batch:  # noqa: ANN401 - JSON from outside
        """An answer's body as a batch, each unreadable record left out and counted.

        Raises:
            Malformed: the body is not in the API's shape, or not one of its records can be read.
        """
        try:
            records = self.records(body)
            total, token = self.total(body), self.token(body)
            reached, size = self.reached(body), self.page_size(body)
        except UNREADABLE as error:
            msg = f"answered in another shape than its API documents ({type(error).__name__}: {error})"
            raise Malformed(msg) from None
        listings: list[Listing] = []
        rejected = 0
        for record in records:
            try:
                several = list(self.listings(record))
            except UNREADABLE as error:
                rejected += 1
                log.warning("%s: a record was left out (%s: %s)", self.info.slug, type(error).__name__, error)
            else:
                listings += several
        if rejected and rejected == len(records):
            msg = f"sent {rejected} records, and not one could be read"
            raise Malformed(msg)
        return Batch(
            listings=listings,
            records=len(records),
            rejected=rejected,
            total=total,
            token=token,
            reached=reached,
            size=size,
        )
