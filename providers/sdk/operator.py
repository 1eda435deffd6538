"""What an operator says of a feed in its settings, read as it should be or refused.

Each reader takes a provider's settings and the name of one of them. What cannot be is a SettingError, whose message
begins with that name and says what would do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from providers.sdk.model import Address, EventType
from providers.sdk.settings import SettingError
from providers.sdk.when import zone

T = TypeVar("T")


def checked_setting(name: str, read: Callable[[], T]) -> T:
    """What `read` makes of the setting of that name.

    Raises:
        SettingError: `read` raises ValueError, whose message says what is wrong.
    """
    try:
        return read()
    except ValueError as error:
        msg = f"{name}: {error}"
        raise SettingError(msg) from None


def zone_setting(settings: Mapping[str, Any], name: str = "time_zone") -> str | None:
    """The name of an IANA time zone; None where nothing is set.

    Raises:
        SettingError: there is no such zone.
    """
    value = settings.get(name)
    return checked_setting(name, lambda: zone(value).key) if value else None


def country_setting(settings: Mapping[str, Any], name: str = "country") -> str | None:
    """A country by its ISO 3166-1 alpha-2 code, in whatever case it is written; None where nothing is set.

    Raises:
        SettingError: it is no such code.
    """
    value = settings.get(name)
    return checked_setting(name, lambda: Address(country=value.upper()).country) if value else None


def event_type_setting(settings: Mapping[str, Any], name: str = "event_type") -> EventType:
    """The kind of event that is meant where an event does not tell; OTHER where nothing is set.

    Raises:
        SettingError: there is no such kind.
    """
    value = settings.get(name) or EventType.OTHER.name
    try:
        return EventType[value.strip().upper()]
    except KeyError:
        msg = f"{name}: wants one of {', '.join(kind.name for kind in EventType)}, not {value!r}"
        raise SettingError(msg) from None


def whole_number_setting(settings: Mapping[str, Any], name: str, *, default: int, least: int, most: int) -> int:
    """A whole number from `least` to `most`; the default where nothing is set.

    Raises:
        SettingError: it is less or more.
    """
    value = settings.get(name)
    number = default if value is None else int(value)
    if not least <= number <= most:
        msg = f"{name}: wants a number from {least} to {most}, not {number}"
        raise SettingError(msg)
    return number
