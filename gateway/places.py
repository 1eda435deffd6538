"""The offline gazetteer: "Zürich" -> coordinates, country, region, time zone, population.

It knows the towns of over 15,000 inhabitants (GeoNames, CC BY 4.0; scripts/make_places.py makes the file and describes
its shape). Names are compared folded and without blanks, so that "KNOKKE HEIST" is Knokke-Heist.
"""

from __future__ import annotations

import gzip
import math
import re
from array import array
from bisect import bisect_left, bisect_right
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain, islice, product
from typing import TYPE_CHECKING, NamedTuple

from providers import Place, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EARTH_RADIUS_KM = 6371.0088

# No name is longer; what is longer is no name, and is not looked at.
_LONGEST_TEXT = 200
# A place's own name is worth ten times its other names: "Falmouth" is Falmouth, not Portland (once called so),
# while "Vienna" is Wien and not Vienna, Virginia.
_OWN_NAME = 10
# "s" begins some ten thousand names: it is enough to look at the most populous places.
_MOST_BEGINNINGS = 500
_SAINTS = ("st", "saint", "sankt", "sint")
_SAINT = re.compile(rf"\b(?:{'|'.join(_SAINTS)})\b")
# What is dropped from most names to compare them.
_EASY = " -'.,()/"
_PARTS = re.compile(r"[,;/|()\[\]\n]+")
_COUNTRY_CODE = 2
_LONGEST_ABBREVIATION = 3
_MOST_AREA_WORDS = 4


class _Reading(NamedTuple):
    """One way to understand a text: a name, and areas that the place must be in."""

    name: str
    areas: tuple[str, ...] = ()


class Gazetteer:
    """Places by name and by point. Immutable; rows are numbered by population, the most populous first."""

    def __init__(self, text: str) -> None:
        """Read the text of a places file."""
        _credit, countries, regions, facts, names = (table.split("\n") for table in text.strip().split("\n\n"))
        self._regions = dict(map(_code_and_name, regions))
        self._areas = _Areas([*countries, *regions])
        populations = [*map(_population, facts)]
        ranked = sorted(range(len(facts)), key=populations.__getitem__, reverse=True)
        self._facts = [facts[row] for row in ranked]
        self._names = _Names([names[row] for row in ranked])

    @staticmethod
    @cache
    def embedded() -> Gazetteer:
        """The file that comes with the gateway; read at the first call, which takes about a quarter of a second."""
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
        code = None if country is None else self._areas.country(country)
        if country is not None and code is None:
            return None
        for reading in self._readings(text):
            rows = self._called(reading, country=code)
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

    def country(self, name: str) -> str | None:
        """The code (ISO 3166-1 alpha-2) of the country of that name or code."""
        return self._areas.country(name)

    def state(self, name: str, country: str) -> str | None:
        """The letters that a region of the country goes by there, by those or by its name: "Oregon" is "OR"."""
        return self._areas.letters(name, country)

    @cached_property
    def _globe(self) -> _Globe:
        columns = (row.split("\t", 3) for row in self._facts)
        return _Globe((float(latitude), float(longitude)) for _, latitude, longitude, _ in columns)

    def _readings(self, text: str) -> Iterator[_Reading]:
        """From the most to the least literal: "Paris (Texas)" may be a name, else it is Paris, in Texas."""
        if len(text) > _LONGEST_TEXT:
            return
        name, *areas = [*filter(None, map(fold, _PARTS.split(text)))] or [""]
        if not name:
            return
        if areas:
            yield _Reading(" ".join((name, *areas)))
        yield _Reading(name, tuple(areas))
        for shorter, area in self._areas.endings(name):
            yield _Reading(shorter, (area, *areas))

    def _called(self, reading: _Reading, *, country: str | None = None) -> list[int]:
        """The rows of that whole name, best first."""
        keys = _keys(reading.name)
        rows = [row for key in keys for row in self._names.whole(key) if country in {None, self._region_code(row)[:2]}]
        kept = self._narrowed(rows, reading.areas, settled=country is not None)
        return sorted(kept, key=lambda row: self._weight(row, own=self._names.own_key(row) in keys), reverse=True)

    def _beginning(self, reading: _Reading) -> list[int]:
        """The rows with a name that begins so, best first."""
        keys = _keys(reading.name)
        found = (islice(self._names.beginning(key), _MOST_BEGINNINGS) for key in keys)
        rows = self._narrowed([*chain.from_iterable(found)], reading.areas)
        return sorted(
            rows, key=lambda row: self._weight(row, own=self._names.own_key(row).startswith(keys)), reverse=True
        )

    def _narrowed(self, rows: list[int], areas: tuple[str, ...], *, settled: bool = False) -> list[int]:
        """The rows in all of the areas, of which the last is the widest. An area that nobody knows does not narrow.

        `settled` says that the country is known: then "Limburg" and "MI" may be provinces of it that are not in the
        file, and no contradiction.
        """
        for area in filter(self._areas.knows, reversed(areas)):
            inside = [row for row in rows if self._areas.holds(area, self._region_code(row))]
            countries = {self._region_code(row)[:2] for row in rows}
            if inside or self._areas.excludes(area, countries, settled=settled):
                rows = inside
            settled = True
        return rows

    def _weight(self, row: int, *, own: bool) -> int:
        return _population(self._facts[row]) * (_OWN_NAME if own else 1)

    def _region_code(self, row: int) -> str:
        return self._facts[row].partition("\t")[0]

    def _place(self, row: int) -> Place:
        region, latitude, longitude, time_zone, population = self._facts[row].split("\t")
        name, *others = self._names.of(row)
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

    def __init__(self, rows: list[str]) -> None:
        # Codes are parted by blanks: thousands of small sets would set off the garbage collector, see _Names.
        self._codes: dict[str, str] = {}
        self._short = {code: letters for code, letters in map(_code_and_letters, rows) if letters}
        for row, keys in zip(rows, easy_key_of("\n".join(rows)).split("\n"), strict=True):
            code = row.partition("\t")[0]
            # A region's code goes without its country: "OR" of "US.OR".
            for written in (code.rpartition(".")[2].lower(), *keys.partition("\t")[2].split("|")):
                key = written.rpartition("=")[2]
                self._codes[key] = f"{self._codes[key]} {code}" if key in self._codes else code

    def knows(self, area: str) -> bool:
        return key_of(area) in self._codes

    def holds(self, area: str, region: str) -> bool:
        """Whether a region's code ("US.OR") is that area or in it; "CA" is California as well as Canada."""
        codes = self._of(area)
        return region in codes or region[:2] in codes

    def excludes(self, area: str, countries: set[str], *, settled: bool) -> bool:
        """Whether no place of the countries is in an area that holds none of those at hand."""
        if area.isdigit():
            return False  # it may be GeoNames' code (setlist.fm's "Cervia, 05") or any other number ("Paris, 75")
        codes = self._of(area)
        spelt_out = len(area) > _LONGEST_ABBREVIATION and any(len(code) == _COUNTRY_CODE for code in codes)
        return spelt_out or not settled or not countries.isdisjoint(code[:2] for code in codes)

    def country(self, name: str) -> str | None:
        """The code of the country of that code or name."""
        return next((code for code in self._of(name) if len(code) == _COUNTRY_CODE), None)

    def letters(self, name: str, country: str) -> str | None:
        """What a country's region goes by: the code itself where that is letters, else its first short name."""
        code = next((code for code in self._of(name) if code.startswith(f"{country}.")), None)
        if code is None:
            return None
        own = code.partition(".")[2]
        return own if own.isalpha() else self._short.get(code)

    def endings(self, name: str) -> Iterator[tuple[str, str]]:
        """Ways to part "san jose ca" into a name and an area at its end; numbers at an end are no area."""
        words = name.split()
        for count in range(1, min(_MOST_AREA_WORDS, len(words) - 1) + 1):
            area = " ".join(words[-count:])
            if self.knows(area) and not area.isdigit():
                yield " ".join(words[:-count]), area

    def _of(self, area: str) -> list[str]:
        return self._codes.get(key_of(area), "").split()


class _Names:
    """The names of all rows, as the file has them: which rows have a name, or one that begins so."""

    def __init__(self, joined: list[str]) -> None:
        self._joined = joined
        # Most names are one row's alone: a list for each would take 15 MB. The other rows of a name stand in a text,
        # parted by blanks: thousands of small lists would set off the garbage collector, which looks at everything.
        self._first: dict[str, int] = {}
        self._others: dict[str, str] = {}
        for row, names in enumerate(easy_key_of("\n".join(joined)).split("\n")):
            for name in names.split("|"):
                key = name.rpartition("=")[2] if "=" in name else name
                if self._first.setdefault(key, row) != row:
                    self._others[key] = f"{self._others.get(key, '')} {row}"

    def of(self, row: int) -> list[str]:
        """The row's names, the one to show first."""
        return [name.partition("=")[0] for name in self._joined[row].split("|")]

    def own_key(self, row: int) -> str:
        """What the name to show is compared as."""
        return _written_key(self._joined[row].partition("|")[0])

    def whole(self, key: str) -> list[int]:
        """The rows of that name, the most populous first."""
        return [self._first[key], *map(int, self._others.get(key, "").split())] if key in self._first else []

    def beginning(self, start: str) -> Iterator[int]:
        """The rows with a name that begins so, roughly the most populous first; a row as often as it has such names."""
        position = self._text.find("\n" + start)
        while position >= 0:
            end = self._text.index("\n", position + 1)
            yield from self.whole(self._text[position + 1 : end])
            position = self._text.find("\n" + start, end)

    @cached_property
    def _text(self) -> str:
        """Every name on a line of its own: one text is quicker to scan than a sorted list is to make."""
        return "\n".join(("", *self._first, ""))


class _Globe:
    """Points on the unit sphere, sorted by the cube they are in: neither poles nor the antimeridian are special there.

    A side has `_CUBES` cubes to either side of the centre, each some 64 km wide. Those of one x and y follow each
    other in the order, so that a column of cubes is found as one run.
    """

    _CUBES = 100

    def __init__(self, points: Iterable[tuple[float, float]]) -> None:
        self._points = array("d", chain.from_iterable(_on_sphere(*point) for point in points))
        steps = map(self._step, self._points)
        numbers = [self._number(x, y, z) for x, y, z in zip(steps, steps, steps, strict=True)]
        self._order = array("L", sorted(range(len(numbers)), key=numbers.__getitem__))
        self._numbers = array("L", sorted(numbers))

    def nearest(self, latitude: float, longitude: float, within_km: float) -> int | None:
        """The row of the nearest point not farther than that along the ground; the first of equally near ones."""
        if not within_km >= 0:
            return None
        centre = _on_sphere(latitude, longitude)
        reach = 2 * math.sin(min(within_km / EARTH_RADIUS_KM, math.pi) / 2)  # as the mole digs
        near = ((math.dist(centre, self._points[3 * row : 3 * row + 3]), row) for row in self._around(centre, reach))
        distance, row = min(near, default=(math.inf, 0))
        return row if distance <= reach else None

    def _around(self, centre: tuple[float, float, float], reach: float) -> Iterator[int]:
        """The rows in all the cubes within reach."""
        low = [max(self._step(side - reach), 0) for side in centre]
        high = [min(self._step(side + reach), 2 * self._CUBES) for side in centre]
        for x, y in product(range(low[0], high[0] + 1), range(low[1], high[1] + 1)):
            start = bisect_left(self._numbers, self._number(x, y, low[2]))
            end = bisect_right(self._numbers, self._number(x, y, high[2]))
            yield from self._order[start:end]

    def _step(self, side: float) -> int:
        """The cube of a coordinate: 0 to twice `_CUBES` on the sphere."""
        return int((side + 1) * self._CUBES)

    def _number(self, x: int, y: int, z: int) -> int:
        width = 2 * self._CUBES + 1
        return (x * width + y) * width + z


def _code_and_name(row: str) -> tuple[str, str]:
    code, names = row.split("\t")
    return code, names.partition("|")[0].partition("=")[0]


def _code_and_letters(row: str) -> tuple[str, str | None]:
    code, names = row.split("\t")
    return code, next((name for name in names.split("|") if len(name) == _COUNTRY_CODE and name.isupper()), None)


def _population(row: str) -> int:
    return int(row.rpartition("\t")[2])


def key_of(name: str) -> str:
    """What a name is compared as."""
    return fold(name).replace(" ", "")


def easy_key_of(names: str) -> str:
    """The same for names without accents and odd punctuation, also for many of them, one a line."""
    keys = names.lower()
    for mark in _EASY:
        keys = keys.replace(mark, "")
    return keys


def _written_key(name: str) -> str:
    """The key of a name of the file, where it is written behind the name unless it is easy."""
    return easy_key_of(name.rpartition("=")[2])


def _keys(name: str) -> tuple[str, ...]:
    """What a folded name may be compared as: Saint has several spellings, and the file holds no town in all of them."""
    spellings = (name, *(_SAINT.sub(saint, name) for saint in _SAINTS))
    return tuple(dict.fromkeys(spelling.replace(" ", "") for spelling in spellings))


def _on_sphere(latitude: float, longitude: float) -> tuple[float, float, float]:
    """The unit vector of a point in degrees."""
    north, east = math.radians(latitude), math.radians(longitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)
