"""`python -m benchmarks.identity`: measures, writes docs/identity.md, and ends with a line that a program can read."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.identity.report import entity_rows, milliseconds, page, rows, wrongly_merged
from benchmarks.identity.splits import Split


def main() -> None:
    """Measure and say so."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.identity", description=__doc__)
    parser.add_argument("--split", type=Split, default=Split.HELD_OUT, choices=list(Split), metavar="NAME")
    parser.add_argument("--write", type=Path, default=None, help="the page to write; without it, only print")
    chosen = parser.parse_args()
    events, entities, timing, wrong = rows(chosen.split), entity_rows(chosen.split), milliseconds(), wrongly_merged()
    text = page(chosen.split, events, entities, timing, wrong)
    print(text)
    if chosen.write is not None:
        chosen.write.write_text(text, encoding="utf-8")
    found = next(row for row in events if (row.what, row.noise) == ("streaming", "medium")).figures
    print(f"streaming medium: precision={found.precision:.3f} recall={found.recall:.3f} must_not={wrong}")


if __name__ == "__main__":
    main()
