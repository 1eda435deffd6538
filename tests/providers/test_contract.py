import inspect
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import httpx
import pytest

from providers import (
    Address,
    Capability,
    DatePrecision,
    EventType,
    Http,
    Image,
    Info,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Offer,
    Page,
    Performer,
    Point,
    Provider,
    Setting,
    Venue,
    When,
    page_of,
)
from providers.testing import ProviderContract

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
UNTESTED = {Capability.PRICE, Capability.SORT_BY_DISTANCE, Capability.CHANGES_FEED}
TOWNS = (("Berlin", "DE", 52.5, 13.4), ("Paris", "FR", 48.9, 2.4), ("Oslo", "NO", 59.9, 10.8))
KEY = "made-up-secret"


def listing(number):
    name, country, latitude, longitude = TOWNS[number % 3]
    venue = Venue(
        id=f"v{number % 3}",
        name=f"House {number % 3}",
        address=Address(locality=name, country=country),
        point=Point(latitude=latitude, longitude=longitude),
    )
    # Three at each instant, so that the order among them is by id.
    return Listing(
        id=f"e{number:02}",
        name=f"Evening{number} of {name}",
        start=When.at(NOW + timedelta(hours=1 + number // 3), "UTC"),
        venue=venue,
        event_type=(EventType.MUSIC, EventType.COMEDY)[number % 2],
        genres=(("rock", "jazz")[number % 2],),
        performers=(Performer(id=f"p{number % 4}", name="Somebody"),),
        offers=(Offer(),),
        images=(Image(url="https://example.org/picture.jpg"),),
    )


HTTP = Http("", transport=httpx.MockTransport(lambda _: httpx.Response(500)))
LISTINGS = tuple(listing(number) for number in range(40))


class Honest(Provider):
    info = Info(
        slug="honest",
        title="Honest",
        homepage="https://example.org",
        capabilities=frozenset(Capability) - UNTESTED,
        limits=Limits(lookup_batch=10),
        settings=(Setting(name="token", secret=True),),
    )
    listings = LISTINGS

    async def search(self, query, seek, limit):
        return page_of(self.listings, query, seek, limit)

    async def lookup(self, ids):
        return [each for each in self.listings if each.id in ids]


class Unsorted(Honest):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, limit)
        return replace(page, listings=page.listings[::-1])


class FrontierTooFar(Honest):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, limit)
        beyond = await super().search(query, page.frontier, 2) if page.frontier else page
        return replace(page, frontier=beyond.frontier)


class FrontierTooNear(Honest):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, limit)
        return page if page.exhausted or limit < 2 else replace(page, frontier=page.listings[-2].key)


class FrontierAtTheSeek(Honest):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, limit)
        return page if page.exhausted else Page(frontier=seek or Key(NOW, ""), total=page.total)


class GivesTheSeekAgain(Honest):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, limit)
        again = tuple(each for each in self.listings if each.key == seek)
        return replace(page, listings=again + page.listings)


class GivesOneTwice(Honest):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, limit)
        return replace(page, listings=page.listings[:1] + page.listings)


class NeverEnds(Honest):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, limit)
        last = self.listings[-1].key
        return replace(page, frontier=Key(last.instant, "f")) if seek == last else page


class OtherIdsEachTime(Honest):
    starts: ClassVar[list[int]] = []

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.starts.append(0)
        self.listings = tuple(replace(each, id=f"{each.id}-{len(self.starts)}") for each in LISTINGS)


class WrongTotal(Honest):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, limit)
        return replace(page, total=page.total + 1)


class NoTotal(Honest):
    async def search(self, query, seek, limit):
        return replace(await super().search(query, seek, limit), total=None)


class Truncates(Honest):
    async def search(self, query, seek, limit):
        return replace(await super().search(query, seek, limit), truncated=True)


class WrongZone(Honest):
    listings = (
        *LISTINGS,
        replace(LISTINGS[0], id="z", start=When(DatePrecision.TIME, NOW + timedelta(days=9), None, "Asia/Tokyo")),
    )


class LooksUpOthers(Honest):
    async def lookup(self, ids):
        found = await super().lookup(ids)
        return [*found, self.listings[20]] if found and self.listings[20] not in found else found


class LooksUpOnlyOne(Honest):
    async def lookup(self, ids):
        return (await super().lookup(ids))[:1]


class InventsWhatIsGone(Honest):
    async def lookup(self, ids):
        return [next((each for each in self.listings if each.id == one), self.listings[0]) for one in ids]


class NoOffers(Honest):
    listings = tuple(replace(each, offers=()) for each in LISTINGS)


class NoImages(Honest):
    listings = tuple(replace(each, images=()) for each in LISTINGS)


class NoHomepage(Honest):
    info = replace(Honest.info, homepage=None)


class NoLimit(Honest):
    info = replace(Honest.info, limits=Limits(lookup_batch=10, max_page_size=0))


class WantsAKey(Honest):
    info = replace(Honest.info, settings=(Setting(name="token", secret=True, required=True),))


class ShowsItsKey(Honest):
    def __repr__(self):
        return f"ShowsItsKey({self.settings})"


def ignoring(*names):
    """A provider that declares everything and leaves these conditions out."""

    class Ignoring(Honest):
        async def search(self, query, seek, limit):
            blank = ListingQuery()
            return await super().search(replace(query, **{name: getattr(blank, name) for name in names}), seek, limit)

    return Ignoring


def losing(name):
    """A provider that leaves one listing out as soon as this condition is set."""

    class Losing(Honest):
        async def search(self, query, seek, limit):
            wanted = getattr(query, name) not in (None, ())
            everything = page_of(self.listings, query, None, 100).listings
            kept = [each for each in everything if each is not everything[-1]] if wanted else everything
            return page_of(kept, ListingQuery(), seek, limit)

    return Losing


def contract_of(kind):
    class Contract(ProviderContract):
        provider_class = kind

        def make(self):
            return kind(settings={"token": KEY}, http=HTTP, clock=lambda: NOW)

    return Contract()


async def broken_by(kind):
    """The names of the contract's tests that this provider fails."""
    contract = contract_of(kind)
    failed = set()
    for name, test in inspect.getmembers(contract, inspect.iscoroutinefunction):
        if not name.startswith("test_"):
            continue
        given = {"provider": contract.make()}
        if "twin" in inspect.signature(test).parameters:
            given["twin"] = contract.make()
        try:
            await test(**given)
        except AssertionError:
            failed.add(name)
        except pytest.skip.Exception:
            continue
    return failed


async def test_an_honest_provider_keeps_the_contract():
    assert await broken_by(Honest) == set()


@pytest.mark.parametrize(
    ("liar", "caught_by"),
    [
        (Unsorted, "test_a_page_is_sorted"),
        (FrontierTooFar, "test_pages_of_any_size_hold_the_same_listings"),
        (FrontierTooNear, "test_no_listing_stands_after_the_frontier"),
        (FrontierAtTheSeek, "test_the_frontier_moves_beyond_the_seek"),
        (GivesTheSeekAgain, "test_every_listing_stands_after_the_seek"),
        (GivesOneTwice, "test_a_walk_meets_each_listing_once"),
        (NeverEnds, "test_a_list_that_has_ended_stays_ended"),
        (OtherIdsEachTime, "test_ids_stay_the_same"),
        (WrongTotal, "test_the_total_is_what_a_walk_meets"),
        (NoTotal, "test_the_total_is_what_a_walk_meets"),
        (Truncates, "test_the_whole_list_is_sorted_by_date"),
        (WrongZone, "test_times_are_in_their_zone"),
        (LooksUpOthers, "test_lookup_gives_the_listings_of_its_ids"),
        (LooksUpOnlyOne, "test_lookup_gives_the_listings_of_its_ids"),
        (InventsWhatIsGone, "test_lookup_leaves_out_what_is_gone"),
        (NoOffers, "test_some_listing_has_offers"),
        (NoImages, "test_some_listing_has_images"),
        (NoHomepage, "test_it_says_who_it_is"),
        (NoLimit, "test_it_says_who_it_is"),
        (WantsAKey, "test_it_needs_no_key"),
        (ShowsItsKey, "test_no_secret_shows"),
        (ignoring("keyword"), "test_a_keyword_finds_what_bears_it"),
        (ignoring("near"), "test_near_keeps_what_is_near"),
        (ignoring("bounding_box"), "test_a_bounding_box_keeps_what_is_inside"),
        (ignoring("country"), "test_a_country_keeps_what_is_there"),
        (ignoring("city"), "test_a_city_keeps_what_is_there"),
        (ignoring("start_from"), "test_a_date_range_keeps_what_starts_in_it"),
        (ignoring("start_before"), "test_a_date_range_keeps_what_starts_in_it"),
        (ignoring("genres"), "test_a_genre_keeps_what_has_it"),
        (ignoring("event_types"), "test_a_genre_keeps_what_has_it"),
        (ignoring("performer_ids"), "test_a_performer_keeps_where_they_play"),
        (ignoring("venue_ids"), "test_a_venue_keeps_what_is_on_there"),
        (losing("country"), "test_a_country_keeps_what_is_there"),
        (losing("near"), "test_near_keeps_what_is_near"),
        (losing("genres"), "test_a_genre_keeps_what_has_it"),
        (losing("venue_ids"), "test_a_venue_keeps_what_is_on_there"),
        (losing("start_before"), "test_a_date_range_keeps_what_starts_in_it"),
    ],
)
async def test_each_lie_is_caught_by_the_test_that_names_it(liar, caught_by):
    assert await broken_by(liar) == {caught_by}


async def test_a_provider_that_finds_nothing_is_not_called_good():
    class Empty(Honest):
        listings = ()

    assert "test_there_is_something_to_test_with" in await broken_by(Empty)


def test_what_is_not_declared_gives_no_test():
    class Modest(Honest):
        info = replace(Honest.info, capabilities=frozenset({Capability.COUNTRY}))

    contract = contract_of(Modest)
    assert callable(contract.test_a_country_keeps_what_is_there)
    assert contract.test_near_keeps_what_is_near is None
    assert contract.test_lookup_leaves_out_what_is_gone is None


def test_without_a_method_make_the_author_is_told_what_to_write():
    with pytest.raises(NotImplementedError, match=r"a method `make\(self\)` .* or a fixture `provider`"):
        ProviderContract().make()


AUTHOR = """
import asyncio
from datetime import UTC, datetime

import {plugin}
from providers import Http, ListingQuery, page_of
from providers.sample import Sample
from providers.testing import ProviderContract

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ONE = Sample(settings={{}}, http=Http(""), clock=lambda: NOW)
FEW = asyncio.run(ONE.search(ListingQuery(start_from=NOW), None, 30)).listings


class Few(Sample):
    async def search(self, query, seek, limit):
        return page_of(FEW, query, seek, limit)


class TestByMethod(ProviderContract):
    provider_class = Few

    async def make(self):
        return Few(settings={{}}, http=ONE.http, clock=ONE.clock)

    def test_of_its_own(self):
        pass


class TestByFixture(ProviderContract):
    @{plugin}.fixture
    {how}def provider(self):
        yield Few(settings={{}}, http=ONE.http, clock=ONE.clock)
"""


@pytest.mark.parametrize(("mode", "plugin", "how"), [("strict", "pytest_asyncio", "async "), ("auto", "pytest", "")])
def test_an_author_needs_no_configuration(tmp_path, mode, plugin, how):
    (tmp_path / "test_author.py").write_text(AUTHOR.format(plugin=plugin, how=how))
    (tmp_path / "pytest.ini").write_text(
        f"[pytest]\nasyncio_mode = {mode}\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )
    ran = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "-p", "no:xdist", tmp_path],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "honest" not in ran.stdout
    assert "sample does not declare IMAGES" in ran.stdout


def test_the_servers_of_the_kit_need_no_pytest():
    code = "import sys; sys.modules['pytest'] = None; from providers.testing import FakeUpstream"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own interpreter
