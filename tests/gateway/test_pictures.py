"""Names of pictures."""

import pytest

from gateway.keys import Keys
from gateway.pictures import Pictures

URL = "https://img.example.org/a b/ü.jpg?size=xl&n=1"
KEYS = Keys([b"a secret of sixteen"]).named("pictures")


def test_a_name_leads_back_to_the_picture_and_is_the_same_on_all_replicas():
    name = Pictures(KEYS).name(URL)
    assert name == Pictures(KEYS).name(URL)
    assert Pictures(KEYS).url(name) == URL
    assert not set(name) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_a_name_outlives_a_change_of_the_secret():
    name = Pictures(KEYS).name(URL)
    both = Keys([b"a newer, other secret", b"a secret of sixteen"]).named("pictures")
    assert Pictures(both).url(name) == URL
    assert Pictures(both).name(URL) != name
    assert Pictures(Keys([b"a newer, other secret"]).named("pictures")).url(name) is None


@pytest.mark.parametrize("letter", range(0, 60, 7))
def test_a_name_with_one_letter_changed_is_none_of_ours(letter):
    name = Pictures(KEYS).name(URL)
    changed = name[:letter] + ("A" if name[letter] != "A" else "B") + name[letter + 1 :]
    assert Pictures(KEYS).url(changed) is None


@pytest.mark.parametrize("name", ["", "x", "..", "a.b.c", "ä.ö.ü", f"{next(iter(KEYS))}.{'A' * 22}.!"])
def test_what_is_no_name_is_none_of_ours(name):
    assert Pictures(KEYS).url(name) is None
