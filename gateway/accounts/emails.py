"""E-mail addresses: checked, and reduced to what they are compared by."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from email_validator import EmailNotValidError, validate_email

from gateway.accounts.errors import AuthError, AuthErrorCode


class Address(NamedTuple):
    """An address as its owner writes it, and as it is compared: of every two that are one, the keys are equal."""

    email: str
    key: str


def address(text: str) -> Address:
    """The address in a text.

    No mail is sent, so an address need not be deliverable from everywhere: a name of the local network will do.

    Raises:
        AuthError: EMAIL_INVALID; the message says what is wrong with it.
    """
    try:
        valid = validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise AuthError(AuthErrorCode.EMAIL_INVALID, str(error), field="email") from None
    return Address(valid.normalized, key_of(valid.normalized))


def key_of(email: str) -> str:
    """What addresses are compared by: letters of either case, and of every way to write them in Unicode, are one."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email.strip()).casefold())
    # No address holds a NUL, and PostgreSQL no text with one.
    return folded.replace("\0", "\N{REPLACEMENT CHARACTER}")
