import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import fold


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Zürich-Süd", "zurich sud"),
        ("  Sint   Truiden\n", "sint truiden"),
        ("GROSSE Straße", "grosse strasse"),
        ("Tromsø, Łódź, Đà Nẵng, Æbeltoft, Þórshöfn, Iğdır", "tromso lodz da nang aebeltoft thorshofn igdir"),
        ("İstanbul", "istanbul"),
        ("Rock'n'Roll — don’t stop!", "rocknroll dont stop"),
        ("Drum & Bass", "drum and bass"),
        ("snake_case/and.dots", "snake case and dots"),
        ("ＦＵＬＬ ｗｉｄｔｈ №１", "full width no1"),
        ("Αθήνα", "αθηνα"),
        ("Алёна", "алена"),
        ("soft\u00adhyphen zero\u200dwidth", "softhyphen zerowidth"),
    ],
)
def test_text_is_compared_without_case_accents_or_punctuation(typed, meant):
    assert fold(typed) == meant


@pytest.mark.parametrize("text", ["東京", "ミュンヘン", "パリ", "뮌헨", "दिल्ली", "กรุงเทพ", "ירושלים"])
def test_letters_and_vowels_of_other_scripts_stay_as_they_are(text):
    assert fold(text) == text


def test_voiced_kana_are_other_letters_than_unvoiced():
    assert fold("ガ") != fold("カ")


@pytest.mark.parametrize("text", ["", " \t\n", "?!…", "🎉", "❤️", "1️⃣"[1:], "\u200b", "\u0301"])
def test_text_without_letters_or_digits_folds_to_nothing(text):
    assert fold(text) == ""


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_composed_and_decomposed_text_fold_alike(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_is_the_long_way(text):
    assert fold(text + " é") == f"{fold(text)} e".strip()
