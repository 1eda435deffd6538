"""What resolvers work with during one request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from gateway.catalogue import Catalogue, EventPage
from gateway.errors import BadInput, Unanswered
from gateway.event import Event, Performer, Venue
from gateway.ids import Kind, Ref, decode
from gateway.places import Gazetteer
from gateway.roster import Member
from gateway.together import Together
from schema.inputs import EventFilter
from schema.types.enums import EventSort

MOST_EVENTS = 100
DEADLINES_MS = (50, 30_000)

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """Which gateway this is."""

    version: str
    schema_hash: str
    started_at: datetime


class Context:
    """One request's view of the gateway: what it asks for more than once is asked of the providers once."""

    def __init__(self, catalogue: Catalogue, gazetteer: Callable[[], Gazetteer], build: Build) -> None:
        self.catalogue = catalogue
        self.gazetteer = gazetteer
        self.build = build
        self.event_by_ref = _loader(catalogue.events)
        self.venue_by_ref = _loader(catalogue.venues)
        self.performer_by_ref = _loader(catalogue.performers)
        self._together = Together(catalogue.desk)

    async def events(
        self,
        wanted: EventFilter | None,
        *,
        first: int,
        after: str | None,
        sort: EventSort,  # noqa: ARG002 - there is one as yet, and the schema admits no other
        about: Ref | None = None,
        providers: list[strawberry.ID] | None = None,
        deadline_ms: int = 2_500,
    ) -> EventPage:
        """A page of events; of one venue or performer, where `about` names it.

        Raises:
            BadInput: an argument cannot be meant.
        """
        _within("first", first, 1, MOST_EVENTS)
        _within("deadlineMs", deadline_ms, *DEADLINES_MS)
        search = (wanted or EventFilter()).search(self.gazetteer, about=about)
        return await self.catalogue.search(
            search,
            first=first,
            after=after,
            members=None if providers is None else [self.member(each) for each in providers],
            deadline_ms=deadline_ms,
            asker=self._together,
        )

    def member(self, provider: str) -> Member:
        """The provider of that slug or global id.

        Raises:
            BadInput: there is none.
        """
        ref = decode(provider)
        slug = ref.provider if ref is not None and ref.kind is Kind.PROVIDER else provider
        member = self.catalogue.roster.get(slug)
        if member is None:
            known = ", ".join(each.slug for each in self.catalogue.roster.all())
            msg = f"there is no provider {provider[:80]!r}; known are {known}"
            raise BadInput(msg)
        return member

    async def node(self, global_id: str) -> Event | Venue | Performer | Member | None:
        """Whatever that id names; None when it no longer exists.

        Raises:
            BadInput: it is no id of this gateway.
        """
        ref = self.ref(global_id)
        match ref.kind:
            case Kind.EVENT:
                return await self.event_by_ref.load(ref)
            case Kind.VENUE:
                return await self.venue_by_ref.load(ref)
            case Kind.PERFORMER:
                return await self.performer_by_ref.load(ref)
            case Kind.PROVIDER:
                return self.catalogue.roster.get(ref.provider)

    def ref(self, global_id: str, *kinds: Kind) -> Ref:
        """What a global id names.

        Raises:
            BadInput: nothing, or nothing of these kinds.
        """
        ref = decode(global_id)
        if ref is None or (kinds and ref.kind not in kinds):
            wanted = " or ".join(kind.value for kind in kinds) or "node"
            msg = f"{global_id[:80]!r} is not the id of any {wanted}; ids come from the `id` field"
            raise BadInput(msg)
        return ref


Info = strawberry.Info[Context, None]


def _loader(
    find: Callable[[Iterable[Ref]], Awaitable[Mapping[Ref, Thing | Unanswered]]],
) -> DataLoader[Ref, Thing | None]:
    async def load(refs: list[Ref]) -> list[Thing | BaseException | None]:
        found = await find(refs)
        return [found.get(ref) for ref in refs]

    return DataLoader(load_fn=load)


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        msg = f"{name}: wants {least} to {most}, not {value}"
        raise BadInput(msg)
