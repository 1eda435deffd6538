import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers import id_by_name, plain, slug


@pytest.mark.parametrize(("text", "made"), [("Hip-Hop/Rap", "hip-hop-rap"), ("Ünïcode!", "unicode"), ("東京", "")])
def test_a_slug(text, made):
    assert slug(text) == made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, None),
        ("", None),
        ("<p> </p>", None),
        ("<p>Doors at 8</p><p>Show at 9</p>", "Doors at 8\n\nShow at 9"),
        ("one<br>two", "one\ntwo"),
        ("Rock &amp; Roll", "Rock & Roll"),
        ("Rock &amp;amp; Roll", "Rock & Roll"),
        ("2 < 3 and 5 > 4", "2 < 3 and 5 > 4"),
        ("<script>alert('x')</script>Hello", "Hello"),
        ("<style>p { color: red }</style>Hello", "Hello"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("<![foo[ bar", None),
        ("<![foo[ bar]> Hello", "Hello"),
        ("x" * 30, "x" * 30),
    ],
)
def test_plain_text(text, shown):
    assert plain(text) == shown


def test_a_long_text_is_cut_with_a_sign():
    assert plain("word " * 100, limit=12) == "word word w…"
    assert len(plain("y" * 5_000)) == 2_000


@given(st.text(alphabet=st.sampled_from("<>![]-/&#;ab \n\"'=xCDATifscriptyle"), max_size=60))
@example("<![foo[ bar")
@example("<!-- never ends")
@example("<![CDATA[x]]>")
@example("&#x110000;&#0;&#xD800;")
def test_whatever_a_feed_sends_is_read(text):
    shown = plain(text, limit=40)
    assert shown is None or (0 < len(shown) <= 40 and shown == shown.strip())


def test_what_has_only_a_name_has_the_same_id_however_that_is_written():
    assert id_by_name("Café Zürich") == id_by_name("CAFE ZURICH", None) == "cafe-zurich"
    assert id_by_name("Hall", "Berlin") != id_by_name("Hall", "Paris")
    assert id_by_name("東京ホール") != id_by_name("大阪ホール")
    assert id_by_name("!!!") != id_by_name("???")
    assert id_by_name("東京ホール").startswith("v-")
