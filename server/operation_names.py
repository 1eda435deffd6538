"""Operation names as metrics may have them: a few. Clients choose them, and every new one is a series for ever."""

from __future__ import annotations

import re

MOST_NAMES = 50
ANONYMOUS, OTHER = "anonymous", "other"
_FIT = re.compile("[_A-Za-z][_0-9A-Za-z]{0,59}")


class OperationNames:
    """Keeps the first names that it sees, up to so many."""

    def __init__(self, most: int = MOST_NAMES) -> None:
        self._most = most
        self._kept: set[str] = set()

    def label(self, name: str | None, *, ran: bool) -> str:
        """The name if it is kept, else `other`. One whose document was wrong takes nobody's place."""
        if not name:
            return ANONYMOUS
        if name in self._kept:
            return name
        if not ran or len(self._kept) >= self._most or not _FIT.fullmatch(name):
            return OTHER
        self._kept.add(name)
        return name
