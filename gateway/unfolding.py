"""A search as it comes about: what to show as each provider answers, without ever moving what is shown.

Rows are shown in order, at most as many as were asked for: one that is pushed past them falls off the end, and is there
again on the next page. An event goes by the listing that leads it; where a later provider has an earlier listing of the
event, the row is merged away into that listing's. So rows come, go and change, but no two ever change places, and in
the end the list is the one that the plain search gives.

That is for events by start, the earliest first. By start, the latest first, rows come when they are settled, and do not
change any more; by anything else they all come in the end, since whatever is read last may stand first.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from gateway.event import Event, Position
from gateway.page import EventPage
from gateway.reports import Count, ProviderReport, SearchWarning
from gateway.roster import Member
from gateway.run import Run
from gateway.verdict import report_of


@dataclass(frozen=True, slots=True)
class ProviderStarted:
    """The provider is asked."""

    provider: Member


@dataclass(frozen=True, slots=True)
class EventPlacement:
    """Show the event behind the one of that id, at the top where there is none."""

    event: Event
    after_id: str | None


@dataclass(frozen=True, slots=True)
class EventsAdded:
    """New rows, each to be placed in turn."""

    provider: Member
    placements: tuple[EventPlacement, ...]


@dataclass(frozen=True, slots=True)
class MergedAway:
    """The row of that id is one event with the other."""

    id: str
    into: str


@dataclass(frozen=True, slots=True)
class EventsUpdated:
    """Rows that say more now; rows that are one with another; rows that no longer meet the filter."""

    provider: Member
    events: tuple[Event, ...]
    merged_away: tuple[MergedAway, ...]
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProviderFinished:
    """How the provider did. It may be asked on, and finish again, where others' events reach further than its own."""

    report: ProviderReport
    warnings: tuple[SearchWarning, ...]


@dataclass(frozen=True, slots=True)
class SearchCompleted:
    """Nothing more will come."""

    total_count: Count
    is_partial: bool
    end_cursor: str | None
    has_next_page: bool
    warnings: tuple[SearchWarning, ...]


Unfolded = ProviderStarted | EventsAdded | EventsUpdated | ProviderFinished | SearchCompleted


class Shown:
    """What the reader has before them: at most `most` rows."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._rows: list[Event] = []

    def become(self, events: Sequence[Event], provider: Member) -> list[EventsUpdated | EventsAdded]:
        """What to send so that these are shown: first what changes and goes, then what comes."""
        wanted = {event.id: event for event in events}
        known = {row.id: row for row in self._rows}
        changed = tuple(event for event in events if event.id in known and _differ(known[event.id], event))
        merged, removed = self._leaving(events)
        placements = tuple(
            EventPlacement(event, events[place - 1].id if place else None)
            for place, event in enumerate(events)
            if event.id not in known
        )
        self._rows = list(wanted.values())
        updated = [EventsUpdated(provider, changed, merged, removed)] if changed or merged or removed else []
        return [*updated, *([EventsAdded(provider, placements)] if placements else [])]

    def _leaving(self, events: Sequence[Event]) -> tuple[tuple[MergedAway, ...], tuple[str, ...]]:
        """Which rows go into others, and which just go; of those that are pushed off the end nobody need be told."""
        wanted = {event.id for event in events}
        homes = {source.position: event.id for event in events for source in event.sources}
        gone = [row for row in self._rows if row.id not in wanted]
        merged = tuple(MergedAway(row.id, homes[_lead(row)]) for row in gone if _lead(row) in homes)
        full = len(events) >= self._most
        last = _lead(events[-1]) if events else None
        pushed = {row.id for row in gone if full and last is not None and _lead(row) > last}
        rest = {row.id for row in gone} - pushed - {each.id for each in merged}
        return merged, tuple(row.id for row in gone if row.id in rest)


async def unfold(run: Run) -> AsyncGenerator[Unfolded, None]:
    """The messages of one search, in the order in which they are to be applied."""
    shown = Shown(run.first)
    for part in run.parts:
        yield ProviderStarted(part.member)
    member: Member | None = None
    async with aclosing(run.progress()) as parts:
        async for part in parts:
            member = part.member
            events = run.outlook()
            for message in shown.become(events, member):
                yield message
            yield ProviderFinished(report_of(part, events), run.warnings(part))
    page = run.page()
    if member is not None:
        for message in shown.become(page.nodes, member):
            yield message
    yield _completed(page)


def _completed(page: EventPage) -> SearchCompleted:
    return SearchCompleted(
        total_count=page.total_count,
        is_partial=page.is_partial,
        end_cursor=page.page_info.end_cursor,
        has_next_page=page.page_info.has_next_page,
        warnings=page.warnings,
    )


def _lead(event: Event) -> Position:
    return event.sources[0].position


def _differ(shown: Event, event: Event) -> bool:
    """Whether other listings speak of it now, or the same ones otherwise."""
    return [(each.position, each.fetched_at) for each in shown.sources] != [
        (each.position, each.fetched_at) for each in event.sources
    ]
