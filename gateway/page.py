"""A page of a search's events. The attributes are those of `EventConnection` in the schema."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.event import Event
from gateway.reports import Count, ProviderReport, SearchWarning


class Edge:
    """An event and the place behind it; its cursor is written when it is asked for."""

    __slots__ = ("_write", "node")

    def __init__(self, node: Event, write: Callable[[], str]) -> None:
        self.node = node
        self._write = write

    @property
    def cursor(self) -> str:
        """Where to go on behind this event."""
        return self._write()


class PageInfo:
    """Relay's. `has_previous_page` is true when `after` was given."""

    __slots__ = ("_edges", "_end", "has_next_page", "has_previous_page")

    def __init__(
        self, edges: Sequence[Edge], end: Callable[[], str] | None, *, has_next: bool, has_previous: bool
    ) -> None:
        self._edges = edges
        self._end = end
        self.has_next_page = has_next
        self.has_previous_page = has_previous

    @property
    def start_cursor(self) -> str | None:
        """The first edge's."""
        return self._edges[0].cursor if self._edges else None

    @property
    def end_cursor(self) -> str | None:
        """Where to go on: behind the last edge, or further where what follows was read and not wanted."""
        return self._end() if self._end else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """The answer to a search; the attributes are those of `EventConnection` in the schema."""

    edges: tuple[Edge, ...]
    nodes: tuple[Event, ...]
    page_info: PageInfo
    total_count: Count
    is_partial: bool
    provider_reports: tuple[ProviderReport, ...]
    warnings: tuple[SearchWarning, ...]
