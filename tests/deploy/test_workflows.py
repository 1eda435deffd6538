"""The workflows: who may do what, what runs, and that a release does not start itself."""

import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))
# What a job may do beyond reading, and why it must.
RAISED = {("release", "image"): {"packages", "id-token", "attestations"}, ("release", "bump"): {"contents"}}


def read(path):
    """A workflow; YAML 1.1 takes its `on` for a yes."""
    workflow = yaml.safe_load(path.read_text())
    return {**workflow, "on": workflow.pop(True)}


WORKFLOWS = {path.stem: read(path) for path in FILES}
JOBS = [(name, job) for name, workflow in WORKFLOWS.items() for job in workflow["jobs"]]


def steps():
    return [(name, step) for name, job in JOBS for step in WORKFLOWS[name]["jobs"][job].get("steps", [])]


def commands():
    """Every line that a workflow runs, variables of its own put in."""
    for name, job in JOBS:
        variables = WORKFLOWS[name]["jobs"][job].get("env", {})
        for step in WORKFLOWS[name]["jobs"][job].get("steps", []):
            yield step.get("run", "").replace("$UP", variables.get("UP", "$UP"))


def test_ci_release_and_e2e_are_there():
    assert {"ci", "release", "e2e"} <= WORKFLOWS.keys()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit_and_says_which_version_that_is(path):
    used = re.findall(r"^\s*-? ?uses: *(.*)$", path.read_text(), re.MULTILINE)
    foreign = [line for line in used if not line.startswith("$/")]
    pinned = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [line for line in foreign if not pinned.fullmatch(line)] == []


def test_an_action_is_the_same_everywhere():
    used = {step["uses"] for _, step in steps() if "uses" in step}
    assert len({each.partition("@")[0] for each in used}) == len(used)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_read_at_most(name):
    permissions = WORKFLOWS[name]["permissions"]
    assert isinstance(permissions, dict)
    assert set(permissions.values()) <= {"read"}


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_a_job_may_write_only_what_it_must(name, job):
    permissions = WORKFLOWS[name]["jobs"][job].get("permissions", {})
    assert {each for each, level in permissions.items() if level == "write"} == RAISED.get((name, job), set())


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_no_job_runs_for_ever(name, job):
    run = WORKFLOWS[name]["jobs"][job]
    assert "uses" in run or run["timeout-minutes"] <= 75


def test_no_workflow_runs_a_strangers_code_with_our_rights():
    assert [name for name, each in WORKFLOWS.items() if {"pull_request_target", "workflow_run"} & {*each["on"]}] == []


def test_nothing_from_outside_is_put_into_a_command():
    put_in = [each for run in commands() for each in re.findall(r"\$\{\{(.*?)\}\}", run)]
    allowed = {"github.repository", "github.sha"}  # by the variable UP, not by text
    assert {each.strip() for each in put_in} <= allowed
    assert not any("github.event." in str(step) for _, step in steps())


def test_no_checkout_leaves_its_token_behind():
    checkouts = [step for _, step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def ignored(file, patterns):
    """As GitHub matches: `**` for any folders, `*` within one."""
    return any(fnmatch(file, pattern) if "**" in pattern or "/" not in file else False for pattern in patterns)


def test_a_release_does_not_start_itself():
    push = WORKFLOWS["release"]["on"]["push"]
    assert push["branches"] == ["main"]
    bump = WORKFLOWS["release"]["jobs"]["bump"]["steps"][-1]["run"]
    edited = re.search(r"set_image\.py .* (manifests/\S+)", bump).group(1)
    committed = re.search(r"git commit .* -- (\S+)", bump).group(1)
    assert (ROOT / edited).is_file()
    assert edited.startswith(committed)
    assert ignored(edited, push["paths-ignore"])
    assert not ignored("server/app.py", push["paths-ignore"])
    assert WORKFLOWS["release"]["concurrency"] == {"group": "release", "cancel-in-progress": False}


def test_what_starts_no_release_is_tested_all_the_same():
    assert WORKFLOWS["ci"]["on"]["push"]["paths"] == WORKFLOWS["release"]["on"]["push"]["paths-ignore"]
    assert WORKFLOWS["release"]["jobs"]["ci"]["uses"] == "$/.github/workflows/ci.yml"
    assert WORKFLOWS["release"]["jobs"]["image"]["needs"] == "ci"


def test_what_is_signed_and_deployed_is_the_digest_that_was_pushed():
    image, bump = (WORKFLOWS["release"]["jobs"][job] for job in ("image", "bump"))
    assert image["outputs"]["digest"] == "${{ steps.build.outputs.digest }}"
    build = next(step["with"] for step in image["steps"] if step.get("id") == "build")
    assert build["platforms"] == "linux/amd64,linux/arm64"
    assert (build["sbom"], build["provenance"], build["push"]) == (True, "mode=max", True)
    assert 'cosign sign --yes "$IMAGE@$DIGEST"' in [step.get("run") for step in image["steps"]]
    assert bump["steps"][-1]["env"]["DIGEST"] == "${{ needs.image.outputs.digest }}"


def test_the_release_calls_set_image_as_it_wants_to_be_called(tmp_path):
    run = WORKFLOWS["release"]["jobs"]["bump"]["steps"][-1]["run"]
    line = next(line.strip() for line in run.splitlines() if "set_image" in line)
    overlay = tmp_path / "kustomization.yaml"
    overlay.write_text((ROOT / "manifests/overlays/prod/kustomization.yaml").read_text())
    sha, digest = "a" * 40, f"sha256:{'b' * 64}"
    values = {'"$GITHUB_SHA"': sha, '"$DIGEST"': digest, "manifests/overlays/prod/kustomization.yaml": str(overlay)}
    words = [values.get(word, word) for word in line.split()]
    done = subprocess.run([sys.executable, *words[1:]], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    image = yaml.safe_load(overlay.read_text())["images"][0]
    assert (image["newTag"], image["digest"]) == (sha, digest)


def test_every_script_and_target_that_is_run_is_there():
    runs = "\n".join(commands())
    scripts = set(re.findall(r"\bscripts/[\w.-]+", runs))
    assert scripts
    assert [script for script in scripts if not (ROOT / script).is_file()] == []
    makefile = (ROOT / "Makefile").read_text()
    targets = {target for line in re.findall(r"^make (.*)$", runs, re.MULTILINE) for target in line.split()}
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_every_option_of_a_script_that_is_given_is_one():
    for line in re.sub(r"\$\(.*?\)", "", "\n".join(commands())).splitlines():
        for script, arguments in re.findall(r"(scripts/[\w.-]+)([^&|]*)", line):
            text = (ROOT / script).read_text() + (ROOT / "scripts/cluster_secrets.py").read_text()
            assert [option for option in re.findall(r"--[a-z-]+", arguments) if option not in text] == [], line


def test_dependabot_is_told_in_its_own_words():
    command = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema", "vendor.dependabot"]
    subprocess.run([*command, ROOT / ".github/dependabot.yml"], check=True)  # noqa: S603


def test_dependabot_looks_after_actions_pages_and_images_once_a_week_in_groups():
    told = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())
    looked_at = {
        (each["package-ecosystem"], folder)
        for each in told["updates"]
        for folder in each.get("directories", [each.get("directory")])
    }
    pinned = [path for path in (ROOT / "manifests").rglob("*.yaml") if re.search("image: .*@sha256:", path.read_text())]
    assert looked_at == {
        ("github-actions", "/"),
        ("npm", "/web"),
        ("docker", "/"),
        ("docker-compose", "/"),
        *(("docker", f"/{path.parent.relative_to(ROOT)}") for path in pinned),
    }
    assert told["multi-ecosystem-groups"] == {"images": {"schedule": {"interval": "weekly"}}}
    for each in told["updates"]:
        weekly = each.get("schedule") == {"interval": "weekly"} and each.get("groups")
        assert weekly or each["multi-ecosystem-group"] == "images"


def test_every_image_that_ours_is_made_of_is_pinned_where_dependabot_looks():
    named = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    pinned = [each for each in named if re.fullmatch(r"[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}", each)]
    assert len(pinned) == 2
    assert {*named} - {*pinned} == {"${NODE_IMAGE}", "${PYTHON_IMAGE}"}
