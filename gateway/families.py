"""Which listings were one event of late: who finds an event by one of them finds it whole."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from gateway.ids import Ref

MOST = 20_000


class Families:
    """The last so many listings that were not alone, each with all of its event's. Only a way to find them quickly."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._families: OrderedDict[Ref, tuple[Ref, ...]] = OrderedDict()

    def remember(self, refs: Sequence[Ref]) -> None:
        """These are of one event, and no longer of another."""
        family = tuple(refs)
        for ref in family:
            if len(family) > 1:
                self._families[ref] = family
                self._families.move_to_end(ref)
            else:
                self._families.pop(ref, None)
        while len(self._families) > self._most:
            self._families.popitem(last=False)

    def of(self, ref: Ref) -> tuple[Ref, ...]:
        """The listings of its event, itself among them."""
        return self._families.get(ref, (ref,))
