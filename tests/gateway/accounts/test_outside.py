"""Tokens of an outside identity provider, which is a real HTTP server on loopback with keys of its own."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Sequence

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.accounts import Accounts, Changes, Client, Credentials, IssuerUnavailable, OutsideTokens, Unauthenticated
from gateway.accounts.outside import KEPT_FOR, NOT_SOONER_THAN
from gateway.accounts.tables import users
from gateway.keys import Keys
from providers import Http
from providers.testing import FakeUpstream, Fault

AUDIENCE = "event-gateway"
HERE = Client("192.0.2.1")
# Making one takes a moment.
RSA_KEYS = [rsa.generate_private_key(public_exponent=65_537, key_size=2_048) for _ in range(2)]


class FakeIssuer(FakeUpstream):
    """Publishes its keys as OpenID Connect Discovery says."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = {"first": RSA_KEYS[0]}
        self.name: str | None = None

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/.well-known/openid-configuration", self._about), Route("/keys", self._keys)]

    async def _about(self, _request: Request) -> Response:
        return self.answer({"issuer": self.name or self.url, "jwks_uri": f"{self.url}/keys"})

    async def _keys(self, _request: Request) -> Response:
        return self.answer({"keys": [self._jwk(name, key.public_key()) for name, key in self.keys.items()]})

    def _jwk(self, name: str, key: object) -> dict[str, object]:
        algorithm = jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPublicKey) else jwt.algorithms.ECAlgorithm
        return {**algorithm.to_jwk(key, as_dict=True), "kid": name, "use": "sig"}


@pytest.fixture
def issuer():
    with FakeIssuer() as issuer:
        yield issuer


@pytest.fixture
async def outside(issuer, clock):
    def connect(address: str) -> Http:
        return Http(address, clock=clock)

    outside = OutsideTokens(issuer.url, AUDIENCE, connect, clock)
    yield outside
    await outside.aclose()


@pytest.fixture
def token(issuer, clock):
    """A token as the identity provider makes them, but for what a test changes."""

    def token(*, key=RSA_KEYS[0], algorithm: str = "RS256", kid: str | None = "first", **claims: object) -> str:
        now = int(clock().timestamp())
        usual = {"iss": issuer.url, "aud": AUDIENCE, "sub": "abc", "iat": now, "exp": now + 300}
        return jwt.encode(
            {name: value for name, value in (usual | claims).items() if value is not None},
            key,
            algorithm=algorithm,
            headers={"kid": kid} if kid else {},
        )

    return token


async def test_a_token_of_the_identity_provider_says_who_it_is(outside, token) -> None:
    who = await outside.read(token(email="ann@example.org", email_verified=True, name="Ann"))
    assert (who.subject, who.email, who.name) == ("abc", "ann@example.org", "Ann")
    assert (await outside.read(token(aud=["another", AUDIENCE]))).subject == "abc"


async def test_an_address_that_nobody_has_checked_is_nobodys(outside, token) -> None:
    for claims in ({"email": "ann@example.org"}, {"email": "ann@example.org", "email_verified": "true"}, {"email": 7}):
        assert (await outside.read(token(**claims))).email is None


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"iss": "https://another.example.org"}, "not one of"),
        ({"aud": "another gateway"}, "not one of"),
        ({"aud": None}, "not one of"),
        ({"sub": None}, "not one of"),
        ({"exp": None}, "not one of"),
        ({"exp": 1}, "expired"),
        ({"nbf": 4_000_000_000}, "not one of"),
    ],
)
async def test_a_token_that_does_not_hold_is_refused(claims: dict[str, object], said: str, outside, token) -> None:
    with pytest.raises(Unauthenticated, match=said):
        await outside.read(token(**claims))


def signed_with_the_public_key(token: str, encoding: Encoding) -> str:
    """With what everybody has, as if it were a shared secret; no library makes such a token."""
    public = RSA_KEYS[0].public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"first"}').rstrip(b"=").decode()
    signed = f"{header}.{token.split('.')[1]}"
    seal = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256")).rstrip(b"=").decode()
    return f"{signed}.{seal}"


async def test_a_token_that_somebody_else_has_signed_is_refused(outside, token) -> None:
    forgeries = [
        token(key=RSA_KEYS[1]),
        signed_with_the_public_key(token(), Encoding.DER),
        signed_with_the_public_key(token(), Encoding.PEM),
        token(key=None, algorithm="none"),
        token(key=ec.generate_private_key(ec.SECP256R1()), algorithm="ES256"),
        token(kid="unknown"),
        token(kid=None),
        token()[:-5],
        "nonsense",
        "",
    ]
    for forgery in forgeries:
        with pytest.raises(Unauthenticated):
            await outside.read(forgery)


async def test_keys_are_asked_for_once_however_many_ask(outside, token, issuer) -> None:
    await asyncio.gather(*(outside.read(token()) for _ in range(20)))
    assert [request.path for request in issuer.requests] == ["/.well-known/openid-configuration", "/keys"]


async def test_a_new_key_is_found_when_a_token_names_it_and_an_old_one_forgotten(outside, token, issuer, clock) -> None:
    await outside.read(token())
    issuer.keys = {"second": RSA_KEYS[1]}
    clock.now += NOT_SOONER_THAN
    assert await outside.read(token(key=RSA_KEYS[1], kid="second"))
    with pytest.raises(Unauthenticated):
        await outside.read(token())


async def test_an_elliptic_key_will_do_as_well(outside, token, issuer) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer.keys = {"curve": key}
    assert await outside.read(token(key=key, algorithm="ES256", kid="curve"))


async def test_unknown_keys_do_not_make_it_ask_without_end(outside, token, issuer) -> None:
    await outside.read(token())
    for _ in range(50):
        with pytest.raises(Unauthenticated):
            await outside.read(token(kid="unknown"))
    assert len(issuer.requests) == 2


async def test_keys_that_are_known_serve_on_while_the_identity_provider_is_down(outside, token, issuer, clock) -> None:
    await outside.read(token())
    issuer.fault = Fault.down()
    clock.now += KEPT_FOR
    assert await outside.read(token())


@pytest.mark.parametrize("fault", [Fault.down(), Fault.status(500), Fault.html(), Fault.empty(), Fault.odd()])
async def test_without_keys_nothing_can_be_told_until_they_are_there(fault, outside, token, issuer, clock) -> None:
    issuer.fault = fault
    asked = set()
    for _ in range(3):
        with pytest.raises(IssuerUnavailable):
            await outside.read(token())
        asked.add(len(issuer.requests))
    assert len(asked) == 1
    issuer.fault = None
    clock.now += NOT_SOONER_THAN
    assert await outside.read(token())


async def test_an_identity_provider_that_calls_itself_otherwise_is_not_believed(outside, token, issuer) -> None:
    issuer.name = "https://another.example.org"
    with pytest.raises(IssuerUnavailable):
        await outside.read(token())


@pytest.fixture
def accounts(database, clock, outside) -> Accounts:
    keys = Keys([b"a key that is only used in tests"]).named("access tokens")
    return Accounts(database, keys=keys, clock=clock, outside=outside)


async def test_a_user_is_made_at_first_sight_and_once(accounts, token, database) -> None:
    bearer = Credentials(bearer=token(email="ann@example.org", email_verified=True, name="Ann\n"))
    seen = await asyncio.gather(*(accounts.viewer(bearer) for _ in range(10)))
    assert len({user.user_id for user in seen}) == 1
    assert (seen[0].email, seen[0].display_name, seen[0].session_id) == ("ann@example.org", "Ann", None)
    async with database.reading() as connection:
        assert len((await connection.execute(select(users))).all()) == 1
    other = await accounts.viewer(
        Credentials(bearer=token(sub="another", email="ann@example.org", email_verified=True))
    )
    assert other.user_id != seen[0].user_id


async def test_the_same_address_is_not_the_same_account(accounts, token) -> None:
    """Or whoever registers somebody's address first would have what they keep later."""
    local = (await accounts.register("ann@example.org", "correct horse", None, HERE)).user
    outsider = await accounts.viewer(Credentials(bearer=token(email="ann@example.org", email_verified=True)))
    assert outsider.user_id != local.user_id
    assert (await accounts.sign_in("ann@example.org", "correct horse", None, HERE)).user.user_id == local.user_id


async def test_our_own_tokens_hold_beside_those_from_outside(accounts, token) -> None:
    signed_in = await accounts.register("ann@example.org", "correct horse", None, HERE)
    assert await accounts.viewer(Credentials(bearer=signed_in.tokens.access_token)) == signed_in.user
    assert await accounts.viewer(Credentials(bearer=token()))


async def test_who_has_no_password_needs_none_to_leave(accounts, token) -> None:
    user = await accounts.viewer(Credentials(bearer=token()))
    assert await accounts.update(user, Changes(display_name="Ann"), HERE)
    assert await accounts.sign_out(user, None, all_devices=False) == 0
    await accounts.delete(user, None, HERE)
    assert (await accounts.viewer(Credentials(bearer=token()))).user_id != user.user_id
