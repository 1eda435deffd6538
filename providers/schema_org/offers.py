"""What it costs to get in: https://schema.org/offers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from providers import Offer, OfferAvailability, OfferKind, Record
from providers.schema_org.mending import bare
from providers.schema_org.times import instant
from providers.schema_org.values import address, amount, currency, each_of, line, objects
from providers.schema_org.venues import Defaults

_MOST = 20
_AVAILABILITIES = {
    "InStock": OfferAvailability.IN_STOCK,
    "OnlineOnly": OfferAvailability.IN_STOCK,
    "InStoreOnly": OfferAvailability.IN_STOCK,
    "LimitedAvailability": OfferAvailability.LIMITED_AVAILABILITY,
    "PreSale": OfferAvailability.PRE_SALE,
    "PreOrder": OfferAvailability.PRE_ORDER,
    "SoldOut": OfferAvailability.SOLD_OUT,
    "OutOfStock": OfferAvailability.SOLD_OUT,
    "Discontinued": OfferAvailability.OFF_SALE,
}


def read_offers(value: object, page: str, defaults: Defaults) -> tuple[Offer, ...]:
    """Each offer; those that an AggregateOffer holds stand for it where they say a price."""
    found = [offer for each in objects(value) for offer in _offers(each, page, defaults)]
    return tuple(dict.fromkeys(found))[:_MOST]


def is_free(event: Record, offers: tuple[Offer, ...]) -> bool | None:
    """What the event says, else True where every price is 0, as such events are to be written."""
    said = next((str(each).lower() for each in each_of(event.get("isAccessibleForFree"))), "")
    if bare(said) in {"true", "false"}:
        return bare(said) == "true"
    prices = [
        price for offer in offers for price in (offer.price, offer.low_price, offer.high_price) if price is not None
    ]
    return not any(prices) if prices else None


def _offers(offer: Record, page: str, defaults: Defaults) -> Iterator[Offer]:
    # Parts mostly leave the currency to the whole.
    parts = [{"priceCurrency": offer.get("priceCurrency"), **part} for part in objects(offer.get("offers"))]
    priced = [each for part in parts for each in _offers(part, page, defaults) if _has_price(each)]
    if priced:
        yield from priced
    else:
        yield _offer(offer, page, defaults)


def _has_price(offer: Offer) -> bool:
    return (offer.price, offer.low_price, offer.high_price) != (None, None, None)


def _offer(offer: Record, page: str, defaults: Defaults) -> Offer:
    made = Offer(
        name=line(offer.get("name")),
        kind=OfferKind.RESALE if "secondary" in str(offer.get("category")).lower() else OfferKind.PRIMARY,
        availability=_availability(offer.get("availability")),
        url=address(offer.get("url"), page),
        valid_from=_time(offer, defaults, "availabilityStarts", "validFrom"),
        valid_through=_time(offer, defaults, "availabilityEnds", "validThrough", "priceValidUntil"),
        seller=line(offer.get("seller")) or line(offer.get("offeredBy")),
    )
    price, low, high = _prices(offer)
    specified = [each.get("priceCurrency") for each in objects(offer.get("priceSpecification"))]
    code = currency(offer.get("priceCurrency"), *specified, offer.get("price"), defaults.currency)
    if code is None:
        return made
    return replace(made, price=price, low_price=low, high_price=high, currency=code)


def _prices(offer: Record) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """The price, or the lowest and the highest; from an amount to the same one is a price."""
    price, low, high = (
        _first(offer, *names) for names in (("price",), ("lowPrice", "minPrice"), ("highPrice", "maxPrice"))
    )
    if low is not None and low == high:
        return low, None, None
    return (None, low, high) if low is not None or high is not None else (price, None, None)


def _first(offer: Record, *names: str) -> Decimal | None:
    """The offer's own, or its priceSpecification's."""
    for each in (offer, *objects(offer.get("priceSpecification"))):
        for name in names:
            for value in each_of(each.get(name)):
                if (found := amount(value)) is not None:
                    return found
    return None


def _availability(value: object) -> OfferAvailability:
    named = [bare(each) for each in each_of(value) if isinstance(each, str)]
    return next((_AVAILABILITIES[each] for each in named if each in _AVAILABILITIES), OfferAvailability.UNKNOWN)


def _time(offer: Record, defaults: Defaults, *names: str) -> datetime | None:
    return next((found for name in names if (found := instant(offer.get(name), defaults.time_zone))), None)
