"""The offline gazetteer: "Zürich" -> coordinates, country, region, time zone, population.

It knows the towns of over 15,000 inhabitants (GeoNames, CC BY 4.0; scripts/make_places.py makes the file and describes
its shape). Names are compared folded, without blanks, and with one spelling of Saint, so that "ST PETERSBURG",
"Sankt-Petersburg" and "St.Petersburg" are one name.
"""

from __future__ import annotations

import gzip
import math
import re
from array import array
from bisect import bisect_right
from functools import cache, cached_property
from importlib.resources import files
from itertools import accumulate, islice, product
from typing import TYPE_CHECKING, NamedTuple

from gateway.text import fold, fold_lines
from providers import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EARTH_RADIUS_KM = 6371.0088

# No name is longer; what is longer is no name, and is not looked at.
_LONGEST_TEXT = 200
# A place's own name is worth ten times its other names: "Falmouth" is Falmouth, not Portland (once called so),
# while "Vienna" is Wien and not Vienna, Virginia.
_OWN_NAME = 10
# "s" begins some ten thousand names: enough to look at the most populous.
_MOST_BEGINNINGS = 256
_SAINT = re.compile(r"\b(?:saint|sankt|sint)\b")
_PARTS = re.compile(r"[,;/|()\[\]\n]+")
_LONGEST_AREA = 4


class _Reading(NamedTuple):
    """One way to understand a text: a name, and areas that the place must be in."""

    name: str
    areas: tuple[str, ...] = ()


class Gazetteer:
    """Places by name and by point. Immutable; rows are numbered by population, the most populous first."""

    def __init__(self, text: str) -> None:
        """Read the text of a places file; ValueError where it has another shape."""
        countries, regions, places = (_rows(table) for table in text.split("\n\n"))
        self._regions = dict(_first_names(regions))
        self._areas = _Areas([*countries, *regions])
        self._places = sorted(places, key=_population, reverse=True)
        self._names = _Names([row.partition("\t")[0] for row in self._places])

    @staticmethod
    @cache
    def embedded() -> Gazetteer:
        """The file that comes with the gateway; read at the first call, which takes about a fifth of a second."""
        packed = files("gateway").joinpath("places.tsv.gz").read_bytes()
        return Gazetteer(gzip.decompress(packed).decode())

    def search(self, text: str, *, first: int = 8) -> list[Place]:
        """At most `first` places that the text may mean or be the beginning of, best first; none for junk.

        "Portland, OR", "Munich, Germany" and "Paris FR" narrow to a region or country. Whole names come before
        beginnings of names, then the more populous place; a place's own name counts more than its other names.
        """
        for reading in self._readings(text):
            rows = dict.fromkeys((*self._called(reading), *self._beginning(reading)))
            if rows:
                return [self._place(row) for row in islice(rows, max(first, 0))]
        return []

    def find(self, text: str, *, country: str | None = None) -> Place | None:
        """The best place of exactly this name, read as `search` reads it; None if there is none.

        `country` (ISO 3166-1 alpha-2, or a name of the country) admits places of that country only.
        """
        areas = () if country is None else (country,)
        for reading in self._readings(text):
            rows = self._called(reading, within=areas)
            if rows:
                return self._place(rows[0])
        return None

    def nearest(self, latitude: float, longitude: float, *, within_km: float = 50.0) -> Place | None:
        """The place whose centre is nearest to the point (WGS 84 degrees); None if none is near, or it is no point.

        Any longitude is wrapped around the globe. Districts are places too: beside the Brandenburg Gate it is "Mitte".
        """
        if not (abs(latitude) <= 90 and math.isfinite(longitude)):  # noqa: PLR2004 - the poles
            return None
        row = self._globe.nearest(latitude, longitude, within_km)
        return None if row is None else self._place(row)

    @cached_property
    def _globe(self) -> _Globe:
        columns = (row.split("\t", 4) for row in self._places)
        return _Globe([(float(latitude), float(longitude)) for _, _, latitude, longitude, _ in columns])

    def _readings(self, text: str) -> Iterator[_Reading]:
        """From the most to the least literal: "Paris (Texas)" may be a name, else it is Paris, in Texas."""
        if len(text) > _LONGEST_TEXT:
            return
        name, *areas = filter(None, map(fold, _PARTS.split(text))) or [""]
        if not name:
            return
        if areas:
            yield _Reading(" ".join((name, *areas)))
        yield _Reading(name, tuple(areas))
        for shorter, area in self._areas.endings(name):
            yield _Reading(shorter, (area, *areas))

    def _called(self, reading: _Reading, *, within: Iterable[str] = ()) -> list[int]:
        """The rows of that whole name, best first."""
        key = _key(reading.name)
        rows = self._narrowed(self._names.whole(key), reading.areas)
        for area in within:
            rows = [row for row in rows if self._areas.holds(area, self._region_code(row))]
        return sorted(rows, key=lambda row: self._weight(row, own=_key(self._name(row)) == key))

    def _beginning(self, reading: _Reading) -> list[int]:
        """The rows with a name that begins so, best first."""
        found = islice(self._names.beginning(reading.name), _MOST_BEGINNINGS)
        rows = self._narrowed(found, reading.areas)
        return sorted(rows, key=lambda row: self._weight(row, own=fold(self._name(row)).startswith(reading.name)))

    def _narrowed(self, rows: Iterable[int], areas: Iterable[str]) -> list[int]:
        """The rows in all of the areas. An area that nobody knows does not narrow."""
        kept = list(rows)
        for area in filter(self._areas.knows, areas):
            inside = [row for row in kept if self._areas.holds(area, self._region_code(row))]
            # A number may be GeoNames' code of a region (setlist.fm's "Cervia, 05") or any other ("Paris, 75").
            kept = inside if inside or not area.isdigit() else kept
        return kept

    def _weight(self, row: int, *, own: bool) -> int:
        return -_population(self._places[row]) * (_OWN_NAME if own else 1)

    def _name(self, row: int) -> str:
        return self._places[row].partition("\t")[0].partition("|")[0]

    def _region_code(self, row: int) -> str:
        return self._places[row].split("\t", 2)[1]

    def _place(self, row: int) -> Place:
        names, region, latitude, longitude, time_zone, population = self._places[row].split("\t")
        name, *others = names.split("|")
        return Place(
            name=name,
            region=self._regions.get(region),
            country=region[:2],
            latitude=float(latitude),
            longitude=float(longitude),
            time_zone=time_zone,
            population=int(population) or None,
            alternate_names=tuple(others),
        )


class _Areas:
    """Countries and regions by what people write beside a city: a code or a name."""

    def __init__(self, rows: Iterable[str]) -> None:
        self._codes: dict[str, set[str]] = {}
        for row in rows:
            code, names = row.split("\t")
            # A region's code goes without its country: "OR" of "US.OR".
            for name in (code.rpartition(".")[2], *names.split("|")):
                self._codes.setdefault(_key(fold(name)), set()).add(code)

    def knows(self, area: str) -> bool:
        return _key(fold(area)) in self._codes

    def holds(self, area: str, region: str) -> bool:
        """Whether a region's code ("US.OR") is that area or in it; "CA" is California as well as Canada."""
        codes = self._codes.get(_key(fold(area)), set())
        return region in codes or region[:2] in codes

    def endings(self, name: str) -> Iterator[tuple[str, str]]:
        """Ways to part "san jose ca" into a name and an area at its end; numbers at an end are no area."""
        words = name.split()
        for count in range(1, min(_LONGEST_AREA, len(words) - 1) + 1):
            area = " ".join(words[-count:])
            if self.knows(area) and not area.isdigit():
                yield " ".join(words[:-count]), area


class _Names:
    """All names of all rows, each row's joined by "|": which rows have a name, or one that begins so."""

    def __init__(self, names: list[str]) -> None:
        self._folded = fold_lines("\n".join(names).replace("|", "\n"))
        self._counts = array("H", (joined.count("|") + 1 for joined in names))
        # Most names are one row's alone: a list for each would take 15 MB.
        self._first: dict[str, int] = {}
        self._others: dict[str, list[int]] = {}
        self._index()

    def _index(self) -> None:
        rows = (row for row, count in enumerate(self._counts) for _ in range(count))
        for key, row in zip(_key(self._folded).split("\n"), rows, strict=True):
            if self._first.setdefault(key, row) != row:
                self._others.setdefault(key, []).append(row)

    def whole(self, key: str) -> list[int]:
        """The rows of that name; `key` is a name's `_key`."""
        first = self._first.get(key)
        return [] if first is None else list(dict.fromkeys((first, *self._others.get(key, ()))))

    def beginning(self, start: str) -> Iterator[int]:
        """The rows with a name that begins so, the most populous first; `start` is folded."""
        wanted = "\n" + start
        position = self._text.find(wanted)
        while position >= 0:
            row = bisect_right(self._starts, position) - 1
            yield row
            position = self._text.find(wanted, self._starts[row + 1])

    @cached_property
    def _text(self) -> str:
        """Every name on a line of its own, as one text: it is quicker to scan than a sorted list is to make."""
        return f"\n{self._folded}\n"

    @cached_property
    def _starts(self) -> array[int]:
        """Where each row's names start in the text, and where the last one's end."""
        lengths = (len(line) + 1 for line in self._folded.split("\n"))
        return array("I", accumulate((sum(islice(lengths, count)) for count in self._counts), initial=0))


class _Globe:
    """Points on the unit sphere, sorted into cubes: there, neither the poles nor the antimeridian are special."""

    _EDGE = 0.01  # of a cube; about 64 km

    def __init__(self, points: list[tuple[float, float]]) -> None:
        self._points = [_on_sphere(latitude, longitude) for latitude, longitude in points]
        self._cubes: dict[tuple[int, int, int], list[int]] = {}
        for row, point in enumerate(self._points):
            self._cubes.setdefault(self._cube(point), []).append(row)

    def nearest(self, latitude: float, longitude: float, within_km: float) -> int | None:
        """The row of the nearest point not farther than that along the ground; the first of equally near ones."""
        if not within_km >= 0:
            return None
        centre = _on_sphere(latitude, longitude)
        reach = 2 * math.sin(min(within_km / EARTH_RADIUS_KM, math.pi) / 2)  # as the mole digs
        near = ((math.dist(centre, self._points[row]), row) for row in self._rows_around(centre, reach))
        distance, row = min(near, default=(math.inf, 0))
        return row if distance <= reach else None

    def _rows_around(self, centre: tuple[float, float, float], reach: float) -> Iterable[int]:
        if (2 * reach / self._EDGE + 1) ** 3 > len(self._cubes):
            return range(len(self._points))
        low, high = (self._cube((x + side, y + side, z + side)) for side in (-reach, reach) for x, y, z in [centre])
        cubes = product(*(range(start, end + 1) for start, end in zip(low, high, strict=True)))
        return (row for cube in cubes for row in self._cubes.get(cube, ()))

    def _cube(self, point: tuple[float, float, float]) -> tuple[int, int, int]:
        x, y, z = point
        return math.floor(x / self._EDGE), math.floor(y / self._EDGE), math.floor(z / self._EDGE)


def _rows(table: str) -> list[str]:
    return [line for line in table.splitlines() if not line.startswith("#")]


def _first_names(rows: Iterable[str]) -> Iterator[tuple[str, str]]:
    for row in rows:
        code, names = row.split("\t")
        yield code, names.partition("|")[0]


def _population(row: str) -> int:
    return int(row.rpartition("\t")[2])


def _key(folded: str) -> str:
    """What whole names are looked up by. Works on many lines at once."""
    return _SAINT.sub("st", folded).replace(" ", "")


def _on_sphere(latitude: float, longitude: float) -> tuple[float, float, float]:
    """The unit vector of a point in degrees."""
    north, east = math.radians(latitude), math.radians(longitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)
