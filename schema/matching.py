"""Has somebody's word taken on the records that a `ReportEventMatchInput` names."""

from __future__ import annotations

from gateway.accounts import MatchError, MatchErrorCode, User
from gateway.errors import BadInput, Unanswered
from gateway.ids import Kind, Ref
from gateway.matches import Named
from schema.context import Context
from schema.mutation_inputs import ReportEventMatchInput


async def report(context: Context, user: User, given: ReportEventMatchInput) -> tuple[Ref, Ref]:
    """Take the word; a record of either event that it was about.

    Raises:
        MatchError: any but NOT_AUTHENTICATED and UNAVAILABLE.
    """
    other = _other(context, given)
    event = await _named(context, _ref(context, given.event_id, "eventId"), "eventId")
    if given.is_same or given.other_event_id is not None:
        return await _compare(context, user, given, event, other)
    # A source of the event is known by that; another has to be looked up, or a rule might be about nothing.
    if other not in event.records:
        await _named(context, other, "sourceId")
    await context.services.matches.split(user.user_id, other, event)
    rest = [each for each in sorted(event.records, key=lambda ref: ref != event.by) if each != other]
    return rest[0], other


async def _compare(
    context: Context, user: User, given: ReportEventMatchInput, event: Named, other: Ref
) -> tuple[Ref, Ref]:
    found = await _named(context, other, "otherEventId" if given.other_event_id is not None else "sourceId")
    if given.is_same:
        await context.services.matches.join(user.user_id, event, found)
    else:
        await context.services.matches.part(user.user_id, event.by, other)
    return event.by, other


def _other(context: Context, given: ReportEventMatchInput) -> Ref:
    """The other event's record, by its id or by the provider's."""
    match given.other_event_id, given.provider, given.source_id:
        case str(event_id), None, None:
            return _ref(context, event_id, "otherEventId")
        case None, str(provider), str(source_id):
            return Ref(Kind.EVENT, _slug(context, provider), source_id)
    msg = "Name the other one: by `otherEventId`, or by `provider` and `sourceId`."
    raise MatchError(MatchErrorCode.INPUT_INVALID, msg, field="otherEventId")


def _ref(context: Context, global_id: str, field: str) -> Ref:
    try:
        return context.ref(global_id, Kind.EVENT)
    except BadInput as error:
        raise MatchError(MatchErrorCode.NOT_FOUND, f"{error}.", field=field) from None


def _slug(context: Context, provider: str) -> str:
    try:
        return context.member(provider).slug
    except BadInput as error:
        raise MatchError(MatchErrorCode.NOT_FOUND, f"{error}.", field="provider") from None


async def _named(context: Context, ref: Ref, field: str) -> Named:
    try:
        event = await context.event_by_ref.load(ref)
    except Unanswered as error:
        raise MatchError(
            MatchErrorCode.PROVIDER_FAILED, f"{error}; please try again in a moment.", field=field
        ) from None
    if event is None:
        msg = "There is no such event any more, or never was."
        raise MatchError(MatchErrorCode.NOT_FOUND, msg, field=field)
    return Named.of(ref, event)
