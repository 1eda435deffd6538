"""What a score is worth: fits the curve of gateway/identity/confidence.py on the development split."""

from __future__ import annotations

from math import exp

from benchmarks.identity.sellers import Noise
from benchmarks.identity.splits import Split, listings
from gateway.identity import Claim, resolve, verdict

_STEPS = 60
_BINS = 8


def scored_pairs(split: Split, noise: Noise) -> list[tuple[float, bool]]:
    """Every pair within reach of each other that is not ruled out: its score, and whether it is one event."""
    told = listings(split, noise)
    truth = {each.claim.ref: each.happening.number for each in told}
    ordered = sorted((each.claim for each in told), key=lambda claim: claim.place)
    found = []
    for number, head in enumerate(ordered):
        for other in _near(ordered, number):
            score = verdict(head, other).score
            if score is not None:
                found.append((score, truth[head.ref] == truth[other.ref]))
    return found


def _near(ordered: list[Claim], number: int) -> list[Claim]:
    head, near = ordered[number], []
    for other in ordered[number + 1 :]:
        if other.place.instant > head.horizon:
            break
        if not other.keys.isdisjoint(head.keys):
            near.append(other)
    return near


def fitted(pairs: list[tuple[float, bool]]) -> tuple[float, float]:
    """Slope and middle of the logistic curve of the greatest likelihood (Platt, 1999), by Newton's method."""
    slope, shift = 1.0, -1.0
    for _ in range(_STEPS):
        gradient_a = gradient_b = aa = ab = bb = 0.0
        for score, same in pairs:
            chance = 1 / (1 + exp(-max(-30.0, min(30.0, slope * score + shift))))
            weight, miss = chance * (1 - chance), same - chance
            gradient_a += miss * score
            gradient_b += miss
            aa += weight * score * score
            ab += weight * score
            bb += weight
        determinant = aa * bb - ab * ab
        if determinant <= 0:
            break
        slope += (bb * gradient_a - ab * gradient_b) / determinant
        shift += (aa * gradient_b - ab * gradient_a) / determinant
    return slope, -shift / slope


def told_and_true(split: Split, noise: Noise) -> list[tuple[float, float, int]]:
    """By how sure the gateway says that it is of an event of several: what it says, what is true, and of how many."""
    told = listings(split, noise)
    truth = {each.claim.ref: each.happening.number for each in told}
    events = [
        (cluster.confidence, len({truth[member.ref] for member in cluster.members}) == 1)
        for cluster in resolve([each.claim for each in told])
        if len(cluster.members) > 1
    ]
    events.sort()
    size = -(-len(events) // _BINS)
    bins = [events[start : start + size] for start in range(0, len(events), size)]
    return [
        (sum(said for said, _ in each) / len(each), sum(same for _, same in each) / len(each), len(each))
        for each in bins
    ]


if __name__ == "__main__":
    slope, middle = fitted(scored_pairs(Split.DEVELOPMENT, Noise.MEDIUM))
    print(f"SLOPE, MIDDLE = {slope:.2f}, {middle:.2f}")
