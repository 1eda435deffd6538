"""The bars: how often identity is right on the held-out split. `make identity` prints the whole table."""

import os
import subprocess
import sys

import pytest

from benchmarks.identity import must_not, vocabulary
from benchmarks.identity.calibration import fitted, scored_pairs, told_and_true
from benchmarks.identity.clustering import batch, exact_title_and_day, streaming
from benchmarks.identity.demo import demo_claims
from benchmarks.identity.entities import venue_figures
from benchmarks.identity.measures import figures
from benchmarks.identity.report import DEMO_DAY, SEED, event_figures, streaming_figures
from benchmarks.identity.sellers import SELLERS, Noise
from benchmarks.identity.splits import Split, happenings, listings
from gateway.identity import resolve
from gateway.identity.confidence import MIDDLE, SLOPE
from gateway.identity.wording import latin
from gateway.identity.words import FEAST, MARKERS, WEEKDAYS


def test_events_are_told_apart_at_medium_noise():
    found = streaming_figures(Split.HELD_OUT, Noise.MEDIUM)
    assert found.precision >= 0.990
    assert found.recall >= 0.965


def test_the_usual_rule_is_far_from_that():
    told = [(each.claim, each.happening.number) for each in listings(Split.HELD_OUT, Noise.MEDIUM)]
    usual = event_figures(exact_title_and_day, told)
    assert usual.recall < 0.4
    assert usual.precision < 0.95


@pytest.mark.parametrize("kind", must_not.KINDS, ids=lambda kind: kind.__name__)
def test_nothing_is_merged_that_must_not_be(kind):
    assert must_not.pairs(kind, SEED) >= must_not.INSTANCES
    assert must_not.merged(kind, SEED) == []


def test_venues_are_told_apart_at_medium_noise():
    found = venue_figures(Split.HELD_OUT, Noise.MEDIUM)
    assert found.precision >= 0.985
    assert found.recall >= 0.96


def test_the_demos_world_is_told_apart():
    told = demo_claims(DEMO_DAY)
    assert len({claim.provider for claim, _ in told}) == 7
    assert len(told) > 800
    found = event_figures(streaming, told)
    assert found.precision >= 0.990
    assert found.recall >= 0.965


def test_a_list_that_is_read_in_order_is_clustered_as_the_whole():
    claims = [each.claim for each in listings(Split.DEVELOPMENT, Noise.HIGH)]
    read = [{claim.ref for claim in cluster} for cluster in streaming(claims)]
    assert read == [{member.ref for member in cluster.members} for cluster in resolve(claims)]


def test_the_confidence_is_what_the_development_split_says():
    assert pytest.approx(fitted(scored_pairs(Split.DEVELOPMENT, Noise.MEDIUM)), abs=0.01) == (SLOPE, MIDDLE)


def test_where_the_gateway_is_sure_it_is_right():
    for said, true, count in told_and_true(Split.HELD_OUT, Noise.MEDIUM):
        assert abs(said - true) < 0.06, (said, true, count)


def test_the_world_is_the_same_in_every_run():
    telling = "from benchmarks.identity.world import World; print(World(1, 400).happenings)"
    told = {
        subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", telling], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


def test_no_family_is_in_two_splits():
    families = [{each.family for each in happenings(split)} for split in Split]
    assert all(families)
    assert sum(map(len, families)) == len(set().union(*families))


def test_no_provider_has_more_than_its_part_of_the_world():
    assert len({each.claim.provider for each in listings(Split.TRAIN, Noise.LOW)}) == len(SELLERS) >= 3


def test_the_corpus_shares_no_telling_word_with_the_matchers_lists():
    phrases = [
        value
        for name in ("COLOURS", "CREATURES", "HOUSE_NAMES", "JOURNEYS", "PROMOTERS", "SERIES", "GATHERINGS", "PLAYS", "FILMS",
                     "FEASTS", "COMPOSERS", "WORKS", "TALKS", "IMITATIONS", "SUFFIXES", "ROOMS", "SPONSORS", "HOUSE_KINDS")
        for value in getattr(vocabulary, name)
    ]  # fmt: skip
    used = {word for phrase in phrases for word in latin(phrase).split()}
    assert not used & MARKERS
    assert not used & FEAST
    # "Acoustic Sunday" is what a gathering is called; the days of a festival are the calendar's words, not the corpus's.
    assert used & WEEKDAYS.keys() == {"sunday"}


def test_measures_are_what_they_say():
    truth = {1: "x", 2: "x", 3: "x", 4: "y", 5: "y"}
    source = {1: "a", 2: "b", 3: "c", 4: "a", 5: "b"}
    exact = figures([[1, 2, 3], [4, 5]], truth, source)
    assert (exact.precision, exact.recall, exact.f1, exact.b_cubed) == (1, 1, 1, 1)
    apart = figures([[1], [2], [3], [4], [5]], truth, source)
    assert (apart.precision, apart.recall, apart.f1) == (1, 0, 0)
    mixed = figures([[1, 2], [3, 4], [5]], truth, source)
    assert (mixed.precision, mixed.recall) == (1 / 2, 1 / 4)
    assert mixed.sizes == {2: 2, 1: 1}
    assert mixed.b_cubed == pytest.approx(2 * 0.8 * (8 / 15) / (0.8 + 8 / 15))


def test_all_that_a_source_tells_twice_is_to_be_found():
    truth, source = {1: "x", 2: "x", 3: "x", 4: "y"}, {1: "a", 2: "a", 3: "b", 4: "b"}
    once = figures([[1, 3], [2], [4]], truth, source)
    assert (once.precision, once.recall, once.recall_once) == (1, 1 / 2, 1)
    both = figures([[1, 2, 3], [4]], truth, source)
    assert (both.precision, both.recall, both.recall_once) == (1, 1, 1)


def test_two_things_of_one_source_put_together_are_a_mistake():
    found = figures([[1, 2, 3]], {1: "x", 2: "x", 3: "y"}, {1: "a", 2: "b", 3: "b"})
    assert (found.precision, found.recall) == (1 / 3, 1)


def test_the_surest_first_is_no_worse_than_leader_by_leader():
    told = [(each.claim, each.happening.number) for each in listings(Split.DEVELOPMENT, Noise.MEDIUM)]
    assert event_figures(batch, told).f1 >= event_figures(streaming, told).f1 - 0.005
