"""What can be changed: accounts, sessions, favourites, and what is one event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar

import strawberry

from gateway.accounts import (
    NOT_SIGNED_IN,
    UNSET,
    AuthError,
    AuthErrorCode,
    Changes,
    DatabaseUnavailable,
    FavouriteError,
    FavouriteErrorCode,
    IssuerUnavailable,
    MatchError,
    MatchErrorCode,
    SignedIn,
    Unauthenticated,
    Unset,
    User,
    UserError,
)
from gateway.ids import Kind, Ref, decode
from schema.context import Context, Info
from schema.matching import report
from schema.mutation_inputs import (
    AddFavouriteInput,
    CreateSessionInput,
    DeleteUserInput,
    RefreshSessionInput,
    RegisterUserInput,
    RemoveFavouriteInput,
    ReportEventMatchInput,
    RevokeSessionInput,
    UpdateFavouriteInput,
    UpdateUserInput,
)
from schema.types import payloads
from schema.types.payloads import (
    AddFavouritePayload,
    CreateCalendarFeedPayload,
    CreateSessionPayload,
    DeleteUserPayload,
    RefreshSessionPayload,
    RegisterUserPayload,
    RemoveFavouritePayload,
    ReportEventMatchPayload,
    RevokeSessionPayload,
    RotateCalendarFeedPayload,
    UpdateFavouritePayload,
    UpdateUserPayload,
)

Arguments = ParamSpec("Arguments")
Payload = TypeVar("Payload")


@dataclass(frozen=True, slots=True)
class Errors:
    """The mistakes of one kind of mutation: how two of them are made that any may meet, and how all are shown."""

    make: Callable[..., UserError]
    codes: type[AuthErrorCode | FavouriteErrorCode | MatchErrorCode]
    shown: Callable[[Any], object]

    def not_authenticated(self, message: str = NOT_SIGNED_IN) -> UserError:
        """It takes somebody who is signed in."""
        return self.make(self.codes.NOT_AUTHENTICATED, message)

    def unavailable(self, message: str) -> UserError:
        """It is nobody's mistake, and may work in a moment."""
        return self.make(self.codes.UNAVAILABLE, message)


ABOUT_ACCOUNTS = Errors(AuthError, AuthErrorCode, payloads.AuthError.of)
ABOUT_FAVOURITES = Errors(FavouriteError, FavouriteErrorCode, payloads.FavouriteError.of)
ABOUT_MATCHES = Errors(MatchError, MatchErrorCode, payloads.MatchError.of)

RegisterUser = Annotated[RegisterUserInput, strawberry.argument(description="The new account.")]
CreateSession = Annotated[CreateSessionInput, strawberry.argument(description="Who wants to sign in.")]
RefreshSession = Annotated[RefreshSessionInput, strawberry.argument(description="The refresh token to trade.")]
UpdateUser = Annotated[UpdateUserInput, strawberry.argument(description="What to change.")]
DeleteUser = Annotated[DeleteUserInput, strawberry.argument(description="The proof that it is really the viewer.")]
AddFavourite = Annotated[AddFavouriteInput, strawberry.argument(description="What to keep.")]
RemoveFavourite = Annotated[RemoveFavouriteInput, strawberry.argument(description="What to keep no longer.")]
UpdateFavourite = Annotated[UpdateFavouriteInput, strawberry.argument(description="What to change.")]
ReportEventMatch = Annotated[ReportEventMatchInput, strawberry.argument(description="What to say.")]
RevokeSession = Annotated[
    RevokeSessionInput | None, strawberry.argument(description="Which sessions to end; the one that asks, when null.")
]
FavouriteId = Annotated[strawberry.ID, strawberry.argument(description="The favourite's id.")]


def _answered_by(
    payload: Callable[..., Payload], errors: Errors
) -> Callable[[Callable[Arguments, Awaitable[Mapping[str, Any]]]], Callable[Arguments, Awaitable[Payload]]]:
    """Makes a payload of the fields that a resolver returns, or of the mistake that it raises."""

    def decorate(resolve: Callable[Arguments, Awaitable[Mapping[str, Any]]]) -> Callable[Arguments, Awaitable[Payload]]:
        @wraps(resolve)
        async def answer(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Payload:
            try:
                fields = dict(await resolve(*args, **kwargs))
            except UserError as mistake:
                fields = {"user_errors": [errors.shown(mistake)]}
            except Unauthenticated as reason:
                fields = {"user_errors": [errors.shown(errors.not_authenticated(str(reason)))]}
            except (DatabaseUnavailable, IssuerUnavailable) as reason:
                fields = {"user_errors": [errors.shown(errors.unavailable(str(reason)))]}
            given = kwargs.get("input")
            if hasattr(given, "client_mutation_id"):
                fields["client_mutation_id"] = given.client_mutation_id
            return payload(**fields)

        return answer

    return decorate


@strawberry.type(description="What can be changed.")
class Mutation:
    """What can be changed."""

    @strawberry.mutation(description="Make an account, and sign in.", graphql_type=RegisterUserPayload)
    @_answered_by(RegisterUserPayload, ABOUT_ACCOUNTS)
    async def register_user(self, info: Info, input: RegisterUser) -> Mapping[str, Any]:  # noqa: A002 - the argument's name in the API
        """A new user."""
        context = info.context
        return _welcome(
            context,
            await context.services.accounts.register(
                input.email,
                input.password,
                input.display_name,
                context.caller.client,
                device_name=input.device_name,
            ),
        )

    @strawberry.mutation(
        description="Sign in with e-mail address and password. In a page of this gateway, a cookie keeps the session.",
        graphql_type=CreateSessionPayload,
    )
    @_answered_by(CreateSessionPayload, ABOUT_ACCOUNTS)
    async def create_session(self, info: Info, input: CreateSession) -> Mapping[str, Any]:  # noqa: A002 - see above
        """A new session."""
        context = info.context
        return _welcome(
            context,
            await context.services.accounts.sign_in(
                input.email, input.password, input.device_name, context.caller.client
            ),
        )

    @strawberry.mutation(
        description="Trade a refresh token for new tokens. It is good for one time.", graphql_type=RefreshSessionPayload
    )
    @_answered_by(RefreshSessionPayload, ABOUT_ACCOUNTS)
    async def refresh_session(self, info: Info, input: RefreshSession) -> Mapping[str, Any]:  # noqa: A002 - see above
        """The same session, with new tokens."""
        return {"tokens": await info.context.services.accounts.refresh(input.refresh_token)}

    @strawberry.mutation(
        description="Sign out: of this session, of another of the viewer's, of that of a refresh token, or everywhere. "
        "Where several are named, the first of `allDevices`, `sessionId` and `refreshToken` counts.",
        graphql_type=RevokeSessionPayload,
    )
    @_answered_by(RevokeSessionPayload, ABOUT_ACCOUNTS)
    async def revoke_session(
        self,
        info: Info,
        input: RevokeSession = None,  # noqa: A002 - see above
    ) -> Mapping[str, Any]:
        """One session less, or none left."""
        context, which = info.context, input or RevokeSessionInput()
        if which.session_id is not None and not which.all_devices:
            return await _sign_out_of(context, which.session_id)
        # A refresh token speaks for itself: signing out works with an access token that has expired, too.
        user = None if which.refresh_token and not which.all_devices else await context.viewer()
        count = await context.services.accounts.sign_out(user, which.refresh_token, all_devices=which.all_devices)
        _farewell(context)
        return {"revoked_count": count}

    @strawberry.mutation(description="Change the viewer's account.", graphql_type=UpdateUserPayload)
    @_answered_by(UpdateUserPayload, ABOUT_ACCOUNTS)
    async def update_user(self, info: Info, input: UpdateUser) -> Mapping[str, Any]:  # noqa: A002 - see above
        """The changed user."""
        context = info.context
        user = await _signed_in(context, ABOUT_ACCOUNTS)
        changed = await context.services.accounts.update(user, _changes(input), context.caller.client)
        context.forget_viewer()
        return {"viewer": changed}

    @strawberry.mutation(
        description="Erase the viewer's account and all that is theirs. What they said with `reportEventMatch` stays, "
        "without their name.",
        graphql_type=DeleteUserPayload,
    )
    @_answered_by(DeleteUserPayload, ABOUT_ACCOUNTS)
    async def delete_user(self, info: Info, input: DeleteUser) -> Mapping[str, Any]:  # noqa: A002 - see above
        """Nobody any more."""
        context = info.context
        user = await _signed_in(context, ABOUT_ACCOUNTS)
        await context.services.accounts.delete(user, input.password, context.caller.client)
        _farewell(context)
        return {"deleted_user_id": user.id}

    @strawberry.mutation(
        description="Keep an event, a performer or a venue. Keeping it again is no error.",
        graphql_type=AddFavouritePayload,
    )
    @_answered_by(AddFavouritePayload, ABOUT_FAVOURITES)
    async def add_favourite(self, info: Info, input: AddFavourite) -> Mapping[str, Any]:  # noqa: A002 - see above
        """Kept."""
        context = info.context
        user = await _signed_in(context, ABOUT_FAVOURITES)
        favourite = await context.services.favourites.add(user.user_id, _ref(input.subject_id), input.note)
        context.forget_favourited()
        return {"favourite": favourite, "subject_id": input.subject_id, "viewer": user}

    @strawberry.mutation(
        description="Keep something no longer. Where it was not kept, nothing happens.",
        graphql_type=RemoveFavouritePayload,
    )
    @_answered_by(RemoveFavouritePayload, ABOUT_FAVOURITES)
    async def remove_favourite(self, info: Info, input: RemoveFavourite) -> Mapping[str, Any]:  # noqa: A002 - see above
        """Not kept."""
        context = info.context
        user = await _signed_in(context, ABOUT_FAVOURITES)
        removed = await context.services.favourites.remove(user.user_id, _ref(input.subject_id))
        context.forget_favourited()
        return {"removed_favourite_id": removed, "subject_id": input.subject_id, "viewer": user}

    @strawberry.mutation(description="Change the note of a favourite.", graphql_type=UpdateFavouritePayload)
    @_answered_by(UpdateFavouritePayload, ABOUT_FAVOURITES)
    async def update_favourite(
        self,
        info: Info,
        id: FavouriteId,  # noqa: A002 - see above
        input: UpdateFavourite,  # noqa: A002 - see above
    ) -> Mapping[str, Any]:
        """With another note."""
        user = await _signed_in(info.context, ABOUT_FAVOURITES)
        favourite = await info.context.services.favourites.update(
            user.user_id, _ref(id, Kind.FAVOURITE, field="id"), input.note
        )
        return {"favourite": favourite}

    @strawberry.mutation(
        description="A secret calendar address of the viewer's favourites; where there is one, it stays.",
        graphql_type=CreateCalendarFeedPayload,
    )
    @_answered_by(CreateCalendarFeedPayload, ABOUT_ACCOUNTS)
    async def create_calendar_feed(self, info: Info) -> Mapping[str, Any]:
        """An address."""
        return await _calendar_feed(info.context, anew=False)

    @strawberry.mutation(
        description="A new secret calendar address; the old one stops working.",
        graphql_type=RotateCalendarFeedPayload,
    )
    @_answered_by(RotateCalendarFeedPayload, ABOUT_ACCOUNTS)
    async def rotate_calendar_feed(self, info: Info) -> Mapping[str, Any]:
        """Another address."""
        return await _calendar_feed(info.context, anew=True)

    @strawberry.mutation(
        description="Say that two records are, or are not, the same event. Kept as a rule for later merges; of several "
        "people the majority counts, and where they are as many, the two are kept apart. Saying it again is no error, and "
        "saying the opposite takes it back.",
        graphql_type=ReportEventMatchPayload,
    )
    @_answered_by(ReportEventMatchPayload, ABOUT_MATCHES)
    async def report_event_match(self, info: Info, input: ReportEventMatch) -> Mapping[str, Any]:  # noqa: A002 - see above
        """As it is from now on."""
        user = await _signed_in(info.context, ABOUT_MATCHES)
        this, that = await report(info.context, user, input)
        info.context.forget_events()
        return {"this": this, "that": that}


def _welcome(context: Context, signed_in: SignedIn) -> Mapping[str, Any]:
    context.cookie = signed_in.cookie
    return {"viewer": signed_in.user, "tokens": signed_in.tokens}


def _farewell(context: Context) -> None:
    if context.caller.credentials.cookie is not None:
        context.cookie = ""
    context.forget_viewer()


async def _sign_out_of(context: Context, session_id: str) -> Mapping[str, Any]:
    """End one of the viewer's sessions. Only where it is the one that asks, they are signed out here."""
    device = await context.services.accounts.sign_out_of(await _signed_in(context, ABOUT_ACCOUNTS), session_id)
    if device.is_current:
        _farewell(context)
    return {"revoked_count": 1}


async def _signed_in(context: Context, errors: Errors) -> User:
    """The viewer, who must be one."""
    user = await context.viewer()
    if user is None:
        raise errors.not_authenticated()
    return user


def _ref(global_id: str, *kinds: Kind, field: str = "subjectId") -> Ref:
    """What the id names. One that names nothing is a person's mistake like any other here."""
    ref = decode(global_id)
    if ref is None or (kinds and ref.kind not in kinds):
        msg = f"{global_id[:80]!r} is no id of this gateway; ids come from the `id` field."
        raise FavouriteError(FavouriteErrorCode.NOT_FOUND, msg, field=field)
    return ref


def _changes(given: UpdateUserInput) -> Changes:
    return Changes(
        display_name=UNSET if given.display_name is strawberry.UNSET else given.display_name,
        home=_home(given.home_lat, given.home_lon),
        current_password=given.current_password,
        new_password=given.new_password,
    )


def _home(latitude: object, longitude: object) -> tuple[float, float] | Unset | None:
    if latitude is longitude and latitude in {None, strawberry.UNSET}:
        return UNSET if latitude is strawberry.UNSET else None
    if isinstance(latitude, float) and isinstance(longitude, float):
        return latitude, longitude
    raise AuthError(AuthErrorCode.HOME_INVALID, "Give both homeLat and homeLon, or null for both.", field="homeLat")


async def _calendar_feed(context: Context, *, anew: bool) -> Mapping[str, Any]:
    user = await _signed_in(context, ABOUT_ACCOUNTS)
    services = context.services
    return {"calendar_feed": await services.feeds.make(user.user_id, services.clock(), anew=anew)}
