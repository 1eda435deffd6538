import pytest

from providers import EventType, event_type_of


@pytest.mark.parametrize(
    ("categories", "kind"),
    [
        (["Konzert"], EventType.MUSIC),
        (["Music Festival"], EventType.FESTIVAL),
        (["club", "Lesung"], EventType.LITERARY),
        (["opéra"], EventType.THEATER),
        (["Jazz & Swing"], EventType.MUSIC),
        (["Théâtre"], EventType.THEATER),
        (["music", "Festivals d'été"], EventType.FESTIVAL),
        (["atelier"], EventType.EDUCATION),
        (["concerted effort"], None),
        (["something", ""], None),
        ([], None),
    ],
)
def test_categories_tell_the_more_telling_kind_of_those_they_name(categories, kind):
    assert event_type_of(categories) is kind
