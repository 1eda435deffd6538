from __future__ import annotations

import json

import pytest

from schema import make_schema, print_sdl
from server.cli import main


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch) -> None:
    for name in ("GATEWAY_CONFIG", "TICKETMASTER_API_KEY", "HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)


def test_the_list_of_providers_fits_80_columns(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["providers", "list"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["PROVIDER", "ASKED", "ORIGIN", "NOTE"]
    assert {row.split()[0] for row in rows} >= {"icalendar", "sample", "ticketmaster"}
    assert max(map(len, [head, *rows])) <= 80


def test_the_list_of_providers_says_what_a_provider_needs(capsys) -> None:
    assert main(["providers", "list"]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("ticketmaster"))
    assert row.split()[1] == "no"
    assert "api_key" in row


def test_the_list_of_providers_as_json_has_the_same_keys_in_every_row(capsys) -> None:
    assert main(["providers", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    for row in rows:
        assert {"slug", "name", "origin", "enabled", "capabilities", "missingSettings"} <= row.keys()
        assert row.keys() == rows[0].keys()
    by_slug = {row["slug"]: row for row in rows}
    assert by_slug["ticketmaster"]["missingSettings"] == ["api_key"]
    assert (by_slug["sample"]["enabled"], by_slug["sample"]["origin"]) == (True, "EMBEDDED")


def test_no_key_is_ever_listed(capsys, monkeypatch) -> None:
    monkeypatch.setenv("TICKETMASTER_API_KEY", "k3y-that-nobody-may-see")
    assert [main(["providers", "list"]), main(["providers", "list", "--json"])] == [0, 0]
    out, err = capsys.readouterr()
    assert "k3y-that-nobody-may-see" not in out + err


def test_the_schema_is_printed_as_it_is(capsys) -> None:
    assert main(["schema", "print"]) == 0
    assert capsys.readouterr().out == print_sdl(make_schema())


@pytest.mark.parametrize("arguments", [[], ["providers"], ["nonsense"], ["serve", "--nonsense"]])
def test_a_command_that_is_none_is_status_2_with_the_usage(arguments: list[str], capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert capsys.readouterr().err.startswith("usage: event-gateway")
