"""The evaluation as rows: what was measured, and the page that says so."""

from __future__ import annotations

import gc
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from benchmarks.identity import must_not
from benchmarks.identity.calibration import told_and_true
from benchmarks.identity.clustering import Clusters, batch, exact_title_and_day, streaming
from benchmarks.identity.demo import demo_claims
from benchmarks.identity.entities import performer_figures, venue_figures
from benchmarks.identity.measures import Figures, figures
from benchmarks.identity.sellers import Noise
from benchmarks.identity.splits import FAMILIES, Split, listings
from gateway.identity import Claim, ListingRef, resolve

SEED = 1
# Any day does: the demo's world is worked out from it.
DEMO_DAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
_WAYS: dict[str, Callable[[Sequence[Claim]], Clusters]] = {
    "streaming": streaming,
    "batch": batch,
    "exact title + day": exact_title_and_day,
}
_THOUSAND = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement."""

    what: str
    noise: str
    count: int
    figures: Figures


def event_figures(way: Callable[[Sequence[Claim]], Clusters], told: Sequence[tuple[Claim, object]]) -> Figures:
    """How right a way to cluster is on claims of which the truth is known."""
    truth = {claim.ref: _hashable(true) for claim, true in told}
    source = {claim.ref: claim.provider for claim, _ in told}
    clusters: list[list[ListingRef]] = [
        [claim.ref for claim in cluster] for cluster in way([claim for claim, _ in told])
    ]
    return figures(clusters, truth, source)


def streaming_figures(split: Split, noise: Noise) -> Figures:
    """The figures that the bars are about."""
    return event_figures(streaming, [(each.claim, each.happening.number) for each in listings(split, noise)])


def wrongly_merged() -> int:
    """How many pairs of the must-not list were put together."""
    return sum(len(must_not.merged(kind, SEED)) for kind in must_not.KINDS)


def rows(split: Split) -> list[Row]:
    """All of the corpus, then the demo."""
    found = []
    for noise in Noise:
        told = [(each.claim, each.happening.number) for each in listings(split, noise)]
        found += [
            Row(what=name, noise=noise.name.lower(), count=len(told), figures=event_figures(way, told))
            for name, way in _WAYS.items()
        ]
    demo = demo_claims(DEMO_DAY)
    found += [
        Row(what=name, noise="demo's world", count=len(demo), figures=event_figures(way, demo))
        for name, way in _WAYS.items()
    ]
    return found


def entity_rows(split: Split) -> list[Row]:
    """Venues and performers."""
    return [
        Row(what=what, noise=noise.name.lower(), count=sum(size * of for size, of in made.sizes.items()), figures=made)
        for what, measure in (("venues", venue_figures), ("performers", performer_figures))
        for noise in Noise
        for made in (measure(split, noise),)
    ]


def milliseconds() -> tuple[float, float]:
    """Of this process's time, for 1,000 listings: to make them comparable, and to cluster them; the best of five."""
    held = [each.claim for each in listings(Split.HELD_OUT, Noise.MEDIUM)]
    held.sort(key=lambda claim: claim.place)
    middle = len(held) // 2
    some = held[middle : middle + _THOUSAND]
    given = [(claim.provider, claim.listing) for claim in some]
    making = min(_time(lambda: [Claim(provider, listing) for provider, listing in given]) for _ in range(5))
    return making, min(_time(lambda: resolve(some)) for _ in range(5))


def _time(run: Callable[[], object]) -> float:
    gc.collect()
    start = process_time()
    run()
    return (process_time() - start) * 1_000


def page(split: Split, events: Sequence[Row], entities: Sequence[Row], timing: tuple[float, float], wrong: int) -> str:
    """docs/identity.md."""
    template = Path(__file__).with_name("page.md.template").read_text(encoding="utf-8")
    kinds = [
        f"| {kind.__name__.replace('_', ' ')} | {must_not.pairs(kind, SEED)} | {len(must_not.merged(kind, SEED))} |"
        for kind in must_not.KINDS
    ]
    return template.format(
        split=split.value,
        families=f"{FAMILIES:,}",
        events="\n".join(f"{_line(row)} {row.figures.recall_once:.3f} |" for row in events),
        entities="\n".join(map(_line, entities)),
        sizes="\n".join(
            f"| {row.noise} | " + " | ".join(str(row.figures.sizes.get(size, 0)) for size in range(1, 6)) + " |"
            for row in events
            if row.what == "streaming"
        ),
        kinds="\n".join(kinds),
        wrong=wrong,
        calibration="\n".join(
            f"| {said:.3f} | {true:.3f} | {count} |" for said, true, count in told_and_true(split, Noise.MEDIUM)
        ),
        making=f"{timing[0]:.0f}",
        clustering=f"{timing[1]:.0f}",
        together=f"{sum(timing):.0f}",
        machine=machine(),
    )


def machine() -> str:
    """What it was measured on."""
    model = platform.processor() or platform.machine()
    path = Path("/proc/cpuinfo")
    if path.exists():
        names = [
            line.partition(":")[2].strip()
            for line in path.read_text(encoding="utf-8").splitlines()
            if "model name" in line
        ]
        model = names[0] if names else model
    return f"one core of {model}, {platform.system()}, Python {platform.python_version()}"


def _line(row: Row) -> str:
    found = row.figures
    return (
        f"| {row.what} | {row.noise} | {row.count:,} | {found.precision:.3f} | {found.recall:.3f} | "
        f"{found.f1:.3f} | {found.b_cubed:.3f} |"
    )


def _hashable(true: object) -> str:
    return str(true)
