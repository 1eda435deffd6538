"""Venues and performers: one each, whoever tells of them, and by which records each provider knows them.

They go by the first of their records in rank that can be asked for, so that the same records have the same id in every
event, whichever listing leads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from gateway.genres import Genre, genre
from gateway.identity import Known, Unified
from gateway.ids import Kind, Ref
from providers import Address, ExternalId, Image, PerformanceRole, PerformerKind, Point
from providers import Performer as ListedPerformer
from providers import Venue as ListedVenue


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """schema.org PostalAddress; `formatted` is one line."""

    street_address: str | None
    address_locality: str | None
    address_region: str | None
    postal_code: str | None
    address_country: str | None
    formatted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """Where it happens. refs: the records of it, the one that it goes by first."""

    id: str
    refs: tuple[Ref, ...]
    name: str
    alternate_names: tuple[str, ...] = ()
    address: PostalAddress
    geo: Point | None
    time_zone: str | None
    maximum_attendee_capacity: int | None
    url: str | None
    external_ids: tuple[ExternalId, ...] = ()

    @property
    def ref(self) -> Ref:
        """The record that it goes by."""
        return self.refs[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Performer:
    """Who plays. refs: the records of them, the one that they go by first."""

    id: str
    refs: tuple[Ref, ...]
    name: str
    kind: PerformerKind
    alternate_names: tuple[str, ...] = ()
    genres: tuple[Genre, ...]
    images: tuple[Image, ...]
    url: str | None
    external_ids: tuple[ExternalId, ...]

    @property
    def ref(self) -> Ref:
        """The record that they go by."""
        return self.refs[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A performer's part in one event; billing counts from 0."""

    performer: Performer
    role: PerformanceRole
    billing_index: int


def venue_of(unified: Unified[ListedVenue]) -> Venue:
    """The venue that these records are of."""
    venue, refs = unified.thing, refs_to(Kind.VENUE, unified.known)
    return Venue(
        id=refs[0].encode(),
        refs=refs,
        name=venue.name,
        alternate_names=unified.alternate_names,
        address=_address(venue.address),
        geo=venue.point,
        time_zone=venue.time_zone,
        maximum_attendee_capacity=venue.capacity,
        url=venue.url,
        external_ids=_united(venue.external_ids, _own_ids(unified.known)),
    )


def performer_of(unified: Unified[ListedPerformer]) -> Performer:
    """The performer whom these records are of."""
    performer, refs = unified.thing, refs_to(Kind.PERFORMER, unified.known)
    return Performer(
        id=refs[0].encode(),
        refs=refs,
        name=performer.name,
        kind=performer.kind,
        alternate_names=unified.alternate_names,
        genres=tuple(genre(slug) for slug in performer.genres),
        images=performer.images,
        url=performer.url,
        external_ids=_united(performer.external_ids, _own_ids(unified.known)),
    )


def performances_of(performers: Iterable[Unified[ListedPerformer]]) -> tuple[Performance, ...]:
    """The bill."""
    return tuple(
        Performance(performer=performer_of(each), role=each.thing.role, billing_index=index)
        for index, each in enumerate(performers)
    )


def refs_to(kind: Kind, known: Iterable[Known[ListedVenue]] | Iterable[Known[ListedPerformer]]) -> tuple[Ref, ...]:
    """The records, given in order of rank: those that can be asked for first."""
    refs = [Ref.to(kind, each.provider, each.thing.id, each.thing.name) for each in known]
    return tuple(sorted(refs, key=lambda ref: ref.is_by_name))


def _own_ids(known: Iterable[Known[ListedVenue]] | Iterable[Known[ListedPerformer]]) -> tuple[ExternalId, ...]:
    """What the providers themselves call it."""
    return tuple(
        ExternalId(each.provider, each.thing.id, each.thing.url) for each in known if each.thing.id is not None
    )


def _united(*ids: Sequence[ExternalId]) -> tuple[ExternalId, ...]:
    """Each once."""
    found: dict[tuple[str, str], ExternalId] = {}
    for each in chain(*ids):
        found.setdefault(each[:2], each)
    return tuple(found.values())


def _address(address: Address) -> PostalAddress:
    town = " ".join(part for part in (address.postal_code, address.locality) if part)
    parts = (address.street, town, address.region, address.country)
    return PostalAddress(
        street_address=address.street,
        address_locality=address.locality,
        address_region=address.region,
        postal_code=address.postal_code,
        address_country=address.country,
        formatted=", ".join(part for part in parts if part),
    )
