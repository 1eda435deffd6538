from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cursor import LIFETIME, MAX_LENGTH, Bookmark, Cursors, PageMark
from gateway.errors import CursorExpired, CursorInvalid
from gateway.event import Position
from providers import Key, When

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
QUERY = b"sixteen bytes...."
CURSORS = Cursors({1: b"first key"})

instants = st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants it so
ids = st.text(min_size=1, max_size=30)
keys = st.builds(Key, instants, ids)
marks = st.builds(PageMark.at, st.none() | keys, st.integers(1, 5_000), ended=st.booleans())
bookmarks = st.builds(
    Bookmark.at,
    st.just(NOW),
    st.none() | st.builds(Position, instants, ids, ids),
    st.dictionaries(ids, marks, max_size=4),
)


@given(bookmark=bookmarks)
def test_what_is_written_is_read_again(bookmark):
    assert CURSORS.read(CURSORS.write(bookmark, QUERY), QUERY, NOW) == bookmark


@given(key=keys)
def test_a_mark_keeps_its_key_to_the_microsecond(key):
    assert PageMark.at(key, 10, ended=False).key() == key


def test_a_listing_without_a_date_has_a_place_too():
    position = Position(When.unknown().latest, "radio", "x")
    assert Bookmark.at(NOW, position, {}).position == position


def some_cursor() -> str:
    return CURSORS.write(Bookmark.at(NOW, Position(NOW, "radio", "17"), {"radio": PageMark(None, 25)}), QUERY)


def test_any_flipped_bit_is_refused():
    cursor = some_cursor()
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    for place in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(CursorInvalid):
            CURSORS.read(base64.urlsafe_b64encode(changed).rstrip(b"=").decode(), QUERY, NOW)


def test_any_changed_letter_is_refused():
    cursor = some_cursor()
    for place, letter in enumerate(cursor):
        for other in {"A", "B", "-", "_", "+", "/", "=", "é", " "} - {letter}:
            with pytest.raises(CursorInvalid):
                CURSORS.read(cursor[:place] + other + cursor[place + 1 :], QUERY, NOW)


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1], lambda text: text + "A", lambda text: text + "=", str.lower]
)
def test_a_shortened_lengthened_or_folded_cursor_is_refused(change):
    with pytest.raises(CursorInvalid):
        CURSORS.read(change(some_cursor()), QUERY, NOW)


@given(text=st.text(max_size=80))
def test_junk_is_refused(text):
    with pytest.raises(CursorInvalid):
        CURSORS.read(text, QUERY, NOW)


def test_another_querys_cursor_is_refused():
    with pytest.raises(CursorInvalid):
        CURSORS.read(some_cursor(), b"another", NOW)


def test_a_day_old_cursor_has_expired():
    assert CURSORS.read(some_cursor(), QUERY, NOW + LIFETIME)
    with pytest.raises(CursorExpired):
        CURSORS.read(some_cursor(), QUERY, NOW + LIFETIME + timedelta(seconds=1))


def test_keys_rotate():
    rotated = Cursors({2: b"second key", 1: b"first key"})
    assert rotated.read(some_cursor(), QUERY, NOW)
    written = rotated.write(Bookmark.at(NOW, None, {}), QUERY)
    assert Cursors({2: b"second key"}).read(written, QUERY, NOW)
    with pytest.raises(CursorInvalid):
        CURSORS.read(written, QUERY, NOW)
    with pytest.raises(CursorInvalid):
        Cursors({1: b"not the first key"}).read(some_cursor(), QUERY, NOW)


def test_what_is_written_is_never_too_long_to_be_read():
    position = Position(NOW, "radio", "x" * 500)
    pages = {f"provider-{number}": PageMark.at(Key(NOW, "é" * 500), 50, ended=False) for number in range(40)}
    cursor = CURSORS.write(Bookmark.at(NOW, position, pages), QUERY)
    assert len(cursor) <= MAX_LENGTH
    assert CURSORS.read(cursor, QUERY, NOW).position == position
