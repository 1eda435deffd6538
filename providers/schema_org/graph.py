"""The events in a page's JSON-LD, wherever they stand in it: https://schema.org/Event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from providers import EventType, Record
from providers.schema_org.mending import bare
from providers.schema_org.values import objects

# Deeper than any page means it; a hostile one ends here.
_DEPTH = 24
# Where things stand that may be events, or hold some.
_HOLDERS = (
    "@graph",
    "itemListElement",
    "item",
    "mainEntity",
    "event",
    "events",
    "performerIn",
    "subEvent",
    "subEvents",
)
_PARTS = ("subEvent", "subEvents")
# What a part of an event has of the whole where it says nothing else.
_INHERITED = (
    "name",
    "location",
    "organizer",
    "performer",
    "image",
    "url",
    "eventStatus",
    "eventAttendanceMode",
    "inLanguage",
)
KINDS = {
    "MusicEvent": EventType.MUSIC,
    "Festival": EventType.FESTIVAL,
    "ComedyEvent": EventType.COMEDY,
    "TheaterEvent": EventType.THEATER,
    "DanceEvent": EventType.DANCE,
    "SportsEvent": EventType.SPORTS,
    "ScreeningEvent": EventType.SCREENING,
    "ExhibitionEvent": EventType.EXHIBITION,
    "VisualArtsEvent": EventType.EXHIBITION,
    "LiteraryEvent": EventType.LITERARY,
    "FoodEvent": EventType.FOOD,
    "EducationEvent": EventType.EDUCATION,
    "CourseInstance": EventType.EDUCATION,
    "BusinessEvent": EventType.CONFERENCE,
    "ConferenceEvent": EventType.CONFERENCE,
    "Hackathon": EventType.CONFERENCE,
    "ChildrensEvent": EventType.FAMILY,
    "SocialEvent": EventType.SOCIAL,
    "Event": EventType.OTHER,
    "EventSeries": EventType.OTHER,
    "SaleEvent": EventType.OTHER,
    "PerformingArtsEvent": EventType.OTHER,
}
"""The types that are events. Deliveries, publications and broadcasts, which schema.org counts among them, are not."""


def types_of(thing: Record) -> tuple[str, ...]:
    """Its types, bare, whether they are one or a list."""
    types = thing.get("@type")
    return tuple(bare(each) for each in (types if isinstance(types, list) else [types]) if isinstance(each, str))


def events_in(values: Sequence[Any]) -> list[Record]:
    """The events in a page's scripts, with what they only refer to by its `@id` put in."""
    # Of several that share an id, the one that says most.
    nodes = {node["@id"]: node for node in sorted(_nodes(values, 0), key=len)}
    return [_resolved(event, nodes) for event in _events(values, 0)]


def _nodes(value: object, depth: int) -> Iterator[Record]:
    """All that has an `@id` and says something."""
    if depth > _DEPTH:
        return
    for each in _inside(value):
        yield from _nodes(each, depth + 1)
    if isinstance(value, dict) and isinstance(value.get("@id"), str) and len(value) > 1:
        yield value


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list | tuple) else ()


def _resolved(event: Record, nodes: Mapping[str, Record]) -> Record:
    return {
        name: [_looked_up(each, nodes) for each in value] if isinstance(value, list) else _looked_up(value, nodes)
        for name, value in event.items()
    }


def _looked_up(value: object, nodes: Mapping[str, Record]) -> object:
    if isinstance(value, dict) and value.keys() == {"@id"} and isinstance(value["@id"], str):
        return nodes.get(value["@id"], value)
    return value


def _events(value: object, depth: int) -> Iterator[Record]:
    if depth > _DEPTH:
        return
    if isinstance(value, list | tuple):
        for each in value:
            yield from _events(each, depth + 1)
    elif isinstance(value, dict):
        held = {name: value[name] for name in _HOLDERS if name in value}
        if not KINDS.keys().isdisjoint(types_of(value)):
            yield from _itself(value)
            held |= {name: _heirs(value, held[name]) for name in _PARTS if name in held}
        for each in held.values():
            yield from _events(each, depth + 1)


def _itself(event: Record) -> Iterator[Record]:
    """The event, unless it is a mere mention, or a series that is told by its parts or has no date of its own."""
    parts = [part for name in _PARTS for part in objects(event.get(name))]
    told_by_parts = any(part.get("startDate") for part in parts)
    dated = bool(event.get("startDate"))
    series = "EventSeries" in types_of(event)
    if not (event.get("name") or dated) or (series and (told_by_parts or not dated)):
        return
    yield {name: value for name, value in event.items() if name not in _PARTS}


def _heirs(event: Record, parts: object) -> list[Record]:
    estate = {name: event[name] for name in _INHERITED if name in event}
    return [{**estate, **part} for part in objects(parts)]
