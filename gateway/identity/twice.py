"""A provider's second listing of one event: its dearer seats, or the same once more."""

from __future__ import annotations

from gateway.identity.claim import Claim
from gateway.identity.houses import House
from gateway.identity.likeness import same_name
from gateway.identity.words import TICKETS

# How sure it is that two such listings are of one event.
TWICE = 0.99


def listed_twice(one: Claim, other: Claim) -> bool:
    """Whether one provider lists one event as both: at one time, in one house, by one title but for a kind of ticket.

    Nothing is left to likeness here: a provider that lists two things apart mostly means two. Symmetric.
    """
    if one.provider != other.provider or one.minute is None or one.minute != other.minute:
        return False  # on a day alone, it may be an afternoon's and an evening's
    if one.lasts_days != other.lasts_days or not _one_house(one.house, other.house):
        return False
    title = one.title.words - TICKETS
    return bool(title) and title == other.title.words - TICKETS and _one_bill(one, other)


def _one_house(one: House | None, other: House | None) -> bool:
    """By the provider's own id of it; by all that is known of it where there is none."""
    if one is None or other is None:
        return False
    if one.provider_id is not None and other.provider_id is not None:
        return one.provider_id == other.provider_id
    return one == other


def _one_bill(one: Claim, other: Claim) -> bool:
    ours, theirs = one.performers[:1], other.performers[:1]
    return not (ours and theirs) or same_name(ours[0], theirs[0])
