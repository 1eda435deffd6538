"""`event-gateway matches list` and `undo`, over a database of each kind."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import httpx
import pytest

from gateway.accounts import Accounts, Client, Database, MatchStore, Settled, pair_of
from gateway.ids import Kind, Ref
from gateway.keys import Keys
from server.app import create_app, make_gateway
from server.cli import main
from server.commands.table import breadth

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
AB = pair_of(Ref(Kind.EVENT, "ticketmaster", "G5vYZ9Kl3aX1e"), Ref(Kind.EVENT, "skiddle", "41\x1b[31m001"))
AC = pair_of(
    Ref(Kind.EVENT, "ticketmaster", "G5vYZ9Kl3aX1e"), Ref(Kind.EVENT, "harbour-hall", "2026-06-01@hall.example")
)


async def _say(url: str) -> None:
    """Ann says that two are one, and that two are not; Bob says the opposite of the first, and leaves."""
    database = Database(url)
    accounts = Accounts(database, keys=Keys([b"k" * 32]).named("x"), clock=lambda: NOW)
    store = MatchStore(database)
    ann, bob = [
        (await accounts.register(f"{name}@example.org", "correct horse", None, Client())).user
        for name in ("ann", "bob")
    ]
    await store.say(ann.user_id, [AB], NOW, is_same=True)
    await store.say(ann.user_id, [AC], NOW + timedelta(minutes=1), is_same=False)
    await store.say(bob.user_id, [AB], NOW + timedelta(minutes=2), is_same=False)
    await accounts.delete(bob, "correct horse", Client())
    await database.aclose()


@pytest.fixture
def _settings(database_url, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("DATABASE_URL", database_url)


@pytest.fixture
def _said(database_url, _settings) -> None:
    asyncio.run(_say(database_url))


@pytest.fixture
def settled(database_url):
    """What holds in the database."""

    async def settled() -> Settled:
        database = Database(database_url)
        try:
            return await MatchStore(database).settled()
        finally:
            await database.aclose()

    return lambda: asyncio.run(settled())


@pytest.mark.usefixtures("_said")
def test_the_list_has_the_newest_first_in_as_many_columns_as_there_are(capsys) -> None:
    assert main(["matches", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["ID", "3", "2", "1"]
    assert max(map(breadth, lines)) <= 80
    assert "2026-06-01 12:02  (has left)" in lines[1]
    assert "ann@example.org" in lines[2]
    assert [word for line in lines[1:] for word in ("in force", "outvoted", "undone") if word in line] == [
        "in force",
        "in force",
        "outvoted",
    ]
    assert "\x1b" not in "".join(lines)


@pytest.mark.usefixtures("_said")
def test_as_json_nothing_is_cut_off(capsys) -> None:
    assert main(["matches", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["id"], row["author"], row["isSame"], row["standing"]) for row in rows] == [
        (3, None, False, "in force"),
        (2, "ann@example.org", False, "in force"),
        (1, "ann@example.org", True, "outvoted"),
    ]
    assert rows[1]["records"] == [
        {"provider": "harbour-hall", "id": "2026-06-01@hall.example"},
        {"provider": "ticketmaster", "id": "G5vYZ9Kl3aX1e"},
    ]
    assert (rows[1]["saidAt"], rows[1]["undoneAt"]) == ("2026-06-01T12:01:00+00:00", None)


@pytest.mark.usefixtures("_said")
def test_what_is_undone_counts_no_more_and_is_told(capsys, settled) -> None:
    assert settled().apart == {AB, AC}
    assert main(["matches", "undo", "3"]) == 0
    assert capsys.readouterr().out == "Undone: skiddle:41 [31m001 ≠ ticketmaster:G5vYZ9Kl3aX1e, said by (has left).\n"
    assert (settled().same, settled().apart) == ({AB}, {AC})
    assert main(["matches", "undo", "3", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert (row["id"], row["standing"]) == (3, "undone")
    main(["matches", "list"])
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines() if "undone" in line] == ["3"]


@pytest.mark.usefixtures("_settings")
def test_where_nobody_has_said_anything_the_list_says_so(capsys) -> None:
    assert main(["matches", "list"]) == 0
    assert capsys.readouterr().out == "Nobody has said anything yet.\n"
    assert main(["matches", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.usefixtures("_said")
def test_a_number_that_is_not_there_is_one_line(capsys) -> None:
    assert main(["matches", "undo", "2147483647"]) == 1
    said = "event-gateway: there is no 2147483647; `event-gateway matches list` shows what there is\n"
    assert capsys.readouterr() == ("", said)


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "2147483648", "9" * 5_000, ""])
def test_what_is_no_number_is_a_misuse(number, capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["matches", "undo", number])
    assert capsys.readouterr().err.startswith("usage: event-gateway matches undo")


@pytest.mark.parametrize("command", [["list"], ["list", "--json"], ["undo", "1"]])
@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:///{folder}/none/made.sqlite3"])
def test_a_database_that_is_away_is_told_with_what_to_check(url, command, monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setenv("DATABASE_URL", url.format(folder=tmp_path))
    assert main(["matches", *command]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    # The line before, where the log is on, says what the database's own words are.
    said = "event-gateway: the database cannot be reached, or is not up to date; check DATABASE_URL"
    assert err.splitlines()[-1].startswith(said)


async def test_a_gateway_that_is_ready_knows_what_was_said_before(registry, database_url) -> None:
    await _say(database_url)
    engine = make_gateway(registry, Keys([b"k" * 32]), Database(database_url))
    app = create_app(engine)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        while (await client.get("/readyz")).status_code != HTTPStatus.OK:  # noqa: ASYNC110 - asked as Kubernetes asks
            await asyncio.sleep(0.05)
        assert engine.said.current == Settled(apart=frozenset({AB, AC}))
