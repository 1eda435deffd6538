"""What people write about themselves: one line without control characters, or several."""

from __future__ import annotations

import unicodedata

from gateway.accounts.errors import AuthError, AuthErrorCode, FavouriteError, FavouriteErrorCode

LONGEST_NAME = 100
LONGEST_NOTE = 2_000


def display_name(text: str | None) -> str | None:
    """A name to show; None where nothing is left of it.

    Raises:
        AuthError: DISPLAY_NAME_INVALID.
    """
    name = (text or "").strip()
    if len(name) > LONGEST_NAME or one_line(name) != name:
        msg = f"A name has at most {LONGEST_NAME} characters, in one line."
        raise AuthError(AuthErrorCode.DISPLAY_NAME_INVALID, msg, field="displayName")
    return name or None


def note(text: str | None) -> str | None:
    """A note, of several lines perhaps; None where nothing is left of it.

    Raises:
        FavouriteError: NOTE_TOO_LONG.
    """
    written = "".join(letter for letter in (text or "") if letter in "\n\t" or not _is_control(letter)).strip()
    if len(written) > LONGEST_NOTE:
        msg = f"A note has at most {LONGEST_NOTE:,} characters, not {len(written):,}."
        raise FavouriteError(FavouriteErrorCode.NOTE_TOO_LONG, msg, field="note", limit=LONGEST_NOTE)
    return written or None


def one_line(text: str) -> str:
    """The text without control characters, line breaks among them."""
    return "".join(letter for letter in text if not _is_control(letter))


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Zl", "Zp", "Cs"}
