"""What the gateway asks a provider, and what it gets back."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from providers.sdk.capabilities import Capability
from providers.sdk.model import EventType, Key, Listing, Place, Point

EARTH_RADIUS_KM = 6371.0088
_HALF_WAY = 180
_LEAST_KM = 0.1
# How far from its centre a city, with all that its name is put to, may reach.
_CITY_KM = 30.0


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance in kilometres (haversine)."""
    lat_a, lat_b = math.radians(a.latitude), math.radians(b.latitude)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.longitude - a.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(chord)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Everything within `radius_km` of a point."""

    center: Point
    radius_km: float

    def __post_init__(self) -> None:
        if not 0 < self.radius_km < math.inf:
            msg = f"a radius is more than 0 km, not {self.radius_km}"
            raise ValueError(msg)

    def __contains__(self, point: Point) -> bool:
        return distance_km(self.center, point) <= self.radius_km

    def whole_radius(self, unit_km: float = 1.0) -> int:
        """The radius for an API that takes whole units: a percent more, as its Earth may have another shape."""
        return math.ceil(self.radius_km / unit_km * 1.01)

    @classmethod
    def around(cls, box: Box) -> Circle | None:
        """One that holds the box, for an API that knows no boxes; None where that is too wide to be of use."""
        if not 0 <= box.east - box.west < _HALF_WAY:
            return None
        center = Point(latitude=(box.south + box.north) / 2, longitude=(box.west + box.east) / 2)
        # The edge nearest the pole bulges: its middle may be the farthest of all.
        rim = [
            Point(latitude=latitude, longitude=longitude)
            for latitude in (box.south, box.north)
            for longitude in (box.west, center.longitude, box.east)
        ]
        return cls(center=center, radius_km=max(_LEAST_KM, *(distance_km(center, point) for point in rim)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in degrees; one whose west is greater than its east spans the antimeridian."""

    south: float
    west: float
    north: float
    east: float

    def __post_init__(self) -> None:
        Point(latitude=self.south, longitude=self.west)
        Point(latitude=self.north, longitude=self.east)
        if self.south > self.north:
            msg = f"a box's south ({self.south}) is not north of its north ({self.north})"
            raise ValueError(msg)

    def __contains__(self, point: Point) -> bool:
        if not self.south <= point.latitude <= self.north:
            return False
        if self.west <= self.east:
            return self.west <= point.longitude <= self.east
        return point.longitude >= self.west or point.longitude <= self.east

    @classmethod
    def around(cls, circle: Circle) -> Box:
        """The smallest that holds the circle, for an API that knows no circles."""
        angle, latitude = circle.radius_km / EARTH_RADIUS_KM, math.radians(circle.center.latitude)
        south, north = (max(-math.pi / 2, latitude - angle), min(math.pi / 2, latitude + angle))
        bounds = {"south": math.degrees(south), "north": math.degrees(north)}
        if abs(latitude) + angle >= math.pi / 2:  # a pole is inside, and with it every longitude
            return cls(**bounds, west=-180.0, east=180.0)
        width = math.degrees(math.asin(math.sin(angle) / math.cos(latitude)))
        west, east = circle.center.longitude - width, circle.center.longitude + width
        return cls(**bounds, west=west + 360 * (west < -_HALF_WAY), east=east - 360 * (east > _HALF_WAY))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingQuery:
    """Which listings are wanted. All given conditions must hold; inside a tuple, any may.

    `start_from` is inclusive and `start_before` exclusive; both are aware. A listing's own place in that range is
    `listing.key.instant`, so a date-only listing of today is still ahead until its day ends.
    `performer_ids` and `venue_ids` are the provider's own ids. A field that needs a capability which the provider
    does not declare is never set when the provider is asked; the gateway filters afterwards.
    """

    keyword: str | None = None
    near: Circle | None = None
    bounding_box: Box | None = None
    country: str | None = None
    city: Place | None = None
    start_from: datetime | None = None
    start_before: datetime | None = None
    event_types: tuple[EventType, ...] = ()
    genres: tuple[str, ...] = ()
    performer_ids: tuple[str, ...] = ()
    venue_ids: tuple[str, ...] = ()

    @property
    def is_contradictory(self) -> bool:
        """Whether it wants a city of another country than the one that it wants: nothing is in both."""
        city = self.city.country if self.city else None
        return None not in {city, self.country} and city != self.country

    def circle(self, *, city_km: float = _CITY_KM) -> Circle | None:
        """One that holds everything wanted, for an API that knows no other area; None where none is of use.

        `city_km` is how far around a city's centre to look.
        """
        if self.near is not None:
            return self.near
        if self.bounding_box is not None:
            return Circle.around(self.bounding_box)
        center = self.city.point if self.city else None
        return Circle(center=center, radius_km=city_km) if center else None

    def needs(self) -> frozenset[Capability]:
        """The capabilities it takes to answer this query whole."""
        return frozenset(capability for name, capability in _NEEDS.items() if getattr(self, name) not in (None, ()))

    def only(self, capabilities: Iterable[Capability]) -> ListingQuery:
        """The part of this query that a provider with these capabilities can answer."""
        blank = ListingQuery()
        lacking = self.needs().difference(capabilities)
        fields = {name: getattr(blank, name) for name, capability in _NEEDS.items() if capability in lacking}
        return replace(self, **fields)


_NEEDS = {
    "keyword": Capability.KEYWORD,
    "near": Capability.NEAR,
    "bounding_box": Capability.BOUNDING_BOX,
    "country": Capability.COUNTRY,
    "city": Capability.CITY,
    "start_from": Capability.DATE_RANGE,
    "start_before": Capability.DATE_RANGE,
    "event_types": Capability.GENRE,
    "genres": Capability.GENRE,
    "performer_ids": Capability.PERFORMER,
    "venue_ids": Capability.VENUE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Part of a provider's list: what follows the `seek` that was asked for.

    listings: sorted by key, every key after the seek and none after the frontier.
    frontier: nothing that the query wants stands between the seek and here but what `listings` holds.
        None when the list is exhausted: there is nothing more to come.
    total: how many listings match in all, where the provider says so exactly.
    truncated: the provider's own limits hid something on the way (say, a paging cap); listings may be missing.
    rejected: records that could not be read, and so are left out.
    """

    listings: tuple[Listing, ...] = ()
    frontier: Key | None = None
    total: int | None = None
    truncated: bool = False
    rejected: int = 0

    @property
    def exhausted(self) -> bool:
        """Whether the list ends here."""
        return self.frontier is None
