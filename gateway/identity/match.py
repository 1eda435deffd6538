"""Is it the same event? What speaks for it and against it, in points, and what rules it out.

A wrong merge sends somebody to the wrong door; a missed one shows a row too many. So there are vetoes, which nothing
makes good but a person's word (`rules`), and a band of doubt, in which two listings stay apart.
"""

from __future__ import annotations

from typing import NamedTuple

from gateway.identity.claim import SPAN, Claim
from gateway.identity.confidence import confidence_of
from gateway.identity.houses import House, apart_km, is_exact
from gateway.identity.likeness import BEGINS, SAME_HOUSE, houses_alike, same_name, titles_alike
from gateway.identity.towns import towns_apart
from providers import EventType

# From here on it is one event; from POSSIBLE to there it may be, and stays apart.
SAME = 1.9
POSSIBLE = 1.0

FARTHEST_KM = 3.0
FARTHEST_TOWN_KM = 25.0
_SPAN_MINUTES = int(SPAN.total_seconds() // 60)
_CLOSE_KM, _NEAR_KM = 0.15, 0.5
_ONE_DOOR_KM = 0.06
_TITLE_MIDDLE, _TITLE_RANGE = 0.75, 0.25
_GOOD_TITLE = 0.9
_HOUSE_MIDDLE = 0.6
SAME_TITLE = 0.97
_HEADLINER = 1.0
# Letters from which a title is no "Open mic", and a venue's name no word of a title.
_TELLING_TITLE, _TELLING_HOUSE = 16, 6


class Reason(NamedTuple):
    """One thing that was looked at: what it is about, the points it gave, and what was found."""

    about: str
    points: float
    found: str


class Verdict:
    """What was made of two claims. score: points; None where it is ruled out, by what `veto` says."""

    __slots__ = ("_evidence", "score", "veto")

    def __init__(self, evidence: tuple[tuple[str, float, str], ...] = (), *, veto: str | None = None) -> None:
        self._evidence = evidence
        self.veto = veto
        self.score: float | None = None if veto else sum([points for _, points, _ in evidence])

    def __repr__(self) -> str:
        return f"<Verdict {self.veto or self.score} {self.reasons}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Verdict) and (self.veto, self.score) == (other.veto, other.score)

    def __hash__(self) -> int:
        return hash((self.veto, self.score))

    @property
    def same(self) -> bool | None:
        """One event, or two; None where it may be one, which is not enough."""
        if self.score is None or self.score < POSSIBLE:
            return False
        return True if self.score >= SAME else None

    @property
    def confidence(self) -> float:
        """How often claims with such a score are one event, 0 to 1, as measured (benchmarks/identity)."""
        return 0.0 if self.score is None else confidence_of(self.score)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What it rests on, the weightiest first."""
        if self.veto:
            return (Reason("veto", 0.0, self.veto),)
        return tuple(sorted((Reason(*each) for each in self._evidence if each[1]), key=lambda each: -abs(each.points)))


_SAME_PROVIDER = Verdict(veto="one provider lists both")
_NOT_TO_THE_DAY = Verdict(veto="the day of one is not known")
_OTHER_DAY = Verdict(veto="on different days")
_OTHER_TIME = Verdict(veto=f"more than {_SPAN_MINUTES} minutes apart")
_TOO_FAR = Verdict(veto=f"more than {FARTHEST_KM:g} km apart")
_OTHER_TOWN = Verdict(veto="in different towns")
_PART_OF_IT = Verdict(veto="one lasts a day, the other several")
_NO_VENUE = (("venue", -2.6, "one has no venue"),)


def verdict(a: Claim, b: Claim) -> Verdict:
    """Whether two claims are of one event. Symmetric."""
    if b.place < a.place:
        a, b = b, a  # the order of additions can change the last digit
    timing = _timing(a, b)
    if isinstance(timing, Verdict):
        return timing
    if a.lasts_days is not None and b.lasts_days is not None and (a.lasts_days > 1) != (b.lasts_days > 1):
        return _PART_OF_IT
    likeness = titles_alike(a.title, b.title, a.performers, b.performers)
    where = _where(a.house, b.house, likeness)
    if isinstance(where, Verdict):
        return where
    who = _who(a, b)
    if where[0][1] < 0:
        where = _in_other_words(a, b, where, who, likeness)
    evidence = (
        ("title", max(-3.2, 3.2 * (likeness - _TITLE_MIDDLE) / _TITLE_RANGE), f"titles {likeness:.0%} alike"),
        *where,
        timing,
        *who,
        *_apart(a, b, likeness),
        *_linked(a, b),
    )
    made = Verdict(evidence)
    if made.score is not None and made.score >= POSSIBLE and towns_apart(a.house, b.house, FARTHEST_TOWN_KM):
        return _OTHER_TOWN
    return made


def ruled_out(a: Claim, b: Claim) -> bool:
    """Whether something besides the likeness rules out that two claims are in one event."""
    return a.provider == b.provider or isinstance(_timing(a, b), Verdict) or far_apart(a, b)


def far_apart(a: Claim, b: Claim) -> bool:
    """Whether their places are known, and too far from each other."""
    kilometres = apart_km(a.house, b.house) if a.house and b.house else None
    return kilometres is not None and kilometres > _most_km(a.house, b.house)


def alike(a: Claim, b: Claim) -> bool:
    """Whether two claims, of one provider or of two, seem to be of one show, whatever their times."""
    if a.house is None or b.house is None:
        return False
    likeness = titles_alike(a.title, b.title)
    return likeness >= _GOOD_TITLE and houses_alike(a.house, b.house) >= SAME_HOUSE and not _apart(a, b, likeness)


def _timing(a: Claim, b: Claim) -> tuple[str, float, str] | Verdict:
    if a.provider == b.provider:
        return _SAME_PROVIDER
    if a.minute is not None and b.minute is not None:
        minutes = abs(a.minute - b.minute)
        if minutes > _SPAN_MINUTES:
            return _OTHER_TIME
        return "time", _points_of(minutes), f"{minutes} minutes apart"
    if a.day is None or b.day is None:
        return _NOT_TO_THE_DAY
    if a.day != b.day:
        return _OTHER_DAY
    return "time", 0.2, "on one day"


def _points_of(minutes: int) -> float:
    if minutes <= 5:  # noqa: PLR2004 - each step is what it says
        return 0.9
    if minutes <= 15:  # noqa: PLR2004
        return 0.7
    if minutes <= 30:  # noqa: PLR2004
        return 0.5
    # Doors, or a clock that is an hour off.
    return 0.3 if minutes <= 60 else -0.2  # noqa: PLR2004


_Points = tuple[tuple[str, float, str], ...]


def _where(a: House | None, b: House | None, title: float) -> _Points | Verdict:
    if a is None or b is None:
        return _NO_VENUE
    kilometres = apart_km(a, b)
    if kilometres is not None and kilometres > _most_km(a, b):
        return _TOO_FAR
    exact = kilometres is not None and is_exact(a) and is_exact(b)
    name = houses_alike(a, b)
    points = _house_points(name)
    if exact and kilometres is not None and kilometres <= _ONE_DOOR_KM and points < 0:
        # Behind one door, a house goes by several names.
        points = 0.0 if title >= _GOOD_TITLE else points / 2
    found: _Points = (("venue", points, f"venues {name:.0%} alike"),)
    if exact and kilometres is not None:
        nearness = _nearness(kilometres)
        if (nearness < 0 and (a.central or b.central)) or (nearness > 0 and points < 0):
            nearness = 0.0  # a town's centre is near nothing, and next door is another house
        found = (*found, ("distance", nearness, f"{kilometres:.2f} km apart"))
    return found


def _in_other_words(a: Claim, b: Claim, where: _Points, who: _Points, title: float) -> _Points:
    """What makes good for venues that differ, or of which one is not known."""
    if _names_house(a, b) or _names_house(b, a):
        return (("venue", 1.0, "one's title names the other's venue"), *where[1:])
    headliner = bool(who) and who[0][1] >= _HEADLINER
    if headliner or (where is _NO_VENUE and title >= BEGINS and len(a.title.whole) >= _TELLING_TITLE):
        return (("venue", max(-0.6, where[0][1]), f"{where[0][2]}, but it can be no other event"), *where[1:])
    if len(a.title.whole) < _TELLING_TITLE and not (who and who[0][1] > 0):
        # The next house has an open mic, too.
        return (("venue", min(-3.0, where[0][1]), f"{where[0][2]}, and the title is a plain one"), *where[1:])
    return where


def _names_house(one: Claim, other: Claim) -> bool:
    house = other.house
    return house is not None and len(house.full) >= _TELLING_HOUSE and f" {house.full} " in f" {one.title.said} "


def _house_points(likeness: float) -> float:
    """From 1.6 for one name to -3 for two."""
    beyond = likeness - _HOUSE_MIDDLE
    return min(1.6, 1.6 * beyond / 0.3) if beyond > 0 else max(-3.0, 1.6 * beyond / 0.15)


def _nearness(kilometres: float) -> float:
    if kilometres <= _CLOSE_KM:
        return 0.6
    if kilometres <= _NEAR_KM:
        return 0.2
    return 0.0 if kilometres <= 1 else -0.8


def _most_km(a: House | None, b: House | None) -> float:
    exact = a and b and is_exact(a) and is_exact(b) and not (a.central or b.central)
    return FARTHEST_KM if exact else FARTHEST_TOWN_KM


def _who(a: Claim, b: Claim) -> _Points:
    if a.performers and b.performers:
        return _line_ups(a, b)
    if a.performers:
        return _named_in(a, b)
    return _named_in(b, a) if b.performers else ()


def _line_ups(a: Claim, b: Claim) -> _Points:
    ours, theirs = a.performers, b.performers
    if same_name(ours[0], theirs[0]):
        return (("performers", 1.3, "the same headliner"),)
    if any(same_name(ours[0], each) for each in theirs) or any(same_name(each, theirs[0]) for each in ours):
        return (("performers", 0.3, "one's headliner plays at the other"),)
    if any(same_name(one, other) for one in ours for other in theirs):
        return (("performers", 0.2, "one performer in common"),)
    return (("performers", -3.6, "no performer in common"),)


def _named_in(known: Claim, other: Claim) -> _Points:
    """A line-up against a title."""
    title = f" {other.title.whole} "
    if f" {known.performers[0].words} " in title:
        return (("performers", 1.0, "the title names the headliner"),)
    if any(f" {each.words} " in title for each in known.performers):
        return (("performers", 0.2, "the title names a performer"),)
    if known.performers[0].words in known.title.whole:
        return (("performers", -0.3, "only one title names the headliner"),)
    return ()


def _apart(a: Claim, b: Claim, title: float) -> _Points:
    """What sets one title apart from the other, however alike they are otherwise."""
    found: list[tuple[str, float, str]] = []
    ours, theirs = a.title, b.title
    if ours.numbers and theirs.numbers and ours.numbers.isdisjoint(theirs.numbers):
        found.append(("number", -5.0, "counted differently"))
    if ours.weekdays and theirs.weekdays and ours.weekdays != theirs.weekdays:
        found.append(("weekday", -3.5, "on different days of the week"))
    if ours.markers != theirs.markers:
        found.append(("marker", -4.0, f"only one says {' '.join(sorted(ours.markers ^ theirs.markers))}"))
    if title < SAME_TITLE and (ours.feast or theirs.feast or _is_feast(a) or _is_feast(b)):
        if ours.numbers != theirs.numbers or ours.weekdays != theirs.weekdays:
            found.append(("festival", -5.5, "one is a part of the festival"))
        elif not (ours.numbers or ours.weekdays):
            found.append(("festival", -1.5, "one may be a part of the festival"))
    return tuple(found)


def _is_feast(claim: Claim) -> bool:
    return claim.listing.event_type is EventType.FESTIVAL


def _linked(a: Claim, b: Claim) -> _Points:
    if a.links and b.links and not a.links.isdisjoint(b.links):
        return (("link", 3.0, "both lead to one page"),)
    # One file in two feeds: a UID is the same all over the world.
    if "@" in a.listing.id and a.listing.id == b.listing.id:
        return (("link", 3.0, "one calendar entry in two feeds"),)
    return ()
