"""Leader clustering: the first claim that is left leads, and absorbs the best one of each other provider behind it.

Clusters reach no further than from their leader, so there are no chains, and a list sorted by date can be clustered
while it is read: what stands behind a leader's horizon never matters. What later leaders must know of earlier ones is
the `Memory`, so that a list read page by page is clustered as the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from gateway.identity.claim import SPAN, Claim, ListingRef
from gateway.identity.match import POSSIBLE, SAME, Verdict, alike, far_apart, ruled_out, verdict
from gateway.identity.rules import Rules
from gateway.identity.twice import listed_twice

# Two shows of one evening are so far apart at least; and so near must another's time be to tell which is meant.
SHOWS_APART = 15
_SPAN_MINUTES = int(SPAN.total_seconds() // 60)
# What a claim that is no match of the leader's must score with another member of the event: where the leader leaves it
# in doubt, and where all that can be said is that nothing speaks much against it.
BY_ANOTHER, PLAINLY, LEAST_ALIKE = SAME + 0.5, SAME + 1.0, -1.5
# The most that members start apart, where another one stands between: doors of one, and a clock that is off of another.
WIDEST = timedelta(minutes=120)
_WIDEST_MINUTES = int(WIDEST.total_seconds() // 60)


class Memory(NamedTuple):
    """What earlier leaders leave to later ones. taken: absorbed. several: one of several shows of a day, or unclear of which."""

    taken: frozenset[ListingRef] = frozenset()
    several: frozenset[ListingRef] = frozenset()


NOTHING = Memory()


class Leading:
    """One leader and what stands behind it, within its horizon, in order of place, and not yet taken."""

    def __init__(self, head: Claim, near: Sequence[Claim], several: set[ListingRef], rules: Rules) -> None:
        """`several` is added to."""
        self.head = head
        self.near = near
        self.several = several
        self._rules = rules
        self._verdicts: dict[ListingRef, Verdict] = {}
        self._by_ref = {claim.ref: claim for claim in near} if rules else {}

    def members(self) -> list[Claim]:
        """The leader and all that it absorbs; `several` then holds what was learned of shows that repeat."""
        head = self.head
        if not self.near:
            return [head]
        self._verdicts = {each.ref: verdict(head, each) for each in self.near if each.provider != head.provider}
        self._note_shows_of(head)
        members = self._companions(head)
        self._join_again(members)
        for each in self._wanted():
            self._join(members, each)
        self._join_by_another(members)
        self._join_again(members)
        self._join_late(members)
        self._join_again(members)
        for member in members[1:]:
            self._note_repeats_of(member)
        return members

    def _score(self, other: Claim) -> float:
        score = self._verdicts[other.ref].score
        return -1.0 if score is None else score

    def _wanted(self) -> list[Claim]:
        """What matches, the best first."""
        found = [
            each
            for each in self.near
            if each.ref in self._verdicts
            and self._verdicts[each.ref].same
            and self._fits(each)
            and not self._has_better(each)
        ]
        return sorted(found, key=lambda each: (-self._score(each), each.place))

    def _fits(self, other: Claim) -> bool:
        """On a day with several shows, only what names the time can tell which it means."""
        head = self.head
        if self._rules.must(head, other) or (head.ref not in self.several and other.ref not in self.several):
            return True
        if head.minute is None or other.minute is None:
            return head.minute == other.minute
        return abs(head.minute - other.minute) <= SHOWS_APART

    def _has_better(self, other: Claim) -> bool:
        """Whether the leader's provider lists something nearer in time that `other` is more like."""
        head = self.head
        if head.minute is None or other.minute is None:
            return False
        apart = other.minute - head.minute
        return any(
            (score := verdict(rival, other).score) is not None and score > self._score(other)
            for rival in self.near
            if rival.provider == head.provider
            and rival.minute is not None
            and not listed_twice(head, rival)
            and abs(rival.minute - other.minute) <= apart
        )

    def _join(self, members: list[Claim], wanted: Claim) -> None:
        """Take it and what must go with it, or nothing of that."""
        unit = self._companions(wanted)
        providers = {member.provider for member in members}
        if not providers.isdisjoint(each.provider for each in unit):
            return
        if all(self._may_meet(each, member) for each in unit for member in members):
            members += unit

    def _may_meet(self, one: Claim, other: Claim) -> bool:
        return self._rules.must(one, other) or not (self._rules.cannot(one, other) or ruled_out(one, other))

    def _join_by_another(self, members: list[Claim]) -> None:
        """What the leader's words do not show may be plain from those of another member."""
        if len(members) == 1:
            return
        present = {member.provider for member in members}
        for each in self.near:
            if each.provider in present or each.ref not in self._verdicts or not self._fits(each):
                continue
            score = self._verdicts[each.ref].score
            if score is None or score < LEAST_ALIKE:
                continue
            needed = BY_ANOTHER if score >= POSSIBLE else PLAINLY
            if any((verdict(each, member).score or 0) >= needed for member in members[1:]):
                self._join(members, each)
                present = {member.provider for member in members}

    def _join_late(self, members: list[Claim]) -> None:
        """What starts too late for the leader, but is the same in all else, and stands near another member.

        Unless it may be a second show, which one of their providers would list as well as the first.
        """
        if self.head.minute is None or len(members) == 1:
            return
        for each in self.near:
            if self._is_late(each) and self._is_vouched_for(members, each) and not self._is_given_again(members, each):
                members.append(each)

    def _is_late(self, other: Claim) -> bool:
        if self.head.minute is None or other.minute is None or other.ref in self.several:
            return False
        apart = other.minute - self.head.minute
        return _SPAN_MINUTES < apart <= _WIDEST_MINUTES and alike(self.head, other)

    def _is_vouched_for(self, members: Sequence[Claim], other: Claim) -> bool:
        if any(
            each.provider == other.provider
            or each.ref in self.several
            or self._rules.cannot(each, other)
            or far_apart(each, other)
            for each in members
        ) or any(self._rules.partners(other.ref)):
            return False
        return any(each.minute is not None and (verdict(each, other).score or 0) >= PLAINLY for each in members[1:])

    def _is_given_again(self, members: Sequence[Claim], other: Claim) -> bool:
        providers = {each.provider for each in (*members, other)}
        known = (other, *members)
        return any(
            each.minute is not None and each.provider in providers and each not in known and alike(each, other)
            for each in self.near
            if not listed_twice(each, other)
        )

    def _join_again(self, members: list[Claim]) -> None:
        """What a member's own provider lists a second time, unless somebody says that it is of another event."""
        for member in members:  # grows as it goes
            for each in self.near:
                if each.provider != member.provider or each in members or not listed_twice(member, each):
                    continue
                if any(self._rules.cannot(each, other) for other in members):
                    continue
                if {other.ref for other in members}.issuperset(self._rules.partners(each.ref)):
                    members.append(each)

    def _companions(self, claim: Claim) -> list[Claim]:
        """It, and those behind the leader that must be with it: one of each provider, none that must not."""
        unit = [claim]
        if not self._rules:
            return unit
        for one in unit:  # grows as it goes
            for ref in sorted(self._rules.partners(one.ref)):
                other = self._by_ref.get(ref)
                if other is None or any(
                    each.provider == other.provider or self._rules.cannot(each, other) for each in unit
                ):
                    continue
                unit.append(other)
        return unit

    def _note_shows_of(self, head: Claim) -> None:
        """Whether the house gives it again that day: then a claim without a time may mean either."""
        shows = [each for each in self.near if each.minute is not None and each.day == head.day and alike(head, each)]
        untimed = [each for each in self.near if each.minute is None and each.provider != head.provider]
        self._note_repeats_of(head)
        if not untimed:
            if head.minute is None and _spread(shows):
                self.several.add(head.ref)
            return
        if head.minute is not None and _spread([head, *shows]):
            self.several.update(each.ref for each in untimed if self._verdicts[each.ref].same)

    def _note_repeats_of(self, claim: Claim) -> None:
        """What the same provider lists again within the span."""
        if claim.minute is None:
            return
        for each in self.near:
            if each.provider == claim.provider and each.minute is not None and each is not claim:
                minutes = abs(each.minute - claim.minute)
                if SHOWS_APART <= minutes <= _SPAN_MINUTES and alike(claim, each):
                    self.several.update((each.ref, claim.ref))


def _spread(shows: Sequence[Claim]) -> bool:
    """Whether these are several shows: of one provider at different times, or further apart than one event's are."""
    minutes = [each.minute for each in shows if each.minute is not None]
    if minutes and max(minutes) - min(minutes) > _SPAN_MINUTES:
        return True
    by_provider: dict[str, int] = {}
    for each in shows:
        if (
            each.minute is not None
            and abs(by_provider.setdefault(each.provider, each.minute) - each.minute) >= SHOWS_APART
        ):
            return True
    return False
