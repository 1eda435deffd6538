"""Finds providers, built in and third party alike, through one entry-point group, and makes the configured ones.

A provider that fails to import or to configure is quarantined with its reason; it never stops the others. What is the
operator's mistake (an unknown key, a bad value, two providers of one name) is a SettingError, so that the start fails.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from importlib.metadata import EntryPoint, entry_points
from urllib.parse import unquote, urlsplit

from providers.sdk.base import Info, Provider
from providers.sdk.http import Http, Transport, utc_now
from providers.sdk.redact import Redactor
from providers.sdk.settings import COMMON, ENABLED, ProviderSettings, SettingError, check
from providers.sdk.text import slug

GROUP = "event_gateway.providers"
OURS = "event-gateway"
# What a stranger's code may raise that must not stop us. KeyboardInterrupt is the operator's word while we start.
ANYTHING = (Exception, SystemExit, GeneratorExit, asyncio.CancelledError)
# How long one may take to close (seconds).
CLOSING = 5.0

log = logging.getLogger(__name__)

Table = Mapping[str, object]


class ProviderOrigin(Enum):
    """Where a provider comes from."""

    BUILT_IN = auto()
    PLUGIN = auto()
    CONFIGURED_FEED = auto()
    EMBEDDED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A provider class that was found, or why it cannot be used."""

    name: str
    package: str
    ours: bool
    provider_class: type[Provider] | None = None
    broken: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """A provider of this gateway, asked or not. `provider` is None where it is not; `problem` then says why.

    secrets: the values that it must not show. identity: the same where, and only where, the same questions have the same
    answers: a digest of its code's version and of its settings.
    """

    info: Info
    origin: ProviderOrigin
    package: str
    provider: Provider | None = None
    enabled: bool = False
    problem: str | None = None
    missing: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    identity: str = field(default="", repr=False)

    @property
    def slug(self) -> str:
        """Its name in configuration and ids."""
        return self.info.slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What the operator says: a table for each provider and feed, and the environment for `<SLUG>_<SETTING>`."""

    providers: Mapping[str, Table] = field(default_factory=dict)
    feeds: Mapping[str, Table] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


def discover(found: Iterable[EntryPoint] | None = None) -> list[Kind]:
    """Every installed provider class, by name; those that fail to import with their reason."""
    points = sorted(entry_points(group=GROUP) if found is None else found, key=lambda point: point.name)
    return [_load(point) for point in points]


def _load(point: EntryPoint) -> Kind:
    package = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
    ours = point.dist is not None and point.dist.name == OURS
    try:
        loaded = point.load()
        whole = (
            isinstance(loaded, type)
            and issubclass(loaded, Provider)
            and isinstance(getattr(loaded, "info", None), Info)
        )
    except ANYTHING as error:
        return Kind(
            name=point.name, package=package, ours=ours, broken=f"cannot be imported ({type(error).__name__}: {error})"
        )
    if not whole:
        broken = f"{point.value} is not a Provider with an `info`"
        return Kind(name=point.name, package=package, ours=ours, broken=broken)
    return Kind(name=point.name, package=package, ours=ours, provider_class=loaded)


class Registry:
    """The providers of one gateway, for the application's life."""

    def __init__(self, entries: Sequence[Enrolled]) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: entry.slug))
        self._by_slug = {entry.slug: entry for entry in self.entries}

    def get(self, slug: str) -> Enrolled | None:
        """The provider of that name, asked or not."""
        return self._by_slug.get(slug)

    def enabled(self) -> dict[str, Provider]:
        """Those that are asked, by slug."""
        return {entry.slug: entry.provider for entry in self.entries if entry.enabled and entry.provider is not None}

    async def aclose(self) -> None:
        """Close each; one that fails to is only logged."""
        for name, provider in self.enabled().items():
            try:
                async with asyncio.timeout(CLOSING):
                    await provider.aclose()
            except ANYTHING:  # the last call to a stranger's code; the others still want closing
                log.exception("provider %s did not close", name)


def build(
    kinds: Sequence[Kind],
    configuration: Configuration,
    *,
    redactor: Redactor | None = None,
    clock: Callable[[], datetime] = utc_now,
    transports: Mapping[str, Transport] | None = None,
) -> Registry:
    """The registry of these kinds as the operator wants it.

    transports: by slug, what a provider's requests go through instead of straight to the network.

    Raises:
        SettingError: the configuration cannot be meant so; the message names key and reason.
    """
    _refuse_twins(kinds)
    _refuse_strangers(kinds, configuration)
    maker = _Maker(redactor or Redactor(), clock, transports or {})
    whole = [kind for kind in kinds if kind.provider_class is not None]
    entries = [maker.enrol(kind, _table(kind, configuration)) for kind in whole]
    entries += [maker.enrol_feed(name, table, kinds, configuration) for name, table in configuration.feeds.items()]
    _refuse_shared_slugs(entries)
    for kind in kinds:
        if kind.provider_class is None:
            log.warning("provider %s of %s %s", kind.name, kind.package, kind.broken)
            entries.append(_quarantined(kind, {entry.slug for entry in entries}))
    return Registry(_stand_aside(entries, configuration))


class _Maker:
    """Makes providers from classes and tables."""

    def __init__(self, redactor: Redactor, clock: Callable[[], datetime], transports: Mapping[str, Transport]) -> None:
        self._redactor = redactor
        self._clock = clock
        self._transports = transports

    def enrol(self, kind: Kind, table: Table) -> Enrolled:
        assert kind.provider_class is not None, "what is broken is quarantined"
        info = kind.provider_class.info
        origin = _origin_of(kind, info)
        settings = check(info, table, f"providers.{info.slug}")
        if info.feed:
            hint = "add a [feeds.<name>] table with its url"
            return Enrolled(info=info, origin=origin, package=kind.package, problem=hint)
        entry = Enrolled(info=info, origin=origin, package=kind.package, missing=settings.missing)
        if settings.enabled is False or (settings.missing and not settings.enabled):
            return replace(entry, problem=_why_off(info, settings))
        return self._make(kind.provider_class, entry, settings, settings.base_url or info.base_url or "")

    def enrol_feed(self, name: str, table: Table, kinds: Sequence[Kind], configuration: Configuration) -> Enrolled:
        """A feed as its own table says and, where that is silent, the table and the environment of its kind."""
        where = f"feeds.{name}"
        feeds = {
            kind.provider_class.info.slug: kind
            for kind in kinds
            if kind.provider_class and kind.provider_class.info.feed
        }
        kind = feeds.get(str(table.get("kind")))
        if kind is None or kind.provider_class is None:
            msg = f"{where}.kind: wants one of {', '.join(sorted(feeds))}, not {table.get('kind')!r}"
            raise SettingError(msg)
        own = {key: value for key, value in table.items() if key != "kind"}
        settings = check(kind.provider_class.info, {**_table(kind, configuration), **own}, where)
        if settings.missing:
            msg = f"{where}.{settings.missing[0]}: must be set"
            raise SettingError(msg)
        info = _feed_info(kind.provider_class.configured(settings.own), name, where)
        entry = Enrolled(info=info, origin=ProviderOrigin.CONFIGURED_FEED, package=kind.package)
        if settings.enabled is False:
            return replace(entry, problem=_why_off(info, settings))
        # A kind whose API has an address of its own may still be told where a feed is to be seen.
        url = str(settings.base_url or info.base_url or settings.own.get("url") or "")
        if not url:
            msg = f"{where}.url: must be set"
            raise SettingError(msg)
        return self._make(kind.provider_class, entry, settings, url.replace("webcal://", "https://", 1))

    def _make(self, provider_class: type[Provider], entry: Enrolled, settings: ProviderSettings, url: str) -> Enrolled:
        secrets = (*settings.secrets(entry.info), *_password(url))
        self._redactor.learn(*secrets)
        entry = replace(entry, secrets=secrets, identity=_identity(provider_class, entry, settings, url))
        if settings.missing:
            problem = f"needs {_to_set(entry.info, settings)}"
            log.warning("provider %s %s", entry.slug, problem)
            return replace(entry, enabled=True, problem=problem)
        http = Http(
            url,
            timeout=settings.timeout_seconds,
            requests_per_second=settings.requests_per_second or entry.info.limits.requests_per_second,
            redirects=entry.info.redirects,
            allow_private=settings.allow_private,
            redactor=self._redactor,
            clock=self._clock,
            transport=self._transports.get(entry.slug),
        )
        try:
            provider = provider_class(settings=settings.own, http=http, clock=self._clock)
            provider.info = entry.info
        except SettingError as error:
            table = "feeds" if entry.origin is ProviderOrigin.CONFIGURED_FEED else "providers"
            msg = self._redactor(f"{table}.{entry.slug}.{error}")
            raise SettingError(msg) from None
        except ANYTHING as error:
            problem = self._redactor(f"cannot be configured ({type(error).__name__}: {error})")
            log.warning("provider %s %s", entry.slug, problem)
            return replace(entry, enabled=True, problem=problem)
        return replace(entry, provider=provider, enabled=True)


def _password(url: str) -> tuple[str, ...]:
    """The password that an address holds."""
    password = urlsplit(url).password
    return (unquote(password),) if password else ()


def _identity(provider_class: type[Provider], entry: Enrolled, settings: ProviderSettings, url: str) -> str:
    code = (entry.package, provider_class.__module__, provider_class.__qualname__, entry.info.version)
    told = (entry.slug, url, sorted(settings.own.items()))
    return hashlib.blake2b(repr((code, told)).encode(), digest_size=16).hexdigest()


def _origin_of(kind: Kind, info: Info) -> ProviderOrigin:
    if info.stand_in and kind.ours:
        return ProviderOrigin.EMBEDDED
    return ProviderOrigin.BUILT_IN if kind.ours else ProviderOrigin.PLUGIN


def _quarantined(kind: Kind, taken: Collection[str]) -> Enrolled:
    """An entry that says what is wrong, under a name that keeps nobody else from theirs."""
    own = _slug_of(kind)
    names = (own, *(f"{own}-{number}" for number in range(2, len(taken) + 3)))
    info = Info(slug=next(name for name in names if name not in taken), title=kind.name)
    origin = ProviderOrigin.BUILT_IN if kind.ours else ProviderOrigin.PLUGIN
    return Enrolled(info=info, origin=origin, package=kind.package, enabled=True, problem=kind.broken)


def _slug_of(kind: Kind) -> str:
    """A slug for what could not be asked for its own: whatever its entry point is called, one comes out."""
    name = slug(kind.name) or "unnamed"
    return name if name[0].isalpha() else f"p-{name}"


def _feed_info(info: Info, name: str, where: str) -> Info:
    try:
        return replace(info, slug=name, title=name, feed=False)
    except ValueError as error:
        msg = f"{where}: {error}"
        raise SettingError(msg) from None


def _table(kind: Kind, configuration: Configuration) -> Table:
    """The kind's table, with what the environment sets; the environment wins, as it is nearer to the process."""
    if kind.provider_class is None:
        return {}
    info = kind.provider_class.info
    names = {setting.name: setting.variable(info.slug) for setting in (*COMMON, *info.settings)}
    environment = configuration.environment
    set_there = {name: environment[variable] for name, variable in names.items() if environment.get(variable)}
    return {**configuration.providers.get(info.slug, {}), **set_there}


def _why_off(info: Info, settings: ProviderSettings) -> str:
    return (
        "switched off (enabled = false)"
        if settings.enabled is False
        else f"is not set up: set {_to_set(info, settings)}"
    )


def _to_set(info: Info, settings: ProviderSettings) -> str:
    """The missing settings, each with what it is."""
    helps = {setting.name: setting.help for setting in info.settings}
    return ", ".join(f"{name} ({helps[name]})" if helps[name] else name for name in settings.missing)


def _refuse_twins(kinds: Sequence[Kind]) -> None:
    owners: dict[str, str] = {}
    for kind in kinds:
        if kind.provider_class is None:
            continue
        name = kind.provider_class.info.slug
        if name in owners:
            msg = f"two providers are called {name!r}: one of {owners[name]}, one of {kind.package}; uninstall either"
            raise SettingError(msg)
        owners[name] = kind.package


def _refuse_strangers(kinds: Sequence[Kind], configuration: Configuration) -> None:
    # What is broken cannot tell its slug: its table is let pass under the entry point's name or the slug of that.
    known = {name for kind in kinds for name in _names_of(kind)}
    for name in configuration.providers:
        if name not in known:
            msg = f"providers.{name}: no such provider is installed; known are {', '.join(sorted(known))}"
            raise SettingError(msg)


def _names_of(kind: Kind) -> tuple[str, ...]:
    return (kind.provider_class.info.slug,) if kind.provider_class else (kind.name, _slug_of(kind))


def _refuse_shared_slugs(entries: Sequence[Enrolled]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.slug in seen:
            msg = f"feeds.{entry.slug}: a provider has that name already; call the feed something else"
            raise SettingError(msg)
        seen.add(entry.slug)


def _stand_aside(entries: Sequence[Enrolled], configuration: Configuration) -> list[Enrolled]:
    """Stand-ins are off as soon as anything real is on, unless the operator names them."""
    real = any(entry.enabled and not entry.info.stand_in for entry in entries)
    return [
        _aside(entry) if real and entry.info.stand_in and not _named(entry, configuration) else entry
        for entry in entries
    ]


def _named(entry: Enrolled, configuration: Configuration) -> bool:
    variable = ENABLED.variable(entry.slug)
    return "enabled" in configuration.providers.get(entry.slug, {}) or bool(configuration.environment.get(variable))


def _aside(entry: Enrolled) -> Enrolled:
    problem = f"steps aside for real providers; [providers.{entry.slug}] enabled = true brings it back"
    return replace(entry, provider=None, enabled=False, problem=problem)
