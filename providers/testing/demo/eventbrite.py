"""What Eventbrite tells of the demo's world: half of the small houses, by the start, with the house in the name.

Three organizers list it, each for some of the towns. It does not hear of cancellations, and knows to within a kilometre
where a house is.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from providers.sdk.json import Record
from providers.testing.demo.world import NOTE, TOWNS, Happening, House
from providers.testing.eventbrite import FakeEventbrite, eventbrite_event, eventbrite_venue

ORGANIZERS = ("501", "502", "503")
FEE = Decimal("1.05")
_OTHER_MUSIC = ("103", "Other", "6")
# Category, subcategory and format, of genres.
_KINDS = {
    "film": ("104", None, "7"),
    "folk": ("103", "Folk", "6"),
    "food": ("110", None, None),
    "hip-hop": ("103", "Hip Hop / Rap", "6"),
    "indie-rock": ("103", "Indie Rock", "6"),
    "jazz": ("103", "Blues & Jazz", "6"),
    "metal": ("103", "Metal", "6"),
    "pop": ("103", "Pop", "6"),
    "stand-up": ("105", "Comedy", "6"),
    "techno": ("103", "EDM / Electronic", "6"),
    "theater": ("105", "Theatre", "6"),
}


def eventbrite_of(world: Iterable[Happening]) -> FakeEventbrite:
    """The seller, with its part of the world."""
    return FakeEventbrite(_event(each) for each in world if _tells(each))


def _tells(happening: Happening) -> bool:
    if happening.house.is_small:
        return happening.number % 2 == 0
    return happening.headline or happening.chance("eventbrite", 15)


def _event(happening: Happening) -> Record:
    category, subcategory, event_format = _KINDS.get(happening.genre, _OTHER_MUSIC)
    town = happening.house.town
    return eventbrite_event(
        str(happening.number),
        f"{happening.bare} - Live at the {happening.house.name}" if happening.acts else happening.title,
        day=happening.begins.date(),
        at=happening.begins.time(),
        time_zone=town.time_zone,
        venue=_venue(happening.house),
        organizer_id=ORGANIZERS[TOWNS.index(town) % len(ORGANIZERS)],
        category=category,
        subcategory=subcategory,
        event_format=event_format,
        free=not happening.price,
        summary=NOTE,
        url=happening.address("www.eventbrite.example"),
        currency=town.currency,
        locale="en_GB",
        ticket_availability=_tickets(happening),
    )


def _tickets(happening: Happening) -> Record:
    price = {
        "currency": happening.house.town.currency,
        "value": int(happening.price * FEE * 100),
        "major_value": f"{happening.price * FEE:.2f}",
    }
    return {
        "is_free": not happening.price,
        "is_sold_out": False,
        "has_available_tickets": True,
        "minimum_ticket_price": price,
        "maximum_ticket_price": price,
    }


def _venue(house: House) -> Record:
    town, (latitude, longitude) = house.town, house.point
    about = round(latitude, 2), round(longitude, 2)
    venue = eventbrite_venue(str(house.number), house.spellings[2], city=town.name, country=town.country, point=about)
    address = {**venue["address"], "address_1": house.street, "region": "", "postal_code": town.postcode}
    return {**venue, "address": address, "capacity": house.capacity}
