import asyncio
import contextlib
import logging
import socket
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

import httpx
import msgspec
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
    Malformed,
    Misconfigured,
    Offer,
    Page,
    Performer,
    Point,
    Provider,
    ProviderError,
    RateLimited,
    Redactor,
    Refused,
    Request,
    Setting,
    TimedOut,
    Unavailable,
    Venue,
    When,
    page_of,
)
from providers.testing import ProviderContract
from providers.testing.contract.codes import COUNTRIES, CURRENCIES

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


def sent(number):
    """What a server says of a listing."""
    return msgspec.json.encode({"ids": [each.id for each in LISTINGS[:number]]})


class Asking(Honest):
    """As honest, but asks a server what there is."""

    info = replace(Honest.info, settings=(Setting(name="token", secret=True), Setting(name="base_url")))

    async def search(self, query, seek, limit):
        known = await self.http.json(Request(path="events", params={"apikey": self.settings["token"]}))
        return page_of([each for each in self.listings if each.id in known["ids"]], query, seek, limit)

    async def lookup(self, ids):
        await self.http.json(Request(path="events"))
        return await super().lookup(ids)


class Mistakes(Asking):
    """Makes another error, or a page, of what goes wrong; each subclass says of what."""

    wrong: ClassVar[type[ProviderError]]
    instead: ClassVar[ProviderError | None] = None

    async def search(self, query, seek, limit):
        try:
            return await super().search(query, seek, limit)
        except self.wrong as error:
            if type(error) is not self.wrong:
                raise
            if self.instead is None:
                return Page()
            raise self.instead from None


class TakesARefusedKeyForADownServer(Mistakes):
    wrong, instead = Misconfigured, Unavailable("is down")


class ForgetsWhenToComeBack(Mistakes):
    wrong, instead = RateLimited, RateLimited("is full")


class TakesADownServerForNothingOn(Mistakes):
    wrong = Unavailable


class TakesALateServerForNothingOn(Mistakes):
    wrong = TimedOut


class BreaksOnADownServer(Mistakes):
    wrong, instead = Unavailable, KeyError("events")


class ReadsWhatItCan(Asking):
    """Finds ids in whatever is sent; `blank` and `web` say whether even there."""

    blank = web = False

    async def search(self, query, seek, limit):
        answer = await self.http.send(Request(path="events"))
        if (not answer.content and not self.blank) or (answer.content.startswith(b"<") and not self.web):
            msg = "sent nothing of use"
            raise Malformed(msg)
        known = answer.content.decode()
        return page_of([each for each in self.listings if each.id in known], query, seek, limit)


class ReadsNothingAsNothingOn(Mistakes):
    """Its half answers are malformed all the same."""

    async def search(self, query, seek, limit):
        answer = await self.http.send(Request(path="events"))
        return Page() if not answer.content else await super().search(query, seek, limit)

    wrong = Refused


class ReadsAWebPageAsNothingOn(Mistakes):
    async def search(self, query, seek, limit):
        answer = await self.http.send(Request(path="events"))
        return Page() if answer.content.startswith(b"<") else await super().search(query, seek, limit)

    wrong = Refused


class TakesAFailedLookupForGone(Asking):
    async def lookup(self, ids):
        try:
            return await super().lookup(ids)
        except ProviderError:
            return []


class ShowsItsKeyInErrors(Asking):
    async def search(self, query, seek, limit):
        try:
            return await super().search(query, seek, limit)
        except ProviderError as error:
            error.add_note(f"asked with {self.settings['token']}")
            raise


class ShowsItsKeyInTheLog(Asking):
    async def search(self, query, seek, limit):
        logging.getLogger("some.plugin").debug("GET /events?apikey=%s", self.settings["token"])
        return await super().search(query, seek, limit)


class ShowsItsKeyInListings(Honest):
    listings = (*LISTINGS, replace(LISTINGS[0], id="z", url=f"https://example.org/?apikey={KEY}"))


class AsksElsewhere(Asking):
    async def search(self, query, seek, limit):
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", 9), timeout=1).close()
        return await super().search(query, seek, limit)


class LooksUpAnotherName(Asking):
    async def search(self, query, seek, limit):
        with contextlib.suppress(OSError):
            await asyncio.to_thread(socket.getaddrinfo, "stats.invalid", 443, flags=socket.AI_NUMERICHOST)
        return await super().search(query, seek, limit)


class Blocks(Honest):
    async def search(self, query, seek, limit):
        if limit == 50:
            time.sleep(0.12)  # noqa: ASYNC251 - the point
        return await super().search(query, seek, limit)


class GoesOnWhenCancelled(Asking):
    async def search(self, query, seek, limit):
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                return await super().search(query, seek, limit)


class LeavesATask(Asking):
    async def search(self, query, seek, limit):
        asking = asyncio.ensure_future(super().search(query, seek, limit))
        return await asyncio.shield(asking)


class NeverReturns(Honest):
    async def search(self, *_):
        await asyncio.Event().wait()


class EndsTheProcess(Honest):
    async def search(self, *_):
        sys.exit(1)


class GivesTooMuch(Honest):
    async def search(self, query, seek, _):
        return await super().search(query, seek, 1_000)


class GivesRecords(Honest):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, limit)
        return replace(page, listings=tuple({"id": each.id} for each in page.listings))


def without(*capabilities):
    return replace(Honest.info, capabilities=Honest.info.capabilities - set(capabilities))


class AppliesHalf(Honest):
    """Does not declare CITY, and leaves out some of the others all the same."""

    info = without(Capability.CITY)

    async def search(self, query, seek, limit):
        if query.city is None:
            return await super().search(query, seek, limit)
        some = [each for each in self.listings if each.venue.address.locality <= query.city.name]
        return page_of(some, replace(query, city=None), seek, limit)


class LooksUpUndeclared(Honest):
    info = without(Capability.LOOKUP_BY_ID)


class Modest(Honest):
    """Declares next to nothing, and leaves the rest alone."""

    info = replace(Honest.info, capabilities=frozenset({Capability.COUNTRY}))

    async def search(self, query, seek, limit):
        return await super().search(query.only(self.info.capabilities), seek, limit)

    async def lookup(self, ids):
        raise NotImplementedError


def with_one(**changes):
    """A provider one of whose listings is odd."""

    class OneOdd(Honest):
        listings = (*LISTINGS, replace(LISTINGS[0], id="z", **changes))

    return OneOdd


def tampered(thing, **values):
    """A valid thing made invalid, as only a plugin that works against its own checks can."""
    copy = replace(thing)
    for name, value in values.items():
        object.__setattr__(copy, name, value)
    return copy


HOUSE = LISTINGS[0].venue
UK = replace(HOUSE, address=Address(locality="London", country="UK"))
NULL_ISLAND = replace(HOUSE, point=Point(latitude=0, longitude=0))
BEYOND = replace(HOUSE, point=tampered(HOUSE.point, latitude=152.5))
NAIVE = tampered(LISTINGS[0].start, instant=NOW.replace(tzinfo=None) + timedelta(days=9))


def maker(kind):
    def make():
        upstream = httpx.MockTransport(lambda _: httpx.Response(200, content=sent(40)))
        http = Http("https://api.example", transport=upstream, redactor=Redactor(KEY))
        return kind(settings={"token": KEY}, http=http if issubclass(kind, Asking) else HTTP, clock=lambda: NOW)

    return make


@pytest.mark.parametrize("kind", [Honest, Asking, Modest])
async def test_an_honest_provider_keeps_the_contract(broken_by, kind):
    assert await broken_by(kind, maker(kind)) == set()


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
        (with_one(start=NAIVE), "test_times_are_in_their_zone"),
        (with_one(venue=UK), "test_countries_and_currencies_are_ones_that_exist"),
        (
            with_one(offers=(Offer(price=Decimal(1), currency="EUX"),)),
            "test_countries_and_currencies_are_ones_that_exist",
        ),
        (with_one(venue=NULL_ISLAND), "test_points_are_somewhere"),
        (with_one(description="<p>Doors at 7</p>"), "test_texts_are_plain"),
        (with_one(name="Rhythm &amp; Blues"), "test_texts_are_plain"),
        (with_one(venue=replace(HOUSE, name="The <b>House</b>")), "test_texts_are_plain"),
        (with_one(performers=(Performer(name="Nobody&#39;s Own"),)), "test_texts_are_plain"),
        (GivesTooMuch, "test_a_page_is_of_a_size_that_can_be_handled"),
        (AppliesHalf, "test_what_is_not_declared_is_applied_whole_or_not_at_all"),
        (LooksUpUndeclared, "test_lookup_that_is_not_declared_is_not_there"),
        (TakesARefusedKeyForADownServer, "test_a_key_that_is_refused_is_misconfigured"),
        (ForgetsWhenToComeBack, "test_a_rate_limit_says_when_to_come_back"),
        (TakesADownServerForNothingOn, "test_a_server_with_trouble_of_its_own_is_unavailable"),
        (BreaksOnADownServer, "test_a_server_with_trouble_of_its_own_is_unavailable"),
        (TakesALateServerForNothingOn, "test_no_answer_in_time_is_timed_out"),
        (ReadsNothingAsNothingOn, "test_an_answer_without_content_is_malformed"),
        (ReadsAWebPageAsNothingOn, "test_a_web_page_is_malformed"),
        (ReadsWhatItCan, "test_half_an_answer_is_not_taken_for_all_of_it"),
        (TakesAFailedLookupForGone, "test_a_lookup_that_fails_does_not_say_that_all_is_gone"),
        (ShowsItsKeyInErrors, "test_no_secret_shows"),
        (ShowsItsKeyInTheLog, "test_no_secret_shows"),
        (ShowsItsKeyInListings, "test_no_secret_shows"),
        (AsksElsewhere, "test_no_other_host_is_asked"),
        (LooksUpAnotherName, "test_no_other_host_is_asked"),
        (Blocks, "test_a_search_gives_the_event_loop_back"),
        (GoesOnWhenCancelled, "test_a_cancelled_search_ends_at_once"),
        (LeavesATask, "test_a_cancelled_search_ends_at_once"),
    ],
)
async def test_each_lie_is_caught_by_the_test_that_names_it(broken_by, liar, caught_by):
    tight = {GivesTooMuch: {"most_on_a_page": 39}, Blocks: {"longest_step": 0.1}}
    assert await broken_by(liar, maker(liar), **tight.get(liar, {})) == {caught_by}


@pytest.mark.parametrize("liar", [NeverReturns, EndsTheProcess, GivesRecords])
async def test_what_makes_every_search_useless_fails_them_all_and_ends_the_tests_of_nobody(broken_by, liar):
    broken = await broken_by(liar, maker(liar), longest_call=0.05)
    assert {"test_there_is_something_to_test_with", "test_everything_found_is_a_listing"} <= broken


async def test_a_point_beyond_the_poles_is_told_of(broken_by):
    liar = with_one(venue=BEYOND)
    assert "test_points_are_somewhere" in await broken_by(liar, maker(liar))


async def test_an_author_whose_provider_reads_web_pages_says_so(broken_by):
    kind = ReadsAWebPageAsNothingOn
    assert await broken_by(kind, maker(kind), reads_html=True) == set()


async def test_a_provider_that_finds_nothing_is_not_called_good(broken_by):
    class Empty(Honest):
        listings = ()

    assert "test_there_is_something_to_test_with" in await broken_by(Empty, maker(Empty))


def test_what_is_not_declared_gives_no_test_but_of_its_absence():
    class Contract(ProviderContract):
        provider_class = Modest

    contract = Contract()
    assert callable(contract.test_a_country_keeps_what_is_there)
    assert callable(contract.test_lookup_that_is_not_declared_is_not_there)
    assert contract.test_near_keeps_what_is_near is None
    assert contract.test_lookup_leaves_out_what_is_gone is None


def test_codes_look_like_codes():
    assert len(COUNTRIES) == 250
    assert all(len(code) == 2 for code in COUNTRIES)
    assert len(CURRENCIES) > 150
    assert all(len(code) == 3 for code in CURRENCIES)


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
