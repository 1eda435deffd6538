"""The messages of a search that is followed as it comes about."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from gateway import unfolding as domain
from schema.types.events import Count, Event
from schema.types.providers import Provider, ProviderReport, SearchWarning


def _stands_for(message: type) -> Any:  # noqa: ANN401 - Strawberry takes any callable
    return classmethod(lambda _cls, value, _info: isinstance(value, message))


@strawberry.type(description="A provider is asked. One such message each, before all others.")
class ProviderStarted:
    """A provider is asked."""

    provider: Provider = strawberry.field(description="Which one.")
    is_type_of = _stands_for(domain.ProviderStarted)


@strawberry.type(description="A new row and its place in the list.")
class EventPlacement:
    """A new row."""

    event: Event = strawberry.field(description="The event, whose id is not in the list as yet.")
    after_id: strawberry.ID | None = strawberry.field(
        description="Insert it right behind the row of that id, which is in the list by then; at the top when null."
    )


@strawberry.type(
    description="New rows. Insert them one after the other, in the order given; rows that are shown keep their order. "
    "Then let what stands behind the first `first` rows fall off the end: it comes again on the next page."
)
class EventsAdded:
    """New rows."""

    provider: Provider = strawberry.field(description="Whose answer brought this about.")
    placements: list[EventPlacement] = strawberry.field(description="The rows, in the order to insert them.")
    is_type_of = _stands_for(domain.EventsAdded)


@strawberry.type(description="A row that is one event with another.")
class MergedAway:
    """A row that goes into another."""

    id: strawberry.ID = strawberry.field(description="Take away the row of that id.")
    into: strawberry.ID = strawberry.field(
        description="The row that it goes into: one that is shown, or one of the EventsAdded that follows."
    )


@strawberry.type(
    description="What changes in the rows that are shown; none of them is moved. It comes before the EventsAdded that the "
    "same answer brings about."
)
class EventsUpdated:
    """What changes in the rows that are shown."""

    provider: Provider = strawberry.field(description="Whose answer brought this about.")
    events: list[Event] = strawberry.field(description="Put each in the place of the row of the same id.")
    merged_away: list[MergedAway] = strawberry.field(
        description="Rows to take away because they are one event with another."
    )
    removed: list[strawberry.ID] = strawberry.field(
        description="Rows to take away because, by what is known now, they do not belong to the answer."
    )
    is_type_of = _stands_for(domain.EventsUpdated)


@strawberry.type(
    description="How a provider did. One that has to be asked for more, because others' events reach further than its "
    "own, finishes again: its last report counts."
)
class ProviderFinished:
    """How a provider did."""

    report: ProviderReport = strawberry.field(description="Its part in the answer.")
    warnings: list[SearchWarning] = strawberry.field(description="What of its part is not whole, and why.")
    is_type_of = _stands_for(domain.ProviderFinished)


@strawberry.type(
    description="The last message: the rows are those that `Query.events` gives for the same answers. A stream that ends "
    "without it was broken off."
)
class SearchCompleted:
    """The last message."""

    total_count: Count = strawberry.field(description="What can honestly be said about the size of the whole result.")
    is_partial: bool = strawberry.field(
        description="True when a provider failed, timed out or was cut off, so events may be missing."
    )
    end_cursor: str | None = strawberry.field(
        description="Give it to `Query.events` as `after`, with the same filter and sort, to go on behind the last row."
    )
    has_next_page: bool = strawberry.field(description="Whether there is more behind the last row.")
    warnings: list[SearchWarning] = strawberry.field(description="What is not whole, and why.")
    is_type_of = _stands_for(domain.SearchCompleted)


EventSearchMessage = Annotated[
    ProviderStarted | EventsAdded | EventsUpdated | ProviderFinished | SearchCompleted,
    strawberry.union(
        "EventSearchMessage",
        description="What happens in a search. Apply each message as it comes: first ProviderStarted for every provider; "
        "then, as each answers, EventsUpdated, EventsAdded (either may be left out) and ProviderFinished; at last "
        "SearchCompleted, perhaps behind one more EventsUpdated and EventsAdded.",
    ),
]
