"""Reads the deliveries: renders every overlay and Argo CD's part, and asks the gateway which settings it knows."""

from __future__ import annotations

from objects import OVERLAYS, ROOT, Delivery, render

from providers import discover
from server.settings import variables
from server.variables import variables_of


def known_settings() -> frozenset[str]:
    """Every environment variable that the gateway and its providers know."""
    return frozenset(variables()).union(*(variables_of(kind) for kind in discover()))


def read_deliveries() -> dict[str, Delivery]:
    """By the overlay's name."""
    argocd = {name: render(ROOT / "argocd" / name) for name in set(OVERLAYS.values())}
    return {
        name: Delivery(
            name=name,
            objects=render(ROOT / "manifests" / "overlays" / name),
            argocd=argocd[where],
            settings=known_settings(),
        )
        for name, where in OVERLAYS.items()
    }
