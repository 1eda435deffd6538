"""Countries: their codes by name, and the time zone of a wall-clock time in one. Both from the tables beside `tzdata`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

from providers.sdk.text import fold
from providers.sdk.when import zone

_CODE = re.compile(r"[A-Z]{2}")
# What the table calls otherwise, such as "Britain (UK)"; folded.
_ALSO_CALLED = {
    "bosnia": "BA",
    "cote divoire": "CI",
    "czechia": "CZ",
    "england": "GB",
    "eswatini": "SZ",
    "great britain": "GB",
    "holland": "NL",
    "ivory coast": "CI",
    "macao": "MO",
    "myanmar": "MM",
    "north korea": "KP",
    "northern ireland": "GB",
    "republic of ireland": "IE",
    "republic of korea": "KR",
    "russian federation": "RU",
    "scotland": "GB",
    "south korea": "KR",
    "the netherlands": "NL",
    "turkiye": "TR",
    "uk": "GB",
    "united kingdom": "GB",
    "united states of america": "US",
    "usa": "US",
    "viet nam": "VN",
    "wales": "GB",
}


def country_code(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country by its English name, or by the code itself; None where there is none."""
    codes = _codes()
    code = text.strip().upper()
    if _CODE.fullmatch(code) and code in codes.values():
        return code
    return codes.get(fold(text))


def zone_in(country: str | None, wall_clock: datetime) -> str | None:
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
    return {fold(name): code for code, name in _rows("iso3166.tab")} | _ALSO_CALLED


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
