"""Searches as a whole: cursors, what is said of each provider, and what a provider's failure does to the rest."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from gateway.errors import CursorExpired, CursorInvalid
from gateway.ids import Kind, Ref
from gateway.reports import (
    CountRelation,
    ProviderEndReason,
    ProviderFailedWarning,
    ProviderMisconfiguredWarning,
    ProviderRateLimitedWarning,
    ProviderReportStatus,
    ProviderTimedOutWarning,
    ResultsTruncatedWarning,
)
from gateway.search import Search
from providers import (
    EventStatus,
    Key,
    Malformed,
    Misconfigured,
    Page,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
)

Status = ProviderReportStatus
DOWN = Unavailable("is down", http_status=503)
LONG_AGO = (datetime(2020, 1, 1, tzinfo=UTC), "")


def raising(error):
    async def answer(_seek, _limit):
        raise error

    return answer


def returning(value):
    async def answer(_seek, _limit):
        return value

    return answer


async def hanging(_seek, _limit):
    await asyncio.sleep(3_600)


async def no_progress(seek, _limit):
    return Page(frontier=seek or Key(*LONG_AGO))


async def naive_frontier(_seek, _limit):
    return Page(frontier=Key(LONG_AGO[0].replace(tzinfo=None), ""))


async def plain_tuple(_seek, _limit):
    return Page(frontier=LONG_AGO)


FAULTS = [
    (raising(DOWN), Status.FAILED, ProviderFailedWarning),
    (raising(TimedOut("took too long")), Status.TIMED_OUT, ProviderTimedOutWarning),
    (raising(RateLimited("is full")), Status.RATE_LIMITED, ProviderRateLimitedWarning),
    (raising(Refused("refused", http_status=400)), Status.FAILED, ProviderFailedWarning),
    (raising(Misconfigured("needs a key", missing=("api_key",))), Status.FAILED, ProviderMisconfiguredWarning),
    (raising(Malformed("sent half a page")), Status.FAILED, ProviderFailedWarning),
    (raising(ZeroDivisionError("oops")), Status.FAILED, ProviderFailedWarning),
    (raising(TimeoutError()), Status.TIMED_OUT, ProviderTimedOutWarning),
    (returning(None), Status.FAILED, ProviderFailedWarning),
    (returning(Page(listings=(None,))), Status.FAILED, ProviderFailedWarning),
    (no_progress, Status.FAILED, ProviderFailedWarning),
    (naive_frontier, Status.FAILED, ProviderFailedWarning),
    (plain_tuple, Status.FAILED, ProviderFailedWarning),
    (hanging, Status.TIMED_OUT, ProviderTimedOutWarning),
]


@pytest.mark.parametrize(("fault", "status", "warning"), FAULTS)
async def test_a_fault_of_one_leaves_what_the_others_have(kit, fault, status, warning):
    good = kit.Shelf("good", [kit.listing(f"{each:02}", each) for each in range(30)])
    async with kit.open(good, kit.Odd("bad", fault)) as world:
        begun = time.monotonic()
        page = await world.page(30, deadline_ms=400)
        assert time.monotonic() - begun < 1.5
        assert kit.names_on(page) == kit.expected([good])
        assert page.is_partial
        assert page.total_count.relation is CountRelation.AT_LEAST
        reports = {report.provider.slug: report.status for report in page.provider_reports}
        assert reports == {"good": Status.OK, "bad": status}
        (told,) = page.warnings
        assert type(told) is warning
        assert told.provider.slug == "bad"


async def test_a_warning_says_what_to_do_about_it(kit):
    later = kit.NOW + timedelta(minutes=5)
    providers = [
        kit.Odd("down", raising(DOWN)),
        kit.Odd("full", raising(RateLimited("is full", retry_at=later))),
        kit.Odd("keyless", raising(Misconfigured("needs a key", missing=("api_key",)))),
        kit.Odd("refusing", raising(Refused("refused", http_status=400))),
    ]
    async with kit.open(*providers) as world:
        down, full, keyless, refusing = (await world.page(10)).warnings
        assert (down.http_status, down.retryable) == (503, True)
        assert full.retry_at == later
        assert keyless.missing_settings == ("api_key",)
        assert (refusing.http_status, refusing.retryable) == (400, False)


def flaky(kit, shelf, *, fails):
    """`shelf`, failing on the calls whose numbers are in `fails`."""
    calls = iter(range(1_000))

    async def answer(seek, limit):
        if next(calls) in fails:
            raise DOWN
        return await type(shelf).search(shelf, Search().query, seek, limit)

    return kit.Odd(shelf.info.slug, answer)


async def test_the_retry_cursor_gives_what_was_missed(kit):
    good = kit.Shelf("good", [kit.listing(f"{each:02}", each) for each in range(30)])
    shelf = kit.Shelf("late", [kit.listing(f"{each:02}", each + 0.5) for each in range(30)])
    async with kit.open(good, flaky(kit, shelf, fails={1})) as world:
        whole = kit.expected([good, shelf])
        first_page = await world.page(10)
        assert kit.names_on(first_page) == whole[:10]
        # The second page's call fails, since the cache has forgotten.
        second = await world.again().page(10, first_page.page_info.end_cursor)
        assert kit.names_on(second) == [each for each in whole[10:] if each[0] == "good"][:10]
        cursor = second.warnings[0].retry_cursor
        missed = await world.read(10, cursor, members=[world.member("late")])
        assert missed == [each for each in whole[10:] if each[0] == "late"]


async def test_the_next_page_asks_the_failed_one_again_and_inserts_nothing_behind_the_reader(kit):
    good = kit.Shelf("good", [kit.listing(f"{each:02}", each) for each in range(30)])
    shelf = kit.Shelf("late", [kit.listing(f"{each:02}", each + 0.5) for each in range(30)])
    async with kit.open(good, flaky(kit, shelf, fails={0})) as world:
        page = await world.page(10)
        last = page.nodes[-1].sources[0].position
        rest = await world.read(10, page.page_info.end_cursor)
        ahead = [("late", each.id) for each in shelf.listings if each.key.instant > last.instant]
        assert [each for each in rest if each[0] == "late"] == ahead
        assert [each for each in kit.names_on(page) + rest if each[0] == "good"] == kit.expected([good])


async def test_one_that_fails_on_the_way_ends_the_page_there_so_that_nothing_is_lost(kit):
    good = kit.Shelf("good", [kit.listing(f"{each:02}", each) for each in range(30)])
    shelf = kit.Shelf("late", [kit.listing(f"{each:02}", each + 0.5) for each in range(30)], page=5)
    async with kit.open(good, flaky(kit, shelf, fails={1, 4})) as world:
        page = await world.page(30)
        assert page.is_partial
        assert page.page_info.has_next_page
        whole = kit.expected([good, shelf])
        assert kit.names_on(page) == whole[: len(page.nodes)]
        assert kit.names_on(page) + await world.read(30, page.page_info.end_cursor) == whole


async def test_one_that_always_fails_on_the_way_does_not_hold_up_the_others(kit):
    good = kit.Shelf("good", [kit.listing(f"{each:02}", each) for each in range(30)])
    shelf = kit.Shelf("late", [kit.listing(f"{each:02}", each + 0.5) for each in range(30)], page=5)
    for forgetful in (False, True):
        async with kit.open(good, flaky(kit, shelf, fails=range(1, 1_000))) as world:
            names = await world.read(7, forgetful=forgetful)
            assert [each for each in names if each[0] == "good"] == kit.expected([good])


async def test_an_unsorted_page_is_sorted_and_what_stands_outside_of_it_is_left_out(kit):
    listings = [kit.listing(f"{each:02}", each) for each in range(10)]

    async def answer(seek, _limit):
        if seek is None:
            return Page(listings=tuple(reversed(listings)), frontier=listings[4].key)
        return Page(listings=(*listings[::-1], *listings[:3]))

    async with kit.open(kit.Odd("messy", answer)) as world:
        assert [own_id for _, own_id in await world.read(3)] == [each.id for each in listings]


async def test_all_of_them_down_is_an_empty_page_with_warnings_not_an_error(kit):
    async with kit.open(kit.Odd("a", raising(DOWN)), kit.Odd("b", returning(None))) as world:
        page = await world.page(10)
        assert page.nodes == ()
        assert page.is_partial
        assert not page.page_info.has_next_page
        assert page.page_info.end_cursor is None
        assert page.total_count.relation is CountRelation.UNKNOWN


async def test_no_providers_is_an_empty_page(kit):
    async with kit.open() as world:
        page = await world.page(10)
        assert (page.nodes, page.is_partial, page.page_info.has_next_page) == ((), False, False)


async def test_fifty_equal_searches_at_once_are_one_call(kit):
    shelf = kit.Shelf("radio", [kit.listing("a", 1)])
    async with kit.open(shelf) as world:
        pages = await asyncio.gather(*(world.page(10) for _ in range(50)))
        assert all(kit.names_on(page) == [("radio", "a")] for page in pages)
        assert len(shelf.calls) == 1
        again = await world.page(10)
        assert again.provider_reports[0].status is Status.CACHED
        assert again.provider_reports[0].request_count == 0


async def test_another_searchs_cursor_a_changed_one_and_an_old_one_are_refused(kit):
    async with kit.open(kit.Shelf("radio", [kit.listing(f"{each}", each) for each in range(9)])) as world:
        cursor = (await world.page(3)).page_info.end_cursor
        with pytest.raises(CursorInvalid):
            await world.page(3, cursor, kit.search(keyword="jazz"))
        for place, letter in enumerate(cursor):
            with pytest.raises(CursorInvalid):
                await world.page(3, cursor[:place] + ("A" if letter != "A" else "B") + cursor[place + 1 :])
        with pytest.raises(CursorInvalid):
            await world.page(3, "")
        world.clock.now += timedelta(days=1, minutes=6)
        with pytest.raises(CursorExpired):
            await world.page(3, cursor)


async def test_upcoming_counts_from_the_first_page(kit):
    """A listing that begins while somebody pages stays on its page."""
    shelf = kit.Shelf("radio", [kit.listing(f"{each}", each) for each in range(9)])
    async with kit.open(shelf) as world:
        page = await world.page(1)
        world.clock.now += timedelta(hours=4)
        assert kit.names_on(page) + await world.read(2, page.page_info.end_cursor) == kit.expected([shelf])


async def test_page_info_says_where_it_stands(kit):
    async with kit.open(kit.Shelf("radio", [kit.listing(f"{each}", each) for each in range(5)])) as world:
        begin = (await world.page(3)).page_info
        assert (begin.has_previous_page, begin.has_next_page) == (False, True)
        page = await world.page(3, begin.end_cursor)
        assert (page.page_info.has_previous_page, page.page_info.has_next_page) == (True, False)
        assert page.page_info.start_cursor == page.edges[0].cursor
        assert page.page_info.end_cursor == page.edges[-1].cursor


async def test_the_count_is_exact_only_where_all_was_read(kit):
    async with kit.open(kit.Shelf("radio", [kit.listing(f"{each:02}", each) for each in range(40)])) as world:
        whole = (await world.page(40)).total_count
        assert (whole.value, whole.relation) == (40, CountRelation.EQUAL_TO)
        part = (await world.page(5)).total_count
        assert (part.relation, part.upper_bound) == (CountRelation.AT_LEAST, 40)
        assert part.value <= 40


async def test_what_is_ahead_and_not_wanted_is_not_counted(kit):
    going_on = [kit.listing(f"{each:02}", each) for each in range(12)]
    called_off = [kit.listing(f"off {each}", each, status=EventStatus.CANCELLED) for each in range(12, 40)]
    async with kit.open(kit.Shelf("radio", [*going_on, *called_off])) as world:
        count = (await world.page(5)).total_count
        assert count.relation is CountRelation.AT_LEAST
        assert 5 < count.value <= 12


async def test_one_that_cannot_have_what_is_wanted_is_reported_not_asked(kit):
    radio, club = kit.Shelf("radio"), kit.Shelf("club")
    async with kit.open(radio, club) as world:
        page = await world.page(5, search=Search(venues=(Ref(Kind.VENUE, "club", "7"),)))
        assert {report.provider.slug: report.status for report in page.provider_reports} == {
            "club": Status.OK,
            "radio": Status.SKIPPED,
        }
        assert radio.calls == []
        assert club.calls[0][0].venue_ids == ("7",)


async def test_one_whose_limits_hide_something_says_up_to_when_it_is_whole(kit):
    listing = kit.listing("a", 1)
    page_one = Page(listings=(listing,), frontier=listing.key, truncated=True)

    async def answer(seek, _limit):
        return page_one if seek is None else Page(truncated=True)

    async with kit.open(kit.Odd("capped", answer)) as world:
        page = await world.page(5)
        (warning,) = page.warnings
        assert isinstance(warning, ResultsTruncatedWarning)
        assert page.provider_reports[0].status is Status.PARTIAL
        assert page.total_count.relation is CountRelation.AT_LEAST


async def test_an_exhausted_provider_is_not_asked_again(kit):
    short = kit.Shelf("short", [kit.listing("a", 0)])
    long = kit.Shelf("long", [kit.listing(f"{each}", each) for each in range(9)])
    async with kit.open(short, long) as world:
        page = await world.page(4)
        calls = len(short.calls)
        second = await world.again().page(4, page.page_info.end_cursor)
        reports = {report.provider.slug: report for report in second.provider_reports}
        assert reports["short"].status is Status.EXHAUSTED
        assert reports["short"].latency_ms is None
        assert len(short.calls) == calls


async def test_events_venues_and_performers_are_had_by_their_ids(kit):
    venue = kit.Venue(id="v", name="Club")
    singer = kit.Performer(id="s", name="Singer")
    shelf = kit.Shelf("radio", [kit.listing("a", 1, venue=venue, performers=(singer,))])
    refs = {kind: Ref(kind, "radio", own_id) for kind, own_id in zip(list(Kind)[:3], "avs", strict=True)}
    async with kit.open(shelf, kit.Odd("down", raising(DOWN))) as world:
        wanted = [*refs.values(), Ref(Kind.EVENT, "nobody", "x"), Ref(Kind.EVENT, "radio", "gone")]
        events = await world.catalogue.events(wanted)
        assert {ref: event.name for ref, event in events.items()} == {refs[Kind.EVENT]: "a"}
        assert (await world.catalogue.venues(wanted))[refs[Kind.VENUE]].name == "Club"
        assert (await world.catalogue.performers(wanted))[refs[Kind.PERFORMER]].name == "Singer"


@pytest.mark.parametrize(
    ("error", "reason"),
    [(RateLimited("is asked too often"), "QUOTA"), (Unavailable("is down"), "ERROR"), (TimedOut("is late"), "ERROR")],
)
async def test_a_report_says_why_one_that_failed_gives_no_more(kit, error, reason):
    async with kit.open(kit.Odd("down", raising(error))) as world:
        assert (await world.page(5)).provider_reports[0].end_reason.name == reason


async def test_a_report_says_whether_one_has_more(kit):
    async def cut(_seek, _limit):
        return Page(listings=(kit.listing("a", 1),), truncated=True)

    shelf = kit.Shelf("radio", [kit.listing(f"{each:02}", each) for each in range(40)])
    async with kit.open(shelf, kit.Odd("cut", cut)) as world:
        for first, reason in ((5, None), (60, ProviderEndReason.EXHAUSTED)):
            reports = {each.provider.slug: each for each in (await world.page(first)).provider_reports}
            assert reports["radio"].end_reason is reason
            assert reports["cut"].end_reason is ProviderEndReason.CAPPED
