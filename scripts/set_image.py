"""Write an image's tag and digest into an overlay: what a release does after it has pushed the image.

    scripts/set_image.py --tag 0123...cdef --digest sha256:... [FILE]

FILE is a kustomization with one entry under `images:`; manifests/overlays/prod/kustomization.yaml by default. Two lines of
it change, and nothing else. An older image than the one that is there is refused, so that of two releases at once the later
one stays whatever their order; `--back` is for going back on purpose.

Exit status: 0 done, or nothing to do; 1 refused; 2 what was given cannot be meant.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

OVERLAY = Path(__file__).parents[1] / "manifests" / "overlays" / "prod" / "kustomization.yaml"
NO_RELEASE = "0" * 40
COMMIT = re.compile("[0-9a-f]{40}")
VERSION = re.compile(r"v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
DIGEST = re.compile("sha256:[0-9a-f]{64}")
TAG_LINE = re.compile(r'^(?P<key>\s+newTag: )(?P<quote>["\']?)(?P<value>[^\s"\'#]*)(?P=quote)', re.MULTILINE)
DIGEST_LINE = re.compile(r'^(?P<key>\s+digest: )(?P<quote>["\']?)(?P<value>[^\s"\'#]*)(?P=quote)', re.MULTILINE)

# Whether the first commit is the second, or one that came before it; None where that cannot be told.
IsBefore = Callable[[str, str], bool | None]


class Refused(Exception):
    """The image is older than the one that is there."""


class Misused(Exception):
    """What was given cannot be meant."""


def set_image(text: str, tag: str, digest: str, is_before: IsBefore) -> str:
    """The kustomization with that image.

    Raises:
        Misused: the tag or the digest is none, or the file has no place for exactly one of each.
        Refused: what is there is newer.
    """
    if not (COMMIT.fullmatch(tag) or VERSION.fullmatch(tag)) or tag == NO_RELEASE:
        msg = f"--tag: wants a commit (40 hexadecimal digits) or a version such as 1.2.3, not {tag!r}"
        raise Misused(msg)
    if not DIGEST.fullmatch(digest):
        msg = f"--digest: wants sha256: and 64 hexadecimal digits, not {digest!r}"
        raise Misused(msg)
    there = _only(TAG_LINE, text, "newTag")
    _only(DIGEST_LINE, text, "digest")
    if _goes_back(there, tag, is_before):
        msg = f"{tag} is older than {there}, which is there; --back takes it all the same"
        raise Refused(msg)
    # Quoted, because a commit of digits alone would be read as a number.
    return DIGEST_LINE.sub(rf"\g<key>{digest}", TAG_LINE.sub(rf'\g<key>"{tag}"', text))


def _only(line: re.Pattern[str], text: str, key: str) -> str:
    found = [match["value"] for match in line.finditer(text)]
    if len(found) != 1:
        msg = f"the file has {len(found)} lines with {key}; it wants one"
        raise Misused(msg)
    return found[0]


def _goes_back(there: str, tag: str, is_before: IsBefore) -> bool:
    old, new = VERSION.fullmatch(there), VERSION.fullmatch(tag)
    if old and new:
        return tuple(map(int, new.groups())) < tuple(map(int, old.groups()))
    if COMMIT.fullmatch(there) and COMMIT.fullmatch(tag) and there not in {tag, NO_RELEASE}:
        return is_before(tag, there) is True
    return False


def asks_git(folder: Path) -> IsBefore:
    """Asks the history that the folder is in."""

    def is_before(first: str, second: str) -> bool | None:
        command = ["git", "-C", str(folder), "merge-base", "--is-ancestor", first, second]
        status = subprocess.run(command, check=False, capture_output=True).returncode  # noqa: S603 - both are hexadecimal
        return {0: True, 1: False}.get(status)

    return is_before


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; the exit status."""
    options = _parser().parse_args(arguments)
    file: Path = options.file
    try:
        before = file.read_text(encoding="utf-8")
        is_before = (lambda _first, _second: False) if options.back else asks_git(file.parent)
        after = set_image(before, options.tag, options.digest, is_before)
    except OSError as error:
        return _says(f"{file} cannot be read ({error.strerror})", 2)
    except Misused as error:
        return _says(f"{file}: {error}", 2)
    except Refused as error:
        return _says(f"{file}: {error}", 1)
    if after == before:
        print(f"{file} has {options.tag} already")
        return 0
    file.write_text(after, encoding="utf-8")
    print(f"{file} has {options.tag} now")
    return 0


def _says(line: str, status: int) -> int:
    print(f"set_image: {line}", file=sys.stderr)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="set_image.py", description="Write an image's tag and digest into an overlay."
    )
    parser.add_argument(
        "file", nargs="?", type=Path, default=OVERLAY, help="a kustomization.yaml; the prod overlay's by default"
    )
    parser.add_argument("--tag", required=True, help="the commit that the image was built from, or a version")
    parser.add_argument("--digest", required=True, help="the image's own, of all its platforms: sha256:...")
    parser.add_argument("--back", action="store_true", help="take an older one on purpose")
    return parser


if __name__ == "__main__":
    sys.exit(main())
