"""The iCalendar provider: fetches a feed now and then, keeps what it read, and answers every search from that."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from providers import (
    Answer,
    Capability,
    Document,
    Flights,
    Http,
    Info,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Page,
    Point,
    Provider,
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
from providers.icalendar.describe import Defaults
from providers.icalendar.series import Calendar, Expansion, Window, read_calendar

_ACCEPT = "text/calendar, text/plain;q=0.5, */*;q=0.1"
# How far from today, either way, a query that names its dates has recurring events expanded.
REACH = timedelta(days=5 * 366)
_EXPANSIONS_KEPT = 4
# Filtering so many takes longer than a request of somebody else should wait.
_MANY = 1_000
_LONGEST_REFRESH = 86_400


class ICalendar(Provider):
    """A calendar feed. All filters are applied here, to the whole of it.

    Recurring events are expanded from yesterday to `horizon_days` ahead: that is what an open-ended query gets. One
    that names dates outside gets those, up to five years from today; beyond that the page is `truncated`. Single
    events are found whenever they are, and so is any occurrence by its id.
    """

    info = Info(
        slug="icalendar",
        title="iCalendar feed",
        homepage="https://www.rfc-editor.org/rfc/rfc5545",
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
                Capability.VENUE,
                Capability.LOOKUP_BY_ID,
                Capability.SORT_BY_DATE,
                Capability.TOTAL_COUNT,
                Capability.IMAGES,
                Capability.KEYLESS,
            }
        ),
        limits=Limits(max_page_size=500, lookup_batch=500, cache_ttl=timedelta(minutes=15)),
        settings=(
            Setting(name="url", required=True, help="where the calendar is (http, https or webcal)"),
            Setting(name="time_zone", help="IANA zone of times and days for which the calendar names none"),
            Setting(name="venue", help="the venue of events that have no location"),
            Setting(name="latitude", kind=float, help="where that venue is, in degrees north"),
            Setting(name="longitude", kind=float, help="where that venue is, in degrees east"),
            Setting(name="city", help="the town of events whose location names none"),
            Setting(name="country", help="the country of events whose location names none, such as DE"),
            Setting(name="event_type", help="what events are whose categories do not tell, such as MUSIC"),
            Setting(name="horizon_days", kind=int, default=365, help="how far ahead recurring events are listed"),
            Setting(name="refresh_seconds", kind=int, default=300, help="the least time between two fetches"),
        ),
    )

    def __init__(self, *, settings: Mapping[str, Any], http: Http, **more: Any) -> None:  # noqa: ANN401 - Provider's own
        super().__init__(settings=settings, http=http, **more)
        request = _request(str(settings["url"]), http)
        self._defaults = _defaults(settings)
        self._time_zone = zone_setting(settings)
        horizon = whole_number_setting(settings, "horizon_days", default=365, least=1, most=REACH.days)
        self._horizon = timedelta(days=horizon)
        least = whole_number_setting(settings, "refresh_seconds", default=300, least=0, most=_LONGEST_REFRESH)
        self._least = timedelta(seconds=least)
        self._document = Document(http, request, read=self._read, keep=self._kept, clock=self.clock)
        self._flights = Flights()
        self._one_at_a_time = asyncio.Lock()

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """The page of the whole feed that follows `seek`."""
        copy = await self._document.latest()
        window, clipped = self._window(query)
        expansion = await self._expansion(copy, window)
        if len(expansion.listings) > _MANY:
            page = await asyncio.to_thread(page_of, expansion.listings, query, seek, limit)
        else:
            page = page_of(expansion.listings, query, seek, limit)
        return replace(page, truncated=expansion.truncated or clipped, rejected=expansion.rejected)

    async def lookup(self, ids: Sequence[str]) -> Sequence[Listing]:
        """Those that the feed holds, past ones and such beyond the horizon included."""
        copy = await self._document.latest()
        async with self._one_at_a_time:
            return await asyncio.to_thread(copy.calendar.find, ids)

    async def aclose(self) -> None:
        """Stop fetching, too."""
        self._document.cancel()
        self._flights.cancel()
        await super().aclose()

    def _read(self, answer: Answer) -> _Copy:
        return _Copy(calendar=read_calendar(answer.content, self._defaults, self._time_zone))

    def _kept(self, copy: _Copy) -> timedelta:
        """As long as its owner asks for, and never less than the operator does."""
        return max(self._least, copy.calendar.refresh or self._least)

    def _window(self, query: ListingQuery) -> tuple[Window, bool]:
        """How far recurring events are to be expanded for this query, and whether it asks for more than that."""
        today = self.clock().date()
        day = timedelta(days=1)
        usual = Window(today - day, today + self._horizon)
        # A day more on either side: zones are up to a day apart.
        first = _day(query.start_from, -day) if query.start_from else usual.first
        open_end = max(usual.beyond, min(first, today + REACH) + self._horizon)
        beyond = _day(query.start_before, 2 * day) if query.start_before else open_end
        asked = Window(first, beyond)
        if asked in usual:
            return usual, False
        clipped = Window(max(first, today - REACH), min(beyond, today + REACH + day))
        return clipped, clipped != asked

    async def _expansion(self, copy: _Copy, window: Window) -> Expansion:
        if window in copy.expansions:
            return copy.expansions[window]
        return await self._flights.join((copy.calendar, window), lambda: self._expand(copy, window))

    async def _expand(self, copy: _Copy, window: Window) -> Expansion:
        async with self._one_at_a_time:
            expansion = await asyncio.to_thread(copy.calendar.within, window)
        while len(copy.expansions) >= _EXPANSIONS_KEPT:
            del copy.expansions[next(iter(copy.expansions))]
        copy.expansions[window] = expansion
        return expansion


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """The calendar that the feed held, and what was expanded of it."""

    calendar: Calendar
    expansions: dict[Window, Expansion] = field(default_factory=dict)


def _request(url: str, http: Http) -> Request:
    parts = urlsplit(url)
    if parts.scheme.lower() not in {"http", "https", "webcal"} or not parts.netloc:
        # Not said which it is: a private calendar's address is its key.
        msg = "url: wants an address such as https://example.org/events.ics"
        raise SettingError(msg)
    # The base address has lost its last slash, which some servers insist on.
    exact = parts._replace(scheme=parts.scheme.lower().replace("webcal", "https")).geturl()
    return Request(path=exact if exact.rstrip("/") == http.base_url else "", headers={"accept": _ACCEPT})


def _defaults(settings: Mapping[str, Any]) -> Defaults:
    """What the operator says of all events.

    Raises:
        SettingError: what cannot be; the message begins with the setting's name.
    """
    return Defaults(
        venue=settings.get("venue") or None,
        city=settings.get("city") or None,
        country=country_setting(settings),
        point=_venue_point(settings),
        event_type=event_type_setting(settings),
    )


def _venue_point(settings: Mapping[str, Any]) -> Point | None:
    latitude, longitude = settings.get("latitude"), settings.get("longitude")
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None or not settings.get("venue"):
        msg = "latitude, longitude: are the venue's place, so all of venue, latitude and longitude must be set"
        raise SettingError(msg)
    return checked_setting("latitude, longitude", lambda: Point(latitude=latitude, longitude=longitude))


def _day(moment: datetime, shift: timedelta) -> date:
    """The moment's day in UTC, shifted, as far as the calendar goes."""
    try:
        return (moment.astimezone(UTC) + shift).date()
    except OverflowError:
        return date.max if shift > timedelta(0) else date.min
