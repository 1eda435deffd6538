"""JSON as it should be, and as pages have it: with raw line ends, trailing commas, comments, CDATA.

What is repaired here has one meaning only, whatever the author had in mind. Anything else is left unread.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from html import unescape
from typing import Any

_SCHEMA_ORG = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)", re.IGNORECASE)
# A text, which is kept as it is; or else what hides the script from such as take it for markup (CDATA, <!-- -->, mostly
# in a comment of its own), a comment, or a comma before a closing bracket.
_TEXT = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_HIDING = r"(?://|/\*)?[ \t]{0,8}(?:<!\[CDATA\[|<!--|\]\]>|-->)(?:[ \t]{0,8}\*/)?"
_TEXT_OR_COMMENT = re.compile(rf"({_TEXT})|{_HIDING}|/\*.*?\*/|//[^\n]*", re.DOTALL | re.IGNORECASE)
_TEXT_OR_COMMA = re.compile(rf"({_TEXT})|,(?=\s*[}}\]])", re.DOTALL)
_WHOLE_TEXT = re.compile(_TEXT, re.DOTALL)
# An escape that JSON does not know stands for the letter itself: \' is an apostrophe.
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# Half of a pair that writes one letter; alone it is no letter, and nothing could send it on.
_HIGH, _LOW = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_HALF_LETTER = re.compile(rf"{_HIGH}(?!{_LOW})|(?<!{_HIGH}){_LOW}")
_ESCAPES = frozenset('"\\/bfnrtu')


def bare(name: str) -> str:
    """A schema.org name without what says that it is one: `http://schema.org/Event` is `Event`."""
    return _SCHEMA_ORG.sub("", name.strip())


def read_json(text: str) -> tuple[Any, bool]:
    """The value, with bare names as keys and exact decimals, and whether the text had to be repaired.

    Raises:
        ValueError: it cannot be read.
    """
    whole = _HALF_LETTER.sub(r"\\ufffd", text)
    try:
        return _loads(whole, strict=True), whole != text
    except ValueError:
        return _loads(_mended(whole), strict=False), True


def _loads(text: str, *, strict: bool) -> Any:  # noqa: ANN401 - JSON from outside
    try:
        return json.loads(
            text, strict=strict, parse_float=Decimal, parse_constant=lambda _: None, object_pairs_hook=_object
        )
    except RecursionError:
        msg = "is nested too deeply"
        raise ValueError(msg) from None


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    return {bare(name): value for name, value in pairs}


def _mended(text: str) -> str:
    """Without what hides it, comments and trailing commas; raw line ends in texts are for the reader not to mind."""
    if '"' not in text:
        text = unescape(text)
    text = _TEXT_OR_COMMENT.sub(lambda match: match[1] or " ", text)
    text = _TEXT_OR_COMMA.sub(lambda match: match[1] or "", text)
    text = _WHOLE_TEXT.sub(lambda match: _ESCAPE.sub(_known_escape, match[0]), text)
    return text.strip("\ufeff; \t\r\n")


def _known_escape(match: re.Match[str]) -> str:
    return match[0] if match[1] in _ESCAPES else match[1]
