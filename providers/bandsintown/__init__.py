"""Bandsintown: `adapter` asks its API for each configured artist, `records` reads what comes back."""

from providers.bandsintown.adapter import Bandsintown

__all__ = ["Bandsintown"]
