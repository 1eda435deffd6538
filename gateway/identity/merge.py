"""The golden record: what is known of an event, put together field by field from those that speak of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from gateway.identity.claim import Claim, ListingRef, Named
from gateway.identity.cluster import Cluster
from gateway.identity.entities import Known, gathered_performers, gathered_venues
from gateway.identity.likeness import same_name
from gateway.identity.unify import Unified, best_placed, is_quiet, unify_performer, unify_placed
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
    field that is known, several where it was united. venue, performers: those of `listing`, with the records that they are
    made of. Records of another house are left out, whoever has it. The performers are in billing order.
    """

    listing: Listing
    given: Mapping[str, tuple[ListingRef, ...]]
    venue: Unified[Venue] | None
    performers: tuple[Unified[Performer], ...]

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
        # A provider that lists it twice tells of one house, and has one voice.
        self._by_provider: dict[str, list[Claim]] = {}
        for claim in claims:
            self._by_provider.setdefault(claim.provider, []).append(claim)
        self._venue: Unified[Venue] | None = None
        self._performers: tuple[Unified[Performer], ...] = ()

    def golden(self) -> Golden:
        self._take("name", _first(self._claims, lambda claim: is_quiet(claim.listing.name)) or self._claims[0])
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
        self._unite_venue()
        self._unite_performers()
        self._values["updated_at"] = max(
            (at for claim in self._claims if (at := claim.listing.updated_at)), default=None
        )
        listing = replace(self._claims[0].listing, offers=(), **self._values)
        return Golden(listing=listing, given=self._given, venue=self._venue, performers=self._performers)

    def _take(self, field: str, claim: Claim) -> None:
        self._values[field] = getattr(claim.listing, field)
        self._given[field] = (claim.ref,)

    def _times(self) -> None:
        """The most exact; of those, what most agree on, then who ranks first. The end goes with the start."""
        best = min(_EXACTNESS[claim.listing.start.precision] for claim in self._claims)
        exact = [claim for claim in self._claims if _EXACTNESS[claim.listing.start.precision] == best]
        votes = Counter(
            {claim.ref: len({other.provider for other in exact if _agree(claim, other)}) for claim in exact}
        )
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
            voices = len({claim.provider for claim in saying})
            if seller is not None or voices >= min(_ENOUGH, len(self._by_provider)):
                self._take("status", seller or saying[0])
                return

    def _unite(self, field: str) -> None:
        giving = [claim for claim in self._claims if getattr(claim.listing, field)]
        if giving:
            self._values[field] = tuple(
                dict.fromkeys(value for claim in giving for value in getattr(claim.listing, field))
            )
            self._given[field] = tuple(claim.ref for claim in giving)

    def _unite_venue(self) -> None:
        """That of the first in rank with a point that is the house's own, as all tell of it who mean the same house."""
        telling: dict[str, Claim] = {}
        for claim in self._claims:
            if claim.house is not None:
                telling.setdefault(claim.provider, claim)
        placed = [
            (Known(claim.provider, claim.listing.venue), claim.house)
            for claim in telling.values()
            if claim.listing.venue is not None and claim.house is not None
        ]
        if not placed:
            return
        best = best_placed(placed)
        group = next(group for group in gathered_venues(placed) if any(each is best for each in group))
        together = {known.provider for known, _ in group}
        self._venue = unify_placed([each for each in placed if each[0].provider in together])
        self._values["venue"] = self._venue.thing
        self._given["venue"] = (telling[best[0].provider].ref,)

    def _unite_performers(self) -> None:
        """The longest bill first, so that the order is somebody's, then whom it does not name."""
        bills = [_bill(claims) for claims in self._by_provider.values()]
        billed = [each for bill in sorted(bills, key=len, reverse=True) for each in bill]
        place = {id(known): number for number, (known, _) in enumerate(billed)}
        groups = [
            sorted((known for known, _ in group), key=lambda known: place[id(known)])
            for group in gathered_performers(billed)
        ]
        groups.sort(key=lambda group: place[id(group[0])])
        rank = {provider: number for number, provider in enumerate(self._by_provider)}
        self._performers = tuple(
            unify_performer(sorted(group, key=lambda known: rank[known.provider])) for group in groups
        )
        self._values["performers"] = tuple(each.thing for each in self._performers)
        if groups:
            givers = [self._by_provider[group[0].provider] for group in groups]
            self._given["performers"] = tuple(
                dict.fromkeys(claim.ref for claims in givers if (claim := _first(claims, _bills)))
            )


def _bills(claim: Claim) -> bool:
    return bool(claim.performers)


def _bill(claims: Iterable[Claim]) -> list[tuple[Known[Performer], Named]]:
    """Whom a provider names, each once."""
    found: list[tuple[Known[Performer], Named]] = []
    for claim in claims:
        for performer, name in zip(claim.listing.performers, claim.performers, strict=False):
            if not any(same_name(name, other) for _, other in found):
                found.append((Known(claim.provider, performer), name))
    return found


def _first(claims: Iterable[Claim], holds: Callable[[Claim], bool]) -> Claim | None:
    return next((claim for claim in claims if holds(claim)), None)


def _agree(one: Claim, other: Claim) -> bool:
    ours, theirs = one.listing.start, other.listing.start
    if ours.instant is not None and theirs.instant is not None:
        return abs(ours.instant - theirs.instant) <= _AGREEMENT
    return ours.day == theirs.day


def _not_before(end: When, start: When) -> bool:
    return end.latest >= start.latest


def _sells(claim: Claim) -> bool:
    return any(offer.kind is OfferKind.PRIMARY for offer in claim.listing.offers)
