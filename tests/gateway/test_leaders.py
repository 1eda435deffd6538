"""One event out of several listings, in one list: nothing twice, nothing lost, nothing out of order."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

EXAMPLES = settings(max_examples=40)
SPAN_HOURS = 3


@st.composite
def shelves(draw, *, delays=False, pages=(None, 3, 5)):
    """What to make providers of: few names and few instants, so that much could be one event, and more than once."""
    plans = []
    for number in range(draw(st.integers(1, 4))):
        starts = draw(st.lists(st.tuples(st.integers(0, 14), st.sampled_from(["a", "b", "every other"])), max_size=16))
        manner = {"page": draw(st.sampled_from(pages)), "early": draw(st.booleans())}
        if delays:
            manner["delays"] = Random(draw(st.integers(0, 1_000)))
        plans.append((f"p{number}", starts, manner))
    return plans


def make(kit, plans):
    return [
        kit.Shelf(
            slug,
            [kit.listing(f"{slug}-{number}", hours, name=name) for number, (hours, name) in enumerate(starts)],
            **manner,
        )
        for slug, starts, manner in plans
    ]


def led(providers):
    """What the merge must give, worked out at leisure: leaders in order, each with the next of its name elsewhere."""
    rest = sorted(
        (each.key.instant, shelf.info.slug, each.id, each.name) for shelf in providers for each in shelf.listings
    )
    groups, noted = [], set()
    while rest:
        instant, slug, _, name = rest[0]
        chosen = {slug: rest[0]}
        near = [each for each in rest[1:] if each[3] == name and each[0] <= instant + timedelta(hours=SPAN_HOURS)]
        if rest[0] not in noted:
            for each in near:
                chosen.setdefault(each[1], each)
            left = [each for each in near if each not in chosen.values()]
            noted.update(left[:1] if name.startswith("every other") else ())
        groups.append(tuple((each[1], each[2]) for each in sorted(chosen.values())))
        rest = [each for each in rest if each not in chosen.values()]
    return groups


@given(plans=shelves(), first=st.integers(1, 20))
@EXAMPLES
async def test_events_do_not_depend_on_the_page_size(kit, plans, first):
    providers = make(kit, plans)
    async with kit.open(*providers, matching=kit.SameName(SPAN_HOURS)) as world:
        assert await world.groups(first) == led(providers)


@given(plans=shelves(), first=st.integers(1, 7))
@EXAMPLES
async def test_a_gateway_that_forgot_everything_gives_nothing_twice(kit, plans, first):
    providers = make(kit, plans)
    async with kit.open(*providers, matching=kit.SameName(SPAN_HOURS)) as world:
        assert await world.groups(first, forgetful=True) == led(providers)


@given(plans=shelves(delays=True), first=st.integers(1, 20))
@EXAMPLES
async def test_events_do_not_depend_on_who_answers_first(kit, plans, first):
    providers = make(kit, plans)
    async with kit.open(*providers, matching=kit.SameName(SPAN_HOURS)) as world:
        assert await world.groups(first) == led(providers)


@given(plans=shelves(), first=st.integers(1, 12))
@EXAMPLES
async def test_every_edges_cursor_knows_what_was_taken_from_behind_it(kit, plans, first):
    providers = make(kit, plans)
    async with kit.open(*providers, matching=kit.SameName(SPAN_HOURS)) as world:
        page, whole = await world.page(first), led(providers)
        for place, edge in enumerate(page.edges, start=1):
            assert await world.groups(40, edge.cursor) == whole[place:]
            assert await world.again().groups(3, edge.cursor) == whole[place:]


@given(plans=shelves(pages=(1,)), first=st.integers(1, 12), gone=st.integers(0, 3))
@EXAMPLES
async def test_without_a_provider_that_pages_one_by_one_no_listing_of_the_others_is_missing(kit, plans, first, gone):
    providers = make(kit, plans)
    absent = providers[gone % len(providers)].info.slug
    async with kit.open(*providers, matching=kit.SameName(SPAN_HOURS)) as world:
        present = [member for member in world.roster.all() if member.slug != absent]
        groups = await world.groups(first, members=present)
        given_out = Counter(source for group in groups for source in group)
        assert given_out == Counter(
            (shelf.info.slug, each.id) for shelf in providers for each in shelf.listings if shelf.info.slug != absent
        )


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
