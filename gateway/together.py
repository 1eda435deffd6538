"""Asks for many venues' (or performers') pages in one request: what a page of events each with its venue's next events wants.

Questions that come at the same moment and differ only in the one id they are about become one question about all ids.
Each asker gets its own part of the answer, under the same frontier, which is just as true of the part as of the whole.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gateway.asking import Desk
from gateway.part import Fetched
from gateway.roster import Member
from providers import Key, ListingQuery, matches

# Askers of one GraphQL level arrive within one turn of the event loop or two; nobody notices this wait (seconds).
GATHERING = 0.002


class _Topic(NamedTuple):
    """What must be equal for two questions to be asked together.

    Never about venues and performers at once: in one query, both conditions would have to hold.
    """

    about_venues: bool
    provider: str
    query: ListingQuery
    seek: Key | None


@dataclass(slots=True)
class _Group:
    member: Member
    limit: int = 0
    venue_ids: set[str] = field(default_factory=set)
    performer_ids: set[str] = field(default_factory=set)
    answer: asyncio.Task[Fetched] | None = None


class Together:
    """Stands before the desk for the length of one request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._groups: dict[_Topic, _Group] = {}

    async def page(self, member: Member, query: ListingQuery, seek: Key | None, limit: int) -> Fetched:
        """As the desk's; a query for one venue or one performer waits a moment for others of its kind."""
        if len(query.venue_ids) + len(query.performer_ids) != 1:
            return await self._desk.page(member, query, seek, limit)
        topic = _Topic(bool(query.venue_ids), member.slug, _without_ids(query), seek)
        group = self._groups.setdefault(topic, _Group(member))
        group.limit += limit
        group.venue_ids.update(query.venue_ids)
        group.performer_ids.update(query.performer_ids)
        if group.answer is None:
            group.answer = asyncio.create_task(self._ask(topic, group))
        fetched = await asyncio.shield(group.answer)
        return _part(fetched, query)

    async def _ask(self, topic: _Topic, group: _Group) -> Fetched:
        await asyncio.sleep(GATHERING)
        del self._groups[topic]
        query = replace(
            topic.query,
            venue_ids=tuple(sorted(group.venue_ids)),
            performer_ids=tuple(sorted(group.performer_ids)),
        )
        # One upstream page's worth: who needs more than that brings will ask on, again together.
        limit = min(group.limit, group.member.limits.max_page_size)
        return await self._desk.page(group.member, query, topic.seek, limit)


def _without_ids(query: ListingQuery) -> ListingQuery:
    return replace(query, venue_ids=(), performer_ids=())


def _part(fetched: Fetched, query: ListingQuery) -> Fetched:
    about = ListingQuery(venue_ids=query.venue_ids, performer_ids=query.performer_ids)
    return fetched.filtered(lambda listing: matches(listing, about))
