"""A venue and a performer that several providers have, found by any of their records."""

from __future__ import annotations

import pytest

from gateway.aliases import Aliases
from gateway.errors import CursorInvalid, Unanswered
from gateway.identity import NO_RULES
from gateway.ids import Kind, Ref
from gateway.matching import IdentityMatching
from gateway.search import Search
from gateway.together import Together
from providers import Address, Point, Unavailable, When

DOWN = "is down"
HALL = Point(latitude=52.4981, longitude=13.4412)
NAMES = {"alpha": "The Lantern Hall", "beta": "Lantern Concert Hall", "gamma": "LANTERN HALL"}
ACTS = {"alpha": "The Velvet Foxes", "beta": "Velvet Foxes", "gamma": "VELVET FOXES"}


class Lookups:
    """A shelf that can be asked for its venues and performers, and counts how often it is."""

    async def venues(self, ids):
        self.entity_calls = [*getattr(self, "entity_calls", []), list(ids)]
        if getattr(self, "down", False):
            raise Unavailable(DOWN)
        return list({each.venue.id: each.venue for each in self.listings if each.venue.id in ids}.values())

    async def performers(self, ids):
        self.entity_calls = [*getattr(self, "entity_calls", []), list(ids)]
        return list({act.id: act for each in self.listings for act in each.performers if act.id in ids}.values())


@pytest.fixture
def sellers(kit):
    """Three providers of one house and its act: a shared night, then a night of each alone."""

    class Seller(Lookups, kit.Shelf):
        pass

    def night(slug, number, hours, name):
        venue = kit.Venue(
            id=f"{slug}-v", name=NAMES[slug], address=Address(locality="Berlin", country="DE"), point=HALL
        )
        act = kit.Performer(id=f"{slug}-p", name=ACTS[slug])
        start = When.at(kit.at(hours).instant, "Europe/Berlin")
        return kit.listing(f"{slug}-{number}", start, name=name, venue=venue, performers=(act,))

    def seller(slug, place):
        return Seller(
            slug,
            [
                night(slug, 0, 8 + place / 100, "Velvet Foxes"),
                night(slug, 1, 32 + 24 * place, f"Velvet Foxes Vol. {place + 2}"),
            ],
        )

    return [seller(slug, place) for place, slug in enumerate(NAMES)]


def opened(kit, sellers):
    return kit.open(*sellers, matching=IdentityMatching(lambda: NO_RULES))


def records(kind, suffix):
    return tuple(Ref(kind, slug, f"{slug}-{suffix}") for slug in NAMES)


VENUES, PERFORMERS = records(Kind.VENUE, "v"), records(Kind.PERFORMER, "p")
EVERYTHING = [
    (("alpha", "alpha-0"), ("beta", "beta-0"), ("gamma", "gamma-0")),
    (("alpha", "alpha-1"),),
    (("beta", "beta-1"),),
    (("gamma", "gamma-1"),),
]


async def test_an_events_venue_and_performer_are_one_of_all_sellers(kit, sellers):
    async with opened(kit, sellers) as world:
        shared = (await world.page(9)).nodes[0]
    assert (shared.location.refs, shared.location.id) == (VENUES, VENUES[0].encode())
    assert (shared.location.name, shared.location.alternate_names) == ("The Lantern Hall", ("Lantern Concert Hall",))
    assert [each[:2] for each in shared.location.external_ids] == [(slug, f"{slug}-v") for slug in NAMES]
    (part,) = shared.performers
    assert (part.performer.refs, part.performer.name) == (PERFORMERS, "The Velvet Foxes")
    assert part.performer.alternate_names == ()


@pytest.mark.parametrize("size", [1, 2, 9])
async def test_a_venues_id_depends_on_neither_the_page_nor_what_was_seen_before(kit, sellers, size):
    async with opened(kit, sellers) as world:
        ids, after = [], None
        while True:
            page = await world.page(size, after)
            ids += [(node.location.id, node.performers[0].performer.id) for node in page.nodes]
            after = page.page_info.end_cursor
            if not page.page_info.has_next_page:
                break
    assert ids == [(VENUES[each].encode(), PERFORMERS[each].encode()) for each in (0, 0, 1, 2)]


@pytest.mark.parametrize("place", range(3))
async def test_any_record_finds_the_whole_by_one_call_a_provider(kit, sellers, place):
    async with opened(kit, sellers) as world:
        shared = (await world.page(9)).nodes[0]
        venue = (await world.catalogue.venues([VENUES[place]]))[VENUES[place]]
        performer = (await world.catalogue.performers([PERFORMERS[place]]))[PERFORMERS[place]]
    assert venue == shared.location
    assert performer == shared.performers[0].performer
    assert [each.entity_calls for each in sellers] == [[[f"{slug}-v"], [f"{slug}-p"]] for slug in NAMES]


async def test_a_record_that_nobody_has_seen_beside_another_is_found_alone(kit, sellers):
    async with opened(kit, sellers) as world:
        venue = (await world.catalogue.venues([VENUES[1]]))[VENUES[1]]
    assert (venue.refs, venue.name) == (VENUES[1:2], "Lantern Concert Hall")


async def test_who_is_down_takes_away_neither_the_venue_nor_its_id(kit, sellers):
    async with opened(kit, sellers) as world:
        await world.page(9)
        sellers[0].down = True
        found = await world.catalogue.venues(VENUES)
        for ref in VENUES:
            assert (found[ref].id, found[ref].refs) == (VENUES[0].encode(), VENUES)
            assert found[ref].name == "Lantern Concert Hall"


async def test_where_all_are_down_it_cannot_be_told(kit, sellers):
    async with opened(kit, sellers) as world:
        await world.page(9)
        for each in sellers:
            each.down = True
        found = await world.catalogue.venues(VENUES)
        assert {type(found[ref]) for ref in VENUES} == {Unanswered}


async def test_what_its_providers_now_place_elsewhere_no_longer_goes_together(kit, sellers):
    async with opened(kit, sellers) as world:
        await world.page(9)
        far = kit.Venue(id="beta-v", name="Lantern Hall", point=Point(latitude=48.2, longitude=16.37))
        sellers[1].listings = [kit.listing("beta-0", 8, venue=far)]
        found = await world.catalogue.venues(VENUES)
        assert [found[ref].refs for ref in VENUES] == [VENUES[::2], VENUES[1:2], VENUES[::2]]


@pytest.mark.parametrize("place", range(3))
async def test_a_venues_events_come_from_every_seller_and_are_merged(kit, sellers, place):
    async with opened(kit, sellers) as world:
        await world.page(9)
        for search in (Search(venues=VENUES[place : place + 1]), Search(performers=PERFORMERS[place : place + 1])):
            assert await world.groups(1, search=search) == EVERYTHING


async def test_whoever_has_the_event_at_hand_needs_nothing_remembered(kit, sellers):
    async with opened(kit, sellers) as world:
        assert await world.groups(2, search=Search(venues=VENUES[:1], aliases=VENUES[1:])) == EVERYTHING
        assert [len(each.calls) for each in sellers] == [1, 1, 1]


async def test_a_page_whose_events_each_want_their_venues_events_asks_once_a_provider(kit, sellers):
    async with opened(kit, sellers) as world:
        page = await world.page(9)
        before = [len(each.calls) for each in sellers]
        asker = Together(world.desk)
        for node in page.nodes:
            ref, *aliases = node.location.refs
            found = await world.page(9, search=Search(venues=(ref,), aliases=tuple(aliases)), asker=asker)
            assert kit.groups_on(found) == EVERYTHING
        assert [len(each.calls) for each in sellers] == [each + 1 for each in before]


async def test_a_cursor_outlives_that_more_is_known_of_the_venue_and_serves_no_other(kit, sellers):
    async with opened(kit, sellers) as world:
        by_beta = await world.page(1, search=Search(venues=VENUES[1:2]))
        await world.page(9)
        rest = await world.groups(9, by_beta.page_info.end_cursor, Search(venues=VENUES[1:2]))
        assert (("beta", "beta-1"),) in rest
        by_alpha = await world.groups(9, by_beta.page_info.end_cursor, Search(venues=VENUES[:1]))
        assert by_alpha == rest
        with pytest.raises(CursorInvalid):
            await world.page(9, by_beta.page_info.end_cursor, Search(venues=(Ref(Kind.VENUE, "alpha", "other"),)))


def named(provider, own_id="1"):
    return Ref(Kind.VENUE, provider, own_id)


def test_aliases_are_of_other_providers_one_each_the_latest():
    aliases = Aliases()
    aliases.remember([named("a", "1"), named("b")])
    aliases.remember([named("a", "2"), named("b"), named("c")])
    aliases.remember([named("b")])
    assert aliases.of(named("b")) == (named("b"), named("a", "2"), named("c"))
    assert aliases.of(named("a", "1")) == (named("a", "1"), named("b"))
    assert aliases.of(named("d")) == (named("d"),)


def test_of_aliases_what_the_asker_knows_comes_before_what_is_remembered():
    aliases = Aliases()
    aliases.remember([named("a"), named("b"), named("c")])
    assert aliases.besides([named("a")]) == (named("b"), named("c"))
    assert aliases.besides([named("a")], [named("b", "9")]) == (named("b", "9"), named("c"))
    performer = Ref(Kind.PERFORMER, "b", "9")
    assert aliases.besides([named("a")], [performer]) == (performer, named("b"), named("c"))


def test_of_aliases_the_oldest_are_forgotten_and_a_bare_name_is_nobodys():
    aliases = Aliases(most=4)
    nameless = Ref.to(Kind.VENUE, "b", None, "Hall")
    aliases.remember([named("a"), nameless])
    assert (aliases.of(named("a")), aliases.of(nameless)) == ((named("a"),), (nameless, named("a")))
    aliases.remember([named("c"), named("d"), named("e")])
    assert (aliases.of(named("a")), aliases.of(nameless)) == ((named("a"),), (nameless, named("a")))
    aliases.remember([named("f"), named("g")])
    assert aliases.of(nameless) == (nameless,)
    assert aliases.of(named("d")) == (named("d"), named("c"), named("e"))
