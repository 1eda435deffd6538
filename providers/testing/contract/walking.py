"""A walk from page to page of a provider's list, as a reader makes it, with everything noted that was met."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from providers import Key, Listing, ListingQuery, Page

Search = Callable[[ListingQuery, Key | None, int], Awaitable[Page]]


@dataclass(slots=True)
class Walked:
    """A walk. `listings` are those that belong there; a page's other mistakes are in `pages`."""

    pages: list[tuple[Key | None, Page]] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    frontier: Key | None = None
    ended: bool = False

    def covers(self, listing: Listing) -> bool:
        """Whether the walk came past where this listing stands."""
        return self.ended or (self.frontier is not None and listing.key <= self.frontier)

    def ids(self) -> list[str]:
        """What it met, in order."""
        return [listing.id for listing in self.listings]


async def walk(search: Search, query: ListingQuery, *, limit: int, most: int) -> Walked:
    """Page by page until `most` listings are found, the list ends, or it gets nowhere."""
    walked, seek = Walked(), None
    for _ in range(most):
        page = await search(query, seek, limit)
        walked.pages.append((seek, page))
        walked.listings += [each for each in page.listings if _belongs(each, seek, page.frontier)]
        if page.frontier is None:
            walked.ended = True
            break
        if seek is not None and page.frontier <= seek:
            break
        walked.frontier = seek = page.frontier
        if len(walked.listings) >= most:
            break
    return walked


def _belongs(listing: Listing, seek: Key | None, frontier: Key | None) -> bool:
    return (seek is None or listing.key > seek) and (frontier is None or listing.key <= frontier)
