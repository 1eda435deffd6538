from __future__ import annotations

import asyncio

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from gateway.accounts import (
    AuthError,
    AuthErrorCode,
    Changes,
    Client,
    Credentials,
    Unauthenticated,
    export,
)
from gateway.accounts.attempts import PER_ACCOUNT, PER_ADDRESS
from gateway.accounts.passwords import NOBODYS, Passwords
from gateway.accounts.tables import metadata, sessions, users

HERE = Client("192.0.2.1")
PASSWORD = "correct horse"


async def code_of(attempt) -> AuthErrorCode:
    with pytest.raises(AuthError) as caught:
        await attempt
    return caught.value.code


async def rows_of(database, table) -> int:
    async with database.reading() as connection:
        return len((await connection.execute(select(table))).all())


async def test_whoever_registers_is_signed_in(ann, bearer) -> None:
    signed_in = await ann()
    assert (signed_in.user.email, signed_in.user.display_name) == ("Ann@example.org", "Ann")
    assert (await bearer(signed_in.tokens.access_token)) == signed_in.user


@pytest.mark.parametrize("email", ["Ann@Example.org", "ann@example.org", "ANN@EXAMPLE.ORG", " ann@example.org "])
async def test_the_letters_of_an_address_may_be_of_either_case(email: str, ann, accounts) -> None:
    user = (await ann()).user
    assert (await accounts.sign_in(email, PASSWORD, None, HERE)).user.user_id == user.user_id
    assert await code_of(accounts.register(email, PASSWORD, None, HERE)) is AuthErrorCode.EMAIL_TAKEN


@pytest.mark.parametrize(
    ("registered", "other"),
    [
        ("jos\u00e9@example.org", "jose\u0301@example.org"),
        ("stra\u00dfe@example.org", "STRASSE@example.org"),
        ("ann@b\u00fccher.example", "ann@xn--bcher-kva.example"),
        ("\u212bsa@example.org", "\u00e5sa@example.org"),
    ],
    ids=["composed", "sharp s", "punycode", "angstrom sign"],
)
async def test_one_address_in_two_ways_of_writing_is_one(registered: str, other: str, accounts) -> None:
    user = (await accounts.register(registered, PASSWORD, None, HERE)).user
    assert await code_of(accounts.register(other, PASSWORD, None, HERE)) is AuthErrorCode.EMAIL_TAKEN
    if "xn--" not in other:
        assert (await accounts.sign_in(other, PASSWORD, None, HERE)).user.user_id == user.user_id


async def test_of_two_who_register_one_address_at_once_one_has_it(accounts, database) -> None:
    attempts = (accounts.register(email, PASSWORD, None, HERE) for email in ["a@example.org", "A@example.org"] * 5)
    refusals = [each for each in await asyncio.gather(*attempts, return_exceptions=True) if isinstance(each, AuthError)]
    assert [error.code for error in refusals] == [AuthErrorCode.EMAIL_TAKEN] * 9
    assert await rows_of(database, users) == 1


@pytest.mark.parametrize(
    "email", ["", "ann", "@example.org", "ann@", "a b@example.org", "ann@ex\0ample.org", "x" * 10_000]
)
async def test_what_is_no_address_is_refused(email: str, accounts) -> None:
    assert await code_of(accounts.register(email, PASSWORD, None, HERE)) is AuthErrorCode.EMAIL_INVALID
    assert await code_of(accounts.sign_in(email, PASSWORD, None, HERE)) is AuthErrorCode.CREDENTIALS_INVALID


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", AuthErrorCode.PASSWORD_TOO_SHORT),
        ("nine char", AuthErrorCode.PASSWORD_TOO_SHORT),
        # Letters, not bytes: nine of them, of four bytes each.
        ("\U0001f600" * 9, AuthErrorCode.PASSWORD_TOO_SHORT),
        ("x" * 257, AuthErrorCode.PASSWORD_TOO_LONG),
        ("x" * 10_000_000, AuthErrorCode.PASSWORD_TOO_LONG),
    ],
    ids=["empty", "nine", "nine emoji", "257", "10 MB"],
)
async def test_a_password_that_cannot_be_is_refused(password: str, code: AuthErrorCode, accounts) -> None:
    assert await code_of(accounts.register("ann@example.org", password, None, HERE)) is code


@pytest.mark.parametrize("password", ["ten chars!", "1234567890", " " * 10, "\U0001f600" * 256, "nul\0nul\0nul"])
async def test_of_10_to_256_characters_every_password_will_do(password: str, accounts) -> None:
    await accounts.register("ann@example.org", password, None, HERE)
    assert await accounts.sign_in("ann@example.org", password, None, HERE)
    assert await code_of(accounts.sign_in("ann@example.org", password + "x", None, HERE))


async def test_a_password_is_the_same_however_its_letters_are_composed(accounts) -> None:
    await accounts.register("ann@example.org", "pa\u00dfw\u00f6rter gut", None, HERE)
    assert await accounts.sign_in("ann@example.org", "pa\u00dfwo\u0308rter gut", None, HERE)


async def test_an_unknown_address_gets_the_answer_and_the_work_of_a_wrong_password(ann, accounts, passwords) -> None:
    await ann()
    said = []
    for email in ("ann@example.org", "nobody@example.org"):
        with pytest.raises(AuthError) as caught:
            await accounts.sign_in(email, "wrong horse", None, HERE)
        said.append((caught.value.code, caught.value.message, caught.value.field, caught.value.retry_at))
    assert said[0] == said[1]
    assert passwords.verified == [False, False]


def test_what_nobodys_password_is_compared_with_costs_as_much_as_any() -> None:
    assert not Passwords().outdated(NOBODYS)


async def test_nobodys_password_opens_nothing(passwords) -> None:
    assert not await passwords.verify("nobody has this password", None)


async def test_a_hash_of_other_costs_is_made_anew_when_its_owner_signs_in(ann, accounts, passwords) -> None:
    user = (await ann()).user
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await accounts.users.change(user.user_id, {"password_hash": weak})
    assert (await accounts.sign_in("ann@example.org", PASSWORD, None, HERE)).user
    kept = (await accounts.users.by_email_key("ann@example.org")).password_hash
    assert kept != weak
    assert not passwords.outdated(kept)


@pytest.mark.parametrize("email", ["ann@example.org", "nobody@example.org"])
async def test_an_account_may_be_tried_ten_times_in_a_quarter_of_an_hour(
    email, ann, accounts, clock, passwords
) -> None:
    await ann()
    for attempt in range(PER_ACCOUNT + 3):
        code = await code_of(accounts.sign_in(email, "wrong horse", None, Client(f"192.0.2.{attempt}")))
        too_many = attempt >= PER_ACCOUNT
        assert code is (AuthErrorCode.TOO_MANY_ATTEMPTS if too_many else AuthErrorCode.CREDENTIALS_INVALID)
    # The right password does not help, or a guesser would know that it is.
    with pytest.raises(AuthError) as caught:
        await accounts.sign_in(email, PASSWORD, None, HERE)
    assert caught.value.code is AuthErrorCode.TOO_MANY_ATTEMPTS
    assert caught.value.retryable
    assert len(passwords.verified) == PER_ACCOUNT
    clock.now = caught.value.retry_at
    assert await code_of(accounts.sign_in(email, "wrong horse", None, HERE)) is AuthErrorCode.CREDENTIALS_INVALID


async def test_a_hundred_guesses_at_once_are_no_more_than_ten(ann, accounts, passwords) -> None:
    await ann()
    guesses = (accounts.sign_in("ann@example.org", f"wrong horse {each}", None, HERE) for each in range(100))
    done = await asyncio.gather(*guesses, return_exceptions=True)
    codes = [error.code for error in done]
    assert codes.count(AuthErrorCode.CREDENTIALS_INVALID) == len(passwords.verified) == PER_ACCOUNT
    assert codes.count(AuthErrorCode.TOO_MANY_ATTEMPTS) == 100 - PER_ACCOUNT


async def test_who_signs_in_begins_to_count_again(ann, accounts) -> None:
    await ann()
    for _ in range(3):
        for _ in range(PER_ACCOUNT - 1):
            assert await code_of(accounts.sign_in("ann@example.org", "wrong horse", None, HERE))
        assert await accounts.sign_in("ann@example.org", PASSWORD, None, HERE)


@pytest.mark.parametrize(
    "addresses",
    [["192.0.2.7"], ["::ffff:192.0.2.7", "192.0.2.7"], ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::9"]],
    ids=["IPv4", "IPv4 in IPv6", "a network of IPv6"],
)
async def test_an_address_may_try_a_hundred_times(addresses, accounts, passwords) -> None:
    codes = [
        await code_of(
            accounts.sign_in(f"user{each}@example.org", "wrong horse", None, Client(addresses[each % len(addresses)]))
        )
        for each in range(PER_ADDRESS + 2)
    ]
    assert codes == [AuthErrorCode.CREDENTIALS_INVALID] * PER_ADDRESS + [AuthErrorCode.TOO_MANY_ATTEMPTS] * 2
    assert len(passwords.verified) == PER_ADDRESS
    other = Client("2001:db8:0:1::1")
    assert await code_of(accounts.sign_in("x@example.org", "wrong", None, other)) is AuthErrorCode.CREDENTIALS_INVALID


async def test_each_refresh_token_gives_the_next(ann, accounts, bearer) -> None:
    signed_in = await ann()
    tokens = signed_in.tokens
    for _ in range(3):
        before, tokens = tokens, await accounts.refresh(tokens.refresh_token)
        assert tokens.refresh_token != before.refresh_token
        assert (await bearer(tokens.access_token)) == signed_in.user


async def test_a_refresh_token_used_twice_ends_the_session_for_everybody(ann, accounts, bearer) -> None:
    first = (await ann()).tokens
    other = (await accounts.sign_in("ann@example.org", PASSWORD, None, HERE)).tokens
    second = await accounts.refresh(first.refresh_token)
    for token in (first, second, first):
        assert await code_of(accounts.refresh(token.refresh_token)) is AuthErrorCode.TOKEN_INVALID
    for token in (first, second):
        with pytest.raises(Unauthenticated):
            await bearer(token.access_token)
    # Another device is another session.
    assert await bearer(other.access_token)
    assert await accounts.refresh(other.refresh_token)


async def test_of_many_uses_of_a_refresh_token_at_once_one_at_most_succeeds(ann, accounts, database) -> None:
    token = (await ann()).tokens.refresh_token
    done = await asyncio.gather(*(accounts.refresh(token) for _ in range(10)), return_exceptions=True)
    assert sum(not isinstance(each, AuthError) for each in done) <= 1
    assert await rows_of(database, sessions) == 0


@pytest.mark.parametrize("token", ["", ".", "x.y", "\0.\0", "é" * 300, "0" * 32 + ".", "0" * 32 + ".secret"])
async def test_what_is_no_refresh_token_is_refused(token: str, ann, accounts, database) -> None:
    await ann()
    assert await code_of(accounts.refresh(token)) is AuthErrorCode.TOKEN_INVALID
    assert await rows_of(database, sessions) == 1


async def test_a_session_ends_a_month_after_its_last_use(ann, accounts, clock, database) -> None:
    tokens = (await ann()).tokens
    for _ in range(3):
        clock.move(days=29)
        tokens = await accounts.refresh(tokens.refresh_token)
    clock.move(days=31)
    assert await code_of(accounts.refresh(tokens.refresh_token)) is AuthErrorCode.TOKEN_INVALID
    await accounts.sign_in("ann@example.org", PASSWORD, None, HERE)
    assert await rows_of(database, sessions) == 1


async def test_signing_out_ends_a_session_at_once(ann, accounts, bearer) -> None:
    user, tokens = (signed_in := await ann()).user, signed_in.tokens
    other = await accounts.sign_in("ann@example.org", PASSWORD, "phone", HERE)
    assert await accounts.sign_out(user, None, all_devices=False) == 1
    with pytest.raises(Unauthenticated, match="over"):
        await bearer(tokens.access_token)
    assert await code_of(accounts.refresh(tokens.refresh_token)) is AuthErrorCode.TOKEN_INVALID
    assert await bearer(other.tokens.access_token)


async def test_signing_out_by_a_refresh_token_needs_nothing_else(ann, accounts) -> None:
    tokens = (await ann()).tokens
    assert await accounts.sign_out(None, tokens.refresh_token, all_devices=False) == 1
    assert await accounts.sign_out(None, tokens.refresh_token, all_devices=False) == 0
    assert await code_of(accounts.sign_out(None, "nonsense", all_devices=False)) is AuthErrorCode.TOKEN_INVALID


async def test_signing_out_everywhere_ends_all_sessions_of_that_user_only(ann, accounts, bearer) -> None:
    user = (await ann()).user
    await accounts.sign_in("ann@example.org", PASSWORD, None, HERE)
    bob = await accounts.register("bob@example.org", PASSWORD, None, HERE)
    assert await accounts.sign_out(user, None, all_devices=True) == 2
    assert await bearer(bob.tokens.access_token)
    assert await code_of(accounts.sign_out(None, None, all_devices=True)) is AuthErrorCode.NOT_AUTHENTICATED


async def test_a_cookie_is_for_browsers_and_good_as_long_as_its_session(ann, accounts, clock) -> None:
    assert (await ann()).cookie is None
    browser = await accounts.sign_in("ann@example.org", PASSWORD, None, Client("192.0.2.1", in_browser=True))
    assert (await accounts.viewer(Credentials(cookie=browser.cookie))) == browser.user
    # Its refresh token is no cookie, and the other way round.
    assert await accounts.viewer(Credentials(cookie=browser.tokens.refresh_token)) is None
    for nonsense in ("", "x", browser.cookie + "x", browser.cookie[:-1]):
        assert await accounts.viewer(Credentials(cookie=nonsense)) is None
    clock.move(days=31)
    assert await accounts.viewer(Credentials(cookie=browser.cookie)) is None


async def test_a_new_password_ends_the_other_sessions_and_the_old_password(ann, accounts, bearer) -> None:
    signed_in = await ann()
    other = await accounts.sign_in("ann@example.org", PASSWORD, None, HERE)
    changes = Changes(current_password=PASSWORD, new_password="another horse")
    await accounts.update(signed_in.user, changes, HERE)
    assert await bearer(signed_in.tokens.access_token)
    with pytest.raises(Unauthenticated):
        await bearer(other.tokens.access_token)
    assert await code_of(accounts.sign_in("ann@example.org", PASSWORD, None, HERE))
    assert await accounts.sign_in("ann@example.org", "another horse", None, HERE)


@pytest.mark.parametrize("current", [None, "", "wrong horse"])
async def test_a_new_password_needs_the_current_one(current, ann, accounts) -> None:
    user = (await ann()).user
    changes = Changes(current_password=current, new_password="another horse")
    assert await code_of(accounts.update(user, changes, HERE)) is AuthErrorCode.CREDENTIALS_INVALID
    short = Changes(current_password=PASSWORD, new_password="short")
    assert await code_of(accounts.update(user, short, HERE)) is AuthErrorCode.PASSWORD_TOO_SHORT


async def test_a_change_leaves_alone_what_it_does_not_name(ann, accounts) -> None:
    user = (await ann()).user
    user = await accounts.update(user, Changes(home=(48.1, 11.5)), HERE)
    assert (user.display_name, user.home) == ("Ann", (48.1, 11.5))
    user = await accounts.update(user, Changes(display_name="  "), HERE)
    assert (user.display_name, user.home) == (None, (48.1, 11.5))
    assert (await accounts.update(user, Changes(home=None), HERE)).home is None
    assert (await accounts.update(user, Changes(), HERE)) == user


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (Changes(home=(91, 0)), AuthErrorCode.HOME_INVALID),
        (Changes(home=(0, float("nan"))), AuthErrorCode.HOME_INVALID),
        (Changes(display_name="x" * 101), AuthErrorCode.DISPLAY_NAME_INVALID),
        (Changes(display_name="two\nlines"), AuthErrorCode.DISPLAY_NAME_INVALID),
        (Changes(display_name="nul\0"), AuthErrorCode.DISPLAY_NAME_INVALID),
    ],
)
async def test_a_change_that_cannot_be_is_refused(changes: Changes, code: AuthErrorCode, ann, accounts) -> None:
    assert await code_of(accounts.update((await ann()).user, changes, HERE)) is code


async def test_who_leaves_leaves_nothing_behind(ann, accounts, database, bearer) -> None:
    signed_in = await ann()
    assert await code_of(accounts.delete(signed_in.user, "wrong horse", HERE)) is AuthErrorCode.CREDENTIALS_INVALID
    await accounts.delete(signed_in.user, PASSWORD, HERE)
    left = {name: await rows_of(database, table) for name, table in metadata.tables.items() if name != "attempts"}
    assert set(left.values()) == {0}
    with pytest.raises(Unauthenticated):
        await bearer(signed_in.tokens.access_token)
    assert await export(database, "ann@example.org") == []
    # And may come back.
    assert (await ann()).user.user_id != signed_in.user.user_id


async def test_where_registration_is_closed_nobody_registers(accounts) -> None:
    accounts.registration_open = False
    attempt = accounts.register("ann@example.org", PASSWORD, None, HERE)
    assert await code_of(attempt) is AuthErrorCode.REGISTRATION_CLOSED


async def test_an_export_holds_everything_but_secrets(ann, accounts, database) -> None:
    signed_in = await ann()
    await accounts.sign_in("ann@example.org", PASSWORD, "phone\0\n", HERE)
    [everything] = await export(database, " ANN@example.org")
    assert everything["user"]["email"] == "Ann@example.org"
    assert {each["deviceName"] for each in everything["sessions"]} == {None, "phone"}
    text = repr(everything)
    assert signed_in.user.password_hash not in text
    assert signed_in.tokens.refresh_token not in text
