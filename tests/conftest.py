"""What every test has: one Hypothesis profile, the same examples in every run; and browser tests where a browser is."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAGES = Path(__file__).parents[1] / "server" / "static" / "graphiql.html"
_left_out = pytest.StashKey[str]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave browser tests out where they cannot run; with CI set they stay, and fail."""
    missing = []
    if not any(map(shutil.which, BROWSERS)):
        missing.append("install chromium")
    if not PAGES.is_file():
        missing.append("build the pages (cd web && npm ci && npm run build)")
    browser = [item for item in items if item.get_closest_marker("browser")]
    if not missing or not browser or os.environ.get("CI"):
        return
    items[:] = [item for item in items if item not in browser]
    config.hook.pytest_deselected(items=browser)
    names = ", ".join(sorted({item.nodeid.split("::")[0] for item in browser}))
    config.stash[_left_out] = f"left out: {names}; to run them, {' and '.join(missing)}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line on what was left out."""
    if line := config.stash.get(_left_out, None):
        terminalreporter.write_line(line)
