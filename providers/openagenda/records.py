"""What OpenAgenda's events mean: pure functions, of an event as it comes to a listing for each of its times.

https://developers.openagenda.com/evenements/structure/. Whatever is not as it should be is left out; only an event
without a uid, a title or readable times raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from providers import (
    Address,
    EventAttendanceMode,
    EventStatus,
    EventType,
    Image,
    Listing,
    Offer,
    OfferAvailability,
    OfferKind,
    Organization,
    Record,
    Venue,
    When,
    code_in,
    event_type_of,
    first_of,
    fold,
    id_in,
    instant_in,
    object_in,
    objects_in,
    point_in,
    text_in,
    texts_in,
    web_address_in,
    whole_number_in,
    zone_in,
)

SITE = "https://openagenda.com"

_STATUSES = {
    1: EventStatus.SCHEDULED,
    2: EventStatus.RESCHEDULED,
    3: EventStatus.MOVED_ONLINE,
    4: EventStatus.POSTPONED,
    5: EventStatus.SCHEDULED,  # full, which its offers say
    6: EventStatus.CANCELLED,
}
_FULL = 5
_MODES = {2: EventAttendanceMode.ONLINE, 3: EventAttendanceMode.MIXED}
_FREE = ("gratuit", "entree libre", "acces libre", "free")
# From this age on, an upper limit is one that nobody set.
_ANY_AGE = 99
_OTHER_LANGUAGES = ("fr", "en")


def identify(uid: object, begin: datetime) -> str:
    """The id of one time of an event: its uid, and when it begins (UTC)."""
    return f"{uid}:{begin.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def uid_of(listing_id: str) -> str | None:
    """The uid in such an id; None where it is none."""
    found = re.fullmatch(r"(\d+):\d{8}T\d{6}Z", listing_id)
    return found[1] if found else None


def read_event(record: Record, language: str) -> Iterator[Listing]:
    """The event, once for each of its times; texts are in this language where there is one."""
    times = objects_in(record["timings"])
    if not times:
        msg = "has no times"
        raise ValueError(msg)
    time_zone = zone_in(record.get("timezone")) or zone_in(object_in(record, "location").get("timezone"))
    starts = [When.at(datetime.fromisoformat(each["begin"]), time_zone) for each in times]
    described = _describe(record, language, starts[0], time_zone)
    for start, each in zip(starts, times, strict=True):
        yield replace(described, id=identify(record["uid"], start.latest), start=start, end=_end(each, start))


def _end(timing: Record, start: When) -> When | None:
    end = instant_in(timing.get("end"))
    return When.at(end, start.time_zone) if end and end > start.latest else None


def _describe(record: Record, language: str, start: When, time_zone: str | None) -> Listing:
    name = _text(record["title"], language) or ""
    keywords = _keywords(record.get("keywords"), language)
    offers = tuple(_offers(record, language))
    return Listing(
        id=str(record["uid"]),
        name=name,
        start=start,
        status=_STATUSES.get(_number(record.get("status")), EventStatus.UNKNOWN),
        attendance_mode=_MODES.get(_number(record.get("attendanceMode")), EventAttendanceMode.OFFLINE),
        # There are no categories; many titles begin with what it is.
        event_type=event_type_of(keywords) or event_type_of(name.split()[:1]) or EventType.OTHER,
        keywords=keywords,
        description=_text(record.get("longDescription"), language) or _text(record.get("description"), language),
        venue=_venue(object_in(record, "location"), time_zone),
        organizer=_organizer(object_in(record, "originAgenda")),
        images=_images(record),
        url=_page(record),
        offers=offers,
        is_free=True if _is_free(record, language) else None,
        age_range=_age_range(object_in(record, "age")),
        updated_at=instant_in(record.get("updatedAt")),
    )


def _number(value: object) -> int:
    """Of a status or a way to attend, for both of which 1 is the usual; 0 is neither."""
    return value if isinstance(value, int) else 0 if value else 1


def _text(value: object, language: str) -> str | None:
    """Of {language: text}: in the language wanted, else in one that many read, else in any."""
    if not isinstance(value, dict):
        return text_in(value)
    preferred = [value.get(each) for each in (language, *_OTHER_LANGUAGES)]
    return first_of(text_in(each) for each in (*preferred, *value.values()))


def _keywords(value: object, language: str) -> tuple[str, ...]:
    """Of {language: [keyword]}, chosen as texts are."""
    if isinstance(value, dict):
        lists = [value.get(each) for each in (language, *_OTHER_LANGUAGES)]
        value = first_of((*lists, *value.values()))
    return tuple(dict.fromkeys(texts_in(value)))


def _venue(location: Record, time_zone: str | None) -> Venue | None:
    name = text_in(location.get("name"))
    if not name:
        return None
    return Venue(
        id=id_in(location.get("uid")),
        name=name,
        address=Address(
            street=_street(location),
            locality=text_in(location.get("city")),
            region=text_in(location.get("region")) or text_in(location.get("adminLevel1")),
            postal_code=text_in(location.get("postalCode")),
            country=code_in(location.get("countryCode"), 2),
        ),
        point=point_in(location),
        time_zone=zone_in(location.get("timezone")) or time_zone,
        url=web_address_in(location.get("website")),
    )


def _street(location: Record) -> str | None:
    """What stands before the postal code in the address, which is one line with all of it."""
    address, postal_code = text_in(location.get("address")), text_in(location.get("postalCode"))
    street = address.split(postal_code)[0].strip(" ,") if address and postal_code else address
    return street or None


def _organizer(agenda: Record) -> Organization | None:
    """The agenda that it was first published in."""
    name, uid = text_in(agenda.get("title")), agenda.get("uid")
    return Organization(name=name, url=f"{SITE}/agendas/{uid}" if uid else None) if name else None


def _page(record: Record) -> str | None:
    agenda = object_in(record, "originAgenda").get("uid")
    own = f"{SITE}/agendas/{agenda}/events/{record['uid']}" if agenda else None
    return web_address_in(record.get("canonicalUrl")) or own


def _images(record: Record) -> tuple[Image, ...]:
    """The picture at its full size, where there is one, then as it is shown; names are relative to `base`."""
    image = object_in(record, "image")
    sizes = [*(each for each in objects_in(image, "variants") if each.get("type") == "full"), image]
    base, credit = image.get("base"), text_in(record.get("imageCredits"))
    return tuple(
        Image(url=url, width=_pixels(each, "width"), height=_pixels(each, "height"), credit_text=credit)
        for each in sizes
        if (url := web_address_in(f"{base}{each.get('filename')}"))
    )


def _pixels(variant: Record, side: str) -> int | None:
    return whole_number_in(object_in(variant, "size").get(side))


def _offers(record: Record, language: str) -> Iterator[Offer]:
    """One for each page to register at; one without, where there is none and yet something to say."""
    offer = Offer(
        name=_text(record.get("conditions"), language),
        kind=OfferKind.FREE_REGISTRATION if _is_free(record, language) else OfferKind.PRIMARY,
        availability=OfferAvailability.SOLD_OUT if record.get("status") == _FULL else OfferAvailability.UNKNOWN,
    )
    pages = list(_links(objects_in(record, "registration")))
    if pages:
        yield from (replace(offer, url=url) for url in pages)
    elif offer != Offer():
        yield offer


def _links(registration: Sequence[Record]) -> Iterator[str]:
    """Mail addresses and telephone numbers are not ours to spread."""
    for each in registration:
        if each.get("type") == "link" and (url := web_address_in(each.get("value"))):
            yield url


def _is_free(record: Record, language: str) -> bool:
    """Whether the conditions, which are free text, say so and name no number: "gratuit -12 ans, sinon 5 €" is not free."""
    conditions = _text(record.get("conditions"), language) or ""
    return fold(conditions).startswith(_FREE) and not re.search(r"\d", conditions)


def _age_range(age: Record) -> str | None:
    """As schema.org's typicalAgeRange: `7-12`, `18-`."""
    low, most = whole_number_in(age.get("min")) or 0, whole_number_in(age.get("max"))
    high = most if most is not None and most < _ANY_AGE else None
    if high is None:
        return f"{low}-" if low else None
    return f"{low}-{high}" if low <= high else None
