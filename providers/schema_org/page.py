"""A page as what it says of events: found, read, named, and what could not be read counted."""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin

from providers import Answer, Listing, Malformed, Record, id_by_name
from providers.schema_org.graph import events_in
from providers.schema_org.mending import read_json
from providers.schema_org.records import read_event
from providers.schema_org.scripts import scripts_of
from providers.schema_org.times import written
from providers.schema_org.values import address, line
from providers.schema_org.venues import Defaults

# What reading an event in an unexpected shape raises: that one is left out and counted, the page stands.
_UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
# Longer ids are hashed, so that what tells two of them apart still fits into the 500 characters of a listing's id.
_LONGEST_ID = 240

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a page says: its events, how many events and scripts could not be read, and how many scripts were repaired.

    cut_off: the page ends in the middle of a script, so that there were more.
    """

    listings: tuple[Listing, ...]
    rejected: int = 0
    repaired: int = 0
    cut_off: bool = False


def read_page(answer: Answer, page: str, defaults: Defaults) -> Reading:
    """The page's events; `page` is its address.

    Raises:
        Malformed: it has no JSON-LD, or none that can be read, or not one of its events can be.
    """
    scripts = scripts_of(answer)
    texts = [text for text in scripts.texts if text.strip()]
    if not texts:
        msg = (
            f"has no JSON-LD at {answer.url}: look for application/ld+json in the page's source; "
            "what a page adds in the browser cannot be read here"
        )
        raise Malformed(msg)
    values, repaired = _values(texts)
    unread = len(texts) - len(values)
    listings, rejected = _listings(events_in(values), page, defaults)
    if not listings and (rejected or not values):
        msg = f"has JSON-LD at {answer.url} that cannot be read; https://validator.schema.org tells its owner why"
        raise Malformed(msg)
    lost = rejected + unread
    if lost or repaired:
        log.info("%s: %d events, %d things left out, %d scripts repaired", answer.url, len(listings), lost, repaired)
    return Reading(listings=tuple(tell_apart(listings)), rejected=lost, repaired=repaired, cut_off=scripts.cut_off)


def _values(texts: Iterable[str]) -> tuple[list[Any], int]:
    """What the scripts hold that can be read, and how many had to be repaired for that."""
    values, repairs = [], 0
    for text in texts:
        with suppress(ValueError):
            value, repaired = read_json(text)
            values.append(value)
            repairs += repaired
    return values, repairs


def _listings(events: Sequence[Record], page: str, defaults: Defaults) -> tuple[list[Listing], int]:
    """Those that can be read, and how many cannot."""
    listings = []
    for event in events:
        try:
            listings.append(replace(read_event(event, page, defaults), id=id_of(event, page)))
        except _UNREADABLE as error:
            log.warning("an event of a page was left out (%s: %s)", type(error).__name__, error)
    return listings, len(events) - len(listings)


def id_of(event: Record, page: str) -> str:
    """Its `@id`, where that is an address; else its own address and its start; else the page's, with the name.

    A blank node's id (`_:b0`) is another one tomorrow.
    """
    own = event.get("@id")
    if isinstance(own, str) and own.strip() and not own.startswith("_:"):
        return _short(urljoin(page, own.strip()))
    start = written(event.get("startDate"))
    if found := address(event.get("url"), page):
        return _short(f"{found} {start}")
    return _short(f"{page}#{id_by_name(line(event.get('name')))} {start}")


def _short(own: str) -> str:
    return own if len(own) <= _LONGEST_ID else "long-id-" + hashlib.sha256(own.encode()).hexdigest()


def tell_apart(listings: Iterable[Listing]) -> list[Listing]:
    """Each event once, and those that share an id without being the same by their start and name, too."""
    by_id: dict[str, dict[str, Listing]] = defaultdict(dict)
    for listing in listings:
        mark = f"{listing.start.latest:%Y-%m-%dT%H:%MZ} {_short(id_by_name(listing.name))}"
        by_id[listing.id].setdefault(mark, listing)
    return [
        replace(listing, id=f"{own} {mark}") if len(same) > 1 else listing
        for own, same in by_id.items()
        for mark, listing in same.items()
    ]
