"""A provider as a distribution of its own: installed, it is found, and nothing else is needed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "event-gateway-provider-openstage"
OFFLINE = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--no-index", "--no-compile")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder that it is installed into; a copy is built, so that nothing is left in examples/."""
    folder = tmp_path_factory.mktemp("example")
    source = shutil.copytree(EXAMPLE, folder / "source")
    pip = [sys.executable, "-m", "pip", "install", *OFFLINE, "--target", folder / "target", source]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)  # noqa: S603 - our own interpreter
    assert done.returncode == 0, done.stderr
    return folder / "target"


def run(installed, *arguments, **settings):
    """The command, with what is installed there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENSTAGE_", "GATEWAY_"))}
    path = os.pathsep.join(map(str, (ROOT, installed)))
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", "import sys; from server.cli import main; sys.exit(main())", *arguments],
        env={**kept, "PYTHONPATH": path, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_installed_provider_is_found_by_its_entry_point(installed):
    row = next(row for row in run(installed, "providers", "list", "--json") if row["slug"] == "openstage")
    assert row["origin"] == "PLUGIN"
    assert row["name"] == "Open Stage"
    assert row["package"] == "event-gateway-provider-openstage 0.1.0"
    assert row["missingSettings"] == ["api_key"]
    assert not row["enabled"]


def test_it_is_asked_as_soon_as_it_is_set_up(installed):
    rows = run(installed, "providers", "list", "--json", OPENSTAGE_API_KEY="made-up-key")
    assert {row["slug"]: row["enabled"] for row in rows}["openstage"] is True
