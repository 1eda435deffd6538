"""What holds of every set of listings, however odd. PROPERTY_EXAMPLES=2000 (make properties) looks longer."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.identity import SPAN, Claim, Memory, Rules, absorb, listed_twice, merge, resolve, verdict
from gateway.identity.lead import SHOWS_APART, WIDEST
from providers import Address, EventStatus, Listing, Offer, Performer, Point, Venue, When

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "200"))
often = settings(max_examples=EXAMPLES)
NOON = datetime(2026, 6, 5, 10, 0, tzinfo=UTC)
PROVIDERS = "abcd"

# Few words, so that nearly everything could be mistaken for something else.
titles = st.sampled_from(
    ["Velvet Foxes", "The Velvet Foxes", "VELVET FOXES + support", "Velvet Foxes: Nightfall", "Amber Comets", "Foxes", "Open mic",
     "Velvet Foxes & Amber Comets", "Lakeside Festival", "Lakeside Festival - Day 1", "Velvet Foxes Vol. 2", "Velvet Foxes - VIP Package", "A Tribute to Velvet Foxes"]
)  # fmt: skip
wild = st.one_of(
    st.text(min_size=1, max_size=40).filter(str.strip),
    st.sampled_from(["🎉🎸", "مهرجان الموسيقى", "קונצרט בתל אביב", "live at the", "-", "+ + +", "((((", "東京公演"]),
    st.sampled_from(["foxes ", "é", "🎸", " - x", "a, ", "("]).map(lambda text: text * (10_000 // len(text))),
)
points = st.one_of(
    st.none(),
    st.builds(
        lambda metres, accuracy: Point(
            latitude=52.4981 + metres / 111_195, longitude=13.4412, accuracy_meters=accuracy
        ),
        st.sampled_from([0, 50, 120, 900, 4_000]),
        st.sampled_from([None, None, 50, 5_000]),
    ),
    st.sampled_from(
        [Point(latitude=90, longitude=180), Point(latitude=-90, longitude=-180), Point(latitude=0, longitude=0)]
    ),
)
venues = st.one_of(
    st.none(),
    st.builds(
        lambda name, town, point: Venue(name=name, address=Address(locality=town), point=point),
        st.sampled_from(["Lantern Hall", "The Lantern Hall", "Lantern Hall - Loft", "Copper Kettle", "🎪", "Hall"]),
        st.sampled_from([None, "Berlin", "Hamburg", "Nowhere at all"]),
        points,
    ),
)
starts = st.one_of(
    st.builds(
        lambda minutes, zone: When.at(NOON + timedelta(minutes=minutes), zone),
        st.one_of(st.integers(0, 24).map(lambda number: number * 15), st.integers(-2_000, 2_000)),
        st.sampled_from([None, "Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati"]),
    ),
    st.builds(When.on, st.dates(date(2026, 6, 4), date(2026, 6, 6)), st.sampled_from([None, "Europe/Berlin", "Pacific/Honolulu"])),
    st.sampled_from([When.unknown(), When.in_month(2026, 6), When.in_year(2026), When.on(date(9999, 12, 30)), When.on(date(1, 1, 1))]),
)  # fmt: skip
offers = st.builds(
    lambda price, currency: Offer(price=Decimal(price), currency=currency),
    st.integers(0, 90),
    st.sampled_from(["EUR", "GBP"]),
)


def listings(names, ids):
    return st.builds(
        lambda own_id, name, start, venue, acts, status, made: Listing(
            id=own_id, name=name, start=start, venue=venue, status=status, offers=tuple(made),
            performers=tuple(Performer(name=act) for act in acts),
            url=f"https://seller.example/events/{own_id}" if len(own_id) % 2 else None,
        ),
        ids, names, starts, venues, st.lists(names, max_size=3), st.sampled_from(EventStatus), st.lists(offers, max_size=2),
    )  # fmt: skip


numbers = st.integers(0, 9_999).map(str)


def claims_of(names, most=12):
    made = st.builds(Claim, st.sampled_from(PROVIDERS), listings(names, numbers))
    return st.lists(made, max_size=most, unique_by=lambda claim: claim.ref)


sets = claims_of(titles)


def groups(clusters):
    return {frozenset(member.ref for member in cluster.members) for cluster in clusters}


@often
@given(sets, st.randoms(use_true_random=False))
def test_the_order_in_which_listings_are_told_does_not_matter(claims, dice):
    shuffled = [*claims]
    dice.shuffle(shuffled)
    first, second = resolve(claims), resolve(shuffled)
    assert groups(first) == groups(second)
    assert [merge(cluster) for cluster in first] == [merge(cluster) for cluster in second]


@often
@given(sets)
def test_telling_twice_changes_nothing_and_every_listing_is_in_one_event(claims):
    once = resolve(claims)
    assert groups(once) == groups(resolve(claims + claims))
    assert sorted(member.ref for cluster in once for member in cluster.members) == sorted(claim.ref for claim in claims)


@often
@given(sets)
def test_events_stay_as_they_are_when_they_are_looked_at_alone(claims):
    for cluster in resolve(claims):
        assert cluster.leader.place == min(member.place for member in cluster.members)
        assert cluster.leader.ref in {member.ref for member in resolve(cluster.members)[0].members}


@often
@given(sets)
def test_an_event_holds_two_listings_of_one_provider_only_where_it_lists_it_twice(claims):
    for cluster in resolve(claims):
        for one, other in combinations(cluster.members, 2):
            assert one.provider != other.provider or listed_twice(one, other)


@often
@given(sets)
def test_an_event_spans_no_more_than_two_hours_or_a_day_and_95_minutes_without_another_in_between(claims):
    for cluster in resolve(claims):
        timed = sorted(member.place.instant for member in cluster.members if member.minute is not None)
        assert not timed or timed[-1] - timed[0] < WIDEST + timedelta(minutes=1)
        assert all(later - earlier < SPAN + timedelta(minutes=1) for earlier, later in pairwise(timed))
        assert all(member.place.instant <= cluster.leader.horizon for member in cluster.members)
        assert len({member.day for member in cluster.members if member.minute is None}) <= 1


@often
@given(sets)
def test_a_list_that_is_read_head_by_head_gives_the_same(claims):
    waiting, memory, found = sorted(claims, key=lambda claim: claim.place), Memory(), []
    while waiting:
        head, *waiting = waiting
        if head.ref not in memory.taken:
            within = [claim for claim in waiting if claim.place.instant <= head.horizon]
            cluster, memory = absorb(head, within, memory)
            found.append(cluster)
    assert [groups([cluster]) for cluster in found] == [groups([cluster]) for cluster in resolve(claims)]


@often
@given(st.lists(st.builds(Claim, st.sampled_from(PROVIDERS), listings(titles, st.just("1"))), min_size=2, max_size=2))
def test_a_verdict_is_the_same_from_either_side(pair):
    one, other = pair
    found, back = verdict(one, other), verdict(other, one)
    assert (found, found.reasons, found.same) == (back, back.reasons, back.same)


@often
@given(sets, st.data())
def test_what_a_person_keeps_apart_is_apart(claims, data):
    refs = st.sampled_from([claim.ref for claim in claims] or [None])
    cannot = data.draw(st.lists(st.tuples(refs, refs), max_size=6)) if claims else []
    rules = Rules(cannot_link=cannot)
    for group in groups(resolve(claims, rules=rules)):
        assert not any(one != other and {one, other} <= group for one, other in cannot)


@often
@given(claims_of(titles, most=8), st.data())
def test_what_a_person_puts_together_is_together(claims, data):
    timed = [claim for claim in claims if claim.minute is not None and claim.place.instant < NOON + timedelta(hours=9)]
    berlin = [
        claim for claim in timed if claim.place.instant >= NOON and claim.listing.start.time_zone == "Europe/Berlin"
    ]
    if len({claim.provider for claim in berlin}) < 2:
        return
    one = data.draw(st.sampled_from(berlin))
    other = data.draw(st.sampled_from([claim for claim in berlin if claim.provider != one.provider]))
    found = groups(resolve(claims, rules=Rules(must_link=[(one.ref, other.ref)])))
    assert any({one.ref, other.ref} <= group for group in found)


def _plain(clusters, claims):
    """Those of which every two listings match, from providers that have no other listing that matches any of them."""
    matching = {claim.ref: {other.ref for other in claims if other is not claim and verdict(claim, other).score is not None
                            and verdict(claim, other).same} for claim in claims}  # fmt: skip
    for cluster in clusters:
        refs = {member.ref for member in cluster.members}
        if all(matching[ref] == refs - {ref} for ref in refs):
            yield frozenset(refs)


@often
@given(sets, st.sampled_from(PROVIDERS))
def test_without_a_provider_an_event_only_lacks_its_listings_where_nothing_else_matches(claims, gone):
    whole = resolve(claims)
    rest = groups(resolve([claim for claim in claims if claim.provider != gone]))
    doubtful = {claim.ref for claim in claims if claim.minute is None} | _rivals(claims)
    for refs in _plain(whole, claims):
        left = frozenset(ref for ref in refs if ref.provider != gone)
        if left and not refs & doubtful:
            assert left in rest


def _rivals(claims):
    """Listings of shows that their provider lists again within the span: what they match depends on what is known."""
    return {
        claim.ref for claim in claims for other in claims
        if claim.provider == other.provider and claim is not other and claim.minute is not None and other.minute is not None
        and SHOWS_APART <= abs(claim.minute - other.minute) <= SPAN.total_seconds() / 60
    }  # fmt: skip


@settings(max_examples=max(30, EXAMPLES // 4))
@given(claims_of(st.one_of(wild, titles), most=8))
def test_no_listing_is_too_odd(claims):
    start = time.process_time()
    clusters = resolve(claims)
    for cluster in clusters:
        assert merge(cluster).listing.id in {claim.ref.id for claim in cluster.members}
        assert 0 <= cluster.confidence <= 1
    assert time.process_time() - start < 5, "bounded: thousands of characters a title must not matter"


@often
@given(
    st.lists(st.builds(Claim, st.sampled_from("ab"), listings(titles, st.sampled_from(["1", "2"]))), max_size=8),
    st.randoms(use_true_random=False),
)
def test_one_id_with_different_contents_is_one_listing_and_always_the_same(claims, dice):
    shuffled = [*claims]
    dice.shuffle(shuffled)
    first, second = resolve(claims), resolve(shuffled)
    assert groups(first) == groups(second)
    assert [cluster.leader.listing for cluster in first] == [cluster.leader.listing for cluster in second]
    assert sum(len(cluster.members) for cluster in first) == len({claim.ref for claim in claims})
