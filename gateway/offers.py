"""Offers: the ways to get in, of all who sell, and what they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from gateway.sources import EventSource
from providers import Offer as ListedOffer
from providers import OfferAvailability, OfferKind


@dataclass(frozen=True, slots=True, kw_only=True)
class MonetaryAmount:
    """An amount in a currency."""

    value: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A way to get in, and who says so."""

    name: str | None
    kind: OfferKind
    price: MonetaryAmount | None
    low_price: MonetaryAmount | None
    high_price: MonetaryAmount | None
    fees_included: bool | None
    availability: OfferAvailability
    url: str | None
    valid_from: datetime | None
    valid_through: datetime | None
    seller: str | None
    source: EventSource


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceRange:
    """Lowest and highest price over the offers in one currency."""

    low_price: Decimal
    high_price: Decimal
    currency: str
    offer_count: int


def offers_of(sources: Sequence[EventSource]) -> tuple[Offer, ...]:
    """Of every source, cheapest first, those without a price last. Currencies are not compared: each keeps together.

    The currency that most offers are in comes first.
    """
    offers = [_offer(offer, source) for source in sources for offer in source.listing.offers]
    counts = Counter(amount.currency for offer in offers if (amount := offer.price or offer.low_price))
    return tuple(sorted(offers, key=lambda offer: _cheapness(offer, counts)))


def _offer(offer: ListedOffer, source: EventSource) -> Offer:
    return Offer(
        name=offer.name,
        kind=offer.kind,
        price=_amount(offer.price, offer.currency),
        low_price=_amount(offer.low_price, offer.currency),
        high_price=_amount(offer.high_price, offer.currency),
        fees_included=offer.fees_included,
        availability=offer.availability,
        url=offer.url,
        valid_from=offer.valid_from,
        valid_through=offer.valid_through,
        seller=offer.seller,
        source=source,
    )


def _cheapness(offer: Offer, counts: Mapping[str, int]) -> tuple[bool, int, str, Decimal]:
    amount = offer.price or offer.low_price
    if amount is None:
        return True, 0, "", Decimal(0)
    return False, -counts[amount.currency], amount.currency, amount.value


def _amount(value: Decimal | None, currency: str | None) -> MonetaryAmount | None:
    return MonetaryAmount(value=value, currency=currency) if value is not None and currency else None


def price_range(offers: Sequence[Offer], currency: str | None = None) -> PriceRange | None:
    """Over the offers in `currency`, else in that of the cheapest; None when no price is known."""
    priced = [offer for offer in offers if _prices(offer, currency)]
    if not priced:
        return None
    chosen = currency or _prices(priced[0], None)[0].currency
    counted = [offer for offer in priced if _prices(offer, chosen)]
    values = [amount.value for offer in counted for amount in _prices(offer, chosen)]
    return PriceRange(low_price=min(values), high_price=max(values), currency=chosen, offer_count=len(counted))


def _prices(offer: Offer, currency: str | None) -> list[MonetaryAmount]:
    amounts = (offer.price, offer.low_price, offer.high_price)
    return [amount for amount in amounts if amount is not None and currency in {None, amount.currency}]
