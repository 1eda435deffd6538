"""How well an event meets a keyword."""

from __future__ import annotations

from rapidfuzz import fuzz

from gateway.event import Event
from providers import fold

# What a performer's or a venue's name counts beside the event's own.
OF_PERFORMER, OF_VENUE = 0.95, 0.8
# All words of the keyword may stand in a long name: the fewer others stand there, the better.
_WORDS, _WHOLE = 0.8, 0.2


def relevance(event: Event, keyword: str) -> int:
    """0 to 100: how like the keyword the name is, or that of a performer or of the venue."""
    wanted = fold(keyword) or keyword.casefold().strip()
    performers = [_likeness(wanted, each.performer.name) for each in event.performers]
    venue = _likeness(wanted, event.location.name) if event.location else 0.0
    names = [_likeness(wanted, source.name) for source in event.sources]
    return round(max(*names, OF_PERFORMER * max(performers, default=0.0), OF_VENUE * venue))


def _likeness(wanted: str, text: str) -> float:
    said = fold(text) or text.casefold().strip()
    return _WORDS * fuzz.token_set_ratio(wanted, said) + _WHOLE * fuzz.token_sort_ratio(wanted, said)
