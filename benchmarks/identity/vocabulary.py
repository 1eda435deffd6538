"""The words of the corpus: towns are real, everything else is made up.

Nothing in here was written with the matcher's lists at hand, and a test holds the two apart.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


class Town(NamedTuple):
    """A real town. `native` is what its own people call it."""

    name: str
    native: str
    country: str
    time_zone: str
    latitude: float
    longitude: float
    currency: str


TOWNS = (
    Town("London", "London", "GB", "Europe/London", 51.50853, -0.12574, "GBP"),
    Town("Bristol", "Bristol", "GB", "Europe/London", 51.45523, -2.59665, "GBP"),
    Town("Berlin", "Berlin", "DE", "Europe/Berlin", 52.52437, 13.41053, "EUR"),
    Town("Cologne", "Köln", "DE", "Europe/Berlin", 50.93333, 6.95, "EUR"),
    Town("Munich", "München", "DE", "Europe/Berlin", 48.13743, 11.57549, "EUR"),
    Town("Vienna", "Wien", "AT", "Europe/Vienna", 48.20849, 16.37208, "EUR"),
    Town("Milan", "Milano", "IT", "Europe/Rome", 45.46427, 9.18951, "EUR"),
    Town("Lyon", "Lyon", "FR", "Europe/Paris", 45.74846, 4.84671, "EUR"),
    Town("Ghent", "Gent", "BE", "Europe/Brussels", 51.05, 3.71667, "EUR"),
    Town("Rotterdam", "Rotterdam", "NL", "Europe/Amsterdam", 51.9225, 4.47917, "EUR"),
    Town("Lisbon", "Lisboa", "PT", "Europe/Lisbon", 38.71667, -9.13333, "EUR"),
    Town("Prague", "Praha", "CZ", "Europe/Prague", 50.08804, 14.42076, "CZK"),
    Town("Chicago", "Chicago", "US", "America/Chicago", 41.85003, -87.65005, "USD"),
    Town("Portland", "Portland", "US", "America/Los_Angeles", 45.52345, -122.67621, "USD"),
    Town("Montreal", "Montréal", "CA", "America/Toronto", 45.50884, -73.58781, "CAD"),
    Town("Sydney", "Sydney", "AU", "Australia/Sydney", -33.86785, 151.20732, "AUD"),
)

COLOURS = _words(
    "Amber Ashen Azure Brazen Broken Burning Cobalt Copper Crimson Crooked Distant Dusty Electric Emerald Faded Feral "
    "Frozen Gentle Gilded Glass Golden Hollow Hungry Idle Iron Ivory Lonely Loyal Lucid Magnetic Marble Midnight "
    "Molten Neon Nimble Northern Opal Pale Paper Plastic Quiet Radiant Reckless Restless Rusty Sable Salty Savage "
    "Scarlet Secret Silent Silver Sleepy Solar Southern Stolen Stray Sunken Tender Tidal Timid Velvet Violet "
    "Wandering Wicked Wooden"
)
CREATURES = _words(
    "Arrows Atlas Badgers Bandits Beacons Bishops Bridges Brothers Candles Captains Cathedral Cinders Comets Coyotes "
    "Crows Daughters Dialect Diplomats Dragonflies Echoes Embers Engines Falcons Fathoms Foxes Gardeners Ghosts "
    "Harbour Harvest Herons Horizons Hounds Islands Jackals Kestrels Kites Lanterns Lighthouse Locusts Machines "
    "Magpies Mariners Meadow Mirrors Monuments Moths Orchard Otters Owls Pilgrims Pilots Pioneers Postmen Ravens "
    "Rivers Sailors Satellites Shepherds Sirens Sisters Sparrows Statues Surgeons Swallows Telegraph Thieves Tides "
    "Tigers Timbers Turbines Vandals Weavers Wolves"
)
_ONSETS = _words("b br c d dr f fl g gr h j k kl l m n p pr r s sk st t tr v w z")
_NUCLEI = _words("a e i o u ai ei ou ö é ü á ø")
_CODAS = _words("l n r s t x nd rk lm ss ck m")
HOUSE_NAMES = _words(
    "Anchor Argyle Barrow Beacon Birchwood Blackthorn Calder Canal Carnival Castle Cedar Cinder Clover Coral Corn "
    "Cygnet Dovecote Eagle Elder Falcon Ferry Flint Garnet Granary Griffin Hawthorn Heron Ironworks Jasmine Juniper "
    "Kingfisher Lark Laurel Linden Lion Maple Marigold Mercury Mill Minster Nightingale Oak Orion Osprey Peacock "
    "Pelican Phoenix Pier Plough Quarry Raven Regent Rialto Rosewood Salamander Saracen Sextant Starling Swan Tannery "
    "Thistle Tivoli Vulcan Willow Wren"
)
HOUSE_KINDS = _words(
    "Hall Theatre Club Arena Ballroom Playhouse Tavern Cellar Depot Warehouse Chapel Pavilion Foundry Lounge Rooms "
    "Factory Auditorium Gardens Assembly Works"
)
SPONSORS = _words("Norvex Telora Banqio Fizzol Kravit Ombra Zentis Luminor Quantek Solvy")
ROOMS = ("Loft", "Upper Deck", "Kleiner Saal", "Basement", "Second Floor", "Red Room", "Studio Two", "Terrace")
JOURNEYS = (
    "Nightfall", "Paper Maps", "Homeward", "The Long Way Round", "Afterglow", "Static Hearts", "North of Nowhere", "Slow Light",
    "Ten Thousand Miles", "Letters Unsent", "Weather Systems", "Second Summer", "Everything Twice", "Gravity Songs",
)  # fmt: skip
PROMOTERS = (
    "Moonraker",
    "Kulturverein Süd",
    "Loud & Clear",
    "Two Left Feet",
    "Nordlicht",
    "Tin Drum",
    "Les Nuits Bleues",
    "Sottovoce",
)
SERIES = (
    "Subsonic",
    "Lowlands Bass",
    "Warm Circuit",
    "Offbeat",
    "Kabinett",
    "Strobe Garden",
    "Deep Cuts",
    "Tanzlokal",
    "Discoteca Paradiso",
)
GATHERINGS = (
    "Open Mic", "Jazz Jam", "Swing Social", "Poetry Slam", "Acoustic Sunday", "Blues Jam", "Ceilidh", "Folk Session", "Salsa Night",
    "Comedy Open Mic", "Silent Disco", "Tango Milonga",
)  # fmt: skip
PLAYS = (
    "The Lighthouse Keeper", "A Winter in Four Acts", "The Cherry Merchant", "Three Doors Down", "The Glass Inspector",
    "What the Butcher Heard", "Salt", "The Understudies", "A Doll for Marianne", "Der gelbe Vorhang", "L'Homme aux trois chats",
    "The Last Lamplighter", "Uncle Anton", "Waiting for Mathilda", "The Merry Widowers", "Iphigenia in Hull",
)  # fmt: skip
FILMS = (
    "The Long Ferry",
    "Metropole 2099",
    "Night Bus",
    "Le Dernier Été",
    "Paper Tigers",
    "The Hills Have Ears",
    "Ostwind",
    "Citizen Crane",
)
FEASTS = (
    "Lakeside",
    "Riverbend",
    "Oaklight",
    "Hinterhof",
    "Sandcastle",
    "Marées",
    "Kirschblüten",
    "High Meadow",
    "Borealis",
    "Campanile",
)
COMPOSERS = ("Brauner", "Delacourt", "Ilyin", "Sørensen", "Vašek", "Monteforte", "Wainwright", "Okabe")
WORKS = (
    "Symphony No. 4",
    "Requiem",
    "Violin Concerto",
    "Symphony No. 7",
    "String Quartets",
    "The Tempest Suite",
    "Mass in C",
)
TALKS = (
    "The Future of Bees",
    "How to Read a River",
    "A History of Salt",
    "Why Cities Sing",
    "On Sleep",
    "Mapping the Deep",
)
# How one names an evening of somebody else's songs without the usual word for it.
IMITATIONS = (
    "Almost {act}",
    "{act} Reborn",
    "The Songs of {act} by Candlelight",
    "A Salute to {act}",
    "Remembering {act}",
    "{act} Re:Imagined",
)
SUFFIXES = (
    "SOLD OUT",
    "Rescheduled",
    "Extra Date",
    "All Ages",
    "Over 18s",
    "NEW DATE",
    "Last Few",
    "Seated",
    "Nur Abendkasse",
)


class Names:
    """Names that nobody has, as many as are wanted."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice

    def act(self) -> str:
        """A band, a soloist or a word that is both."""
        dice = self._dice
        form = dice.randrange(10)
        colour, creature = dice.choice(COLOURS), dice.choice(CREATURES)
        if form < 3:
            return f"The {colour} {creature}"
        if form < 5:
            return f"{colour} {creature}"
        if form == 5:
            return f"{self._word()} & The {creature}"
        if form == 6:
            return f"{self._word()} {self._word()} {dice.choice(('Trio', 'Quartet', 'Ensemble', 'Band'))}"
        if form == 7:
            return self._word() + self._word().lower()
        return f"{self._word()} {self._word()}"

    def person(self) -> str:
        """A first name and a surname."""
        return f"{self._word()} {self._word()}"

    def _word(self) -> str:
        dice = self._dice
        syllables = [dice.choice(_ONSETS) + dice.choice(_NUCLEI) for _ in range(dice.choice((1, 2, 2)))]
        return ("".join(syllables) + dice.choice(_CODAS)).capitalize()
