"""Addresses that are told as one string."""

from __future__ import annotations

import re
from collections.abc import Sequence

from providers.sdk.countries import written_country
from providers.sdk.model import Address

# "10115 Berlin", "A-1010 Wien", "1012 AB Amsterdam"
_POSTAL_AND_TOWN = re.compile(r"(?:[A-Z]{1,2}-)?(\d{4,5}(?: [A-Z]{2})?) (\D{2,})")
# "NY 14901", "AZ 85281-1234", and the state alone
_STATE_AND_ZIP = re.compile(r"([A-Z]{2})(?: (\d{5}(?:-\d{4})?))?")
_ZIP = re.compile(r"\d{5}(?:-\d{4})?")


def address_parts(text: str) -> list[str]:
    """What stands between commas, brackets and line ends."""
    parts = [part.strip(" \t()") for part in re.split(r",|\n|\r|;|\s\(", text)]
    return [" ".join(part.split()) for part in parts if part]


def read_address(parts: Sequence[str]) -> Address:
    """What plainly is an address: a country's name at the end, before it "10115 Berlin" or "Elmira, NY 14901".

    The part before the town that holds a digit is the street. Anything else is not guessed at.
    """
    country = written_country(parts[-1]) if parts else None
    rest = list(parts[:-1] if country else parts)
    found = _european(rest) or _american(rest)
    if found is None:
        return Address(country=country)
    street, locality, region, postal_code = found
    states = country or ("US" if region else None)
    return Address(street=street, locality=locality, region=region, postal_code=postal_code, country=states)


_Found = tuple[str | None, str, str | None, str | None]


def _european(parts: list[str]) -> _Found | None:
    for place, part in enumerate(parts):
        if found := _POSTAL_AND_TOWN.fullmatch(part):
            return _street(parts[:place]), found.group(2), None, found.group(1)
    return None


def _american(parts: list[str]) -> _Found | None:
    zip_code = parts[-1] if parts and _ZIP.fullmatch(parts[-1]) else None
    rest = parts[:-1] if zip_code else parts
    found = _STATE_AND_ZIP.fullmatch(rest[-1]) if len(rest) > 1 else None
    if found is None or not (zip_code or found.group(2)):
        return None
    return _street(rest[:-2]), rest[-2], found.group(1), zip_code or found.group(2)


def _street(parts: list[str]) -> str | None:
    return next((part for part in reversed(parts) if re.search(r"\d", part)), None)
