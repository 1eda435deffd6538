"""`event-gateway demo`: the gateway over made-up providers, each a server of its own on this machine."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

from providers import Attribution, Configuration, Enrolled, Info, Redactor, Registry, build, discover
from providers.testing.demo import RATE_LIMITED, SLOW, DemoUpstreams
from server.commands.options import listening
from server.serving import serve
from server.settings import Settings, read_settings

# All that the demo takes from outside: neither the operator's providers nor the operator's database.
_HEEDED = ("HOST", "PORT", "GATEWAY_DATA_DIR", "GATEWAY_PUBLIC_URL", "GATEWAY_TRUSTED_PROXIES")
_MADE_UP = "DEMO: every event is made up, and every provider is played by this machine."
_UNWELL = f"{SLOW} is slow, {RATE_LIMITED} rate limited now and then; --steady: neither."


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    # Until the gateway takes over, SIGTERM ends it as Ctrl-C does: nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    notes = [_MADE_UP] if options.steady else [_MADE_UP, _UNWELL]
    with (
        _environment(options) as environment,
        DemoUpstreams(datetime.now(UTC).date(), steady=options.steady) as upstreams,
    ):
        configuration = Configuration(providers=upstreams.providers, feeds=upstreams.feeds)
        settings = replace(read_settings(environment), configuration=configuration)
        return serve(settings, registry_of=_registry, notes=notes)


@contextmanager
def _environment(options: argparse.Namespace) -> Iterator[Mapping[str, str]]:
    """The settings that are heeded, and a folder for this run alone where none is named."""
    heeded = {name: os.environ[name] for name in _HEEDED if os.environ.get(name)} | listening(options)
    with TemporaryDirectory(prefix="event-gateway-demo-", ignore_cleanup_errors=True) as folder:
        yield {"GATEWAY_DATA_DIR": folder} | heeded


def _registry(settings: Settings, redactor: Redactor) -> Registry:
    return demo_registry(settings.configuration, redactor)


def demo_registry(configuration: Configuration, redactor: Redactor) -> Registry:
    """The providers that have a table and no others, each labelled so that nobody takes it for the real one."""
    named = {*configuration.providers, *(table["kind"] for table in configuration.feeds.values())}
    kinds = [kind for kind in discover() if kind.name in named]
    registry = build(kinds, configuration, redactor=redactor)
    return Registry([_labelled(entry) for entry in registry.entries])


def _labelled(entry: Enrolled) -> Enrolled:
    info = _label(entry.info)
    if entry.provider is not None:
        entry.provider.info = info
    return replace(entry, info=info)


def _label(info: Info) -> Info:
    return replace(
        info,
        title=f"DEMO: {info.title}",
        homepage=None,
        attribution=Attribution(text="DEMO: this event is made up.", required=True),
    )
