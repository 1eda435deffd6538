"""What can be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, cast

import strawberry

from gateway import event as domain
from gateway.accounts import User
from gateway.errors import BadInput
from gateway.genres import all_genres
from gateway.ids import Kind, Ref
from gateway.page import EventPage
from gateway.roster import Member
from schema.arguments import After, DeadlineMs, EventFilterInput, First, Providers, Sort
from schema.context import MOST_EVENTS, Info
from schema.types.enums import EventSort
from schema.types.events import Event, EventConnection, Performer, Venue
from schema.types.places import place_of
from schema.types.providers import Provider
from schema.types.values import Genre, Node, Place
from schema.types.viewer import Viewer

Id = Annotated[strawberry.ID, strawberry.argument(description="A global id.")]
MOST_PLACES = 50


@strawberry.type(description="Version and schema of this gateway.")
class ServerInfo:
    """Which gateway this is."""

    version: str = strawberry.field(description="Its version.")
    schema_hash: str = strawberry.field(description="Changes when the schema does.")
    started_at: datetime = strawberry.field(description="When it was started.")
    registration_open: bool = strawberry.field(description="Whether `registerUser` makes new accounts.")


@strawberry.type(description="What can be asked.")
class Query:
    """What can be asked."""

    @strawberry.field(
        description="Fetch any object by global id; null when it no longer exists.", graphql_type=Node | None
    )
    async def node(self, info: Info, id: Id) -> object:  # noqa: A002 - the argument's name in the API
        """By its kind's own loader."""
        return await info.context.node(id)

    @strawberry.field(
        description="Several objects by global id, in the order asked, at most 100; null for what no longer exists.",
        graphql_type=list[Node | None],
    )
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], strawberry.argument(description="Global ids.")]
    ) -> Sequence[object]:
        """One batch a provider."""
        if len(ids) > MOST_EVENTS:
            msg = f"ids: wants at most {MOST_EVENTS}, not {len(ids)}"
            raise BadInput(msg)
        # An error stands in the place of what it is about, and leaves the others alone.
        return await asyncio.gather(*(info.context.node(each) for each in ids), return_exceptions=True)

    @strawberry.field(
        description="Events from every enabled provider, merged and sorted. A failing provider never fails the query: "
        "it shows in `providerReports` and `warnings`.",
        graphql_type=EventConnection,
    )
    async def events(  # noqa: PLR0917 - the API's arguments, passed by name
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        filter: EventFilterInput = None,  # noqa: A002 - the argument's name in the API
        sort: Sort = EventSort.START_DATE_ASC,
        providers: Providers = None,
        deadline_ms: DeadlineMs = 2_500,
    ) -> EventPage:
        """The main question."""
        return await info.context.events(
            filter, first=first, after=after, sort=sort, providers=providers, deadline_ms=deadline_ms
        )

    @strawberry.field(description="An event by its id; null when it no longer exists.", graphql_type=Event | None)
    async def event(self, info: Info, id: Id) -> domain.Event | None:  # noqa: A002 - the argument's name in the API
        """By the loader."""
        return await info.context.event_by_ref.load(info.context.ref(id, Kind.EVENT))

    @strawberry.field(description="The event that a provider knows under its own id.", graphql_type=Event | None)
    async def event_by_source(
        self,
        info: Info,
        provider: Annotated[strawberry.ID, strawberry.argument(description="The provider's id or slug.")],
        source_id: Annotated[str, strawberry.argument(description="The provider's own id of the event.")],
    ) -> domain.Event | None:
        """By the loader."""
        member = info.context.member(provider)
        return await info.context.event_by_ref.load(Ref(Kind.EVENT, member.slug, source_id))

    @strawberry.field(description="A venue by its id; null when it no longer exists.", graphql_type=Venue | None)
    async def venue(self, info: Info, id: Id) -> domain.Venue | None:  # noqa: A002 - the argument's name in the API
        """By the loader."""
        return await info.context.venue_by_ref.load(info.context.ref(id, Kind.VENUE))

    @strawberry.field(
        description="A performer by their id; null when they no longer exist.", graphql_type=Performer | None
    )
    async def performer(self, info: Info, id: Id) -> domain.Performer | None:  # noqa: A002 - the argument's name in the API
        """By the loader."""
        return await info.context.performer_by_ref.load(info.context.ref(id, Kind.PERFORMER))

    @strawberry.field(
        description='Offline gazetteer lookup (GeoNames): turns "Berlin" into coordinates and a time zone. Best first.'
    )
    def places(
        self,
        info: Info,
        query: Annotated[str, strawberry.argument(description="The beginning of a town's name, in any language.")],
        first: Annotated[int, strawberry.argument(description="How many, 1 to 50.")] = 8,
    ) -> list[Place]:
        """From memory."""
        if not 1 <= first <= MOST_PLACES:
            msg = f"first: wants 1 to {MOST_PLACES}, not {first}"
            raise BadInput(msg)
        return [place_of(each) for each in info.context.services.gazetteer().search(query, first=first)]

    @strawberry.field(description="The genres that have a place in the tree; providers may know others.")
    def genres(self) -> list[Genre]:
        """From memory."""
        return cast("list[Genre]", all_genres())

    @strawberry.field(description="Every provider, asked or not.", graphql_type=list[Provider])
    def providers(self, info: Info) -> list[Member]:
        """From memory."""
        return info.context.catalogue.roster.all()

    @strawberry.field(
        description="A provider by its id or slug; null when there is none.", graphql_type=Provider | None
    )
    def provider(self, info: Info, id: Id) -> Member | None:  # noqa: A002 - the argument's name in the API
        """From memory."""
        try:
            return info.context.member(id)
        except BadInput:
            return None

    @strawberry.field(
        description="The signed-in user; null when anonymous. A token that does not hold is an UNAUTHENTICATED error.",
        graphql_type=Viewer | None,
    )
    async def viewer(self, info: Info) -> User | None:
        """By the request's token or cookie."""
        return await info.context.viewer()

    @strawberry.field(description="Version and schema of this gateway.")
    def server(self, info: Info) -> ServerInfo:
        """From memory."""
        return cast("ServerInfo", info.context.services.build)
