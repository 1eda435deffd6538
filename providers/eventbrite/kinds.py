"""Eventbrite's categories, subcategories and formats in the gateway's words, and back.

Each event has at most one of each. Ids are those of https://www.eventbriteapi.com/v3/categories/ and /formats/;
subcategories go by their names.
"""

from __future__ import annotations

from collections.abc import Iterable

from providers import EventType, slug

MUSIC = "103"
ARTS = "105"
_CATEGORIES = {
    MUSIC: EventType.MUSIC,
    "104": EventType.SCREENING,
    ARTS: EventType.THEATER,
    "108": EventType.SPORTS,
    "110": EventType.FOOD,
    "113": EventType.SOCIAL,
    "115": EventType.FAMILY,
}
_FORMATS = {
    "1": EventType.CONFERENCE,
    "2": EventType.EDUCATION,
    "3": EventType.EXHIBITION,
    "4": EventType.CONFERENCE,
    "5": EventType.FESTIVAL,
    "7": EventType.SCREENING,
    "9": EventType.EDUCATION,
    "10": EventType.SOCIAL,
    "11": EventType.SOCIAL,
}
# Of the arts.
_SUBCATEGORIES = {
    "ballet": EventType.DANCE,
    "comedy": EventType.COMEDY,
    "dance": EventType.DANCE,
    "fine-art": EventType.EXHIBITION,
    "literary-arts": EventType.LITERARY,
    "painting": EventType.EXHIBITION,
    "sculpture": EventType.EXHIBITION,
}
_GENRES = {
    "blues-and-jazz": ("blues", "jazz"),
    "edm-electronic": ("electronic",),
    "hip-hop-rap": ("hip-hop", "rap"),
    "orchestra": ("symphonic",),
    "theatre": ("theater",),
    "other": (),
}
# More searches than this cost more than one that is not narrowed.
_MOST_TAGS = 3


def event_type(category: str | None, subcategory: str | None, event_format: str | None) -> EventType:
    """A festival is one anywhere; else the narrowest that says something, and the format only after the category."""
    by_format = _FORMATS.get(event_format or "", EventType.OTHER)
    if by_format is EventType.FESTIVAL:
        return by_format
    if category == ARTS and subcategory and (kind := _SUBCATEGORIES.get(slug(subcategory))):
        return kind
    return _CATEGORIES.get(category or "", by_format)


def genres(category: str | None, subcategory: str | None) -> tuple[str, ...]:
    """The subcategory, where it is one of music or of the arts."""
    if category not in {MUSIC, ARTS} or not subcategory or not slug(subcategory):
        return ()
    return _GENRES.get(slug(subcategory), (slug(subcategory),))


def tags_of(kinds: Iterable[EventType]) -> list[str]:
    """Tags of which every event of these kinds bears one; empty where some bear none, or where they are many."""
    tags: list[str] = []
    for kind in kinds:
        own = [f"EventbriteCategory/{each}" for each, meant in _CATEGORIES.items() if meant is kind]
        own += [f"EventbriteFormat/{each}" for each, meant in _FORMATS.items() if meant is kind]
        if kind in _SUBCATEGORIES.values():
            own.append(f"EventbriteCategory/{ARTS}")
        if not own:
            return []
        tags += own
    return list(dict.fromkeys(tags)) if len(set(tags)) <= _MOST_TAGS else []
