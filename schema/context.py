"""What resolvers work with during one request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from gateway.accounts import Accounts, Client, Credentials, Device, FavouriteKind, Feeds, User
from gateway.catalogue import Catalogue
from gateway.errors import BadInput, GatewayError, Unanswered
from gateway.event import Event, Performer, Venue
from gateway.facts import refs_of
from gateway.favourite import Favourite, FavouritePage
from gateway.favourites import Favourites, Standing
from gateway.ids import Kind, Ref, decode
from gateway.matches import Matches
from gateway.page import EventPage
from gateway.pictures import Pictures
from gateway.places import Gazetteer
from gateway.roster import Member
from gateway.together import Together
from gateway.tracing import UNTRACED, Tracer
from gateway.unfolding import Unfolded
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
    registration_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the gateway does, for all requests."""

    catalogue: Catalogue
    gazetteer: Callable[[], Gazetteer]
    accounts: Accounts
    favourites: Favourites
    feeds: Feeds
    matches: Matches
    build: Build
    pictures: Pictures
    clock: Callable[[], datetime]
    tracer: Tracer = UNTRACED


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, from where, and at which address (`http://host`, without a slash at its end) they reached us."""

    credentials: Credentials
    client: Client
    base_url: str


class Operation(NamedTuple):
    """What the request's document asks to run: the operation's name, where it has one, and `query`, `mutation`, ..."""

    name: str | None
    type: str


class Context:
    """One request's view of the gateway: what it asks for more than once is asked of the providers once.

    cookie: what the caller's browser is to keep from now on; empty to forget it, None to leave it as it is.
    operation: what is asked to run, once the document is read.
    runs: whether the document was in order, so that something is resolved.
    """

    def __init__(self, services: Services, caller: Caller) -> None:
        self.services = services
        self.caller = caller
        self.catalogue = services.catalogue
        self.cookie: str | None = None
        self.operation: Operation | None = None
        self.runs = False
        self.event_by_ref = _loader(self.catalogue.whole_events)
        self.venue_by_ref = _loader(self.catalogue.venues)
        self.performer_by_ref = _loader(self.catalogue.performers)
        self.standing: DataLoader[Favourite, Standing] = DataLoader(
            load_fn=self._standings, cache_key_fn=lambda favourite: favourite.id
        )
        self._favourited: DataLoader[Ref, bool] = DataLoader(load_fn=self._among_favourites)
        self._viewer: asyncio.Future[User | None] | None = None
        self._together = Together(self.catalogue.desk)

    async def viewer(self) -> User | None:
        """The signed-in user, asked for once.

        Raises:
            Unauthenticated: a token was sent, and it does not hold.
            DatabaseUnavailable, IssuerUnavailable: that cannot be told now.
        """
        if self._viewer is None:
            self._viewer = asyncio.ensure_future(self.services.accounts.viewer(self.caller.credentials))
        return await asyncio.shield(self._viewer)

    def forget_viewer(self) -> None:
        """They have changed, or gone."""
        self._viewer = None

    async def has_favourited(self, thing: Event | Venue | Performer) -> bool | None:
        """Whether the viewer keeps it; None where there is no viewer, or where it cannot be told.

        That the database is gone is no reason to spoil a page of events with an error for each.
        """
        try:
            if await self.viewer() is None:
                return None
            return any(await self._favourited.load_many(refs_of(thing)))
        except GatewayError:
            return None

    def forget_favourited(self) -> None:
        """They have kept something, or keep it no longer."""
        self._favourited.clear_all()

    async def event_now(self, ref: Ref) -> Event | None:
        """The event of that record; None where that cannot be told."""
        try:
            return await self.event_by_ref.load(ref)
        except GatewayError:
            return None

    def forget_events(self) -> None:
        """Other records may make up an event now."""
        self.event_by_ref.clear_all()

    async def favourites_of(
        self, user: User, *, first: int, after: str | None, kinds: Collection[FavouriteKind], upcoming_only: bool
    ) -> FavouritePage:
        """A page of a user's favourites.

        Raises:
            BadInput: an argument cannot be meant.
        """
        _within("first", first, 1, MOST_EVENTS)
        return await self.services.favourites.page(
            user.user_id, first, after=after, kinds=kinds, upcoming_only=upcoming_only
        )

    async def agenda_of(self, user: User, wanted: EventFilter | None, *, first: int, after: str | None) -> EventPage:
        """A page of what is ahead of a user.

        Raises:
            BadInput: an argument cannot be meant.
        """
        _within("first", first, 1, MOST_EVENTS)
        search = (wanted or EventFilter()).search(self.services.gazetteer)
        return await self.services.favourites.agenda(user.user_id, search, first, after=after)

    async def subject(self, subject_id: str) -> Event | Venue | Performer | None:
        """What can be kept under that id, as it is now; None where that cannot be told."""
        try:
            thing = await self.node(subject_id)
        except GatewayError:
            return None
        return thing if isinstance(thing, Event | Venue | Performer) else None

    def picture_of(self, url: str) -> str:
        """The address of a provider's picture at this gateway."""
        return f"{self.caller.base_url}/pictures/{self.services.pictures.name(url)}"

    def address_of(self, folder: str, name: str) -> str:
        """Where a calendar of this gateway is."""
        return f"{self.caller.base_url}/{folder}/{name}.ics"

    async def _standings(self, favourites: list[Favourite]) -> list[Standing]:
        return await self.services.favourites.standings([favourite.kept for favourite in favourites])

    async def _among_favourites(self, refs: list[Ref]) -> list[bool]:
        user = await self.viewer()
        kept = await self.services.favourites.among(user.user_id, refs) if user else set()
        return [ref in kept for ref in refs]

    async def events(
        self,
        wanted: EventFilter | None,
        *,
        first: int,
        after: str | None,
        sort: EventSort,
        about: Sequence[Ref] = (),
        providers: list[strawberry.ID] | None = None,
        deadline_ms: int = 2_500,
    ) -> EventPage:
        """A page of events; of one venue or performer, where `about` has its records.

        Raises:
            BadInput: an argument cannot be meant.
        """
        _within("first", first, 1, MOST_EVENTS)
        _within("deadlineMs", deadline_ms, *DEADLINES_MS)
        return await self.catalogue.search(
            (wanted or EventFilter()).search(self.services.gazetteer, about=about),
            first=first,
            after=after,
            sort=sort,
            members=self._members(providers),
            deadline_ms=deadline_ms,
            asker=self._together,
        )

    def unfold(
        self,
        wanted: EventFilter | None,
        *,
        first: int,
        sort: EventSort,
        providers: list[strawberry.ID] | None,
        deadline_ms: int,
    ) -> AsyncGenerator[Unfolded, None]:
        """The messages of such a search. Nobody is asked before the first is taken.

        Raises:
            BadInput: an argument cannot be meant.
        """
        _within("first", first, 1, MOST_EVENTS)
        _within("deadlineMs", deadline_ms, *DEADLINES_MS)
        search = (wanted or EventFilter()).search(self.services.gazetteer)
        return self.catalogue.unfold(
            search, first=first, sort=sort, members=self._members(providers), deadline_ms=deadline_ms
        )

    def _members(self, providers: list[strawberry.ID] | None) -> list[Member] | None:
        return None if providers is None else [self.member(each) for each in providers]

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

    async def node(self, global_id: str) -> Event | Venue | Performer | Member | User | Favourite | Device | None:
        """Whatever that id names; None when it no longer exists, or is another's.

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
            case Kind.VIEWER | Kind.FAVOURITE | Kind.SESSION:
                user = await self.viewer()
                return await self._owned(user, ref) if user else None

    async def _owned(self, user: User, ref: Ref) -> User | Favourite | Device | None:
        """What of the user's own that names."""
        match ref.kind:
            case Kind.FAVOURITE:
                return await self.services.favourites.one(user.user_id, ref)
            case Kind.SESSION:
                devices = await self.services.accounts.devices(user)
                return next((each for each in devices if each.id == ref.encode()), None)
            case _:
                return user if user.id == ref.encode() else None

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
