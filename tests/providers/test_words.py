import pytest

from providers import EventType, country_code, event_type_of


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["Concert"], EventType.MUSIC),
        (["Jazz & Swing"], EventType.MUSIC),
        (["Théâtre"], EventType.THEATER),
        (["music", "Festivals d'été"], EventType.FESTIVAL),
        (["atelier"], EventType.EDUCATION),
        (["concerted effort"], None),
        ([], None),
    ],
)
def test_a_whole_word_of_a_category_tells_the_kind_and_the_most_telling_wins(texts, kind):
    assert event_type_of(texts) is kind


@pytest.mark.parametrize(
    ("name", "code"), [("France", "FR"), ("ÖSTERREICH", "AT"), ("United Kingdom", "GB"), ("NY", None), ("", None)]
)
def test_a_country_is_known_by_its_names_and_no_state_is_taken_for_one(name, code):
    assert country_code(name) == code
