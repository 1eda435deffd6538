"""`event-gateway providers new`: a project of one's own, whose test passes, to make a provider of."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

import providers
from providers import Info
from server.commands.enrolment import registry
from server.commands.stop import Misused, Stop

_FILES = {
    "pyproject.toml": "pyproject.toml",
    "README.md": "README.md",
    ".gitignore": "gitignore",
    ".github/workflows/publish.yml": "publish.yml",
    "src/$module/__init__.py": "init.py",
    "src/$module/provider.py": "provider.py",
    "tests/fake_server.py": "fake_server.py",
    "tests/test_provider.py": "test_provider.py",
}
"""Where each template goes."""


def run(options: argparse.Namespace) -> int:
    """Write the project, and say what to do with it."""
    words = _words(options.name, options.title)
    folder = Path(words["distribution"])
    if folder.exists():
        msg = f"{folder} is there already: choose another name, or another folder to be in"
        raise Misused(msg)
    try:
        for path, text in project(words).items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    except OSError as error:
        msg = f"{folder} cannot be written ({error.strerror})"
        raise Stop(msg) from None
    print(_next(words))
    return 0


def project(words: Mapping[str, str]) -> dict[str, str]:
    """The files of the project, by path."""
    templates = files("server.commands").joinpath("project")
    texts = {path: templates.joinpath(f"{name}.template").read_text(encoding="utf-8") for path, name in _FILES.items()}
    return {Template(path).substitute(words): Template(text).substitute(words) for path, text in texts.items()}


def _words(slug: str, title: str | None) -> dict[str, str]:
    """What stands for the templates' words.

    Raises:
        Misused: the provider cannot be called so.
    """
    try:
        Info(slug=slug, title=slug)
    except ValueError as error:
        raise Misused(str(error)) from None
    if registry().get(slug):
        msg = f"a provider is called {slug!r} already; choose another name"
        raise Misused(msg)
    title = slug.replace("-", " ").title() if title is None else title.strip()
    if not title or not title.isprintable() or set(title) & set('"\\'):
        msg = f"--title wants a name without quotes, such as 'Open Stage', not {title!r}"
        raise Misused(msg)
    distribution = f"event-gateway-provider-{slug}"
    return {
        "slug": slug,
        "title": title,
        "class_name": _class_name(slug, title),
        "distribution": distribution,
        "module": distribution.replace("-", "_"),
        "prefix": slug.replace("-", "_").upper(),
    }


def _next(words: Mapping[str, str]) -> str:
    return f"""\
Wrote {words["distribution"]}/
It asks a made-up API, and its tests pass. Next:

  cd {words["distribution"]}
  python -m pip install -e ".[test]"
  python -m pytest
  event-gateway providers describe {words["slug"]}

Then make it yours, with the real API's answers at hand. In src/, provider.py
says what to ask and how to read it; in tests/, fake_server.py plays the API's
part. docs/writing-a-provider.md of event-gateway goes through all of it."""


def _class_name(slug: str, title: str) -> str:
    """The title as a name: "Open Stage" is OpenStage. What the kit calls something else gets an ending."""
    parts = re.findall(r"[A-Za-z0-9]+", title)
    name = "".join(part[0].upper() + part[1:] for part in parts)
    if not re.fullmatch(r"[A-Za-z]\w*", name):
        name = "".join(part.capitalize() for part in slug.split("-"))
    return f"{name}Provider" if name in providers.__all__ else name
