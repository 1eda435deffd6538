"""How right a clustering is, against the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How right it is, 0 to 1.

    precision: of all pairs that were put together. recall: of all true pairs from different sources. recall_once: where a
    source tells of one thing twice, it is enough to find it once. b_cubed: F1 of B-cubed. sizes: clusters by how many
    they hold.
    """

    precision: float
    recall: float
    recall_once: float
    b_cubed: float
    sizes: Mapping[int, int]

    @property
    def f1(self) -> float:
        """Of pairs."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def figures(
    clusters: Sequence[Sequence[Thing]], truth: Mapping[Thing, Hashable], source: Mapping[Thing, Hashable]
) -> Figures:
    """True pairs of one source count for nothing, since it is enough to believe the source; false ones are wrong."""
    real: dict[Hashable, list[Thing]] = {}
    for thing in source:
        real.setdefault(truth[thing], []).append(thing)
    to_find = [pair for things in real.values() for pair in combinations(things, 2) if _across(pair, source)]
    found = [pair for cluster in clusters for pair in combinations(cluster, 2)]
    right = [(one, other) for one, other in found if truth[one] == truth[other] and _across((one, other), source)]
    wrong = sum(truth[one] != truth[other] for one, other in found)
    return Figures(
        precision=len(right) / (len(right) + wrong) if right or wrong else 1.0,
        recall=len(right) / len(to_find) if to_find else 1.0,
        recall_once=len(_once(right, truth, source)) / len(_once(to_find, truth, source)) if to_find else 1.0,
        b_cubed=_b_cubed(clusters, truth, {name: len(things) for name, things in real.items()}),
        sizes=Counter(map(len, clusters)),
    )


def _across(pair: tuple[Thing, Thing], source: Mapping[Thing, Hashable]) -> bool:
    return source[pair[0]] != source[pair[1]]


def _once(
    pairs: Iterable[tuple[Thing, Thing]], truth: Mapping[Thing, Hashable], source: Mapping[Thing, Hashable]
) -> set[tuple[Hashable, frozenset[Hashable]]]:
    """Of what, and by which two sources."""
    return {(truth[one], frozenset((source[one], source[other]))) for one, other in pairs}


def _b_cubed(
    clusters: Sequence[Sequence[Thing]], truth: Mapping[Thing, Hashable], real: Mapping[Hashable, int]
) -> float:
    """Bagga and Baldwin, 1998: precision and recall of each thing's own cluster, on average."""
    precision = recall = count = 0.0
    for cluster in clusters:
        for name, together in Counter(truth[each] for each in cluster).items():
            precision += together * together / len(cluster)
            recall += together * together / real[name]
            count += together
    precision, recall = precision / count, recall / count
    return 2 * precision * recall / (precision + recall)
