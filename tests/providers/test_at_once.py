import asyncio
from functools import partial

import pytest

from providers import at_once


class Work:
    """Counts how many are under way, and lets none end before it is told to."""

    def __init__(self):
        self.begun = 0
        self.under_way = 0
        self.given_up = 0
        self.release = asyncio.Event()

    async def do(self, number):
        self.begun += 1
        self.under_way += 1
        try:
            await self.release.wait()
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        self.under_way -= 1
        return number

    async def fail(self):
        msg = "no"
        raise LookupError(msg)


async def test_what_each_gives_comes_in_the_order_asked():
    work = Work()
    work.release.set()
    assert await at_once(partial(work.do, number) for number in range(9)) == list(range(9))


async def test_no_more_are_under_way_than_may_be():
    work = Work()
    task = asyncio.ensure_future(at_once((partial(work.do, number) for number in range(9)), most=3))
    for _ in range(20):
        await asyncio.sleep(0)
    assert (work.begun, work.under_way) == (3, 3)
    work.release.set()
    await task
    assert work.begun == 9


async def test_where_one_fails_the_others_are_given_up():
    work = Work()
    with pytest.raises(LookupError):
        await at_once([partial(work.do, 1), work.fail, partial(work.do, 2)])
    for _ in range(20):
        await asyncio.sleep(0)
    assert work.given_up == work.begun


async def test_nothing_to_do_is_done():
    assert await at_once([]) == []
