"""Reads the deliveries: renders every overlay and Argo CD's part, and asks the gateway which settings it knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from objects import OVERLAYS, ROOT, Delivery, render

from providers import Redactor
from server.app import make_registry
from server.settings import read_settings


class Asked(Mapping[str, str]):
    """An empty environment that notes down what is looked up in it."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def known_settings() -> frozenset[str]:
    """Every environment variable that the gateway and its providers read."""
    asked = Asked()
    make_registry(read_settings(asked), Redactor())
    return frozenset(asked.names)


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
