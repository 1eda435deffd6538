"""One search of one provider, page by page, and whatever goes wrong with it as one line."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import providers
from providers import Listing, ListingQuery, Provider, ProviderError, Redactor, SettingError, counting, matches
from server.commands.stop import Stop

# Where a provider cannot filter, much of what it lists may be for nothing.
_MOST_PAGES = 20
_KIT = str(Path(providers.__file__).with_name("sdk"))


@dataclass(slots=True)
class Found:
    """What a search brought, and what the provider said of it.

    listings: those that match, more than were wanted where a page held more. read: how many came in all. ended: there
    are no more.
    """

    listings: list[Listing] = field(default_factory=list)
    read: int = 0
    total: int | None = None
    truncated: bool = False
    rejected: int = 0
    ended: bool = False
    requests: int = 0


async def walk(provider: Provider, query: ListingQuery, first: int) -> Found:
    """Ask for pages until `first` listings match, the list ends, or it has gone on for long."""
    asked = query.only(provider.info.capabilities)
    found, seek = Found(), None
    with counting() as tally:
        for number in range(1, _MOST_PAGES + 1):
            say(f"Asking {provider.info.slug}" + (f", page {number}" if number > 1 else "") + " ...")
            page = await provider.search(asked, seek, first)
            found.listings += [listing for listing in page.listings if matches(listing, query)]
            found.read += len(page.listings)
            found.total = page.total if seek is None else found.total
            found.truncated |= page.truncated
            found.rejected += page.rejected
            found.ended, seek = page.exhausted, page.frontier
            if found.ended or len(found.listings) >= first:
                break
    found.requests = tally.requests
    return found


def say(words: str) -> None:
    """Tell whoever waits how it goes on."""
    print(words, file=sys.stderr, flush=True)


@contextmanager
def one_line(slug: str, redactor: Redactor) -> Iterator[None]:
    """Whatever the provider raises inside the block, as one line without secrets."""
    try:
        yield
    except (Stop, SettingError):
        raise
    except ProviderError as error:
        msg = f"{slug} {redactor(str(error))}"
        raise Stop(msg) from None
    except Exception as error:  # noqa: BLE001 - a stranger's provider may raise anything; its user gets one line
        msg = redactor(f"{slug} raises {type(error).__name__}: {' '.join(str(error).split())} ({_where(error)})")
        raise Stop(msg) from None


def _where(error: Exception) -> str:
    """The line that it comes from: the adapter's, where the kit only refused what it was given."""
    frames = traceback.extract_tb(error.__traceback__)
    last = next((frame for frame in reversed(frames) if not frame.filename.startswith((_KIT, "<"))), frames[-1])
    return f"{last.filename}, line {last.lineno}"
