from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from providers import SettingError
from server.cli import main
from server.settings import read_settings

SECRET = "a secret of the operator's own"


@pytest.fixture
def write(tmp_path: Path) -> object:
    """A configuration file with this text; its path."""

    def write(text: str) -> str:
        path = tmp_path / "gateway.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_nothing_set_is_fine() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.secret) == ("127.0.0.1", 8000, None)
    assert settings.data_dir.name == "event-gateway"


def test_everything_can_stand_in_the_file(write) -> None:
    path = write(
        f'host = "0.0.0.0"\nport = 9000\ndata_dir = "/data"\nsecret = "{SECRET}"\n'
        '[providers.sample]\nenabled = true\n[feeds.jazz]\nkind = "icalendar"\n'
    )
    settings = read_settings({"GATEWAY_CONFIG": path})
    assert (settings.host, settings.port, settings.data_dir, settings.secret) == (
        "0.0.0.0",  # noqa: S104 - read, not bound
        9000,
        Path("/data"),
        SECRET,
    )
    assert settings.configuration.providers == {"sample": {"enabled": True}}
    assert settings.configuration.feeds == {"jazz": {"kind": "icalendar"}}


def test_what_accounts_need_is_set_in_the_file_or_the_environment(write) -> None:
    given = {
        "database_url": "postgresql://ann@db/events",
        "previous_secrets": f"{SECRET} one,{SECRET} two",
        "public_url": "https://events.example.org/",
        "trusted_proxies": "10.0.0.0/8",
        "registration": "closed",
        "oidc_issuer": "https://id.example.org/",
        "oidc_audience": "events",
    }
    in_file = read_settings({"GATEWAY_CONFIG": write("\n".join(f'{key} = "{value}"' for key, value in given.items()))})
    variables = {"database_url": "DATABASE_URL"} | {
        key: f"GATEWAY_{key.upper()}" for key in given if key != "database_url"
    }
    in_environment = read_settings({variables[key]: value for key, value in given.items()})
    for settings in (in_file, in_environment):
        assert settings.database_url == "postgresql://ann@db/events"
        assert settings.previous_secrets == (f"{SECRET} one", f"{SECRET} two")
        assert (settings.public_url, settings.trusted_proxies) == ("https://events.example.org", "10.0.0.0/8")
        assert settings.registration_open is False
        # An issuer is compared letter by letter, its slash included.
        assert settings.oidc == ("https://id.example.org/", "events")


def test_accounts_are_kept_in_the_data_folder_unless_told_otherwise() -> None:
    settings = read_settings({"GATEWAY_DATA_DIR": "/data"})
    assert settings.database_url == "sqlite:////data/event-gateway.sqlite3"
    assert (settings.registration_open, settings.public_url, settings.oidc) == (True, None, None)


def test_the_environment_wins_over_the_file(write) -> None:
    path = write('host = "10.0.0.1"\nport = 9000\n')
    settings = read_settings(
        {
            "GATEWAY_CONFIG": path,
            "HOST": "::1",
            "PORT": "0",
            "GATEWAY_DATA_DIR": "/elsewhere",
            "GATEWAY_SECRET": SECRET,
        }
    )
    assert (settings.host, settings.port, settings.data_dir) == ("::1", 0, Path("/elsewhere"))
    assert settings.secrets() == [SECRET.encode()]


def test_an_empty_variable_is_as_if_unset(write) -> None:
    settings = read_settings({"GATEWAY_CONFIG": write("port = 9000"), "PORT": "", "GATEWAY_SECRET": ""})
    assert (settings.port, settings.secret) == (9000, None)


BAD_FILES = {
    "unknown key": ("hots = 'x'", "hots: no such key; known are data_dir, database_url, feeds, host, "),
    "a secret of old that is short": ("previous_secrets = 'short'", "previous_secrets: wants at least 16 characters"),
    "registration neither open nor closed": ("registration = 'ajar'", "registration: wants open or closed, not 'ajar'"),
    "no public address": ("public_url = 'events.example.org'", "public_url: wants an address such as https://"),
    "an issuer without an audience": ("oidc_issuer = 'https://id.example.org'", "oidc_issuer and oidc_audience: one"),
    "no TOML": ("port 8000", "GATEWAY_CONFIG: "),
    "port too high": ("port = 65536", "port: wants a whole number from 0 to 65535, not '65536'"),
    "port negative": ("port = -1", "port: wants"),
    "port true": ("port = true", "port: wants"),
    "port half": ("port = 80.5", "port: wants"),
    "a number of 5,000 digits": (f"port = {'9' * 5_000}", "GATEWAY_CONFIG: "),
    "5,000 brackets": (f"port = {'[' * 5_000}{']' * 5_000}", "GATEWAY_CONFIG: "),
    "host a number": ("host = 1", "host: wants a text, not 1"),
    "secret short": ("secret = 'short'", "secret: wants at least 16 characters"),
    "providers no table": ("providers = 1", "providers: wants tables"),
    "feeds no tables": ("[feeds]\njazz = 'x'", "feeds: wants tables"),
    "unknown provider": ("[providers.nobody]\nenabled = true", "providers.nobody: no such provider"),
    "unknown key of a provider": ("[providers.sample]\nenabeld = true", "providers.sample.enabeld: "),
    "feed of no kind": (
        "[feeds.jazz]\nurl = 'https://x.example/a.ics'",
        "feeds.jazz.kind: wants one of gancio, icalendar, ",
    ),
}


@pytest.mark.parametrize(("text", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_setting_that_cannot_be_meant_is_one_line_and_status_2(text: str, message: str, write, capsys, monkeypatch):
    monkeypatch.setenv("GATEWAY_CONFIG", write(text))
    assert main(["providers", "list"]) == 2
    out, err = capsys.readouterr()
    assert err.startswith(f"event-gateway: {message}")
    assert (out, err.count("\n")) == ("", 1)


@pytest.mark.parametrize("port", ["x", "-1", "65536", "٣", "9" * 5_000, "80 80"])
def test_a_bad_port_is_refused_wherever_it_comes_from(port: str, capsys, monkeypatch) -> None:
    assert main(["serve", f"--port={port}"]) == 2
    monkeypatch.setenv("PORT", port)
    assert main(["serve"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.startswith("event-gateway: port: wants a whole number from 0 to 65535") for line in lines] == [
        True
    ] * 2


@pytest.mark.parametrize("name", ["missing.toml", "."])
def test_a_file_that_cannot_be_read_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"GATEWAY_CONFIG: .* cannot be read"):
        read_settings({"GATEWAY_CONFIG": str(tmp_path / name)})


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    environment = {"GATEWAY_DATA_DIR": str(tmp_path / "new" / "data")}
    key = read_settings(environment).secrets()[0]
    path = tmp_path / "new" / "data" / "secret"
    assert len(key) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_settings(environment).secrets()[0] == key
    assert [each.name for each in path.parent.iterdir()] == ["secret"]


def test_eight_that_start_at_once_have_one_secret(tmp_path: Path) -> None:
    for attempt in range(20):
        environment = {"GATEWAY_DATA_DIR": str(tmp_path / str(attempt))}
        barrier = Barrier(8)

        def key(environment: dict[str, str] = environment, barrier: Barrier = barrier) -> bytes:
            barrier.wait()
            return read_settings(environment).secrets()[0]

        with ThreadPoolExecutor(8) as pool:
            keys = {future.result() for future in [pool.submit(key) for _ in range(8)]}
        assert len(keys) == 1
        assert len(keys.pop()) == 64


def test_an_empty_secret_file_signs_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    with pytest.raises(SettingError, match="holds fewer than 16 characters"):
        read_settings({"GATEWAY_DATA_DIR": str(tmp_path)}).secrets()[0]


def test_a_data_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingError, match=r"cannot be kept .* set GATEWAY_DATA_DIR or GATEWAY_SECRET"):
        read_settings({"GATEWAY_DATA_DIR": str(tmp_path / "file" / "data")}).secrets()[0]


def test_street_tiles_are_off_and_openstreetmaps_where_nobody_says_otherwise() -> None:
    assert read_settings({}).map_tiles is None
    url = "https://{s}.tiles.example.org/{z}/{x}/{y}.png"
    tiles = read_settings({"MAP_TILES_URL": url}).map_tiles
    assert tiles is not None
    assert tiles.url == url
    assert "OpenStreetMap" in tiles.attribution
    assert read_settings({"MAP_TILES_URL": url, "MAP_TILES_ATTRIBUTION": "Us"}).map_tiles == (url, "Us")


@pytest.mark.parametrize(
    "url",
    [
        "tiles.example.org/{z}/{x}/{y}.png",
        "https://tiles.example.org/{z}/{x}.png",
        "https://example.org; script-src */{z}/{x}/{y}",
        "https://{s}tiles.example.org/{z}/{x}/{y}",
        "javascript:{z}{x}{y}",
    ],
)
def test_tiles_that_cannot_be_or_would_widen_the_policy_are_refused(url: str) -> None:
    with pytest.raises(SettingError, match="map_tiles_url: wants an address"):
        read_settings({"MAP_TILES_URL": url})
