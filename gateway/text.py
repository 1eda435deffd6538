"""Text as people mean it, not as they typed it: one folding for every comparison of names and keywords."""

from __future__ import annotations

import re
import unicodedata

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
_ASCII_PUNCTUATION = re.compile(r"[\x00-\x09\x0b-\x1f!-/:-@\[-`{-\x7f]")
_NEITHER_WORD_NOR_BLANK = re.compile(r"[^\w\s\x00-\x7f]")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_ENDS = re.compile(r" ?\n ?")


def fold(text: str) -> str:
    """Reduce text to what is compared: lower case, no accents, no punctuation, words parted by one space.

    "Zürich-Süd" and "ZURICH SUD" are equal. Letters of every script stay; text without any folds to "".
    Folding twice changes nothing more.
    """
    return " ".join(_loose(text).split())


def fold_lines(text: str) -> str:
    r"""Fold each line of a long text, in one pass instead of one call per line; only "\n" ends a line."""
    return _BLANK_ENDS.sub("\n", _BLANKS.sub(" ", _loose(text))).strip(" ")


def _loose(text: str) -> str:
    """Fold all but the blanks."""
    if text.isascii():
        return _ASCII_PUNCTUATION.sub(" ", text.lower().translate(_LETTERS))
    # Decomposed before and after: some letters have marks only in lower case, some only in upper.
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = unicodedata.normalize("NFC", _MARKS.sub("", lowered.translate(_LETTERS)))
    return _NEITHER_WORD_NOR_BLANK.sub(_keep_vowel_signs, _ASCII_PUNCTUATION.sub(" ", bare))


def _keep_vowel_signs(match: re.Match[str]) -> str:
    character = match[0]
    category = unicodedata.category(character)
    if category.startswith("M"):
        return character
    return "" if category == "Cf" else " "  # soft hyphens, joiners and direction marks part no words
