"""The providers as the settings want them, and one of them made ready to be asked."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from providers import Enrolled, Kind, Provider, Redactor, Registry, Setting, build, common_settings, discover
from server.commands.stop import Misused, Stop
from server.settings import read_settings

if TYPE_CHECKING:
    from providers.testing import Cassette, Recorder

HIDDEN = "***"
_NO_PACE = "1e9"


def registry() -> Registry:
    """Every provider that is installed or configured."""
    return build(discover(), read_settings(os.environ).configuration, redactor=Redactor())


def find(registry: Registry, slug: str) -> Enrolled:
    """The provider of that name.

    Raises:
        Misused: there is none; the line says which there are.
    """
    entry = registry.get(slug)
    if entry is None:
        msg = f"no provider is called {slug!r}; there are {', '.join(each.slug for each in registry.entries)}"
        raise Misused(msg)
    return entry


def ready(slug: str, redactor: Redactor, tape: Cassette | Recorder | None = None, *, playing: bool = False) -> Provider:
    """That provider, enabled or not; its requests go through the tape, and its clock is the tape's.

    playing: the tape answers, so nothing is paced, and `***` stands for each secret, as it does in a cassette.

    Raises:
        Stop: it cannot be asked; the line says what it takes.
    """
    kinds, configuration = discover(), read_settings(os.environ).configuration
    forced = {_setting("enabled").variable(slug): "true", **(_for_playing(kinds, slug) if playing else {})}
    configuration = replace(configuration, environment={**configuration.environment, **forced})
    if tape is None:
        made = build(kinds, configuration, redactor=redactor)
    else:
        made = build(kinds, configuration, redactor=redactor, clock=tape.clock, transports={slug: tape})
    entry = find(made, slug)
    if entry.provider is None:
        raise Stop(_why_not(entry))
    return entry.provider


def _setting(name: str) -> Setting:
    return next(setting for setting in common_settings() if setting.name == name)


def _for_playing(kinds: Sequence[Kind], slug: str) -> Mapping[str, str]:
    infos = [kind.provider_class.info for kind in kinds if kind.provider_class is not None]
    settings = [setting for info in infos if info.slug == slug for setting in info.settings]
    secrets = {setting.variable(slug): HIDDEN for setting in settings if setting.secret and setting.required}
    return {_setting("requests_per_second").variable(slug): _NO_PACE, **secrets}


def _why_not(entry: Enrolled) -> str:
    if entry.missing:
        variables = [each.variable(entry.slug) for each in entry.info.settings if each.name in entry.missing]
        return f"{entry.slug} needs {', '.join(entry.missing)}; set {', '.join(variables)}"
    return f"{entry.slug} cannot be asked: {entry.problem}"
