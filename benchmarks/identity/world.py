"""What happens, as nobody knows it whole: the truth that the sellers tell of, each with its own noise.

Happenings come in families: what could be taken for one another, and must not be, is of one family. A family is in one
split, and every family lies in a week and a town of its own choice, so that towns are as full as towns are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from benchmarks.identity import vocabulary as words
from benchmarks.identity.vocabulary import Names, Town
from providers import EventType

FIRST_DAY = date(2026, 5, 4)
DAYS = 90
HOUSES_A_TOWN = 10


@dataclass(frozen=True, slots=True)
class House:
    """A place where things happen. aliases: what else it is called, the closest first."""

    name: str
    aliases: tuple[str, ...]
    town: Town
    latitude: float
    longitude: float
    street: str
    room: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happens. family: with what it could be taken for. title: as its makers write it.

    repeats: the house gives it again that day, so that nobody can leave its time out.
    """

    number: int
    family: int
    title: str
    acts: tuple[str, ...] = ()
    house: House
    begins: datetime
    lasts: timedelta = timedelta(hours=3)
    kind: EventType = EventType.MUSIC
    journey: str | None = None
    promoter: str | None = None
    repeats: bool = False


def houses(dice: Random, a_town: int = HOUSES_A_TOWN) -> list[House]:
    """Every town's, a few hundred metres to a few kilometres apart; some names are in several towns."""
    found = []
    for town in words.TOWNS:
        names = dice.sample(words.HOUSE_NAMES, a_town)
        found += [house_of(dice, town, name) for name in names]
    return found


def house_of(dice: Random, town: Town, word: str) -> House:
    """A house that is called by that word, in one way or another."""
    kind = dice.choice(words.HOUSE_KINDS)
    name = dice.choice((f"{word} {kind}", f"The {word} {kind}", f"{word}", f"{word} {kind}", f"Old {word} {kind}"))
    sponsor = dice.choice(words.SPONSORS)
    aliases = (
        f"{name} {town.name}",
        name.removeprefix("The ").upper(),
        f"The {name.removeprefix('The ')}",
        f"{name}, {town.native}",
        f"{word} {dice.choice(words.HOUSE_KINDS)}" if kind not in name else word,
        name.replace(" ", "") if dice.random() < 0.5 else f"{word}s {kind}",
        f"{sponsor} {kind}",
    )
    return House(
        name, aliases, town,
        round(town.latitude + dice.gauss(0, 0.012), 6), round(town.longitude + dice.gauss(0, 0.018), 6),
        f"{dice.randrange(1, 180)} {dice.choice(words.HOUSE_NAMES)} Street",
    )  # fmt: skip


def room_of(house: House, name: str) -> House:
    """A room in it, under the same roof."""
    return replace(
        house, name=f"{house.name} - {name}", aliases=(f"{house.name} ({name})", f"{name}, {house.name}"), room=name
    )


class World:
    """Families of happenings, worked out from a seed."""

    def __init__(self, seed: int, families: int) -> None:
        self._dice = Random(seed)
        self._names = Names(self._dice)
        self.houses = houses(self._dice)
        self._number = 0
        self.happenings: list[Happening] = []
        booked: set[tuple[float, date]] = set()
        for family in range(families):
            happenings = self._family()
            while not booked.isdisjoint(map(_booking, happenings)):
                happenings = self._family()
            booked.update(map(_booking, happenings))
            for each in happenings:
                self._number += 1
                self.happenings.append(replace(each, number=self._number, family=family))

    def _family(self) -> list[Happening]:
        plot = self._dice.choices(self._plots(), weights=[weight for _, weight in _WEIGHTS])[0]
        return list(plot())

    def _plots(self) -> list[Callable[[], Iterator[Happening]]]:
        return [getattr(self, name) for name, _ in _WEIGHTS]

    def concert(self) -> Iterator[Happening]:
        """One evening, a headliner and up to two supports."""
        yield self._gig(self._house(), self._evening())

    def residency(self) -> Iterator[Happening]:
        """The same on two or three nights in a row."""
        first = self._gig(self._house(), self._evening())
        for night in range(self._dice.choice((2, 3))):
            yield replace(first, begins=_days_later(first.begins, night))

    def play(self) -> Iterator[Happening]:
        """In the evening for some days, and on some of them in the afternoon as well."""
        title, house = self._dice.choice(words.PLAYS), self._house()
        begins = self._evening_of(house.town, self._day())
        company = (self._names.act(),) if self._dice.random() < 0.4 else ()
        for night in range(self._dice.choice((1, 2, 3))):
            evening = Happening(
                number=0, family=0, title=title, acts=company, house=house, begins=_days_later(begins, night),
                kind=EventType.THEATER,
            )  # fmt: skip
            twice = self._dice.random() < 0.5
            yield replace(evening, repeats=twice)
            if twice:
                yield replace(evening, repeats=True, begins=_at(house.town, evening.begins.date(), time(14, 30)))

    def comedian(self) -> Iterator[Happening]:
        """An early and a late show."""
        house, name, day = self._house(), self._names.person(), self._day()
        title = self._dice.choice((name, f"{name}: {self._dice.choice(words.JOURNEYS)}"))
        for clock in self._dice.choice(
            ((time(19), time(21, 15)), (time(18, 30), time(20, 30)), (time(19), time(20, 45)))
        ):
            yield Happening(
                number=0, family=0, title=title, acts=(name,), house=house, begins=_at(house.town, day, clock),
                lasts=timedelta(minutes=75), kind=EventType.COMEDY, repeats=True,
            )  # fmt: skip

    def feast(self) -> Iterator[Happening]:
        """A festival as a whole, and each of its days."""
        house, name, day = self._house(), f"{self._dice.choice(words.FEASTS)} Festival", self._day()
        opens, lasts = _at(house.town, day, time(16)), self._dice.choice((2, 3))
        whole = Happening(
            number=0, family=0, title=name, acts=tuple(self._names.act() for _ in range(6)), house=house, begins=opens,
            lasts=timedelta(days=lasts - 1, hours=7), kind=EventType.FESTIVAL,
        )  # fmt: skip
        yield whole
        by_number = self._dice.random() < 0.5
        for number in range(lasts):
            begins = _days_later(opens, number)
            label = f"Day {number + 1}" if by_number else f"{begins:%A}"
            acts = whole.acts[2 * number : 2 * number + 2]
            yield replace(whole, title=f"{name} - {label}", acts=acts, begins=begins, lasts=timedelta(hours=7))

    def club_night(self) -> Iterator[Happening]:
        """Late, under a series' name; another series is in another room of the house, or the same next week."""
        house, series, day = self._house(), self._dice.choice(words.SERIES), self._day()
        acts = tuple(self._names.act() for _ in range(self._dice.choice((1, 2, 3))))
        title = self._dice.choice((series, f"{series} w/ {acts[0]}", f"{series}: {', '.join(acts)}"))
        night = Happening(
            number=0, family=0, title=title, acts=acts, house=house, begins=_at(house.town, day, time(23)),
            lasts=timedelta(hours=6),
        )  # fmt: skip
        yield night
        yield replace(night, begins=_days_later(night.begins, 7), acts=(self._names.act(),), title=series)

    def orchestra(self) -> Iterator[Happening]:
        """A programme, with soloists."""
        house = self._house()
        composer, work, soloist = (
            self._dice.choice(words.COMPOSERS),
            self._dice.choice(words.WORKS),
            self._names.person(),
        )
        ensemble = f"{house.town.name} {self._dice.choice(('Philharmonic', 'Sinfonietta', 'Chamber Orchestra'))}"
        title = self._dice.choice((f"{ensemble}: {composer} {work}", f"{composer}: {work}", f"{soloist} / {composer}"))
        yield Happening(
            number=0,
            family=0,
            title=title,
            acts=(soloist, ensemble),
            house=house,
            begins=self._evening_of(house.town, self._day()),
        )

    def imitation(self) -> Iterator[Happening]:
        """Somebody plays, and next door, or there on another night, others play their songs."""
        real = self._gig(self._house(), self._evening())
        yield real
        others = (self._names.act(),) if self._dice.random() < 0.5 else ()
        title = self._dice.choice(words.IMITATIONS).format(act=real.acts[0].removeprefix("The "))
        nearby = self._next_door(real.house)
        yield replace(real, title=title, acts=others, house=nearby, journey=None)

    def gathering(self) -> Iterator[Happening]:
        """The same plain title in several houses of a town on one evening."""
        house, title = self._house(), self._dice.choice(words.GATHERINGS)
        begins = self._evening_of(house.town, self._day())
        for each in (house, self._next_door(house)) if self._dice.random() < 0.6 else (house,):
            yield Happening(number=0, family=0, title=title, house=each, begins=begins, kind=EventType.SOCIAL)

    def film(self) -> Iterator[Happening]:
        """In two houses of a town at about the same time, and twice in one."""
        house, title = self._house(), self._dice.choice(words.FILMS)
        begins = self._evening_of(house.town, self._day())
        shown = Happening(
            number=0, family=0, title=title, house=house, begins=begins, lasts=timedelta(hours=2),
            kind=EventType.SCREENING, repeats=True,
        )  # fmt: skip
        yield shown
        yield replace(
            shown, house=self._next_door(house), begins=begins + timedelta(minutes=self._dice.choice((0, 15, 30)))
        )
        yield replace(shown, begins=begins - timedelta(minutes=150))

    def match(self) -> Iterator[Happening]:
        """Two teams."""
        house, (home, away) = self._house(), self._dice.sample(words.CREATURES, 2)
        other = self._dice.choice(words.TOWNS).name
        yield Happening(
            number=0, family=0, title=f"{house.town.name} {home} v {other} {away}", house=house, kind=EventType.SPORTS,
            begins=_at(house.town, self._day(), self._dice.choice((time(15), time(19, 45)))),
        )  # fmt: skip

    def talk(self) -> Iterator[Happening]:
        """Somebody on something."""
        house, speaker = self._house(), self._names.person()
        yield Happening(
            number=0, family=0, title=f"{speaker}: {self._dice.choice(words.TALKS)}", acts=(speaker,), house=house,
            begins=_at(house.town, self._day(), time(18, 30)), lasts=timedelta(hours=1), kind=EventType.EDUCATION,
        )  # fmt: skip

    def two_rooms(self) -> Iterator[Happening]:
        """Under one roof at one time, sometimes by one promoter."""
        house, begins = self._house(), self._evening()
        promoter = self._dice.choice(words.PROMOTERS) if self._dice.random() < 0.5 else None
        for room in self._dice.sample(words.ROOMS, 2):
            gig = self._gig(room_of(house, room), begins)
            yield replace(gig, promoter=promoter)

    def own_show(self) -> Iterator[Happening]:
        """Who supports one evening plays next door later on, or there on the next."""
        main = self._gig(self._house(), self._evening(), supports=1)
        yield main
        own = replace(main, title=main.acts[1], acts=main.acts[1:], house=self._next_door(main.house), journey=None)
        if self._dice.random() < 0.5:
            yield replace(own, begins=main.begins + timedelta(minutes=self._dice.choice((0, 60, 120))))
        else:
            yield replace(own, house=main.house, begins=_days_later(main.begins, 1))

    def _gig(self, house: House, begins: datetime, supports: int | None = None) -> Happening:
        count = self._dice.choice((0, 0, 1, 1, 2)) if supports is None else supports
        acts = tuple(self._names.act() for _ in range(1 + count))
        journey = self._dice.choice(words.JOURNEYS) if self._dice.random() < 0.3 else None
        promoter = self._dice.choice(words.PROMOTERS) if self._dice.random() < 0.15 else None
        at_house = _at(house.town, begins.date(), begins.time())
        return Happening(
            number=0,
            family=0,
            title=acts[0],
            acts=acts,
            house=house,
            begins=at_house,
            journey=journey,
            promoter=promoter,
        )

    def _house(self) -> House:
        return self._dice.choice(self.houses)

    def _next_door(self, house: House) -> House:
        """The nearest other house of the town."""
        town = [each for each in self.houses if each.town is house.town and each.latitude != house.latitude]
        return min(
            town, key=lambda each: (each.latitude - house.latitude) ** 2 + (each.longitude - house.longitude) ** 2
        )

    def _day(self) -> date:
        return FIRST_DAY + timedelta(days=self._dice.randrange(DAYS))

    def _evening(self) -> datetime:
        return self._evening_of(words.TOWNS[0], self._day())

    def _evening_of(self, town: Town, day: date) -> datetime:
        return _at(town, day, self._dice.choice((time(19), time(19, 30), time(20), time(20), time(20, 30), time(21))))


_WEIGHTS = (
    ("concert", 62), ("residency", 5), ("play", 3), ("comedian", 2), ("feast", 2), ("club_night", 5), ("orchestra", 6),
    ("imitation", 2), ("gathering", 2), ("film", 1), ("match", 4), ("talk", 4), ("two_rooms", 2), ("own_show", 2),
)  # fmt: skip


def _booking(happening: Happening) -> tuple[float, date]:
    """No house has two families on one day."""
    return happening.house.latitude, happening.begins.date()


def _at(town: Town, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(town.time_zone))


def _days_later(begins: datetime, days: int) -> datetime:
    return datetime.combine(begins.date() + timedelta(days=days), begins.time(), begins.tzinfo)
