"""What can be followed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import cast

import strawberry

from schema.arguments import DeadlineMs, EventFilterInput, First, Providers, Sort
from schema.context import Info
from schema.types.enums import EventSort
from schema.types.unfolding import EventSearchMessage


@strawberry.type(description="What can be followed, over Server-Sent Events or a WebSocket.")
class Subscription:
    """What can be followed."""

    @strawberry.subscription(
        description="The same search as `Query.events`, as it comes about: the quick providers' events are there before "
        "the slow ones have answered. Rows come, change and go, but no two ever change places, and there are never "
        "more than `first`. In the end they are those of `Query.events`, and `endCursor` goes on from there. "
        "That is for START_DATE_ASC. Other sorts hold rows back: by START_DATE_DESC a row comes when it is settled and "
        "does not change any more; by anything else all come in the end, since whatever is read last may stand first."
    )
    async def event_search(  # noqa: PLR0917 - the API's arguments, passed by name
        self,
        info: Info,
        filter: EventFilterInput = None,  # noqa: A002 - the argument's name in the API
        sort: Sort = EventSort.START_DATE_ASC,
        first: First = 50,
        providers: Providers = None,
        deadline_ms: DeadlineMs = 2_500,
    ) -> AsyncGenerator[EventSearchMessage, None]:
        """What is wrong with an argument is told before the stream begins."""
        messages = info.context.unfold(filter, first=first, sort=sort, providers=providers, deadline_ms=deadline_ms)
        return cast("AsyncGenerator[EventSearchMessage, None]", messages)
