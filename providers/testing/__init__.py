"""The kit for testing a provider: servers that play the provider's part, well or badly."""

from typing import TYPE_CHECKING

from providers.testing.eventbrite import (
    FakeEventbrite,
    eventbrite_destination_event,
    eventbrite_event,
    eventbrite_venue,
    eventbrite_world,
)
from providers.testing.seatgeek import (
    FakeSeatGeek,
    seatgeek_event,
    seatgeek_performer,
    seatgeek_venue,
    seatgeek_world,
)
from providers.testing.ticketmaster import (
    FakeTicketmaster,
    ticketmaster_attraction,
    ticketmaster_event,
    ticketmaster_venue,
    ticketmaster_world,
)
from providers.testing.upstream import FakeUpstream, Fault, FaultKind, Received

if TYPE_CHECKING:
    from providers.testing.contract import ProviderContract

__all__ = [
    "FakeEventbrite",
    "FakeSeatGeek",
    "FakeTicketmaster",
    "FakeUpstream",
    "Fault",
    "FaultKind",
    "ProviderContract",
    "Received",
    "eventbrite_destination_event",
    "eventbrite_event",
    "eventbrite_venue",
    "eventbrite_world",
    "seatgeek_event",
    "seatgeek_performer",
    "seatgeek_venue",
    "seatgeek_world",
    "ticketmaster_attraction",
    "ticketmaster_event",
    "ticketmaster_venue",
    "ticketmaster_world",
]


def __getattr__(name: str) -> object:
    """The contract only when it is asked for: it takes pytest, which the servers, and so `demo`, do without."""
    if name != "ProviderContract":
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from providers.testing.contract import ProviderContract

    return ProviderContract
