"""What the Lantern Hall in Berlin has on its own page: all that is on there, with the whole bill and its own prices."""

from __future__ import annotations

from collections.abc import Iterable

from providers.sdk.json import Record
from providers.sdk.model import EventType
from providers.testing.demo.world import LANTERN_HALL, NOTE, Happening
from providers.testing.schema_org import FakeSite, json_ld, schema_org_event

PATH = "/programme"
_TYPES = {
    EventType.MUSIC: "MusicEvent",
    EventType.COMEDY: "ComedyEvent",
    EventType.FOOD: "FoodEvent",
    EventType.SCREENING: "ScreeningEvent",
    EventType.THEATER: "TheaterEvent",
}


def lantern_hall_of(world: Iterable[Happening]) -> FakeSite:
    """The house's site."""
    return FakeSite({PATH: json_ld([_event(each) for each in world if each.house is LANTERN_HALL])})


def _event(happening: Happening) -> Record:
    status = "EventCancelled" if happening.cancelled else "EventScheduled"
    address = happening.address("lantern-hall.example")
    return schema_org_event(
        " & ".join(happening.acts or (happening.title,)),
        happening.begins.isoformat(),
        **{"@type": _TYPES[happening.kind], "@id": address},
        endDate=happening.ends.isoformat(),
        doorTime=happening.doors.isoformat(),
        eventStatus=f"https://schema.org/{status}",
        genre=happening.genre.replace("-", " "),
        performer=[{"@type": "MusicGroup", "name": act} for act in happening.acts],
        location=_location(),
        offers={"@type": "Offer", "price": str(happening.price), "priceCurrency": "EUR", "url": address},
        description=NOTE,
        url=address,
    )


def _location() -> Record:
    town, (latitude, longitude) = LANTERN_HALL.town, LANTERN_HALL.point
    return {
        "@type": "Place",
        "name": LANTERN_HALL.spellings[2],
        "address": {
            "@type": "PostalAddress",
            "streetAddress": LANTERN_HALL.street,
            "addressLocality": town.name,
            "postalCode": town.postcode,
            "addressCountry": town.country,
        },
        "geo": {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude},
        "maximumAttendeeCapacity": LANTERN_HALL.capacity,
    }
