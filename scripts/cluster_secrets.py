"""Make the Secrets of the cluster from `.env`; `scripts/secrets.sh` runs this.

    event-gateway   GATEWAY_SECRET, GATEWAY_PREVIOUS_SECRETS, DATABASE_URL and the providers' keys
    postgres        POSTGRES_PASSWORD, where the database is the one that the local overlay brings
    ghcr            what pulls the image, where GHCR_USERNAME and GHCR_TOKEN are set

and, in the namespace of the monitoring, what argocd/monitoring/values.yaml asks for:

    grafana-admin           GRAFANA_PASSWORD
    alertmanager-receivers  ALERT_PAGE_URL and ALERT_TICKET_URL, where they are set

Values go to kubectl through standard input alone: arguments can be read by everybody on the machine. They are written
by create and replace, as `kubectl apply` keeps a copy of the values in an annotation, and never takes a key of
`stringData` away again (https://github.com/kubernetes/kubernetes/issues/108008).
"""

from __future__ import annotations

import argparse
import base64
import difflib
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from envfile import parse

NAMESPACE = "event-gateway"
MONITORING = "monitoring"
DEPLOYMENT = "event-gateway"
PODS = "app.kubernetes.io/name=event-gateway,app.kubernetes.io/component=gateway"
CHANGED_AT = "event-gateway/changed-at"
GATEWAY_KEYS = ("GATEWAY_SECRET", "GATEWAY_PREVIOUS_SECRETS", "DATABASE_URL")
# What providers declare as secret; a test compares this with them.
PROVIDER_KEYS = (
    "BANDSINTOWN_APP_ID",
    "EVENTBRITE_TOKEN",
    "OPENAGENDA_API_KEY",
    "SEATGEEK_CLIENT_ID",
    "SEATGEEK_CLIENT_SECRET",
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

_RESTART = ("--namespace", NAMESPACE, "rollout", "restart", f"deployment/{DEPLOYMENT}")
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


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks; the exit status."""
    options = _options(arguments)
    try:
        if options.generate:
            generate(options.file)
        else:
            _put_all(options)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    root = Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(prog="scripts/secrets.sh", description="Make the cluster's Secrets from .env.")
    parser.add_argument("--file", type=Path, default=root / ".env", help="what to read instead of .env")
    parser.add_argument("--context", help="the cluster, as kubectl names it; the current one by default")
    parser.add_argument("--also", action="append", default=[], metavar="NAME", help="a key of an installed plugin")
    parser.add_argument("--generate", action="store_true", help="fill into .env what can be made up, and end")
    parser.add_argument("--dry-run", action="store_true", help="check, and print the keys; ask no cluster")
    parser.add_argument("--restart", action="store_true", help="restart the gateway where it runs with older secrets")
    return parser.parse_args(arguments)


# What .env says ---------------------------------------------------------------------------------------------------


def read(path: Path, also: Sequence[str]) -> list[Secret]:
    """The Secrets that the file describes.

    Raises:
        Refused: with everything that is wrong, a line each.
    """
    values, problems = parse(_text(path))
    given = {name: value for name, value in values.items() if value}
    problems = [*problems, *_wrong(given, also)]
    if problems:
        raise Refused("\n".join(f"{path.name}: {problem}" for problem in problems))
    _say_what_is_left_out(given, also)
    return list(_wanted(given, also))


def _text(path: Path) -> str:
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


# What can be made up ----------------------------------------------------------------------------------------------


def generate(path: Path) -> None:
    """Fill in what has no value yet: the secret, and the local database's password with the address that has it in it."""
    text = _text(path)
    values, problems = parse(text)
    if problems:
        raise Refused("\n".join(f"{path.name}: {problem}" for problem in problems))
    made = _made({name: value for name, value in values.items() if value})
    for name, value in made.items():
        text = _with(text, name, value)
    if made:
        _write(path, text)
    print(f"{path.name}: made {', '.join(made)}" if made else f"{path.name}: nothing was missing")


def _made(given: Mapping[str, str]) -> dict[str, str]:
    made = {} if "GATEWAY_SECRET" in given else {"GATEWAY_SECRET": secrets.token_hex(32)}
    if GRAFANA_KEY not in given:
        made[GRAFANA_KEY] = secrets.token_hex(16)
    if "DATABASE_URL" not in given:
        password = given.get(DATABASE_KEY) or secrets.token_hex(16)
        made |= {} if DATABASE_KEY in given else {DATABASE_KEY: password}
        made["DATABASE_URL"] = LOCAL_DATABASE_URL.format(_quoted(password))
    return made


def _quoted(password: str) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() else _percent(letter) for letter in password)


def _percent(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode())


def _with(text: str, name: str, value: str) -> str:
    """Where the name stands with nothing behind it, the value comes there; else at the end."""
    line = f"{name}={value}"
    empty = re.compile(rf"^[ \t]*(?:export[ \t]+)?{name}[ \t]*=[ \t]*(?:''|\"\")?[ \t]*(?=#|\r?$)", re.MULTILINE)
    if empty.search(text):
        return empty.sub(lambda _: line, text, count=1)
    return f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{line}\n"


def _write(path: Path, text: str) -> None:
    """For nobody else to read, and whole or not at all."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - no mode there
        file.write(text)
    draft.replace(path)


# What the cluster has ---------------------------------------------------------------------------------------------


def _put_all(options: argparse.Namespace) -> None:
    wanted = read(options.file, options.also)
    if options.dry_run:
        for secret in wanted:
            print(f"secret/{secret.name}: would hold {', '.join(secret.values)}")
        return
    cluster = Cluster(options.context, [value for secret in wanted for value in secret.values.values()])
    cluster.check({secret.namespace: None for secret in wanted})
    for secret in wanted:
        print(f"secret/{secret.name}: {cluster.put(secret)}")
    _roll(cluster, restart=options.restart)


def _roll(cluster: Cluster, *, restart: bool) -> None:
    old = cluster.pods_older_than_their_secret()
    if not old:
        return
    if restart:
        cluster.restart()
        print(f"deployment/{DEPLOYMENT}: restarted, {len(old)} of its pods ran with older secrets")
        return
    print(f"{len(old)} of the gateway's pods run with older secrets until they are restarted: {cluster.to_restart()}")


class Cluster:
    """The cluster, through kubectl."""

    def __init__(self, context: str | None, hidden: Iterable[str]) -> None:
        self._kubectl = ["kubectl", *(["--context", context] if context else [])]
        self._hidden = sorted(hidden, key=len, reverse=True)

    def check(self, namespaces: Iterable[str]) -> None:
        """That it answers, and has these."""
        for name in namespaces:
            if not self._run("get", "namespace", name, "--output", "name", "--ignore-not-found"):
                msg = f"namespace {name} is not there: scripts/minikube-up.sh or `kubectl create namespace {name}`"
                raise Refused(msg)

    def put(self, secret: Secret) -> str:
        """Make it what it should be; what had to be done. Nothing is written where nothing changes."""
        where = ("--namespace", secret.namespace)
        found = self._run("get", "secret", secret.name, *where, "--output", "json", "--ignore-not-found")
        keys = ", ".join(secret.values)
        if found and _values(found) == secret.values:
            return f"unchanged, holds {keys}"
        verb, said = ("replace", "changed") if found else ("create", "created")
        self._run(verb, *where, "--filename", "-", given=secret.manifest(datetime.now(UTC)))
        return f"{said}, holds {keys}{_what_it_takes(secret) if found else ''}"

    def pods_older_than_their_secret(self) -> list[str]:
        """Names of the pods that were made before the secret was changed."""
        path = "{.metadata.annotations." + CHANGED_AT.replace(".", "\\.") + "}"
        where = ("--namespace", NAMESPACE)
        changed = self._run("get", "secret", "event-gateway", *where, "--output", f"jsonpath={path}")
        each = '{range .items[*]}{.metadata.name}{" "}{.metadata.creationTimestamp}{"\\n"}{end}'
        pods = self._run("get", "pods", *where, "--selector", PODS, "--output", f"jsonpath={each}")
        ages = [line.split() for line in pods.splitlines() if line.strip()]
        return [name for name, made in ages if changed and made < changed]

    def restart(self) -> None:
        """New pods, a few at a time, which read the new secrets."""
        self._run(*_RESTART)

    def to_restart(self) -> str:
        """The command that a person would give."""
        return " ".join([*self._kubectl, *_RESTART])

    def _run(self, *arguments: str, given: str | None = None) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - a list, no shell; no value of ours is among the arguments
                [*self._kubectl, *arguments], input=given or "", capture_output=True, encoding="utf-8", check=False
            )
        except FileNotFoundError:
            msg = "kubectl is not there: install it (https://kubernetes.io/docs/tasks/tools/)"
            raise Refused(msg) from None
        if done.returncode:
            msg = f"kubectl {' '.join(arguments[:3])}: {self._without_values(done.stderr)}"
            raise Refused(msg)
        return done.stdout

    def _without_values(self, text: str) -> str:
        """The first line of what it says, should it ever quote what it was given."""
        line = (text.strip() or "failed and did not say why").splitlines()[0]
        for value in self._hidden:
            line = line.replace(value, "***")
        return line


def _values(found: str) -> dict[str, str]:
    data = json.loads(found).get("data") or {}
    return {name: base64.b64decode(value).decode("utf-8", "replace") for name, value in data.items()}


def _what_it_takes(secret: Secret) -> str:
    """These remember the password that they were made with."""
    if secret.name not in {"postgres", "grafana-admin"}:
        return ""
    return '; what runs keeps its old password: see "Passwords" in docs/deploy.md'


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
