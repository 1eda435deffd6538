"""`event-gateway db upgrade` as a rollout runs it: before a database that is late, and with a migration that fails."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import sys
from pathlib import Path

import httpx
import pytest
from sqlalchemy import inspect

from gateway.accounts import Database, migrate
from server.cli import main

HERE = Path(migrate.__file__).parents[2]
SIGN_UP = (
    'mutation { registerUser(input: { email: "ann@example.org", password: "correct horse" }) '
    "{ viewer { email } userErrors { code } } }"
)
FAILS_HALFWAY = f"""
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{migrate.head()}"


def upgrade():
    op.add_column("users", sa.Column("locale", sa.Text()))
    op.create_table("likes", sa.Column("id", sa.Uuid()))
    op.drop_table("no_such_table")
"""


async def tables_of(url: str) -> dict[str, list[str]]:
    """The columns of each."""
    database = Database(url)
    async with database.reading() as connection:
        found = await connection.run_sync(
            lambda each: {
                name: [column["name"] for column in inspect(each).get_columns(name)]
                for name in inspect(each).get_table_names()
            }
        )
    await database.aclose()
    return found


async def test_a_database_that_comes_late_is_waited_for(run, postgres_proxy) -> None:
    postgres_proxy.cut()
    process = await run("db", "upgrade", "--wait", "60", DATABASE_URL=postgres_proxy.url)
    await process.errs("Waiting for the database: ")
    await asyncio.sleep(1.5)
    postgres_proxy.mend()
    status, out, err = await process.ends()
    assert (status, err) == (0, "")
    assert re.fullmatch(r"The database is up to date \(\d{4}\)\.\n", out)


async def test_one_that_never_comes_is_one_line_and_a_failure(run, postgres_proxy) -> None:
    postgres_proxy.cut()
    process = await run("db", "upgrade", "--wait", "1.5", DATABASE_URL=postgres_proxy.url)
    await process.errs("Waiting for the database: ")
    status, out, err = await process.ends()
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("event-gateway: the database cannot be upgraded: ")


@pytest.mark.parametrize("seconds", ["-1", "soon", "inf", "1e3"])
def test_a_wait_that_is_none_is_misuse(seconds: str, capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["db", "upgrade", f"--wait={seconds}"])
    assert "wants a number of seconds" in capsys.readouterr().err


@pytest.fixture
def next_version(tmp_path: Path, environment):
    """Runs a command of the next version, which has one migration more."""
    folder = tmp_path / "next"
    for name in ("gateway", "providers", "schema", "server"):
        shutil.copytree(HERE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    (folder / "gateway/accounts/migrations/versions/9999_next.py").write_text(FAILS_HALFWAY, encoding="utf-8")

    async def next_version(*arguments: str, **settings: str) -> asyncio.subprocess.Process:
        # The copy wins over what is installed.
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import sys; from server.cli import main; sys.exit(main())",
            *arguments,
            cwd=folder,
            env={**environment, **settings, "PYTHONPATH": str(folder)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    return next_version


async def test_a_migration_that_fails_leaves_the_database_as_it_was_and_the_old_version_serving(
    run, postgres, next_version
) -> None:
    url = postgres.migrated()
    before = await tables_of(url)
    process = await run("serve", "--port=0", DATABASE_URL=url)
    found = re.search(r"http://\S+", await process.says("Event gateway is at"))
    assert found is not None

    async with httpx.AsyncClient(base_url=found[0], timeout=20) as client:
        upgrading = asyncio.create_task(_of(await next_version("db", "upgrade", DATABASE_URL=url)))
        statuses = []
        while not upgrading.done():
            statuses.append((await client.post("/graphql", json={"query": "{ viewer { email } }"})).status_code)
        status, out, err = upgrading.result()
        assert (status, out, err.count("\n")) == (1, "", 1)
        assert "no_such_table" in err
        assert set(statuses) == {200}
        assert await tables_of(url) == before
        payload = (await client.post("/graphql", json={"query": SIGN_UP})).json()["data"]["registerUser"]
        assert payload == {"viewer": {"email": "ann@example.org"}, "userErrors": []}
        assert (await client.get("/readyz")).status_code == 200

        # The new one takes no requests.
        newer = await next_version("serve", "--port=0", DATABASE_URL=url)
        assert newer.stdout is not None
        line = ""
        while "Event gateway is at" not in line:
            line = (await newer.stdout.readline()).decode()
        async with asyncio.timeout(20):
            reason = None
            while reason in {None, "starting"}:
                answer = await client.get(f"{line.split()[-1]}/readyz")
                assert answer.status_code == 503
                reason = answer.json()["reason"]
        assert "run `event-gateway db upgrade`" in reason
        newer.send_signal(signal.SIGTERM)
        assert (await _of(newer))[0] == 0
    process.signal(signal.SIGTERM)
    assert (await process.ends())[0] == 0


async def _of(process: asyncio.subprocess.Process) -> tuple[int | None, str, str]:
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()
