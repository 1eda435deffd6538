"""What holds of every list, whatever its providers do. PROPERTY_EXAMPLES=2000 (make properties) looks longer."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import CursorInvalid
from gateway.search import Sort

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "50"))
often = settings(max_examples=EXAMPLES)
ASC, DESC = Sort.START_DATE_ASC, Sort.START_DATE_DESC
sizes = st.integers(1, 20)
sorts = st.sampled_from((ASC, DESC))


@often
@given(data=st.data(), sort=sorts, first=sizes, forgetful=st.booleans())
async def test_the_page_size_does_not_matter(tell, data, sort, first, forgetful):
    """Of providers of which some never answer, sort nothing, stop at a cap, give empty pages, or the same id twice.

    The list is that of all that they ever give, put together at leisure. What stands behind a cap depends, in a list that
    is read from its end, on how it is cut into windows.
    """
    made = data.draw(tell.plans(tell.lasting(caps=sort is ASC), tell.EASY, moved=False))
    matching = data.draw(tell.matchings)
    async with tell.opened(made, matching=matching) as world:
        whole = tell.at_leisure(world, made, matching)
        read = await tell.sheets(world, first, sort=sort, forgetful=forgetful)
        assert tell.all_of(read) == (whole if sort is ASC else whole[::-1])


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
    """Whatever fails on the way: to the leader's horizon; what names a time, no more than 95 minutes."""
    made = data.draw(tell.plans(tell.passing()))
    async with tell.opened(made) as world:
        read = await tell.sheets(world, first, sort=sort, forgetful=forgetful)
    for leader, *others in (group for sheet in read for group in sheet.groups):
        assert all(leader.position < other.position for other in others)
        assert all(other.position.instant <= leader.claim.horizon for other in others)
        timed = [each.claim.minute for each in (leader, *others) if each.claim.minute is not None]
        assert not timed or max(timed) - min(timed) <= SPAN_MINUTES


@often
@given(data=st.data(), sort=sorts, first=sizes, forgetful=st.booleans())
async def test_every_event_has_a_leader_of_its_own(tell, data, sort, first, forgetful):
    """Whatever fails on the way: no two events go by one id, and none holds two listings of one provider."""
    made = data.draw(tell.plans(tell.passing()))
    async with tell.opened(made, matching=data.draw(tell.matchings)) as world:
        read = await tell.sheets(world, first, sort=sort, forgetful=forgetful)
    ids = Counter(node.id for sheet in read for node in sheet.page.nodes)
    twice = {(plan.slug, own_id) for plan in made for own_id in plan.twice}
    assert {each for each, times in ids.items() if times > 1} <= {tell.event_id(*each) for each in twice}
    for group in tell.all_of(read):
        assert len({slug for slug, _ in group}) == len(group)
    for sheet in read:
        assert [node.id for node in sheet.page.nodes] == [tell.event_id(*group[0]) for group in tell.named(sheet.groups)]


@often
@given(data=st.data(), sort=sorts, first=sizes, forgetful=st.booleans())
async def test_every_page_moves_on_until_all_is_read(tell, data, sort, first, forgetful):
    """Whatever fails on the way: a page that is not the last ends further on than it began. Behind the last one nothing

    is left but of providers of which it says so.
    """
    made = data.draw(tell.plans(tell.passing()))
    async with tell.opened(made) as world:
        read = await tell.sheets(world, first, sort=sort, forgetful=forgetful)
    for sheet in read[:-1]:
        assert sheet.moves_on()
    for report in read[-1].page.provider_reports:
        whole = "EXHAUSTED" in {report.status.name, report.end_reason.name if report.end_reason else None}
        assert whole or read[-1].warned_of(report.provider.slug)


SPAN_MINUTES = 95
