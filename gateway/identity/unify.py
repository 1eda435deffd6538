"""One venue, or one performer, out of the records that are of it: what is known of it, and what else it is called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Generic, NamedTuple, TypeVar

from gateway.identity.claim import named
from gateway.identity.entities import Known
from gateway.identity.houses import House, house_of, in_one_word, is_exact
from gateway.identity.likeness import spelt_alike
from providers import ExternalId, PerformanceRole, Performer, PerformerKind, Venue

Thing = TypeVar("Thing")
Either = TypeVar("Either", Venue, Performer)
Value = TypeVar("Value")
_OF_AN_ADDRESS = ("street", "locality", "region", "postal_code", "country")


class Unified(NamedTuple, Generic[Thing]):
    """A venue or a performer. thing: what is known of it. known: the records that say so, in order of rank.

    alternate_names: what the records call it besides, where that is another name and not another spelling.
    """

    thing: Thing
    known: tuple[Known[Thing], ...]
    alternate_names: tuple[str, ...] = ()

    @classmethod
    def alone(cls, provider: str, thing: Thing) -> Unified[Thing]:
        """As one record tells of it."""
        return cls(thing, (Known(provider, thing),))


def unify_venue(known: Sequence[Known[Venue]]) -> Unified[Venue]:
    """The venue of which these records are, given in order of rank: a function of them, whoever they come from."""
    return unify_placed([(each, house_of(each.thing)) for each in known])


def unify_placed(placed: Sequence[tuple[Known[Venue], House]]) -> Unified[Venue]:
    """The same, of venues that are ready to be compared. What the best does not know, the next gives."""
    known = tuple(each for each, _ in placed)
    if len(known) == 1:
        return Unified(known[0].thing, known)
    best = best_placed(placed)
    venues = [each.thing for each, _ in (best, *(each for each in placed if each is not best))]
    venue = _completed(venues, _called(venues).name)
    town = venue.address.locality or ""  # a name may say the town that its own record does not
    spellings = [(each.name, in_one_word(each.name, town)) for each in venues]
    return Unified(venue, known, _other_names(venue.name, spellings))


def best_placed(placed: Sequence[tuple[Known[Venue], House]]) -> tuple[Known[Venue], House]:
    """The first in rank whose point is the house's own; the first where there is none."""
    return next((each for each in placed if is_exact(each[1])), placed[0])


def unify_performer(known: Sequence[Known[Performer]]) -> Unified[Performer]:
    """The performer of whom these records are, given in order of rank."""
    if len(known) == 1:
        return Unified(known[0].thing, tuple(known))
    performers = [each.thing for each in known]
    called = _called(performers)
    thing = Performer(
        id=performers[0].id,
        name=called.name,
        kind=_known(performers, lambda each: each.kind, PerformerKind.OTHER),
        role=_known(performers, lambda each: each.role, PerformanceRole.OTHER),
        genres=_united(each.genres for each in performers),
        images=_united(each.images for each in performers),
        url=_known(performers, lambda each: each.url, None),
        external_ids=_united_ids(each.external_ids for each in performers),
    )
    spellings = [(each.name, named(each).squeezed) for each in performers]
    return Unified(thing, tuple(known), _other_names(called.name, spellings))


def is_quiet(name: str) -> bool:
    """Written as names are, not shouted, nor in small letters throughout; letters without case are as they are."""
    capitals, letters = sum(map(str.isupper, name)), sum(map(str.isalpha, name))
    shouted = 2 * capitals > letters
    return not (shouted or name.islower()) or len(name.split()) == 1


def _called(things: Sequence[Either]) -> Either:
    return next((each for each in things if is_quiet(each.name)), things[0])


def _completed(venues: Sequence[Venue], name: str) -> Venue:
    """The first, and from the next what it lacks."""
    made = venues[0]
    for other in venues[1:]:
        ours, theirs = made.address, other.address
        lacking = {field: getattr(theirs, field) for field in _OF_AN_ADDRESS if not getattr(ours, field)}
        made = replace(
            made,
            address=replace(ours, **lacking) if any(lacking.values()) else ours,
            point=made.point or other.point,
            time_zone=made.time_zone or other.time_zone,
            url=made.url or other.url,
            capacity=made.capacity or other.capacity,
        )
    return replace(made, name=name, external_ids=_united_ids(each.external_ids for each in venues))


def _other_names(name: str, spellings: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Each that is spelt like neither the name nor one before it. spellings: as written, and in one word, folded."""
    kept = [next(squeezed for written, squeezed in spellings if written == name)]
    found = []
    for written, squeezed in spellings:
        if not any(spelt_alike(squeezed, other) for other in kept):
            kept.append(squeezed)
            found.append(written)
    return tuple(found)


def _known(performers: Iterable[Performer], field: Callable[[Performer], Value], unknown: Value) -> Value:
    return next((value for each in performers if (value := field(each)) != unknown), unknown)


def _united(values: Iterable[tuple[Value, ...]]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(value for each in values for value in each))


def _united_ids(ids: Iterable[Iterable[ExternalId]]) -> tuple[ExternalId, ...]:
    """Each once, with its address where anybody gives that."""
    found: dict[tuple[str, str], ExternalId] = {}
    for each in (one for several in ids for one in several):
        other = found.get(each[:2])
        if other is None or other.url is None:
            found[each[:2]] = each
    return tuple(found.values())
