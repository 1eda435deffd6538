"""What Milan's Gancio instance tells of the demo's world: its town's small houses and most of the others, by the doors.

Titles are in small letters and hold the whole bill. What is cancelled is deleted there.
"""

from __future__ import annotations

from collections.abc import Iterable

from providers.sdk.json import Record
from providers.sdk.model import EventType
from providers.testing.demo.world import NOTE, Happening, House
from providers.testing.gancio import FakeGancio, gancio_event, gancio_place

TOWN = "Milan"
_TAGS = {
    EventType.MUSIC: "concerto",
    EventType.COMEDY: "cabaret",
    EventType.FOOD: "mercato",
    EventType.SCREENING: "cinema",
    EventType.THEATER: "teatro",
}


def gancio_of(world: Iterable[Happening]) -> FakeGancio:
    """The instance, with its part of the world."""
    return FakeGancio(_event(each) for each in world if _tells(each))


def _tells(happening: Happening) -> bool:
    known = happening.headline or happening.house.is_small or happening.chance("gancio", 60)
    return happening.house.town.name == TOWN and known and not happening.cancelled


def _event(happening: Happening) -> Record:
    title = " // ".join(happening.acts or (happening.title,)).lower()
    return gancio_event(
        happening.number,
        title,
        start=happening.doors,
        lasts=happening.ends - happening.doors,
        place=_place(happening.house),
        tags=[_TAGS[happening.kind], happening.genre],
        price=f"{happening.price} €" if happening.price else "gratis",
        slug=f"demo-{happening.number}",
        description=f"<p>{NOTE}</p>",
    )


def _place(house: House) -> Record:
    town = house.town
    address = f"{house.street}, {town.postcode} {town.native[0]}"
    return gancio_place(house.number, house.spellings[3].lower(), address=address, point=house.point)
