from __future__ import annotations

import base64
import re
import secrets
import signal
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from providers import SettingError, discover
from server.cli import main
from server.settings import read_settings, variables
from server.variables import fault_of, unknown_names

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
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


def test_workers_and_metrics_are_set_in_the_file_or_the_environment(write) -> None:
    settings = read_settings({})
    assert (settings.workers, settings.metrics_port, settings.revision) == (1, None, "unknown")
    in_file = read_settings({"GATEWAY_CONFIG": write('workers = 3\nmetrics_port = 9090\nrevision = "abc1234"\n')})
    in_environment = read_settings({"GATEWAY_WORKERS": "3", "METRICS_PORT": "9090", "GATEWAY_REVISION": "abc1234"})
    for settings in (in_file, in_environment):
        assert (settings.workers, settings.metrics_port, settings.revision) == (3, 9090, "abc1234")


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


REDIS = [
    "redis://valkey:6379/0",
    "redis://valkey",
    "rediss://:p%40ss@valkey.example.org:6380/15",
    "redis://ann:secret@10.0.0.1/",
    "redis://[::1]:6379",
]


@pytest.mark.parametrize("address", REDIS)
def test_a_shared_cache_is_set_in_the_file_or_the_environment(address: str, write) -> None:
    assert read_settings({"REDIS_URL": address}).redis_url == address
    assert read_settings({"GATEWAY_CONFIG": write(f'redis_url = "{address}"')}).redis_url == address
    assert read_settings({"REDIS_URL": ""}).redis_url is None


@pytest.mark.parametrize(
    "address",
    [
        "valkey:6379",
        "http://valkey",
        "redis://",
        "redis://:hunter22@",
        "redis://:hunter22@valkey:99999",
        "redis://:hunter22@valkey:0",
        "redis://:hunter22@valkey/events",
        "redis://:hunter22@valkey/0?socket_timeout=99",
        "redis://:hunter22/@valkey",
        "redis://:hunter22@valkey /0",
        "redis://:hunter22@valkey/0\n",
        "unix:///run/valkey.sock",
    ],
)
def test_an_address_that_is_none_of_a_shared_cache_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(SettingError, match=r"^redis_url: wants an address such as redis://") as refused:
        read_settings({"REDIS_URL": address})
    assert "hunter22" not in str(refused.value)


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
    "unknown key": ("hots = 'x'", "hots: no such key; known are data_dir, database_url, "),
    "a secret of old that is short": ("previous_secrets = 'short'", "previous_secrets: wants at least 16 characters"),
    "registration neither open nor closed": ("registration = 'ajar'", "registration: wants open or closed, not 'ajar'"),
    "no public address": ("public_url = 'events.example.org'", "public_url: wants an address such as https://"),
    "an issuer without an audience": ("oidc_issuer = 'https://id.example.org'", "oidc_issuer and oidc_audience: one"),
    "no TOML": ("port 8000", "GATEWAY_CONFIG: "),
    "port too high": ("port = 65536", "port: wants a whole number from 0 to 65535, not '65536'"),
    "port negative": ("port = -1", "port: wants"),
    "port true": ("port = true", "port: wants"),
    "port half": ("port = 80.5", "port: wants"),
    "no workers": ("workers = 0", "workers: wants a whole number from 1 to 64, not '0'"),
    "too many workers": ("workers = 65", "workers: wants a whole number from 1 to 64"),
    "metrics nowhere": ("metrics_port = 'off'", "metrics_port: wants a whole number from 0 to 65535, not 'off'"),
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


# What Kubernetes adds for Services called gateway, event-gateway, metrics, skiddle, postgres and valkey.
LINKS = {
    "EVENT_GATEWAY_PORT": "tcp://10.0.0.7:80",
    "EVENT_GATEWAY_SERVICE_HOST": "10.0.0.7",
    "GATEWAY_PORT": "tcp://10.0.0.7:80",
    "GATEWAY_PORT_8000_TCP": "tcp://10.0.0.7:8000",
    "GATEWAY_PORT_8000_TCP_ADDR": "10.0.0.7",
    "GATEWAY_PORT_8000_TCP_PORT": "8000",
    "GATEWAY_PORT_8000_TCP_PROTO": "tcp",
    "GATEWAY_PORT_53_UDP": "udp://10.0.0.7:53",
    "GATEWAY_SERVICE_HOST": "10.0.0.7",
    "GATEWAY_SERVICE_PORT": "80",
    "GATEWAY_SERVICE_PORT_HTTP": "80",
    "METRICS_PORT": "tcp://10.0.0.8:9090",
    "METRICS_SERVICE_HOST": "10.0.0.8",
    "SKIDDLE_PORT_80_TCP": "tcp://10.0.0.9:80",
    "SKIDDLE_SERVICE_PORT": "80",
    "POSTGRES_PORT": "tcp://10.0.0.5:5432",
    "VALKEY_PORT": "tcp://10.0.0.6:6379",
}


def test_what_kubernetes_adds_for_its_services_is_nobodys_setting() -> None:
    settings = read_settings(LINKS, discover())
    assert (settings.port, settings.metrics_port) == (8000, None)


UNKNOWN = {
    "GATEWAY_SECERT": "did you mean GATEWAY_SECRET?",
    "GATEWAY_LOGFORMAT": "did you mean GATEWAY_LOG_FORMAT?",
    "GATEWAY_PORT": "",  # with a number it is a person's
    "METRICS_PROT": "did you mean METRICS_PORT?",
    "TICKETMASTER_APIKEY": "did you mean TICKETMASTER_API_KEY?",
    "SCHEMA_ORG_ENABELD": "did you mean SCHEMA_ORG_ENABLED?",
    "GATEWAY_": "",
}


@pytest.mark.parametrize(("name", "hint"), UNKNOWN.items())
def test_a_name_that_looks_like_ours_and_is_none_is_told_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(SettingError) as raised:
        read_settings({name: "8000"}, discover())
    assert str(raised.value).startswith(f"{name}: no such setting; {hint}")


def test_names_that_do_not_look_like_ours_are_left_alone() -> None:
    read_settings({"PATH": "x", "APIGATEWAY_X": "x", "TICKET_API_KEY": "x", "DATABASE_HOST": "x"}, discover())


def test_every_setting_that_the_page_names_is_known() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert named >= {"GATEWAY_SECRET", "DATABASE_URL"}
    ours = {name for name in named if name.startswith(("GATEWAY_", "METRICS_"))}
    assert [name for name in sorted(ours) if list(unknown_names({name: "x"}, variables(), []))] == []


SPOILT = {
    "a line break at its end": (f"{SECRET}\n", "begins or ends with blanks or a line break"),
    "a blank before it": (f" {SECRET}", "begins or ends with blanks"),
    "a line break within": ("a secret of\nthe operator's own", "holds a line break"),
    "quotation marks": (f'"{SECRET}"', "stands in quotation marks"),
    "single ones": (f"'{SECRET}'", "stands in quotation marks"),
    "base64": (base64.b64encode(SECRET.encode()).decode(), "is the base64 of a text"),
    "base64 of a line": (base64.b64encode(f"{SECRET}\n".encode()).decode(), "is the base64 of a text"),
    "changeme": ("changeme", "is a placeholder"),
    "dots": ("...", "is a placeholder"),
    "a word for it": ("<your secret here>", "is a placeholder"),
    "a variable that nobody filled in": ("${GATEWAY_SECRET}", "is a placeholder"),
    "REPLACE-ME": ("REPLACE-ME-with-a-long-secret", "is a placeholder"),
}


@pytest.mark.parametrize("name", ["GATEWAY_SECRET", "DATABASE_URL", "TICKETMASTER_API_KEY"])
@pytest.mark.parametrize(("value", "fault"), SPOILT.values(), ids=SPOILT)
def test_a_secret_that_came_to_harm_is_named_and_never_shown(name: str, value: str, fault: str) -> None:
    with pytest.raises(SettingError) as raised:
        read_settings({name: value}, discover())
    first = str(raised.value).splitlines()[0]
    assert first.startswith(f"{name}: {fault}")
    assert value.strip() not in first


def test_a_password_in_an_address_that_nobody_has_set_is_told() -> None:
    with pytest.raises(SettingError, match="DATABASE_URL: is a placeholder"):
        read_settings({"DATABASE_URL": "postgresql://events:changeme@db/events"})


def test_secrets_of_chance_letters_are_none_that_came_to_harm() -> None:
    for make in (
        secrets.token_hex,
        secrets.token_urlsafe,
        lambda size: base64.b64encode(secrets.token_bytes(size)).decode(),
    ):
        for size in (12, 16, 24, 32, 48):
            assert [fault_of(make(size)) for _ in range(200)] == [None] * 200
    assert fault_of("postgresql://events:yourself@db/events") is None


def test_several_mistakes_are_told_together_each_in_a_line(capsys, monkeypatch) -> None:
    for name in ("GATEWAY_CONFIG", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GATEWAY_SECERT", SECRET)
    monkeypatch.setenv("TICKETMASTER_APIKEY", "k3y")
    monkeypatch.setenv("SKIDDLE_API_KEY", "k3y-with-a-line-break\n")
    monkeypatch.setenv("PORT", "eighty")
    assert main(["serve"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(": ")[:2] for line in err.splitlines()] == [
        ["event-gateway", "GATEWAY_SECERT"],
        ["event-gateway", "TICKETMASTER_APIKEY"],
        ["event-gateway", "SKIDDLE_API_KEY"],
        ["event-gateway", "port"],
    ]
    assert "k3y" not in err


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("GATEWAY_LOG_FORMAT", "xml", "log_format: wants text or json, not 'xml'"),
        ("GATEWAY_DRAIN_SECONDS", "soon", "drain_seconds: wants a whole number from 0 to 600"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector", "OTEL_EXPORTER_OTLP_ENDPOINT: wants an address"),
    ],
)
def test_a_setting_of_operation_that_cannot_be_is_told(name: str, value: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        read_settings({name: value})


async def test_a_secret_that_is_missing_is_named_in_one_line(run) -> None:
    process = await run(
        "serve", "--port=0", TICKETMASTER_ENABLED="true", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"
    )
    await process.says("Stop it with")
    process.signal(signal.SIGTERM)
    status, _, err = await process.ends()
    assert status == 0
    assert sum("provider ticketmaster needs api_key" in line for line in err.splitlines()) == 1
    assert sum("GATEWAY_SECRET is not set" in line for line in err.splitlines()) == 1


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
