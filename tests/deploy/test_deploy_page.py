"""What docs/deploy.md names is there."""

import re
from pathlib import Path

from objects import render

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/deploy.md").read_text()
SCRIPTS = {
    path.name: path.read_text()
    + ((ROOT / "scripts/cluster_secrets.py").read_text() if path.name == "secrets.sh" else "")
    for path in (ROOT / "scripts").glob("*.sh")
}


def test_every_path_that_is_named_is_there():
    named = set(re.findall(r"(?<![\w/.-])(?:scripts|manifests|argocd|docs|\.github)/[\w./-]+\w", PAGE))
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_option_of_a_script_that_is_named_is_one():
    given = re.findall(r"scripts/([\w-]+\.sh)([^`\n#&|]*)", PAGE)
    options = [(script, option) for script, rest in given for option in re.findall(r"--[a-z-]+", rest)]
    assert len(options) > 6
    assert [(script, option) for script, option in options if option not in SCRIPTS[script]] == []


def test_every_setting_that_is_named_is_read_by_something():
    sources = [ROOT / "server/settings.py", ROOT / "scripts/wanted_secrets.py"]
    text = "\n".join(path.read_text() for path in sources)
    named = set(re.findall(r"`([A-Z][A-Z_]+[A-Z])`", PAGE))
    assert [name for name in named if name not in text] == []


def test_every_resource_that_is_named_is_rendered(deliveries):
    objects = [each for delivery in deliveries.values() for each in delivery.objects]
    rendered = {f"{each['kind'].lower()}/{each['metadata']['name']}" for each in objects}
    named = set(re.findall(r"--namespace event-gateway \S+ ((?:deployment|job|service)/[\w-]+)", PAGE))
    assert named
    assert named <= rendered


def test_the_secrets_that_production_wants_of_its_store_are_those_that_are_named(deliveries):
    made = [*deliveries["prod"].objects, *render(ROOT / "argocd/monitoring/external-secrets")]
    wanted = {}
    for entry in (entry for each in made if each["kind"] == "ExternalSecret" for entry in each["spec"]["data"]):
        wanted.setdefault(entry["remoteRef"]["key"], set()).add(entry["remoteRef"]["property"])
    rows = dict(re.findall(r"^ *\| `([a-z-]+)` \| (.*) \|$", PAGE, re.MULTILINE))
    assert {entry: set(re.findall(r"`([\w.-]+)`", rows[entry])) for entry in wanted} == wanted
