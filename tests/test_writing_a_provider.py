"""docs/writing-a-provider.md, tried: every block of code and every command in it, in the order of the page."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from providers import Answer, Http, ListingQuery, RateLimited, Venue
from providers.testing import Verdict, promises

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "writing-a-provider.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
PROJECT = "event-gateway-provider-openstage"
# What the page's `pip install` does, with no index to ask.
PIP = "pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation"


class Reader:
    """Somebody who does all that the page says, in a folder and a virtual environment of their own."""

    def __init__(self, folder):
        self.folder = folder
        self.names = {"__name__": "read"}
        self.said = {}
        self._bin = folder / "venv" / "bin"
        self._make_environment()

    def _make_environment(self):
        venv.create(self._bin.parent, symlinks=True)
        packages = next(self._bin.parent.glob("lib/*/site-packages"))
        # This checkout first, then whatever the tests themselves have.
        packages.joinpath("ours.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n", encoding="utf-8")
        command = self._bin / "event-gateway"
        command.write_text(
            f"#!{self._bin}/python\nimport sys\nfrom server.cli import main\nsys.exit(main())\n", "utf-8"
        )
        command.chmod(0o755)

    def do(self, kind, text):
        if kind == "sh":
            for line in text.splitlines():
                self.run(line)
        else:
            exec(compile(text, "writing-a-provider.md", "exec"), self.names)  # noqa: S102 - our own page

    def run(self, line):
        if line.startswith("cd "):
            self._enter(line.removeprefix("cd "))
            return
        ran = subprocess.run(  # noqa: S602 - our own page's commands, as a reader types them
            line.replace("pip install", PIP),
            shell=True,
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
        self.said[line] = ran.stdout

    def _enter(self, name):
        self.folder /= name
        sys.path[:0] = [str(self.folder / "tests"), str(self.folder / "src")]
        os.chdir(self.folder)
        remote = self.folder.parent / "remote"
        for line in (f"git init -q --bare {remote}", "git init -q", f"git remote add origin {remote}"):
            self.run(line)
        self.run("git add . && git commit -qm 'The first of it'")

    def _environment(self):
        upstream = self.names.get("UPSTREAM")
        return {
            "PATH": f"{self._bin}:{os.environ['PATH']}",
            "HOME": str(self._bin.parent.parent),
            "COLUMNS": "80",
            "OPENSTAGE_API_KEY": "made-up-key",
            "OPENSTAGE_BASE_URL": upstream.url if upstream else "",
            "OPENSTAGE_REQUESTS_PER_SECOND": "1000",
            **{
                f"GIT_{who}_{what}": "reader@example.org"
                for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")
            },
        }


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """The reader, at the end of the page."""
    if shutil.which("git") is None:
        pytest.skip("the page tags with git, which is not there: install git")
    folder, path, modules = Path.cwd(), list(sys.path), set(sys.modules)
    reader = Reader(tmp_path_factory.mktemp("reader"))
    try:
        for kind, text in BLOCKS:
            reader.do(kind, text)
        yield reader
    finally:
        os.chdir(folder)
        sys.path[:] = path
        if upstream := reader.names.get("UPSTREAM"):
            upstream.stop()
        for name in set(sys.modules) - modules:
            if name == "fake_server" or name.startswith("event_gateway_provider"):
                del sys.modules[name]


def code(word):
    """The first block of code with that word."""
    return next(text for kind, text in BLOCKS if kind == "python" and word in text)


def test_the_page_begins_with_a_provider_of_ten_lines():
    assert len([line for line in BLOCKS[0][1].splitlines() if line.strip()]) == 10


@pytest.mark.parametrize("name", ["Searching", "Windowed", "LookingUp"])
async def test_every_provider_on_the_page_keeps_the_contract(reader, name):
    kind, url = reader.names[name], reader.names["UPSTREAM"].url
    broken = [
        promise
        async for promise in promises(lambda: kind(settings={}, http=Http(url)))
        if promise.verdict is Verdict.BROKEN
    ]
    assert broken == []


async def test_the_ten_lines_keep_the_contract(reader):
    contract = reader.names["TestOpenStage"]()
    verdicts = {promise.name: promise.verdict async for promise in promises(contract.make)}
    assert Verdict.BROKEN not in verdicts.values()
    assert verdicts["there is something to test with"] is Verdict.KEPT


def test_a_wrapped_list_is_found(reader):
    batch = reader.names["Wrapped"](settings={}, http=None).read({"evenings": [], "count": 0})
    assert (batch.records, batch.total) == (0, 0)


def test_a_venue_is_read_as_far_as_it_can_be(reader):
    read = reader.names["venue_of"]
    assert read({"stage": {"name": "<b>Hall</b>", "id": 7, "url": "hall", "latitude": "x"}}) == Venue(
        id="7", name="Hall"
    )
    assert read({"stage": None}) is None


def test_a_body_that_says_more_is_explained(reader):
    explaining = reader.names["Explaining"](settings={}, http=None)
    answer = Answer(status=200, headers={}, content=b"quota is over", url="")
    assert isinstance(explaining.explain(answer), RateLimited)


async def test_a_recording_plays(reader):
    provider = reader.names["recorded"]
    page = await provider.search(ListingQuery(start_from=provider.clock()), None, 100)
    assert page.listings
    await provider.aclose()


def test_the_commands_say_what_the_page_promises(reader):
    assert "openstage     yes    plugin" in reader.said["event-gateway providers list"]
    assert "STARTS" in reader.said["event-gateway providers try openstage --keyword songs --first 5"]
    assert "broken" not in reader.said["event-gateway providers check openstage --cassette tests/contract.json"]
    (wheel,) = (reader.folder / "dist").glob("*.whl")
    assert "event_gateway_provider_openstage/provider.py" in ZipFile(wheel).namelist()
    reader.run("git ls-remote --exit-code origin v0.1.0")


def test_an_instant_and_a_wall_clock_say_the_same(reader):
    at, local, *_ = (line.partition("#")[0] for line in code("When.local(").splitlines() if line.startswith("When."))
    assert eval(at, reader.names) == eval(local, reader.names)  # noqa: S307 - our own page
