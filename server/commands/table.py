"""Rows of text in columns, no wider than the terminal."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Sequence
from textwrap import wrap

GAP = "  "
LEAST = 12


def columns() -> int:
    """The terminal's width: COLUMNS, else what it says, else 80."""
    return shutil.get_terminal_size().columns


def table(rows: Sequence[Sequence[str]], width: int, *, share: Sequence[int]) -> list[str]:
    """A line for each row. The columns that `share` numbers divide what the others leave of the width."""
    rows = [[shown(cell) for cell in row] for row in rows]
    needs = [max(map(breadth, column)) for column in zip(*rows, strict=True)]
    room = width - len(GAP) * (len(needs) - 1) - sum(need for index, need in enumerate(needs) if index not in share)
    wide = dict(zip(share, _shared([needs[index] for index in share], room), strict=True))
    sizes = [wide.get(index, need) for index, need in enumerate(needs)]
    return [GAP.join(_fitted(cell, size) for cell, size in zip(row, sizes, strict=True)).rstrip() for row in rows]


def shown(text: str) -> str:
    """One line of what can be printed: a provider's texts must not move the cursor or ring the bell."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def breadth(text: str) -> int:
    """How many columns the text takes: none for an accent of its own, two for a Chinese character."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )


def paragraph(text: str, width: int, *, first: str = "", rest: str = "") -> list[str]:
    """The text in lines that begin with `first`, and then with `rest`."""
    return wrap(shown(text), width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False) or [first]


def _shared(needs: Sequence[int], room: int) -> list[int]:
    """Each what it needs, if there is room for all; else the widest give way."""
    sizes = list(needs)
    while sum(sizes) > room and max(sizes) > LEAST:
        sizes[sizes.index(max(sizes))] -= 1
    return sizes


def _fitted(text: str, size: int) -> str:
    if breadth(text) > size:
        while breadth(text) > size - 1:
            text = text[:-1]
        text = f"{text.rstrip()}…"
    return text + " " * (size - breadth(text))
