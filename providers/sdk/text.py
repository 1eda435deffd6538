"""Text as it is compared and shown: folded for comparing, plain for showing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser

# Letters that are no base letter plus a mark, so that decomposition leaves them as they are.
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "ı": "i",
        "'": None,
        "’": None,
        "&": " and ",
    }
)
_NOT_WORD = re.compile(r"[\W_]+")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
_BREAKING_TAGS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT_TAGS = frozenset({"script", "style"})
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z]")


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """For comparing: lower case, no accents, no punctuation, single blanks; "Zürich-Süd" and "zurich sud" are equal."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    unmarked = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", unmarked).strip()


def slug(text: str) -> str:
    """For names that stay: `Hip-Hop/Rap` becomes `hip-hop-rap`; empty where no ASCII letter or digit is left."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def plain(text: str | None, *, limit: int = 2_000) -> str | None:
    """For showing: without HTML and entities, at most `limit` characters; None where nothing is left."""
    if not text:
        return None
    stripped = _strip_markup(text) if _MARKUP.search(text) else text
    lines = _BLANKS.sub(" ", stripped.replace("\r\n", "\n").replace("\r", "\n"))
    tidy = _BLANK_LINES.sub("\n\n", lines).strip()
    if len(tidy) > limit:
        tidy = tidy[: limit - 1].rstrip() + "…"
    return tidy or None


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's signature
        self._silent += tag in _SILENT_TAGS
        if tag in _BREAKING_TAGS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT_TAGS))
        if tag in _BREAKING_TAGS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def _strip_markup(text: str) -> str:
    parser = _Text()
    parser.feed(text)
    parser.close()
    # Feeds often escape twice: what is left of entities after one pass is text, not markup.
    return unescape("".join(parser.parts))
