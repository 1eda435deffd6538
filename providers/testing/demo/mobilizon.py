"""What a Mobilizon instance tells of the demo's world: the other half of the small houses, five minutes after the start.

Of the United Kingdom it knows only what the Blue Heron is proud of. It writes towns and countries as their own people
do, and does not hear of cancellations.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from providers.sdk.json import Record
from providers.sdk.model import EventType
from providers.testing.demo.world import BLUE_HERON, NOTE, Happening, House
from providers.testing.mobilizon import FakeMobilizon, mobilizon_address, mobilizon_event

LATE = timedelta(minutes=5)
_CATEGORIES = {
    EventType.MUSIC: "MUSIC",
    EventType.COMEDY: "COMEDY",
    EventType.FOOD: "FOOD_DRINK",
    EventType.SCREENING: "FILM_MEDIA",
    EventType.THEATER: "THEATRE",
}


def mobilizon_of(world: Iterable[Happening]) -> FakeMobilizon:
    """The instance, with its part of the world."""
    return FakeMobilizon(_event(each) for each in world if _tells(each))


def _tells(happening: Happening) -> bool:
    if happening.headline:
        return happening.house is BLUE_HERON
    return happening.house.is_small and happening.number % 2 == 1 and happening.house.town.country != "GB"


def _event(happening: Happening) -> Record:
    title = f"{happening.title} live" if happening.kind is EventType.MUSIC else happening.title
    event = mobilizon_event(str(happening.number), title)
    price = {"price": float(happening.price), "priceCurrency": happening.house.town.currency, "url": None}
    return event | {
        "url": happening.address("mobilizon.example"),
        "beginsOn": _stamp(happening.begins + LATE),
        "endsOn": _stamp(happening.ends),
        "category": _CATEGORIES[happening.kind],
        "tags": [{"title": happening.genre.replace("-", " ").capitalize()}],
        "physicalAddress": _address(happening.house),
        "options": event["options"] | {"offers": [price], "timezone": happening.house.town.time_zone},
        "description": f"<p>{NOTE}</p>",
        "language": "en",
    }


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _address(house: House) -> dict[str, Any]:
    (latitude, longitude), (town, country) = house.point, house.town.native
    return mobilizon_address(
        house.spellings[3],
        originId=f"nominatim:{house.number}",
        street=house.street,
        locality=town,
        postalCode=house.town.postcode,
        region=None,
        country=country,
        geom=f"{longitude};{latitude}",
        timezone=house.town.time_zone,
    )
