"""Ticketmaster: `adapter` asks its Discovery API, `records` reads what comes back."""

from providers.ticketmaster.adapter import Ticketmaster

__all__ = ["Ticketmaster"]
