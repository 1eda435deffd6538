"""Mistakes as people make them, each planted in a delivery, and the check that must tell of it.

python tests/deploy/defects.py      the table: defect, caught by, what it says, and what a schema alone would say
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

from objects import HOOK, WAVE, Delivery, Object

OLD_NAME = "event-gateway-old"


@dataclass(frozen=True)
class Defect:
    """What is wrong, in which overlay, the check that says so, and how it comes about."""

    name: str
    caught_by: str
    plant: Callable[[Delivery], object]
    overlay: str = "prod"


def _pod(delivery: Delivery, kind: str = "Deployment", name: str = "event-gateway") -> Object:
    return delivery.get(kind, name)["spec"]["template"]["spec"]


def _container(delivery: Delivery, kind: str = "Deployment", name: str = "event-gateway") -> Object:
    return _pod(delivery, kind, name)["containers"][0]


def _spec(delivery: Delivery, kind: str, name: str = "event-gateway") -> Object:
    return delivery.get(kind, name)["spec"]


def _drop(delivery: Delivery, kind: str, name: str) -> None:
    delivery.objects.remove(delivery.get(kind, name))


def _annotate(delivery: Delivery, kind: str, name: str, key: str, value: str) -> None:
    delivery.get(kind, name)["metadata"].setdefault("annotations", {})[key] = value


def _add_bare_init_container(delivery: Delivery) -> None:
    small = {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "16Mi"}}
    image = _container(delivery, "Deployment", "valkey")["image"]
    _pod(delivery)["initContainers"] = [{"name": "wait", "image": image, "resources": small}]


def _add_secret(delivery: Delivery) -> None:
    metadata = {"name": "event-gateway", "namespace": "event-gateway"}
    delivery.objects.append(
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"GATEWAY_SECRET": "x"}}
    )
    allowed = delivery.get("AppProject", "event-gateway")["spec"]["namespaceResourceWhitelist"]
    allowed.append({"group": "", "kind": "Secret"})


def _close(delivery: Delivery, name: str, word: str, number: int) -> None:
    del _spec(delivery, "NetworkPolicy", name)[word][number]


def _settle(delivery: Delivery, **values: str) -> None:
    delivery.get("ConfigMap", "event-gateway")["data"].update(values)


DEFECTS = [
    Defect("a field that is misspelt", "schema", lambda d: _container(d).update(imagepullPolicy="Always")),
    Defect("a number where a text must be", "schema", lambda d: d.get("ConfigMap", "event-gateway")["data"].update(METRICS_PORT=9090)),
    Defect("a ServiceMonitor's field that is misspelt", "schema", lambda d: _spec(d, "ServiceMonitor")["endpoints"][0].update(scrapeIntervall="30s")),
    Defect("a selector that does not match its template", "selectors", lambda d: _spec(d, "Deployment", "valkey")["selector"]["matchLabels"].update(tier="cache")),
    Defect("spreading another workload's pods", "selectors", lambda d: _pod(d)["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"].update({"app.kubernetes.io/component": "api"})),
    Defect("a canary of other pods", "selectors", lambda d: _spec(d, "Rollout")["selector"]["matchLabels"].update(track="canary"), "canary"),
    Defect("a Service that selects nobody", "services", lambda d: _spec(d, "Service", "valkey")["selector"].update({"app.kubernetes.io/component": "redis"})),
    Defect("a Service's targetPort by a name that no container has", "services", lambda d: _spec(d, "Service", "event-gateway")["ports"][1].update(targetPort="prometheus")),
    Defect("an Ingress to a Service that is called otherwise", "ingress", lambda d: _spec(d, "Ingress")["rules"][0]["http"]["paths"][0]["backend"]["service"].update(name="gateway")),
    Defect("an Ingress to a port that the Service does not have", "ingress", lambda d: _spec(d, "Ingress")["rules"][0]["http"]["paths"][0]["backend"]["service"].update(port={"number": 8000})),
    Defect("an Ingress whose host no overlay set", "ingress", lambda d: _spec(d, "Ingress")["rules"][0].update(host="set-by-overlay.invalid")),
    Defect("TLS for another host", "addresses", lambda d: _spec(d, "Ingress")["tls"][0].update(hosts=["www.example.org"])),
    Defect("an HPA with min above max", "autoscaling", lambda d: _spec(d, "HorizontalPodAutoscaler").update(maxReplicas=1)),
    Defect("an HPA of what is not there", "autoscaling", lambda d: _spec(d, "HorizontalPodAutoscaler")["scaleTargetRef"].update(name=OLD_NAME)),
    Defect("replicas beside an HPA", "autoscaling", lambda d: _spec(d, "Deployment").update(replicas=3)),
    Defect("an object that is rendered twice", "names", lambda d: d.objects.append(deepcopy(d.get("HorizontalPodAutoscaler", "event-gateway"))), "canary"),
    Defect("a budget that lets no pod go", "disruption", lambda d: _spec(d, "PodDisruptionBudget").update(maxUnavailable=0)),
    Defect("a budget of nobody", "disruption", lambda d: _spec(d, "PodDisruptionBudget")["selector"]["matchLabels"].update(app="gateway")),
    Defect("a mount without its volume", "mounts", lambda d: _container(d)["volumeMounts"].append({"name": "cache", "mountPath": "/cache"})),
    Defect("a claim under another name than its mount", "mounts", lambda d: _spec(d, "StatefulSet", "postgres")["volumeClaimTemplates"][0]["metadata"].update(name="storage"), "local"),
    Defect("an emptyDir without an end", "mounts", lambda d: _pod(d)["volumes"][1].update(emptyDir={})),
    Defect("a ConfigMap without its hash", "references", lambda d: _pod(d)["volumes"][0]["configMap"].update(name="event-gateway-file")),
    Defect("a key that the Secret does not have", "references", lambda d: _container(d, "Job", "event-gateway-migrate")["env"][0]["valueFrom"]["secretKeyRef"].update(key="DATABASE_DSN")),
    Defect("an account that is not there", "references", lambda d: _drop(d, "ServiceAccount", "event-gateway")),
    Defect("a Secret in Git", "secrets", _add_secret),
    Defect("an ExternalSecret that forgets the database", "secrets", lambda d: _spec(d, "ExternalSecret")["data"].pop()),
    Defect("a request above its limit", "resources", lambda d: _container(d)["resources"]["requests"].update(memory="1Gi")),
    Defect("memory without a limit", "resources", lambda d: _container(d, "Deployment", "valkey")["resources"].pop("limits")),
    Defect("an image :latest", "images", lambda d: _container(d, "Deployment", "valkey").update(image="valkey/valkey:latest")),
    Defect("production by tag alone", "images", lambda d: [_container(d, kind, name).update(image=f"ghcr.io/event-gateway/event-gateway:{'a' * 40}") for kind, name in [("Deployment", "event-gateway"), ("Job", "event-gateway-migrate"), ("Job", "event-gateway-smoke")]]),
    Defect("a migration of another version", "images", lambda d: _container(d, "Job", "event-gateway-migrate").update(image=f"ghcr.io/event-gateway/event-gateway:1.0.0@sha256:{'1' * 64}")),
    Defect("a root file system that can be written to", "security", lambda d: _container(d, "Job", "event-gateway-smoke")["securityContext"].pop("readOnlyRootFilesystem")),
    Defect("an init container without a security context", "security", _add_bare_init_container),
    Defect("no seccomp profile", "security", lambda d: _pod(d, "StatefulSet", "postgres")["securityContext"].pop("seccompProfile"), "local"),
    Defect("a token for pods that need none", "security", lambda d: _pod(d).pop("automountServiceAccountToken")),
    Defect("a namespace that is open", "policies", lambda d: _drop(d, "NetworkPolicy", "default-deny")),
    Defect("a pod without a policy of its own", "policies", lambda d: _spec(d, "NetworkPolicy", "cache")["podSelector"]["matchLabels"].update({"app.kubernetes.io/component": "redis"}) or d.objects.remove(d.get("NetworkPolicy", "cache-clients")) or d.get("ConfigMap", "event-gateway")["data"].pop("REDIS_URL")),
    Defect("no way out to the cache", "ways", lambda d: _drop(d, "NetworkPolicy", "cache-clients")),
    Defect("a cache that lets nobody in", "ways", lambda d: _close(d, "cache", "ingress", 0)),
    Defect("no way to the database", "ways", lambda d: _spec(d, "NetworkPolicy", "database-clients")["egress"][0].update(ports=[{"port": 3306}])),
    Defect("the migration kept from the database", "ways", lambda d: _spec(d, "NetworkPolicy", "database")["ingress"][0]["from"][0]["podSelector"]["matchExpressions"][0].update(values=["gateway"]), "local"),
    Defect("no names are resolved", "ways", lambda d: _close(d, "event-gateway", "egress", 0)),
    Defect("no way to providers", "ways", lambda d: _close(d, "event-gateway", "egress", 1)),
    Defect("closed to the Ingress", "ways", lambda d: _close(d, "event-gateway", "ingress", 0)),
    Defect("a smoke query that is kept out", "ways", lambda d: _drop(d, "NetworkPolicy", "event-gateway-smoke")),
    Defect("REDIS_URL at another port", "ways", lambda d: (_spec(d, "Service", "valkey")["ports"][0].update(targetPort=6380), _container(d, "Deployment", "valkey")["ports"].append({"name": "other", "containerPort": 6380}))),
    Defect("a probe of a port that is not opened", "probes", lambda d: _container(d)["readinessProbe"]["httpGet"].update(port=8080)),
    Defect("no readiness probe", "probes", lambda d: _container(d).pop("readinessProbe")),
    Defect("an update that takes away first", "draining", lambda d: _spec(d, "Deployment")["strategy"]["rollingUpdate"].update(maxUnavailable=1)),
    Defect("less grace than it takes to stop", "draining", lambda d: _pod(d).update(terminationGracePeriodSeconds=30)),
    Defect("a migration that is no hook", "jobs", lambda d: d.get("Job", "event-gateway-migrate")["metadata"]["annotations"].pop(HOOK)),
    Defect("a migration without an end", "jobs", lambda d: _spec(d, "Job", "event-gateway-migrate").pop("activeDeadlineSeconds")),
    Defect("a migration before there is a database", "waves", lambda d: _annotate(d, "Job", "event-gateway-migrate", HOOK, "PreSync"), "local"),
    Defect("a migration before there is its Secret", "waves", lambda d: _annotate(d, "ExternalSecret", "event-gateway", WAVE, "-1")),
    Defect("the gateway in the migration's wave", "waves", lambda d: _annotate(d, "Job", "event-gateway-migrate", WAVE, "0")),
    Defect("a setting that does not exist", "settings", lambda d: _settle(d, GATEWAY_LOGFORMAT="json")),
    Defect("a public address of another host", "addresses", lambda d: _settle(d, GATEWAY_PUBLIC_URL="https://events.example.com")),
    Defect("a kind that the AppProject does not allow", "project", lambda d: d.get("AppProject", "event-gateway")["spec"]["namespaceResourceWhitelist"].remove({"group": "policy", "kind": "PodDisruptionBudget"})),
    Defect("an object in another namespace", "project", lambda d: d.get("Service", "valkey")["metadata"].update(namespace="default")),
    Defect("an Application of a path that is not there", "applications", lambda d: d.application()["spec"]["source"].update(path="manifests/overlays/production")),
    Defect("an Application of a repository that its project does not allow", "applications", lambda d: d.application()["spec"]["source"].update(repoURL="https://github.com/someone/else")),
    Defect("a chart in whatever version", "applications", lambda d: d.get("Application", "monitoring")["spec"]["sources"][0].update(targetRevision="*")),
    Defect("drift that nobody mends", "syncing", lambda d: d.application()["spec"]["syncPolicy"]["automated"].update(selfHeal=False)),
    Defect("a namespace without pod security", "syncing", lambda d: d.application()["spec"]["syncPolicy"].pop("managedNamespaceMetadata")),
    Defect("a ServiceMonitor of a port that is not there", "monitors", lambda d: _spec(d, "ServiceMonitor")["endpoints"][0].update(port="prometheus")),
]  # fmt: skip


def table() -> Iterator[str]:
    """A line for each defect."""
    from checks import complaints
    from delivery import read_deliveries

    deliveries = read_deliveries()
    yield "| defect | overlay | caught by | what it says | a schema alone |"
    yield "|---|---|---|---|---|"
    for defect in DEFECTS:
        spoiled = deliveries[defect.overlay].copy()
        defect.plant(spoiled)
        found = complaints(spoiled)
        said = next(iter(found.get(defect.caught_by, ["NOTHING"])))
        alone = "tells" if "schema" in found else "passes"
        yield f"| {defect.name} | {defect.overlay} | {', '.join(found)} | {said} | {alone} |"


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in table())
