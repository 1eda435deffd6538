"""What a `.env` file says of the Secrets that the cluster should have, and everything that is wrong with it."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from envfile import parse

NAMESPACE = "event-gateway"
MONITORING = "monitoring"
CHANGED_AT = "event-gateway/changed-at"
GATEWAY_KEYS = ("GATEWAY_SECRET", "GATEWAY_PREVIOUS_SECRETS", "DATABASE_URL")
# What providers declare as secret; a test compares this with them.
PROVIDER_KEYS = (
    "BANDSINTOWN_APP_ID",
    "EVENTBRITE_TOKEN",
    "OPENAGENDA_API_KEY",
    "SEATGEEK_CLIENT_ID",
    "SKIDDLE_API_KEY",
    "TICKETMASTER_API_KEY",
)
DATABASE_KEY = "POSTGRES_PASSWORD"
PULL_KEYS = ("GHCR_USERNAME", "GHCR_TOKEN")
GRAFANA_KEY = "GRAFANA_PASSWORD"
ALERT_KEYS = {"page-url": "ALERT_PAGE_URL", "ticket-url": "ALERT_TICKET_URL"}
KNOWN = (*GATEWAY_KEYS, *PROVIDER_KEYS, DATABASE_KEY, *PULL_KEYS, GRAFANA_KEY, *ALERT_KEYS.values())
LOCAL_DATABASE = "postgres"
LOCAL_DATABASE_URL = f"postgresql://gateway:{{}}@{LOCAL_DATABASE}:5432/gateway"

_LEAST_SECRET = 16  # as server/settings.py asks
_LOOKS_SECRET = re.compile(r".*_(KEY|TOKEN|SECRET|ID)")
_PLACEHOLDER = re.compile(
    r"(change|replace)[-_ ]?(me|it|this).*|<.*>|\.{3}|x{3,}|your[-_ ].*|.*placeholder.*|to-?do|example|secret|password",
    re.IGNORECASE,
)


class Refused(Exception):
    """What cannot be done, and what to do instead; a line each."""


class Secret(NamedTuple):
    """One that is wanted in the cluster."""

    name: str
    values: dict[str, str]
    kind: str = "Opaque"
    namespace: str = NAMESPACE

    def manifest(self, now: datetime) -> str:
        """As JSON, which kubectl takes for the YAML that it is; `stringData` spares us base64."""
        metadata = {
            "name": self.name,
            "namespace": self.namespace,
            "labels": {"app.kubernetes.io/part-of": "event-gateway", "app.kubernetes.io/managed-by": "secrets.sh"},
            "annotations": {CHANGED_AT: now.strftime("%Y-%m-%dT%H:%M:%SZ")},
        }
        whole = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": self.kind}
        return json.dumps({**whole, "stringData": self.values})


def read(path: Path, also: Sequence[str]) -> list[Secret]:
    """The Secrets that the file describes.

    Raises:
        Refused: with everything that is wrong, a line each.
    """
    values, problems, unread = parse(text_of(path))
    given = {name: value for name, value in values.items() if value}
    # What is there and cannot be read is not missing.
    problems += [each for each in _wrong(given, also) if each.partition(":")[0] not in unread]
    if problems:
        raise Refused("\n".join(f"{path.name}: {problem}" for problem in problems))
    _say_what_is_left_out(given, also)
    return list(_wanted(given, also))


def text_of(path: Path) -> str:
    """What the file holds, its line ends as they are."""
    try:
        return path.read_bytes().decode()  # as it is: read_text would lose what ends its lines
    except FileNotFoundError:
        msg = f"{path} is not there: cp .env.example .env, and fill it in"
        raise Refused(msg) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        msg = f"{path} cannot be read: {reason}"
        raise Refused(msg) from None


def _wanted(given: Mapping[str, str], also: Sequence[str]) -> Iterator[Secret]:
    names = (*GATEWAY_KEYS, *PROVIDER_KEYS, *also)
    yield Secret("event-gateway", {name: given[name] for name in names if name in given})
    if _database_is_local(given):
        yield Secret("postgres", {DATABASE_KEY: given[DATABASE_KEY]})
    if all(name in given for name in PULL_KEYS):
        username, password = (given[name] for name in PULL_KEYS)
        document = json.dumps({"auths": {"ghcr.io": {"username": username, "password": password}}})
        yield Secret("ghcr", {".dockerconfigjson": document}, "kubernetes.io/dockerconfigjson")
    grafana = {"admin-user": "admin", "admin-password": given[GRAFANA_KEY]}
    yield Secret("grafana-admin", grafana, namespace=MONITORING)
    if all(name in given for name in ALERT_KEYS.values()):
        receivers = {key: given[name] for key, name in ALERT_KEYS.items()}
        yield Secret("alertmanager-receivers", receivers, namespace=MONITORING)


def _database_is_local(given: Mapping[str, str]) -> bool:
    return _parts(given["DATABASE_URL"])[1] == LOCAL_DATABASE


def _parts(url: str) -> tuple[str, str | None, str | None]:
    """Scheme, host and password; of an address that is none, no host."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return url.partition("://")[0], None, None
    return parts.scheme, parts.hostname, None if parts.password is None else unquote(parts.password)


def _wrong(given: Mapping[str, str], also: Sequence[str]) -> Iterator[str]:
    for name, value in given.items():
        if name in KNOWN or name in also:
            yield from _wrong_value(name, value)
        elif near := _meant(name):
            yield f"{name}: nothing reads it; did you mean {near}?"
        elif _LOOKS_SECRET.fullmatch(name):
            yield f"{name}: no provider knows it; remove it or, if a plugin does, add --also {name}"
    yield from _wrong_secret(given)
    yield from _wrong_database(given)
    if GRAFANA_KEY not in given:
        yield f"{GRAFANA_KEY}: is missing; scripts/secrets.sh --generate makes one"
    for pair in (PULL_KEYS, tuple(ALERT_KEYS.values())):
        if sum(name in given for name in pair) == 1:
            yield f"{' and '.join(pair)}: one is of no use without the other; set both or neither"
    for name in ALERT_KEYS.values():
        if name in given and not given[name].startswith("https://"):
            yield f"{name}: wants the address of an incoming webhook, https://..."


def _meant(name: str) -> str | None:
    near = difflib.get_close_matches(name.upper(), KNOWN, n=1, cutoff=0.85)
    return near[0] if near else None


def _wrong_value(name: str, value: str) -> Iterator[str]:
    if value != value.strip():
        yield f"{name}: begins or ends with white space; remove it within the quotes"
    elif any(ord(letter) < ord(" ") or letter == "\x7f" for letter in value):
        yield f"{name}: holds a line break or another control character; remove it"
    elif _PLACEHOLDER.fullmatch(value):
        yield f"{name}: is still a placeholder; put the real value there, or nothing"


def _wrong_secret(given: Mapping[str, str]) -> Iterator[str]:
    secret = given.get("GATEWAY_SECRET")
    if secret is None:
        yield "GATEWAY_SECRET: is missing; scripts/secrets.sh --generate makes one"
    elif len(secret) < _LEAST_SECRET:
        yield f"GATEWAY_SECRET: wants at least {_LEAST_SECRET} characters, such as `openssl rand -hex 32` prints"
    previous = [each.strip() for each in given.get("GATEWAY_PREVIOUS_SECRETS", "").split(",") if each.strip()]
    if any(len(each) < _LEAST_SECRET for each in previous):
        yield f"GATEWAY_PREVIOUS_SECRETS: each wants at least {_LEAST_SECRET} characters; commas part them"
    if secret in previous:
        yield "GATEWAY_PREVIOUS_SECRETS: holds the GATEWAY_SECRET that is in use; make a new GATEWAY_SECRET"


def _wrong_database(given: Mapping[str, str]) -> Iterator[str]:
    url = given.get("DATABASE_URL")
    if url is None:
        yield "DATABASE_URL: is missing; scripts/secrets.sh --generate makes one for the local database"
        return
    scheme, host, password = _parts(url)
    if scheme not in {"postgresql", "postgres"}:
        yield "DATABASE_URL: wants postgresql://user:password@host/name; a file would be lost with its pod"
    elif host is None:
        yield "DATABASE_URL: has no host; write @ : / # ? of a password as %40 %3A %2F %23 %3F"
    elif host == LOCAL_DATABASE:
        yield from _wrong_local_database(password, given.get(DATABASE_KEY))


def _wrong_local_database(password: str | None, expected: str | None) -> Iterator[str]:
    if expected is None:
        yield f"{DATABASE_KEY}: is missing; set it to the password in DATABASE_URL"
    elif password != expected:
        yield f"DATABASE_URL: its password is not {DATABASE_KEY} (@ : / # ? % are written as %40 %3A %2F %23 %3F %25)"


def _say_what_is_left_out(given: Mapping[str, str], also: Sequence[str]) -> None:
    settings = sorted(name for name in given if name not in KNOWN and name not in also)
    if settings:
        print(f"left out: {', '.join(settings)} (settings, not secrets: they belong into the overlay's ConfigMap)")
    if not any(name in given for name in PULL_KEYS):
        print("secret/ghcr: left out, as GHCR_USERNAME and GHCR_TOKEN are not set; a public image needs none")
    if not any(name in given for name in ALERT_KEYS.values()):
        print("secret/alertmanager-receivers: left out; alerts are seen in Alertmanager, and reach nobody")
