from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ids import Kind, Ref, decode


@given(
    kind=st.sampled_from(Kind),
    provider=st.sampled_from(("radio", "open-stage", "x1")),
    own_id=st.text(max_size=40),
)
def test_an_id_names_what_it_was_made_for(kind, provider, own_id):
    ref = Ref(kind, provider, own_id)
    encoded = ref.encode()
    assert decode(encoded) == ref
    assert encoded.isascii()
    assert "=" not in encoded


@given(text=st.text())
def test_no_text_breaks_the_decoder(text):
    ref = decode(text)
    assert ref is None or isinstance(ref.kind, Kind)


@pytest.mark.parametrize("junk", ["", "x", "!!!!", "ünïcode", "RXZlbnQ", "QmFuZDp4Onk", "_____w", "RXZlbnQ6eA=="])
def test_junk_names_nothing(junk):
    assert decode(junk) is None


def test_an_id_stays_what_it_is():
    assert Ref(Kind.EVENT, "ticketmaster", "G5v0Z9").encode() == "RXZlbnQ6dGlja2V0bWFzdGVyOkc1djBaOQ"
