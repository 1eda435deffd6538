"""What people have said of pairs of listings: these two are one event, those two are not."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.identity.claim import Claim, ListingRef

Pair = tuple[ListingRef, ListingRef]


class Rules:
    """Must-links and cannot-links, by reference. A pair that is said to be both is kept apart.

    A must-link overrules likeness, distance and times of one day. It never puts two listings of one provider into one
    event, and it reaches as far as the horizon of whichever listing leads.
    """

    def __init__(self, must_link: Iterable[Pair] = (), cannot_link: Iterable[Pair] = ()) -> None:
        self._cannot = frozenset(frozenset(pair) for pair in cannot_link)
        self._partners: dict[ListingRef, set[ListingRef]] = {}
        for one, other in must_link:
            if one.provider != other.provider and frozenset((one, other)) not in self._cannot:
                self._partners.setdefault(one, set()).add(other)
                self._partners.setdefault(other, set()).add(one)

    def __bool__(self) -> bool:
        return bool(self._partners or self._cannot)

    def partners(self, ref: ListingRef) -> Iterable[ListingRef]:
        """Those that must be in one event with it."""
        return self._partners.get(ref, ())

    def must(self, one: Claim, other: Claim) -> bool:
        """Whether somebody said that they are one event."""
        return other.ref in self._partners.get(one.ref, ())

    def cannot(self, one: Claim, other: Claim) -> bool:
        """Whether somebody said that they are two."""
        return bool(self._cannot) and frozenset((one.ref, other.ref)) in self._cannot


NO_RULES = Rules()
