"""scripts/set_image.py: two lines change, never backwards."""

import difflib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

PROD = Path(__file__).parents[2] / "manifests" / "overlays" / "prod" / "kustomization.yaml"
OLD, NEW = "a" * 40, "b" * 40
DIGEST = f"sha256:{'c' * 64}"
TEXT = """# What stays.
images:
  # Both.
  - name: ghcr.io/example/example
    newTag: "{tag}"  # and why
    digest: sha256:{digest}
patches: []
"""


@pytest.fixture
def kustomization(tmp_path):
    path = tmp_path / "kustomization.yaml"
    path.write_text(TEXT.format(tag=OLD, digest="d" * 64))
    return path


@pytest.fixture
def set_image(script):
    return script("set_image")


def changed(before: str, after: str) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line.startswith(("-", "+"))]


def test_two_lines_of_the_overlay_change_and_comments_stay(set_image):
    before = PROD.read_text()
    after = set_image.set_image(before, NEW, DIGEST, lambda *_: None)
    assert [line[0] for line in changed(before, after)].count("+") == 2
    assert len(changed(before, after)) == 4
    assert f'    newTag: "{NEW}"\n    digest: {DIGEST}\n' in after


def test_what_follows_the_value_stays(set_image, kustomization):
    assert set_image.main([str(kustomization), "--tag", NEW, "--digest", DIGEST]) == 0
    assert kustomization.read_text() == TEXT.format(tag=NEW, digest="c" * 64)


def test_the_same_image_changes_nothing_and_is_no_failure(set_image, kustomization, capsys):
    before = kustomization.stat().st_mtime_ns
    assert set_image.main([str(kustomization), "--tag", OLD, "--digest", f"sha256:{'d' * 64}"]) == 0
    assert kustomization.stat().st_mtime_ns == before
    assert "already" in capsys.readouterr().out


@pytest.mark.parametrize(
    "tag", ["main", "latest", "", "1.2", "a" * 39, "A" * 40, "0" * 40, "1.2.3\n", "1.02.3", "$(id)"]
)
def test_a_tag_that_moves_or_cannot_be_is_refused(tag, set_image, kustomization, capsys):
    before = kustomization.read_text()
    assert set_image.main([str(kustomization), f"--tag={tag}", "--digest", DIGEST]) == 2
    assert "--tag: wants a commit" in capsys.readouterr().err
    assert kustomization.read_text() == before


@pytest.mark.parametrize("digest", ["", "c" * 64, "sha256:", f"sha256:{'c' * 63}", f"sha512:{'c' * 64}", f"{DIGEST} "])
def test_a_digest_that_cannot_be_is_refused(digest, set_image, kustomization, capsys):
    assert set_image.main([str(kustomization), "--tag", NEW, f"--digest={digest}"]) == 2
    assert "--digest: wants sha256:" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "images: []\n", TEXT.format(tag=OLD, digest="d") * 2])
def test_a_file_without_one_place_for_each_is_refused(text, set_image, kustomization, capsys):
    kustomization.write_text(text)
    assert set_image.main([str(kustomization), "--tag", NEW, "--digest", DIGEST]) == 2
    assert "it wants one" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_said(set_image, tmp_path, capsys):
    assert set_image.main([str(tmp_path / "none.yaml"), "--tag", NEW, "--digest", DIGEST]) == 2
    assert "cannot be read" in capsys.readouterr().err


@given(st.tuples(*[st.integers(0, 300)] * 3), st.tuples(*[st.integers(0, 300)] * 3))
def test_of_two_versions_the_higher_one_stays_whatever_their_order(script, first, second):
    set_image = script("set_image")
    text = TEXT.format(tag=".".join(map(str, first)), digest="d" * 64)
    tag = ".".join(map(str, second))
    if second < first:
        with pytest.raises(set_image.Refused):
            set_image.set_image(text, tag, DIGEST, lambda *_: None)
    else:
        assert f'newTag: "{tag}"' in set_image.set_image(text, tag, DIGEST, lambda *_: None)


@pytest.fixture
def history(tmp_path):
    """Two commits, one after the other, and the file beside them."""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "--quiet"], check=True)  # noqa: S603 - our own words
    commits = []
    for message in ("one", "two"):
        subprocess.run([*git, "commit", "--quiet", "--allow-empty", "-m", message], check=True)  # noqa: S603 - our own words
        done = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)  # noqa: S603 - our own words
        commits.append(done.stdout.strip())
    return commits


def test_of_two_releases_the_later_commit_stays_whatever_their_order(set_image, history, tmp_path, capsys):
    path = tmp_path / "kustomization.yaml"
    one, two = history
    for first, second, status in [(one, two, 0), (two, one, 1)]:
        path.write_text(TEXT.format(tag=first, digest="d" * 64))
        assert set_image.main([str(path), "--tag", second, "--digest", DIGEST]) == status
        assert f'newTag: "{two}"' in path.read_text()
    assert f"{one} is older than {two}, which is there; --back takes it all the same" in capsys.readouterr().err


def test_going_back_on_purpose_is_possible(set_image, history, tmp_path):
    path = tmp_path / "kustomization.yaml"
    path.write_text(TEXT.format(tag=history[1], digest="d" * 64))
    assert set_image.main([str(path), "--tag", history[0], "--digest", DIGEST, "--back"]) == 0
    assert f'newTag: "{history[0]}"' in path.read_text()


def test_in_a_repository_that_knows_neither_commit_the_new_one_is_taken(set_image, kustomization):
    assert set_image.main([str(kustomization), "--tag", NEW, "--digest", DIGEST]) == 0


def test_the_first_release_replaces_the_zeros(set_image):
    text = TEXT.format(tag="0" * 40, digest="0" * 64)
    assert NEW in set_image.set_image(text, NEW, DIGEST, lambda *_: True)
