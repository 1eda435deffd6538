"""By which other records a venue or a performer is known: who asks by one of them reaches all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from gateway.ids import Ref

MOST = 20_000


class Aliases:
    """The last so many records that were of one thing with another provider's, each with that of each provider.

    Only a way to find them: what a thing is called in an answer does not depend on what is remembered here.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[Ref, dict[str, Ref]] = OrderedDict()

    def remember(self, refs: Sequence[Ref]) -> None:
        """These are records of one thing, as an event knows it."""
        askable = [ref for ref in refs if not ref.is_by_name]
        if len(refs) < 2 or not askable:  # noqa: PLR2004 - nothing else to find it by
            return
        for ref in refs:
            others = self._known.setdefault(ref, {})
            others.update({each.provider: each for each in askable if each.provider != ref.provider})
            self._known.move_to_end(ref)
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def of(self, ref: Ref) -> tuple[Ref, ...]:
        """The records of that thing which can be asked for, itself first, one of each provider."""
        others = self._known.get(ref, {})
        return (ref, *(others[provider] for provider in sorted(others)))

    def besides(self, named: Iterable[Ref], told: Sequence[Ref] = ()) -> tuple[Ref, ...]:
        """The other records of the things that are named: those that the asker has been told of come first."""
        taken = {(ref.kind, ref.provider) for ref in told}
        found = (each for ref in named for each in self.of(ref)[1:] if (each.kind, each.provider) not in taken)
        return tuple(dict.fromkeys([*told, *found]))
