"""A listing made ready to be compared: everything that costs time is worked out once, when the claim is made."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from gateway.identity.houses import House, house_of
from gateway.identity.wording import Wording, name_words, title_wording
from providers import DatePrecision, Listing, Performer, zone

# Two that speak of one event start at most so far apart: doors and start, or a clock an hour off.
SPAN = timedelta(minutes=95)
# The first letters of a word, by which claims find each other.
PREFIX = 4
_MOST_KEYS = 24
_MOST_PERFORMERS = 40
_WEST_OF_ALL = timedelta(hours=12)
_TELLING = 6
_MORNING = 12
_TRACKING = frozenset(
    [
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_content",
        "utm_term",
        "fbclid",
        "gclid",
        "ref",
        "aff",
        "aid",
        "affiliate",
        "lang",
        "locale",
    ]
)
_FORMS = str.maketrans("", "", " ")


class ListingRef(NamedTuple):
    """Which listing of which provider."""

    provider: str
    id: str


class Place(NamedTuple):
    """Where a claim stands in the merged list: a total order."""

    instant: datetime
    provider: str
    id: str


class Named(NamedTuple):
    """A performer as compared: the words of the name, the same without blanks, and ids elsewhere."""

    words: str
    squeezed: str
    ids: frozenset[tuple[str, str]]


class Claim:
    """One provider's claim that something happens, ready to be compared.

    minute: of the start, since 1970, None where no time is known. day: at the venue, None where it is not known to the
    day. lasts_days: over how many days, None where the end is not known. keys: two claims without one in common are
    never compared. links: addresses of this very event, in one form.
    """

    __slots__ = (
        "day",
        "house",
        "keys",
        "lasts_days",
        "links",
        "listing",
        "minute",
        "performers",
        "place",
        "precedence",
        "provider",
        "ref",
        "title",
    )

    def __init__(self, provider: str, listing: Listing, *, rank: int = 0) -> None:
        start = listing.start
        self.provider = provider
        self.listing = listing
        self.ref = ListingRef(provider, listing.id)
        self.place = Place(listing.key.instant, provider, listing.id)
        self.precedence = (rank, provider, listing.id)
        self.minute = int(listing.key.instant.timestamp() // 60) if start.instant is not None else None
        self.day: date | None = start.day if start.precision in _TO_THE_DAY else None
        self.lasts_days = _lasts(listing)
        self.house: House | None = house_of(listing.venue) if listing.venue is not None else None
        self.title: Wording = title_wording(listing.name, self.house.in_titles if self.house else ())
        self.performers = tuple([named(each) for each in listing.performers[:_MOST_PERFORMERS]])
        self.links = _links(listing)
        self.keys = self._keys()

    def __repr__(self) -> str:
        return (
            f"<Claim {self.provider}:{self.listing.id} {self.listing.name[:40]!r} {self.place.instant:%Y-%m-%dT%H:%MZ}>"
        )

    @property
    def horizon(self) -> datetime:
        """Nothing that stands further behind can matter to who is of one event with this one.

        A date-only claim stands at its day's end, in its own zone where it knows one, else in UTC; one without a zone
        may itself be of a venue whose day ends twelve hours later.
        """
        latest = _later(self.place.instant, 2 * SPAN)
        if self.day is None:
            return latest
        if self.minute is None and self.listing.start.time_zone is None:
            return _later(self.place.instant, _WEST_OF_ALL)
        return max(latest, *_ends_of(self.day, self.listing.start.time_zone or _zone_of(self.listing)))

    def _keys(self) -> frozenset[str]:
        words = [*self.title.words]
        for each in self.performers:
            words += each.words.split()
        keys = {word[:PREFIX] for word in words[:_MOST_KEYS]}
        keys.update(self.links)
        if self.house is not None:
            keys.update(self.house.keys)
        if self.title.whole:
            keys.add(self.title.whole.translate(_FORMS)[:PREFIX])
        return frozenset(keys)


_TO_THE_DAY = frozenset({DatePrecision.TIME, DatePrecision.DATE})


def _later(instant: datetime, by: timedelta) -> datetime:
    """As far as the calendar goes."""
    return instant + by if instant < _LAST - by else _LAST


_LAST = datetime.max.replace(tzinfo=UTC)


@lru_cache(maxsize=4_096)
def _ends_of(day: date, time_zone: str | None) -> tuple[datetime, datetime]:
    """When the day is over at the venue, and in UTC."""
    if day >= date.max - timedelta(days=1):
        return _LAST, _LAST
    over = datetime.combine(day + timedelta(days=1), time.min)
    in_utc = over.replace(tzinfo=UTC)
    return (over.replace(tzinfo=zone(time_zone)).astimezone(UTC) if time_zone else in_utc), in_utc


def _zone_of(listing: Listing) -> str | None:
    return listing.venue.time_zone if listing.venue is not None else None


def _lasts(listing: Listing) -> int | None:
    """Nights end after midnight: what ends the next morning lasts one day."""
    start, end = listing.start, listing.end
    if end is None or end.day is None or start.day is None:
        return None
    if start.instant is not None and end.instant is not None:
        return max(0, math.ceil((end.instant - start.instant) / timedelta(hours=20)))
    days = (end.day - start.day).days
    if end.instant is not None and end.instant.hour < _MORNING:
        days -= 1
    return max(0, days) + 1


def named(performer: Performer) -> Named:
    """The performer, ready to be compared."""
    words = " ".join(name_words(performer.name))
    ids = (
        frozenset([(each.scheme, each.value) for each in performer.external_ids]) if performer.external_ids else _NO_IDS
    )
    return Named(words, words.translate(_FORMS), ids)


_NO_IDS: frozenset[tuple[str, str]] = frozenset()


def _links(listing: Listing) -> frozenset[str]:
    """Addresses that lead to this very event; a seller's front page leads to all of them."""
    addresses = [listing.url, *listing.same_as, *(offer.url for offer in listing.offers)]
    return frozenset([link for link in map(canonical, {address for address in addresses if address}) if link])


@lru_cache(maxsize=16_384)
def canonical(address: str) -> str | None:
    """One form of an address, without what only tells where a reader came from; None where it leads to no one thing."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return None
    path = parts.path.rstrip("/")
    query = sorted((name, value) for name, value in parse_qsl(parts.query) if name.lower() not in _TRACKING)
    telling = [step for step in path.split("/") if len(step) >= _TELLING or any(map(str.isdigit, step))]
    if not host or not (telling or query):
        return None
    return f"{host}{path}?{urlencode(query)}" if query else f"{host}{path}"
