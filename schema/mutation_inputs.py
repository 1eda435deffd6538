"""What mutations are given."""

from __future__ import annotations

from typing import Any

import strawberry


def _echo() -> Any:  # noqa: ANN401 - as strawberry.field
    return strawberry.field(default=None, description="Comes back in the answer, as Relay's clients of old want it.")


@strawberry.input(description="A new account.")
class RegisterUserInput:
    """A new account."""

    email: str = strawberry.field(description="The address to sign in with.")
    password: str = strawberry.field(description="10 to 256 characters; there is no other rule.")
    display_name: str | None = strawberry.field(default=None, description="The name to show.")
    device_name: str | None = strawberry.field(default=None, description="What to call this device.")
    client_mutation_id: str | None = _echo()


@strawberry.input(description="Who wants to sign in.")
class CreateSessionInput:
    """Who wants to sign in."""

    email: str = strawberry.field(description="The account's address, in letters of either case.")
    password: str = strawberry.field(description="The account's password.")
    device_name: str | None = strawberry.field(default=None, description="What to call this device.")
    client_mutation_id: str | None = _echo()


@strawberry.input(description="A refresh token, to be traded for new tokens.")
class RefreshSessionInput:
    """A refresh token."""

    refresh_token: str = strawberry.field(description="The newest refresh token of the session.")
    client_mutation_id: str | None = _echo()


@strawberry.input(description="Which sessions to end: the one that asks, when nothing is said.")
class RevokeSessionInput:
    """Which sessions to end."""

    session_id: strawberry.ID | None = strawberry.field(
        default=None, description="End that one of the viewer's sessions, by its `id`."
    )
    refresh_token: str | None = strawberry.field(default=None, description="End the session of this refresh token.")
    all_devices: bool = strawberry.field(default=False, description="End all sessions of the viewer.")
    client_mutation_id: str | None = _echo()


@strawberry.input(description="What to change; what is left out stays, and null takes it away.")
class UpdateUserInput:
    """What to change."""

    display_name: str | None = strawberry.field(default=strawberry.UNSET, description="The name to show.")
    home_lat: float | None = strawberry.field(
        default=strawberry.UNSET, description="Latitude of home, with `homeLon`; of one's town is enough."
    )
    home_lon: float | None = strawberry.field(default=strawberry.UNSET, description="Longitude of home.")
    current_password: str | None = strawberry.field(default=None, description="Needed for a new password.")
    new_password: str | None = strawberry.field(
        default=None, description="10 to 256 characters. All other sessions are ended."
    )
    client_mutation_id: str | None = _echo()


@strawberry.input(description="Erases the viewer's account and all that is theirs.")
class DeleteUserInput:
    """Erases the viewer's account."""

    password: str | None = strawberry.field(
        default=None, description="The viewer's password; of an outside identity provider's users there is none."
    )
    client_mutation_id: str | None = _echo()


@strawberry.input(description="What to keep.")
class AddFavouriteInput:
    """What to keep."""

    subject_id: strawberry.ID = strawberry.field(description="The id of an event, a performer or a venue.")
    note: str | None = strawberry.field(default=None, description="The viewer's own words, up to 2,000 characters.")
    client_mutation_id: str | None = _echo()


@strawberry.input(description="What to keep no longer.")
class RemoveFavouriteInput:
    """What to keep no longer."""

    subject_id: strawberry.ID = strawberry.field(description="The id of what is kept, or of the favourite.")
    client_mutation_id: str | None = _echo()


@strawberry.input(description="What to change of a favourite.")
class UpdateFavouriteInput:
    """What to change of a favourite."""

    note: str | None = strawberry.field(default=None, description="The new note; null takes it away.")
    client_mutation_id: str | None = _echo()


@strawberry.input(
    description="Says whether two records are of one event: those of `eventId` and of `otherEventId`, or that of "
    "`eventId` and the one that `provider` knows as `sourceId`. An id names the record that it was made from."
)
class ReportEventMatchInput:
    """Whether two records are of one event."""

    event_id: strawberry.ID = strawberry.field(description="The id of an event.")
    other_event_id: strawberry.ID | None = strawberry.field(default=None, description="The id of the other event.")
    provider: strawberry.ID | None = strawberry.field(
        default=None, description="With `sourceId`: the id or slug of the provider whose record it is."
    )
    source_id: str | None = strawberry.field(
        default=None,
        description="The provider's own id of the record. With `isSame: false`, it is split from all other sources of "
        "the event.",
    )
    is_same: bool = strawberry.field(description="True: they are one event. False: they are two.")
    client_mutation_id: str | None = _echo()
