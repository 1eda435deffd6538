from __future__ import annotations

from gateway.genres import all_genres, genre, with_children


def test_every_parent_is_in_the_tree_itself():
    slugs = {each.slug for each in all_genres()}
    assert {each.parent.slug for each in all_genres() if each.parent} <= slugs


def test_the_list_is_sorted_and_each_is_there_once():
    slugs = [each.slug for each in all_genres()]
    assert slugs == sorted(set(slugs))


def test_a_genre_knows_the_line_it_comes_from():
    assert genre("indie-rock").parent == genre("rock")
    assert genre("rock").parent is None


def test_one_that_is_not_in_the_tree_is_named_after_its_slug():
    assert genre("japanese-city-pop").name == "Japanese city pop"
    assert genre("japanese-city-pop").parent is None


def test_who_asks_for_a_genre_means_those_below_it_too():
    wanted = with_children(["rock"])
    assert {"rock", "punk", "indie-rock"} <= set(wanted)
    assert "jazz" not in wanted
    assert list(wanted) == sorted(set(wanted))


def test_children_of_children_are_meant_as_well():
    depth_two = [each for each in all_genres() if each.parent and each.parent.parent]
    assert all(each.slug in with_children([each.parent.parent.slug]) for each in depth_two)


def test_an_unknown_genre_stands_for_itself():
    assert with_children(["zeuhl"]) == ("zeuhl",)
    assert with_children([]) == ()
