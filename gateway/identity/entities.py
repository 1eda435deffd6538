"""Venues and performers of several providers that are one: external ids first, then names and places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Generic, NamedTuple, TypeVar

from gateway.identity.claim import Named, canonical, named
from gateway.identity.houses import House, apart_km, house_of, is_exact
from gateway.identity.likeness import PART_OF_NAME, houses_alike, same_name
from gateway.identity.match import FARTHEST_TOWN_KM
from gateway.identity.towns import same_town, towns_apart
from providers import Performer, Venue, fold

Thing = TypeVar("Thing")
Made = TypeVar("Made")

# One house lies within so many kilometres of itself, whoever says where; two rooms of it do, too.
_ONE_HOUSE_KM = 1.0
_ONE_DOOR_KM = 0.12
RULED_OUT, UNKNOWN = -1.0, 0.0
_SAME_HOUSE, _ONE_NAME = 0.86, 0.97
# So many are compared each with each; of more, those that have something in common.
_FEW = 12
# Behind one door, a name may be another half.
_ALIAS = 0.5


class Known(NamedTuple, Generic[Thing]):
    """A venue or a performer, and whose record it is."""

    provider: str
    thing: Thing


def same_venue(a: Venue, b: Venue) -> bool:
    """Whether two records are of one venue. Rooms that say which they are are venues of their own."""
    return _house_score(house_of(a), house_of(b), a, b) >= 1


def same_performer(a: Performer, b: Performer) -> bool:
    """Whether two records are of one performer."""
    return _performer_score(named(a), named(b)) >= 1


def venues(known: Iterable[Known[Venue]]) -> tuple[tuple[Known[Venue], ...], ...]:
    """Records grouped by venue; none holds two of one provider. A function of the set."""
    groups = gathered_venues([(each, house_of(each.thing)) for each in known])
    return tuple(tuple(each for each, _ in group) for group in groups)


def performers(known: Iterable[Known[Performer]]) -> tuple[tuple[Known[Performer], ...], ...]:
    """Records grouped by performer; none holds two of one provider. A function of the set."""
    groups = gathered_performers([(each, named(each.thing)) for each in known])
    return tuple(tuple(each for each, _ in group) for group in groups)


def gathered_venues(
    placed: Sequence[tuple[Known[Venue], House]],
) -> tuple[tuple[tuple[Known[Venue], House], ...], ...]:
    """The same, of venues that are ready to be compared."""
    return _gathered(placed, _venue_keys, lambda a, b: _house_score(a[1], b[1], a[0].thing, b[0].thing))


def gathered_performers(
    billed: Sequence[tuple[Known[Performer], Named]],
) -> tuple[tuple[tuple[Known[Performer], Named], ...], ...]:
    """The same, of performers."""
    return _gathered(billed, _performer_keys, lambda a, b: _performer_score(a[1], b[1]))


def _house_score(a: House, b: House, one: Venue, other: Venue) -> float:
    """1 or more is one venue, the more the surer; 0 is nobody knows."""
    doors = _same_door(one, other)
    name = houses_alike(a, b)
    shared = not a.ids.isdisjoint(b.ids)
    if _are_apart(a, b, doors or shared) or (doors is False and name < _ONE_NAME and not shared):
        return RULED_OUT
    if shared:
        return 3.0 + name
    if one.url and other.url and canonical(one.url) == canonical(other.url) is not None and name > PART_OF_NAME:
        return 2.0 + name
    kilometres = apart_km(a, b)
    near = kilometres is not None and is_exact(a) and is_exact(b) and kilometres <= _ONE_DOOR_KM
    by_name = name >= _SAME_HOUSE and (kilometres is not None or doors or same_town(a, b))
    by_door = doors and (near or same_town(a, b))
    by_point = near and doors is None and name >= _ALIAS
    return 1.0 + name if by_name or by_door or by_point else UNKNOWN


def _are_apart(a: House, b: House, doors: bool | None) -> bool:  # noqa: FBT001 - as told by _same_door
    """Too far from each other; points that may be a town's own count for little."""
    exact = is_exact(a) and is_exact(b) and not (a.central or b.central or doors)
    kilometres = apart_km(a, b)
    if kilometres is not None and kilometres > (_ONE_HOUSE_KM if exact else FARTHEST_TOWN_KM):
        return True
    countries = {a.country, b.country} - {None}
    return len(countries) > 1 or towns_apart(a, b, FARTHEST_TOWN_KM)


def _same_door(a: Venue, b: Venue) -> bool | None:
    """Whether both give one street and number; None where one gives none."""
    if not a.address.street or not b.address.street:
        return None
    return fold(a.address.street) == fold(b.address.street)


def _performer_score(a: Named, b: Named) -> float:
    """An id that both have says most; where one has none, it may be the other by another name."""
    if same_name(a, b):
        return 3.0 if a.ids & b.ids else 1.0 + (a.squeezed == b.squeezed)
    told_apart = {scheme for scheme, _ in a.ids} & {scheme for scheme, _ in b.ids}
    return UNKNOWN if (a.ids or b.ids) and not told_apart else RULED_OUT


def _venue_keys(made: tuple[Known[Venue], House]) -> Iterator[str]:
    known, house = made
    yield from house.keys
    yield house.squeezed[:4]
    if known.thing.url and (link := canonical(known.thing.url)):
        yield link
    yield from (f"{scheme} {value}" for scheme, value in house.ids)
    if house.meters is not None:
        yield f"{house.latitude:.2f} {house.longitude:.2f}"


def _performer_keys(made: tuple[Known[Performer], Named]) -> Iterator[str]:
    _, name = made
    yield from (word[:4] for word in name.words.split())
    yield from (f"{scheme} {value}" for scheme, value in name.ids)


def _gathered(
    made: Sequence[tuple[Known[Thing], Made]],
    keys: Callable[[tuple[Known[Thing], Made]], Iterable[str]],
    score: Callable[[tuple[Known[Thing], Made], tuple[Known[Thing], Made]], float],
) -> tuple[tuple[tuple[Known[Thing], Made], ...], ...]:
    """The surest pairs first; a group takes in another where no provider is in both and all of them go together."""
    if len(made) < 2:  # noqa: PLR2004 - nothing to compare, as in most events
        return tuple((each,) for each in made)
    # Within an event no provider tells of a venue twice, and writing records out takes longer than comparing them.
    distinct_providers = len({known.provider for known, _ in made}) == len(made)
    ordered = sorted(
        made, key=lambda each: each[0].provider if distinct_providers else (each[0].provider, repr(each[0].thing))
    )
    groups = {number: [number] for number in range(len(ordered))}
    few = len(ordered) <= _FEW
    pairs = combinations(range(len(ordered)), 2) if few else _candidates([set(keys(each)) for each in ordered])
    found = [
        (-points, one, other)
        for one, other in pairs
        if ordered[one][0].provider != ordered[other][0].provider
        and (points := score(ordered[one], ordered[other])) >= 1
    ]
    for _, one, other in sorted(found):
        ours, theirs = groups[one], groups[other]
        providers = {ordered[each][0].provider for each in ours}
        if ours is theirs or not providers.isdisjoint(ordered[each][0].provider for each in theirs):
            continue
        if all(score(ordered[left], ordered[right]) >= 0 for left in ours for right in theirs):
            ours += theirs
            groups.update(dict.fromkeys(theirs, ours))
    distinct = {min(group): sorted(group) for group in groups.values()}
    return tuple(tuple(ordered[each] for each in distinct[first]) for first in sorted(distinct))


def _candidates(keys: Sequence[set[str]]) -> set[tuple[int, int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(keys):
        for key in each:
            rows[key].append(number)
    return {pair for together in rows.values() for pair in combinations(together, 2)}
