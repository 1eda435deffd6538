"""`event-gateway providers describe`: all that a provider says of itself, and what it lacks here."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from providers import Attribution, Capability, Enrolled, Limits, ProviderOrigin, Setting, common_settings
from server.commands.enrolment import find, registry
from server.commands.list_command import origin, row
from server.commands.table import columns, paragraph

_WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", list: "list"}
_MARGIN = 14
_INDENT = " " * 6


def run(options: argparse.Namespace) -> int:
    """Print the description."""
    entry = find(registry(), options.slug)
    if options.json:
        print(json.dumps(_whole(entry), indent=2, ensure_ascii=False))
    else:
        print("\n".join(_page(entry, columns())))
    return 0


def _whole(entry: Enrolled) -> dict[str, object]:
    info = entry.info
    return {
        **row(entry),
        "version": info.version,
        "homepage": info.homepage,
        "baseUrl": info.base_url,
        "countries": list(info.countries),
        "feed": info.feed,
        "standIn": info.stand_in,
        "redirects": info.redirects,
        "limits": _limits(info.limits),
        "settings": [_setting(entry, setting) for setting in _all_settings(entry)],
        "attribution": _attribution(info.attribution),
    }


def _limits(limits: Limits) -> dict[str, object]:
    return {
        "requestsPerSecond": limits.requests_per_second,
        "requestsPerDay": limits.requests_per_day,
        "maxPageSize": limits.max_page_size,
        "maxOffset": limits.max_offset,
        "lookupBatch": limits.lookup_batch,
        "cacheTtlSeconds": limits.cache_ttl.total_seconds(),
        "mayPersist": limits.may_persist,
    }


def _setting(entry: Enrolled, setting: Setting) -> dict[str, object]:
    return {
        "name": setting.name,
        "kind": setting.kind.__name__,
        "required": setting.required,
        "secret": setting.secret,
        "default": setting.default,
        "help": setting.help,
        "variable": _variable(entry, setting),
        "missing": setting.name in entry.missing,
    }


def _all_settings(entry: Enrolled) -> tuple[Setting, ...]:
    """Its own, then those that every provider has."""
    return (*entry.info.settings, *common_settings())


def _attribution(attribution: Attribution | None) -> dict[str, object] | None:
    if attribution is None:
        return None
    return {
        "text": attribution.text,
        "url": attribution.url,
        "logoUrl": attribution.logo_url,
        "required": attribution.required,
        "license": attribution.license,
        "licenseUrl": attribution.license_url,
    }


def _variable(entry: Enrolled, setting: Setting) -> str | None:
    """The environment speaks of providers, not of feeds, of which there may be many."""
    return None if _is_feed(entry) else setting.variable(entry.slug)


def _is_feed(entry: Enrolled) -> bool:
    return entry.info.feed or entry.origin is ProviderOrigin.CONFIGURED_FEED


def _page(entry: Enrolled, width: int) -> Iterator[str]:
    yield f"{entry.info.title} ({entry.slug})"
    for name, text in _facts(entry):
        if text:
            yield from paragraph(text, width, first=f"  {name:{_MARGIN}}", rest=" " * (_MARGIN + 2))
    yield from _settings(entry, width)


def _facts(entry: Enrolled) -> Iterator[tuple[str, str | None]]:
    info = entry.info
    yield "Homepage", info.homepage
    yield "API", info.base_url
    yield "Origin", f"{origin(entry)}, {entry.package}, version {info.version} of the adapter"
    yield "Asked", "yes" if entry.provider else f"no ({entry.problem})"
    yield "Countries", ", ".join(info.countries)
    yield "Declares", _names(info.capabilities)
    yield "Lacks", _names(frozenset(Capability) - info.capabilities)
    yield "Limits", "; ".join(_limits_in_words(info.limits))
    yield "Kept", _keeping(info.limits)
    yield "Attribution", _attribution_in_words(info.attribution)


def _names(capabilities: frozenset[Capability]) -> str:
    return ", ".join(each.name.lower().replace("_", " ") for each in Capability if each in capabilities) or "nothing"


def _limits_in_words(limits: Limits) -> Iterator[str]:
    if limits.requests_per_second is not None:
        yield f"{limits.requests_per_second:g} requests a second"
    if limits.requests_per_day is not None:
        yield f"{limits.requests_per_day:,} requests a day"
    yield f"{limits.max_page_size:,} listings a page"
    if limits.max_offset is not None:
        yield f"paging ends at {limits.max_offset:,}"
    yield f"{limits.lookup_batch:,} ids a lookup"


def _keeping(limits: Limits) -> str:
    forever = "may be stored" if limits.may_persist else "may not be stored for good"
    return f"answers are fresh for {limits.cache_ttl.total_seconds():g} s, and {forever}"


def _attribution_in_words(attribution: Attribution | None) -> str | None:
    if attribution is None:
        return None
    parts = (attribution.text, attribution.url, attribution.license, attribution.license_url)
    return ("required: " if attribution.required else "") + ", ".join(filter(None, parts))


def _settings(entry: Enrolled, width: int) -> Iterator[str]:
    where = "[feeds.<name>]" if entry.info.feed else f"[{'feeds' if _is_feed(entry) else 'providers'}.{entry.slug}]"
    yield ""
    yield f"Settings, in {where}" + ("" if _is_feed(entry) else " or in the environment")
    for setting in _all_settings(entry):
        yield ""
        yield from paragraph(", ".join(_marks(entry, setting)), width, first=f"  {setting.name}: ", rest=_INDENT)
        if setting.help:
            yield from paragraph(setting.help, width, first=_INDENT, rest=_INDENT)


def _marks(entry: Enrolled, setting: Setting) -> Iterator[str]:
    if variable := _variable(entry, setting):
        yield variable
    yield _WORDS[setting.kind]
    if setting.secret:
        yield "secret"
    if setting.required:
        yield "MISSING" if setting.name in entry.missing else "required"
    if setting.default is not None:
        default = str(setting.default)
        yield f"{default.lower() if setting.kind is bool else default} unless set"
