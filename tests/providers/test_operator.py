import pytest

from providers import (
    EventType,
    SettingError,
    checked_setting,
    country_setting,
    event_type_setting,
    whole_number_setting,
    zone_setting,
)


@pytest.mark.parametrize("unset", [{}, {"time_zone": None, "country": None, "event_type": None}, {"country": ""}])
def test_what_is_not_set_says_nothing(unset):
    assert zone_setting(unset) is None
    assert country_setting(unset) is None
    assert event_type_setting(unset) is EventType.OTHER


def test_what_is_set_is_read_in_whatever_case_it_is_written():
    assert zone_setting({"time_zone": "Europe/Rome"}) == "Europe/Rome"
    assert country_setting({"country": "it"}) == "IT"
    assert event_type_setting({"event_type": " music "}) is EventType.MUSIC


@pytest.mark.parametrize(
    ("read", "settings", "message"),
    [
        (zone_setting, {"time_zone": "Middle/Earth"}, "^time_zone: 'Middle/Earth' is not an IANA time zone"),
        (country_setting, {"country": "Italy"}, "^country: 'ITALY' is not an ISO 3166-1"),
        (event_type_setting, {"event_type": "KARAOKE"}, "^event_type: wants one of MUSIC, .*, not 'KARAOKE'"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name_and_what_would_do(read, settings, message):
    with pytest.raises(SettingError, match=message):
        read(settings)


def test_a_number_is_within_its_bounds_or_refused():
    bounds = {"default": 5, "least": 1, "most": 9}
    assert whole_number_setting({}, "days", **bounds) == 5
    assert whole_number_setting({"days": 9}, "days", **bounds) == 9
    with pytest.raises(SettingError, match=r"^days: wants a number from 1 to 9, not 0"):
        whole_number_setting({"days": 0}, "days", **bounds)


def test_what_only_an_adapter_knows_how_to_read_is_refused_alike():
    assert checked_setting("pages", lambda: int("7")) == 7
    with pytest.raises(SettingError, match=r"^pages: .*'x'"):
        checked_setting("pages", lambda: int("x"))
