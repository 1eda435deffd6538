"""OpenAgenda as a feed: some of its agendas, or with `mirror` all that are public."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from providers import (
    Attribution,
    Capability,
    Http,
    Info,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Page,
    Provider,
    Setting,
    SettingError,
    at_once,
)
from providers.openagenda import agenda, mirror

API = "https://api.openagenda.com/v2"
MIRROR = "https://public.opendatasoft.com/api/explore/v2.1"
# So many uids make an address that every proxy on the way lets pass.
BATCH = 100


class OpenAgenda(Provider):
    """Agendas of OpenAgenda: a listing for each of an event's times.

    A feed and not a provider, since the API gives no events but those of an agenda that is named (a search across all
    is experimental, and given on request): which agendas, and under what name, is the operator's to say, and each
    feed fails and is reported for itself. The key may stand once for all feeds, in OPENAGENDA_API_KEY.

    Of the API's documentation and the published source of its search, never observed:

    - `timings` bounds the beginning of a time, and the order is by the first that is not over at the lower bound;
      the documentation says no more than "the next upcoming time slot";
    - where that order has come to is read from the cursor, as the documentation's example has it; a cursor of another
      form has everything read to the end, ten pages at most;
    - errors are told by their status alone: their bodies are not documented.

    Of the mirror, from code that others have published:

    - its rows are those of public agendas, a day old at most, and in French;
    - a quoted text as a condition is looked for in all fields, and its last word may be the beginning of one;
    - of events that have begun and go on, the five hundred that end first are read: more make a page `truncated`.

    There are no categories: keywords, or the first word of the title, tell what kind of event it is. Whether it is
    free is read from a text.
    """

    info = Info(
        slug="openagenda",
        title="OpenAgenda",
        homepage="https://openagenda.com",
        base_url=API,
        feed=True,
        capabilities=frozenset(
            {
                Capability.KEYWORD,
                Capability.NEAR,
                Capability.BOUNDING_BOX,
                Capability.CITY,
                Capability.DATE_RANGE,
                Capability.VENUE,
                Capability.LOOKUP_BY_ID,
                Capability.SORT_BY_DATE,
                Capability.OFFERS,
                Capability.IMAGES,
            }
        ),
        limits=Limits(
            max_page_size=agenda.PAGE_SIZE, lookup_batch=BATCH, cache_ttl=timedelta(minutes=15), may_persist=True
        ),
        settings=(
            Setting(name="url", help="the address of an agenda, such as https://openagenda.com/fr/my-town"),
            Setting(name="agendas", kind=list, default=[], help="uids or addresses of agendas, one or several"),
            Setting(name="api_key", secret=True, help="the public key of your account (oa_pk_...)"),
            Setting(name="mirror", kind=bool, default=False, help="ask the keyless copy at Opendatasoft instead"),
            Setting(name="language", default="fr", help="the language of texts where there are several, such as fr"),
        ),
        attribution=Attribution(
            text="OpenAgenda, Licence Ouverte / Open Licence",
            url="https://openagenda.com",
            required=True,
            license="Licence Ouverte / Open Licence",
            license_url="https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        ),
    )

    @classmethod
    def configured(cls, settings: Mapping[str, Any]) -> Info:
        """The mirror is elsewhere, wants no key, and has no order by date for what has begun."""
        if not settings["mirror"]:
            return cls.info
        return replace(
            cls.info,
            base_url=MIRROR,
            capabilities=cls.info.capabilities - {Capability.SORT_BY_DATE} | {Capability.KEYLESS},
            limits=replace(cls.info.limits, max_page_size=mirror.PAGE_SIZE, max_offset=mirror.DEPTH),
        )

    def __init__(self, *, settings: Mapping[str, Any], http: Http, **more: Any) -> None:  # noqa: ANN401 - Provider's own
        super().__init__(settings=settings, http=http, **more)
        agendas = _named(settings)
        common = {"settings": settings, "http": http, **more}
        self._begun: Sequence[Provider] = ()
        self._sources: Sequence[Provider]
        if settings["mirror"]:
            self._sources = [mirror.Mirror(agendas, begun=False, **common)]
            self._begun = [mirror.Mirror(agendas, begun=True, **common)]
        else:
            self._sources = [agenda.Agenda(each, **common) for each in agendas]

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """The agendas' lists as one."""
        if seek is not None:
            # All that a source should know of the pages before is where the list goes on.
            query = replace(query, start_from=max(filter(None, (query.start_from, seek.instant))))
        sources = (*self._sources, *self._begun)
        return together(await at_once(partial(source.search, query, seek, limit) for source in sources))

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """From whichever agenda has them."""
        found = await at_once(partial(source.lookup, ids) for source in self._sources)
        return [*{listing.id: listing for listings in found for listing in listings}.values()]


def together(pages: Sequence[Page]) -> Page:
    """Pages of several lists as a page of all: as far as the one that has come the least far, each listing once."""
    frontier = min((page.frontier for page in pages if page.frontier is not None), default=None)
    found = {each.id: each for page in pages for each in page.listings if frontier is None or each.key <= frontier}
    return Page(
        listings=tuple(sorted(found.values(), key=lambda listing: listing.key)),
        frontier=frontier,
        truncated=any(page.truncated for page in pages),
        rejected=sum(page.rejected for page in pages),
    )


def _named(settings: Mapping[str, Any]) -> list[str]:
    """The agendas that the settings name.

    Raises:
        SettingError: none are, or one cannot be, or there is no key.
    """
    texts = [text for text in (settings.get("url"), *(settings.get("agendas") or [])) if text]
    names = list(dict.fromkeys(_name(text) for text in texts))
    if settings["mirror"]:
        if strangers := [name for name in names if not name.isdecimal()]:
            msg = f"agendas: the mirror knows agendas by their uids alone, not {strangers[0]!r}"
            raise SettingError(msg)
        return names
    if not settings.get("api_key"):
        msg = "api_key: must be set; or set mirror = true, which needs none"
        raise SettingError(msg)
    if not names:
        msg = "agendas: wants the uid or the address of at least one agenda, such as https://openagenda.com/fr/my-town"
        raise SettingError(msg)
    return names


def _name(text: str) -> str:
    """The uid, or the name in addresses, of an agenda of which there is either, or an address of the site or the API."""
    path = [part for part in urlsplit(text).path.split("/") if part] if "//" in text else [text.strip()]
    if "agendas" in path:
        path = path[path.index("agendas") + 1 :]
    elif len(path) > 1 and re.fullmatch(r"[a-z]{2}", path[0]):
        path = path[1:]
    if not path or not re.fullmatch(r"[A-Za-z0-9_-]+", path[0]):
        msg = f"agendas: wants a uid or an address such as https://openagenda.com/fr/my-town, not {text!r}"
        raise SettingError(msg)
    return path[0]
