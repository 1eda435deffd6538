"""Where a query looks, as the one box that the destination search takes."""

from __future__ import annotations

import math

from providers import Box, Circle, ListingQuery

# Around the middle of a town, to be sure to have all of it.
TOWN_KM = 50.0
KM_PER_DEGREE = 110.574
MOST_NORTH = 89.0
HALF_WAY_ROUND = 180.0
# The last digit that is sent, so that rounding leaves nothing outside.
DIGIT = 0.0001


def bounds(query: ListingQuery) -> str | None:
    """West, south, east and north, in degrees; None where the query asks for no place that a box can hold."""
    box = query.bounding_box or _around(query.circle(city_km=TOWN_KM))
    if box is None or box.west > box.east:
        return None
    edges = (box.west - DIGIT, box.south - DIGIT, box.east + DIGIT, box.north + DIGIT)
    return ",".join(f"{edge:.4f}" for edge in edges)


def _around(circle: Circle | None) -> Box | None:
    """The box around a circle; None where it would reach over a pole or the antimeridian."""
    if circle is None:
        return None
    tall = circle.radius_km / KM_PER_DEGREE
    center = circle.center
    if abs(center.latitude) + tall >= MOST_NORTH:
        return None
    wide = tall / math.cos(math.radians(abs(center.latitude) + tall))
    if abs(center.longitude) + wide > HALF_WAY_ROUND:
        return None
    return Box(
        south=center.latitude - tall,
        west=center.longitude - wide,
        north=center.latitude + tall,
        east=center.longitude + wide,
    )
