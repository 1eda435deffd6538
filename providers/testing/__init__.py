"""The kit for testing a provider: servers that play the provider's part, well or badly."""

from providers.testing.ticketmaster import (
    FakeTicketmaster,
    ticketmaster_attraction,
    ticketmaster_event,
    ticketmaster_venue,
    ticketmaster_world,
)
from providers.testing.upstream import FakeUpstream, Fault, FaultKind, Received

__all__ = [
    "FakeTicketmaster",
    "FakeUpstream",
    "Fault",
    "FaultKind",
    "Received",
    "ticketmaster_attraction",
    "ticketmaster_event",
    "ticketmaster_venue",
    "ticketmaster_world",
]
