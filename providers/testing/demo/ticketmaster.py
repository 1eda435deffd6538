"""What Ticketmaster tells of the demo's world: the large houses everywhere, by the start, with its fee on top.

Of one in ten it knows the day alone; it hears of every cancellation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from providers.sdk.json import Record
from providers.testing.demo.world import Happening, House
from providers.testing.ticketmaster import (
    FakeTicketmaster,
    ticketmaster_attraction,
    ticketmaster_event,
    ticketmaster_venue,
)

FEE = 3.5
_KINDS = {
    "film": ("Film", "Miscellaneous", "Undefined"),
    "folk": ("Music", "Folk", "Undefined"),
    "food": ("Miscellaneous", "Food & Drink", "Undefined"),
    "hip-hop": ("Music", "Hip-Hop/Rap", "Undefined"),
    "indie-rock": ("Music", "Rock", "Indie Rock"),
    "jazz": ("Music", "Jazz", "Undefined"),
    "metal": ("Music", "Metal", "Undefined"),
    "pop": ("Music", "Pop", "Undefined"),
    "soul": ("Music", "R&B", "Soul"),
    "stand-up": ("Arts & Theatre", "Comedy", "Stand-Up"),
    "techno": ("Music", "Dance/Electronic", "Techno"),
    "theater": ("Arts & Theatre", "Theatre", "Drama"),
}


def ticketmaster_of(world: Iterable[Happening]) -> FakeTicketmaster:
    """The seller, with its part of the world."""
    return FakeTicketmaster(_event(each) for each in world if each.headline or not each.house.is_small)


def _event(happening: Happening) -> Record:
    segment, genre, sub_genre = _KINDS[happening.genre]
    timed = happening.headline or not happening.chance("day alone", 10)
    return ticketmaster_event(
        f"vvG{happening.number}",
        happening.title,
        day=happening.begins.date(),
        at=happening.begins.time() if timed else None,
        time_zone=happening.house.town.time_zone,
        venues=[_venue(happening.house)],
        attractions=[
            ticketmaster_attraction(f"K8v{act.replace(' ', '')}", act, segment=segment, genre=genre)
            for act in happening.acts
        ],
        segment=segment,
        genre=genre,
        sub_genre=sub_genre,
        sales=_sale(happening.begins.date()),
        status="cancelled" if happening.cancelled else "onsale",
        url=happening.address("www.ticketmaster.example"),
        priceRanges=[_price(happening)] if happening.price else None,
    )


def _sale(day: date) -> Record:
    begins = day - timedelta(days=120)
    return {"public": {"startDateTime": f"{begins}T10:00:00Z", "startTBD": False, "endDateTime": f"{day}T17:00:00Z"}}


def _price(happening: Happening) -> Record:
    least = float(happening.price) + FEE * happening.house.town.unit
    currency = happening.house.town.currency
    return {"type": "standard including fees", "currency": currency, "min": least, "max": 2 * least}


def _venue(house: House) -> Record:
    town = house.town
    venue = ticketmaster_venue(
        f"KovZ{house.number}",
        f"{house.name} {town.name}",
        city=town.name,
        country=town.country,
        point=house.point,
        time_zone=town.time_zone,
    )
    return {**venue, "address": {"line1": house.street}, "postalCode": town.postcode}
