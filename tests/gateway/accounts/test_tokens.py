from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.accounts import Unauthenticated
from gateway.accounts.tokens import LIFETIME, AccessTokens, Pass
from gateway.keys import Keys

OLD, NEW = b"an old secret of the operator", b"a new secret of the operator"
WHO = Pass(uuid4(), uuid4())


def tokens(clock, *secrets: bytes) -> AccessTokens:
    return AccessTokens(Keys(secrets).named("access tokens"), clock)


def forged(claims: dict[str, object], header: dict[str, object], signature: bytes = b"", key: bytes = b"") -> str:
    """A token that no library would make; signed with the key, where there is one (RFC 7518, 3.2)."""
    signed = ".".join(map(base64url, (json.dumps(header).encode(), json.dumps(claims).encode())))
    return f"{signed}.{base64url(hmac.digest(key, signed.encode(), 'sha256') if key else signature)}"


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_a_token_says_whose_it_is_for_a_quarter_of_an_hour(clock) -> None:
    ours = tokens(clock, OLD)
    token, expires_at = ours.issue(WHO.user_id, WHO.session_id)
    assert ours.read(token) == WHO
    clock.now = expires_at - timedelta(seconds=1)
    assert ours.read(token) == WHO
    clock.now = expires_at
    with pytest.raises(Unauthenticated, match="expired"):
        ours.read(token)
    assert timedelta(minutes=15) == LIFETIME


def test_a_secret_of_old_is_accepted_until_it_is_taken_away(clock) -> None:
    token, _ = tokens(clock, OLD).issue(WHO.user_id, WHO.session_id)
    rotated = tokens(clock, NEW, OLD)
    assert rotated.read(token) == WHO
    fresh, _ = rotated.issue(WHO.user_id, WHO.session_id)
    assert tokens(clock, NEW).read(fresh) == WHO
    with pytest.raises(Unauthenticated):
        tokens(clock, NEW).read(token)


def test_the_key_for_another_purpose_signs_nobody_in(clock) -> None:
    ours = tokens(clock, OLD)
    token, _ = ours.issue(WHO.user_id, WHO.session_id)
    header, claims = jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})
    for key in (OLD, *Keys([OLD]).numbered("cursors").values()):
        with pytest.raises(Unauthenticated):
            ours.read(forged(claims, header, key=key))
    [right] = Keys([OLD]).named("access tokens").values()
    assert ours.read(forged(claims, header, key=right)) == WHO


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS384", "HS512", "RS256", "", None])
def test_a_token_of_another_algorithm_is_refused(algorithm: str | None, clock) -> None:
    ours = tokens(clock, OLD)
    token, _ = ours.issue(WHO.user_id, WHO.session_id)
    claims, kid = jwt.decode(token, options={"verify_signature": False}), jwt.get_unverified_header(token)["kid"]
    signature = base64.urlsafe_b64decode(token.rpartition(".")[2] + "==")
    for sealed in (b"", signature):
        with pytest.raises(Unauthenticated):
            ours.read(forged(claims, {"alg": algorithm, "kid": kid, "typ": "JWT"}, sealed))


@pytest.mark.parametrize("claim", ["iss", "sub", "sid", "exp"])
@pytest.mark.parametrize("value", [None, "", "x", 1, [], {}])
def test_a_claim_that_is_missing_or_odd_is_refused_though_well_signed(claim: str, value: object, clock) -> None:
    ours = tokens(clock, OLD)
    token, _ = ours.issue(WHO.user_id, WHO.session_id)
    claims = jwt.decode(token, options={"verify_signature": False}) | {claim: value}
    [(kid, key)] = Keys([OLD]).named("access tokens").items()
    with pytest.raises(Unauthenticated):
        ours.read(forged(claims, {"alg": "HS256", "kid": kid}, key=key))


def test_any_changed_letter_is_refused(clock) -> None:
    ours = tokens(clock, OLD)
    token, _ = ours.issue(WHO.user_id, WHO.session_id)
    # The last letter of each part holds bits that mean nothing: base64url does not use them.
    for place, letter in enumerate(token[:-1]):
        changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        if letter == "." or token[place + 1 : place + 2] != ".":
            with pytest.raises(Unauthenticated):
                ours.read(changed)


@given(token=st.text(max_size=60) | st.builds(".".join, st.lists(st.text(max_size=8), max_size=5)))
def test_nonsense_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens(lambda: None, OLD).read(token)


def test_a_token_of_a_megabyte_is_not_looked_at(clock) -> None:
    with pytest.raises(Unauthenticated):
        tokens(clock, OLD).read("a" * 1_000_000)
