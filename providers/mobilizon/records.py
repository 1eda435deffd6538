"""What Mobilizon's events mean: pure functions, of a record as it comes to the kit's words.

Whatever is not as it should be is left out; only an event without an id, a title or a beginning raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from providers import (
    Address,
    EventAttendanceMode,
    EventStatus,
    EventType,
    Image,
    Listing,
    Offer,
    OfferKind,
    Organization,
    Point,
    Record,
    Venue,
    When,
    amount_in,
    code_in,
    country_code,
    instant_in,
    object_in,
    objects_in,
    slug,
    text_in,
    web_address_in,
    zone_in,
)

# A tag that is longer is a sentence, and no genre.
_LONGEST_GENRE = 30

CATEGORIES = {
    "ARTS": EventType.EXHIBITION,
    "AUTO_BOAT_AIR": EventType.OTHER,
    "BOOK_CLUBS": EventType.LITERARY,
    "BUSINESS": EventType.CONFERENCE,
    "CAUSES": EventType.SOCIAL,
    "COMEDY": EventType.COMEDY,
    "COMMUNITY": EventType.SOCIAL,
    "CRAFTS": EventType.EDUCATION,
    "FAMILY_EDUCATION": EventType.FAMILY,
    "FASHION_BEAUTY": EventType.OTHER,
    "FILM_MEDIA": EventType.SCREENING,
    "FOOD_DRINK": EventType.FOOD,
    "GAMES": EventType.SOCIAL,
    "HEALTH": EventType.OTHER,
    "LANGUAGE_CULTURE": EventType.SOCIAL,
    "LEARNING": EventType.EDUCATION,
    "LGBTQ": EventType.SOCIAL,
    "MEETING": EventType.OTHER,  # what the form has chosen where nobody chose
    "MOVEMENTS_POLITICS": EventType.SOCIAL,
    "MUSIC": EventType.MUSIC,
    "NETWORKING": EventType.SOCIAL,
    "OUTDOORS_ADVENTURE": EventType.SPORTS,
    "PARTY": EventType.SOCIAL,
    "PERFORMING_VISUAL_ARTS": EventType.THEATER,
    "PETS": EventType.OTHER,
    "PHOTOGRAPHY": EventType.EXHIBITION,
    "SCIENCE_TECH": EventType.EDUCATION,
    "SPIRITUALITY_RELIGION_BELIEFS": EventType.OTHER,
    "SPORTS": EventType.SPORTS,
    "THEATRE": EventType.THEATER,
}
_STATUSES = {
    "CONFIRMED": EventStatus.SCHEDULED,
    "TENTATIVE": EventStatus.UNKNOWN,
    "CANCELLED": EventStatus.CANCELLED,
}


def read_event(record: Record) -> Listing:
    """An Event, or another result of a search, as a listing."""
    options = object_in(record, "options")
    venue = _venue(object_in(record, "physicalAddress"))
    time_zone = zone_in(options.get("timezone")) or (venue.time_zone if venue else None)
    tags = [tag for each in objects_in(record, "tags") if (tag := text_in(each.get("title")))]
    offers = tuple(_offers(record))
    return Listing(
        id=record["uuid"],
        name=text_in(record["title"]) or "",
        start=_start(record, options, time_zone),
        end=_end(record, options, time_zone),
        status=_STATUSES.get(str(record.get("status")), EventStatus.UNKNOWN),
        attendance_mode=EventAttendanceMode.ONLINE if options.get("isOnline") is True else EventAttendanceMode.OFFLINE,
        event_type=CATEGORIES.get(str(record.get("category")), EventType.OTHER),
        genres=tuple(dict.fromkeys(name for tag in tags if len(tag) <= _LONGEST_GENRE and (name := slug(tag)))),
        keywords=tuple(dict.fromkeys(tags)),
        description=text_in(record.get("description")),
        venue=venue,
        organizer=_organizer(record),
        images=_images(object_in(record, "picture")),
        url=web_address_in(record.get("url")),
        same_as=tuple(filter(None, [web_address_in(record.get("onlineAddress"))])),
        offers=offers,
        is_free=True if offers and all(offer.price == 0 for offer in offers) else None,
        languages=_languages(record.get("language")),
        updated_at=_stamp(record.get("updatedAt")),
    )


def _languages(code: object) -> tuple[str, ...]:
    """`und` is what it says where the language was not made out."""
    return (code,) if isinstance(code, str) and re.fullmatch(r"[a-z]{2,3}", code) and code != "und" else ()


def _stamp(value: object) -> datetime | None:
    """`updatedAt` was seen without the Z that says it is UTC."""
    return instant_in(value) or instant_in(f"{value}Z")


def _start(record: Record, options: Record, time_zone: str | None) -> When:
    """The instant, or only its day where the organizer keeps the time from being shown."""
    start = When.at(datetime.fromisoformat(record["beginsOn"]), time_zone)
    return _day_of(start) if options.get("showStartTime") is False else start


def _end(record: Record, options: Record, time_zone: str | None) -> When | None:
    begin, end = instant_in(record.get("beginsOn")), instant_in(record.get("endsOn"))
    if begin is None or end is None or end <= begin:
        return None
    when = When.at(end, time_zone)
    if options.get("showEndTime") is not False:
        return when
    return _day_of(when) if when.day != When.at(begin, time_zone).day else None


def _day_of(when: When) -> When:
    assert when.day is not None, "made of an instant"
    return When.on(when.day, when.time_zone)


def _venue(address: Record) -> Venue | None:
    """None where there is nothing to call it by. `originId` is the map's own, so the same for each event there."""
    street, locality = text_in(address.get("street")), text_in(address.get("locality"))
    name = text_in(address.get("description")) or street or locality
    if not name:
        return None
    country = text_in(address.get("country")) or ""
    return Venue(
        id=text_in(address.get("originId")) or text_in(address.get("id")),
        name=name,
        address=Address(
            street=street,
            locality=locality,
            region=text_in(address.get("region")),
            postal_code=text_in(address.get("postalCode")),
            country=country_code(country) or code_in(country, 2),
        ),
        point=_point(address.get("geom")),
        time_zone=zone_in(address.get("timezone")),
    )


def _point(geom: object) -> Point | None:
    """Written as longitude;latitude, the other way round from most."""
    try:
        longitude, latitude = map(float, str(geom).split(";"))
        return Point(latitude=latitude, longitude=longitude)
    except ValueError:
        return None


def _organizer(record: Record) -> Organization | None:
    """The group, where there is one; else who published it."""
    for actor in (object_in(record, "attributedTo"), object_in(record, "organizerActor")):
        if name := text_in(actor.get("name")) or text_in(actor.get("preferredUsername")):
            return Organization(name=name, url=web_address_in(actor.get("url")))
    return None


def _images(picture: Record) -> tuple[Image, ...]:
    url = web_address_in(picture.get("url"))
    return (Image(url=url, caption=text_in(picture.get("alt"))),) if url else ()


def _offers(record: Record) -> Iterator[Offer]:
    """The organizer's prices, and the page elsewhere where one registers."""
    for each in objects_in(record, "options", "offers"):
        price, currency = amount_in(each.get("price")), code_in(each.get("priceCurrency"), 3)
        if price is not None and currency:
            yield Offer(price=price, currency=currency, url=web_address_in(each.get("url")))
    if url := web_address_in(record.get("externalParticipationUrl")):
        yield Offer(kind=OfferKind.FREE_REGISTRATION, url=url)
