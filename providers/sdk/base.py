"""What a provider is, and what it says of itself."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from providers.sdk.capabilities import Capability
from providers.sdk.http import Http, utc_now
from providers.sdk.model import Key, Listing, Performer, Venue
from providers.sdk.query import ListingQuery, Page

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FEW = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A key of the provider's configuration table.

    kind: str, int, float, bool or list (of strings). A secret is never shown; the environment variable
    `<SLUG>_<NAME>` (upper case, such as TICKETMASTER_API_KEY) sets it, too. A required bool is something to agree to:
    until it is true, it is missing. Who lacks a setting is told its help.
    """

    name: str
    kind: type = str
    required: bool = False
    secret: bool = False
    default: object = None
    help: str = ""

    def variable(self, slug: str) -> str:
        """The environment variable that sets it for the provider of that name."""
        return f"{slug}_{self.name}".replace("-", "_").upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the provider allows. max_offset: the deepest result that paging reaches. lookup_batch: ids per request."""

    requests_per_second: float | None = None
    requests_per_day: int | None = None
    max_page_size: int = 100
    max_offset: int | None = None
    lookup_batch: int = 1
    cache_ttl: timedelta = timedelta(minutes=5)
    may_persist: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Text that the provider's terms oblige a client to show with the event, where `required`."""

    text: str
    url: str | None = None
    logo_url: str | None = None
    required: bool = False
    license: str | None = None
    license_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """Who a provider is.

    slug: its name in configuration and ids; never changes. base_url: where its API is, unless configured otherwise.
    version: of the adapter. feed: it needs an address, and can be configured any number of times under [feeds.<name>].
    stand_in: it steps aside as soon as another provider is enabled. redirects: how many its server may send us on.
    """

    slug: str
    title: str
    homepage: str | None = None
    version: str = "1"
    base_url: str | None = None
    capabilities: frozenset[Capability] = frozenset()
    limits: Limits = Limits()
    settings: tuple[Setting, ...] = ()
    attribution: Attribution | None = None
    countries: tuple[str, ...] = ()
    feed: bool = False
    stand_in: bool = False
    redirects: int = 0

    def __post_init__(self) -> None:
        if not _SLUG.fullmatch(self.slug):
            msg = f"{self.slug!r} is not a slug: small letters, digits and single hyphens, such as 'open-stage'"
            raise ValueError(msg)


class Provider(ABC):
    """A source of listings. Subclass it, or JSONProvider where the source is a JSON API.

    One instance serves the application's life, and many searches at once; it keeps no state of a request.
    `settings` holds a value for each declared setting; `http` is a client of its own, closed by the gateway.
    """

    info: Info

    def __init__(self, *, settings: Mapping[str, Any], http: Http, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.http = http
        self.clock = clock

    @classmethod
    def configured(cls, settings: Mapping[str, Any]) -> Info:  # noqa: ARG003 - for those whom a setting changes
        """Who a feed is with these settings: at another address, say, or able to do more. Here: the same with any."""
        return cls.info

    @abstractmethod
    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """The listings that match, in order of key, beginning after `seek`.

        `limit` is how many the caller can use; more or fewer is fine, as long as the page's frontier is honest and
        beyond the seek.

        Raises:
            ProviderError: the kind that says what to do about it.
        """

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """The listings of these ids (at most `limits.lookup_batch`), in any order; those that are gone are left out."""
        raise NotImplementedError

    async def venues(self, ids: Sequence[str]) -> Sequence[Venue]:
        """The venues of these ids, in any order. Here: as the listings that happen there tell of them."""
        page = await self.search(ListingQuery(start_from=self.clock(), venue_ids=tuple(sorted(ids))), None, _FEW)
        return [listing.venue for listing in page.listings if listing.venue is not None]

    async def performers(self, ids: Sequence[str]) -> Sequence[Performer]:
        """The performers of these ids, in any order. Here: as the listings that they play in tell of them."""
        page = await self.search(ListingQuery(start_from=self.clock(), performer_ids=tuple(sorted(ids))), None, _FEW)
        return [performer for listing in page.listings for performer in listing.performers if performer.id in ids]

    async def aclose(self) -> None:
        """Let go of what it holds."""
        await self.http.aclose()
