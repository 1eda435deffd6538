"""A provider's configuration table, checked against the settings it declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from providers.sdk.base import Info, Setting

_WORDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", list: "a list of texts"}
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class SettingError(ValueError):
    """A key or value that cannot be: the message names both and says what would do.

    A provider's constructor raises it as "name: reason"; the registry puts the table's name before it.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """What every provider can be told, and `own`: a value for each setting that it declares.

    allow_private: false for a feed whose operator does not say otherwise; an API's address is the operator's choice.
    """

    enabled: bool | None = None
    base_url: str | None = None
    requests_per_second: float | None = None
    timeout_seconds: float = 10.0
    allow_private: bool = True
    own: Mapping[str, object] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def secrets(self, info: Info) -> list[str]:
        """The values to hide."""
        return [str(self.own[setting.name]) for setting in info.settings if setting.secret and self.own[setting.name]]


ENABLED = Setting(name="enabled", kind=bool, help="ask it, or not")
COMMON = (
    ENABLED,
    Setting(name="base_url", help="where its API is"),
    Setting(name="requests_per_second", kind=float, help="the pace to keep"),
    Setting(name="timeout_seconds", kind=float, default=10.0, help="the longest wait for one request"),
)
OF_FEEDS = (
    Setting(
        name="allow_private", kind=bool, default=False, help="its address may be one of this machine or its network"
    ),
)


def common_settings() -> tuple[Setting, ...]:
    """What every provider can be told besides its own settings."""
    return COMMON


def check(info: Info, table: Mapping[str, object], where: str) -> ProviderSettings:
    """The table as settings.

    Raises:
        SettingError: an unknown key, or a value of another kind; the message begins with the key's full name.
    """
    declared = {setting.name: setting for setting in (*COMMON, *(OF_FEEDS if info.feed else ()), *info.settings)}
    for name in table:
        if name not in declared:
            msg = f"{where}.{name}: no such key; known are {', '.join(sorted(declared))}"
            raise SettingError(msg)
    values = {name: _value(setting, table.get(name), f"{where}.{name}") for name, setting in declared.items()}
    own = {setting.name: values[setting.name] for setting in info.settings}
    _check_common(values, where)
    return ProviderSettings(
        enabled=values["enabled"],  # type: ignore[arg-type] # `_value` has checked each against its kind
        base_url=values["base_url"],  # type: ignore[arg-type]
        requests_per_second=values["requests_per_second"],  # type: ignore[arg-type]
        timeout_seconds=values["timeout_seconds"],  # type: ignore[arg-type]
        allow_private=bool(values.get("allow_private", True)),
        own=own,
        missing=tuple(setting.name for setting in info.settings if setting.required and not _given(own[setting.name])),
    )


def _given(value: object) -> bool:
    """Whether it says anything: a required yes that is a no does not, while 0 is a number like any other."""
    return value is not False and value not in (None, "", [])


def _value(setting: Setting, raw: object, where: str) -> object:
    """The raw value as the setting's kind; texts are read, too, since the environment holds nothing else."""
    if raw is None:
        return setting.default
    if isinstance(raw, str) and setting.kind is not str:
        raw = _read(setting.kind, raw)
    if setting.kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        raw = float(raw)
    right = isinstance(raw, setting.kind) and not (setting.kind is int and isinstance(raw, bool))
    if not right or (isinstance(raw, list) and not all(isinstance(item, str) for item in raw)):
        msg = f"{where}: wants {_WORDS[setting.kind]}"
        raise SettingError(msg)
    return raw


def _read(kind: type, text: str) -> object:
    word = text.strip().lower()
    if kind is bool:
        return True if word in _TRUE else False if word in _FALSE else text
    if kind is list:
        return [part.strip() for part in text.split(",") if part.strip()]
    try:
        return kind(text)
    except ValueError:
        return text


def _check_common(values: Mapping[str, object], where: str) -> None:
    for name in ("requests_per_second", "timeout_seconds"):
        value = values[name]
        if isinstance(value, float) and not 0 < value < float("inf"):
            msg = f"{where}.{name}: wants a number greater than 0, not {value:g}"
            raise SettingError(msg)
    url = values["base_url"]
    if isinstance(url, str) and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        msg = f"{where}.base_url: wants an address such as https://api.example.org, not {url!r}"
        raise SettingError(msg)
