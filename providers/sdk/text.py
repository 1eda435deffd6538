"""Text as it is compared and shown: folded for comparing, plain for showing."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser

# Letters that Unicode does not take apart into a base letter and a mark; apostrophes vanish so that
# "don't" is "dont"; an ampersand is a word.
_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n", "þ": "th", "ə": "e"}
    | dict.fromkeys("'’‘ʻʼʹʾʿ`´")
    | {"&": " and "}
)
# Accents of Latin, Greek and Cyrillic, vowel points of Arabic, and the variation selectors of emoji and kanji.
# Marks of other scripts stay: in Devanagari or Thai they are the vowels.
_MARKS = re.compile("[\u0300-\u036f\u064b-\u065f\u20d0-\u20f0\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_NOT_WORD_ASCII = re.compile(r"[^a-z0-9]+")
_NOT_WORD = re.compile(r"[\W_]")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")
_BREAKING_TAGS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT_TAGS = frozenset({"script", "style"})
_TAG = re.compile(r"<[^>]*>?")
_LONGEST_READABLE_ID = 120
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z]")


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Reduce text to what is compared: lower case, no accents, no punctuation, words parted by one space.

    "Zürich-Süd" and "ZURICH SUD" are equal. Letters of every script stay; text without any folds to "".
    Folding twice changes nothing more.
    """
    if text.isascii():
        return _NOT_WORD_ASCII.sub(" ", text.lower().translate(_LETTERS)).strip()
    # Taken apart before and after: some letters have marks only in lower case, some only in upper.
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = unicodedata.normalize("NFC", _MARKS.sub("", lowered.translate(_LETTERS)))
    return " ".join(_NOT_WORD.sub(_keep_vowel_signs, bare).split())


def _keep_vowel_signs(match: re.Match[str]) -> str:
    character = match[0]
    category = unicodedata.category(character)
    if category.startswith("M"):
        return character
    return "" if category == "Cf" else " "  # soft hyphens, joiners and direction marks part no words


def slug(text: str) -> str:
    """For names that stay: `Hip-Hop/Rap` becomes `hip-hop-rap`; empty where no ASCII letter or digit is left."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


def id_by_name(*names: str | None) -> str:
    """An id for what has none but its name: the same however that is capitalised, readable where its letters are Latin.

    More names, such as the town of a place, tell it from others of that name.
    """
    folded = fold(" ".join(name or "" for name in names))
    readable = slug(folded)
    if folded.isascii() and 0 < len(readable) <= _LONGEST_READABLE_ID:
        return readable
    return "v-" + hashlib.sha256((folded or names[0] or "").encode()).hexdigest()[:32]


def plain(text: str | None, *, limit: int = 2_000) -> str | None:
    """For showing: without HTML and entities, at most `limit` characters; None where nothing is left."""
    if not text:
        return None
    stripped = _strip_markup(text) if _MARKUP.search(text) else text
    if _MARKUP.search(stripped):
        # Feeds often escape twice: "&lt;p&gt;" was markup as well.
        stripped = _strip_markup(stripped)
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
    try:
        parser.feed(text)
        parser.close()
    except AssertionError:  # HTMLParser's answer to "<![" where no marked section follows
        return unescape(_TAG.sub(" ", text))
    return "".join(parser.parts)
