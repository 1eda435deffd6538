"""Favourites: what somebody keeps, as it was saved and as it is now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from gateway import event as domain
from gateway import favourite as kept
from gateway.accounts import FavouriteKind
from gateway.favourites import FavouriteState
from schema.context import Info
from schema.scalars import URL
from schema.types.events import Event, PageInfo, Performer, Venue
from schema.types.values import Node

Favouritable = Annotated[
    Event | Performer | Venue, strawberry.union("Favouritable", description="What can be a favourite.")
]


@strawberry.type(description="What was known when it was saved, so that a favourite never becomes an empty row.")
class FavouriteSnapshot:
    """What was known when it was saved."""

    name: str = strawberry.field(description="What it was called.")
    start_date: datetime | None = strawberry.field(description="When it was to start, for events.")
    start_day: date | None = strawberry.field(description="On which day it was to be, for events.")
    venue_name: str | None = strawberry.field(description="Where it was to be, for events.")
    url: URL | None = strawberry.field(description="Its page.")


@strawberry.type(description="An event, a performer or a venue that somebody keeps.")
class Favourite(Node):
    """Something that somebody keeps."""

    kind: FavouriteKind = strawberry.field(description="What it is.")
    subject_id: strawberry.ID = strawberry.field(
        description="The id of what is kept, for `removeFavourite`; it stays when the thing itself is gone."
    )
    snapshot: FavouriteSnapshot = strawberry.field(description="What was known when it was saved.")
    note: str | None = strawberry.field(description="The viewer's own words.")
    created_at: datetime = strawberry.field(description="When it was saved.")

    @strawberry.field(
        description="As it is now; null when that is not known, see `state`.", graphql_type=Favouritable | None
    )
    async def subject(
        self, root: strawberry.Parent[kept.Favourite], info: Info
    ) -> domain.Event | domain.Venue | domain.Performer | None:
        """Looked up together with the others of the page."""
        return (await info.context.standing.load(root)).subject

    @strawberry.field(description="How it stands with it now.")
    async def state(self, root: strawberry.Parent[kept.Favourite], info: Info) -> FavouriteState:
        """Looked up together with the others of the page."""
        return (await info.context.standing.load(root)).state

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:  # noqa: ANN401 - whatever a Node may be
        """The gateway's favourites are favourites."""
        return isinstance(value, kept.Favourite)


@strawberry.type(description="A favourite in a list, and the place behind it.")
class FavouriteEdge:
    """A favourite in a list."""

    node: Favourite = strawberry.field(description="The favourite.")
    cursor: str = strawberry.field(description="Give it as `after` to go on behind this favourite.")


@strawberry.type(description="A page of favourites, newest first.")
class FavouriteConnection:
    """A page of favourites."""

    edges: list[FavouriteEdge] = strawberry.field(description="The favourites with their cursors.")
    nodes: list[Favourite] = strawberry.field(description="The favourites.")
    page_info: PageInfo = strawberry.field(description="Where the page begins and ends.")
    total_count: int = strawberry.field(description="How many there are in all.")
