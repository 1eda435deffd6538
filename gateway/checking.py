"""Holds what a provider gives to what the kit promises, and takes a copy: what was given remains the provider's.

The copy is made by way of JSON, in C: every value is then of the type that the kit declares, whatever the plugin put
there, and nothing that the plugin still holds can change what is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, TypeVar

import msgspec

from providers import Key, Listing, Malformed, Page, Performer, Redactor, Venue

# The most that one page may hold; a provider that sends more is cut here, and asked for the rest when it is wanted.
MOST_LISTINGS = 5_000
# No page needs so many: even looking at them would keep everybody waiting.
ABSURD = 20_000

Thing = TypeVar("Thing", Listing, Venue, Performer)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedPage:
    """A page as the kit promises it, and what was given besides: `late` is not behind the seek, `early` past the frontier.

    in_disorder: whether its listings were not sorted, or went past the frontier. That some come late proves nothing:
    whoever seeks by the day gives what was there already.
    """

    page: Page
    late: tuple[Listing, ...] = ()
    early: tuple[Listing, ...] = ()
    in_disorder: bool = False


def checked_page(page: object, seek: Key | None, redact: Redactor) -> CheckedPage:
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


def _ordered(page: Page, seek: Key | None) -> CheckedPage:
    frontier = page.frontier
    listings = sorted(_distinct(page.listings), key=lambda listing: listing.key)
    late = tuple(listing for listing in listings if seek is not None and listing.key <= seek)
    early = tuple(listing for listing in listings if frontier is not None and listing.key > frontier)
    between = tuple(listings[len(late) : len(listings) - len(early)])
    if len(between) > MOST_LISTINGS:
        between = between[:MOST_LISTINGS]
        frontier = between[-1].key
    return CheckedPage(
        page=replace(page, listings=between, frontier=frontier),
        late=late[:MOST_LISTINGS],
        early=early[:MOST_LISTINGS],
        in_disorder=bool(early) or any(one.key > other.key for one, other in pairwise(page.listings)),
    )


def _distinct(listings: Iterable[Listing]) -> Iterable[Listing]:
    """Each id once: of what is said twice, that which was updated last."""
    by_id: dict[str, Listing] = {}
    for listing in listings:
        other = by_id.get(listing.id)
        by_id[listing.id] = listing if other is None else max(other, listing, key=_how_new)
    return by_id.values()


def _how_new(listing: Listing) -> tuple[float, str]:
    return (listing.updated_at.timestamp() if listing.updated_at else 0.0, repr(listing))
