"""Mobilizon instances: `adapter` asks, in the words of `document`; `records` reads what comes back."""

from providers.mobilizon.adapter import Mobilizon

__all__ = ["Mobilizon"]
