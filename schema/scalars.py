"""The scalars that are more than text, under the names of the standards that define them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from providers import zone

TimeZone = NewType("TimeZone", str)
URL = NewType("URL", str)
CurrencyCode = NewType("CurrencyCode", str)
CountryCode = NewType("CountryCode", str)
LanguageTag = NewType("LanguageTag", str)

_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})")


def _instant(text: str) -> datetime:
    if not _DATE_TIME.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text.upper())


def _day(text: str) -> date:
    return date.fromisoformat(_matching(r"\d{4}-\d{2}-\d{2}")(text))


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite():
        raise ValueError(text)
    return value


def _matching(pattern: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def parse(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(text)
        return text

    return parse


def _zone(text: str) -> str:
    zone(text)
    return text


def _country(text: str) -> str:
    return _matching("[A-Z]{2}")(text.upper())


def _scalar(
    name: str,
    description: str,
    parse: Callable[[str], object],
    *,
    serialize: Callable[[object], object] = str,
    specified_by: str | None = None,
) -> ScalarDefinition:
    """A scalar whose bad input is answered with its own description: what would have been right."""

    def read(value: object) -> object:
        if isinstance(value, str) or (name == "Decimal" and isinstance(value, int | float)):
            try:
                return parse(str(value))
            except (ValueError, OverflowError):
                pass  # said below, as for a value of another type
        msg = f"{name} cannot be {str(value)[:80]!r}. {description}"
        raise ValueError(msg)

    definition: ScalarDefinition = strawberry.scalar(
        name=name, description=description, serialize=serialize, parse_value=read, specified_by_url=specified_by
    )
    return definition


def _isoformat(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()


SCALARS: dict[object, ScalarDefinition] = {
    datetime: _scalar(
        "DateTime",
        "ISO 8601 instant with offset, e.g. `2026-12-31T20:00:00+01:00`.",
        _instant,
        serialize=_isoformat,
        specified_by="https://scalars.graphql.org/andimarek/date-time.html",
    ),
    date: _scalar(
        "Date",
        "ISO 8601 calendar date, e.g. `2026-12-31`; of an event, in its own time zone.",
        _day,
        serialize=_isoformat,
    ),
    Decimal: _scalar("Decimal", "Decimal number as a string, e.g. `12.50`; money is never a float.", _decimal),
    TimeZone: _scalar("TimeZone", "IANA time zone name, e.g. `Europe/Berlin`.", _zone),
    URL: _scalar("URL", "RFC 3986 absolute URL (http, https or webcal).", _matching(r"(https?|webcal)://\S+")),
    CurrencyCode: _scalar("CurrencyCode", "ISO 4217 currency code, e.g. `EUR`.", _matching("[A-Z]{3}")),
    CountryCode: _scalar("CountryCode", "ISO 3166-1 alpha-2 country code, e.g. `DE`.", _country),
    LanguageTag: _scalar(
        "LanguageTag", "BCP 47 language tag, e.g. `de-AT`.", _matching(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
    ),
}
