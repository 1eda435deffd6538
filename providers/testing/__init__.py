"""The kit for testing a provider: servers that play its part, well or badly, recordings, and the contract."""

from importlib import import_module
from typing import TYPE_CHECKING

from providers.testing.cassettes import Cassette, NotRecorded, Recorder
from providers.testing.ticketmaster import (
    FakeTicketmaster,
    ticketmaster_attraction,
    ticketmaster_event,
    ticketmaster_venue,
    ticketmaster_world,
)
from providers.testing.upstream import FakeUpstream, Fault, FaultKind, Received

if TYPE_CHECKING:
    from providers.testing.checking import Promise, Verdict, promises
    from providers.testing.contract import ProviderContract

__all__ = [
    "Cassette",
    "FakeTicketmaster",
    "FakeUpstream",
    "Fault",
    "FaultKind",
    "NotRecorded",
    "Promise",
    "ProviderContract",
    "Received",
    "Recorder",
    "Verdict",
    "promises",
    "ticketmaster_attraction",
    "ticketmaster_event",
    "ticketmaster_venue",
    "ticketmaster_world",
]


# They take pytest, which the servers and the recordings, and so the command line, do without.
_WITH_PYTEST = {
    "ProviderContract": "contract",
    "Promise": "checking",
    "Verdict": "checking",
    "promises": "checking",
}


def __getattr__(name: str) -> object:
    """What takes pytest, only when it is asked for."""
    if name not in _WITH_PYTEST:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_WITH_PYTEST[name]}"), name)
