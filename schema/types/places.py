"""Towns of the gazetteer as the API shows them."""

from __future__ import annotations

from providers import Place as ListedPlace
from schema.scalars import CountryCode, TimeZone
from schema.types.values import GeoCoordinates, Place

# A town's centre says nothing of where in the town something is (metres).
CITY_LEVEL = 5_000


def place_of(place: ListedPlace) -> Place:
    """Every town in the gazetteer has a point and a country."""
    geo = GeoCoordinates(latitude=place.latitude or 0.0, longitude=place.longitude or 0.0, accuracy_meters=CITY_LEVEL)
    return Place(
        name=place.name,
        address_region=place.region,
        address_country=CountryCode(place.country or ""),
        geo=geo,
        time_zone=TimeZone(place.time_zone) if place.time_zone else None,
        population=place.population,
    )
