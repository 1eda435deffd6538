"""Two versions run side by side during a rollout: a migration must not take away or forbid what the older one does."""

from __future__ import annotations

import importlib.util
import io
import re
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from gateway.accounts import migrate

VERSIONS = Path(migrate.SCRIPTS) / "versions"
NAME = r'("[^"]+"|\S+)'
# What PostgreSQL is told, and why the version before would not bear it.
BREAKING = {
    "drops a table": r"DROP TABLE\b",
    "drops a column": r"ALTER TABLE .*\bDROP COLUMN\b",
    "renames": r"ALTER (TABLE|INDEX) .*\bRENAME\b",
    "changes a type": r"ALTER TABLE .*\bALTER COLUMN \S+ (SET DATA )?TYPE\b",
    "takes away a default": r"ALTER TABLE .*\bDROP DEFAULT\b",
    "forbids null": r"ALTER TABLE .*\bSET NOT NULL\b",
    "adds a column that must be set": r"ALTER TABLE .*\bADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b",
    "forbids what was allowed": r"ALTER TABLE .*\bADD (CONSTRAINT|CHECK|UNIQUE|FOREIGN KEY)\b",
    "empties a table": r"(TRUNCATE|DELETE FROM)\b",
}
UNIQUE_INDEX = rf"CREATE UNIQUE INDEX .*\bON {NAME}"


def module_of(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sql_of(module: ModuleType) -> list[str]:
    """The statements that it makes, each in one line."""
    written = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written})
    with Operations.context(context):
        module.upgrade()
    return [" ".join(each.split()) for each in written.getvalue().split(";") if each.strip()]


def faults_of(path: Path, earlier: set[str]) -> list[str]:
    """What is wrong with a migration; `earlier`: the revisions before it."""
    module = module_of(path)
    statements = sql_of(module)
    made = {found[1] for each in statements if (found := re.match(rf"CREATE TABLE {NAME}", each))}
    breaking = [
        fault for fault, pattern in BREAKING.items() for each in statements if re.match(pattern, each, re.IGNORECASE)
    ]
    breaking += [
        "forbids what was allowed"
        for each in statements
        if (found := re.match(UNIQUE_INDEX, each, re.IGNORECASE)) and found[1] not in made
    ]
    if not hasattr(module, "contracts"):
        return breaking
    faults = [] if breaking else ["is marked as a contract, and expands"]
    if module.contracts not in earlier:
        faults.append("contracts a revision that does not come before it")
    if not _release(getattr(module, "since", "999")) < _release(version("event-gateway")):
        faults.append("is `since` no release before this one")
    return faults


def _release(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def test_every_migration_expands_or_follows_one_release_later() -> None:
    paths = sorted(VERSIONS.glob("[0-9]*.py"))
    assert paths
    earlier: set[str] = set()
    for path in paths:
        assert (path.name, faults_of(path, earlier)) == (path.name, [])
        earlier.add(module_of(path).revision)


def test_migrations_are_in_one_line_by_number() -> None:
    before = None
    for path in sorted(VERSIONS.glob("[0-9]*.py")):
        module = module_of(path)
        assert (module.down_revision, path.name[:4]) == (before, module.revision)
        before = module.revision


PLANTED = {
    "drops a table": 'op.drop_table("attempts")',
    "drops a column": 'op.drop_column("users", "email")',
    "renames": 'op.alter_column("users", "email", new_column_name="address")',
    "changes a type": 'op.alter_column("favourites", "sequence", type_=sa.BigInteger())',
    "takes away a default": 'op.alter_column("users", "email", server_default=None)',
    "forbids null": 'op.alter_column("users", "email", nullable=False)',
    "adds a column that must be set": 'op.add_column("users", sa.Column("locale", sa.Text(), nullable=False))',
    "forbids what was allowed": 'op.create_unique_constraint("uq", "users", ["display_name"])',
    "empties a table": 'op.execute("DELETE FROM sessions")',
}
MORE_PLANTED = [
    ("renames", 'op.rename_table("users", "people")'),
    ("renames", 'op.execute("alter table users rename to people")'),
    ("drops a column", 'op.execute("ALTER TABLE users\\n  DROP COLUMN email")'),
    ("drops a column", 'with op.batch_alter_table("users") as users:\n        users.drop_column("email")'),
    ("forbids what was allowed", 'op.create_index("ix", "users", ["display_name"], unique=True)'),
    ("forbids what was allowed", 'op.create_check_constraint("ck", "users", "email <> \'\'")'),
    ("empties a table", 'op.execute("TRUNCATE sessions")'),
]
FINE = [
    'op.add_column("users", sa.Column("locale", sa.Text()))',
    'op.add_column("users", sa.Column("locale", sa.Text(), nullable=False, server_default="en"))',
    'op.create_index("ix_users_display_name", "users", ["display_name"])',
    'op.create_table("likes", sa.Column("id", sa.Uuid(), nullable=False))\n    op.create_index("ix", "likes", ["id"], unique=True)',
    'op.alter_column("users", "email", nullable=True)',
]


@pytest.fixture
def plant(tmp_path: Path):
    def plant(work: str, marks: str = "") -> list[str]:
        path = tmp_path / "0009_planted.py"
        head = f'import sqlalchemy as sa\nfrom alembic import op\nrevision = "0009"\ndown_revision = "0001"\n{marks}\n'
        path.write_text(f"{head}\ndef upgrade():\n    {work}\n", encoding="utf-8")
        return faults_of(path, {"0001"})

    return plant


@pytest.mark.parametrize(("fault", "work"), [*PLANTED.items(), *MORE_PLANTED])
def test_what_the_version_before_would_not_bear_is_refused(fault: str, work: str, plant) -> None:
    assert plant(work) == [fault]


def test_each_fault_is_planted() -> None:
    assert PLANTED.keys() == BREAKING.keys()


@pytest.mark.parametrize("work", FINE)
def test_what_only_adds_is_let_pass(work: str, plant) -> None:
    assert plant(work) == []


def test_a_contract_step_follows_an_expanding_one_by_a_release(plant) -> None:
    drop = PLANTED["drops a column"]
    assert plant(drop, 'contracts = "0001"\nsince = "0.0.1"') == []
    assert plant(drop, 'contracts = "0001"') == ["is `since` no release before this one"]
    assert plant(drop, f'contracts = "0001"\nsince = "{version("event-gateway")}"') == [
        "is `since` no release before this one"
    ]
    assert plant(drop, 'contracts = "0008"\nsince = "0.0.1"') == ["contracts a revision that does not come before it"]
    assert plant(FINE[0], 'contracts = "0001"\nsince = "0.0.1"') == ["is marked as a contract, and expands"]
