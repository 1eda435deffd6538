"""The sessions of a user as they see them themselves, over a database of each kind."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from gateway.accounts import AuthError, AuthErrorCode, Client, Credentials, Unauthenticated
from gateway.accounts.tables import sessions

HERE = Client("192.0.2.1")
PASSWORD = "correct horse"


@pytest.fixture
def phone(accounts):
    """Ann's phone, signed in."""
    return lambda: accounts.sign_in("ann@example.org", PASSWORD, "phone", HERE)


async def test_each_device_is_told_with_its_name_its_times_and_which_one_asks(ann, phone, accounts, clock) -> None:
    user = (await ann()).user
    began = clock.now
    clock.move(hours=1)
    await phone()
    first, second = await accounts.devices(user)
    assert (first.device_name, first.is_current, first.created_at, first.last_used_at) == (
        "phone",
        False,
        clock.now,
        clock.now,
    )
    assert (second.device_name, second.is_current, second.created_at) == (None, True, began)


async def test_a_device_that_is_used_comes_first_and_its_use_is_written_down_now_and_then(
    ann, phone, accounts, bearer, clock
) -> None:
    signed_in = await ann()
    clock.move(minutes=1)
    user = (await phone()).user
    await bearer(signed_in.tokens.access_token)
    assert [each.device_name for each in await accounts.devices(user)] == ["phone", None]
    clock.move(minutes=5)
    await bearer(signed_in.tokens.access_token)
    noted = await accounts.devices(user)
    assert [each.device_name for each in noted] == [None, "phone"]
    assert noted[0].last_used_at == clock.now
    clock.move(minutes=1)
    await bearer(signed_in.tokens.access_token)
    assert (await accounts.devices(user))[0].last_used_at == noted[0].last_used_at


async def test_getting_new_tokens_is_a_use(ann, accounts, clock) -> None:
    signed_in = await ann()
    clock.move(days=3)
    await accounts.refresh(signed_in.tokens.refresh_token)
    assert [each.last_used_at for each in await accounts.devices(signed_in.user)] == [clock.now]


async def test_a_session_that_the_version_before_opened_was_used_when_it_began(ann, accounts, database) -> None:
    user = (await ann()).user
    async with database.writing() as connection:
        await connection.execute(update(sessions).values(last_used_at=None))
    [device] = await accounts.devices(user)
    assert device.last_used_at == device.created_at


async def test_what_has_run_out_is_no_session_any_more(ann, phone, accounts, clock) -> None:
    user = (await ann()).user
    clock.move(days=20)
    await phone()
    clock.move(days=11)
    assert [each.device_name for each in await accounts.devices(user)] == ["phone"]


async def test_ending_one_ends_that_one_at_once(ann, phone, accounts, bearer) -> None:
    signed_in = await ann()
    other = await phone()
    [phones] = [each for each in await accounts.devices(signed_in.user) if each.device_name == "phone"]
    assert (await accounts.sign_out_of(signed_in.user, phones.id)).is_current is False
    with pytest.raises(Unauthenticated, match="over"):
        await bearer(other.tokens.access_token)
    assert await bearer(signed_in.tokens.access_token)
    assert [each.is_current for each in await accounts.devices(signed_in.user)] == [True]


async def test_another_users_session_is_neither_told_nor_ended(ann, accounts, bearer) -> None:
    user = (await ann()).user
    bob = await accounts.register("bob@example.org", PASSWORD, None, HERE)
    [theirs] = await accounts.devices(bob.user)
    with pytest.raises(AuthError) as caught:
        await accounts.sign_out_of(user, theirs.id)
    assert caught.value.code is AuthErrorCode.SESSION_NOT_FOUND
    assert theirs.id not in {each.id for each in await accounts.devices(user)}
    assert await bearer(bob.tokens.access_token)


async def test_the_id_that_is_shown_ends_nothing_by_itself(ann, accounts, bearer) -> None:
    signed_in = await ann()
    [device] = await accounts.devices(signed_in.user)
    assert device.session_id.hex not in device.id
    for made_up in (f"{device.id}.x", f"{device.id}."):
        with pytest.raises(AuthError):
            await accounts.refresh(made_up)
        with pytest.raises(AuthError):
            await accounts.sign_out(None, made_up, all_devices=False)
    assert await bearer(signed_in.tokens.access_token)


async def test_a_cookie_is_used_as_a_token_is(ann, accounts, clock) -> None:
    user = (await ann()).user
    browser = await accounts.sign_in("ann@example.org", PASSWORD, "browser", Client("192.0.2.1", in_browser=True))
    clock.move(minutes=6)
    assert await accounts.viewer(Credentials(cookie=browser.cookie + "x")) is None
    assert [each.last_used_at == clock.now for each in await accounts.devices(user)] == [False, False]
    assert await accounts.viewer(Credentials(cookie=browser.cookie))
    assert [(each.device_name, each.last_used_at == clock.now) for each in await accounts.devices(user)] == [
        ("browser", True),
        (None, False),
    ]
