"""The operator's settings, from the environment and an optional TOML file. The only reader of the environment.

    GATEWAY_CONFIG     path of the TOML file
    GATEWAY_DATA_DIR   where state is kept (data_dir in the file); the user's data folder by default
    GATEWAY_SECRET     signs cursors (secret in the file); made once and kept in the data folder by default
    HOST, PORT         where to listen (host and port in the file); 127.0.0.1 and 8000 by default

The environment wins over the file. `[providers.<slug>]` and `[feeds.<name>]` are read by the provider registry.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from providers import Configuration, SettingError

_KEYS = {"host": "HOST", "port": "PORT", "data_dir": "GATEWAY_DATA_DIR", "secret": "GATEWAY_SECRET"}
_TABLES = ("providers", "feeds")
_LEAST_SECRET = 16
_MOST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be told from outside, checked."""

    host: str
    port: int
    data_dir: Path
    secret: str | None
    configuration: Configuration

    def signing_key(self) -> bytes:
        """The key that signs cursors: the secret, else one that is made at first use and kept in the data folder."""
        if self.secret is not None:
            return self.secret.encode()
        path = self.data_dir / "secret"
        try:
            if not path.exists():
                _make_secret(path)
            key = path.read_bytes()
        except OSError as error:
            msg = f"data_dir: {path} cannot be kept ({error.strerror}); set GATEWAY_DATA_DIR or GATEWAY_SECRET"
            raise SettingError(msg) from None
        if len(key) < _LEAST_SECRET:
            msg = f"data_dir: {path} holds fewer than {_LEAST_SECRET} characters; remove it, and it is made anew"
            raise SettingError(msg)
        return key


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings in force.

    Raises:
        SettingError: a key or a value cannot be; the message names it and says why.
    """
    table = _read_file(environment.get("GATEWAY_CONFIG"))
    values = {key: environment.get(variable) or table.get(key) for key, variable in _KEYS.items()}
    return Settings(
        host=_text(values["host"], "host") or "127.0.0.1",
        port=_port(values["port"]),
        data_dir=Path(_text(values["data_dir"], "data_dir") or user_data_path("event-gateway", appauthor=False)),
        secret=_secret(_text(values["secret"], "secret")),
        configuration=Configuration(
            providers=_tables(table, "providers"), feeds=_tables(table, "feeds"), environment=environment
        ),
    )


def _read_file(name: str | None) -> dict[str, object]:
    if not name:
        return {}
    try:
        table = tomllib.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        msg = f"GATEWAY_CONFIG: {name} cannot be read ({error.strerror})"
        raise SettingError(msg) from None
    except (ValueError, RecursionError) as error:  # not UTF-8, not TOML, or a number or nesting beyond reason
        msg = f"GATEWAY_CONFIG: {name} is not TOML ({error})"
        raise SettingError(msg) from None
    for key in table:
        if key not in _KEYS and key not in _TABLES:
            msg = f"{key}: no such key; known are {', '.join(sorted([*_KEYS, *_TABLES]))}"
            raise SettingError(msg)
    return table


def _tables(table: Mapping[str, object], name: str) -> dict[str, dict[str, object]]:
    tables = table.get(name, {})
    if not isinstance(tables, dict) or not all(isinstance(each, dict) for each in tables.values()):
        msg = f"{name}: wants tables, such as [{name}.example]"
        raise SettingError(msg)
    return tables


def _text(value: object, key: str) -> str | None:
    if value is not None and not isinstance(value, str):
        msg = f"{key}: wants a text, not {value!r}"
        raise SettingError(msg)
    return value


def _port(value: object) -> int:
    if value is None:
        return 8000
    if isinstance(value, bool) or not re.fullmatch("[0-9]{1,5}", str(value)) or int(str(value)) > _MOST_PORT:
        msg = f"port: wants a whole number from 0 to {_MOST_PORT}, not {str(value)[:80]!r}"
        raise SettingError(msg)
    return int(str(value))


def _secret(value: str | None) -> str | None:
    if value is not None and len(value) < _LEAST_SECRET:
        msg = f"secret: wants at least {_LEAST_SECRET} characters, such as `openssl rand -hex 32` prints"
        raise SettingError(msg)
    return value


def _make_secret(path: Path) -> None:
    """Of several processes that start at once, one makes it, whole, and the others find it made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"secret.{secrets.token_hex(8)}")
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(secrets.token_hex(32), encoding="ascii")
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
