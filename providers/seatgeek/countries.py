"""The countries as SeatGeek writes them: the United States by code, most others by their English name."""

from __future__ import annotations

import re

_NAMES = {
    "Argentina": "AR",
    "Australia": "AU",
    "Austria": "AT",
    "Bahamas": "BS",
    "Belgium": "BE",
    "Brazil": "BR",
    "Canada": "CA",
    "Chile": "CL",
    "China": "CN",
    "Colombia": "CO",
    "Costa Rica": "CR",
    "Croatia": "HR",
    "Czech Republic": "CZ",
    "Denmark": "DK",
    "Dominican Republic": "DO",
    "England": "GB",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Greece": "GR",
    "Hong Kong": "HK",
    "Hungary": "HU",
    "Iceland": "IS",
    "India": "IN",
    "Indonesia": "ID",
    "Ireland": "IE",
    "Israel": "IL",
    "Italy": "IT",
    "Jamaica": "JM",
    "Japan": "JP",
    "Luxembourg": "LU",
    "Malaysia": "MY",
    "Mexico": "MX",
    "Netherlands": "NL",
    "New Zealand": "NZ",
    "Northern Ireland": "GB",
    "Norway": "NO",
    "Peru": "PE",
    "Philippines": "PH",
    "Poland": "PL",
    "Portugal": "PT",
    "Puerto Rico": "PR",
    "Qatar": "QA",
    "Romania": "RO",
    "Saudi Arabia": "SA",
    "Scotland": "GB",
    "Singapore": "SG",
    "South Africa": "ZA",
    "South Korea": "KR",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "Taiwan": "TW",
    "Thailand": "TH",
    "Turkey": "TR",
    "UK": "GB",
    "United Arab Emirates": "AE",
    "United Kingdom": "GB",
    "United States": "US",
    "Uruguay": "UY",
    "Wales": "GB",
}


def country_code(text: str) -> str | None:
    """The ISO 3166-1 code of a country that is written either way; None where it is not known."""
    return text if re.fullmatch("[A-Z]{2}", text) and text not in _NAMES else _NAMES.get(text)


def spellings(code: str) -> list[str]:
    """Every way in which a venue's country may be written."""
    return [code, *(name for name, meant in _NAMES.items() if meant == code)]
