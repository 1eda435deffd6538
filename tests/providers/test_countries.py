from datetime import datetime

import pytest

from providers import country_code, zone_of_country

SUMMER, WINTER = datetime.fromisoformat("2027-07-01T20:00"), datetime.fromisoformat("2027-01-15T20:00")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Finland", "FI"),
        (" united  STATES ", "US"),
        ("United Kingdom", "GB"),
        ("UK", "GB"),
        ("gb", "GB"),
        ("Czechia", "CZ"),
        ("Czech Republic", "CZ"),
        ("Türkiye", "TR"),
        ("Côte d’Ivoire", "CI"),
        ("South Korea", "KR"),
        ("XX", None),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_a_country_is_known_by_its_name_and_by_its_code(text, code):
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("country", "name"),
    [("GB", "Europe/London"), ("FI", "Europe/Helsinki"), ("DE", "Europe/Berlin"), ("JP", "Asia/Tokyo")],
)
def test_where_all_clocks_of_a_country_agree_its_first_zone_is_meant(country, name):
    assert zone_of_country(country, SUMMER) == zone_of_country(country, WINTER) == name


@pytest.mark.parametrize("country", ["US", "ES", "AU", "UA", "XX", None])
def test_where_they_differ_or_there_is_no_such_country_the_zone_is_not_known(country):
    assert zone_of_country(country, SUMMER) is None
