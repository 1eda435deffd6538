"""What is ahead of somebody: the events that they keep, and what is on at the venues and with the performers they keep.

Each provider's part of it is one list in the order of all lists: what it tells of the events by their ids, merged with
what its own search finds about the venues and about the performers. So an agenda is read, merged, paged and reported like
any other search, and a provider that fails is missing from it in the same way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from uuid import UUID

from gateway.asking import Desk
from gateway.ids import Kind, Ref
from gateway.part import Fetched
from gateway.roster import Member
from gateway.search import Search
from providers import Capability, Key, Listing, ListingQuery, Page, matches

# About how many venues, or performers, a provider is asked at once.
MOST_AT_ONCE = 100
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keepsakes:
    """What somebody keeps of one provider, by its own ids."""

    events: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    performers: tuple[str, ...] = ()


def by_provider(refs: Iterable[Ref]) -> dict[str, Keepsakes]:
    """What is kept, sorted out; each thing once."""
    ids: dict[str, dict[Kind, set[str]]] = {}
    for ref in refs:
        ids.setdefault(ref.provider, {}).setdefault(ref.kind, set()).add(ref.id)
    return {
        provider: Keepsakes(
            events=tuple(sorted(kinds.get(Kind.EVENT, ()))),
            venues=tuple(sorted(kinds.get(Kind.VENUE, ()))),
            performers=tuple(sorted(kinds.get(Kind.PERFORMER, ()))),
        )
        for provider, kinds in ids.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda(Search):
    """A search among what somebody keeps. Its cursors are good for its owner alone, whatever they keep by then."""

    owner: UUID
    keeps: Mapping[str, Keepsakes] = field(repr=False)

    @classmethod
    def among(cls, search: Search, owner: UUID, keeps: Mapping[str, Keepsakes]) -> Agenda:
        """The search, among these."""
        return cls(owner=owner, keeps=keeps, **{each.name: getattr(search, each.name) for each in fields(Search)})

    def query_for(self, provider: str, now: datetime) -> ListingQuery | None:
        """What to ask that provider; None where nothing of it is kept, or it cannot have what is wanted."""
        return Search.query_for(self, provider, now) if provider in self.keeps else None


class AgendaDesk:
    """Stands before the desk: whatever is asked is asked about what is kept."""

    def __init__(self, desk: Desk, keeps: Mapping[str, Keepsakes]) -> None:
        self._desk = desk
        self._keeps = keeps

    async def page(self, member: Member, query: ListingQuery, seek: Key | None, limit: int) -> Fetched:
        """A page of the provider's part, see `Desk.page`."""
        keeps = self._keeps[member.slug]
        asked = [self._desk.page(member, each, seek, limit) for each in _about(keeps, query)]
        if keeps.events:
            asked.append(self._events(member, keeps.events, query, seek))
        return _as_one(await asyncio.gather(*asked))

    async def _events(self, member: Member, ids: Sequence[str], query: ListingQuery, seek: Key | None) -> Fetched:
        """What it tells of these events. Where it cannot be asked for single ones, some may be missing."""
        found = await self._desk.listings(member, ids)
        wanted = [
            (listing, at)
            for listing, at in found.values()
            if (seek is None or listing.key > seek) and matches(listing, query)
        ]
        whole = len(found) == len(ids) or Capability.LOOKUP_BY_ID in member.capabilities
        listings = sorted((listing for listing, _ in wanted), key=lambda listing: listing.key)
        return Fetched(
            page=Page(listings=tuple(listings), truncated=not whole),
            fetched_at=min((at for _, at in wanted), default=_NEVER),
        )


def _about(keeps: Keepsakes, query: ListingQuery) -> Iterator[ListingQuery]:
    """The query about the venues that are kept, and about the performers: in one, both conditions would have to hold."""
    for ids in _shares(keeps.venues, query.venue_ids):
        yield replace(query, venue_ids=ids)
    for ids in _shares(keeps.performers, query.performer_ids):
        yield replace(query, performer_ids=ids)


def _shares(kept: Sequence[str], wanted: Sequence[str]) -> Iterator[tuple[str, ...]]:
    ids = [each for each in kept if not wanted or each in wanted]
    for start in range(0, len(ids), MOST_AT_ONCE):
        yield tuple(ids[start : start + MOST_AT_ONCE])


def _as_one(lists: Sequence[Fetched]) -> Fetched:
    """Several lists of one provider as one, up to where all of them are known; what is in two of them counts once."""
    frontier = min((each.page.frontier for each in lists if each.page.frontier is not None), default=None)
    found: dict[str, Listing] = {}
    for listing in (listing for each in lists for listing in each.page.listings):
        if frontier is None or listing.key <= frontier:
            found.setdefault(listing.id, listing)
    return Fetched(
        page=Page(
            listings=tuple(sorted(found.values(), key=lambda listing: listing.key)),
            frontier=frontier,
            truncated=any(each.page.truncated for each in lists),
        ),
        fetched_at=min((each.fetched_at for each in lists), default=_NEVER),
        requests=sum(each.requests for each in lists),
        from_cache=all(each.from_cache for each in lists),
        late=tuple(listing for each in lists for listing in each.late),
        early=tuple(listing for each in lists for listing in each.early),
        in_disorder=any(each.in_disorder for each in lists),
    )
