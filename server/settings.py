"""The operator's settings, from the environment and an optional TOML file. The only reader of the environment.

    GATEWAY_CONFIG              path of the TOML file
    GATEWAY_DATA_DIR            where state is kept; the user's data folder by default
    DATABASE_URL                where accounts are kept; an SQLite file in the data folder by default
    REDIS_URL                   a Redis or Valkey that gateways share what they have fetched through; none by default
    GATEWAY_SECRET              signs cursors and access tokens; made once and kept in the data folder by default
    GATEWAY_PREVIOUS_SECRETS    older secrets, parted by commas, that are still accepted
    GATEWAY_PUBLIC_URL          the address that people reach the gateway at, where it is not the one it sees
    GATEWAY_TRUSTED_PROXIES     the proxies whose word on who asks is taken; this machine's by default
    GATEWAY_REGISTRATION        open (the default) or closed
    GATEWAY_OIDC_ISSUER         an outside identity provider whose tokens are accepted, with
    GATEWAY_OIDC_AUDIENCE       the audience that they must be meant for
    MAP_TILES_URL               street tiles for the finder's map, https://.../{z}/{x}/{y}.png; land and borders without, and
    MAP_TILES_ATTRIBUTION       whom to credit for them, as HTML; OpenStreetMap by default
    HOST, PORT                  where to listen; 127.0.0.1 and 8000 by default
    METRICS_PORT                where to tell Prometheus how it goes; nowhere by default
    GATEWAY_WORKERS             how many processes share the work; 1 by default
    GATEWAY_DRAIN_SECONDS       how long requests are still served after SIGTERM, while nobody new is sent here; 0 by default
    GATEWAY_LOG_FORMAT          text (the default) or json
    OTEL_*                      whether traces are wanted, and where they go; see `server.collector`
    GATEWAY_REVISION            which commit this is, as whoever builds an image says

In the file, each has the name that `_KEYS` gives. The environment wins over the file. `[providers.<slug>]` and `[feeds.<name>]` are read by the provider registry.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import SplitResult, urlsplit

from platformdirs import user_data_path

from providers import Configuration, Kind, SettingError
from server.collector import Collector, read_collector
from server.logs import LogFormat
from server.variables import spoilt_secrets, unknown_names, without_service_links

_KEYS = {
    "host": "HOST",
    "port": "PORT",
    "metrics_port": "METRICS_PORT",
    "workers": "GATEWAY_WORKERS",
    "drain_seconds": "GATEWAY_DRAIN_SECONDS",
    "log_format": "GATEWAY_LOG_FORMAT",
    "revision": "GATEWAY_REVISION",
    "data_dir": "GATEWAY_DATA_DIR",
    "database_url": "DATABASE_URL",
    "redis_url": "REDIS_URL",
    "secret": "GATEWAY_SECRET",
    "previous_secrets": "GATEWAY_PREVIOUS_SECRETS",
    "public_url": "GATEWAY_PUBLIC_URL",
    "trusted_proxies": "GATEWAY_TRUSTED_PROXIES",
    "registration": "GATEWAY_REGISTRATION",
    "oidc_issuer": "GATEWAY_OIDC_ISSUER",
    "oidc_audience": "GATEWAY_OIDC_AUDIENCE",
    "map_tiles_url": "MAP_TILES_URL",
    "map_tiles_attribution": "MAP_TILES_ATTRIBUTION",
}
_NUMBERS = {"port", "metrics_port", "workers", "drain_seconds"}
_SECRETS = ("secret", "previous_secrets", "database_url")
_TABLES = ("providers", "feeds")
_LEAST_SECRET = 16
_MOST_PORT = 65_535
_REDIS = re.compile(
    r"rediss?://([^\s:/@?#]*(:[^\s:/@?#]*)?@)?([^\s:/@?#\[\]]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[0-9]{0,4})?"
)
_MOST_WORKERS = 64
_MOST_DRAIN = 600
_REGISTRATION = {"open": True, "closed": False}
_TILES = re.compile(r"https?://(\{s\}\.)?[A-Za-z0-9.-]+(:\d+)?/[^\s;,]*")
_OPENSTREETMAP = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a>'
DATABASE_FILE = "event-gateway.sqlite3"

Number = TypeVar("Number", int, None)
Choice = TypeVar("Choice")


class Oidc(NamedTuple):
    """An outside identity provider, and the audience that its tokens for this gateway are meant for."""

    issuer: str
    audience: str


class MapTiles(NamedTuple):
    """Street tiles: an address with {z}, {x} and {y}, and whom to credit for them."""

    url: str
    attribution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be told from outside, checked."""

    host: str
    port: int
    metrics_port: int | None
    workers: int
    drain_seconds: int
    log_format: LogFormat
    collector: Collector | None
    revision: str
    data_dir: Path
    database_url: str
    redis_url: str | None
    secret: str | None
    previous_secrets: tuple[str, ...]
    public_url: str | None
    trusted_proxies: str
    registration_open: bool
    oidc: Oidc | None
    map_tiles: MapTiles | None
    configuration: Configuration

    def secrets(self) -> list[bytes]:
        """What signs cursors and access tokens, and what did, newest first."""
        return [self._secret(), *(secret.encode() for secret in self.previous_secrets)]

    def _secret(self) -> bytes:
        """The secret, else one that is made at first use and kept in the data folder."""
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


def read_settings(environment: Mapping[str, str], kinds: Sequence[Kind] = ()) -> Settings:
    """The settings in force. `kinds`: the providers whose variables are to be judged as well.

    Raises:
        SettingError: a key or a value cannot be; the message names each and says why, one a line.
    """
    environment = without_service_links(environment)
    mistakes = [
        *unknown_names(environment, variables(), kinds),
        *spoilt_secrets(environment, {_KEYS[key] for key in _SECRETS}, kinds),
    ]
    try:
        settings = _read(environment)
    except SettingError as error:
        mistakes.append(str(error))
    if mistakes:
        raise SettingError("\n".join(mistakes))
    return settings


def variables() -> set[str]:
    """The names of those that are ours."""
    return {"GATEWAY_CONFIG", *_KEYS.values()}


def _read(environment: Mapping[str, str]) -> Settings:
    table = _read_file(environment.get("GATEWAY_CONFIG"))
    values = {key: environment.get(variable) or table.get(key) for key, variable in _KEYS.items()}
    texts = {key: _text(value, key) for key, value in values.items() if key not in _NUMBERS}
    data_dir = Path(texts["data_dir"] or user_data_path("event-gateway", appauthor=False))
    return Settings(
        host=texts["host"] or "127.0.0.1",
        port=_number(values, "port", 0, _MOST_PORT, 8000),
        metrics_port=_number(values, "metrics_port", 0, _MOST_PORT, None),
        workers=_number(values, "workers", 1, _MOST_WORKERS, 1),
        drain_seconds=_number(values, "drain_seconds", 0, _MOST_DRAIN, 0),
        log_format=_choice(texts["log_format"], "log_format", {each.value: each for each in LogFormat}),
        collector=read_collector(environment),
        revision=texts["revision"] or "unknown",
        data_dir=data_dir,
        database_url=texts["database_url"] or f"sqlite:///{data_dir / DATABASE_FILE}",
        redis_url=_redis_url(texts["redis_url"]),
        secret=_secret(texts["secret"], "secret"),
        previous_secrets=_secrets(texts["previous_secrets"]),
        public_url=_address(texts["public_url"], "public_url"),
        trusted_proxies=texts["trusted_proxies"] or "127.0.0.1",
        registration_open=_choice(texts["registration"], "registration", _REGISTRATION),
        oidc=_oidc(_address(texts["oidc_issuer"], "oidc_issuer", keep_slash=True), texts["oidc_audience"]),
        map_tiles=_map_tiles(texts["map_tiles_url"], texts["map_tiles_attribution"]),
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


def _number(values: Mapping[str, object], key: str, least: int, most: int, default: Number) -> int | Number:
    value = values[key]
    if value is None:
        return default
    whole = not isinstance(value, bool) and re.fullmatch("[0-9]{1,5}", str(value))
    if not whole or not least <= int(str(value)) <= most:
        msg = f"{key}: wants a whole number from {least} to {most}, not {str(value)[:80]!r}"
        raise SettingError(msg)
    return int(str(value))


def _secrets(value: str | None) -> tuple[str, ...]:
    secrets = [each.strip() for each in (value or "").split(",")]
    return tuple(secret for each in secrets if each and (secret := _secret(each, "previous_secrets")))


def _address(value: str | None, key: str, *, keep_slash: bool = False) -> str | None:
    """An issuer is compared letter by letter; of other addresses the slash at the end is dropped."""
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        msg = f"{key}: wants an address such as https://events.example.org, not {value[:80]!r}"
        raise SettingError(msg)
    return value if keep_slash else value.rstrip("/")


def _redis_url(value: str | None) -> str | None:
    """Checked, and not shown where it is wrong: it may hold a password."""
    if value is None:
        return None
    if not _REDIS.fullmatch(value) or not _is_port(urlsplit(value)):
        msg = "redis_url: wants an address such as redis://user:password@host:6379/0, or rediss:// for TLS; in user and password, letters with a meaning (: / @ ? # %) are written as %40 and the like"
        raise SettingError(msg)
    return value


def _is_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _map_tiles(url: str | None, attribution: str | None) -> MapTiles | None:
    """It ends up in a content security policy, so its host must be one, with {s} before it at most."""
    if url is None:
        return None
    if not _TILES.fullmatch(url) or not all(part in url for part in ("{z}", "{x}", "{y}")):
        msg = (
            f"map_tiles_url: wants an address such as https://tiles.example.org/{{z}}/{{x}}/{{y}}.png, not {url[:80]!r}"
        )
        raise SettingError(msg)
    return MapTiles(url, attribution or _OPENSTREETMAP)


def _choice(value: str | None, key: str, choices: Mapping[str, Choice]) -> Choice:
    chosen = choices.get((value or next(iter(choices))).strip().lower())
    if chosen is None:
        msg = f"{key}: wants {' or '.join(choices)}, not {value!r}"
        raise SettingError(msg)
    return chosen


def _oidc(issuer: str | None, audience: str | None) -> Oidc | None:
    if issuer and audience:
        return Oidc(issuer, audience)
    if issuer or audience:
        msg = "oidc_issuer and oidc_audience: one is of no use without the other"
        raise SettingError(msg)
    return None


def _secret(value: str | None, key: str) -> str | None:
    if value is not None and len(value) < _LEAST_SECRET:
        msg = f"{key}: wants at least {_LEAST_SECRET} characters, such as `openssl rand -hex 32` prints"
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
