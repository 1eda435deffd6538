"""Values from outside, each as it should be or not at all: what JSON-LD lets be one or many, a text or an object."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin, urlsplit

from providers import ExternalId, Record, country_code, fold, plain

_AMOUNT = re.compile(r"\d(?:[\d.,'’\u00a0\u202f ]*\d)?")
_CURRENCIES = {"€": "EUR", "£": "GBP"}
_FREE = frozenset({"free", "gratis", "gratuit", "gratuito", "kostenlos", "eintritt frei"})
_LONGEST_ADDRESS = 2_000
_ELSEWHERE = {
    "spotify": re.compile(r"https?://open\.spotify\.com/artist/([A-Za-z0-9]+)"),
    "musicbrainz": re.compile(r"https?://musicbrainz\.org/(?:artist|place)/([0-9a-f-]{36})"),
    "wikidata": re.compile(r"https?://(?:www\.)?wikidata\.org/(?:wiki|entity)/(Q\d+)"),
    "osm": re.compile(r"https?://(?:www\.)?openstreetmap\.org/((?:node|way|relation)/\d+)"),
}


def each_of(value: object) -> list[Any]:
    """One or many as many; nothing as none."""
    return [each for each in (value if isinstance(value, list) else [value]) if each not in (None, "", {}, [])]


def objects(value: object) -> list[Record]:
    """The objects among them."""
    return [each for each in each_of(value) if isinstance(each, dict)]


def text(value: object, *, limit: int = 2_000) -> str | None:
    """The first text: itself, what an object says by `@value`, or the object's name."""
    for each in each_of(value):
        said = each.get("@value", each.get("name")) if isinstance(each, dict) else each
        if (
            isinstance(said, str | int | Decimal)
            and not isinstance(said, bool)
            and (found := plain(str(said), limit=limit))
        ):
            return found
    return None


def line(value: object) -> str | None:
    """The first text, in one line: a name, a street."""
    found = text(value, limit=300)
    return " ".join(found.split()) if found else None


def address(value: object, page: str) -> str | None:
    """The first web address: itself or an object's, made absolute from where the page is."""
    for each in each_of(value):
        said = (each.get("url") or each.get("contentUrl") or each.get("@id")) if isinstance(each, dict) else each
        for one in each_of(said):
            if isinstance(one, str) and (found := _absolute(one, page)):
                return found
    return None


def _absolute(said: str, page: str) -> str | None:
    try:
        found = urljoin(page, plain(said.strip()) or "").replace(" ", "%20")
        parts = urlsplit(found)
    except ValueError:
        return None
    whole = parts.scheme in {"http", "https"} and parts.netloc and not re.search(r"\s", found)
    return found if whole and len(found) <= _LONGEST_ADDRESS else None


def amount(value: object) -> Decimal | None:
    """A price, as a number or as the one number in a text, written in any of the usual ways; 0 where it says free."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
        return number if number.is_finite() and number >= 0 else None
    if not isinstance(value, str):
        return None
    if fold(value) in _FREE:
        return Decimal(0)
    found = _AMOUNT.findall(value)
    return _number(found[0]) if len(found) == 1 and not value.strip().startswith("-") else None


def _number(written: str) -> Decimal:
    """The last point or comma parts the cents where one or two digits follow it, and thousands otherwise."""
    cents = re.search(r"[.,](\d{1,2})$", written)
    whole = re.sub(r"\D", "", written[: cents.start()] if cents else written)
    return Decimal(f"{whole}.{cents[1]}" if cents else whole)


def currency(*values: object) -> str | None:
    """The first ISO 4217 code, or the sign of a currency that has it to itself."""
    for value in values:
        said = value.strip() if isinstance(value, str) else ""
        if re.fullmatch("[A-Za-z]{3}", said):
            return said.upper()
        for sign, code in _CURRENCIES.items():
            if sign in said:
                return code
    return None


def number(value: object) -> int | None:
    """A whole number: itself, the digits that a text begins with, or an object's `value`."""
    for each in each_of(value):
        said = each.get("value") if isinstance(each, dict) else each
        found = re.match(r"\s*(\d{1,7})(?!\d)", str(said))
        if found and not isinstance(said, bool):
            return int(found[1])
    return None


def country(value: object) -> str | None:
    """A country by its code or its name, or as an object that has either."""
    for each in each_of(value):
        names = (each.get("identifier"), each.get("name")) if isinstance(each, dict) else (each,)
        for name in names:
            if isinstance(name, str) and (code := country_code(name)):
                return code
    return None


def ids_elsewhere(links: Iterable[object]) -> tuple[ExternalId, ...]:
    """What `sameAs` says that other catalogues call it."""
    found = [
        ExternalId(scheme, match[1], match[0])
        for link in links
        for scheme, pattern in _ELSEWHERE.items()
        if isinstance(link, str) and (match := pattern.match(link))
    ]
    return tuple(dict.fromkeys(found))
