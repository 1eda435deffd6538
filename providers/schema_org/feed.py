"""The provider: fetches each page now and then, keeps what it says, and answers every search from that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

from providers import (
    Answer,
    Capability,
    Document,
    Http,
    Info,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Misconfigured,
    Offer,
    Page,
    Provider,
    ProviderError,
    Refused,
    Request,
    Setting,
    SettingError,
    checked_setting,
    country_setting,
    event_type_setting,
    page_of,
    whole_number_setting,
    zone_setting,
)
from providers.schema_org.page import Reading, read_page
from providers.schema_org.robots import Robots
from providers.schema_org.venues import Defaults

_ACCEPT = "text/html, application/xhtml+xml, application/ld+json;q=0.9, */*;q=0.1"
_MOST_PAGES = 50
_LONGEST_REFRESH = 86_400

log = logging.getLogger(__name__)


class SchemaOrg(Provider):
    """The events that one or several pages of a site describe. All filters are applied here, to the whole of them.

    Only what is in the page's source is found, and only as JSON-LD: neither Microdata nor RDFa, nor what a page adds in
    the browser. Links to further pages are not followed; `urls` names them.

    Of several pages some may fail: then the answer is `truncated`, and says what the others do. That robots.txt forbids
    one is an error all the same, as only the operator can mend it.

    The shapes beyond those seen on real pages are read as schema.org and the search engines document them.
    """

    info = Info(
        slug="schema-org",
        title="Web page with schema.org events",
        homepage="https://schema.org/Event",
        feed=True,
        redirects=5,
        capabilities=frozenset(
            {
                Capability.KEYWORD,
                Capability.NEAR,
                Capability.BOUNDING_BOX,
                Capability.COUNTRY,
                Capability.CITY,
                Capability.DATE_RANGE,
                Capability.GENRE,
                Capability.PERFORMER,
                Capability.VENUE,
                Capability.LOOKUP_BY_ID,
                Capability.SORT_BY_DATE,
                Capability.TOTAL_COUNT,
                Capability.OFFERS,
                Capability.IMAGES,
                Capability.KEYLESS,
            }
        ),
        limits=Limits(max_page_size=500, lookup_batch=500, cache_ttl=timedelta(minutes=15)),
        settings=(
            Setting(name="url", required=True, help="where the page is"),
            Setting(name="urls", kind=list, help="further pages of the same site, such as /events/2"),
            Setting(name="time_zone", help="IANA zone of times without an offset; without it only their day counts"),
            Setting(name="city", help="the town of events whose location names none"),
            Setting(name="country", help="the country of events whose location names none, such as DE"),
            Setting(name="currency", help="the currency of prices that name none, such as EUR"),
            Setting(name="event_type", help="what events are that do not tell, such as MUSIC"),
            Setting(name="refresh_seconds", kind=int, default=900, help="the least time between two fetches of a page"),
        ),
    )

    def __init__(self, *, settings: Mapping[str, Any], http: Http, **more: Any) -> None:  # noqa: ANN401 - Provider's own
        super().__init__(settings=settings, http=http, **more)
        self._defaults = _defaults(settings)
        self._least = timedelta(
            seconds=whole_number_setting(settings, "refresh_seconds", default=900, least=0, most=_LONGEST_REFRESH)
        )
        pages = _pages(settings)
        self._robots = Robots(http, _site(pages[0]), self.clock)
        self._documents = {page: self._document(page) for page in pages}

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """The page of all that the pages say which follows `seek`."""
        readings, errors = await self._readings()
        page = page_of(_once(readings), query, seek, limit)
        cut_off = bool(errors) or any(reading.cut_off for reading in readings)
        return replace(page, truncated=cut_off, rejected=sum(reading.rejected for reading in readings))

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """Those that the pages hold, past ones included."""
        readings, errors = await self._readings()
        found = [listing for listing in _once(readings) if listing.id in ids]
        if errors and len(found) < len(set(ids)):
            # One that is missing may stand on the page that is.
            raise errors[0]
        return found

    async def aclose(self) -> None:
        """Stop fetching, too."""
        self._robots.cancel()
        for document in self._documents.values():
            document.cancel()
        await super().aclose()

    def _document(self, page: str) -> Document[Reading]:
        return Document(
            self.http,
            Request(path=page, headers={"accept": _ACCEPT}),
            read=lambda answer: read_page(answer, page, self._defaults),
            keep=lambda _: self._least,
            clock=self.clock,
            explain=_explain,
        )

    async def _readings(self) -> tuple[list[Reading], list[ProviderError]]:
        """What the pages say, and why some say nothing.

        Raises:
            ProviderError: all fail, or one in a way that only the operator can mend.
        """
        answers = await asyncio.gather(*map(self._reading, self._documents), return_exceptions=True)
        readings = [each for each in answers if isinstance(each, Reading)]
        failures = [each for each in answers if isinstance(each, BaseException)]
        grave = [each for each in failures if isinstance(each, Misconfigured) or not isinstance(each, ProviderError)]
        if grave or not readings:
            raise (grave or failures)[0]
        errors = [each for each in failures if isinstance(each, ProviderError)]
        for error in errors:
            log.warning("%s: a page is missing (%s)", self.info.slug, error.message)
        return readings, errors

    async def _reading(self, page: str) -> Reading:
        await self._robots.check(page)
        return await self._documents[page].latest()


def _once(readings: Sequence[Reading]) -> list[Listing]:
    """An event that stands on several pages once, as the first of them has it."""
    listings = [listing for reading in readings for listing in reading.listings]
    return list({listing.id: listing for listing in reversed(listings)}.values())


def _explain(answer: Answer) -> ProviderError | None:
    """Here no key is refused, but a program."""
    if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Refused(f"does not show its page to programs ({answer.status}); ask its owner, or take the feed away")
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return Refused(f"has no such page ({answer.status}): {answer.url}; look whether it has moved")
    return None


def _pages(settings: Mapping[str, Any]) -> list[str]:
    """The pages' addresses, without fragments and credentials.

    Raises:
        SettingError: one is no address, or of another site than the first.
    """
    url = str(settings["url"])
    pages = dict.fromkeys(
        [_page(url, "url"), *(_page(urljoin(url, each), "urls") for each in settings.get("urls") or ())]
    )
    sites = {_site(page) for page in pages}
    if len(sites) > 1:
        msg = f"urls: are of several sites ({', '.join(sorted(sites))}); make each site a feed of its own"
        raise SettingError(msg)
    if len(pages) > _MOST_PAGES:
        msg = f"urls: are {len(pages)}; more than {_MOST_PAGES} pages are not read"
        raise SettingError(msg)
    return list(pages)


def _page(url: str, name: str) -> str:
    parts = urlsplit(url.strip())
    if parts.scheme.lower() not in {"http", "https"} or not parts.netloc:
        msg = f"{name}: wants an address such as https://example.org/events, not {url!r}"
        raise SettingError(msg)
    host = parts.netloc.rpartition("@")[2].lower()
    return parts._replace(scheme=parts.scheme.lower(), netloc=host, fragment="").geturl()


def _site(page: str) -> str:
    parts = urlsplit(page)
    return f"{parts.scheme}://{parts.netloc}"


def _defaults(settings: Mapping[str, Any]) -> Defaults:
    """What the operator says of all events.

    Raises:
        SettingError: what cannot be; the message begins with the setting's name.
    """
    currency = (settings.get("currency") or "").upper() or None
    return Defaults(
        time_zone=zone_setting(settings),
        city=settings.get("city") or None,
        country=country_setting(settings),
        currency=checked_setting("currency", lambda: Offer(currency=currency).currency),
        event_type=event_type_setting(settings),
    )
