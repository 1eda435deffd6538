"""Who is to speak with whom, as services and settings say, and whether the NetworkPolicies let them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network

from objects import Delivery, Object, Workload, matches

INGRESS_CONTROLLER, PROMETHEUS = "ingress-nginx", "monitoring"
URL = re.compile(r"\b[a-z][a-z0-9+]*://(?:[^@/\s]*@)?([a-z0-9.-]+)(?::(\d+))?")
OUTSIDE = "0.0.0.0/0"


@dataclass(frozen=True)
class Way:
    """From a workload or another namespace to a workload, a network or another namespace, at a port."""

    start: Workload | str
    end: Workload | str
    port: int
    protocol: str = "TCP"

    def __str__(self) -> str:
        start, end = (each if isinstance(each, str) else each.title for each in (self.start, self.end))
        return f"{start} to {end}, port {self.port}"


def destinations(delivery: Delivery) -> Iterator[Way]:
    """All that must be open."""
    for each in delivery.workloads():
        if each.component in {"gateway", "migration", "smoke"}:
            yield Way(each, "kube-system", 53, "UDP")
            yield Way(each, "kube-system", 53)
        if each.component == "gateway":
            yield Way(each, OUTSIDE, 443)
            yield Way(each, OUTSIDE, 80)
        yield from _of_settings(delivery, each)
    for ingress in delivery.of("Ingress"):
        for path in (path for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]):
            wanted = path["backend"]["service"]
            yield from _to_service(delivery, INGRESS_CONTROLLER, wanted["name"], wanted["port"].get("name"))
    for monitor in delivery.of("ServiceMonitor"):
        for service in delivery.of("Service"):
            if matches(monitor["spec"]["selector"], service["metadata"].get("labels", {})):
                for endpoint in monitor["spec"]["endpoints"]:
                    yield from _to_service(delivery, PROMETHEUS, service["metadata"]["name"], endpoint["port"])


def _of_settings(delivery: Delivery, workload: Workload) -> Iterator[Way]:
    """Where its settings and arguments lead; the database's address is a secret, but not where it may be."""
    for container in workload.containers:
        given = dict(delivery.environment(container))
        texts = [*container.get("args", []), *(value for value in given.values() if value)]
        for host, port in {found for text in texts for found in URL.findall(str(text))}:
            yield from _to_service(delivery, workload, host, int(port or 80))
        if "DATABASE_URL" in given and delivery.named("Service", "postgres"):
            yield from _to_service(delivery, workload, "postgres", 5432)
        elif "DATABASE_URL" in given:
            yield Way(workload, "10.0.0.0/8", 5432)


def _to_service(delivery: Delivery, start: Workload | str, name: str, wanted: str | int | None) -> Iterator[Way]:
    service = delivery.named("Service", name.partition(".")[0])
    for port in service["spec"]["ports"] if service else []:
        if wanted in {port.get("name"), port["port"]}:
            for each in delivery.behind(service):
                number = each.port(port.get("targetPort", port["port"]))
                if number:
                    yield Way(start, each, number)


def is_open(delivery: Delivery, way: Way) -> bool:
    """Whether some policy lets it out, and some lets it in, each where one is asked."""
    out = not isinstance(way.start, Workload) or any(
        _allows(rule, "to", way.end, way) for rule in _rules(delivery, way.start, "egress")
    )
    into = not isinstance(way.end, Workload) or any(
        _allows(rule, "from", way.start, way) for rule in _rules(delivery, way.end, "ingress")
    )
    return out and into


def _rules(delivery: Delivery, workload: Workload, word: str) -> list[Object]:
    return [
        rule
        for policy in delivery.of("NetworkPolicy")
        if matches(policy["spec"]["podSelector"], workload.labels)
        for rule in policy["spec"].get(word, [])
    ]


def _allows(rule: Object, word: str, peer: Workload | str, way: Way) -> bool:
    """Whether the rule is about that peer and the way's port; named ports are those of the pod that is spoken to."""
    return any(_is(entry, peer) for entry in rule.get(word, [])) and any(
        port.get("protocol", "TCP") == way.protocol and _number(port["port"], way) == way.port
        for port in rule.get("ports", [])
    )


def _number(port: str | int, way: Way) -> int | None:
    return port if isinstance(port, int) else way.end.port(port) if isinstance(way.end, Workload) else None


def _is(entry: Object, peer: Workload | str) -> bool:
    if isinstance(peer, Workload):
        return "namespaceSelector" not in entry and matches(entry.get("podSelector"), peer.labels)
    if "/" in peer:
        block = entry.get("ipBlock", {}).get("cidr")
        return block is not None and ":" not in block and ip_network(block).subnet_of(ip_network(peer))
    return matches(entry.get("namespaceSelector"), {"kubernetes.io/metadata.name": peer})
