"""Venues as they are compared: what of a name is the house's own, which town it is in, and how exactly it is placed."""

from __future__ import annotations

from functools import lru_cache
from math import cos, hypot, radians
from typing import NamedTuple

from gateway.identity.wording import latin
from gateway.identity.words import HOUSE_WORDS
from gateway.places import Gazetteer
from providers import Point, Venue

# A city's centre, as the model defines it; a point that is known no better tells nothing of the house.
CITY_LEVEL_METERS = 1_000
PREFIX = 5
_KM_A_DEGREE = 111.195
_COARSE_DIGITS = 2
_NO_IDS: frozenset[tuple[str, str]] = frozenset()
_CENTRAL = 0.009  # degrees: a kilometre


class House(NamedTuple):
    """A venue as it is compared.

    words: the name's own words, without the town and what a house is. full: every word. squeezed: `full` in one.
    town: folded. latitude, longitude: in degrees; `meters` is how exact they are, None where there is no point.
    in_titles: what of it titles repeat. keys: by which claims find each other. central: the point may be the town's.
    ids: elsewhere, by scheme and value.
    """

    words: str
    full: str
    squeezed: str
    town: str
    country: str | None
    latitude: float
    longitude: float
    meters: int | None
    in_titles: tuple[str, ...]
    keys: tuple[str, ...]
    provider_id: str | None
    central: bool
    ids: frozenset[tuple[str, str]] = _NO_IDS


def house_of(venue: Venue) -> House:
    """The venue, ready to be compared."""
    point, address = venue.point, venue.address
    town = address.locality or ""
    words, full, squeezed, folded_town, in_titles, keys = _wording(venue.name, town)
    ids = frozenset([each[:2] for each in venue.external_ids]) if venue.external_ids else _NO_IDS
    if point is None:
        return House(
            words,
            full,
            squeezed,
            folded_town,
            address.country,
            0.0,
            0.0,
            None,
            in_titles,
            keys,
            venue.id,
            central=False,
            ids=ids,
        )
    meters = _meters(point.latitude, point.longitude, point.accuracy_meters)
    return House(
        words, full, squeezed, folded_town, address.country, point.latitude, point.longitude, meters, in_titles, keys, venue.id,
        central=_is_central(point, folded_town, address.country), ids=ids,
    )  # fmt: skip


def in_one_word(name: str, town: str) -> str:
    """The name of a house in that town as it is compared, without blanks; `House.squeezed`."""
    return _wording(name, town)[2]


@lru_cache(maxsize=8_192)
def _wording(name: str, town: str) -> tuple[str, str, str, str, tuple[str, ...], tuple[str, ...]]:
    folded, folded_town = latin(name), latin(town)
    every = _without_town(folded, folded_town).split()
    own = [word for word in every if word not in HOUSE_WORDS] or [word for word in every if word != "the"] or every
    full = " ".join(word for word in every if word not in {"the", "a"}) or folded
    in_titles = tuple(
        dict.fromkeys(text for text in (full, folded, f"the {full}", f"in {folded_town}") if len(text) > _COARSE_DIGITS)
    )
    return (
        " ".join(own),
        full,
        full.replace(" ", ""),
        folded_town,
        in_titles,
        tuple({f"@{word[:PREFIX]}" for word in own}),
    )


def _without_town(name: str, town: str) -> str:
    """A name without the town, in any language: "Lantern Hall, Wien" in Vienna is Lantern Hall."""
    for called in (town, *_names_of(town)) if town else ():
        if name.endswith(f" {called}"):
            return name.removesuffix(f" {called}")
        if name.startswith(f"{called} "):
            return name.removeprefix(f"{called} ")
    return name


@lru_cache(maxsize=4_096)
def _names_of(town: str) -> tuple[str, ...]:
    """What else the town is called, the longest first, since a name may end in another: the same in every process."""
    place = Gazetteer.embedded().find(town)
    names = {latin(name) for name in (place.name, *place.alternate_names)} if place else set()
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def _meters(latitude: float, longitude: float, accuracy: int | None) -> int:
    """As told, but no better than its digits: 52.5 is somewhere within kilometres."""
    if accuracy is not None:
        return accuracy
    if latitude == round(latitude, 1) and longitude == round(longitude, 1):
        return 8_000
    return CITY_LEVEL_METERS if latitude == round(latitude, 2) and longitude == round(longitude, 2) else 100


def _is_central(point: Point, town: str, country: str | None) -> bool:
    """Sellers that know the town alone give its centre, and do not all say so."""
    centre = centre_of(town, country) if town else None
    if centre is None:
        return False
    return abs(centre.latitude - point.latitude) < _CENTRAL and abs(centre.longitude - point.longitude) < 1.5 * _CENTRAL


@lru_cache(maxsize=4_096)
def centre_of(town: str, country: str | None) -> Point | None:
    """The middle of a town by its folded name, as the gazetteer knows it."""
    place = Gazetteer.embedded().find(town, country=country)
    return place.point if place else None


def apart_km(a: House, b: House) -> float | None:
    """Kilometres between them, on a flat map, which is right to a percent within a town; None without both points."""
    if a.meters is None or b.meters is None:
        return None
    width = abs(a.longitude - b.longitude)
    if width > 180:  # noqa: PLR2004 - the other way round the globe is shorter
        width = 360 - width
    return _KM_A_DEGREE * hypot(a.latitude - b.latitude, width * cos(radians((a.latitude + b.latitude) / 2)))


def is_exact(house: House) -> bool:
    """Whether its point is the house's own, as far as can be told."""
    return house.meters is not None and house.meters < CITY_LEVEL_METERS
