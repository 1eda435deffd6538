"""What a reader wants, split into what providers are asked and what only the gateway can tell of a listing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum, auto

from gateway.dates import DateRange
from gateway.errors import BadInput
from gateway.ids import Kind, Ref
from providers import (
    Capability,
    EventAttendanceMode,
    EventStatus,
    Listing,
    ListingQuery,
    Offer,
    OfferAvailability,
)

EVERYTHING = ListingQuery()
UPCOMING = DateRange()
NOT_CANCELLED = tuple(status for status in EventStatus if status is not EventStatus.CANCELLED)
_ON_SALE = frozenset({OfferAvailability.IN_STOCK, OfferAvailability.LIMITED_AVAILABILITY, OfferAvailability.PRE_SALE})


class Sort(Enum):
    """In which order events come. Those of which the value is not known come last; ties by start.

    By start they are all reached, page by page; the others order the first few hundred of each provider by start.
    """

    START_DATE_ASC = auto()
    START_DATE_DESC = auto()
    DISTANCE_ASC = auto()
    RELEVANCE = auto()
    PRICE_ASC = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFilter:
    """Some way in costs from `least` to `most`, both inclusive, in `currency`. Without either it is no condition."""

    currency: str
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def is_open(self) -> bool:
        """Whether it only names a currency."""
        return self.least is None and self.most is None

    def admits(self, offers: tuple[Offer, ...]) -> bool:
        """Whether one of the offers can be had for that."""
        return self.is_open or any(self._meets(offer) for offer in offers if offer.currency == self.currency)

    def _meets(self, offer: Offer) -> bool:
        low = offer.price if offer.price is not None else offer.low_price
        high = offer.price if offer.price is not None else offer.high_price
        if low is None and high is None:
            return False
        low, high = low if low is not None else high, high if high is not None else low
        assert low is not None
        assert high is not None
        return (self.most is None or low <= self.most) and (self.least is None or high >= self.least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A filter over events. `query` holds what providers may be asked, without times and without ids.

    venues and performers name things by their provider's own ids, so only those providers can answer, and those whose
    records of the same things are among `aliases`. What is known of these changes, and the search stays the same.
    """

    query: ListingQuery = EVERYTHING
    dates: DateRange = UPCOMING
    venues: tuple[Ref, ...] = ()
    performers: tuple[Ref, ...] = ()
    aliases: tuple[Ref, ...] = field(default=(), repr=False)
    statuses: tuple[EventStatus, ...] = NOT_CANCELLED
    attendance_modes: tuple[EventAttendanceMode, ...] = ()
    price: PriceFilter | None = None
    is_free: bool | None = None
    on_sale: bool | None = None
    has_image: bool | None = None
    updated_since: datetime | None = None

    def digest(self, sort: Sort = Sort.START_DATE_ASC) -> bytes:
        """The same for the same search in the same order, from process to process, whatever the aliases: 16 bytes."""
        return hashlib.blake2b(f"{sort.name} {self!r}".encode(), digest_size=16).digest()

    def digests(self, sort: Sort) -> tuple[bytes, ...]:
        """Those of the same search by whatever record names the one thing that it is about; its own first."""
        own = self.digest(sort)
        match self.venues, self.performers:
            case (_,), ():
                return own, *(replace(self, venues=(each,)).digest(sort) for each in self.aliases)
            case (), (_,):
                return own, *(replace(self, performers=(each,)).digest(sort) for each in self.aliases)
        return (own,)

    def check(self, sort: Sort) -> None:
        """That it says what the order needs.

        Raises:
            BadInput: it does not.
        """
        needs = {
            Sort.DISTANCE_ASC: (self.query.near, "`filter.near`, the point to measure from"),
            Sort.RELEVANCE: (self.query.keyword, "`filter.keyword`, what to be relevant to"),
            Sort.PRICE_ASC: (self.price, "`filter.price.currency`: prices of different currencies have no order"),
        }
        given, what = needs.get(sort, (True, ""))
        if not given:
            msg = f"sort: {sort.name} needs {what}"
            raise BadInput(msg)

    def query_for(self, provider: str, now: datetime) -> ListingQuery | None:
        """What to ask that provider; None where it cannot have what is wanted."""
        venue_ids = _ids(self.venues, self.aliases, Kind.VENUE, provider)
        performer_ids = _ids(self.performers, self.aliases, Kind.PERFORMER, provider)
        if (self.venues and not venue_ids) or (self.performers and not performer_ids):
            return None
        start_from, start_before = self.dates.bounds(now)
        return replace(
            self.query,
            start_from=start_from,
            start_before=start_before,
            venue_ids=venue_ids,
            performer_ids=performer_ids,
        )

    def wants(self, status: EventStatus, mode: EventAttendanceMode, listings: Sequence[Listing]) -> bool:
        """Whether an event of that status and mode, which these listings speak of, meets what no provider is asked for.

        It is asked of the event and not of each listing: what one seller leaves out another one tells.
        """
        offers = tuple(offer for listing in listings for offer in listing.offers)
        return (
            status in self.statuses
            and (not self.attendance_modes or mode in self.attendance_modes)
            and (self.price is None or self.price.admits(offers))
            and self.is_free in {None, any(listing.is_free for listing in listings)}
            and self.on_sale in {None, any(offer.availability in _ON_SALE for offer in offers)}
            and self.has_image in {None, any(listing.images for listing in listings)}
            and (self.updated_since is None or any(_updated(each, self.updated_since) for each in listings))
        )

    def post_filters(self) -> frozenset[Capability]:
        """The conditions that the gateway applies itself and that have a name as a capability."""
        return frozenset({Capability.PRICE} if self.price is not None and not self.price.is_open else ())


def _ids(named: tuple[Ref, ...], aliases: tuple[Ref, ...], kind: Kind, provider: str) -> tuple[str, ...]:
    refs = (*named, *(ref for ref in aliases if ref.kind is kind))
    return tuple(sorted({ref.id for ref in refs if ref.provider == provider and not ref.is_by_name}))


def _updated(listing: Listing, since: datetime) -> bool:
    return listing.updated_at is not None and listing.updated_at >= since
