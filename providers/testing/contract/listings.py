"""The listings: true to their zone, their codes and their place, readable, and the same tomorrow."""

# ruff: noqa: D102 - a test's name is its sentence

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from providers import Capability, Listing, Point, Provider, When, zone
from providers.testing.contract.base import Contract, needs
from providers.testing.contract.codes import COUNTRIES, CURRENCIES
from providers.testing.contract.saying import SHOWN, hold, some

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(#[0-9]+|#x[0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")


class Listings(Contract):
    """What is said of each."""

    async def test_there_is_something_to_test_with(self, provider: Provider) -> None:
        walked = await self.everything(provider)
        why = "a search without a filter found nothing, so nothing else here proves anything; give `make` some data"
        hold(bool(walked.listings), why)

    async def test_everything_found_is_a_listing(self, provider: Provider) -> None:
        await self.everything(provider)  # `search` looks at each, or all tests would fail with less to go by

    async def test_times_are_in_their_zone(self, provider: Provider) -> None:
        walked = await self.everything(provider)
        wrong = [each for each in walked.listings if not all(map(_in_zone, (each.start, each.end)))]
        hold(not wrong, f"times that are naive or not in their own time_zone; use When.at or When.local: {some(wrong)}")

    async def test_countries_and_currencies_are_ones_that_exist(self, provider: Provider) -> None:
        walked = await self.everything(provider)
        countries = _odd(walked.listings, _countries, COUNTRIES)
        hold(not countries, f"no ISO 3166-1 country (the United Kingdom is GB): {countries[:SHOWN]}")
        currencies = _odd(walked.listings, _currencies, CURRENCIES)
        hold(not currencies, f"no ISO 4217 currency: {currencies[:SHOWN]}")

    async def test_points_are_somewhere(self, provider: Provider) -> None:
        walked = await self.everything(provider)
        wrong = [each for each in walked.listings if each.venue and each.venue.point and not _real(each.venue.point)]
        why = "points beyond 90 or 180 degrees, or at 0, 0, which means unknown: leave the point out"
        hold(not wrong, f"{why}: {some(wrong)}")

    async def test_texts_are_plain(self, provider: Provider) -> None:
        walked = await self.everything(provider)
        marked = [text for each in walked.listings for text in _texts(each) if text and _MARKUP.search(text)]
        hold(not marked, f"HTML or entities in {[text[:60] for text in marked[:SHOWN]]}; `plain` takes them out")

    async def test_ids_stay_the_same(self, provider: Provider, twin: Provider) -> None:
        first, second = await self.everything(provider), await self.everything(twin)
        once, again = set(first.ids()), set(second.ids())
        hold(once == again, f"the same search gave other ids the second time: {sorted(once ^ again)[:SHOWN]}")

    @needs(Capability.OFFERS)
    async def test_some_listing_has_offers(self, provider: Provider) -> None:
        walked = await self.everything(provider)
        hold(any(each.offers for each in walked.listings), "declares OFFERS, but no listing has one")

    @needs(Capability.IMAGES)
    async def test_some_listing_has_images(self, provider: Provider) -> None:
        walked = await self.everything(provider)
        hold(any(each.images for each in walked.listings), "declares IMAGES, but no listing has one")


def _in_zone(when: When | None) -> bool:
    if when is None or when.instant is None:
        return True
    offset = when.instant.utcoffset()
    return offset is not None and (
        when.time_zone is None or offset == when.instant.astimezone(zone(when.time_zone)).utcoffset()
    )


def _odd(
    listings: list[Listing], codes: Callable[[Listing], Iterator[str | None]], known: frozenset[str]
) -> list[tuple[str, str]]:
    """Each listing's id with a code that nobody gives out."""
    return [(each.id, code) for each in listings for code in codes(each) if code is not None and code not in known]


def _countries(listing: Listing) -> Iterator[str | None]:
    if listing.venue is not None:
        yield listing.venue.address.country


def _currencies(listing: Listing) -> Iterator[str | None]:
    yield from (offer.currency for offer in listing.offers)


def _real(point: Point) -> bool:
    within = abs(point.latitude) <= 90 and abs(point.longitude) <= 180  # noqa: PLR2004 - degrees
    return within and (point.latitude, point.longitude) != (0, 0)


def _texts(listing: Listing) -> Iterator[str | None]:
    yield from (listing.name, listing.description, listing.age_range, *listing.keywords)
    yield from (performer.name for performer in listing.performers)
    yield from (text for offer in listing.offers for text in (offer.name, offer.seller))
    yield from (text for image in listing.images for text in (image.caption, image.credit_text))
    if listing.organizer is not None:
        yield listing.organizer.name
    if venue := listing.venue:
        yield from (venue.name, venue.address.street, venue.address.locality, venue.address.region)
