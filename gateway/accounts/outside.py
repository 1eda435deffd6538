"""Tokens of an outside identity provider (OpenID Connect), checked against the keys that it publishes.

Discovery: https://openid.net/specs/openid-connect-discovery-1_0.html; keys: RFC 7517; access tokens: RFC 9068.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt

from gateway.accounts.errors import Unauthenticated
from gateway.accounts.tokens import header_of
from gateway.errors import GatewayError
from providers import Http, ProviderError, Request

# Signatures only that nobody can make who merely knows the public key.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
# How long keys are kept; and how soon they are asked for again when a token names one that is not among them.
KEPT_FOR = timedelta(hours=1)
NOT_SOONER_THAN = timedelta(seconds=10)
# Their clock and ours need not agree to the second.
LEEWAY = timedelta(seconds=60)
DISCOVERY = ".well-known/openid-configuration"

EXPIRED = "The token of the identity provider has expired. Get a new one there."
INVALID = "The token is not one of the identity provider's for this gateway. Check its issuer and audience."

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """Whom an outside token names. `email` only where the identity provider says that it is theirs."""

    issuer: str
    subject: str
    email: str | None = None
    name: str | None = None


class IssuerUnavailable(GatewayError):
    """The identity provider's keys cannot be had, so that its tokens cannot be told from others."""

    code = "ISSUER_UNAVAILABLE"
    retryable = True

    def __init__(self) -> None:
        super().__init__("The identity provider cannot be reached just now; please try again in a moment.")


class OutsideTokens:
    """Reads tokens of one issuer for one audience. `connect` makes a client of an address."""

    def __init__(
        self, issuer: str, audience: str, connect: Callable[[str], Http], clock: Callable[[], datetime]
    ) -> None:
        self.issuer = issuer
        self._audience = audience
        self._connect = connect
        self._clock = clock
        self._clients: dict[str, Http] = {}
        self._keys: dict[str, jwt.PyJWK] = {}
        self._read_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._loading = asyncio.Lock()

    async def read(self, token: str) -> Outsider:
        """Whom the token names.

        Raises:
            Unauthenticated: it has expired, or is none of this issuer's for this audience.
            IssuerUnavailable: that cannot be told now.
        """
        header = header_of(token)
        # An algorithm that is not on the list needs no key: "none" has none, and HS256 would take a public one.
        if header.get("alg") not in ALGORITHMS:
            raise Unauthenticated(INVALID)
        key = await self._key(str(header.get("kid")))
        if key is None:
            raise Unauthenticated(INVALID)
        return self._outsider(self._claims(token, key))

    async def aclose(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            await client.aclose()

    def _claims(self, token: str, key: jwt.PyJWK) -> Mapping[str, Any]:
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                audience=self._audience,
                issuer=self.issuer,
                options={
                    "require": ["iss", "sub", "aud", "exp"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
            begins, ends = float(claims.get("nbf", 0)), float(claims["exp"])
        except (jwt.InvalidTokenError, jwt.InvalidKeyError, ValueError, TypeError):
            raise Unauthenticated(INVALID) from None
        now, leeway = self._clock().timestamp(), LEEWAY.total_seconds()
        if ends + leeway <= now:
            raise Unauthenticated(EXPIRED)
        if begins - leeway > now:
            raise Unauthenticated(INVALID)
        return claims

    def _outsider(self, claims: Mapping[str, Any]) -> Outsider:
        email, name = claims.get("email"), claims.get("name")
        return Outsider(
            issuer=self.issuer,
            subject=str(claims["sub"]),
            email=email if isinstance(email, str) and claims.get("email_verified") is True else None,
            name=name if isinstance(name, str) else None,
        )

    async def _key(self, key_id: str) -> jwt.PyJWK | None:
        async with self._loading:
            now = self._clock()
            fresh = self._read_at is not None and self._read_at + KEPT_FOR > now
            may_ask = self._tried_at is None or self._tried_at + NOT_SOONER_THAN <= now
            if may_ask and not (fresh and key_id in self._keys):
                self._tried_at = now
                await self._load()
        if not self._keys:
            raise IssuerUnavailable
        return self._keys.get(key_id)

    async def _load(self) -> None:
        """Ask for the keys. Those that are kept serve on when it fails."""
        try:
            about = await self._json(f"{self.issuer.rstrip('/')}/{DISCOVERY}")
            if about.get("issuer") != self.issuer:
                log.error("the identity provider at %s calls itself %r", self.issuer, about.get("issuer"))
                return
            document = await self._json(str(about.get("jwks_uri")))
            self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(dict(document)).keys if key.key_id}
            self._read_at = self._clock()
        except ProviderError as error:
            log.warning("the keys of the identity provider cannot be had: it %s", error)
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            log.warning("the keys of the identity provider cannot be read (%s: %s)", type(error).__name__, error)

    async def _json(self, url: str) -> Mapping[str, Any]:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._clients:
            self._clients[origin] = self._connect(origin)
        document: Mapping[str, Any] = await self._clients[origin].json(Request(path=url))
        return document
