"""Holds what a provider gives to what the kit promises, and takes a copy: what was given remains the provider's.

The copy is made by way of JSON, in C: every value is then of the type that the kit declares, whatever the plugin put
there, and nothing that the plugin still holds can change what is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from providers import Key, Listing, Malformed, Page, Performer, Redactor, Venue

# The most that one page may hold; a provider that sends more is cut here, and asked for the rest when it is wanted.
MOST_LISTINGS = 5_000
# No page needs so many: even looking at them would keep everybody waiting.
ABSURD = 20_000

Thing = TypeVar("Thing", Listing, Venue, Performer)


def checked_page(page: object, seek: Key | None, redact: Redactor) -> Page:
    """The page as the kit promises it: sorted, behind the seek, up to the frontier, and with some progress.

    Raises:
        Malformed: it is not a page, its frontier is no place beyond the seek, or a secret stands in it.
    """
    if not isinstance(page, Page):
        msg = f"returned {type(page).__name__} instead of a Page"
        raise Malformed(msg)
    _check_number(page.listings)
    copy: Page = _copied(page, Page, redact)
    frontier = copy.frontier
    if frontier is not None and frontier.instant.utcoffset() is None:
        msg = "returned a frontier that is not a Key with an aware instant"
        raise Malformed(msg)
    if frontier is not None and seek is not None and frontier <= seek:
        msg = "made no progress: its page ends where it began"
        raise Malformed(msg)
    return _ordered(copy, seek)


def checked_things(things: object, kind: type[Thing], redact: Redactor) -> list[Thing]:
    """What was looked up.

    Raises:
        Malformed: it is something else, or a secret stands in it.
    """
    _check_number(things)
    copies: list[Thing] = _copied(things, list[kind], redact)  # type: ignore[valid-type] # a type at run time
    return copies


def _check_number(things: object) -> None:
    if not isinstance(things, Sequence) or isinstance(things, str):
        msg = f"returned {type(things).__name__} where a tuple was due"
        raise Malformed(msg)
    if len(things) > ABSURD:
        msg = f"returned {len(things):,} things at once; `limit` says how many are of use"
        raise Malformed(msg)


def _copied(thing: object, kind: Any, redact: Redactor) -> Any:  # noqa: ANN401 - of the kind that is asked for
    try:
        text = msgspec.json.encode(thing)
        copy = _decoder(kind).decode(text)
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        msg = f"returned what the kit does not allow ({redact(str(error))[:200]})"
        raise Malformed(msg) from None
    if redact.finds(text.decode()):
        msg = "put a secret of its settings into a listing"
        raise Malformed(msg)
    return copy


@lru_cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401 - as above
    return msgspec.json.Decoder(kind)


def _ordered(page: Page, seek: Key | None) -> Page:
    frontier = page.frontier
    between = {
        listing.key: listing
        for listing in page.listings
        if (seek is None or listing.key > seek) and (frontier is None or listing.key <= frontier)
    }
    listings = tuple(between[key] for key in sorted(between))
    if len(listings) > MOST_LISTINGS:
        listings = listings[:MOST_LISTINGS]
        frontier = listings[-1].key
    return Page(
        listings=listings, frontier=frontier, total=page.total, truncated=page.truncated, rejected=page.rejected
    )
