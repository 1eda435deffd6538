"""How the contract says what is wrong: a claim, and what to mend where it does not hold."""

from __future__ import annotations

from collections.abc import Iterable

from providers import Capability, Listing

SHOWN = 5


def hold(claim: bool, otherwise: str) -> None:  # noqa: FBT001 - a claim and what to mend when it fails
    """Fail with that text, unless the claim is true."""
    if not claim:
        raise AssertionError(otherwise)


def some(listings: Iterable[Listing]) -> str:
    """A few listings, for a message."""
    names = [f"{listing.id!r} ({listing.name}, {listing.key.instant.isoformat()})" for listing in listings]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def nothing(capability: Capability, wanted: str) -> str:
    """What is declared cannot be tested on these listings."""
    return f"declares {capability.name}, but no listing has {wanted}: give `make` some that do, or undeclare it"
