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
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from envfile import parse
from wanted_secrets import (
    CHANGED_AT,
    DATABASE_KEY,
    GRAFANA_KEY,
    LOCAL_DATABASE_URL,
    NAMESPACE,
    Refused,
    Secret,
    read,
    text_of,
)

DEPLOYMENT = "event-gateway"
PODS = "app.kubernetes.io/name=event-gateway,app.kubernetes.io/component=gateway"
# What kubectl's libraries log before it says what is wrong, such as "E1124 21:11:01.988737    1875 memcache.go:265] ...".
_LOG_LINE = re.compile(r"^[IWEF]\d{4} .*$", re.MULTILINE)
_RESTART = ("--namespace", NAMESPACE, "rollout", "restart", f"deployment/{DEPLOYMENT}")


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


def generate(path: Path) -> None:
    """Fill in what has no value yet: the secret, and the local database's password with the address that has it in it."""
    text = text_of(path)
    values, problems, _ = parse(text)
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
        """The line that says why, should it ever quote what it was given."""
        line = next(filter(None, _LOG_LINE.sub("", text).splitlines()), "failed and did not say why")
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
