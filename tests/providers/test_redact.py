from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import Redactor

# Long, and of letters that URLs encode; not the sign that hides.
SECRETS = st.text(alphabet="abcXYZ019/+=&? %é~", min_size=8, max_size=30).filter(lambda text: text.strip() == text)


@given(SECRETS, st.text(max_size=20), st.text(max_size=20))
def test_a_known_secret_never_shows_however_it_is_written(secret, before, after):
    redact = Redactor(secret)
    for written in (secret, quote(secret, safe=""), quote_plus(secret)):
        assert written not in redact(f"{before} {written} {after}")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.example/x?apikey=abc&page=2", "https://a.example/x?apikey=***&page=2"),
        ("https://a.example/x?client_id=abc", "https://a.example/x?client_id=***"),
        ("https://a.example/x?access_token=abc#top", "https://a.example/x?access_token=***#top"),
        ("TOKEN=abc", "TOKEN=***"),
        ("https://me:word@a.example/x", "https://***@a.example/x"),
        ("redis://:word@cache:6379/0", "redis://***@cache:6379/0"),
        ("https://a.example/monkey=business", "https://a.example/monkey=business"),
        ("mail me@a.example", "mail me@a.example"),
    ],
)
def test_what_is_called_like_a_secret_is_hidden_and_nothing_else(text, shown):
    assert Redactor()(text) == shown


def test_the_longer_of_two_secrets_is_hidden_whole():
    assert Redactor("secret", "secret-and-more")("a secret-and-more b") == "a *** b"


def test_hiding_twice_changes_nothing():
    redact = Redactor("swordfish")
    once = redact("https://u:p@a.example/?key=swordfish&x=swordfish")
    assert redact(once) == once
    assert "swordfish" not in once


def test_a_word_too_short_to_be_a_key_stays():
    assert Redactor("abc", "")("abc") == "abc"


@pytest.mark.parametrize("text", ["see swordfish+1", "https://a.example/?q=swordfish%2B1"])
def test_a_secret_is_found_as_it_is_and_as_it_looks_in_a_url(text):
    assert Redactor("swordfish+1").finds(text)


def test_a_short_secret_is_found_nowhere_since_it_may_stand_there_by_chance():
    assert not Redactor("jazz").finds("Jazz night, jazz club")
