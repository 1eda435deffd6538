"""What must hold among the objects of a delivery, and no schema can say. Each check gives its complaints."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain

from network import destinations, is_open
from objects import HOOK, ROOT, Delivery, Object, Workload, matches, moment, title
from schemas import schema_of

from server.serving import GRACE

Check = Callable[[Delivery], Iterator[str]]
OWN_IMAGE = "ghcr.io/event-gateway/event-gateway"
UNITS = {"m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Enlist it by its name."""
    CHECKS[function.__name__] = function
    return function


def complaints(delivery: Delivery) -> dict[str, list[str]]:
    """What each check has to say, of those that say something."""
    said = {name: list(each(delivery)) for name, each in CHECKS.items()}
    return {name: lines for name, lines in said.items() if lines}


@check
def schema(delivery: Delivery) -> Iterator[str]:
    """Each object is one of its kind."""
    yield from (f"{title(each)}: {said}" for each in delivery.objects if (said := schema_of(each)))


@check
def selectors(delivery: Delivery) -> Iterator[str]:
    """A workload selects its own pods, and spreads those."""
    for each in delivery.workloads("Deployment", "StatefulSet"):
        if not matches(each.thing["spec"]["selector"], each.labels):
            yield f"{each.title}: its selector does not match its template's labels; make them the same"
        for spread in each.pod.get("topologySpreadConstraints", []):
            if not matches(spread.get("labelSelector"), each.labels):
                yield f"{each.title}: spreads other pods than its own over {spread['topologyKey']}"
    for rollout in delivery.of("Rollout"):
        reference = rollout["spec"]["workloadRef"]
        template = delivery.named(reference["kind"], reference["name"])
        if template is None or not matches(rollout["spec"]["selector"], Workload(template).labels):
            yield f"{title(rollout)}: selects no pods of {reference['kind']}/{reference['name']}, which it refers to"


@check
def services(delivery: Delivery) -> Iterator[str]:
    """A Service finds pods, and their ports."""
    for service in delivery.of("Service"):
        behind = delivery.behind(service)
        if not behind:
            yield f"{title(service)}: selects no pods; compare its selector with the templates' labels"
        for port in service["spec"]["ports"]:
            wanted = port.get("targetPort", port["port"])
            if not all(each.port(wanted) for each in behind):
                yield f"{title(service)}: its pods open no port {wanted}"


@check
def ingress(delivery: Delivery) -> Iterator[str]:
    """What people reach leads somewhere, at a host that the overlay sets."""
    for each in delivery.of("Ingress"):
        for rule in each["spec"]["rules"]:
            if rule.get("host", ".invalid").endswith(".invalid"):
                yield f"{title(each)}: no overlay sets its host"
            for path in rule["http"]["paths"]:
                wanted = path["backend"]["service"]
                service = delivery.named("Service", wanted["name"])
                ports = [(port.get("name"), port["port"]) for port in service["spec"]["ports"]] if service else []
                if not any({wanted["port"].get("name"), wanted["port"].get("number")} & set(port) for port in ports):
                    yield f"{title(each)}: there is no Service {wanted['name']} with port {wanted['port']}"


@check
def addresses(delivery: Delivery) -> Iterator[str]:
    """The gateway knows itself by the address that the Ingress gives it."""
    served = {
        f"{'https' if _has_tls(each, rule['host']) else 'http'}://{rule['host']}"
        for each in delivery.of("Ingress")
        for rule in each["spec"]["rules"]
        if "host" in rule and not rule["host"].endswith(".invalid")
    }
    for each in delivery.workloads("Deployment"):
        for name, value in chain.from_iterable(map(delivery.environment, each.containers)):
            if name == "GATEWAY_PUBLIC_URL" and served and value not in served:
                yield f"{each.title}: GATEWAY_PUBLIC_URL is {value}, but the Ingress serves {', '.join(sorted(served))}"


def _has_tls(thing: Object, host: str) -> bool:
    return any(host in entry.get("hosts", []) and entry.get("secretName") for entry in thing["spec"].get("tls", []))


@check
def autoscaling(delivery: Delivery) -> Iterator[str]:
    """An autoscaler has room, and something to scale, whose replicas are its own."""
    for hpa in delivery.of("HorizontalPodAutoscaler"):
        spec, target = hpa["spec"], hpa["spec"]["scaleTargetRef"]
        if spec.get("minReplicas", 1) > spec["maxReplicas"]:
            yield f"{title(hpa)}: minReplicas is more than maxReplicas"
        scaled = delivery.named(target["kind"], target["name"])
        if scaled is None:
            yield f"{title(hpa)}: there is no {target['kind']}/{target['name']} to scale"
        elif "replicas" in scaled["spec"]:
            yield f"{title(scaled)}: has replicas, which {title(hpa)} owns; each sync would put them back"


@check
def disruption(delivery: Delivery) -> Iterator[str]:
    """A budget guards pods, and lets one of them go."""
    for budget in delivery.of("PodDisruptionBudget"):
        guarded = [each for each in delivery.workloads() if matches(budget["spec"]["selector"], each.labels)]
        if not guarded:
            yield f"{title(budget)}: guards no pods; compare its selector with the templates' labels"
        for each in guarded:
            least = _least_replicas(delivery, each)
            keeps, spares = budget["spec"].get("minAvailable", 0), budget["spec"].get("maxUnavailable", 1)
            if spares in {0, "0%"} or keeps == "100%" or (isinstance(keeps, int) and keeps >= least):
                yield f"{title(budget)}: {each.title} may have {least} pods, of which none may go; no node could be drained"


def _least_replicas(delivery: Delivery, workload: Workload) -> int:
    scalers = [
        hpa["spec"].get("minReplicas", 1)
        for hpa in delivery.of("HorizontalPodAutoscaler")
        if hpa["spec"]["scaleTargetRef"]["name"] == workload.thing["metadata"]["name"]
    ]
    return min([*scalers, workload.thing["spec"].get("replicas", 1)]) if not scalers else scalers[0]


@check
def mounts(delivery: Delivery) -> Iterator[str]:
    """What is mounted is a volume, each volume is mounted, and those in memory or on a node's disk have an end."""
    for each in delivery.workloads():
        claims = [claim["metadata"]["name"] for claim in each.thing["spec"].get("volumeClaimTemplates", [])]
        volumes = [volume["name"] for volume in each.pod.get("volumes", [])]
        used = {mount["name"] for container in each.containers for mount in container.get("volumeMounts", [])}
        for name in sorted(used ^ {*claims, *volumes}):
            yield f"{each.title}: volume {name} is {'mounted but not there' if name in used else 'there but not mounted'}"
        for volume in each.pod.get("volumes", []):
            if "emptyDir" in volume and not (volume["emptyDir"] or {}).get("sizeLimit"):
                yield f"{each.title}: emptyDir {volume['name']} has no sizeLimit, and could fill the node's disk"


@check
def references(delivery: Delivery) -> Iterator[str]:
    """Every ConfigMap, Secret, key and account that a pod wants is there."""
    for each in delivery.workloads():
        for kind, name, key in _wants(each):
            known = _keys(delivery, kind, name)
            if known is None:
                yield f"{each.title}: there is no {kind} {name}"
            elif key is not None and key not in known:
                yield f"{each.title}: {kind} {name} has no key {key}"


def _wants(workload: Workload) -> Iterator[tuple[str, str, str | None]]:
    if account := workload.pod.get("serviceAccountName"):
        yield "ServiceAccount", account, None
    for pull in workload.pod.get("imagePullSecrets", []):
        yield "Secret", pull["name"], None
    for volume in workload.pod.get("volumes", []):
        if config := volume.get("configMap"):
            yield "ConfigMap", config["name"], None
        if secret := volume.get("secret"):
            yield "Secret", secret["secretName"], None
    for container in workload.containers:
        for source in [*container.get("envFrom", []), *(one.get("valueFrom", {}) for one in container.get("env", []))]:
            for word, reference in source.items():
                if word.startswith(("configMap", "secret")) and not reference.get("optional"):
                    yield (
                        ("ConfigMap" if word.startswith("config") else "Secret"),
                        reference["name"],
                        reference.get("key"),
                    )


def _keys(delivery: Delivery, kind: str, name: str) -> set[str] | None:
    if kind == "Secret":
        return delivery.secrets.get(name)
    thing = delivery.named(kind, name)
    return None if thing is None else set(thing.get("data") or {})


@check
def secrets(delivery: Delivery) -> Iterator[str]:
    """Secrets are made in the cluster; what makes them gives keys that are known."""
    for each in delivery.of("Secret"):
        yield f"{title(each)}: is rendered; secrets are made in the cluster (scripts/secrets.sh, External Secrets)"
    for name, each in delivery.external_secrets().items():
        given = {entry["secretKey"] for entry in each["spec"].get("data", [])}
        for key in sorted(given - delivery.secrets.get(name, set())):
            yield f"{title(each)}: gives {key}, which base/secret.example.yaml does not know for Secret {name}"
        if name == "event-gateway" and not {"GATEWAY_SECRET", "DATABASE_URL"} <= given:
            yield f"{title(each)}: does not name GATEWAY_SECRET and DATABASE_URL, without which nothing starts"


@check
def resources(delivery: Delivery) -> Iterator[str]:
    """Each container says what it needs, and where its memory ends."""
    for each, container in _containers(delivery):
        requests, limits = (container.get("resources", {}).get(word, {}) for word in ("requests", "limits"))
        for missing in sorted({"cpu", "memory"} - set(requests)):
            yield f"{each.title}: container {container['name']} requests no {missing}"
        if "memory" not in limits:
            yield f"{each.title}: container {container['name']} has no limit of memory"
        for word in sorted(set(requests) & set(limits)):
            if _amount(requests[word]) > _amount(limits[word]):
                yield f"{each.title}: container {container['name']} requests more {word} than its limit"


def _amount(quantity: object) -> float:
    number, unit = re.fullmatch(r"([\d.]+)([a-zA-Z]*)", str(quantity)).groups()
    return float(number) * (UNITS[unit] if unit else 1)


def _containers(delivery: Delivery) -> Iterator[tuple[Workload, Object]]:
    for each in delivery.workloads():
        for container in each.containers:
            yield each, container


@check
def images(delivery: Delivery) -> Iterator[str]:
    """An image is one image: by digest, but for our own on a machine that follows the main branch."""
    for each, container in _containers(delivery):
        name, _, digest = container["image"].partition("@")
        tag = name.rpartition("/")[2].partition(":")[2]
        follows = delivery.name == "local" and name.partition(":")[0] == OWN_IMAGE
        if not tag or tag == "latest":
            yield f"{each.title}: {container['image']} is whatever was pushed last; give it a tag"
        elif not (follows or re.fullmatch("sha256:[0-9a-f]{64}", digest)):
            yield f"{each.title}: {container['image']} is not pinned by its digest"
    ours = {container["image"] for _, container in _containers(delivery) if container["image"].startswith(OWN_IMAGE)}
    if len(ours) > 1:
        yield f"the gateway, its migration and its smoke query run different images: {', '.join(sorted(ours))}"


@check
def security(delivery: Delivery) -> Iterator[str]:
    """All of Kubernetes' restricted pod security, a read-only root, and no token that nobody needs."""
    for each in delivery.workloads():
        pod = each.pod.get("securityContext", {})
        for key, wanted in {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}.items():
            if pod.get(key) != wanted:
                yield f"{each.title}: its pods want securityContext.{key} = {wanted}"
        if not pod.get("runAsUser"):
            yield f"{each.title}: its pods run as whom the image says; set runAsUser, and not to 0"
        if each.pod.get("automountServiceAccountToken") is not False:
            yield f"{each.title}: its pods are given a token; set automountServiceAccountToken = false"
        if any(each.pod.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")):
            yield f"{each.title}: its pods share the node's network, processes or memory"
        for volume in each.pod.get("volumes", []):
            if "hostPath" in volume:
                yield f"{each.title}: volume {volume['name']} is the node's own disk"
        for container in each.containers:
            yield from (f"{each.title}: container {container['name']} {wish}" for wish in _wishes(container))


def _wishes(container: Object) -> Iterator[str]:
    context = container.get("securityContext", {})
    wanted = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    for key, value in wanted.items():
        if context.get(key) != value:
            yield f"wants securityContext.{key} = {value}"
    if context.get("privileged"):
        yield "is privileged"
    if context.get("runAsUser") == 0 or context.get("runAsNonRoot") is False:
        yield "runs as root"
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "opens a port of the node"


@check
def policies(delivery: Delivery) -> Iterator[str]:
    """The namespace is closed, and each kind of pod has a policy of its own for both ways."""
    rules = [each["spec"] for each in delivery.of("NetworkPolicy")]
    if not any(not rule["podSelector"] and not rule.get("ingress") and not rule.get("egress") for rule in rules):
        yield "there is no NetworkPolicy that closes the namespace (podSelector: {}, no rules)"
    for each in delivery.workloads():
        own = [rule for rule in rules if rule["podSelector"] and matches(rule["podSelector"], each.labels)]
        types = {kind for rule in own for kind in rule.get("policyTypes", [])}
        for missing in sorted({"Ingress", "Egress"} - types):
            yield f"{each.title}: no NetworkPolicy of its own is about its {missing}"


@check
def ways(delivery: Delivery) -> Iterator[str]:
    """Whoever is to speak with somebody is let out, and in."""
    for way in destinations(delivery):
        if not is_open(delivery, way):
            yield f"{way}: no NetworkPolicy lets that through; add it to the policies of both"


@check
def probes(delivery: Delivery) -> Iterator[str]:
    """What serves says when it can, at ports that it opens."""
    for each in delivery.workloads("Deployment", "StatefulSet"):
        for container in each.pod["containers"]:
            for name in ("startupProbe", "readinessProbe"):
                if name not in container:
                    yield f"{each.title}: container {container['name']} has no {name}"
            for name in ("startupProbe", "livenessProbe", "readinessProbe"):
                asked = container.get(name, {})
                port = (asked.get("httpGet") or asked.get("tcpSocket") or {}).get("port")
                if port is not None and each.port(port) is None:
                    yield f"{each.title}: {name} asks port {port}, which container {container['name']} does not open"


@check
def draining(delivery: Delivery) -> Iterator[str]:
    """A gateway is replaced without a request lost: one more before one less, and time to finish."""
    for each in delivery.workloads("Deployment"):
        if each.component != "gateway":
            continue
        update = each.thing["spec"].get("strategy", {}).get("rollingUpdate", {})
        if update.get("maxUnavailable") != 0 or update.get("maxSurge") in {0, "0%"}:
            yield f"{each.title}: an update takes a pod away before there is another; maxUnavailable: 0, maxSurge: 1"
        sleeps = [
            container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
            for container in each.pod["containers"]
        ]
        if not all(sleeps):
            yield f"{each.title}: no preStop sleep, so that requests come in while it stops"
        if each.pod.get("terminationGracePeriodSeconds", 30) <= max(sleeps) + GRACE:
            yield f"{each.title}: terminationGracePeriodSeconds must be more than preStop ({max(sleeps)} s) and drain ({GRACE} s)"


@check
def jobs(delivery: Delivery) -> Iterator[str]:
    """A Job is a hook that can be run again, and ends."""
    for each in delivery.of("Job"):
        annotations = each["metadata"].get("annotations", {})
        if annotations.get(HOOK) not in {"PreSync", "Sync", "PostSync"}:
            yield f"{title(each)}: is no hook; a Job cannot be changed, and the second sync would fail"
        if "BeforeHookCreation" not in annotations.get("argocd.argoproj.io/hook-delete-policy", ""):
            yield f"{title(each)}: wants hook-delete-policy BeforeHookCreation, so that the next sync can make it anew"
        for key in ("activeDeadlineSeconds", "backoffLimit"):
            if key not in each["spec"]:
                yield f"{title(each)}: has no {key}, and a sync could wait for it without end"


@check
def waves(delivery: Delivery) -> Iterator[str]:
    """What a pod needs is applied before it, the first time as well."""
    for each in delivery.workloads():
        for other in _needs(delivery, each):
            # In one wave Argo CD applies settings before pods, but it waits for nothing.
            waits = other["kind"] in {"ExternalSecret", "Job", "StatefulSet"} or moment(each.thing)[0] != 0
            late = moment(other) >= moment(each.thing) if waits else moment(other) > moment(each.thing)
            if late:
                yield f"{each.title}: needs {title(other)}, which is applied later; give that an earlier wave"


def _needs(delivery: Delivery, workload: Workload) -> Iterator[Object]:
    for kind, name, _ in _wants(workload):
        found = delivery.external_secrets().get(name) if kind == "Secret" else delivery.named(kind, name)
        if found:
            yield found
    for policy in delivery.of("NetworkPolicy"):
        if matches(policy["spec"]["podSelector"], workload.labels):
            yield policy
    names = {name for container in workload.containers for name, _ in delivery.environment(container)}
    if "DATABASE_URL" in names and workload.component in {"gateway", "migration"}:
        yield from (each.thing for each in delivery.workloads("StatefulSet") if each.component == "database")
        if workload.component == "gateway":
            yield from (each.thing for each in delivery.workloads("Job") if each.component == "migration")


@check
def settings(delivery: Delivery) -> Iterator[str]:
    """Every variable of the gateway is one that it reads."""
    for each, container in _containers(delivery):
        if container["image"].startswith(OWN_IMAGE):
            for name, _ in delivery.environment(container):
                if name not in delivery.settings and not name.startswith("OTEL_"):
                    yield f"{each.title}: {name} is no setting of the gateway; see docs/settings.md"


@check
def monitors(delivery: Delivery) -> Iterator[str]:
    """A ServiceMonitor finds a Service, and a port of it."""
    for each in delivery.of("ServiceMonitor"):
        found = [
            one
            for one in delivery.of("Service")
            if matches(each["spec"]["selector"], one["metadata"].get("labels", {}))
        ]
        if not found:
            yield f"{title(each)}: selects no Service"
        for endpoint in each["spec"]["endpoints"]:
            if found and not any(
                port.get("name") == endpoint["port"] for one in found for port in one["spec"]["ports"]
            ):
                yield f"{title(each)}: no Service that it selects has a port {endpoint['port']}"


@check
def names(delivery: Delivery) -> Iterator[str]:
    """No two objects are one."""
    counts = Counter((title(each), each["metadata"].get("namespace")) for each in delivery.objects)
    yield from (f"{name}: is rendered {count} times" for (name, _), count in counts.items() if count > 1)


@check
def project(delivery: Delivery) -> Iterator[str]:
    """Argo CD may apply all that is rendered, where it is told to."""
    application = delivery.application()["spec"]
    allowed = _projects(delivery)[application["project"]]["spec"]
    kinds = {(entry["group"], entry["kind"]) for entry in allowed["namespaceResourceWhitelist"]}
    for each in delivery.objects:
        group = each["apiVersion"].rpartition("/")[0]
        if (group, each["kind"]) not in kinds:
            yield f"{title(each)}: AppProject {application['project']} does not allow {group or 'core'}/{each['kind']}"
        if each["metadata"].get("namespace") != application["destination"]["namespace"]:
            yield f"{title(each)}: is not in namespace {application['destination']['namespace']}"


def _projects(delivery: Delivery) -> dict[str, Object]:
    return {each["metadata"]["name"]: each for each in delivery.argocd if each["kind"] == "AppProject"}


def _applications(delivery: Delivery) -> list[Object]:
    return [each for each in delivery.argocd if each["kind"] == "Application"]


@check
def applications(delivery: Delivery) -> Iterator[str]:
    """Each Application has a project that allows it, and sources that exist and stay what they are."""
    for each in _applications(delivery):
        spec, allowed = each["spec"], _projects(delivery).get(each["spec"]["project"])
        sources = spec.get("sources") or [spec["source"]]
        if allowed is None and spec["project"] != "default":
            yield f"{title(each)}: there is no AppProject {spec['project']}"
        elif allowed is not None:
            yield from _not_allowed(each, allowed["spec"], sources)
        for source in sources:
            yield from (f"{title(each)}: {problem}" for problem in _problems(source))


def _not_allowed(application: Object, allowed: Object, sources: list[Object]) -> Iterator[str]:
    for source in sources:
        if source["repoURL"] not in allowed["sourceRepos"]:
            yield f"{title(application)}: its AppProject does not allow {source['repoURL']}"
    if application["spec"]["destination"] not in allowed["destinations"]:
        yield f"{title(application)}: its AppProject does not allow namespace {application['spec']['destination']['namespace']}"


def _problems(source: Object) -> Iterator[str]:
    if "path" in source and not (ROOT / source["path"] / "kustomization.yaml").is_file():
        yield f"path {source['path']} holds no kustomization"
    if "chart" in source and not re.fullmatch(r"\d+\.\d+\.\d+", source["targetRevision"]):
        yield f"chart {source['chart']} is not pinned to one version"
    for name in source.get("helm", {}).get("valueFiles", []):
        if not (ROOT / name.removeprefix("$values/")).is_file():
            yield f"there is no {name}"


@check
def syncing(delivery: Delivery) -> Iterator[str]:
    """What is in Git is in the cluster, in order, with the namespace as it must be."""
    for each in _applications(delivery):
        policy = each["spec"].get("syncPolicy", {})
        if not all(policy.get("automated", {}).get(key) for key in ("prune", "selfHeal")):
            yield f"{title(each)}: does not follow Git by itself (automated: prune, selfHeal)"
        if "backoff" not in policy.get("retry", {}):
            yield f"{title(each)}: gives up at the first failure (retry with backoff)"
        own = moment(each)
        if any(moment(one) >= own for name, one in _projects(delivery).items() if name == each["spec"]["project"]):
            yield f"{title(each)}: is made before its AppProject; give that an earlier wave"
    policy = delivery.application()["spec"].get("syncPolicy", {})
    labels = policy.get("managedNamespaceMetadata", {}).get("labels", {})
    if labels.get("pod-security.kubernetes.io/enforce") != "restricted":
        yield "Application/gateway: its namespace does not enforce restricted pod security"
