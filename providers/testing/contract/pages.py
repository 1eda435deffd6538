"""The list: in order, page by page, with frontiers that keep their word."""

# ruff: noqa: D102 - a test's name is its sentence

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from providers import Capability, Key, Page, Provider
from providers.testing.contract.base import Contract, needs
from providers.testing.contract.saying import SHOWN, hold, some


class Pages(Contract):
    """What a reader who turns pages relies on."""

    async def test_a_page_is_sorted(self, provider: Provider) -> None:
        for seek, page in await self._pages(provider):
            keys = [listing.key for listing in page.listings]
            hold(keys == sorted(keys), f"the page after {seek} is not sorted by listing.key; sort it before it leaves")

    async def test_every_listing_stands_after_the_seek(self, provider: Provider) -> None:
        for seek, page in await self._pages(provider):
            behind = [listing for listing in page.listings if seek is not None and listing.key <= seek]
            hold(not behind, f"the page after {seek} holds {some(behind)}; leave out what is not > seek")

    async def test_no_listing_stands_after_the_frontier(self, provider: Provider) -> None:
        for seek, page in await self._pages(provider):
            beyond = [listing for listing in page.listings if page.frontier is not None and listing.key > page.frontier]
            hold(not beyond, f"the page after {seek} has frontier {page.frontier}, yet holds {some(beyond)}")

    async def test_the_frontier_moves_beyond_the_seek(self, provider: Provider) -> None:
        for seek, page in await self._pages(provider):
            if seek is not None and page.frontier is not None:
                moved = page.frontier > seek
                hold(moved, f"the page after {seek} has frontier {page.frontier}: a reader would ask for ever")

    async def test_a_walk_meets_each_listing_once(self, provider: Provider) -> None:
        for limit, most in self._sizes():
            walked = await self.walk(provider, self.query(provider), limit=limit, most=most)
            often = [each for each, times in Counter(walked.ids()).items() if times > 1]
            hold(not often, f"pages of {limit} hold these ids more than once: {often[:SHOWN]}")

    async def test_pages_of_any_size_hold_the_same_listings(self, provider: Provider) -> None:
        whole = await self.everything(provider)
        for limit, most in self._sizes():
            walked = await self.walk(provider, self.query(provider), limit=limit, most=most)
            met, due = set(walked.ids()), set(whole.ids())
            lost = [each for each in whole.listings if walked.covers(each) and each.id not in met]
            gained = [each for each in walked.listings if whole.covers(each) and each.id not in due]
            why = "a frontier promises that nothing stands before it but what its page holds"
            hold(not lost, f"pages of {limit} miss {some(lost)}, which one large page holds; {why}")
            hold(not gained, f"one large page misses {some(gained)}, which pages of {limit} hold; {why}")

    async def test_a_list_that_has_ended_stays_ended(self, provider: Provider) -> None:
        query = self.query(provider)
        walked = await self.found(provider, query)
        if walked.frontier and not walked.ended and Capability.DATE_RANGE in provider.info.capabilities:
            # Too long to read: a range that ends where the walk did makes a list whose end can be reached.
            query = replace(query, start_before=walked.frontier.instant)
            walked = await self.found(provider, query)
        if not walked.ended or not walked.listings:
            pytest.skip(f"the list goes on after {self.walk_limit} listings; raise walk_limit to test its end")
        last = max(listing.key for listing in walked.listings)
        page = await self.search(provider, query, last, 1)
        more = [listing for listing in page.listings if listing.key > last]
        hold(not more, f"after the last listing of an exhausted list came {some(more)}")
        hold(page.exhausted, "a search after the last listing gives a frontier; an exhausted list's is None")

    async def test_a_page_is_of_a_size_that_can_be_handled(self, provider: Provider) -> None:
        most = self.most_on_a_page
        for limit, _ in self._sizes():
            page = await self.search(provider, self.query(provider), None, limit)
            count = len(page.listings)
            hold(count <= most, f"asked for {limit} listings, it gives {count:,} at once; the gateway takes {most:,}")

    @needs(Capability.SORT_BY_DATE)
    async def test_the_whole_list_is_sorted_by_date(self, provider: Provider) -> None:
        for seek, page in await self._pages(provider):
            cut = "declares SORT_BY_DATE, but truncated"
            hold(not page.truncated, f"{cut} the page after {seek}; a list that is read up to a cap has no such order")

    @needs(Capability.TOTAL_COUNT)
    async def test_the_total_is_what_a_walk_meets(self, provider: Provider) -> None:
        walked = await self.everything(provider)
        totals = {page.total for _, page in walked.pages if page.total is not None}
        hold(bool(totals), "declares TOTAL_COUNT, but no page gives a total")
        met = len(set(walked.ids()))
        wrong = [total for total in totals if total < met or (walked.ended and total != met)]
        hold(not wrong, f"total is {wrong}, but a walk met {met}; leave total None where it is not exact")

    def _sizes(self) -> list[tuple[int, int]]:
        """Page sizes, each with how many listings to read: about as many requests for each."""
        return [(1, min(20, self.walk_limit)), (7, min(100, self.walk_limit)), (50, self.walk_limit)]

    async def _pages(self, provider: Provider) -> list[tuple[Key | None, Page]]:
        query = self.query(provider)
        walks = [await self.walk(provider, query, limit=limit, most=most) for limit, most in self._sizes()]
        return [page for walked in walks for page in walked.pages]
