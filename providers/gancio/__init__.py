"""Gancio, the shared agenda of a town's scene: `adapter` asks an instance's API, `records` reads what comes back."""

from providers.gancio.adapter import Gancio

__all__ = ["Gancio"]
