"""The golden record: what is known of an event, put together field by field from those that speak of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from gateway.identity.claim import Claim, ListingRef, Named
from gateway.identity.cluster import Cluster
from gateway.identity.houses import is_exact
from gateway.identity.likeness import same_name
from providers import DatePrecision, EventStatus, EventType, Listing, OfferKind, Performer, Venue, When

_EXACTNESS = {precision: number for number, precision in enumerate(DatePrecision)}
_AGREEMENT = timedelta(minutes=5)
_OFF = (EventStatus.CANCELLED, EventStatus.POSTPONED)
_ENOUGH = 2
# Taken whole from the first in rank that knows it. `is_free` is False as well as None, so that None alone is unknown.
_FIRST_KNOWN = (
    "description", "door_time", "previous_start", "organizer", "url", "is_free", "age_range",
)  # fmt: skip
_UNITED = ("genres", "keywords", "images", "same_as", "languages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """One event's record.

    listing: all fields but the offers, which stay with those who make them; its id is that of the first in rank. given: who gave each
    field that is known, several where it was united. performers: each with who told of them first, in billing order.
    """

    listing: Listing
    given: Mapping[str, tuple[ListingRef, ...]]
    performers: tuple[tuple[ListingRef, Performer], ...]

    def giver(self, field: str) -> ListingRef | None:
        """Who gave the field, the first of them."""
        givers = self.given.get(field, ())
        return givers[0] if givers else None

    def contributed(self, ref: ListingRef) -> tuple[str, ...]:
        """The fields that a listing gave."""
        return tuple(field for field, givers in self.given.items() if ref in givers)


def merge(cluster: Cluster) -> Golden:
    """The record of a cluster: the same for the same set of claims."""
    claims = sorted(cluster.members, key=lambda claim: claim.precedence)
    return _Merging(claims).golden()


class _Merging:
    """Claims in order of rank, and what has been chosen so far."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self._claims = claims
        self._given: dict[str, tuple[ListingRef, ...]] = {}
        self._values: dict[str, Any] = {}

    def golden(self) -> Golden:
        self._take("name", _first(self._claims, lambda claim: _is_quiet(claim.listing.name)) or self._claims[0])
        self._times()
        self._status()
        self._take(
            "event_type",
            _first(self._claims, lambda claim: claim.listing.event_type is not EventType.OTHER) or self._claims[0],
        )
        self._take("attendance_mode", self._claims[0])
        for field in _FIRST_KNOWN:
            knowing = _first(self._claims, lambda claim: getattr(claim.listing, field) is not None)  # noqa: B023 - used at once
            if knowing is not None:
                self._take(field, knowing)
        for field in _UNITED:
            self._unite(field)
        self._venue()
        performers = self._performers()
        self._values["performers"] = tuple(each for _, each in performers)
        self._values["updated_at"] = max(
            (at for claim in self._claims if (at := claim.listing.updated_at)), default=None
        )
        listing = replace(self._claims[0].listing, offers=(), **self._values)
        return Golden(listing=listing, given=self._given, performers=performers)

    def _take(self, field: str, claim: Claim) -> None:
        self._values[field] = getattr(claim.listing, field)
        self._given[field] = (claim.ref,)

    def _times(self) -> None:
        """The most exact; of those, what most agree on, then who ranks first. The end goes with the start."""
        best = min(_EXACTNESS[claim.listing.start.precision] for claim in self._claims)
        exact = [claim for claim in self._claims if _EXACTNESS[claim.listing.start.precision] == best]
        votes = Counter({claim.ref: sum(_agree(claim, other) for other in exact) for claim in exact})
        chosen = max(exact, key=lambda claim: votes[claim.ref])  # the first of the most
        self._take("start", chosen)
        start = chosen.listing.start
        ending = _first(
            [chosen, *self._claims],
            lambda claim: claim.listing.end is not None and _not_before(claim.listing.end, start),
        )
        self._values["end"] = None
        if ending is not None:
            self._take("end", ending)

    def _status(self) -> None:
        """Off is what the ticket seller says, or two do; otherwise the first that knows."""
        self._take(
            "status",
            _first(self._claims, lambda claim: claim.listing.status not in {*_OFF, EventStatus.UNKNOWN})
            or self._claims[0],
        )
        for status in _OFF:
            saying = [claim for claim in self._claims if claim.listing.status is status]
            seller = _first(saying, _sells)
            if seller is not None or len(saying) >= min(_ENOUGH, len(self._claims)):
                self._take("status", seller or saying[0])
                return

    def _unite(self, field: str) -> None:
        giving = [claim for claim in self._claims if getattr(claim.listing, field)]
        if giving:
            self._values[field] = tuple(
                dict.fromkeys(value for claim in giving for value in getattr(claim.listing, field))
            )
            self._given[field] = tuple(claim.ref for claim in giving)

    def _venue(self) -> None:
        """The first in rank with a point that is the house's own; what it lacks, from the others."""
        placed = [claim for claim in self._claims if claim.listing.venue is not None]
        if not placed:
            return
        chosen = _first(placed, lambda claim: claim.house is not None and is_exact(claim.house)) or placed[0]
        venue = chosen.listing.venue
        assert venue is not None
        for claim in placed:
            venue = _completed(venue, claim.listing.venue)
        self._values["venue"] = venue
        self._given["venue"] = (chosen.ref,)

    def _performers(self) -> tuple[tuple[ListingRef, Performer], ...]:
        """United: the longest bill first, so that the order is somebody's, then whom it does not name."""
        billing = sorted(self._claims, key=lambda claim: -len(claim.listing.performers))
        found: list[tuple[ListingRef, Performer]] = []
        names: list[Named] = []
        for claim in billing:
            for performer, name in zip(claim.listing.performers, claim.performers, strict=False):
                if not any(same_name(name, other) for other in names):
                    found.append((claim.ref, performer))
                    names.append(name)
        if found:
            self._given["performers"] = tuple(dict.fromkeys(ref for ref, _ in found))
        return tuple(found)


def _first(claims: Iterable[Claim], holds: Callable[[Claim], bool]) -> Claim | None:
    return next((claim for claim in claims if holds(claim)), None)


def _is_quiet(name: str) -> bool:
    """Written as names are, neither shouted nor in small letters throughout; letters without case are as they are."""
    return not (name.isupper() or name.islower()) or len(name.split()) == 1


def _agree(one: Claim, other: Claim) -> bool:
    ours, theirs = one.listing.start, other.listing.start
    if ours.instant is not None and theirs.instant is not None:
        return abs(ours.instant - theirs.instant) <= _AGREEMENT
    return ours.day == theirs.day


def _not_before(end: When, start: When) -> bool:
    return end.latest >= start.latest


def _sells(claim: Claim) -> bool:
    return any(offer.kind is OfferKind.PRIMARY for offer in claim.listing.offers)


def _completed(venue: Venue, other: Venue | None) -> Venue:
    if other is None or other is venue:
        return venue
    address = replace(
        venue.address,
        **{
            field: getattr(venue.address, field) or getattr(other.address, field)
            for field in ("street", "locality", "region", "postal_code", "country")
        },
    )
    return replace(
        venue,
        address=address,
        point=venue.point or other.point,
        time_zone=venue.time_zone or other.time_zone,
        url=venue.url or other.url,
        capacity=venue.capacity or other.capacity,
    )
