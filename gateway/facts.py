"""What is worth keeping of an event, a venue or a performer, so that it can be shown without its provider."""

from __future__ import annotations

from datetime import datetime
from functools import singledispatch

from gateway.accounts import Facts, FavouriteKind, Subject
from gateway.event import Event, Performer, Venue, refs_in
from gateway.ids import Ref

Thing = Event | Venue | Performer


def subject_of(kind: FavouriteKind, thing: Thing) -> Subject:
    """It as something to keep: its records, and what is known of it."""
    return Subject(kind=kind, refs=refs_of(thing), facts=facts_of(thing), starts_at=_starts_at(thing))


def refs_of(thing: Thing) -> tuple[Ref, ...]:
    """The records that speak of it, the one that it goes by first."""
    if isinstance(thing, Event):
        return refs_in(thing.sources)
    return thing.refs


def _starts_at(thing: Thing) -> datetime | None:
    return thing.sources[0].position.instant if isinstance(thing, Event) else None


@singledispatch
def facts_of(thing: Thing) -> Facts:
    """What is worth keeping of it."""
    raise TypeError(thing)


@facts_of.register
def _(event: Event) -> Facts:
    venue = event.location
    return Facts(
        name=event.name,
        url=event.url,
        start_date=event.start_date,
        start_day=event.start_day,
        end_date=event.end_date,
        end_day=event.end_day,
        time_zone=event.time_zone,
        status=event.event_status.name,
        venue_name=venue.name if venue else None,
        address=venue.address.formatted or None if venue else None,
        latitude=venue.geo.latitude if venue and venue.geo else None,
        longitude=venue.geo.longitude if venue and venue.geo else None,
    )


@facts_of.register
def _(venue: Venue) -> Facts:
    return Facts(
        name=venue.name,
        url=venue.url,
        time_zone=venue.time_zone,
        address=venue.address.formatted or None,
        latitude=venue.geo.latitude if venue.geo else None,
        longitude=venue.geo.longitude if venue.geo else None,
    )


@facts_of.register
def _(performer: Performer) -> Facts:
    return Facts(name=performer.name, url=performer.url)
