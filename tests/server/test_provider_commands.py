"""`event-gateway providers describe`, `try`, `check` and `record`, over providers with made-up servers."""

import json
import re
import sys
from datetime import UTC, datetime, timedelta

import pytest

from providers.testing import FakeTicketmaster, ticketmaster_world
from server.cli import main
from server.commands.table import breadth

KEY = "k3y-that-nobody-may-see"
PLUGIN = """
from providers import Attribution, Capability, Info, Listing, Provider, When, page_of
from datetime import UTC, date, datetime, timedelta

TODAY = datetime.now(UTC)
LISTINGS = [
    Listing(id="a", name="Paper \\x1b[31mLions", start=When.at(TODAY + timedelta(hours=2))),
    Listing(id="b", name="東京の夜" * 12, start=When.on(date(2098, 5, 1))),
    Listing(id="c", name="Some day", start=When.in_month(2098, 6)),
    Listing(id="d", name="Some year", start=When.in_year(2099)),
    Listing(id="e", name="Never mind", start=When.unknown()),
]

class OpenStage(Provider):
    info = Info(slug="open-stage", title="Open Stage", homepage="https://openstage.example", countries=("DE", "AT"),
                capabilities=frozenset({Capability.DATE_RANGE}),
                attribution=Attribution(text="By Open Stage", license="CC BY 4.0"))

    async def search(self, query, seek, limit):
        return page_of(LISTINGS, query, seek, limit)
"""
BREAKS = PLUGIN.replace("        return page_of", "        {}['nothing']\n        return page_of")


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("GATEWAY_CONFIG", "TICKETMASTER_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """Installs Open Stage, with that text for a module."""

    def install(text=PLUGIN):
        tmp_path.joinpath("open_stage_plugin.py").write_text(text, encoding="utf-8")
        about = tmp_path / "open_stage_plugin-1.0.dist-info"
        about.mkdir()
        about.joinpath("METADATA").write_text("Metadata-Version: 2.1\nName: open-stage-plugin\nVersion: 1.0\n")
        about.joinpath("entry_points.txt").write_text(
            "[event_gateway.providers]\nopen-stage = open_stage_plugin:OpenStage\n"
        )
        monkeypatch.syspath_prepend(tmp_path)

    yield install
    sys.modules.pop("open_stage_plugin", None)


@pytest.fixture
def upstream(monkeypatch):
    """A Ticketmaster whose events are ahead, and the settings that lead there."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    with FakeTicketmaster(ticketmaster_world(count=40, seed=1, start_day=tomorrow, days=5), api_key=KEY) as upstream:
        monkeypatch.setenv("TICKETMASTER_API_KEY", KEY)
        monkeypatch.setenv("TICKETMASTER_BASE_URL", upstream.url)
        monkeypatch.setenv("TICKETMASTER_REQUESTS_PER_SECOND", "1000")
        yield upstream


@pytest.fixture
def run(capsys):
    """Run a command: its status, and what it prints."""

    def run(*arguments):
        status = main(["providers", *map(str, arguments)])
        out, err = capsys.readouterr()
        return status, out, err

    return run


# What is known of it.


def test_a_description_says_what_is_missing_and_how_to_set_it(run):
    status, out, _ = run("describe", "ticketmaster")
    assert status == 0
    assert "api_key: TICKETMASTER_API_KEY, text, secret, MISSING\n      the Consumer Key of your app" in out
    assert "timeout_seconds: TICKETMASTER_TIMEOUT_SECONDS" in out
    assert "required: Ticketmaster" in out
    assert "5,000 requests a day" in out


@pytest.mark.parametrize("slug", ["icalendar", "open-stage", "sample", "ticketmaster"])
def test_a_description_fits_80_columns(run, plugin, slug):
    plugin()
    _, out, _ = run("describe", slug)
    assert max(map(breadth, out.splitlines())) <= 80


def test_a_description_as_json_has_all_of_its_info(run, plugin):
    plugin()
    _, out, _ = run("describe", "open-stage", "--json")
    told = json.loads(out)
    assert told["countries"] == ["DE", "AT"]
    assert told["limits"]["lookupBatch"] == 1
    assert told["attribution"]["license"] == "CC BY 4.0"
    assert told["origin"] == "PLUGIN"
    assert told["settings"][0]["variable"] == "OPEN_STAGE_ENABLED"


def test_a_feed_has_no_variables(run, tmp_path, monkeypatch):
    config = tmp_path / "gateway.toml"
    config.write_text('[feeds.club]\nkind = "icalendar"\nurl = "https://club.example.org/a.ics"\n')
    monkeypatch.setenv("GATEWAY_CONFIG", str(config))
    _, out, _ = run("describe", "club")
    assert "Settings, in [feeds.club]\n" in out
    assert "ICALENDAR_" not in out + run("describe", "icalendar")[1]


@pytest.mark.parametrize("command", [["describe"], ["try"], ["check"], ["record"]])
def test_a_provider_that_is_none_is_one_line_and_status_2(run, command, tmp_path):
    file = [tmp_path / "x.json"] if command == ["record"] else []
    status, out, err = run(*command, "nonsense", *file)
    assert (status, out) == (2, "")
    assert re.fullmatch(
        r"event-gateway: no provider is called 'nonsense'; there are .*icalendar, .*ticketmaster\n", err
    )


# One search.


def test_a_search_is_a_table_of_80_columns_whatever_the_titles_are(run, plugin):
    plugin()
    status, out, _ = run("try", "open-stage")
    head, first, *rest = out.splitlines()
    assert status == 0
    assert head.split() == ["STARTS", "TITLE", "VENUE"]
    assert "Paper [31mLions" in first
    assert "\x1b" not in out
    assert [line.split()[0] for line in rest[:4]] == ["2098-05-01", "2098-06", "2099", "to"]
    assert max(map(breadth, out.splitlines())) <= 80
    assert "…" in rest[0]


def test_a_search_says_who_filtered_and_what_the_provider_counts(run, upstream):
    status, out, err = run("try", "ticketmaster", "--city", "Berlin", "--first", 3)
    assert status == 0
    assert "3 listings by 1 request; the provider counts" in out
    assert "Filtered by the provider: city, date range." in out
    assert "Asking ticketmaster ..." in err
    assert upstream.requests[0].params["city"] == "Berlin"


def test_what_a_provider_cannot_filter_is_filtered_here(run, plugin):
    plugin()
    _, out, _ = run("try", "open-stage", "--keyword", "some")
    assert "Some day" in out
    assert "Filtered here, of 5 read: keyword." in out


def test_nothing_found_is_no_failure_and_says_what_to_do(run, plugin):
    plugin()
    status, _, err = run("try", "open-stage", "--keyword", "nonsense", "--near", "-33.9,18.4,25")
    assert status == 0
    assert err.endswith("Nothing matches. Search without --keyword or --near.\n")


def test_a_search_as_json_has_listings_and_a_report(run, plugin):
    plugin()
    told = json.loads(run("try", "open-stage", "--first", "2", "--json")[1])
    assert [listing["id"] for listing in told["listings"]] == ["a", "b"]
    assert told["listings"][1]["starts"] == "2098-05-01"
    assert (told["report"]["ended"], told["report"]["total"]) == (False, 5)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (["--near", "1,2"], "--near wants latitude, longitude and kilometres, such as 48.14,11.58,25, not '1,2'"),
        (["--near", "91,2,3"], "--near wants"),
        (["--first", "0"], "--first wants a number from 1 to 10,000, not '0'"),
        (["--city", "Nowhere-on-Earth"], "--city: no town is called 'Nowhere-on-Earth'; try --near instead"),
        (["--city", "Müncheberg am Meer"], "--city: no town is called"),
    ],
)
def test_an_option_that_cannot_be_meant_is_one_line_and_status_2(run, option, said):
    status, out, err = run("try", "sample", *option)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"event-gateway: {said}")


def test_a_key_that_is_missing_is_said_with_its_variable(run):
    assert run("try", "ticketmaster")[::2] == (
        1,
        "event-gateway: ticketmaster needs api_key; set TICKETMASTER_API_KEY\n",
    )


@pytest.mark.usefixtures("upstream")
def test_a_provider_that_refuses_is_one_line(run, monkeypatch):
    monkeypatch.setenv("TICKETMASTER_API_KEY", "another-key")
    status, _, err = run("try", "ticketmaster")
    assert status == 1
    assert err.splitlines()[-1] == "event-gateway: ticketmaster refuses the API key"


def test_a_mistake_in_an_adapter_is_one_line_that_says_where(run, plugin):
    plugin(BREAKS)
    status, _, err = run("try", "open-stage")
    assert status == 1
    assert "event-gateway: open-stage raises KeyError: 'nothing' (" in err
    assert "open_stage_plugin.py, line 2" in err
    assert "Traceback" not in err


def test_what_the_kit_refuses_is_told_with_the_adapters_own_line(run, plugin):
    plugin(
        PLUGIN.replace("        return page_of", "        Listing(id='', name='', start=None)\n        return page_of")
    )
    _, _, err = run("try", "open-stage")
    assert "open-stage raises ValueError: an id has 1 to 500 characters" in err
    assert "open_stage_plugin.py, line" in err


# The contract.


def test_a_check_is_one_line_a_promise(run, plugin):
    plugin()
    status, out, err = run("check", "open-stage")
    *promises, sum_ = out.splitlines()
    assert status == 0
    assert "ok            a page is sorted" in promises
    assert "not declared  near keeps what is near" in promises
    assert sum_ == f"{sum(line.startswith('ok') for line in promises)} ok, " + sum_.partition(", ")[2]
    assert "Checking open-stage, with up to 100 listings ..." in err


def test_a_broken_promise_is_status_1_and_says_what_to_mend(run, plugin):
    plugin(PLUGIN.replace("LISTINGS, query", "LISTINGS, type(query)()"))
    status, out, _ = run("check", "open-stage")
    assert status == 1
    line = next(line for line in out.splitlines() if line.startswith("broken"))
    assert line.startswith("broken        a date range keeps what starts in it: declares DATE_RANGE, but")


def test_what_was_recorded_is_checked_without_a_network_or_a_key(run, upstream, monkeypatch, tmp_path):
    file = tmp_path / "ticketmaster.json"
    status, _, err = run("check", "ticketmaster", "--record", file)
    assert status == 0
    assert f"Wrote {file}." in err
    asked = len(upstream.requests)
    monkeypatch.delenv("TICKETMASTER_API_KEY")
    status, out, _ = run("check", "ticketmaster", "--cassette", file)
    assert status == 0
    assert not {"broken", "unproven"} & {line.split()[0] for line in out.splitlines()}
    assert len(upstream.requests) == asked
    assert KEY not in file.read_text() + out


def test_a_cassette_of_another_provider_is_of_no_use(run, tmp_path):
    file = tmp_path / "empty.json"
    file.write_text(
        '{"format": "event-gateway cassette 1", "recorded_at": "2026-11-24T12:00:00+00:00", "exchanges": []}'
    )
    status, out, err = run("check", "ticketmaster", "--cassette", file)
    assert status == 1
    assert "unproven      a page is sorted: empty.json has no answer to GET" in out
    assert err.splitlines()[-1] == f"event-gateway: {file} holds nothing of what ticketmaster asks"


@pytest.mark.usefixtures("upstream")
def test_a_wrong_key_is_one_line_and_not_thirty(run, monkeypatch):
    monkeypatch.setenv("TICKETMASTER_API_KEY", "another-key")
    assert run("check", "ticketmaster") == (1, "", "event-gateway: ticketmaster refuses the API key\n")


@pytest.mark.parametrize("module", ["pytest", "pytest_asyncio"])
def test_without_pytest_a_check_says_what_to_install(run, monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    status, out, err = run("check", "sample")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "python -m pip install pytest pytest-asyncio" in err


# Recordings.


def test_a_recording_is_one_search_and_one_lookup(run, upstream, tmp_path):
    file = tmp_path / "tape.json"
    status, out, err = run("record", "ticketmaster", file, "--city", "Berlin")
    assert status == 0
    assert out.startswith(f"Wrote {file}: {len(upstream.requests)} requests, ")
    exchanges = json.loads(file.read_text())["exchanges"]
    assert ["id=" in exchange["request"]["url"] for exchange in exchanges] == [False, True]
    assert all("apikey=***" in exchange["request"]["url"] for exchange in exchanges)
    assert KEY not in file.read_text() + out + err
    assert f"--cassette {file}" in err


@pytest.mark.usefixtures("upstream")
def test_a_cassette_may_be_recorded_over_and_nothing_else(run, tmp_path):
    file, letter = tmp_path / "tape.json", tmp_path / "letter.txt"
    letter.write_text("Dear all")
    assert [run("record", "ticketmaster", file)[0] for _ in range(2)] == [0, 0]
    status, _, err = run("record", "ticketmaster", letter)
    assert (status, letter.read_text()) == (2, "Dear all")
    assert err == f"event-gateway: {letter} is there already, and is no cassette: name another file\n"


def test_where_nothing_can_be_written_nothing_is_asked(run, upstream, tmp_path):
    status, _, err = run("record", "ticketmaster", tmp_path / "no" / "tape.json")
    assert (status, upstream.requests) == (2, [])
    assert "there is no such folder" in err


def test_a_provider_without_requests_has_nothing_to_record(run, tmp_path):
    status, _, err = run("record", "sample", tmp_path / "tape.json")
    assert status == 1
    assert err.splitlines()[-1] == "event-gateway: sample sent no request, so there is nothing to record"
    assert not (tmp_path / "tape.json").exists()


def test_a_cassette_that_is_not_there_is_one_line(run, tmp_path):
    status, _, err = run("check", "sample", "--cassette", tmp_path / "none.json")
    assert status == 2
    assert err == f"event-gateway: {tmp_path / 'none.json'} cannot be read (No such file or directory)\n"
