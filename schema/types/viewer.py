"""The signed-in user, and what is theirs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

from gateway.accounts import Device, FavouriteKind, Feed, User
from gateway.favourite import FavouritePage
from gateway.page import EventPage
from schema.arguments import After, EventFilterInput, First
from schema.context import Info
from schema.scalars import URL
from schema.types.events import EventConnection
from schema.types.favourites import FavouriteConnection
from schema.types.places import place_of
from schema.types.values import Node, Place

UpcomingOnly = Annotated[bool, strawberry.argument(description="Leave out events that have begun.")]

FURTHEST_HOME_KM = 100.0


@strawberry.type(description="A secret address under which a calendar reads one's favourite events (RFC 5545).")
class CalendarFeed:
    """A calendar address."""

    created_at: datetime = strawberry.field(description="When it was made.")
    last_read_at: datetime | None = strawberry.field(description="When a calendar last read it, to a few minutes.")

    @strawberry.field(description="The address. Whoever knows it can read it; `rotateCalendarFeed` makes a new one.")
    def url(self, root: strawberry.Parent[Feed], info: Info) -> URL:
        """At this gateway's public address."""
        return URL(info.context.address_of("calendar", root.secret))

    @strawberry.field(description="The same address, as calendars subscribe to it by one click.")
    def webcal_url(self, root: strawberry.Parent[Feed], info: Info) -> URL:
        """With the scheme that calendars register for."""
        return URL("webcal://" + info.context.address_of("calendar", root.secret).partition("://")[2])


@strawberry.type(description="A device or program that is signed in.")
class Session(Node):
    """A device that is signed in."""

    device_name: str | None = strawberry.field(description="What it called itself when it signed in.")
    created_at: datetime = strawberry.field(description="When it signed in.")
    last_used_at: datetime = strawberry.field(description="When it last asked for something, to a few minutes.")
    expires_at: datetime = strawberry.field(description="When it ends by itself, unless it is gone on with before.")
    is_current: bool = strawberry.field(description="Whether it is the one that asks.")

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:  # noqa: ANN401 - whatever a Node may be
        """Devices are sessions."""
        return isinstance(value, Device)


@strawberry.type(description="The signed-in user.")
class Viewer(Node):
    """The signed-in user."""

    email: str | None = strawberry.field(
        description="The e-mail address; null where an outside identity provider does not tell it."
    )
    display_name: str | None = strawberry.field(description="The name to show.")
    created_at: datetime = strawberry.field(description="When the account was made.")

    @strawberry.field(description="What the viewer keeps, newest first.", graphql_type=FavouriteConnection)
    async def favourites(  # noqa: PLR0917 - the API's arguments, passed by name
        self,
        root: strawberry.Parent[User],
        info: Info,
        first: First = 20,
        after: After = None,
        kinds: Annotated[
            list[FavouriteKind] | None, strawberry.argument(description="Only these; all when null.")
        ] = None,
        upcoming_only: UpcomingOnly = False,  # noqa: FBT002 - passed by name
    ) -> FavouritePage:
        """One statement; what they are now is looked up only where it is asked for."""
        return await info.context.favourites_of(
            root, first=first, after=after, kinds=kinds or (), upcoming_only=upcoming_only
        )

    @strawberry.field(
        description="Coming events of favourite events, performers and venues, in one list by start. A provider that fails "
        "is in `providerReports` and `warnings`, and what it knows is missing.",
        graphql_type=EventConnection,
    )
    async def agenda(
        self,
        root: strawberry.Parent[User],
        info: Info,
        first: First = 20,
        after: After = None,
        filter: EventFilterInput = None,  # noqa: A002 - the argument's name in the API
    ) -> EventPage:
        """One statement; then a search among what they keep."""
        return await info.context.agenda_of(root, filter, first=first, after=after)

    @strawberry.field(
        description="Where the viewer is signed in, the session used last first; `revokeSession` ends one. Empty for users "
        "of an outside identity provider, who have none here.",
        graphql_type=list[Session],
    )
    async def sessions(self, root: strawberry.Parent[User], info: Info) -> list[Device]:
        """From the database."""
        return await info.context.services.accounts.devices(root)

    @strawberry.field(
        description="Secret calendar address to subscribe to; null until created.", graphql_type=CalendarFeed | None
    )
    async def calendar_feed(self, root: strawberry.Parent[User], info: Info) -> Feed | None:
        """From the database."""
        return await info.context.services.feeds.of(root.user_id)

    @strawberry.field(description="The town that the viewer set as home, by its point.")
    def home_place(self, root: strawberry.Parent[User], info: Info) -> Place | None:
        """The nearest town of the gazetteer."""
        if root.home is None:
            return None
        nearest = info.context.services.gazetteer().nearest(*root.home, within_km=FURTHEST_HOME_KM)
        return place_of(nearest) if nearest else None

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:  # noqa: ANN401 - whatever a Node may be
        """Users are viewers."""
        return isinstance(value, User)
