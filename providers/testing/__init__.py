"""The kit for testing a provider: servers that play its part, well or badly, recordings, and the contract."""

from importlib import import_module
from typing import TYPE_CHECKING

from providers.testing.bandsintown import (
    FakeBandsintown,
    bandsintown_artist,
    bandsintown_event,
    bandsintown_venue,
    bandsintown_world,
)
from providers.testing.cassettes import Cassette, NotRecorded, Recorder
from providers.testing.eventbrite import (
    FakeEventbrite,
    eventbrite_destination_event,
    eventbrite_event,
    eventbrite_venue,
    eventbrite_world,
)
from providers.testing.gancio import FakeGancio, gancio_event, gancio_place, gancio_world
from providers.testing.mobilizon import FakeMobilizon, mobilizon_address, mobilizon_event, mobilizon_world
from providers.testing.openagenda import (
    FakeOpenAgenda,
    FakeOpendatasoft,
    openagenda_event,
    openagenda_location,
    openagenda_row,
    openagenda_times,
    openagenda_world,
)
from providers.testing.schema_org import FakeSite, json_ld, schema_org_event
from providers.testing.seatgeek import (
    FakeSeatGeek,
    seatgeek_event,
    seatgeek_performer,
    seatgeek_venue,
    seatgeek_world,
)
from providers.testing.skiddle import FakeSkiddle, skiddle_artist, skiddle_event, skiddle_venue, skiddle_world
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
    "FakeBandsintown",
    "FakeEventbrite",
    "FakeGancio",
    "FakeMobilizon",
    "FakeOpenAgenda",
    "FakeOpendatasoft",
    "FakeSeatGeek",
    "FakeSite",
    "FakeSkiddle",
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
    "bandsintown_artist",
    "bandsintown_event",
    "bandsintown_venue",
    "bandsintown_world",
    "eventbrite_destination_event",
    "eventbrite_event",
    "eventbrite_venue",
    "eventbrite_world",
    "gancio_event",
    "gancio_place",
    "gancio_world",
    "json_ld",
    "mobilizon_address",
    "mobilizon_event",
    "mobilizon_world",
    "openagenda_event",
    "openagenda_location",
    "openagenda_row",
    "openagenda_times",
    "openagenda_world",
    "promises",
    "schema_org_event",
    "seatgeek_event",
    "seatgeek_performer",
    "seatgeek_venue",
    "seatgeek_world",
    "skiddle_artist",
    "skiddle_event",
    "skiddle_venue",
    "skiddle_world",
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
