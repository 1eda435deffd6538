"""Clusters: who leads, who is absorbed, and what people's rules change."""

from datetime import UTC, date, datetime

import pytest

from gateway.identity import Memory, Rules, absorb, resolve
from providers import When

DAY = date(2026, 6, 5)


def test_the_first_in_time_leads_whatever_its_rank(tell):
    (cluster,) = resolve([tell("a", rank=2), tell("b", minutes=-30, rank=1), tell("c", minutes=10, rank=0)])
    assert cluster.leader.provider == "b"
    assert [member.provider for member in cluster.members] == ["b", "a", "c"]


def test_scores_are_against_the_leader_which_has_none(tell):
    (cluster,) = resolve([tell("a"), tell("b", minutes=5)])
    assert cluster.scores[cluster.leader.ref] is None
    assert 0.9 < cluster.scores[tell("b", minutes=5).ref] <= 1


def test_one_alone_is_sure_and_several_are_as_sure_as_the_weakest(tell):
    alone, several = (
        resolve([tell("a", "Other", 1000)])[0],
        resolve([tell("a"), tell("b"), tell("c", "Velvet Foxes live", 95)])[0],
    )
    assert alone.confidence == 1.0
    assert 0.5 < several.confidence < 1.0


def test_a_later_night_is_another_event(tell, groups):
    nights = [
        tell("a"),
        tell("b", minutes=24 * 60),
        tell("b", minutes=48 * 60),
        tell("c", start=When.on(date(2026, 6, 6))),
    ]
    assert [len(each) for each in groups(resolve(nights))] == [1, 2, 1]


def test_clusters_reach_no_further_than_two_hours_from_their_leader(tell, groups):
    chain = [tell(provider, minutes=60 * number) for number, provider in enumerate("abcd")]
    assert [len(each) for each in groups(resolve(chain))] == [3, 1]


def test_what_starts_more_than_95_minutes_later_needs_another_in_between(tell):
    first, late = tell("a"), tell("c", minutes=105)
    assert len(resolve([first, late])) == 2
    (cluster,) = resolve([first, tell("b", minutes=45), late])
    assert cluster.scores[late.ref] > 0.9


@pytest.mark.parametrize("seller", ["a", "b", "c"])
def test_nothing_starts_late_where_a_second_show_is_listed(tell, groups, seller):
    evening = [tell("a"), tell("b", minutes=45), tell("c", minutes=105)]
    again = tell(seller, minutes=165, id="again")
    assert {each.ref for each in evening[:2]} in groups(resolve([*evening, again]))


def test_what_starts_late_stays_apart_where_a_person_says_so(tell):
    first, between, late = tell("a"), tell("b", minutes=45), tell("c", minutes=105)
    assert len(resolve([first, between, late], rules=Rules(cannot_link=[(between.ref, late.ref)]))) == 2


def test_a_providers_dearer_seats_are_of_the_event_that_it_lists_beside_them(tell):
    plain, dearer, other = tell("b"), tell("b", "The Velvet Foxes - VIP Package"), tell("a", minutes=-30)
    (cluster,) = resolve([dearer, other, plain])
    assert len(cluster.members) == 3
    assert cluster.scores[dearer.ref] is not None
    assert cluster.confidence > 0.9
    (alone,) = resolve([plain, dearer])
    assert alone.confidence == 0.99


def test_the_dearer_seats_may_lead(tell):
    dearer, plain, other = tell("a", "The Velvet Foxes Premium", id="1"), tell("a", id="2"), tell("b")
    assert [len(each.members) for each in resolve([other, plain, dearer])] == [3]


def test_what_a_provider_lists_beside_an_event_is_another(tell, place):
    beside = [
        tell("a", "The Velvet Foxes: Soundcheck Package"),
        tell("a", "The Velvet Foxes - Amber Comets"),
        tell("a", "The Velvet Foxes Premium Package", 1),
        tell("a", "The Velvet Foxes Premium Package", venue=place("Lantern Hall - Loft"), id="in the loft"),
        tell("a", "The Velvet Foxes Package", acts=["Amber Comets"]),
        tell("a", start=When.on(DAY), id="in the afternoon"),
        tell("a", "The Velvet Foxes Package", start=When.on(DAY), id="in the evening"),
    ]
    event = tell("a", acts=["The Velvet Foxes"]), tell("b")
    (with_both,) = [each for each in resolve([*event, *beside]) if len(each.members) > 1]
    assert {each.ref for each in with_both.members} == {each.ref for each in event}


def test_a_person_may_part_what_a_provider_lists_twice(tell):
    plain, dearer, other = tell("b"), tell("b", "The Velvet Foxes - VIP Package"), tell("a")
    for pair in ((plain.ref, dearer.ref), (other.ref, dearer.ref)):
        assert len(resolve([plain, dearer, other], rules=Rules(cannot_link=[pair]))) == 2


def test_a_day_alone_goes_with_the_only_show_of_that_day(tell):
    assert len(resolve([tell("a"), tell("b", start=When.on(DAY)), tell("c", start=When.on(DAY))])) == 1


def test_a_day_alone_goes_with_neither_of_two_shows(tell, groups):
    shows = [tell("a", minutes=-300), tell("b", minutes=0)]
    unclear = [tell("c", start=When.on(DAY, "Europe/Berlin")), tell("d", start=When.on(DAY, "Europe/Berlin"))]
    assert sorted(map(len, groups(resolve(shows + unclear)))) == [1, 1, 2]


def test_a_time_between_two_shows_of_one_evening_goes_with_the_one_that_it_names(tell, groups):
    early, late = tell("a", minutes=0, id="early"), tell("a", minutes=80, id="late")
    found = groups(resolve([early, late, tell("b", minutes=75, id="late, too")]))
    assert found == [{("a", "early")}, {("a", "late"), ("b", "late, too")}]
    assert {("a", "early")} in groups(resolve([early, late, tell("c", minutes=40, id="which?")]))


def test_what_the_leaders_words_do_not_show_may_be_plain_from_anothers(tell):
    poor = tell("a", "Foxes Velvet Evening Special Affair", acts=["The Velvet Foxes"])
    found = resolve([poor, tell("b", minutes=1, acts=["The Velvet Foxes"]), tell("c", "The Velvet Foxes", 2)])
    assert len(found) == 1


def test_west_of_greenwich_a_day_alone_without_a_zone_ends_before_the_show_begins(tell, place):
    evening = When.at(datetime(2026, 6, 6, 3, 0, tzinfo=UTC), "America/Los_Angeles")
    there = place(town=None)
    assert len(resolve([tell("a", start=evening, venue=there), tell("b", start=When.on(DAY), venue=there)])) == 1


def test_a_must_link_joins_what_nothing_else_would(tell):
    pair = tell("a", "One name"), tell("b", "Quite another", 120)
    assert len(resolve(pair)) == 2
    (cluster,) = resolve(pair, rules=Rules(must_link=[(pair[0].ref, pair[1].ref)]))
    assert cluster.confidence == 0.99


def test_a_cannot_link_parts_what_everything_else_joins(tell):
    pair = tell("a"), tell("b")
    assert len(resolve(pair)) == 1
    assert len(resolve(pair, rules=Rules(cannot_link=[(pair[1].ref, pair[0].ref)]))) == 2


def test_a_pair_that_is_said_to_be_both_is_kept_apart(tell):
    pair = tell("a"), tell("b")
    refs = (pair[0].ref, pair[1].ref)
    assert len(resolve(pair, rules=Rules(must_link=[refs], cannot_link=[refs]))) == 2


def test_a_must_link_puts_no_two_listings_of_one_provider_together(tell):
    pair = tell("a"), tell("a", "The Velvet Foxes & Amber Comets")
    assert len(resolve(pair, rules=Rules(must_link=[(pair[0].ref, pair[1].ref)]))) == 2


def test_what_is_absorbed_brings_what_must_go_with_it(tell):
    head, wanted, companion = tell("a"), tell("b", minutes=5), tell("c", "Nothing like it", 10)
    (cluster,) = resolve([head, wanted, companion], rules=Rules(must_link=[(wanted.ref, companion.ref)]))
    assert len(cluster.members) == 3


def test_of_one_reference_told_twice_the_later_is_believed(tell):
    old = tell("a", "Old title", id="1", updated_at=datetime(2026, 1, 1, tzinfo=UTC))
    new = tell("a", "New title", id="1", updated_at=datetime(2026, 2, 1, tzinfo=UTC))
    for told in ([old, new], [new, old]):
        (cluster,) = resolve(told)
        assert cluster.leader.listing.name == "New title"


def test_head_by_head_gives_what_all_at_once_gives(tell, groups):
    claims = [tell(provider, minutes=minutes, id=f"{minutes}") for minutes in (0, 20, 90, 700) for provider in "abc"]
    waiting, memory, found = sorted(claims, key=lambda each: each.place), Memory(), []
    while waiting:
        head, *waiting = waiting
        if head.ref not in memory.taken:
            cluster, memory = absorb(head, waiting, memory)
            found.append(cluster)
    assert groups(found) == groups(resolve(claims))


def test_what_is_taken_is_not_absorbed_again(tell):
    head, other = tell("a"), tell("b")
    cluster, memory = absorb(head, [other])
    assert memory.taken == {other.ref}
    assert len(absorb(tell("c"), [other], memory)[0].members) == 1
    assert len(cluster.members) == 2
