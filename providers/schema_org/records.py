"""What an event of a page means, in the kit's words: https://schema.org/Event.

Whatever is not as it should be is left out, so that one odd property costs no event; only one without a name, or whose
start cannot be read, raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from providers import (
    EventAttendanceMode,
    EventStatus,
    EventType,
    Image,
    Listing,
    Organization,
    Performer,
    PerformerKind,
    Record,
    event_type_of,
    id_by_name,
    slug,
)
from providers.schema_org.graph import KINDS, types_of
from providers.schema_org.mending import bare
from providers.schema_org.offers import is_free, read_offers
from providers.schema_org.times import instant, span, written
from providers.schema_org.values import address, each_of, ids_elsewhere, line, number, text
from providers.schema_org.venues import Defaults, is_online, read_venue

_MOST_IMAGES = 6
# The more telling first: an event may be rescheduled and moved online at once.
_STATUSES = {
    "cancelled": EventStatus.CANCELLED,
    "canceled": EventStatus.CANCELLED,
    "postponed": EventStatus.POSTPONED,
    "rescheduled": EventStatus.RESCHEDULED,
    "movedonline": EventStatus.MOVED_ONLINE,
    "scheduled": EventStatus.SCHEDULED,
}
_MODES = {
    "offline": EventAttendanceMode.OFFLINE,
    "online": EventAttendanceMode.ONLINE,
    "mixed": EventAttendanceMode.MIXED,
}
_PERFORMERS = ("performer", "performers", "homeTeam", "awayTeam", "competitor")
_PERFORMER_KINDS = {
    "Person": PerformerKind.PERSON,
    "MusicGroup": PerformerKind.MUSIC_GROUP,
    "SportsTeam": PerformerKind.SPORTS_TEAM,
    "TheaterGroup": PerformerKind.THEATER_GROUP,
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


def read_event(event: Record, page: str, defaults: Defaults) -> Listing:
    """An event as a listing; its id is a blank to be filled in.

    Raises:
        ValueError: it has no name, or its start cannot be read.
    """
    zone = defaults.time_zone
    start, end = span(written(event.get("startDate")), written(event.get("endDate")), zone)
    keywords = tuple(dict.fromkeys(_keywords(event)))
    performers = tuple(dict.fromkeys(_performers(event, page)))
    offers = read_offers(event.get("offers"), page, defaults)
    status = _status(event)
    return Listing(
        id="-",
        name=line(event.get("name")) or "",
        start=start,
        end=end,
        door_time=instant(event.get("doorTime"), zone),
        previous_start=instant(event.get("previousStartDate"), zone),
        status=status,
        attendance_mode=_mode(event, status),
        event_type=_event_type(event, keywords) or defaults.event_type,
        genres=tuple(dict.fromkeys([*_genres(event), *(genre for each in performers for genre in each.genres)])),
        keywords=keywords,
        description=text(event.get("description")),
        venue=read_venue(event.get("location"), page, defaults),
        performers=performers,
        organizer=_organizer(event, page),
        images=tuple(dict.fromkeys(_images(event, page)))[:_MOST_IMAGES],
        url=address(event.get("url"), page) or page,
        same_as=tuple(dict.fromkeys(found for each in each_of(event.get("sameAs")) if (found := address(each, page)))),
        offers=offers,
        is_free=is_free(event, offers),
        age_range=line(event.get("typicalAgeRange")),
        languages=tuple(dict.fromkeys(_languages(event))),
        updated_at=instant(event.get("dateModified"), zone),
    )


def _status(event: Record) -> EventStatus:
    """As an address (`https://schema.org/EventCancelled`) or a bare word; without one it is scheduled."""
    said = {
        bare(each).lower().removeprefix("event") for each in each_of(event.get("eventStatus")) if isinstance(each, str)
    }
    if not said:
        return EventStatus.SCHEDULED
    return next((status for word, status in _STATUSES.items() if word in said), EventStatus.UNKNOWN)


def _mode(event: Record, status: EventStatus) -> EventAttendanceMode:
    """As it says, else as its locations do."""
    for each in each_of(event.get("eventAttendanceMode")):
        word = bare(str(each)).lower().removesuffix("eventattendancemode")
        if word in _MODES:
            return _MODES[word]
    online = {is_online(each) for each in each_of(event.get("location"))}
    if online == {True, False}:
        return EventAttendanceMode.MIXED
    moved = status is EventStatus.MOVED_ONLINE
    return EventAttendanceMode.ONLINE if moved or online == {True} else EventAttendanceMode.OFFLINE


def _event_type(event: Record, keywords: tuple[str, ...]) -> EventType | None:
    """The first of its types that says more than "event", else what its keywords tell."""
    kinds = (KINDS.get(each, EventType.OTHER) for each in types_of(event))
    return next((kind for kind in kinds if kind is not EventType.OTHER), None) or event_type_of(keywords)


def _keywords(event: Record) -> Iterator[str]:
    """Texts, each of which may be several with commas between, or defined terms."""
    for each in each_of(event.get("keywords")):
        for part in each.split(",") if isinstance(each, str) else [each]:
            if found := line(part):
                yield found


def _genres(thing: Record) -> tuple[str, ...]:
    slugs = (slug(line(bare(each) if isinstance(each, str) else each) or "") for each in each_of(thing.get("genre")))
    return tuple(dict.fromkeys(each for each in slugs if each))


def _performers(event: Record, page: str) -> Iterator[Performer]:
    """In the order given, which need not be that of the billing. The id is made of the name: few pages give one."""
    for each in (each for name in _PERFORMERS for each in each_of(event.get(name))):
        thing = each if isinstance(each, dict) else {}
        if name := line(each):
            yield Performer(
                id=id_by_name(name),
                name=name,
                kind=_performer_kind(thing),
                genres=_genres(thing),
                images=tuple(_images(thing, page))[:1],
                url=address(thing.get("url"), page) or address(thing.get("sameAs"), page),
                external_ids=ids_elsewhere(each_of(thing.get("sameAs"))),
            )


def _performer_kind(performer: Record) -> PerformerKind:
    kinds = (_PERFORMER_KINDS.get(each) for each in types_of(performer))
    return next((kind for kind in kinds if kind), PerformerKind.OTHER)


def _organizer(event: Record, page: str) -> Organization | None:
    """The first that has a name; a mail address, which is not ours to spread, is none."""
    for each in each_of(event.get("organizer")):
        name = line(each)
        if name and "@" not in name:
            return Organization(name=name, url=address(each.get("url"), page) if isinstance(each, dict) else None)
    return None


def _images(thing: Record, page: str) -> Iterator[Image]:
    for each in each_of(thing.get("image")):
        about = each if isinstance(each, dict) else {}
        if url := address([about.get("contentUrl"), about.get("url")] if about else each, page):
            yield Image(
                url=url,
                width=number(about.get("width")),
                height=number(about.get("height")),
                caption=line(about.get("caption")),
                credit_text=line(about.get("creditText")),
                license=line(about.get("license")),
            )


def _languages(event: Record) -> Iterator[str]:
    """BCP 47 tags; a language that is only named is left out."""
    for each in each_of(event.get("inLanguage")):
        names = (each.get("alternateName"), each.get("name")) if isinstance(each, dict) else (each,)
        yield from (name for name in names if isinstance(name, str) and _LANGUAGE.fullmatch(name))
