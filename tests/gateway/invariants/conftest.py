"""Worlds of providers that speak of the same few evenings, and what can go wrong with each of them. No test here waits:
time passes only when there is nothing else to do, and then at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import selectors
from collections.abc import Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import strategies as st

from gateway.cursor import Bookmark
from gateway.event import DIGEST_BYTES, EventSource, Position
from gateway.identity import NO_RULES, SPAN, Claim, ListingRef, resolve, verdict
from gateway.identity.lead import SHOWS_APART
from gateway.ids import Kind, Ref
from gateway.matching import IdentityMatching
from gateway.page import EventPage
from gateway.search import Search, Sort
from gateway.stream import Matching, leading, place
from providers import (
    Address,
    Capability,
    EventStatus,
    Key,
    Limits,
    Listing,
    ListingQuery,
    Malformed,
    Page,
    Point,
    RateLimited,
    Refused,
    Unavailable,
    Venue,
    When,
    matches,
    page_of,
)

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SPAN_HOURS = 3
LONG_AGO = timedelta(hours=3)
# Beyond a page's deadline, and not so long that the next but one would not have the answer.
LATE = 7.0
FOR_EVER = 3_600.0
MOST_SHEETS = 400
ALL = Search(statuses=tuple(EventStatus))


class Timeless(asyncio.SelectorEventLoop):
    """A loop in which nothing takes time: its clock goes straight to the next moment that somebody waits for."""

    def __init__(self) -> None:
        self._skipped = 0.0
        super().__init__(_Impatient(self))

    def time(self) -> float:
        """Seconds, all of them skipped."""
        return self._skipped

    def skip(self, seconds: float) -> None:
        """Be so much later."""
        self._skipped += seconds


class _Impatient(selectors.DefaultSelector):
    def __init__(self, loop: Timeless) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; where nothing is, the time until something is due is over."""
        ready = super().select(0 if timeout is None or timeout > 0 else timeout)
        if not ready and timeout is None:
            msg = "everybody waits for something that never comes"
            raise RuntimeError(msg)
        if not ready and timeout > 0:
            self._loop.skip(timeout)
        return ready


def pytest_asyncio_loop_factories(config, item) -> Mapping[str, type[Timeless]]:  # noqa: ARG001 - as the hook has it
    """The tests here run in that loop."""
    return {"timeless": Timeless}


@pytest.fixture(autouse=True, scope="module")
def _unheard() -> Iterator[None]:
    """Thousands of failures that are meant to be, each told to nobody."""
    log = logging.getLogger("gateway")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    yield
    log.setLevel(before)


# --- What is on -------------------------------------------------------------------------------------------------------

HALLS = (
    Venue(name="Lantern Hall", address=Address(locality="Berlin"), point=Point(latitude=52.498, longitude=13.441)),
    Venue(name="The Lantern Hall", address=Address(locality="Berlin")),
    Venue(name="Copper Kettle", address=Address(locality="Berlin"), point=Point(latitude=52.51, longitude=13.4)),
    None,
)
# Pairs of them are one event under two names, or two under nearly one.
NAMES = ("Velvet Foxes", "The Velvet Foxes", "Velvet Foxes & Amber Comets", "Amber Comets", "every other")
ZONES = (None, "Europe/Berlin", "America/Los_Angeles")
# Mostly the evenings that follow; and some that a list read from its end meets in another window.
DAYS = st.one_of(st.integers(0, 2), st.sampled_from((30, 200, 500)))


@dataclass(frozen=True, slots=True)
class Show:
    """What providers speak of, each in its own words."""

    name: str
    hall: Venue | None
    day: int
    quarter: int


shows = st.builds(Show, st.sampled_from(NAMES), st.sampled_from(HALLS), DAYS, st.integers(0, 12))


STAGE = tuple(Show(name, HALLS[0], day, 2) for name in NAMES for day in (0, 1, 30))
# How far a listing's start is off the show's, in quarters of an hour; how it names the show, None for as it is; what it
# tells of the start: the time, the day alone, or that it has begun.
OFF = (0, 0, 0, 1, 2, 4, 6, -1)
AS = (None, None, *NAMES)
TELLS = ("time",) * 16 + ("day",) * 3 + ("begun",)
WAYS = 1_000 * len(OFF) * len(AS) * len(TELLS) * len(ZONES)


def listing_of(on: Sequence[Show], own_id: str, way: int) -> Listing:
    """A provider's listing of one of the shows, in one of so many ways: one number, since drawing is what takes time."""
    way, number = divmod(way, 1_000)
    show = on[number % len(on)]
    chosen = []
    for choices in (OFF, AS, TELLS, ZONES):
        way, number = divmod(way, len(choices))
        chosen.append(choices[number])
    off, name, tells, zone = chosen
    opens = NOON + timedelta(days=show.day, hours=6, minutes=15 * (show.quarter + off))
    start = {"time": When.at(opens, zone), "day": When.on(opens.date(), zone), "begun": When.at(NOON - LONG_AGO)}[tells]
    return Listing(id=own_id, name=name or show.name, start=start, venue=show.hall)


# --- What can go wrong ------------------------------------------------------------------------------------------------

FAILURES = {
    "down": Unavailable("is down"),
    "limited": RateLimited("was asked too often"),
    "refuses": Refused("refuses"),
    "garbles": Malformed("sends what nobody can read"),
    "breaks": ZeroDivisionError("by a mistake in its adapter"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong with one provider.

    fails: by number of the call, how. late: the calls that are answered long after the deadline. dead: how every call
    ends ("late" among them). eager: it sorts nothing and shows some of what comes later too early. cap: it shows no
    more of any list. totals: what it says of the list's size, call by call.
    """

    fails: Mapping[int, str] = field(default_factory=dict)
    late: frozenset[int] = frozenset()
    dead: str | None = None
    eager: int | None = None
    cap: int | None = None
    totals: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A provider to be made: what it lists, how it pages, what goes wrong. twice: ids that it lists at several starts."""

    slug: str
    listings: tuple[Listing, ...]
    manner: Mapping[str, object]
    trouble: Trouble
    twice: frozenset[str] = frozenset()

    def _repr_pretty_(self, printer, _cycle) -> None:
        """Short, for whoever has to read a counter-example; this is what Hypothesis prints it by."""
        rows = "".join(
            f"\n    {each.id} {each.start.latest:%d %b %y %H:%M} {_in_short(each)}" for each in self.listings
        )
        lacks = ", ".join(each.name for each in set(Capability) - self.manner["capabilities"])  # type: ignore[operator]
        how = {name: value for name, value in self.manner.items() if name != "capabilities"}
        printer.text(f"\n  {self.slug}: {how}, without {lacks or 'nothing'}, {self.trouble}{rows}")


# So that nobody gives up for want of pages: then the list depends on how far they get.
EASY = st.sampled_from(
    [{}, {"page": 5}, {"page": 3}, {"page": 5, "pauses": True}, {"page": 5, "early": True}, {"pauses": True}]
)
ANY = st.fixed_dictionaries(
    {"page": st.sampled_from((None, None, 1, 2, 5)), "early": st.booleans(), "pauses": st.booleans()}
)
ALL_AT_ONCE = st.fixed_dictionaries({"page": st.sampled_from((None, 1, 2, 5))})
calls = st.integers(0, 9)
totals = st.lists(st.one_of(st.none(), st.integers(0, 40)), max_size=3).map(tuple)
seldom = st.integers(0, 3).map(lambda number: number == 0)
deaths = st.sampled_from([*FAILURES, "late"])


ways = st.lists(st.integers(0, WAYS - 1), max_size=10)


@st.composite
def lasting(draw, *, caps=True, deaths=deaths):
    """Trouble that is the same at every call."""
    return Trouble(
        dead=draw(deaths) if draw(seldom) else None,
        eager=draw(st.integers(0, 99)) if draw(seldom) else None,
        cap=draw(st.integers(0, 9)) if caps and draw(seldom) else None,
        totals=draw(totals),
    )


@st.composite
def passing(draw):
    """Trouble that comes and goes, besides."""
    constant = draw(lasting())
    return replace(
        constant,
        fails=draw(st.dictionaries(calls, st.sampled_from([*FAILURES]), max_size=3)) if draw(st.booleans()) else {},
        late=draw(st.frozensets(calls, max_size=2)) if draw(seldom) else frozenset(),
    )


@st.composite
def doubled(draw, listings, *, moved):
    """Some of them once more, with other content: with another text, or under another name at another time, too."""
    again = []
    for each in draw(st.lists(st.sampled_from(listings), max_size=2)) if listings else ():
        other = replace(each, description="again", updated_at=draw(st.sampled_from((None, NOON))))
        if moved and draw(st.booleans()):
            start = When.at(NOON + timedelta(hours=draw(st.integers(6, 60))))
            other = replace(other, name=draw(st.sampled_from(NAMES)), start=start)
        again.append(other)
    return again


@st.composite
def plans(draw, trouble, manner=ANY, *, moved=True, status=None):
    """Two to five providers of the same shows."""
    on = draw(st.lists(shows, min_size=1, max_size=6))
    made = []
    for number in range(draw(st.integers(2, 5))):
        listings = [listing_of(on, f"{each}", way) for each, way in enumerate(draw(ways))]
        if status is not None:
            listings = [replace(each, status=draw(status)) for each in listings]
        double = draw(doubled(listings, moved=moved)) if draw(seldom) else []
        unlike = {each.id for each in double if each.start != next(one for one in listings if one.id == each.id).start}
        able = frozenset(Capability) - draw(st.sampled_from(({Capability.DATE_RANGE}, {Capability.OFFERS}, set())))
        made.append(
            Plan(
                slug=f"p{number}",
                listings=(*listings, *double),
                manner={**draw(manner), "capabilities": able},
                trouble=draw(trouble),
                twice=frozenset(unlike),
            )
        )
    return tuple(made)


def _in_short(listing: Listing) -> str:
    date_only = f" ({listing.start.precision.name} {listing.start.time_zone})"
    return f"{listing.name!r} {listing.venue.name if listing.venue else None!r}{date_only}"


class Asked:
    """What is asked of one provider. endings: how each call went wrong, None where it did not."""

    def __init__(self, shelf, plan: Plan, turns: Sequence[float]) -> None:
        self.shelf = shelf
        self.endings: list[str | None] = []
        self._trouble = plan.trouble
        self._search = shelf.search
        self._turns = turns

    async def search(self, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """Answer, in due time, and if nothing goes wrong."""
        trouble = self._trouble
        number = len(self.endings)
        ending = trouble.dead or trouble.fails.get(number) or ("late" if number in trouble.late else None)
        self.endings.append(ending)
        await asyncio.sleep(self._turns[number % len(self._turns)])
        if ending == "late":
            await asyncio.sleep(FOR_EVER if trouble.dead else LATE)
        if ending in FAILURES:
            raise FAILURES[ending]
        page = self._capped(self._eager(await self._search(query, seek, limit), query), query)
        return replace(page, total=trouble.totals[number % len(trouble.totals)]) if trouble.totals else page

    def _eager(self, page: Page, query: ListingQuery) -> Page:
        if self._trouble.eager is None:
            return page
        dice = Random(f"{self._trouble.eager} {page.frontier}")
        later = [
            each
            for each in self.shelf.listings
            if page.frontier is not None and each.key > page.frontier and matches(each, query)
        ]
        found = [*page.listings, *dice.sample(later, min(2, len(later)))]
        dice.shuffle(found)
        return replace(page, listings=tuple(found))

    def _capped(self, page: Page, query: ListingQuery) -> Page:
        if self._trouble.cap is None:
            return page
        end = page_of(self.shelf.listings, query, None, max(1, self._trouble.cap)).frontier
        if end is None:
            return page
        over = page.frontier is None or page.frontier >= end
        within = tuple(each for each in page.listings if each.key <= end)
        return replace(page, listings=within, frontier=None if over else page.frontier, truncated=over)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list, and the places where it begins and ends; None at the ends of the list."""

    page: EventPage
    sort: Sort
    begun: Bookmark | None
    ended: Bookmark | None

    @property
    def groups(self) -> list[tuple[EventSource, ...]]:
        """The sources of each event."""
        return [node.sources for node in self.page.nodes]

    def warned_of(self, slug: str) -> set[str]:
        """What it says that is wrong with that provider."""
        return {warning.code.name for warning in self.page.warnings if warning.provider.slug == slug}

    def lacks(self, slug: str) -> bool:
        """Whether something of that provider may be missing."""
        return bool(self.warned_of(slug) - {"ORDER_BROKEN"})

    def is_to_give(self, slug: str, listing: Listing) -> bool:
        """Whether it goes over the listing's place, or the page before left the listing to it.

        Only from the end is anything left over: what belongs to an event further down.
        """
        place = Position(listing.key.instant, slug, listing.id)
        begun, ended = (place_of(mark) if mark else None for mark in (self.begun, self.ended))
        if self.sort is Sort.START_DATE_ASC:
            return (begun is None or begun < place) and (ended is None or place <= ended)
        if self.begun is not None and digest_of(slug, listing.id) in self.begun.taken:
            return True
        return (begun is None or place <= begun) and (ended is None or ended <= place)

    def moves_on(self) -> bool:
        """Whether it ends further on than it began; from the end, at least behind more that is known to be empty."""
        assert self.ended is not None
        if self.begun is None:
            return True
        begun, ended = self.begun.position, self.ended.position
        if self.sort is Sort.START_DATE_ASC:
            return ended > begun
        return ended < begun or (ended == begun and self.ended.bounds[1] < self.begun.bounds[1])


def digest_of(slug: str, own_id: str) -> bytes:
    """What stands for that listing in a cursor."""
    return hashlib.blake2b(f"{slug}:{own_id}".encode(), digest_size=DIGEST_BYTES).digest()


def place_of(mark: Bookmark) -> Position:
    """Behind what it stands: the last event, or the beginning of a part that was read to it from the end."""
    assert mark.position is not None
    begins, ends = mark.bounds or (None, None)
    return mark.position if begins is None or begins < ends else min(mark.position, Position(begins, "", ""))


@asynccontextmanager
async def opened(kit, made: Sequence[Plan], *, matching=None, turns: Sequence[float] = (0,)):
    """A gateway over the providers of that plan, which have not been asked anything yet.

    turns: how long each takes to answer its calls, in seconds; each begins elsewhere in these.
    """
    shelves, asked = [], {}
    for number, plan in enumerate(made):
        limits = Limits(max_offset=plan.trouble.cap)
        shelf = kit.Shelf(plan.slug, plan.listings, limits=limits, **plan.manner)
        begins = 3 * number % len(turns)
        asked[plan.slug] = Asked(shelf, plan, [*turns[begins:], *turns[:begins]])
        shelf.search = asked[plan.slug].search
        shelves.append(shelf)
    async with kit.open(*shelves, matching=matching or IdentityMatching(lambda: NO_RULES)) as world:
        world.asked = asked
        yield world


async def sheets(world, first, *, sort, after=None, search=ALL, forgetful=False, between=None, **more) -> list[Sheet]:
    """The list, page by page to its end. between: called after each page but the last."""
    read: list[Sheet] = []
    begun = None
    for _ in range(MOST_SHEETS):
        page = await world.page(first, after, search, sort=sort, **more)
        assert len(page.nodes) <= first
        end = page.page_info.end_cursor if page.page_info.has_next_page else None
        ended = world.catalogue._cursors.read(end, search.digest(sort), world.clock()) if end else None
        read.append(Sheet(page, sort, begun, ended))
        if not page.page_info.has_next_page:
            return read
        assert end not in {None, after}
        after, begun = end, ended
        if between is not None:
            between(read)
        if forgetful:
            await world.cache.aclose()
            world = world.again()
    pytest.fail("the list never ends")


def named(groups: Sequence[Sequence[EventSource]]) -> list[tuple[tuple[str, str], ...]]:
    """(provider, id) of each source of each event."""
    return [tuple((source.provider.slug, source.source_id) for source in group) for group in groups]


def all_of(read: Sequence[Sheet]) -> list[tuple[tuple[str, str], ...]]:
    """The same of all pages."""
    return [group for sheet in read for group in named(sheet.groups)]


def offers(plan: Plan) -> list[Listing]:
    """What the provider has of all that is upcoming."""
    query = ALL.query_for(plan.slug, NOON)
    assert query is not None
    return [each for each in plan.listings if matches(each, query)]


def told(read: Sequence[Sheet], plan: Plan, listing: Listing) -> bool:
    """Whether the reader knows that this listing may be missing.

    The page that goes over its place warns of its provider, or that which was to give it with an event further down; or
    it stands behind a cap that was met before.
    """
    capped = False
    for sheet in read:
        capped = capped or "RESULTS_TRUNCATED" in sheet.warned_of(plan.slug)
        if sheet.is_to_give(plan.slug, listing) and (capped or sheet.lacks(plan.slug)):
            return True
    return False


def broken(plan: Plan, how: str) -> Plan:
    """The same provider, which fails in that way whenever it is asked."""
    return replace(plan, trouble=replace(plan.trouble, dead=how))


def retries(sheet: Sheet) -> list[str]:
    """The cursors with which to ask again those that failed."""
    return [cursor for each in sheet.page.warnings if (cursor := getattr(each, "retry_cursor", None)) is not None]


def enough(read: Sequence[Sheet], plan: Plan) -> list[int]:
    """How many calls of that provider each page of the list by start, the earliest first, may take."""
    at_once = plan.manner["page"] or len(plan.listings) + 1
    return [-(-(_within_reach(read[number:], plan) + 1) // at_once) + 1 for number in range(len(read))]


def _within_reach(read: Sequence[Sheet], plan: Plan) -> int:
    """How many of its listings the first of these pages may want: those up to the reach of the event that follows it.

    That is led by a provider which was there to lead it already; and as long as another one has not said what it has, it
    may be the provider's own next listing.
    """
    page = read[0]
    there = [group[0] for later in read[1:] for group in later.groups if not page.lacks(group[0].provider.slug)]
    claims = sorted((Claim(plan.slug, each) for each in plan.listings), key=lambda claim: claim.place)
    behind = [claim for claim in claims if page.begun is None or claim.place > page.begun.position]
    if page.ended is None or not there:
        return len(behind)
    own = [claim for claim in behind if claim.place <= page.ended.position]
    reach = max(each.horizon for each in (there[0].claim, *behind[: len(own) + 1]))
    return sum(claim.place.instant <= reach for claim in behind)


def plain(made: Sequence[Plan]) -> list[frozenset[ListingRef]]:
    """Events of which every two listings match and which nothing else matches (ADR 11).

    Not those with a listing that tells the day alone, or that its provider lists nearly again: who belongs to them depends
    on what else is known.
    """
    claims = [Claim(plan.slug, each) for plan in made for each in gives(plan)]
    matching = {one.ref: {other.ref for other in claims if other is not one and _same(one, other)} for one in claims}
    doubtful = {one.ref for one in claims if one.minute is None or any(_rivals(one, other) for other in claims)}
    events = [frozenset(member.ref for member in one.members) for one in resolve(claims)]
    return [refs for refs in events if not refs & doubtful and all(matching[ref] == refs - {ref} for ref in refs)]


def _same(one: Claim, other: Claim) -> bool:
    found = verdict(one, other)
    return found.score is not None and found.same


def _rivals(one: Claim, other: Claim) -> bool:
    if one.provider != other.provider or one is other or one.minute is None or other.minute is None:
        return False
    return SHOWS_APART <= abs(one.minute - other.minute) <= SPAN.total_seconds() / 60


def event_id(provider: str, own_id: str) -> str:
    """The id of an event that this listing leads."""
    return Ref(Kind.EVENT, provider, own_id).encode()


def gives(plan: Plan) -> list[Listing]:
    """What a provider ever gives to a list of all that is upcoming, each id once, if it gives anything."""
    if plan.trouble.dead:
        return []
    query = ALL.query_for(plan.slug, NOON)
    assert query is not None
    pushed = query.only(plan.manner["capabilities"])  # type: ignore[arg-type]
    cap = plan.trouble.cap
    within = page_of(plan.listings, pushed, None, 1_000 if cap is None else max(1, cap)).listings
    return list({each.id: each for each in within if matches(each, query)}.values())


def at_leisure(world, made: Sequence[Plan], matching: Matching) -> list[tuple[tuple[str, str], ...]]:
    """The events of all that the providers give, put together when all is there."""
    sources = [EventSource(world.member(plan.slug), each, NOON) for plan in made for each in gives(plan)]
    if isinstance(matching, IdentityMatching):
        return [
            tuple(map(tuple, (member.ref for member in one.members))) for one in resolve([s.claim for s in sources])
        ]
    return named([group.sources for group in leading(sorted(sources, key=place), matching)])


class Telling(SimpleNamespace):
    """Short where it is printed."""

    def __repr__(self) -> str:
        return "tell"


@pytest.fixture(scope="session")
def tell(kit) -> Telling:
    """All of the above, for tests to draw from; test modules cannot import each other."""
    return Telling(
        ALL=ALL,
        ALL_AT_ONCE=ALL_AT_ONCE,
        EASY=EASY,
        STAGE=STAGE,
        all_of=all_of,
        at_leisure=at_leisure,
        broken=broken,
        deaths=deaths,
        enough=enough,
        event_id=event_id,
        gives=gives,
        lasting=lasting,
        listing_of=listing_of,
        matchings=st.sampled_from((IdentityMatching(lambda: NO_RULES), kit.SameName(SPAN_HOURS))),
        named=named,
        offers=offers,
        opened=partial(opened, kit),
        passing=passing,
        plain=plain,
        plans=plans,
        retries=retries,
        sheets=sheets,
        told=told,
        way=st.integers(0, WAYS - 1),
        turns=st.lists(st.sampled_from((0.0, 0.0001, 0.0005, 0.001, 0.002)), min_size=7, max_size=7),
    )
