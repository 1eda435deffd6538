"""The arguments of every list of events."""

from __future__ import annotations

from typing import Annotated

import strawberry

from schema.inputs import EventFilter
from schema.types.enums import EventSort

First = Annotated[int, strawberry.argument(description="How many, 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="A cursor of this same list: go on behind it.")]
EventFilterInput = Annotated[
    EventFilter | None, strawberry.argument(name="filter", description="Which events are wanted.")
]
Sort = Annotated[EventSort, strawberry.argument(description="In which order.")]
Providers = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(description="Only these providers, by id or slug; all enabled ones when null."),
]
DeadlineMs = Annotated[
    int, strawberry.argument(description="Longest wait for slow providers; the rest are reported as TIMED_OUT.")
]
