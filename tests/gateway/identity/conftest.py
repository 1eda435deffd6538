"""Listings of one evening, told in as few words as a test needs."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.identity import Claim
from providers import Address, Listing, Performer, Point, Venue, When

EVENING = datetime(2026, 6, 5, 18, 0, tzinfo=UTC)
ZONE = "Europe/Berlin"


def at(minutes: int = 0) -> When:
    """So many minutes after eight in the evening in Berlin."""
    return When.at(EVENING + timedelta(minutes=minutes), ZONE)


def house(
    name: str = "Lantern Hall", *, metres: float = 0, town: str | None = "Berlin", point: bool = True, **more
) -> Venue:
    """A venue in Kreuzberg, so many metres to the north."""
    where = Point(latitude=52.4981 + metres / 111_195, longitude=13.4412) if point else None
    return Venue(name=name, address=Address(locality=town, country="DE"), point=where, **more)


def claim(provider: str, name: str = "The Velvet Foxes", minutes: int = 0, *, rank: int = 0, **more) -> Claim:
    """A listing of that evening; `start`, `venue`, `acts` and a listing's own fields are as usual unless given."""
    acts = more.pop("acts", ())
    listing = Listing(
        id=more.pop("id", f"{name} {minutes}"[:80]),
        name=name,
        start=more.pop("start", at(minutes)),
        venue=more.pop("venue", house()),
        performers=tuple(Performer(name=act) for act in acts),
        **more,
    )
    return Claim(provider, listing, rank=rank)


def _groups(clusters) -> list[set[tuple[str, str]]]:
    """The clusters as sets of references."""
    return [{tuple(member.ref) for member in cluster.members} for cluster in clusters]


@pytest.fixture
def tell():
    """Makes a claim."""
    return claim


@pytest.fixture
def place():
    """Makes a venue."""
    return house


@pytest.fixture
def groups():
    """Gives clusters as sets of references."""
    return _groups
