"""Accounts: sign up, sign in, go on, sign out, change, leave; and whose a request is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from gateway.accounts.attempts import Attempts, of_account, of_address
from gateway.accounts.database import Database
from gateway.accounts.emails import Address, address, key_of
from gateway.accounts.errors import AuthError, AuthErrorCode, DatabaseUnavailable, Unauthenticated
from gateway.accounts.names import LONGEST_NAME, display_name, one_line
from gateway.accounts.outside import Outsider, OutsideTokens
from gateway.accounts.passwords import Passwords, check_password
from gateway.accounts.sessions import LONGEST_DEVICE_NAME, Device, Session, Sessions, is_secret, session_of
from gateway.accounts.tokens import INVALID, AccessTokens, header_of
from gateway.accounts.users import Seated, User, Users
from providers import Point

OVER = "This session is over. Sign in again with createSession."
WRONG = "The e-mail address or the password is not right."
NOT_SIGNED_IN = "Sign in first: send `Authorization: Bearer <accessToken>` with a token of createSession."


class Credentials(NamedTuple):
    """What a request brings along to say whose it is. A cookie counts only where our own page sent the request."""

    bearer: str | None = None
    cookie: str | None = None


class Client(NamedTuple):
    """Where a request comes from. in_browser: from a page of ours, so that a cookie can keep its session."""

    address: str | None = None
    in_browser: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What to send with requests, and what to get the next with; the attributes are those of `AuthTokens`."""

    access_token: str
    access_token_expires_at: datetime
    refresh_token: str
    refresh_token_expires_at: datetime
    token_type: str = "Bearer"  # noqa: S105 - its name in RFC 6750


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody who has just signed in. `cookie` is for the browser, where it is one of our own pages."""

    user: User
    tokens: Tokens
    cookie: str | None


class Unset:
    """Stands for what a change leaves as it is, where None would take it away."""


UNSET = Unset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What somebody changes of their account. A new password wants the current one, where there is one."""

    display_name: str | Unset | None = UNSET
    home: tuple[float, float] | Unset | None = UNSET
    current_password: str | None = None
    new_password: str | None = None


class Accounts:
    """Who may ask as whom.

    keys: sign access tokens, by key id, newest first. outside: reads tokens of an outside identity provider.
    """

    def __init__(
        self,
        database: Database,
        *,
        keys: Mapping[str, bytes],
        clock: Callable[[], datetime],
        passwords: Passwords | None = None,
        outside: OutsideTokens | None = None,
        registration_open: bool = True,
    ) -> None:
        self.registration_open = registration_open
        self.users = Users(database)
        self.sessions = Sessions(database)
        self._attempts = Attempts(database, clock)
        self._passwords = passwords or Passwords()
        self._access = AccessTokens(keys, clock)
        self._outside = outside
        self._clock = clock

    async def viewer(self, credentials: Credentials) -> User | None:
        """Whose request it is; None for nobody's.

        Raises:
            Unauthenticated: a token was sent, and it does not hold.
            DatabaseUnavailable, IssuerUnavailable: that cannot be told now.
        """
        if credentials.bearer is not None:
            return await self._bearer(credentials.bearer)
        if credentials.cookie is not None:
            return await self._cookie(credentials.cookie)
        return None

    async def register(
        self, email: str, password: str, name: str | None, client: Client, *, device_name: str | None = None
    ) -> SignedIn:
        """A new account, signed in.

        Raises:
            AuthError: REGISTRATION_CLOSED, EMAIL_INVALID, EMAIL_TAKEN, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG,
                DISPLAY_NAME_INVALID or TOO_MANY_ATTEMPTS.
        """
        if not self.registration_open:
            raise AuthError(AuthErrorCode.REGISTRATION_CLOSED, "No new accounts are made here.")
        checked = address(email)
        check_password(password)
        shown = display_name(name)
        await self._attempts.count(of_address(client.address))
        user = await self.users.add(checked, await self._passwords.hash(password), shown, self._clock())
        if user is None:
            msg = "There is an account with this e-mail address already; sign in instead."
            raise AuthError(AuthErrorCode.EMAIL_TAKEN, msg, field="email")
        return await self._signed_in(user, device_name, client)

    async def sign_in(self, email: str, password: str, device_name: str | None, client: Client) -> SignedIn:
        """A new session. An unknown address and a wrong password get the same answer after the same time.

        Raises:
            AuthError: CREDENTIALS_INVALID or TOO_MANY_ATTEMPTS.
        """
        key = key_of(email)
        account = of_account(key)
        await self._attempts.count(account, of_address(client.address))
        user = await self.users.by_email_key(key)
        right = await self._passwords.verify(password, user.password_hash if user else None)
        if user is None or not right:
            raise AuthError(AuthErrorCode.CREDENTIALS_INVALID, WRONG)
        await self._attempts.forget(account)
        if user.password_hash and self._passwords.outdated(user.password_hash):
            await self.users.change(user.user_id, {"password_hash": await self._passwords.hash(password)})
        return await self._signed_in(user, device_name, client)

    async def refresh(self, refresh_token: str) -> Tokens:
        """The next tokens of a session; the refresh token is spent.

        Raises:
            AuthError: TOKEN_INVALID. Where the token was spent before, its session is over for everybody.
        """
        session = await self.sessions.go_on(refresh_token, self._clock())
        if session is None:
            msg = "This refresh token is not valid, or was used before. Sign in again."
            raise AuthError(AuthErrorCode.TOKEN_INVALID, msg, field="refreshToken")
        return self._tokens(session)

    async def devices(self, user: User) -> list[Device]:
        """Where they are signed in, the session used last first."""
        return await self.sessions.of(user.user_id, self._clock(), current=user.session_id)

    async def sign_out_of(self, user: User, session: str) -> Device:
        """End that one of their sessions, by its global id; what it was.

        Raises:
            AuthError: SESSION_NOT_FOUND. It is the same for one that is over, for another's, and for what is none.
        """
        device = next((each for each in await self.devices(user) if each.id == session), None)
        if device is None or not await self.sessions.close(device.session_id):
            msg = "You have no such session any more; it may have ended by itself."
            raise AuthError(AuthErrorCode.SESSION_NOT_FOUND, msg, field="sessionId")
        return device

    async def sign_out(self, user: User | None, refresh_token: str | None, *, all_devices: bool) -> int:
        """End the session of the refresh token, else the one that asks, or all; how many were ended.

        Raises:
            AuthError: NOT_AUTHENTICATED, where it takes somebody who is signed in; TOKEN_INVALID.
        """
        if refresh_token is not None and not all_devices:
            session_id = session_of(refresh_token)
            if session_id is None:
                msg = "This is no refresh token."
                raise AuthError(AuthErrorCode.TOKEN_INVALID, msg, field="refreshToken")
            return await self.sessions.close(session_id)
        if user is None:
            raise AuthError(AuthErrorCode.NOT_AUTHENTICATED, NOT_SIGNED_IN)
        if all_devices:
            return await self.sessions.close_all(user.user_id)
        return await self.sessions.close(user.session_id) if user.session_id else 0

    async def update(self, user: User, changes: Changes, client: Client) -> User:
        """The user with the changes. A new password ends all sessions but the one that asks.

        Raises:
            AuthError: a value that cannot be, or the current password is not right.
        """
        values: dict[str, object] = {}
        if not isinstance(changes.display_name, Unset):
            values["display_name"] = display_name(changes.display_name)
        if not isinstance(changes.home, Unset):
            values["home_latitude"], values["home_longitude"] = _home(changes.home)
        if changes.new_password is not None:
            check_password(changes.new_password, "newPassword")
            await self._prove(user, changes.current_password, client, "currentPassword")
            values["password_hash"] = await self._passwords.hash(changes.new_password)
        changed = await self.users.change(user.user_id, values, user.session_id) if values else user
        if changed is None:
            raise AuthError(AuthErrorCode.NOT_AUTHENTICATED, OVER)
        if changes.new_password is not None:
            await self.sessions.close_all(user.user_id, but=user.session_id)
        return changed

    async def delete(self, user: User, password: str | None, client: Client) -> None:
        """Erase the user and all that is theirs.

        Raises:
            AuthError: CREDENTIALS_INVALID or TOO_MANY_ATTEMPTS.
        """
        if user.password_hash is not None:
            await self._prove(user, password, client, "password")
        await self.users.remove(user.user_id)

    async def aclose(self) -> None:
        """Close the connections to the identity provider."""
        if self._outside is not None:
            await self._outside.aclose()

    async def _bearer(self, token: str) -> User | None:
        if self._access.signed(header_of(token)):
            holder = self._access.read(token)
            found = await self.users.of_session(holder.session_id, self._clock())
            if found is None or found.user.user_id != holder.user_id:
                raise Unauthenticated(OVER)
            return await self._using(found)
        if self._outside is None:
            raise Unauthenticated(INVALID)
        return await self._outsider(await self._outside.read(token))

    async def _cookie(self, cookie: str) -> User | None:
        """Whose browser it is. A cookie that has had its time is no mistake of anybody's."""
        session_id = session_of(cookie)
        found = await self.users.of_session(session_id, self._clock()) if session_id else None
        return await self._using(found) if found is not None and is_secret(cookie, found.browser_hash) else None

    async def _using(self, seated: Seated) -> User:
        """They use their session. Where that cannot be written down, they use it all the same."""
        session_id = seated.user.session_id
        if session_id is not None:
            with suppress(DatabaseUnavailable):
                await self.sessions.note_use(session_id, seated.used_at, self._clock())
        return seated.user

    async def _outsider(self, outsider: Outsider) -> User:
        name = one_line(outsider.name or "").strip()[:LONGEST_NAME] or None
        return await self.users.of_outsider(replace(outsider, name=name), _address(outsider.email), self._clock())

    async def _prove(self, user: User, password: str | None, client: Client, field: str) -> None:
        """See that it is really they, and not somebody who found their browser open."""
        account = of_account(user.email_key or user.user_id.hex)
        await self._attempts.count(account, of_address(client.address))
        if not await self._passwords.verify(password or "", user.password_hash):
            raise AuthError(AuthErrorCode.CREDENTIALS_INVALID, "The password is not right.", field=field)
        await self._attempts.forget(account)

    async def _signed_in(self, user: User, device_name: str | None, client: Client) -> SignedIn:
        device = one_line(device_name or "").strip()[:LONGEST_DEVICE_NAME] or None
        session = await self.sessions.open(user.user_id, device, self._clock(), in_browser=client.in_browser)
        signed_in = replace(user, session_id=session.id)
        return SignedIn(user=signed_in, tokens=self._tokens(session), cookie=session.cookie)

    def _tokens(self, session: Session) -> Tokens:
        access_token, expires_at = self._access.issue(session.user_id, session.id)
        return Tokens(
            access_token=access_token,
            access_token_expires_at=expires_at,
            refresh_token=session.refresh_token,
            refresh_token_expires_at=session.expires_at,
        )


def _address(email: str | None) -> Address | None:
    try:
        return address(email) if email else None
    except AuthError:
        return None  # theirs to use elsewhere; here it is only shown


def _home(home: tuple[float, float] | None) -> tuple[float | None, float | None]:
    if home is None:
        return None, None
    try:
        point = Point(latitude=home[0], longitude=home[1])
    except ValueError as error:
        raise AuthError(AuthErrorCode.HOME_INVALID, f"This is no place on earth: {error}.", field="homeLat") from None
    return point.latitude, point.longitude
