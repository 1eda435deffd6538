"""What a request costs upstream, under all the ways in which requests wait beside and after each other."""

from __future__ import annotations

import asyncio
import time

import pytest

from gateway.asking import Desk
from gateway.upstream import Upstream, Wait, accounting, note_partial, note_requests, waiting

SPANS = {
    "none": ([], 0.0),
    "one": ([(1.0, 3.0)], 2.0),
    "one after the other": ([(1.0, 2.0), (4.0, 6.0)], 3.0),
    "one inside the other": ([(1.0, 9.0), (2.0, 3.0)], 8.0),
    "overlapping, told in any order": ([(4.0, 6.0), (1.0, 5.0)], 5.0),
    "at the same time": ([(1.0, 2.0)] * 5, 1.0),
}


@pytest.mark.parametrize(("spans", "seconds"), SPANS.values(), ids=SPANS)
def test_waits_that_overlap_count_once(spans, seconds) -> None:
    upstream = Upstream(waits=[Wait(begun=begun, ended=ended) for begun, ended in spans])
    assert upstream.seconds() == seconds


def test_a_wait_that_goes_on_counts_until_now_and_one_in_vain_does_not() -> None:
    begun = time.perf_counter() - 100
    upstream = Upstream(waits=[Wait(begun=begun), Wait(begun=begun - 1_000, counts=False)])
    assert 100 <= upstream.seconds() < 1_000


async def test_tasks_begun_for_a_request_are_on_its_account_and_others_are_not() -> None:
    async def ask(requests: int) -> None:
        with waiting():
            await asyncio.sleep(0)
        note_requests(requests)

    async def request(requests: int) -> Upstream:
        with accounting() as upstream:
            await asyncio.gather(*(ask(requests) for _ in range(3)))
        return upstream

    one, other = await asyncio.gather(request(1), request(10))
    assert (one.requests, len(one.waits)) == (3, 3)
    assert (other.requests, len(other.waits)) == (30, 3)
    # Nobody's account: nothing to note it in, and no reason to fail.
    await ask(5)
    note_partial()


async def test_who_joins_anothers_question_waits_as_well_but_sends_nothing(kit) -> None:
    go = asyncio.Event()

    async def act(_seek, _limit):
        await go.wait()
        return await kit.Shelf("radio").search(kit.search().query, None, 10)

    async with kit.open(kit.Odd("radio", act)) as world:
        desk = Desk(world.cache, world.clock)

        async def request() -> Upstream:
            with accounting() as upstream:
                await desk.page(world.member("radio"), kit.search().query, None, 10)
            return upstream

        asking = [asyncio.create_task(request()) for _ in range(2)]
        await asyncio.sleep(0.02)
        go.set()
        waited = await asyncio.gather(*asking)
        assert all(upstream.seconds() >= 0.02 for upstream in waited)
        assert (await request()).seconds() == 0


async def test_a_wait_that_is_broken_off_counts_up_to_there(kit) -> None:
    async def never(_seek, _limit):
        await asyncio.Event().wait()

    async with kit.open(kit.Odd("radio", never)) as world:
        with accounting() as upstream:
            page = await world.page(1, deadline_ms=50)
        assert page.is_partial
        assert upstream.partial
        assert upstream.seconds() >= 0.04
