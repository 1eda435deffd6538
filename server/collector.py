"""Whether traces are wanted, and where they go: OpenTelemetry's own variables, whose names and meanings are the world's.

    OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT    a collector, spoken to by OTLP over HTTP
    OTEL_SDK_DISABLED=true, OTEL_TRACES_EXPORTER=none                  not, all the same

The SDK reads these and the others (OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS, ...) itself.
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from providers import SettingError

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_HEADERS = ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_PROTOCOL = "http/protobuf"


@dataclass(frozen=True, slots=True)
class Collector:
    """Where traces go. secrets: what must not be shown of how it is spoken to."""

    endpoint: str
    secrets: tuple[str, ...] = field(repr=False)


def read_collector(environment: Mapping[str, str]) -> Collector | None:
    """The collector; None where traces are not wanted.

    Raises:
        SettingError: one is wanted that we cannot speak to.
    """
    name = next((name for name in _ENDPOINTS if environment.get(name)), None)
    exporter = environment.get("OTEL_TRACES_EXPORTER") or "otlp"
    if name is None or exporter == "none" or environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    if exporter != "otlp":
        msg = f"OTEL_TRACES_EXPORTER: wants otlp or none, not {exporter[:80]!r}"
        raise SettingError(msg)
    _check_protocol(environment)
    endpoint = environment[name]
    if urlsplit(endpoint).scheme not in {"http", "https"} or not urlsplit(endpoint).netloc:
        msg = f"{name}: wants an address such as http://collector:4318, not {endpoint[:80]!r}"
        raise SettingError(msg)
    return Collector(endpoint, _secrets(environment, endpoint))


def _check_protocol(environment: Mapping[str, str]) -> None:
    for name in _PROTOCOLS:
        if (protocol := environment.get(name)) not in {None, "", _PROTOCOL}:
            msg = f"{name}: wants {_PROTOCOL}, which collectors take at port 4318, not {str(protocol)[:80]!r}"
            raise SettingError(msg)


def _secrets(environment: Mapping[str, str], endpoint: str) -> tuple[str, ...]:
    """The values of headers, which are mostly keys, and a password in the address."""
    pairs = ",".join(environment.get(name) or "" for name in _HEADERS).split(",")
    values = [unquote(pair.partition("=")[2].strip()) for pair in pairs]
    # "Bearer x" and "Basic x": the x alone may be shown somewhere, too.
    parts = [part for value in values for part in (value, value.rpartition(" ")[2])]
    return tuple(part for part in (*parts, unquote(urlsplit(endpoint).password or "")) if part)
