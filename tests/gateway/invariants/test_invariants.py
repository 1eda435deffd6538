"""What holds of every list, whatever its providers do. PROPERTY_EXAMPLES=2000 (make properties) looks longer."""

from __future__ import annotations

import base64
import os
from collections import Counter
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.descent import MOST_CALLS
from gateway.errors import CursorInvalid
from gateway.identity import listed_twice
from gateway.part import MOST_PAGES
from gateway.search import Search, Sort

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "50"))
often = settings(max_examples=EXAMPLES)
ASC, DESC = Sort.START_DATE_ASC, Sort.START_DATE_DESC
sizes = st.integers(1, 20)
SPAN_MINUTES, STEP_MINUTES = 120, 95
sorts = st.sampled_from((ASC, DESC))


@often
@given(data=st.data(), sort=sorts, first=sizes, forgetful=st.booleans())
async def test_the_page_size_does_not_matter(tell, data, sort, first, forgetful):
    """Of providers of which some never answer, sort nothing, stop at a cap, give empty pages, or the same id twice.

    The list is that of all that they ever give, put together at leisure. What stands behind a cap depends, in a list that
    is read from its end, on how it is cut into windows. The cursor of any event goes on exactly behind it.
    """
    made = data.draw(tell.plans(tell.lasting(caps=sort is ASC), tell.EASY, moved=False))
    matching = data.draw(tell.matchings)
    async with tell.opened(made, matching=matching) as world:
        whole = tell.at_leisure(world, made, matching)[:: 1 if sort is ASC else -1]
        read = await tell.sheets(world, first, sort=sort, forgetful=forgetful)
        assert tell.all_of(read) == whole
        edges = [edge for sheet in read for edge in sheet.page.edges]
        place = data.draw(st.integers(1, len(edges))) if edges else 0
        after = edges[place - 1].cursor if edges else None
        assert tell.all_of(await tell.sheets(world, 100 - first, sort=sort, after=after)) == whole[place:]


@often
@given(data=st.data(), sort=sorts, first=sizes, forgetful=st.booleans())
async def test_nothing_is_missing_but_what_is_told(tell, data, sort, first, forgetful):
    """A listing that is missing is one of a provider that the page which goes over its place warns of."""
    made = data.draw(tell.plans(tell.passing()))
    async with tell.opened(made) as world:
        read = await tell.sheets(world, first, sort=sort, forgetful=forgetful)
        found = {source for group in tell.all_of(read) for source in group}
        for plan in made:
            for each in tell.offers(plan):
                if (plan.slug, each.id) not in found:
                    assert tell.told(read, plan, each)


@often
@given(data=st.data(), sort=sorts, first=sizes, forgetful=st.booleans())
async def test_nothing_comes_twice(tell, data, sort, first, forgetful):
    """Whatever fails on the way. An id that its provider lists at several starts comes once at each at most."""
    made = data.draw(tell.plans(tell.passing()))
    async with tell.opened(made, matching=data.draw(tell.matchings)) as world:
        read = await tell.sheets(world, first, sort=sort, forgetful=forgetful)
    seen = Counter(source.position for sheet in read for group in sheet.groups for source in group)
    assert max(seen.values(), default=0) <= 1
    ids = Counter(source for group in tell.all_of(read) for source in group)
    twice = {(plan.slug, own_id) for plan in made for own_id in plan.twice}
    assert {source for source, times in ids.items() if times > 1} <= twice


@often
@given(data=st.data(), sort=sorts, first=sizes, forgetful=st.booleans())
async def test_events_come_in_order(tell, data, sort, first, forgetful):
    """Whatever fails on the way.

    From the end, a listing may stand further up than the page before went, if it was to come with a leader further down,
    and that leader's provider fails now.
    """
    made = data.draw(tell.plans(tell.passing()))
    async with tell.opened(made, matching=data.draw(tell.matchings)) as world:
        read = await tell.sheets(world, first, sort=sort, forgetful=forgetful)
    for sheet in read:
        places = [group[0].position for group in sheet.groups]
        assert places == sorted(set(places), reverse=sort is DESC)
        last = sheet.begun.position if sheet.begun else None
        for group in sheet.groups if last else ():
            if sort is ASC:
                assert group[0].position > last
            else:
                assert group[0].position < last or sheet.begun.taken.issuperset(source.digest for source in group)


@often
@given(data=st.data(), sort=sorts, first=sizes, forgetful=st.booleans())
async def test_no_event_spans_more_than_its_leader_reaches(tell, data, sort, first, forgetful):
    """Whatever fails on the way: to the leader's horizon; what names a time, no more than two hours."""
    made = data.draw(tell.plans(tell.passing()))
    async with tell.opened(made) as world:
        read = await tell.sheets(world, first, sort=sort, forgetful=forgetful)
    for leader, *others in (group for sheet in read for group in sheet.groups):
        assert all(leader.position < other.position for other in others)
        assert all(other.position.instant <= leader.claim.horizon for other in others)
        timed = [each.claim.minute for each in (leader, *others) if each.claim.minute is not None]
        assert not timed or max(timed) - min(timed) <= SPAN_MINUTES
        assert all(later - earlier <= STEP_MINUTES for earlier, later in pairwise(sorted(timed)))


@often
@given(data=st.data(), sort=sorts, first=sizes, forgetful=st.booleans())
async def test_every_event_has_a_leader_of_its_own(tell, data, sort, first, forgetful):
    """Whatever fails on the way: no two events go by one id, and only what a provider lists twice is in one twice."""
    made = data.draw(tell.plans(tell.passing()))
    async with tell.opened(made, matching=data.draw(tell.matchings)) as world:
        read = await tell.sheets(world, first, sort=sort, forgetful=forgetful)
    ids = Counter(node.id for sheet in read for node in sheet.page.nodes)
    twice = {(plan.slug, own_id) for plan in made for own_id in plan.twice}
    assert {each for each, times in ids.items() if times > 1} <= {tell.event_id(*each) for each in twice}
    for group in (group for sheet in read for group in sheet.groups):
        for one, other in combinations([source.claim for source in group], 2):
            assert one.provider != other.provider or listed_twice(one, other)
    for sheet in read:
        assert [node.id for node in sheet.page.nodes] == [
            tell.event_id(*group[0]) for group in tell.named(sheet.groups)
        ]


@often
@given(data=st.data(), sort=sorts, first=sizes, forgetful=st.booleans())
async def test_every_page_moves_on_until_all_is_read(tell, data, sort, first, forgetful):
    """Whatever fails on the way: a page that is not the last ends further on than it began.

    Behind the last one nothing is left but of providers of which it says so.
    """
    made = data.draw(tell.plans(tell.passing()))
    async with tell.opened(made) as world:
        read = await tell.sheets(world, first, sort=sort, forgetful=forgetful)
    for sheet in read[:-1]:
        assert sheet.moves_on()
    for report in read[-1].page.provider_reports:
        whole = "EXHAUSTED" in {report.status.name, report.end_reason.name if report.end_reason else None}
        assert whole or read[-1].warned_of(report.provider.slug)


@often
@given(data=st.data(), sort=sorts, first=sizes)
async def test_no_provider_is_asked_more_often_than_its_part_of_a_page_takes(tell, data, sort, first):
    """And not again, for the same page, once it has failed.

    ceil((n + 1) / p) + 1 calls, where it gives p at once and n of its listings stand up to the reach of the event after the
    page's last, or of its own next one. From the end, where all of a window is read: 24, and what it takes to come to the
    end of a window.
    """
    made = data.draw(tell.plans(tell.passing(), tell.ALL_AT_ONCE))
    asked_before = Counter[str]()
    async with tell.opened(made) as world:

        def look(_read):
            for plan in made:
                endings = world.asked[plan.slug].endings[asked_before[plan.slug] :]
                assert set(endings[:-1]) <= {None}
                assert len(endings) <= (MOST_CALLS + MOST_PAGES if sort is DESC else MOST_PAGES)
                calls[plan.slug].append(len(endings))
                asked_before[plan.slug] += len(endings)

        calls = {plan.slug: [] for plan in made}
        read = await tell.sheets(world, first, sort=sort, between=look)
        look(read)
    if sort is ASC:
        for plan in made:
            assert all(map(int.__le__, calls[plan.slug], tell.enough(read, plan)))


@often
@given(data=st.data(), sort=sorts, first=sizes)
async def test_it_does_not_matter_who_answers_first(tell, data, sort, first):
    """Nor who answers last, as long as it is in time: every page is the same to the last letter of its cursors.

    Whatever fails on the way; it fails at the same call.
    """
    made = data.draw(tell.plans(tell.passing()))
    told = []
    for turns in (data.draw(tell.turns), data.draw(tell.turns)):
        async with tell.opened(made, turns=turns) as world:
            read = await tell.sheets(world, first, sort=sort)
            told.append(
                [(tell.named(sheet.groups), sheet.page.total_count, sheet.ended, warned(sheet)) for sheet in read]
            )
            told[-1].append([edge.cursor for sheet in read for edge in sheet.page.edges])
    assert told[0] == told[1]


def warned(sheet):
    return {(warning.provider.slug, warning.code) for warning in sheet.page.warnings}


@often
@given(data=st.data(), sort=sorts, first=sizes, gone=st.integers(0, 4))
async def test_without_a_provider_only_its_listings_are_missing(tell, data, sort, first, gone):
    """It is all the same whether it is not asked or fails. All listings of the others are there, once each.

    An event that is beyond doubt only loses that provider's listing; where rivals are, others may meet (ADR 11).
    """
    made = list(data.draw(tell.plans(tell.lasting(caps=False), tell.EASY, moved=False)))
    gone %= len(made)
    absent = made[gone].slug
    async with tell.opened(made) as world:
        present = [member for member in world.roster.all() if member.slug != absent]
        rest = tell.all_of(await tell.sheets(world, first, sort=sort, members=present))
    broken = [*made]
    broken[gone] = tell.broken(made[gone], data.draw(tell.deaths))
    async with tell.opened(broken) as world:
        assert tell.all_of(await tell.sheets(world, first, sort=sort)) == rest
    assert Counter(source for group in rest for source in group) == Counter(
        (plan.slug, each.id) for plan in made if plan.slug != absent for each in tell.gives(plan)
    )
    for refs in tell.plain(made):
        left = sorted(tuple(ref) for ref in refs if ref.provider != absent)
        assert not left or left in map(sorted, rest)


@often
@given(data=st.data(), sort=sorts, first=st.integers(1, 6))
async def test_a_cursor_with_a_flipped_bit_is_refused(tell, data, sort, first):
    """Any bit of any cursor of any page, the one to ask again with where a provider failed among them."""
    made = data.draw(tell.plans(tell.passing()))
    async with tell.opened(made) as world:
        read = await tell.sheets(world, first, sort=sort)
        cursors = [edge.cursor for sheet in read for edge in sheet.page.edges]
        cursors += [each for sheet in read for each in (sheet.page.page_info.end_cursor, *tell.retries(sheet)) if each]
        if not cursors:
            return
        cursor = data.draw(st.sampled_from(cursors))
        raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = data.draw(st.integers(0, 8 * len(raw) - 1))
        raw[place // 8] ^= 1 << place % 8
        changed = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        with pytest.raises(CursorInvalid):
            await world.page(first, changed, tell.ALL, sort=sort)
        for other, search in ((DESC if sort is ASC else ASC, tell.ALL), (sort, Search())):
            with pytest.raises(CursorInvalid):
                await world.page(first, cursor, search, sort=other)


@often
@given(data=st.data(), sort=sorts, first=st.integers(1, 6))
async def test_nothing_comes_behind_the_reader_while_the_data_change(tell, data, sort, first):
    """Providers fail, listings come, go and move: nothing at or before the last place appears, and nothing again.

    From the end, what stands further up than that comes only where the page before left it to an event that was to come.
    """
    made = data.draw(tell.plans(tell.passing()))
    async with tell.opened(made) as world:

        def change(_read):
            for number, shelf in enumerate(world.providers):
                kept = data.draw(st.integers(0, 5))
                shelf.listings = [each for place, each in enumerate(shelf.listings) if (place + number) % 6 != kept]
                for own_id in data.draw(st.lists(st.integers(0, 12), max_size=2)):
                    shelf.listings.append(tell.listing_of(tell.STAGE, f"{own_id}", data.draw(tell.way)))

        read = await tell.sheets(world, first, sort=sort, forgetful=True, between=change)
    for sheet in read[1:]:
        last, owed = sheet.begun.position, sheet.begun.taken
        for source in (source for group in sheet.groups for source in group):
            if sort is ASC:
                assert source.position > last
                assert source.digest not in owed
            else:
                assert source.position < last or source.digest in owed
