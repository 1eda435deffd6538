"""What Skiddle tells of the demo's world: most of what is on in the United Kingdom, by the doors, and in capitals.

It does not hear of cancellations.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from providers.sdk.json import Record
from providers.sdk.model import EventType
from providers.testing.demo.world import NOTE, Happening, House
from providers.testing.skiddle import FakeSkiddle, skiddle_artist, skiddle_event, skiddle_venue

FEE = Decimal("1.1")
_CODES = {EventType.MUSIC: "LIVE", EventType.COMEDY: "COMEDY", EventType.THEATER: "THEATRE"}


def skiddle_of(world: Iterable[Happening]) -> FakeSkiddle:
    """The seller, with its part of the world."""
    return FakeSkiddle(_event(each) for each in world if _tells(each))


def _tells(happening: Happening) -> bool:
    known = happening.headline or happening.house.is_small or happening.chance("skiddle", 60)
    return happening.house.town.country == "GB" and known


def _event(happening: Happening) -> Record:
    music = happening.kind is EventType.MUSIC
    address = happening.address("www.skiddle.example")
    return skiddle_event(
        str(happening.number),
        f"{happening.bare.upper()} + support" if len(happening.acts) > 1 else happening.bare.upper(),
        day=happening.begins.date(),
        at=happening.doors.time(),
        code=_CODES.get(happening.kind, "ARTS"),
        venue=_venue(happening.house),
        artists=[skiddle_artist(act.replace(" ", ""), act) for act in happening.acts],
        genres={"13": happening.genre.replace("-", " ").title()} if music else {},
        price=f"GBP {happening.price * FEE:.2f} incl fees" if happening.price else "Free entry",
        description=NOTE,
        link=address,
        ticketUrl=address,
        minage="18" if happening.genre == "techno" else "0",
        MinAge="18" if happening.genre == "techno" else "0",
    )


def _venue(house: House) -> Record:
    town, spelled = house.town, house.spellings[1]
    venue = skiddle_venue(
        str(house.number), spelled, town=town.name, country=town.country, point=house.point, postcode=town.postcode
    )
    return {**venue, "address": house.street}
