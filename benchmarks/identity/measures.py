"""How right a clustering is, against the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """precision, recall: of pairs from different sources. b_cubed: F1 of B-cubed. sizes: clusters by how many they hold."""

    precision: float
    recall: float
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
    """Pairs of one source are left out: nobody merges those.

    A source that tells of one thing twice keeps both, so there is one pair to find for each pair of sources that tell of
    a thing.
    """
    found = list(_pairs(clusters, source))
    real: dict[Hashable, list[Thing]] = {}
    for thing in source:
        real.setdefault(truth[thing], []).append(thing)
    telling = [len({source[each] for each in things}) for things in real.values()]
    to_find = sum(count * (count - 1) // 2 for count in telling)
    right = len(
        {
            (truth[one], *sorted((str(source[one]), str(source[other]))))
            for one, other in found
            if truth[one] == truth[other]
        }
    )
    wrong = sum(truth[one] != truth[other] for one, other in found)
    return Figures(
        precision=right / (right + wrong) if found else 1.0,
        recall=right / to_find if to_find else 1.0,
        b_cubed=_b_cubed(clusters, truth, {name: len(things) for name, things in real.items()}),
        sizes=Counter(map(len, clusters)),
    )


def _pairs(groups: Iterable[Sequence[Thing]], source: Mapping[Thing, Hashable]) -> Iterator[tuple[Thing, Thing]]:
    for group in groups:
        yield from (pair for pair in combinations(group, 2) if source[pair[0]] != source[pair[1]])


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
