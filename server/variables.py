"""Judges the environment before anything is read from it: names that nobody knows, and secrets that came to harm on their way.

Kubernetes adds variables of its own to every container, for each Service of the namespace: EVENT_GATEWAY_SERVICE_HOST,
GATEWAY_PORT=tcp://10.0.0.7:80, ... (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
They are nobody's settings, whatever they are called, and are left out.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from urllib.parse import unquote, urlsplit

from providers import Kind, common_settings

PREFIXES = ("GATEWAY_", "METRICS_")
_LINK_NAME = re.compile(
    r"[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)"
)
_LINK_VALUE = re.compile(r"(tcp|udp|sctp)://")
_PLACEHOLDER = re.compile(
    r"(?i)change[-_ ]?(me|it|this).*|replace[-_ ]?(me|it|this).*|your[-_ ].*|placeholder|to[-_ ]?do|tbd|dummy|x{3,}|\.{3,}|…|\*{3,}|<.*>|\$\{.*\}"
)
# Shorter texts may well be base64 of something by chance.
_LEAST_BASE64 = 16


def without_service_links(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment as people have set it."""
    return {name: value for name, value in environment.items() if not _is_service_link(name, value)}


def _is_service_link(name: str, value: str) -> bool:
    return bool(_LINK_NAME.fullmatch(name) or (name.endswith("_PORT") and _LINK_VALUE.match(value)))


def unknown_names(environment: Mapping[str, str], known: Collection[str], kinds: Sequence[Kind]) -> Iterator[str]:
    """A line for each name that looks like one of ours and is none: `known`, or a setting of one of these kinds."""
    names = {*known, *(name for kind in kinds for name in variables_of(kind))}
    prefixes = (*PREFIXES, *(_prefix(kind) for kind in kinds if kind.provider_class))
    for name in sorted(environment):
        if name.startswith(prefixes) and name not in names:
            near = get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]}?" if near else "see docs/settings.md"
            yield f"{name}: no such setting; {hint}"


def spoilt_secrets(environment: Mapping[str, str], secrets: Collection[str], kinds: Sequence[Kind]) -> Iterator[str]:
    """A line for each secret that cannot be meant as it is; the value itself is never shown."""
    names = {*secrets, *(name for kind in kinds for name, secret in variables_of(kind).items() if secret)}
    for name in sorted(names & environment.keys()):
        value = environment[name]
        if value and (fault := fault_of(value)):
            yield f"{name}: {fault}"


def fault_of(secret: str) -> str | None:
    """What has happened to it on its way here, and what to do."""
    if secret != secret.strip():
        where = "begins or ends with blanks or a line break"
        return f"{where}; in Kubernetes use stringData or `kubectl create secret --from-literal`"
    if not secret.isprintable():
        return "holds a line break or another control character"
    if len(secret) > 1 and secret[0] == secret[-1] and secret[0] in "\"'`":
        return "stands in quotation marks, which would be part of it; leave them out"
    if _PLACEHOLDER.fullmatch(secret) or _PLACEHOLDER.fullmatch(_password(secret)):
        return "is a placeholder; set the real one"
    if _is_base64_of_text(secret):
        return "is the base64 of a text; in Kubernetes put the text itself into stringData"
    return None


def _password(address: str) -> str:
    """The password that an address holds."""
    try:
        return unquote(urlsplit(address).password or "")
    except ValueError:
        return ""


def _is_base64_of_text(value: str) -> bool:
    """A key of chance letters is not: what it would decode to is no text."""
    if len(value) < _LEAST_BASE64:
        return False
    try:
        return b64decode(value, validate=True).decode("ascii").strip().isprintable()
    except (binascii.Error, UnicodeDecodeError):
        return False


def _prefix(kind: Kind) -> str:
    assert kind.provider_class is not None
    return f"{kind.provider_class.info.slug}_".replace("-", "_").upper()


def variables_of(kind: Kind) -> dict[str, bool]:
    """Those that a provider heeds, and whether each is a secret."""
    if kind.provider_class is None:
        return {}
    info = kind.provider_class.info
    return {each.variable(info.slug): each.secret for each in (*common_settings(), *info.settings)}
