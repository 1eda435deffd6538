from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime

import pytest

from gateway.accounts import Accounts, Client, Database, Facts, FavouriteKind, FavouriteStore, Subject
from gateway.ids import Kind, Ref
from gateway.keys import Keys
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


@pytest.fixture
def _database(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GATEWAY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.mark.usefixtures("_database")
def test_the_database_is_brought_up_to_date_by_one_command(capsys) -> None:
    assert main(["db", "upgrade"]) == 0
    assert re.fullmatch(r"The database was upgraded from nothing to \d{4}\.\n", capsys.readouterr().out)
    assert main(["db", "upgrade"]) == 0
    assert re.fullmatch(r"The database is up to date \(\d{4}\)\.\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", 1, "the database cannot be upgraded: "),
        ("mysql://host/name", 2, 'database_url: wants "sqlite:///path/to/file" or "postgresql://'),
    ],
)
def test_a_database_that_cannot_be_had_is_one_line(url: str, status: int, said: str, monkeypatch, capsys) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["db", "upgrade"]) == status
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"event-gateway: {said}")


@pytest.mark.usefixtures("_database")
def test_all_that_is_kept_of_somebody_is_printed_as_json(capsys, tmp_path) -> None:
    main(["db", "upgrade"])

    async def register() -> None:
        database = Database(f"sqlite:///{tmp_path / 'data' / 'event-gateway.sqlite3'}")
        accounts = Accounts(database, keys=Keys([b"k" * 32]).named("x"), clock=lambda: datetime(2026, 6, 1, tzinfo=UTC))
        signed_in = await accounts.register("Ann@example.org", "correct horse", "Ännchen", Client("192.0.2.1"))
        ref = Ref(Kind.EVENT, "radio", "1")
        subject = Subject(kind=FavouriteKind.EVENT, refs=(ref,), facts=Facts(name="The Night"))
        await FavouriteStore(database).keep(signed_in.user.user_id, subject, "a note", datetime(2026, 6, 1, tzinfo=UTC))
        await database.aclose()

    asyncio.run(register())
    capsys.readouterr()
    assert main(["users", "export", "ann@EXAMPLE.org"]) == 0
    out = capsys.readouterr().out
    everything = json.loads(out)
    assert "Ännchen" in out
    assert everything["user"]["email"] == "Ann@example.org"
    assert [each["note"] for each in everything["favourites"]] == ["a note"]
    assert everything["favourites"][0]["records"] == [{"provider": "radio", "id": "1"}]
    assert (len(everything["sessions"]), everything["calendarFeed"]) == (1, None)


@pytest.mark.usefixtures("_database")
def test_of_nobody_nothing_is_printed(capsys) -> None:
    main(["db", "upgrade"])
    capsys.readouterr()
    assert main(["users", "export", "nobody@example.org"]) == 1
    assert capsys.readouterr() == ("", "event-gateway: nobody has the e-mail address nobody@example.org\n")
