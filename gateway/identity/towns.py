"""Whether two venues are in different towns, where points do not tell."""

from __future__ import annotations

from gateway.identity.houses import House, centre_of
from providers import Point, distance_km

# A town's name and its district's.
_ONE_TOWN_KM = 8.0


def towns_apart(a: House | None, b: House | None, farthest_km: float) -> bool:
    """True where both towns are known and far from each other; a town that nobody knows is no proof."""
    if a is None or b is None or not a.town or not b.town or a.town == b.town:
        return False
    if a.meters is not None and b.meters is not None:
        return False  # the points have been compared
    here, there = _point(a), _point(b)
    return here is not None and there is not None and distance_km(here, there) > farthest_km


def same_town(a: House, b: House) -> bool:
    """True where both are of one town, whatever its name, or one does not say of which."""
    if not a.town or not b.town or a.town == b.town:
        return True
    here, there = centre_of(a.town, a.country), centre_of(b.town, b.country)
    return here is not None and there is not None and distance_km(here, there) <= _ONE_TOWN_KM


def _point(house: House) -> Point | None:
    if house.meters is not None:
        return Point(latitude=house.latitude, longitude=house.longitude)
    return centre_of(house.town, house.country)
