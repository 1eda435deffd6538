"""`event-gateway providers new`: what it writes works, and is what examples/ shows."""

import ast
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from server.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "event-gateway-provider-openstage"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GATEWAY_CONFIG", raising=False)
    return tmp_path


def texts(project):
    """Every file that would be committed, by path."""
    made = {"__pycache__", ".pytest_cache", "dist", ".venv"}
    paths = (path.relative_to(project) for path in project.rglob("*") if path.is_file())
    return {str(path): project.joinpath(path).read_text("utf-8") for path in paths if not made & set(path.parts)}


def ran(project, *arguments):
    """A run of the project's tests, as its author has it."""
    path = os.pathsep.join(map(str, (project / "src", ROOT)))
    return subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_is_what_the_command_writes(folder):
    assert main(["providers", "new", "openstage", "--title", "Open Stage"]) == 0
    assert texts(folder / EXAMPLE.name) == texts(EXAMPLE)


def test_the_provider_of_the_example_is_short():
    provider = EXAMPLE / "src" / "event_gateway_provider_openstage" / "provider.py"
    assert len(provider.read_text("utf-8").splitlines()) < 60


def test_what_it_writes_passes_its_own_tests(folder):
    assert main(["providers", "new", "night-owls"]) == 0
    project = folder / "event-gateway-provider-night-owls"
    tests = ran(project)
    assert tests.returncode == 0, tests.stdout + tests.stderr
    assert " passed" in tests.stdout


@pytest.mark.parametrize(
    ("name", "title", "class_name"),
    [
        ("night-owls", "Night Owls", "NightOwls"),
        ("venue", "Venue", "VenueProvider"),
        ("bimhuis", "BIMHUIS", "BIMHUIS"),
        ("lido2", "2 Lidos", "Lido2"),
        ("tokyo", "東京", "Tokyo"),
    ],
)
def test_whatever_it_is_called_it_can_be_read(folder, name, title, class_name):
    assert main(["providers", "new", name, "--title", title]) == 0
    written = texts(folder / f"event-gateway-provider-{name}")
    for path, text in written.items():
        if path.endswith(".py"):
            ast.parse(text)
    point = tomllib.loads(written["pyproject.toml"])["project"]["entry-points"]["event_gateway.providers"]
    module = f"event_gateway_provider_{name.replace('-', '_')}"
    assert point == {name: f"{module}:{class_name}"}
    assert f'title="{title}"' in written[f"src/{module}/provider.py"]
    assert "$" not in "".join(written.values())


def test_it_says_what_to_do_next_in_80_columns(capsys):
    main(["providers", "new", "openstage"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Wrote event-gateway-provider-openstage/"
    assert "  python -m pytest" in lines
    assert max(map(len, lines)) <= 80


def test_it_never_writes_over_anything(folder, capsys):
    project = folder / "event-gateway-provider-openstage"
    project.mkdir()
    assert main(["providers", "new", "openstage"]) == 2
    assert list(project.iterdir()) == []
    said = capsys.readouterr().err
    assert said.startswith("event-gateway: event-gateway-provider-openstage is there already")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Open Stage"], "'Open Stage' is not a slug: small letters, digits and single hyphens, such as 'open-stage'"),
        (["../up"], "'../up' is not a slug"),
        (["sample"], "a provider is called 'sample' already; choose another name"),
        (["stage", "--title", 'The "Stage"'], "--title wants a name without quotes"),
        (["stage", "--title", "a\nb"], "--title wants a name"),
        (["stage", "--title", " "], "--title wants a name"),
    ],
)
def test_a_name_that_cannot_be_is_one_line_and_status_2(folder, capsys, arguments, said):
    assert main(["providers", "new", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"event-gateway: {said}")
    assert error.count("\n") == 1
    assert list(folder.iterdir()) == []
