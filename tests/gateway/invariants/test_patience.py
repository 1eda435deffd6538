"""Whoever has answered reads on, though another one hangs."""

from __future__ import annotations

import asyncio

import pytest

from gateway.search import Sort

SHARE = 1_875


@pytest.mark.parametrize("sort", [Sort.START_DATE_ASC, Sort.START_DATE_DESC], ids=lambda sort: sort.name.lower())
async def test_one_that_hangs_does_not_cost_the_others_their_second_page(kit, sort):
    async def hanging(_seek, _limit):
        await asyncio.sleep(3_600)

    good = kit.Shelf("good", [kit.listing(f"{each:02}", each) for each in range(40)], page=10)
    async with kit.open(good, kit.Odd("bad", hanging)) as world:
        page = await world.page(40, sort=sort, deadline_ms=2_500)
        whole = kit.expected([good])
        assert kit.names_on(page) == (whole if sort is Sort.START_DATE_ASC else whole[::-1])
        assert [(each.code.name, each.provider.slug) for each in page.warnings] == [("PROVIDER_TIMED_OUT", "bad")]
        latencies = {report.provider.slug: report.latency_ms for report in page.provider_reports}
        assert latencies == {"good": 0, "bad": SHARE}


async def test_where_nobody_has_answered_all_are_waited_for_to_the_end(kit):
    def after(seconds):
        async def answer(_seek, _limit):
            await asyncio.sleep(seconds)
            return await kit.Shelf("any", [kit.listing("a", 1)]).search(kit.search().query, None, 10)

        return answer

    async with kit.open(kit.Odd("one", after(2.3)), kit.Odd("other", after(2.4))) as world:
        page = await world.page(10, deadline_ms=2_500)
        assert kit.names_on(page) == [("one", "a"), ("other", "a")]
        assert page.warnings == ()
