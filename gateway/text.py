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
_NOT_WORD_ASCII = re.compile(r"[^a-z0-9]+")
_NOT_WORD = re.compile(r"[\W_]")


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
