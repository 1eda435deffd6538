from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from gateway.dates import DatePreset, DateRange
from gateway.ids import Kind, Ref
from gateway.search import PriceFilter, Search, Sort
from providers import (
    Capability,
    EventAttendanceMode,
    EventStatus,
    Image,
    Listing,
    ListingQuery,
    Offer,
    OfferAvailability,
    When,
)

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def some(**more: object) -> Listing:
    return Listing(id="x", name="x", start=When.at(NOW), **more)  # type: ignore[arg-type]


def euros(price=None, low=None, high=None, currency="EUR") -> Offer:
    low, high, price = (Decimal(each) if each is not None else None for each in (low, high, price))
    return Offer(price=price, low_price=low, high_price=high, currency=currency)


def admits(search, *listings):
    """Whether an event that these speak of, and stands as the first says, is found."""
    first = listings[0]
    return search.dates.admits(first, NOW) and search.wants(first.status, first.attendance_mode, listings)


@pytest.mark.parametrize(
    ("offer", "least", "most", "met"),
    [
        (euros("20"), None, "20", True),
        (euros("20.01"), None, "20", False),
        (euros("20"), "20", None, True),
        (euros("19.99"), "20", None, False),
        (euros(low="10", high="50"), "40", "60", True),
        (euros(low="10", high="50"), "51", None, False),
        (euros(low="10"), None, "9", False),
        (euros(low="10"), "5", "15", True),
        (euros(high="50"), "50", "50", True),
        (euros("0"), None, "0", True),
        (euros(), "0", None, False),
        (euros("20", currency="CHF"), None, "30", False),
    ],
)
def test_a_price_is_between_least_and_most_in_its_currency(offer, least, most, met):
    wanted = PriceFilter(currency="EUR", least=least and Decimal(least), most=most and Decimal(most))
    assert wanted.admits((offer,)) is met
    assert admits(Search(price=wanted), some(offers=(offer,))) is met


def test_one_offer_that_meets_the_price_is_enough():
    wanted = PriceFilter(currency="EUR", most=Decimal(10))
    assert wanted.admits((euros("50"), euros("9")))
    assert not wanted.admits(())


def test_cancelled_events_are_shown_only_to_those_who_ask():
    cancelled = some(status=EventStatus.CANCELLED)
    assert not admits(Search(), cancelled)
    assert admits(Search(statuses=(EventStatus.CANCELLED,)), cancelled)
    shown = [status for status in EventStatus if admits(Search(), some(status=status))]
    assert shown == [status for status in EventStatus if status is not EventStatus.CANCELLED]


@pytest.mark.parametrize(
    ("search", "listing", "met"),
    [
        (Search(is_free=True), some(is_free=True), True),
        (Search(is_free=True), some(), False),
        (Search(is_free=False), some(), True),
        (Search(is_free=False), some(is_free=True), False),
        (Search(has_image=True), some(images=(Image(url="https://a.example/b.png"),)), True),
        (Search(has_image=True), some(), False),
        (Search(has_image=False), some(), True),
        (Search(on_sale=True), some(offers=(Offer(availability=OfferAvailability.IN_STOCK),)), True),
        (Search(on_sale=True), some(offers=(Offer(availability=OfferAvailability.SOLD_OUT),)), False),
        (Search(on_sale=False), some(), True),
        (Search(updated_since=NOW), some(updated_at=NOW), True),
        (Search(updated_since=NOW), some(), False),
        (Search(attendance_modes=(EventAttendanceMode.ONLINE,)), some(), False),
        (Search(attendance_modes=(EventAttendanceMode.OFFLINE,)), some(), True),
        (Search(dates=DateRange(preset=DatePreset.TODAY)), some(), True),
        (Search(dates=DateRange(preset=DatePreset.TOMORROW)), some(), False),
    ],
)
def test_each_condition_is_held_to(search, listing, met):
    assert admits(search, listing) is met


def test_what_one_listing_leaves_out_another_one_tells():
    pictured = some(images=(Image(url="https://a.example/b.png"),))
    cheap = some(offers=(euros("9"),))
    wanted = Search(has_image=True, price=PriceFilter(currency="EUR", most=Decimal(10)))
    assert admits(wanted, pictured, cheap)
    assert not admits(wanted, pictured)
    assert not admits(wanted, cheap)


CHANGED = {
    "query": ListingQuery(keyword="jazz"),
    "dates": DateRange(preset=DatePreset.TODAY),
    "venues": (Ref(Kind.VENUE, "club", "7"),),
    "performers": (Ref(Kind.PERFORMER, "club", "7"),),
    "statuses": (EventStatus.CANCELLED,),
    "attendance_modes": (EventAttendanceMode.ONLINE,),
    "price": PriceFilter(currency="EUR"),
    "is_free": False,
    "on_sale": False,
    "has_image": False,
    "updated_since": NOW,
}


def test_the_digest_is_another_for_every_field():
    assert set(CHANGED) == {each.name for each in fields(Search)} - {"aliases"}
    digests = {replace(Search(), **{name: value}).digest() for name, value in CHANGED.items()}
    assert len(digests | {Search().digest()}) == len(CHANGED) + 1


def test_a_search_for_one_thing_is_the_same_by_whatever_record_names_it_and_whoever_else_is_known():
    mine, theirs = Ref(Kind.VENUE, "club", "7"), Ref(Kind.VENUE, "hall", "9")
    bare, sort = Search(venues=(mine,)), Sort.START_DATE_ASC
    known, other = replace(bare, aliases=(theirs,)), Search(venues=(theirs,), aliases=(mine,))
    assert known.digest() == bare.digest() != other.digest()
    assert set(known.digests(sort)) == set(other.digests(sort)) == {bare.digest(), other.digest()}
    both = Search(venues=(mine, theirs), aliases=(Ref(Kind.VENUE, "park", "3"),))
    assert both.digests(sort) == (both.digest(sort),)


def test_the_digest_is_the_same_in_another_process():
    code = "from gateway.search import Search; print(Search().digest().hex())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert other.stdout.strip() == Search().digest().hex()
    assert len(Search().digest()) == 16


def test_providers_are_asked_in_their_own_ids():
    search = Search(venues=(Ref(Kind.VENUE, "club", "7"), Ref(Kind.VENUE, "hall", "9"), Ref(Kind.VENUE, "club", "3")))
    assert search.query_for("club", NOW).venue_ids == ("3", "7")
    assert search.query_for("hall", NOW).venue_ids == ("9",)
    assert search.query_for("park", NOW) is None


def test_whoever_has_a_record_of_the_venue_is_asked_by_it_and_nobody_by_a_bare_name():
    nameless = Ref.to(Kind.VENUE, "park", None, "The Hall")
    search = Search(venues=(Ref(Kind.VENUE, "club", "7"),), aliases=(Ref(Kind.VENUE, "hall", "9"), nameless))
    assert [search.query_for(each, NOW).venue_ids for each in ("club", "hall")] == [("7",), ("9",)]
    assert search.query_for("park", NOW) is None
    assert replace(search, performers=(Ref(Kind.PERFORMER, "club", "1"),)).query_for("hall", NOW) is None


def test_both_a_venue_and_a_performer_must_be_the_providers_own():
    search = Search(venues=(Ref(Kind.VENUE, "club", "7"),), performers=(Ref(Kind.PERFORMER, "hall", "9"),))
    assert search.query_for("club", NOW) is None
    assert search.query_for("hall", NOW) is None


def test_providers_are_asked_between_the_bounds_of_the_dates():
    query = Search(dates=DateRange(preset=DatePreset.NEXT_7_DAYS)).query_for("club", NOW)
    assert (query.start_from, query.start_before) == DateRange(preset=DatePreset.NEXT_7_DAYS).bounds(NOW)


def test_what_the_gateway_filters_itself_is_said():
    assert Search(price=PriceFilter(currency="EUR", most=Decimal(1))).post_filters() == {Capability.PRICE}
    assert Search(price=PriceFilter(currency="EUR")).post_filters() == set()
    assert Search().post_filters() == frozenset()


def test_a_price_filter_that_only_names_a_currency_is_no_condition():
    assert admits(Search(price=PriceFilter(currency="EUR")), some())
    assert not admits(Search(price=PriceFilter(currency="EUR", least=Decimal(0))), some())


def test_each_order_of_a_search_has_a_digest_of_its_own():
    assert len({Search().digest(sort) for sort in Sort}) == len(Sort)
