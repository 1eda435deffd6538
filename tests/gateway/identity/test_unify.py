"""One venue, or one performer, out of several records: a function of them. IDENTITY_EXAMPLES=2000 looks longer."""

import os
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.identity import (
    Known,
    performers,
    same_performer,
    same_venue,
    unify_performer,
    unify_venue,
    venues,
)
from gateway.identity.claim import named
from gateway.identity.houses import house_of
from providers import Address, ExternalId, PerformanceRole, Performer, PerformerKind, Point, Venue

often = settings(max_examples=int(os.environ.get("IDENTITY_EXAMPLES", "200")))
PROVIDERS = "abcd"

maybe = st.none() | st.sampled_from(["1", "2"])
places = st.builds(
    lambda name, own_id, street, town, metres, capacity, url, ids: Venue(
        name=name,
        id=own_id,
        address=Address(street=street, locality=town, country="DE"),
        point=None if metres is None else Point(latitude=52.4981 + metres / 111_195, longitude=13.4412),
        capacity=capacity,
        url=url,
        external_ids=tuple(ExternalId("osm", each) for each in ids),
    ),
    st.sampled_from(["Lantern Hall", "LANTERN HALL", "The Lantern Hall, Berlin", "Lantern Concert Hall", "Copper Kettle", "Kettle", "🎪"]),
    maybe,
    st.sampled_from([None, "7 Harbour Street", "9 Harbour Street"]),
    st.sampled_from([None, "Berlin", "Hamburg"]),
    st.sampled_from([None, 0, 40, 90, 400, 2_400]),
    st.none() | st.integers(1, 9),
    st.sampled_from([None, "https://lantern.example/house"]),
    st.lists(st.sampled_from("12"), max_size=1),
)  # fmt: skip
acts = st.builds(
    lambda name, own_id, ids, kind, role, genres, url: Performer(
        name=name,
        id=own_id,
        external_ids=tuple(ExternalId("musicbrainz", each) for each in ids),
        kind=kind,
        role=role,
        genres=tuple(genres),
        url=url,
    ),
    st.sampled_from(["Velvet Foxes", "The Velvet Foxes", "VELVET FOXES", "Velvet Foxez", "Die Füchse", "Amber Comets"]),
    maybe,
    st.lists(st.sampled_from("12"), max_size=1),
    st.sampled_from(PerformerKind),
    st.sampled_from(PerformanceRole),
    st.lists(st.sampled_from(["rock", "pop"]), unique=True),
    st.sampled_from([None, "https://foxes.example"]),
)


def told(things):
    return st.lists(st.builds(Known, st.sampled_from(PROVIDERS), things), max_size=7, unique_by=repr)


@often
@given(told(places), told(acts), st.randoms(use_true_random=False))
def test_the_order_in_which_records_are_told_does_not_matter(houses, people, dice):
    for known, gathered in ((houses, venues), (people, performers)):
        shuffled = [*known]
        dice.shuffle(shuffled)
        assert gathered(known) == gathered(shuffled)
        assert sorted(map(repr, (each for group in gathered(known) for each in group))) == sorted(map(repr, known))


@often
@given(told(places), told(acts))
def test_no_group_holds_two_of_one_provider_and_none_that_is_surely_another(houses, people):
    for group in (*venues(houses), *performers(people)):
        assert len({known.provider for known in group}) == len(group)
    for group in venues(houses):
        assert all(
            any(same_venue(one.thing, other.thing) for other in group if other is not one)
            for one in group
            if len(group) > 1
        )
    for group in performers(people):
        assert all(
            any(same_performer(one.thing, other.thing) for other in group if other is not one)
            for one in group
            if len(group) > 1
        )


@often
@given(told(places), told(acts))
def test_what_was_gathered_once_stays_together(houses, people):
    for group in venues(houses):
        assert venues(group) == (group,)
    for group in performers(people):
        assert performers(group) == (group,)


@often
@given(told(places))
def test_a_venue_is_made_of_what_its_records_say_and_of_nothing_else(houses):
    for group in venues(houses):
        made = unify_venue(group)
        said = [known.thing for known in group]
        assert made.thing.name in {each.name for each in said}
        assert made.thing.point in {each.point for each in said}
        assert set(made.thing.external_ids) == {each for one in said for each in one.external_ids}
        for field in ("url", "capacity", "time_zone"):
            values = {getattr(each, field) for each in said}
            assert getattr(made.thing, field) in (values - {None} or {None})
        spelt = [house_of(replace(made.thing, name=name)).squeezed for name in (made.thing.name, *made.alternate_names)]
        assert len(set(spelt)) == len(spelt)
        assert set(made.alternate_names) < {each.name for each in said} | {""}
        assert unify_venue([Known("x", made.thing)]).thing == made.thing
        assert unify_venue([*group, Known("x", made.thing)]).thing == made.thing


@often
@given(told(acts))
def test_a_performer_is_made_of_what_the_records_say_and_of_nothing_else(people):
    for group in performers(people):
        made = unify_performer(group)
        said = [known.thing for known in group]
        assert made.thing.name in {each.name for each in said}
        assert set(made.thing.genres) == {genre for each in said for genre in each.genres}
        assert set(made.thing.external_ids) == {each for one in said for each in one.external_ids}
        assert made.thing.url in ({each.url for each in said} - {None} or {None})
        assert len(
            {named(Performer(name=name)).squeezed for name in (made.thing.name, *made.alternate_names)}
        ) == 1 + len(made.alternate_names)
        assert unify_performer([*group, Known("x", made.thing)]).thing == made.thing


def test_another_spelling_is_no_other_name():
    def called(*names):
        return unify_venue(
            [
                Known(str(number), Venue(name=name, address=Address(locality="Berlin")))
                for number, name in enumerate(names)
            ]
        )

    assert called("LANTERN HALL", "The Lantern Hall", "Lanternhall", "Lantern Hall, Berlin").alternate_names == ()
    made = called("LANTERN HALL", "Lantern Concert Hall", "Lantern", "LANTERN CONCERT HALL")
    assert (made.thing.name, made.alternate_names) == ("Lantern Concert Hall", ("LANTERN HALL", "Lantern"))
