"""What mutations answer. A mistake of a person's is in `userErrors`, and never in the top-level `errors`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from gateway import accounts
from gateway import event as domain
from gateway.accounts import AuthErrorCode, FavouriteErrorCode, MatchErrorCode
from gateway.ids import Ref
from schema.context import Info
from schema.types.events import Event
from schema.types.favourites import Favouritable, Favourite
from schema.types.viewer import CalendarFeed, Viewer


def _viewer() -> Any:  # noqa: ANN401 - as strawberry.field
    return strawberry.field(default=None, description="The user; null where it did not succeed.")


def _errors() -> Any:  # noqa: ANN401 - as strawberry.field
    return strawberry.field(default_factory=list, description="What is wrong; empty where it succeeded.")


def _echo() -> Any:  # noqa: ANN401 - as strawberry.field
    return strawberry.field(default=None, description="As in the input.")


@strawberry.interface(description="A mistake that a person can mend: shown to them, never in top-level `errors`.")
class UserError:
    """A mistake that a person can mend."""

    message: str = strawberry.field(description="What is wrong and what would do, for people.")
    field: list[str] | None = strawberry.field(description='Path into the arguments, e.g. `["input", "email"]`.')
    retryable: bool = strawberry.field(description="Whether the same request may succeed in a moment.")


@strawberry.type(description="A mistake about accounts.")
class AuthError(UserError):
    """About accounts."""

    code: AuthErrorCode = strawberry.field(description="What is wrong, for programs.")
    retry_at: datetime | None = strawberry.field(description="When to try again, for TOO_MANY_ATTEMPTS.")

    @classmethod
    def of(cls, error: accounts.AuthError) -> AuthError:
        """The mistake as data; as an exception, it would count as a failure of the resolver."""
        return cls(
            message=error.message,
            field=error.field,
            retryable=error.retryable,
            code=error.code,
            retry_at=error.retry_at,
        )


@strawberry.type(description="A mistake about favourites.")
class FavouriteError(UserError):
    """About favourites."""

    code: FavouriteErrorCode = strawberry.field(description="What is wrong, for programs.")
    limit: int | None = strawberry.field(description="The limit that was met.")

    @classmethod
    def of(cls, error: accounts.FavouriteError) -> FavouriteError:
        """The mistake as data; see `AuthError.of`."""
        return cls(
            message=error.message, field=error.field, retryable=error.retryable, code=error.code, limit=error.limit
        )


@strawberry.type(description="A mistake about what somebody says of two records.")
class MatchError(UserError):
    """About what they say of two records."""

    code: MatchErrorCode = strawberry.field(description="What is wrong, for programs.")
    limit: int | None = strawberry.field(description="The limit that was met.")

    @classmethod
    def of(cls, error: accounts.MatchError) -> MatchError:
        """The mistake as data; see `AuthError.of`."""
        return cls(
            message=error.message, field=error.field, retryable=error.retryable, code=error.code, limit=error.limit
        )


@strawberry.type(
    description="Send `accessToken` with each request; trade `refreshToken` for new ones before it expires."
)
class AuthTokens:
    """Tokens of a session."""

    access_token: str = strawberry.field(description="Goes into the header `Authorization: Bearer ...`.")
    access_token_expires_at: datetime = strawberry.field(description="When it stops working.")
    refresh_token: str = strawberry.field(
        description="Good for one `refreshSession`. Used twice, it was copied by somebody: its session ends."
    )
    refresh_token_expires_at: datetime = strawberry.field(description="When it stops working.")
    token_type: str = strawberry.field(description="`Bearer` (RFC 6750).")


@strawberry.type(description="What `registerUser` answers.")
class RegisterUserPayload:
    """A new user, signed in."""

    viewer: Viewer | None = _viewer()
    tokens: AuthTokens | None = strawberry.field(default=None, description="The new session's tokens.")
    user_errors: list[AuthError] = _errors()
    client_mutation_id: str | None = _echo()


@strawberry.type(description="What `createSession` answers.")
class CreateSessionPayload:
    """A user, signed in."""

    viewer: Viewer | None = _viewer()
    tokens: AuthTokens | None = strawberry.field(default=None, description="The new session's tokens.")
    user_errors: list[AuthError] = _errors()
    client_mutation_id: str | None = _echo()


@strawberry.type(description="What `refreshSession` answers.")
class RefreshSessionPayload:
    """The next tokens."""

    tokens: AuthTokens | None = strawberry.field(default=None, description="The next tokens; the old are spent.")
    user_errors: list[AuthError] = _errors()
    client_mutation_id: str | None = _echo()


@strawberry.type(description="What `revokeSession` answers.")
class RevokeSessionPayload:
    """Signed out."""

    revoked_count: int = strawberry.field(default=0, description="How many sessions were ended.")
    user_errors: list[AuthError] = _errors()
    client_mutation_id: str | None = _echo()


@strawberry.type(description="What `updateUser` answers.")
class UpdateUserPayload:
    """A user, changed."""

    viewer: Viewer | None = _viewer()
    user_errors: list[AuthError] = _errors()
    client_mutation_id: str | None = _echo()


@strawberry.type(description="What `deleteUser` answers.")
class DeleteUserPayload:
    """A user, gone."""

    deleted_user_id: strawberry.ID | None = strawberry.field(default=None, description="The id that the user had.")
    user_errors: list[AuthError] = _errors()
    client_mutation_id: str | None = _echo()


async def _subject(
    root: strawberry.Parent[AddFavouritePayload | RemoveFavouritePayload], info: Info
) -> domain.Event | domain.Venue | domain.Performer | None:
    """Looked up where it is asked for."""
    return await info.context.subject(root.subject_id) if root.subject_id else None


def _subject_field() -> Any:  # noqa: ANN401 - as strawberry.field
    description = "What it is about, as it is now; null where that cannot be told."
    return strawberry.field(resolver=_subject, description=description, graphql_type=Favouritable | None)


@strawberry.type(description="What `addFavourite` answers.")
class AddFavouritePayload:
    """Something kept."""

    subject_id: strawberry.Private[str | None] = None

    favourite: Favourite | None = strawberry.field(default=None, description="The favourite.")
    subject = _subject_field()
    viewer: Viewer | None = _viewer()
    user_errors: list[FavouriteError] = _errors()
    client_mutation_id: str | None = _echo()


@strawberry.type(description="What `removeFavourite` answers.")
class RemoveFavouritePayload:
    """Something kept no longer."""

    subject_id: strawberry.Private[str | None] = None

    removed_favourite_id: strawberry.ID | None = strawberry.field(
        default=None, description="The id that the favourite had; null where it was none."
    )
    subject = _subject_field()
    viewer: Viewer | None = _viewer()
    user_errors: list[FavouriteError] = _errors()
    client_mutation_id: str | None = _echo()


@strawberry.type(description="What `updateFavourite` answers.")
class UpdateFavouritePayload:
    """A favourite, changed."""

    favourite: Favourite | None = strawberry.field(default=None, description="The favourite with its new note.")
    user_errors: list[FavouriteError] = _errors()
    client_mutation_id: str | None = _echo()


@strawberry.type(description="What `createCalendarFeed` answers.")
class CreateCalendarFeedPayload:
    """A calendar address."""

    calendar_feed: CalendarFeed | None = strawberry.field(default=None, description="The address, new or as it was.")
    user_errors: list[AuthError] = _errors()


@strawberry.type(description="What `rotateCalendarFeed` answers.")
class RotateCalendarFeedPayload:
    """A new calendar address."""

    calendar_feed: CalendarFeed | None = strawberry.field(default=None, description="The new address.")
    user_errors: list[AuthError] = _errors()


@strawberry.type(description="What `reportEventMatch` answers. Events are as they are from now on.")
class ReportEventMatchPayload:
    """A word, taken."""

    this: strawberry.Private[Ref | None] = None
    that: strawberry.Private[Ref | None] = None

    @strawberry.field(
        description="The event of `eventId`; where just that record was split away, the event of the others.",
        graphql_type=Event | None,
    )
    async def event(self, info: Info) -> domain.Event | None:
        """Looked up where it is asked for."""
        return await info.context.event_now(self.this) if self.this else None

    @strawberry.field(
        description="The event of the other record: the same one, where they are one now.", graphql_type=Event | None
    )
    async def other_event(self, info: Info) -> domain.Event | None:
        """Looked up where it is asked for."""
        return await info.context.event_now(self.that) if self.that else None

    user_errors: list[MatchError] = _errors()
    client_mutation_id: str | None = _echo()
