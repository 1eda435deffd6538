"""Values as bytes: exact there and back, and nothing but what one of our own gateways wrote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.asking import PAGES, THINGS
from gateway.checking import checked_page
from gateway.keeping import Form, Seal
from gateway.part import Fetched
from providers import (
    Address,
    Configuration,
    EventStatus,
    EventType,
    ExternalId,
    Image,
    Key,
    Listing,
    ListingQuery,
    Offer,
    Organization,
    Page,
    Performer,
    Point,
    Redactor,
    Venue,
    When,
    build,
    discover,
)
from providers.testing.bandsintown import FakeBandsintown, bandsintown_world
from providers.testing.demo import DemoUpstreams
from providers.testing.openagenda import FakeOpenAgenda, openagenda_world
from providers.testing.seatgeek import FakeSeatGeek, seatgeek_world

TODAY = date(2027, 3, 20)
NOON = datetime(2027, 3, 20, 12, tzinfo=UTC)
SEAL = Seal(b"a key that is only used in tests")

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = words.filter(str.strip)
zones = st.sampled_from(("Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "UTC"))
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1971, 1, 1), datetime(9990, 1, 1), timezones=offsets)  # noqa: DTZ001 - with an offset each
days = st.dates(date(1, 1, 2), date(9999, 12, 1))
whens = st.one_of(
    moments.map(When.at),
    st.builds(When.at, st.datetimes(datetime(1971, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)), zones),  # noqa: DTZ001
    st.builds(When.on, days, st.none() | zones),
    st.builds(When.in_month, st.integers(2, 9998), st.integers(1, 12), st.none() | zones),
    st.builds(When.in_year, st.integers(2, 9998), st.none() | zones),
    st.just(When.unknown()),
)
prices = st.none() | st.decimals(0, 10**9, allow_nan=False, allow_infinity=False)
points = st.builds(
    Point,
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180),
    accuracy_meters=st.none() | st.integers(0, 9_000),
)
addresses = st.builds(
    Address, street=st.none() | words, locality=st.none() | words, country=st.sampled_from((None, "DE", "NP"))
)
images = st.builds(
    Image, url=st.just("https://example.org/a.png"), width=st.none() | st.integers(0, 4_000), caption=st.none() | words
)
ids = st.lists(st.builds(ExternalId, words, words, st.none() | words), max_size=2).map(tuple)
venues = st.builds(
    Venue,
    id=st.none() | names,
    name=names,
    address=addresses,
    point=st.none() | points,
    time_zone=st.none() | zones,
    external_ids=ids,
)
performers = st.builds(
    Performer,
    id=st.none() | names,
    name=names,
    genres=st.sampled_from(((), ("indie-rock",))),
    images=st.lists(images, max_size=2).map(tuple),
    external_ids=ids,
)
offers = st.builds(
    Offer,
    price=prices,
    high_price=prices,
    currency=st.just("EUR"),
    valid_from=st.none() | moments,
    fees_included=st.none() | st.booleans(),
)
listings = st.builds(
    Listing,
    id=names,
    name=names,
    start=whens,
    end=st.none() | whens,
    door_time=st.none() | moments,
    status=st.sampled_from(EventStatus),
    event_type=st.sampled_from(EventType),
    keywords=st.lists(words, max_size=2).map(tuple),
    description=st.none() | words,
    venue=st.none() | venues,
    performers=st.lists(performers, max_size=2).map(tuple),
    organizer=st.none() | st.builds(Organization, name=names),
    offers=st.lists(offers, max_size=2).map(tuple),
    is_free=st.none() | st.booleans(),
    updated_at=st.none() | moments,
)


def as_kept(found: Sequence[Listing], frontier: Key | None = None) -> Fetched:
    """What the desk keeps of these: checked, and so copied."""
    page = checked_page(Page(listings=tuple(found), frontier=frontier, total=len(found)), None, Redactor()).page
    return Fetched(page=page, fetched_at=NOON, requests=3)


def spelt_out(value: object) -> object:
    """All of a value, down to what `==` overlooks: offsets, a decimal's zeros, types, and the keys of listings."""
    if is_dataclass(value):
        return type(value).__name__, [(each.name, spelt_out(getattr(value, each.name))) for each in fields(value)]
    if isinstance(value, tuple):
        return type(value).__name__, [spelt_out(each) for each in value]
    return value if isinstance(value, Enum) else repr(value)


@given(found=st.lists(listings, max_size=4), last=st.none() | moments)
@settings(max_examples=40)
def test_a_page_comes_back_exactly(found, last):
    fetched = as_kept(found, Key(last, "z") if last else None)
    again = PAGES.read(PAGES.write(fetched))
    assert spelt_out(again) == spelt_out(fetched)


@given(listing=listings, venue=venues, performer=performers, at=moments)
def test_what_was_looked_up_comes_back_as_it_was(listing, venue, performer, at):
    for thing in (listing, venue, performer):
        form = THINGS[type(thing)]
        assert form.read(form.write((thing, at))) == (thing, at)


@given(wall_clock=st.datetimes(datetime(1971, 1, 1), datetime(2090, 1, 1)), name=zones)  # noqa: DTZ001 - a wall clock
def test_a_moment_keeps_its_offset_and_its_zones_name_even_where_the_clock_goes_back(wall_clock, name):
    for fold in (0, 1):
        start = When.local(wall_clock.replace(fold=fold), name)
        again = THINGS[Listing].read(THINGS[Listing].write((Listing(id="1", name="x", start=start), NOON)))[0].start
        assert (again.instant, again.instant.utcoffset(), again.instant.replace(tzinfo=None), again.time_zone) == (
            start.instant,
            start.instant.utcoffset(),
            start.instant.replace(tzinfo=None, fold=0),
            name,
        )


@pytest.fixture
async def told():
    """Listings by provider: of all that the repository has, each asked through its adapter at a server of its own."""
    artists, shows = bandsintown_world(artists=4, count=40, seed=1, start_day=TODAY)
    agenda = {"123": openagenda_world(count=40, seed=1, start_day=TODAY)}
    with (
        DemoUpstreams(TODAY, steady=True) as demo,
        FakeSeatGeek(seatgeek_world(count=40, seed=1, start_day=TODAY)) as seatgeek,
        FakeBandsintown(artists, shows, now=NOON) as bandsintown,
        FakeOpenAgenda(agenda) as openagenda,
    ):
        more = {
            "seatgeek": {"base_url": seatgeek.url, "client_id": seatgeek.client_id, "may_mix_sellers": True},
            "bandsintown": {
                "base_url": bandsintown.url,
                "app_id": bandsintown.app_id,
                "artists": [artist["name"] for artist in artists],
                "written_consent": True,
                "enabled": True,
            },
            "sample": {"enabled": True},
        }
        feed = {"kind": "openagenda", "base_url": openagenda.url, "api_key": openagenda.api_key, "agendas": ["123"]}
        configuration = Configuration(
            providers={**demo.providers, **more}, feeds={**demo.feeds, "agenda": {**feed, "allow_private": True}}
        )
        registry = build(discover(), configuration, clock=lambda: NOON)
        query = ListingQuery(start_from=NOON, start_before=NOON + timedelta(days=20))
        pages = {slug: await each.search(query, None, 50) for slug, each in registry.enabled().items()}
        yield {slug: page.listings for slug, page in pages.items()}
        await registry.aclose()


async def test_what_every_adapter_gives_comes_back_exactly(told):
    assert len(told) == 11
    for slug, found in told.items():
        assert found, slug
        fetched = as_kept(found)
        assert spelt_out(PAGES.read(PAGES.write(fetched))) == spelt_out(fetched), slug
        assert PAGES.read(PAGES.write(replace(fetched, page=Page(listings=tuple(found))))).page.listings == tuple(found)


@given(content=st.binary(max_size=400))
def test_bytes_that_are_not_ours_are_nothing_and_never_an_error(content):
    for form in (PAGES, *THINGS.values()):
        assert form.read(content) is None
    assert SEAL.open("here", content) is None


@given(
    content=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | words,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(("page", "listings", "start", "instant", "key", "id", "frontier", "fetched_at")),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_json_that_is_no_page_is_nothing_and_never_an_error(content):
    assert PAGES.read(json.dumps(content).encode()) is None


@pytest.mark.parametrize(
    "change",
    [
        ('"name":"x"', '"name":" "', "a listing without a name"),
        ('"time_zone":"Europe/Berlin"', '"time_zone":"../../etc/passwd"', "no time zone"),
        ('"day":"2027-05-01"', '"day":"9999-12-31"', "a day that has no next"),
        ('"requests":3', '"requests":"3"', "a text where a number is due"),
        ('"truncated":false', f'"truncated":{"[" * 5_000}', "nesting beyond reason"),
    ],
    ids=lambda change: change[2],
)
def test_a_page_that_breaks_the_kits_rules_is_nothing(change):
    content = PAGES.write(
        as_kept([Listing(id="1", name="x", start=When.on(date(2027, 5, 1), "Europe/Berlin"))])
    ).decode()
    old, new, _ = change
    assert old in content
    assert PAGES.read(content.replace(old, new, 1).encode()) is None


@given(place=words, elsewhere=words, content=st.binary(max_size=60), flipped=st.integers(0, 10_000))
def test_a_seal_holds_for_its_place_and_its_content_alone(place, elsewhere, content, flipped):
    sealed = SEAL.close(place, content)
    assert SEAL.open(place, sealed) == content
    assert place == elsewhere or SEAL.open(elsewhere, sealed) is None
    assert Seal(b"another key that tests alone use").open(place, sealed) is None
    changed = bytearray(sealed)
    changed[flipped % len(sealed)] ^= 1 << flipped % 8
    assert SEAL.open(place, bytes(changed)) is None
    assert all(SEAL.open(place, sealed[:length]) is None for length in range(len(sealed)))


class Color(Enum):
    RED = 1
    BLUE = 2


class Swapped(Enum):
    BLUE = 1
    RED = 2


Swapped.__name__ = "Color"


@dataclass(frozen=True)
class Thing:
    color: Color


@dataclass(frozen=True)
class ThingAsOfTomorrow:
    color: Swapped


ThingAsOfTomorrow.__name__ = "Thing"


class Pair(NamedTuple):
    price: Decimal
    at: datetime | None


def test_releases_that_would_read_each_other_wrongly_keep_their_values_apart():
    now, tomorrow = Form(Thing), Form(ThingAsOfTomorrow)
    # Without that, one's RED would be the other's BLUE.
    assert tomorrow.read(now.write(Thing(Color.RED))).color is Swapped.BLUE
    assert now.shape != tomorrow.shape
    assert SEAL.place("key", now) != SEAL.place("key", tomorrow)
    assert (
        len(
            {form.shape for form in (PAGES, Form(Pair), Form(tuple[int, ...]), Form(tuple[int, str]), *THINGS.values())}
        )
        == 7
    )


def test_a_place_tells_nothing_of_what_was_asked():
    place = SEAL.place("radio:page:secret settings", PAGES)
    assert place.startswith("event-gateway:")
    assert "radio" not in place
    assert place != Seal(b"another key that tests alone use").place("radio:page:secret settings", PAGES)
