"""What is delivered: the objects that kustomize renders, and what they must fit to."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]

ROOT = Path(__file__).parents[2]
# Each overlay, and the kustomization of Argo CD that deploys it.
OVERLAYS = {"local": "local", "prod": "prod", "canary": "prod"}
HOOK = "argocd.argoproj.io/hook"
WAVE = "argocd.argoproj.io/sync-wave"
PHASES = {"PreSync": -1, "Sync": 0, "PostSync": 1}


def render(path: Path) -> list[Object]:
    """The objects of a kustomization."""
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        msg = "kubectl is missing: install it (1.30 or newer); rendering needs no cluster"
        raise FileNotFoundError(msg)
    done = subprocess.run([kubectl, "kustomize", str(path)], check=False, capture_output=True, text=True)  # noqa: S603 - our own folders
    if done.returncode:
        msg = f"{path} cannot be rendered: {done.stderr}"
        raise ValueError(msg)
    return list(yaml.safe_load_all(done.stdout))


def secret_keys(path: Path = ROOT / "manifests" / "base" / "secret.example.yaml") -> dict[str, set[str]]:
    """The Secrets that are made in the cluster, and their keys."""
    return {each["metadata"]["name"]: set(each["stringData"]) for each in yaml.safe_load_all(path.read_text())}


def title(thing: Object) -> str:
    """Kind and name, as kubectl has them."""
    return f"{thing['kind']}/{thing['metadata']['name']}"


def matches(selector: Mapping[str, Any] | None, labels: Mapping[str, str]) -> bool:
    """Whether a label selector takes these labels; an empty one takes all, and none takes none."""
    if selector is None:
        return False
    plain = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return plain and all(_fits(rule, labels) for rule in selector.get("matchExpressions", []))


def _fits(rule: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value = labels.get(rule["key"])
    return {
        "In": value in rule.get("values", []),
        "NotIn": value not in rule.get("values", []),
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }[rule["operator"]]


@dataclass(frozen=True)
class Workload:
    """Something that has pods."""

    thing: Object

    @property
    def title(self) -> str:
        return title(self.thing)

    @property
    def kind(self) -> str:
        return self.thing["kind"]

    @property
    def labels(self) -> dict[str, str]:
        return self.thing["spec"]["template"]["metadata"].get("labels", {})

    @property
    def component(self) -> str | None:
        return self.labels.get("app.kubernetes.io/component")

    @property
    def pod(self) -> Object:
        return self.thing["spec"]["template"]["spec"]

    @property
    def containers(self) -> list[Object]:
        """Those that run before the others, too."""
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

    def port(self, wanted: str | int) -> int | None:
        """The number of a port that a container opens, by its name or number."""
        ports = [port for each in self.containers for port in each.get("ports", [])]
        return next(
            (port["containerPort"] for port in ports if wanted in {port.get("name"), port["containerPort"]}), None
        )


@dataclass
class Delivery:
    """An overlay as it is rendered, what Argo CD makes of it, and what its containers know."""

    name: str
    objects: list[Object]
    argocd: list[Object]
    settings: frozenset[str]
    secrets: dict[str, set[str]] = field(default_factory=secret_keys)

    def copy(self) -> Delivery:
        """One to spoil."""
        return deepcopy(self)

    def of(self, *kinds: str) -> list[Object]:
        return [each for each in self.objects if each["kind"] in kinds]

    def named(self, kind: str, name: str) -> Object | None:
        return next((each for each in self.of(kind) if each["metadata"]["name"] == name), None)

    def get(self, kind: str, name: str) -> Object:
        """The object; a generated one by its name without the hash."""
        for each in [*self.of(kind), *(thing for thing in self.argocd if thing["kind"] == kind)]:
            found = each["metadata"]["name"]
            if found == name or (kind == "ConfigMap" and found.rpartition("-")[0] == name):
                return each
        raise KeyError(kind, name)

    def workloads(self, *kinds: str) -> list[Workload]:
        """All that have pods, a Rollout by the template that it refers to."""
        return [*map(Workload, self.of(*(kinds or ("Deployment", "StatefulSet", "Job"))))]

    def behind(self, service: Object) -> list[Workload]:
        """The workloads whose pods a Service sends to."""
        selector = service["spec"].get("selector")
        return [each for each in self.workloads() if selector and matches({"matchLabels": selector}, each.labels)]

    def external_secrets(self) -> dict[str, Object]:
        """What makes Secrets in the cluster, by the Secret's name."""
        return {each["spec"]["target"]["name"]: each for each in self.of("ExternalSecret")}

    def application(self) -> Object:
        return self.get("Application", "gateway")

    def environment(self, container: Object) -> Iterator[tuple[str, str | None]]:
        """Every variable that the container is given, and its value where that is no secret."""
        for source in container.get("envFrom", []):
            if reference := source.get("configMapRef"):
                yield from ((self.named("ConfigMap", reference["name"]) or {}).get("data") or {}).items()
            if reference := source.get("secretRef"):
                yield from ((key, None) for key in sorted(self.secrets.get(reference["name"], ())))
        for each in container.get("env", []):
            yield each["name"], each.get("value")


def moment(thing: Object) -> tuple[int, int]:
    """When Argo CD applies it: the phase, and the wave in it."""
    annotations = thing["metadata"].get("annotations", {})
    return PHASES[annotations.get(HOOK, "Sync")], int(annotations.get(WAVE, "0"))
