"""`event-gateway providers try`: one search, shown as a table."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Iterator

from providers import Capability, DatePrecision, EventStatus, Listing, ListingQuery, Provider, Redactor, When
from server.commands.enrolment import ready
from server.commands.query import read_first, read_query
from server.commands.table import columns, paragraph, table
from server.commands.walk import Found, one_line, say, walk


def run(options: argparse.Namespace) -> int:
    """Search, and print what comes."""
    redactor = Redactor()
    first = read_first(options)
    provider = ready(options.slug, redactor)
    query = read_query(options, provider.clock())
    with one_line(options.slug, redactor):
        found = asyncio.run(_search(provider, query, first))
    if options.json:
        rows = [_row(listing) for listing in found.listings]
        print(json.dumps({"listings": rows, "report": _report(provider, query, found)}, indent=2, ensure_ascii=False))
        return 0
    if found.listings:
        cells = [("STARTS", "TITLE", "VENUE"), *map(_cells, found.listings)]
        print("\n".join([*table(cells, columns(), share=[1, 2]), ""]))
    for sentence in _sentences(provider, query, found):
        print("\n".join(paragraph(sentence, columns())))
    if not found.listings:
        say(_what_to_do(options, found))
    return 0


async def _search(provider: Provider, query: ListingQuery, first: int) -> Found:
    try:
        found = await walk(provider, query, first)
    finally:
        await provider.aclose()
    found.ended = found.ended and len(found.listings) <= first
    del found.listings[first:]
    return found


def _cells(listing: Listing) -> tuple[str, str, str]:
    status = "" if listing.status is EventStatus.SCHEDULED else f"[{_words(listing.status.name)}] "
    venue = listing.venue
    town = venue.address.locality if venue else None
    place = venue.name if venue else ""
    return _starts(listing.start), status + listing.name, f"{place}, {town}" if town and town not in place else place


def _starts(start: When) -> str:
    """As exactly as it is known: a time with its offset, a day, a month, a year."""
    if start.instant is not None:
        return start.instant.isoformat(sep=" ", timespec="minutes")
    if start.day is None:
        return "to be announced"
    return start.day.isoformat()[: {DatePrecision.MONTH: 7, DatePrecision.YEAR: 4}.get(start.precision)]


def _row(listing: Listing) -> dict[str, object]:
    venue = listing.venue
    return {
        "id": listing.id,
        "name": listing.name,
        "starts": listing.start.instant.isoformat() if listing.start.instant else _starts(listing.start),
        "precision": listing.start.precision.name,
        "timeZone": listing.start.time_zone,
        "status": listing.status.name,
        "venue": venue.name if venue else None,
        "city": venue.address.locality if venue else None,
        "country": venue.address.country if venue else None,
        "url": listing.url,
    }


def _report(provider: Provider, query: ListingQuery, found: Found) -> dict[str, object]:
    applied, left = _filters(provider, query)
    return {
        "requests": found.requests,
        "read": found.read,
        "total": found.total,
        "ended": found.ended,
        "truncated": found.truncated,
        "rejected": found.rejected,
        "filters": applied,
        "postFilters": left,
    }


def _filters(provider: Provider, query: ListingQuery) -> tuple[list[str], list[str]]:
    """The conditions that the provider applied, and those that were applied here."""
    can, needs = provider.info.capabilities, query.needs()
    applied, left = needs & can, needs - can
    return [each.name for each in Capability if each in applied], [each.name for each in Capability if each in left]


def _sentences(provider: Provider, query: ListingQuery, found: Found) -> Iterator[str]:
    shown = len(found.listings)
    total = f"; the provider counts {found.total:,}" if found.total is not None else ""
    more = "" if found.ended else "; there may be more"
    how = f"by {_number(found.requests, 'request')}" if found.requests else "without a request"
    yield f"{_number(shown, 'listing')} {how}{total}{more}."
    applied, left = _filters(provider, query)
    if applied:
        yield f"Filtered by the provider: {', '.join(map(_words, applied))}."
    if left:
        yield f"Filtered here, of {found.read:,} read: {', '.join(map(_words, left))}."
    if found.truncated:
        yield "The provider's own limits hid some: a narrower search shows more."
    if found.rejected:
        yield f"{_number(found.rejected, 'record')} could not be read and were left out; the log above says why."


def _what_to_do(options: argparse.Namespace, found: Found) -> str:
    given = [f"--{name}" for name in ("keyword", "city", "near") if getattr(options, name)]
    if given and not found.ended:
        return "Nothing that was read matches. Search without " + " or ".join(given) + ", or ask for more with --first."
    if given:
        return f"Nothing matches. Search without {' or '.join(given)}."
    return f"Nothing is ahead. `event-gateway providers describe {options.slug}` shows what it may want."


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _words(name: str) -> str:
    return name.lower().replace("_", " ")
