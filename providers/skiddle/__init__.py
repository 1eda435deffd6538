"""Skiddle: `adapter` asks its Events API, `records` reads what comes back."""

from providers.skiddle.adapter import Skiddle

__all__ = ["Skiddle"]
