"""The contract that every provider keeps, as tests: one class makes a provider's whole test file.

    from open_stage import OpenStage
    from providers import Http
    from providers.testing import ProviderContract

    class TestOpenStage(ProviderContract):
        provider_class = OpenStage

        def make(self):
            return OpenStage(settings={"api_key": "made-up"}, http=Http("https://api.example.org", transport=recorded))

`provider_class` tells which capabilities are declared, and so which tests there are; without it the tests of undeclared
capabilities are skipped with a reason. `make` may be a coroutine. Where making takes other fixtures, override the
fixture `provider` (sync or async, strict or auto mode alike) instead of `make`. The author supplies no query: each is
derived from listings that an unfiltered search finds.
"""

# ruff: noqa: D102 - a test's name is its sentence

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

import pytest
import pytest_asyncio

from providers import (
    Box,
    Capability,
    Circle,
    EventType,
    Key,
    Listing,
    ListingQuery,
    Page,
    Place,
    Point,
    Provider,
    When,
    matches,
    zone,
)

__all__ = ["ProviderContract"]

_Test = TypeVar("_Test", bound=Callable[..., Awaitable[None]])
_SHOWN = 5
_BOX_DEGREES = 0.2
_CIRCLE_KM = 25.0
_NONSENSE = "zqxjkvwpfyzzq"


def _needs(capability: Capability) -> Callable[[_Test], _Test]:
    """The test is for providers that declare this."""

    def mark(test: _Test) -> _Test:
        test.capability = capability  # type: ignore[attr-defined] # read back by `_capability`
        return test

    return mark


def _capability(test: object) -> Capability | None:
    return getattr(test, "capability", None)


@dataclass(slots=True)
class _Walked:
    """A walk from page to page. `listings` are those that belong there; a page's other mistakes are in `pages`."""

    pages: list[tuple[Key | None, Page]] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    frontier: Key | None = None
    ended: bool = False

    def covers(self, listing: Listing) -> bool:
        """Whether the walk came past where this listing stands."""
        return self.ended or (self.frontier is not None and listing.key <= self.frontier)

    def ids(self) -> list[str]:
        return [listing.id for listing in self.listings]


async def _walk(provider: Provider, query: ListingQuery, *, limit: int, most: int) -> _Walked:
    """Page by page until `most` listings are found, the list ends, or it gets nowhere."""
    walked, seek = _Walked(), None
    for _ in range(most):
        page = await provider.search(query, seek, limit)
        walked.pages.append((seek, page))
        walked.listings += [each for each in page.listings if _belongs(each, seek, page.frontier)]
        if page.frontier is None:
            walked.ended = True
            break
        if seek is not None and page.frontier <= seek:
            break
        walked.frontier = seek = page.frontier
        if len(walked.listings) >= most:
            break
    return walked


def _belongs(listing: Listing, seek: Key | None, frontier: Key | None) -> bool:
    return (seek is None or listing.key > seek) and (frontier is None or listing.key <= frontier)


def _some(listings: Iterable[Listing]) -> str:
    """A few listings, for a message."""
    names = [f"{listing.id!r} ({listing.name}, {listing.key.instant.isoformat()})" for listing in listings]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _hold(claim: bool, otherwise: str) -> None:  # noqa: FBT001 - a claim and what to mend when it fails
    if not claim:
        raise AssertionError(otherwise)


class ProviderContract:
    """Subclass it as `Test...`, with `provider_class` and `make`; see the module.

    walk_limit: how many listings are read at most; lower it for a provider that is really asked.
    unknown_id: an id that the provider could have given, and has not.
    """

    provider_class: ClassVar[type[Provider] | None] = None
    walk_limit: ClassVar[int] = 500
    unknown_id: ClassVar[str] = "no-such-listing-0"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.provider_class is None:
            return
        declared = cls.provider_class.info.capabilities
        for name in dir(ProviderContract):
            capability = _capability(getattr(ProviderContract, name))
            if capability is not None and capability not in declared and name not in vars(cls):
                setattr(cls, name, None)  # pytest does not collect what cannot be called

    def make(self) -> Provider | Awaitable[Provider]:
        """A provider to test: a new one at each call. It is closed after the test."""
        msg = f"{type(self).__name__} wants a method `make(self)` that returns the provider, or a fixture `provider`"
        raise NotImplementedError(msg)

    @pytest_asyncio.fixture
    async def provider(self) -> AsyncIterator[Provider]:
        """The provider that a test is given."""
        made = self.make()
        provider = await made if inspect.isawaitable(made) else made
        yield provider
        await provider.aclose()

    @pytest_asyncio.fixture
    async def twin(self, provider: Provider) -> AsyncIterator[Provider]:
        """The same provider after a restart; itself where only the fixture `provider` makes it."""
        if type(self).make is ProviderContract.make:
            yield provider
            return
        made = self.make()
        twin = await made if inspect.isawaitable(made) else made
        yield twin
        await twin.aclose()

    @pytest.fixture(autouse=True)
    def _declared(self, request: pytest.FixtureRequest, provider: Provider) -> None:
        """Skip what the provider does not claim, where that was not known when tests were collected."""
        capability = _capability(getattr(request, "function", None))
        if capability is not None and capability not in provider.info.capabilities:
            pytest.skip(f"{provider.info.slug} does not declare {capability.name}")

    # Who it is.

    async def test_it_says_who_it_is(self, provider: Provider) -> None:
        info = provider.info
        _hold(bool(info.title.strip()), "info.title is empty: it is what people read")
        _hold(bool(info.homepage), "info.homepage is missing: people follow it to the source")
        limits = info.limits
        for name in ("max_page_size", "lookup_batch", "requests_per_second", "requests_per_day", "max_offset"):
            value = getattr(limits, name)
            _hold(value is None or value > 0, f"info.limits.{name} is {value}: leave it out, or set what is allowed")
        _hold(limits.cache_ttl >= timedelta(0), "info.limits.cache_ttl is negative")

    async def test_no_secret_shows(self, provider: Provider) -> None:
        secrets = [
            str(provider.settings[setting.name])
            for setting in provider.info.settings
            if setting.secret and provider.settings.get(setting.name)
        ]
        everything = await self._everything(provider)
        shown = [repr(provider), repr(provider.info), *map(repr, everything.listings)]
        leaks = [text[:80] for secret in secrets for text in shown if secret in text]
        _hold(not leaks, f"a secret setting's value is shown in {leaks[:_SHOWN]}")

    @_needs(Capability.KEYLESS)
    async def test_it_needs_no_key(self, provider: Provider) -> None:
        keys = [setting.name for setting in provider.info.settings if setting.required and setting.secret]
        _hold(not keys, f"declares KEYLESS, but requires {keys}")

    # Pages.

    async def test_a_page_is_sorted(self, provider: Provider) -> None:
        for seek, page in await self._pages(provider):
            keys = [listing.key for listing in page.listings]
            _hold(keys == sorted(keys), f"the page after {seek} is not sorted by listing.key; sort it before it leaves")

    async def test_every_listing_stands_after_the_seek(self, provider: Provider) -> None:
        for seek, page in await self._pages(provider):
            behind = [listing for listing in page.listings if seek is not None and listing.key <= seek]
            _hold(not behind, f"the page after {seek} holds {_some(behind)}; leave out what is not > seek")

    async def test_no_listing_stands_after_the_frontier(self, provider: Provider) -> None:
        for seek, page in await self._pages(provider):
            beyond = [listing for listing in page.listings if page.frontier is not None and listing.key > page.frontier]
            _hold(not beyond, f"the page after {seek} has frontier {page.frontier}, yet holds {_some(beyond)}")

    async def test_the_frontier_moves_beyond_the_seek(self, provider: Provider) -> None:
        for seek, page in await self._pages(provider):
            if seek is not None and page.frontier is not None:
                moved = page.frontier > seek
                _hold(moved, f"the page after {seek} has frontier {page.frontier}: a reader would ask for ever")

    async def test_a_walk_meets_each_listing_once(self, provider: Provider) -> None:
        for limit, most in self._sizes():
            walked = await _walk(provider, self.query(provider), limit=limit, most=most)
            often = [each for each, times in Counter(walked.ids()).items() if times > 1]
            _hold(not often, f"pages of {limit} hold these ids more than once: {often[:_SHOWN]}")

    async def test_pages_of_any_size_hold_the_same_listings(self, provider: Provider) -> None:
        query = self.query(provider)
        whole = await _walk(provider, query, limit=self.walk_limit, most=self.walk_limit)
        for limit, most in self._sizes():
            walked = await _walk(provider, query, limit=limit, most=most)
            met, due = set(walked.ids()), set(whole.ids())
            lost = [each for each in whole.listings if walked.covers(each) and each.id not in met]
            gained = [each for each in walked.listings if whole.covers(each) and each.id not in due]
            why = "a frontier promises that nothing stands before it but what its page holds"
            _hold(not lost, f"pages of {limit} miss {_some(lost)}, which one large page holds; {why}")
            _hold(not gained, f"one large page misses {_some(gained)}, which pages of {limit} hold; {why}")

    async def test_a_list_that_has_ended_stays_ended(self, provider: Provider) -> None:
        query = self.query(provider)
        walked = await self._found(provider, query)
        if walked.frontier and not walked.ended and Capability.DATE_RANGE in provider.info.capabilities:
            # Too long to read: a range that ends where the walk did makes a list whose end can be reached.
            query = replace(query, start_before=walked.frontier.instant)
            walked = await self._found(provider, query)
        if not walked.ended or not walked.listings:
            pytest.skip(f"the list goes on after {self.walk_limit} listings; raise walk_limit to test its end")
        last = max(listing.key for listing in walked.listings)
        page = await provider.search(query, last, 1)
        more = [listing for listing in page.listings if listing.key > last]
        _hold(not more, f"after the last listing of an exhausted list came {_some(more)}")
        _hold(page.exhausted, "a search after the last listing gives a frontier; an exhausted list's is None")

    @_needs(Capability.SORT_BY_DATE)
    async def test_the_whole_list_is_sorted_by_date(self, provider: Provider) -> None:
        for seek, page in await self._pages(provider):
            cut = "declares SORT_BY_DATE, but truncated"
            _hold(not page.truncated, f"{cut} the page after {seek}; a list that is read up to a cap has no such order")

    @_needs(Capability.TOTAL_COUNT)
    async def test_the_total_is_what_a_walk_meets(self, provider: Provider) -> None:
        walked = await self._everything(provider)
        totals = {page.total for _, page in walked.pages if page.total is not None}
        _hold(bool(totals), "declares TOTAL_COUNT, but no page gives a total")
        met = len(set(walked.ids()))
        wrong = [total for total in totals if total < met or (walked.ended and total != met)]
        _hold(not wrong, f"total is {wrong}, but a walk met {met}; leave total None where it is not exact")

    # Listings.

    async def test_there_is_something_to_test_with(self, provider: Provider) -> None:
        walked = await self._everything(provider)
        why = "a search without a filter found nothing, so nothing else here proves anything; give `make` some data"
        _hold(bool(walked.listings), why)

    async def test_times_are_in_their_zone(self, provider: Provider) -> None:
        walked = await self._everything(provider)
        wrong = [each for each in walked.listings if not all(map(_in_zone, (each.start, each.end)))]
        _hold(
            not wrong, f"times that are naive or not in their own time_zone; use When.at or When.local: {_some(wrong)}"
        )

    async def test_ids_stay_the_same(self, provider: Provider, twin: Provider) -> None:
        first, second = await self._everything(provider), await self._everything(twin)
        once, again = set(first.ids()), set(second.ids())
        _hold(once == again, f"the same search gave other ids the second time: {sorted(once ^ again)[:_SHOWN]}")

    @_needs(Capability.OFFERS)
    async def test_some_listing_has_offers(self, provider: Provider) -> None:
        walked = await self._everything(provider)
        _hold(any(each.offers for each in walked.listings), "declares OFFERS, but no listing has one")

    @_needs(Capability.IMAGES)
    async def test_some_listing_has_images(self, provider: Provider) -> None:
        walked = await self._everything(provider)
        _hold(any(each.images for each in walked.listings), "declares IMAGES, but no listing has one")

    # Filters.

    @_needs(Capability.KEYWORD)
    async def test_a_keyword_finds_what_bears_it(self, provider: Provider) -> None:
        everything = await self._everything(provider)
        words = [(max(each.name.split(), key=len), each) for each in everything.listings]
        _hold(bool(words), _nothing(Capability.KEYWORD, "a name"))
        counted = Counter(word for word, _ in words)
        word, known = min(words, key=lambda pair: counted[pair[0]])
        query = replace(self.query(provider), keyword=word)
        found = await self._found(provider, query)
        missed = found.covers(known) and known.id not in found.ids()
        _hold(not missed, f"declares KEYWORD, but {word!r} does not find {_some([known])}")
        nonsense = await provider.search(replace(query, keyword=_NONSENSE), None, 1)
        _hold(not nonsense.listings, f"declares KEYWORD, but {_NONSENSE!r} finds {_some(nonsense.listings)}")

    @_needs(Capability.NEAR)
    async def test_near_keeps_what_is_near(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.NEAR, "a venue with a point", _circles)

    @_needs(Capability.BOUNDING_BOX)
    async def test_a_bounding_box_keeps_what_is_inside(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.BOUNDING_BOX, "a venue with a point", _boxes)

    @_needs(Capability.COUNTRY)
    async def test_a_country_keeps_what_is_there(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.COUNTRY, "a venue with a country", _countries)

    @_needs(Capability.CITY)
    async def test_a_city_keeps_what_is_there(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.CITY, "a venue with a town (address.locality)", _cities)

    @_needs(Capability.DATE_RANGE)
    async def test_a_date_range_keeps_what_starts_in_it(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.DATE_RANGE, "a start", _ranges)

    @_needs(Capability.GENRE)
    async def test_a_genre_keeps_what_has_it(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.GENRE, "a genre, or a type but OTHER", _genres, _types)

    @_needs(Capability.PERFORMER)
    async def test_a_performer_keeps_where_they_play(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.PERFORMER, "a performer with an id", _performers)

    @_needs(Capability.VENUE)
    async def test_a_venue_keeps_what_is_on_there(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.VENUE, "a venue with an id", _venues)

    # Lookup.

    @_needs(Capability.LOOKUP_BY_ID)
    async def test_lookup_gives_the_listings_of_its_ids(self, provider: Provider) -> None:
        known = (await self._everything(provider)).listings
        asked = list(dict.fromkeys(listing.id for listing in (*known[:3], *known[-2:])))
        _hold(bool(asked), _nothing(Capability.LOOKUP_BY_ID, "an id"))
        size = provider.info.limits.lookup_batch
        for batch in (asked[begin : begin + size] for begin in range(0, len(asked), size)):
            answer = [listing.id for listing in await provider.lookup(batch)]
            _hold(sorted(answer) == sorted(batch), f"lookup({batch}) gives {answer}: each id's listing once, no other")

    @_needs(Capability.LOOKUP_BY_ID)
    async def test_lookup_leaves_out_what_is_gone(self, provider: Provider) -> None:
        answer = await provider.lookup([self.unknown_id])
        _hold(not answer, f"lookup of the unknown id {self.unknown_id!r} gives {_some(answer)}; leave it out")
        known = (await self._everything(provider)).ids()[:1]
        if known and provider.info.limits.lookup_batch > 1:
            mixed = [listing.id for listing in await provider.lookup([self.unknown_id, *known])]
            _hold(known[0] in mixed, f"lookup of {self.unknown_id!r} (unknown) and {known[0]!r} gives {mixed}")

    # How they ask.

    def query(self, provider: Provider) -> ListingQuery:
        """The widest query: all that is ahead, where the provider can tell."""
        return ListingQuery(start_from=provider.clock()).only(provider.info.capabilities)

    def _sizes(self) -> list[tuple[int, int]]:
        """Page sizes, each with how many listings to read: about as many requests for each."""
        return [(1, min(20, self.walk_limit)), (7, min(100, self.walk_limit)), (50, self.walk_limit)]

    async def _pages(self, provider: Provider) -> list[tuple[Key | None, Page]]:
        query = self.query(provider)
        walks = [await _walk(provider, query, limit=limit, most=most) for limit, most in self._sizes()]
        return [page for walked in walks for page in walked.pages]

    async def _everything(self, provider: Provider) -> _Walked:
        return await self._found(provider, self.query(provider))

    async def _found(self, provider: Provider, query: ListingQuery) -> _Walked:
        return await _walk(provider, query, limit=self.walk_limit, most=self.walk_limit)

    async def _check_filter(
        self, provider: Provider, capability: Capability, wanted: str, *derivations: _Derivation
    ) -> None:
        """Each derivation's most telling query finds what matches among everything, all of it, and nothing else."""
        everything, base = await self._everything(provider), self.query(provider)
        queries = [query for derive in derivations for query in _telling(derive(base, everything.listings), everything)]
        _hold(bool(queries), _nothing(capability, wanted))
        for query in queries:
            asked = _difference(query, base)
            found = await self._found(provider, query)
            wrong = [each for each in found.listings if not matches(each, query)]
            _hold(not wrong, f"declares {capability.name}, but {asked} gives {_some(wrong)}; undeclare it or apply it")
            ids = set(found.ids())
            due = [each for each in everything.listings if matches(each, query) and found.covers(each)]
            lost = [each for each in due if each.id not in ids]
            _hold(not lost, f"declares {capability.name}, but {asked} misses {_some(lost)}, found without the filter")


# Marked one by one, not as a class, so that a subclass may hold sync tests of its own, and strict mode needs no word.
for _name, _test in vars(ProviderContract).items():
    if _name.startswith("test_"):
        pytest.mark.asyncio(_test)


def _in_zone(when: When | None) -> bool:
    if when is None or when.instant is None:
        return True
    offset = when.instant.utcoffset()
    return offset is not None and (
        when.time_zone is None or offset == when.instant.astimezone(zone(when.time_zone)).utcoffset()
    )


def _nothing(capability: Capability, wanted: str) -> str:
    return f"declares {capability.name}, but no listing has {wanted}: give `make` some that do, or undeclare it"


def _difference(query: ListingQuery, base: ListingQuery) -> str:
    names = ListingQuery.__dataclass_fields__
    return ", ".join(f"{name}={getattr(query, name)}" for name in names if getattr(query, name) != getattr(base, name))


def _telling(queries: Sequence[ListingQuery], everything: _Walked) -> list[ListingQuery]:
    """The query that the fewest listings match: one that all match would not show whether it is applied."""

    def matched(query: ListingQuery) -> int:
        return sum(matches(listing, query) for listing in everything.listings)

    # A spread of candidates is enough, and keeps this quick.
    candidates = queries[:: max(1, len(queries) // 20)]
    return [min(candidates, key=matched)] if candidates else []


_Derivation = Callable[[ListingQuery, Sequence[Listing]], list[ListingQuery]]


def _points(listings: Sequence[Listing]) -> list[Point]:
    return [each.venue.point for each in listings if each.venue is not None and each.venue.point is not None]


def _circles(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    return [replace(base, near=Circle(center=point, radius_km=_CIRCLE_KM)) for point in _points(listings)]


def _boxes(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    return [replace(base, bounding_box=_box_around(point)) for point in _points(listings)]


def _box_around(point: Point) -> Box:
    return Box(
        south=max(-90.0, point.latitude - _BOX_DEGREES),
        north=min(90.0, point.latitude + _BOX_DEGREES),
        west=max(-180.0, point.longitude - _BOX_DEGREES),
        east=min(180.0, point.longitude + _BOX_DEGREES),
    )


def _countries(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    codes = (each.venue.address.country for each in listings if each.venue is not None)
    return [replace(base, country=code) for code in codes if code is not None]


def _cities(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    return [replace(base, city=place) for place in map(_town_of, listings) if place is not None]


def _town_of(listing: Listing) -> Place | None:
    venue = listing.venue
    if venue is None or venue.address.locality is None:
        return None
    return Place(
        name=venue.address.locality,
        country=venue.address.country,
        latitude=venue.point.latitude if venue.point else None,
        longitude=venue.point.longitude if venue.point else None,
        time_zone=venue.time_zone,
    )


def _ranges(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    """The middle third, to the exact instants of two listings: the first is in, the last is out."""
    instants: list[datetime] = sorted({each.key.instant for each in listings})
    if not instants:
        return []
    first = instants[len(instants) // 3]
    last = max(instants[2 * len(instants) // 3], first + timedelta(seconds=1))
    return [replace(base, start_from=first, start_before=last)]


def _genres(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    return [replace(base, genres=each.genres[:1]) for each in listings if each.genres]


def _types(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    types = (each.event_type for each in listings)
    return [replace(base, event_types=(each,)) for each in types if each is not EventType.OTHER]


def _performers(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    ids = (performer.id for each in listings for performer in each.performers)
    return [replace(base, performer_ids=(each,)) for each in ids if each is not None]


def _venues(base: ListingQuery, listings: Sequence[Listing]) -> list[ListingQuery]:
    ids = (each.venue.id for each in listings if each.venue is not None)
    return [replace(base, venue_ids=(each,)) for each in ids if each is not None]
