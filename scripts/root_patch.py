"""Print the merge patch that points the root application at another repository, commit or image, for one cluster.

Git stays as it is: Argo CD puts these patches onto what it renders from argocd/. With nothing given, it changes nothing.

    python3 scripts/root_patch.py --repo https://... --revision REV --image ghcr.io/event-gateway/event-gateway:TAG
"""

from __future__ import annotations

import argparse
import json

Patch = dict[str, object]


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(description="Print a merge patch for argocd/root.yaml.")
    parser.add_argument("--repo", default="", help="the Git repository that Argo CD reads")
    parser.add_argument("--revision", default="", help="the branch or commit of it")
    parser.add_argument("--image", default="", help="the image with its tag, which the cluster has already")
    arguments = parser.parse_args()
    source: Patch = {}
    if arguments.repo:
        source["repoURL"] = arguments.repo
    if arguments.revision:
        source["targetRevision"] = arguments.revision
    patches = [*_where(source), *(_image(arguments.image) if arguments.image else [])]
    if patches:
        source = {**source, "kustomize": {"patches": patches}}
    print(json.dumps({"spec": {"source": source}}))


def _where(source: Patch) -> list[Patch]:
    """The same place for all that the root brings, itself included."""
    if not source:
        return []
    patches = [
        _patch("Application", "root", _each("/spec/source", source)),
        _patch("Application", "gateway", _each("/spec/source", source)),
        _patch("Application", "monitoring", _each("/spec/sources/1", source)),
    ]
    if "repoURL" in source:
        patches.append(
            _patch("AppProject", ".*", [{**_operation("/spec/sourceRepos/0", source["repoURL"]), "op": "replace"}])
        )
    return patches


def _image(image: str) -> list[Patch]:
    """Another image for the gateway, and no asking of a registry that does not have it."""
    name = image.rpartition(":")[0]
    pull = [_operation("/spec/template/spec/containers/0/imagePullPolicy", "IfNotPresent")]
    kustomize = {
        "images": [f"{name}={image}"],
        "patches": [_patch("Deployment", "event-gateway", pull), _patch("Job", ".*", pull)],
    }
    return [_patch("Application", "gateway", [_operation("/spec/source/kustomize", kustomize)])]


def _each(path: str, values: Patch) -> list[Patch]:
    return [_operation(f"{path}/{name}", value) for name, value in values.items()]


def _operation(path: str, value: object) -> Patch:
    return {"op": "add", "path": path, "value": value}  # which replaces what is there, but in a list


def _patch(kind: str, name: str, operations: list[Patch]) -> Patch:
    return {"target": {"kind": kind, "name": name}, "patch": json.dumps(operations)}


if __name__ == "__main__":
    main()
