"""What a provider can do. A capability that is declared is tested by the contract kit; one that is not is post-filtered."""

from __future__ import annotations

from enum import Enum, auto


class Capability(Enum):
    """A filter that the provider applies itself, an order it keeps, or something its listings carry."""

    KEYWORD = auto()
    NEAR = auto()
    BOUNDING_BOX = auto()
    COUNTRY = auto()
    CITY = auto()
    DATE_RANGE = auto()
    GENRE = auto()
    PRICE = auto()
    PERFORMER = auto()
    VENUE = auto()
    LOOKUP_BY_ID = auto()
    SORT_BY_DATE = auto()
    SORT_BY_DISTANCE = auto()
    TOTAL_COUNT = auto()
    OFFERS = auto()
    IMAGES = auto()
    KEYLESS = auto()
    CHANGES_FEED = auto()
