"""One event out of several listings, in one list: nothing twice, nothing lost, nothing out of order."""

from __future__ import annotations

from collections import Counter

SPAN_HOURS = 3


async def test_a_reader_that_gave_up_holds_up_nothing_that_it_cannot_come_before(kit):
    many = kit.Shelf("many", [kit.listing(f"m{each:03}", each / 10, name="x") for each in range(200)], page=10)
    few = kit.Shelf("few", [kit.listing(f"f{each}", each * 5, name=f"y{each}") for each in range(4)])
    async with kit.open(many, few, matching=kit.SameName(24)) as world:
        groups = await world.groups(5)
        assert Counter(source for group in groups for source in group).most_common(1)[0][1] == 1
        assert sum(map(len, groups)) == 204


async def test_a_report_counts_what_stands_behind_anothers_listing_on_the_page(kit):
    first = kit.Shelf("first", [kit.listing(f"f{each}", each * 10, name=f"n{each}") for each in range(5)])
    second = kit.Shelf("second", [kit.listing(f"s{each}", each * 10 + 1, name=f"n{each}") for each in range(3)])
    async with kit.open(first, second, matching=kit.SameName(SPAN_HOURS)) as world:
        for size, duplicates in ((2, 2), (9, 3)):
            reports = {each.provider.slug: each for each in (await world.page(size)).provider_reports}
            assert {slug: each.duplicate_count for slug, each in reports.items()} == {"first": 0, "second": duplicates}
