"""Countries: their codes by name, and the time zone of a wall-clock time in one.

English names and zones are from the tables beside `tzdata`; what people write in other languages is listed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from providers.sdk.text import fold
from providers.sdk.when import zone

_CODE = re.compile(r"[A-Z]{2}")
# Names that can stand at the end of an address and are nothing else: no state of the US among them, such as Georgia.
_WRITTEN = {
    "AT": "austria|österreich|autriche",
    "AU": "australia",
    "BE": "belgium|belgique|belgië|belgien",
    "CA": "canada",
    "CH": "switzerland|schweiz|suisse|svizzera",
    "CZ": "czechia|czech republic",
    "DE": "germany|deutschland|allemagne",
    "DK": "denmark|danmark",
    "ES": "spain|españa|spanien|espagne",
    "FI": "finland|suomi",
    "FR": "france|frankreich",
    "GB": "united kingdom|uk|great britain|england|scotland|wales|northern ireland",
    "IE": "ireland|republic of ireland",
    "IT": "italy|italia|italien|italie",
    "LU": "luxembourg|luxemburg",
    "NL": "netherlands|the netherlands|nederland|niederlande|holland",
    "NO": "norway|norge",
    "NZ": "new zealand|aotearoa",
    "PL": "poland|polska",
    "PT": "portugal",
    "SE": "sweden|sverige",
    "US": "united states|united states of america|usa|us",
}
_BY_WRITTEN_NAME = {fold(name): code for code, names in _WRITTEN.items() for name in names.split("|")}
# What the table calls otherwise, such as "Côte d'Ivoire"; folded.
_ALSO_CALLED = {
    "bosnia": "BA",
    "cote divoire": "CI",
    "eswatini": "SZ",
    "ivory coast": "CI",
    "macao": "MO",
    "myanmar": "MM",
    "north korea": "KP",
    "republic of korea": "KR",
    "russian federation": "RU",
    "south korea": "KR",
    "turkiye": "TR",
    "viet nam": "VN",
}


def country_code(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country by its name, or by the code itself; None where there is none."""
    codes = _codes()
    code = text.strip().upper()
    if _CODE.fullmatch(code) and code in codes.values():
        return code
    return codes.get(fold(text))


def written_country(text: str) -> str | None:
    """The code of a country whose name stands in an address, where a code or another name may mean something else."""
    return _BY_WRITTEN_NAME.get(fold(text))


def zone_of_country(country: str | None, wall_clock: datetime) -> str | None:
    """The IANA zone of a wall-clock time (without offset) somewhere in the country (ISO 3166-1 alpha-2).

    None where that is not certain: the country has several zones, and their clocks differ in that year.
    """
    names = _zones().get(country or "", ())
    # Half a year later, too: a zone whose clocks agree in summer alone is another zone.
    seasons = (wall_clock, wall_clock + timedelta(days=182))
    clocks = {tuple(zone(name).utcoffset(season) for season in seasons) for name in names}
    return names[0] if len(clocks) == 1 else None


@cache
def _codes() -> Mapping[str, str]:
    return {fold(name): code for code, name in _rows("iso3166.tab")} | _ALSO_CALLED | _BY_WRITTEN_NAME


@cache
def _zones() -> Mapping[str, tuple[str, ...]]:
    """The zones of each country, in the table's order: mostly, that of most people first."""
    found: dict[str, tuple[str, ...]] = {}
    for code, _, name, *_ in _rows("zone.tab"):
        found[code] = (*found.get(code, ()), name)
    return found


def _rows(table: str) -> Iterator[list[str]]:
    text = files("tzdata.zoneinfo").joinpath(table).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
