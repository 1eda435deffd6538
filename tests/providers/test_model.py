from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from providers import Address, Image, Key, Listing, Offer, Organization, Performer, Place, Point, Venue, When

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NAIVE = datetime(2026, 11, 24, 12)  # noqa: DTZ001 - the mistake under test


def listing(**fields):
    return Listing(**{"id": "1", "name": "A", "start": When.at(NOON)} | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"id": ""},
        {"id": "x" * 501},
        {"name": " \n"},
        {"genres": ("Indie Rock",)},
        {"languages": ("german, english",)},
        {"url": "example.org/a"},
        {"url": "javascript:alert(1)"},
        {"url": "http://[half"},
        {"same_as": ("ftp://example.org",)},
        {"door_time": NAIVE},
        {"previous_start": NAIVE},
        {"updated_at": NAIVE},
    ],
)
def test_a_listing_that_cannot_be_is_refused(fields):
    with pytest.raises(ValueError, match=r"\w"):
        listing(**fields)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Point(latitude=90.1, longitude=0),
        lambda: Point(latitude=0, longitude=-180.1),
        lambda: Point(latitude=float("nan"), longitude=0),
        lambda: Point(latitude=0, longitude=float("nan")),
        lambda: Address(country="Germany"),
        lambda: Address(country="de"),
        lambda: Place(name="", country="DE"),
        lambda: Place(name="Berlin", country="GER"),
        lambda: Venue(name=""),
        lambda: Venue(name="A", time_zone="Mars/Base"),
        lambda: Venue(name="A", time_zone="Europe"),
        lambda: Image(url="/a.jpg"),
        lambda: Performer(name="A", genres=("a b",)),
        lambda: Organization(name=""),
        lambda: Offer(price=Decimal(1)),
        lambda: Offer(price=Decimal(-1), currency="EUR"),
        lambda: Offer(low_price=Decimal("NaN"), currency="EUR"),
        lambda: Offer(high_price=Decimal("Infinity"), currency="EUR"),
        lambda: Offer(currency="euro"),
        lambda: Offer(valid_from=NAIVE),
    ],
)
def test_a_part_that_cannot_be_is_refused(make):
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_a_message_names_the_value_and_what_would_do():
    with pytest.raises(ValueError, match="'euro' is not an ISO 4217 code, such as 'EUR'"):
        Offer(currency="euro")


def test_a_free_offer_is_fine_and_a_webcal_address_too():
    assert Offer(price=Decimal(0), currency="EUR").price == 0
    assert listing(url="webcal://example.org/a.ics")


def test_listings_sort_by_instant_then_id_and_time_to_be_announced_comes_last_that_day():
    evening = listing(id="b", start=When.local(datetime(2026, 11, 24, 23, 59), "Europe/Berlin"))  # noqa: DTZ001 - wall clock
    some_time = listing(id="a", start=When.on(date(2026, 11, 24), "Europe/Berlin"))
    next_day = listing(id="0", start=When.local(datetime(2026, 11, 25, 0, 1), "Europe/Berlin"))  # noqa: DTZ001 - wall clock
    assert sorted([next_day, some_time, evening], key=lambda each: each.key) == [evening, some_time, next_day]
    assert listing(id="a").key < listing(id="b").key < Key(NOON + timedelta(microseconds=1), "")
