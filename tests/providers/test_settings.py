import pytest

from providers import Info, Setting, SettingError, common_settings
from providers.sdk.settings import check

INFO = Info(
    slug="stage",
    title="Stage",
    settings=(
        Setting(name="api_key", required=True, secret=True),
        Setting(name="pages", kind=int, default=3),
        Setting(name="weight", kind=float),
        Setting(name="draft", kind=bool, default=False),
        Setting(name="tags", kind=list),
        Setting(name="shift", kind=int, required=True, default=0),
    ),
)


def test_every_declared_setting_has_a_value_and_what_is_missing_is_named():
    settings = check(INFO, {}, "providers.stage")
    assert settings.own == {"api_key": None, "pages": 3, "weight": None, "draft": False, "tags": None, "shift": 0}
    assert settings.missing == ("api_key",), "0 is a value"
    assert settings.timeout_seconds == 10


@pytest.mark.parametrize(
    ("table", "missing"), [({}, ("agreed",)), ({"agreed": "no"}, ("agreed",)), ({"agreed": True}, ())]
)
def test_what_must_be_agreed_to_is_missing_until_it_is(table, missing):
    info = Info(slug="a", title="A", settings=(Setting(name="agreed", kind=bool, required=True),))
    assert check(info, table, "p").missing == missing


def test_texts_from_the_environment_are_read_as_their_kind():
    table = {"api_key": "k", "pages": "7", "weight": "1.5", "draft": "Yes", "tags": "a, b,,", "enabled": "off"}
    settings = check(INFO, table, "providers.stage")
    assert settings.own == {"api_key": "k", "pages": 7, "weight": 1.5, "draft": True, "tags": ["a", "b"], "shift": 0}
    assert settings.enabled is False


def test_a_whole_number_is_a_number_and_an_empty_text_is_missing():
    settings = check(INFO, {"api_key": "", "weight": 2, "timeout_seconds": 5}, "providers.stage")
    assert (settings.own["weight"], settings.timeout_seconds, settings.missing) == (2.0, 5.0, ("api_key",))


@pytest.mark.parametrize(
    ("said", "missing"), [(None, True), (False, True), ("no", True), (True, False), ("yes", False)]
)
def test_a_required_consent_is_missing_until_it_is_a_yes(said, missing):
    info = Info(slug="a", title="A", settings=(Setting(name="agreed", kind=bool, required=True),))
    table = {} if said is None else {"agreed": said}
    assert check(info, table, "p").missing == (("agreed",) if missing else ())


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"key": "k"}, r"^p\.key: no such key; known are api_key, base_url"),
        ({"pages": "many"}, r"^p\.pages: wants a whole number$"),
        ({"pages": True}, r"^p\.pages: wants a whole number$"),
        ({"pages": 1.5}, r"^p\.pages: wants a whole number$"),
        ({"api_key": 12}, r"^p\.api_key: wants a text$"),
        ({"weight": True}, r"^p\.weight: wants a number$"),
        ({"draft": "perhaps"}, r"^p\.draft: wants true or false$"),
        ({"tags": [1]}, r"^p\.tags: wants a list of texts$"),
        ({"requests_per_second": 0}, r"^p\.requests_per_second: wants a number greater than 0, not 0$"),
        ({"timeout_seconds": "nan"}, r"^p\.timeout_seconds: wants a number greater than 0"),
        ({"timeout_seconds": "inf"}, r"^p\.timeout_seconds: wants a number greater than 0"),
        ({"base_url": "api.example.org"}, r"^p\.base_url: wants an address"),
        ({"base_url": "file:///etc"}, r"^p\.base_url: wants an address"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_full_name(table, message):
    with pytest.raises(SettingError, match=message):
        check(INFO, table, "p")


def test_a_wrong_secret_is_not_repeated():
    info = Info(slug="a", title="A", settings=(Setting(name="pin", kind=int, secret=True),))
    with pytest.raises(SettingError) as caught:
        check(info, {"pin": "hunter-two"}, "p")
    assert "hunter-two" not in str(caught.value)


def test_the_secrets_are_those_that_are_set():
    assert check(INFO, {"api_key": "swordfish"}, "p").secrets(INFO) == ["swordfish"]
    assert check(INFO, {}, "p").secrets(INFO) == []


def test_a_setting_knows_the_variable_that_sets_it():
    assert Setting(name="api_key").variable("open-stage") == "OPEN_STAGE_API_KEY"


def test_the_settings_that_every_provider_has_are_known_by_name():
    assert {"enabled", "base_url", "timeout_seconds"} <= {setting.name for setting in common_settings()}
