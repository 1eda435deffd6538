"""What four sellers make of the world: each knows a part of it, in its own words, and gets some of it wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from random import Random
from typing import NamedTuple

from benchmarks.identity import vocabulary as words
from benchmarks.identity.world import Happening, House
from gateway.identity import Claim
from providers import Address, EventType, Listing, PerformanceRole, Performer, Point, Venue, When


class Noise(Enum):
    """How much of what can go wrong does: a factor on every chance."""

    LOW = 0.8
    MEDIUM = 1.2
    HIGH = 1.7


class Told(NamedTuple):
    """A claim, and of which happening it truly is."""

    claim: Claim
    happening: Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """How one provider tells of things; every number is a chance, at medium noise, in a hundred.

    knows: how much of the world. doors: gives the time that doors open. dated: gives the day alone. bill: puts support
    acts in the title; billed: lists performers. aliased: calls the house otherwise. coarse: has the point of the town,
    in half the cases without saying so; pointless: none. shortened, dressed: titles cut, or with something added.
    """

    slug: str
    knows: int
    doors: int
    dated: int
    bill: int
    billed: int
    aliased: int
    coarse: int
    pointless: int
    shortened: int
    dressed: int
    housed: int = 0


SELLERS = (
    Seller(slug="ticketbox", knows=80, doors=5, dated=4, bill=20, billed=85, aliased=15, coarse=1, pointless=2, shortened=2, dressed=35),
    Seller(slug="gigbook", knows=60, doors=10, dated=10, bill=15, billed=95, aliased=30, coarse=15, pointless=5, shortened=10, dressed=10, housed=30),
    Seller(slug="whatson", knows=55, doors=35, dated=10, bill=20, billed=15, aliased=40, coarse=25, pointless=20, shortened=25, dressed=20, housed=10),
    Seller(slug="housecal", knows=40, doors=45, dated=12, bill=55, billed=10, aliased=15, coarse=5, pointless=35, shortened=8, dressed=30),
)  # fmt: skip

_SLIPS = ((30, 60), (4, -60), (3, 120), (3, -120))


def told_of(world: Iterable[Happening], noise: Noise, *, seed: int, sellers: Iterable[Seller] = SELLERS) -> list[Told]:
    """All that the sellers say of these happenings. One happening's noise does not depend on the others."""
    return [
        Told(claim, happening)
        for happening in world
        for seller in sellers
        for claim in _Pen(seller, noise, Random(f"{seed} {happening.number} {seller.slug}")).claims(happening)
    ]


def venue_record(house: House, seller: Seller, noise: Noise, seed: int) -> Venue:
    """What the seller keeps of a house."""
    dice = Random(f"{seed} {house.name} {house.town.name} {seller.slug}")
    return _Pen(seller, noise, dice).house(house)


def performer_record(name: str, seller: Seller, noise: Noise, seed: int) -> Performer:
    """What the seller keeps of a performer."""
    pen = _Pen(seller, noise, Random(f"{seed} {name} {seller.slug}"))
    return Performer(id=f"{seller.slug} {name}", name=pen.written(name))


class _Pen:
    """One seller's hand, on one happening."""

    def __init__(self, seller: Seller, noise: Noise, dice: Random) -> None:
        self._seller, self._dice, self._factor = seller, dice, noise.value

    def claims(self, happening: Happening) -> Iterator[Claim]:
        """None where it does not know of it; two where it lists it twice, such as for its dearer seats."""
        if not self._dice.random() * 100 < self._seller.knows:
            return
        listing = self._listing(happening)
        rank = [each.slug for each in SELLERS].index(self._seller.slug)
        yield Claim(self._seller.slug, listing, rank=rank)
        if self._maybe(0.4):
            dearer = replace(
                listing, id=f"{listing.id}v", name=f"{listing.name} - Premium Package", url=f"{listing.url}v"
            )
            yield Claim(self._seller.slug, dearer, rank=rank)

    def _listing(self, happening: Happening) -> Listing:
        own_id = f"{happening.number:06d}"
        return Listing(
            id=own_id,
            name=self._title(happening),
            start=self._start(happening),
            end=When.at(happening.begins + happening.lasts) if self._dice.random() < 0.4 else None,
            venue=self._venue(happening.house),
            performers=self._performers(happening),
            url=f"https://{self._seller.slug}.example/events/{own_id}",
            same_as=self._elsewhere(happening),
            event_type=happening.kind if self._dice.random() < 0.6 else EventType.OTHER,
        )

    def _maybe(self, percent: float) -> bool:
        return self._dice.random() * 100 < min(95.0, percent * self._factor)

    def _elsewhere(self, happening: Happening) -> tuple[str, ...]:
        """Now and then a link to where the tickets are sold."""
        sold = self._seller.slug != "ticketbox" and self._dice.random() < 0.04
        return (f"https://www.ticketbox.example/events/{happening.number:06d}?utm_source=x",) if sold else ()

    def _start(self, happening: Happening) -> When:
        zone = happening.house.town.time_zone
        if not happening.repeats and self._maybe(self._seller.dated):
            known = zone if self._dice.random() < 0.8 else None
            return When.on(happening.begins.date(), known)
        begins: datetime = happening.begins
        if self._dice.random() * 100 < self._seller.doors:
            begins -= timedelta(minutes=self._dice.choice((15, 30, 30, 45, 60, 60)))
        if self._maybe(2.5):
            minutes = self._dice.choices([slip for _, slip in _SLIPS], weights=[share for share, _ in _SLIPS])[0]
            begins += timedelta(minutes=minutes)
        if self._maybe(4):
            begins += timedelta(minutes=self._dice.choice((-15, -10, -5, 5, 10, 15)))
        return When.at(begins, zone)

    def _title(self, happening: Happening) -> str:
        title = self._main(happening)
        if len(happening.acts) > 1 and happening.title == happening.acts[0] and self._maybe(self._seller.bill):
            title += self._dice.choice(
                (" + {0}", " with {0}", ", {0}", " w/ {0}", " // {0}", " + support", " & {0}")
            ).format(
                self._dice.choice((" + ".join(happening.acts[1:]), ", ".join(happening.acts[1:]), happening.acts[1]))
            )
        elif happening.acts and happening.title not in happening.acts and self._maybe(self._seller.bill / 3):
            title += f" ({happening.acts[0]})"
        if happening.journey and self._maybe(self._seller.dressed):
            title += self._dice.choice((": {0}", " - {0} Tour", ": The {0} Tour 2026", " – {0}", " ({0} Tour)")).format(
                happening.journey
            )
        if happening.promoter and self._maybe(self._seller.dressed * 1.5):
            title = self._dice.choice(("{0} presents: {1}", "{0} presents {1}", "{0}: {1}", "{1} ({0})")).format(
                happening.promoter, title
            )
        if self._maybe(self._seller.housed):
            title += self._dice.choice((" at {0}", " @ {0}", " - Live at {0}", " | {0}", " live in {1}")).format(
                happening.house.name, happening.house.town.name
            )
        if self._maybe(self._seller.dressed / 4):
            title += self._dice.choice((" ({0})", " - {0}", " *{0}*", " | {0}")).format(
                self._dice.choice(words.SUFFIXES)
            )
        return self.written(title)

    def _main(self, happening: Happening) -> str:
        title = happening.title
        if not self._maybe(self._seller.shortened):
            return title
        if ": " in title:
            return title.split(": ")[self._dice.randrange(2)]
        if " w/ " in title:
            return title.split(" w/ ")[0]
        if " & The " in title and self._dice.random() < 0.5:
            return title.split(" & The ")[0]
        kept = title.removeprefix("The ").split()
        whole = any(mark in kept for mark in ("&", "-", "v", "/"))
        return " ".join(kept[:-1]) if len(kept) > 3 and not whole and self._dice.random() < 0.6 else " ".join(kept)

    def written(self, text: str) -> str:
        """The text as the seller types it."""
        dice = self._dice
        if self._maybe(10):
            text = text.removeprefix("The ")
        if self._maybe(10):
            text = dice.choice((text.upper(), text.lower(), text.title()))
        if self._maybe(12):
            text = _plain(text)
        if self._maybe(8):
            text = text.replace(" & ", dice.choice((" and ", " + ", " und ")))
        if self._maybe(4):
            text = _slipped(text, dice)
        if self._maybe(2):
            text = dice.choice(("🎸 {0}", "{0} 🎉", "★ {0} ★", "{0} !!")).format(text)
        if self._maybe(2):
            text = re.sub(r"^(\S+) (\S+)$", r"\2, \1", text)
        return text

    def _performers(self, happening: Happening) -> tuple[Performer, ...]:
        if not happening.acts or self._dice.random() * 100 >= self._seller.billed:
            return ()
        acts = happening.acts if self._dice.random() < 0.7 else happening.acts[:1]
        names = [self.written(act) if self._maybe(25) else act for act in acts]
        if len(names) > 2 and self._maybe(10):
            self._dice.shuffle(names)
        role = PerformanceRole.OTHER
        return tuple(Performer(name=name, role=role) for name in names if name.strip())

    def _venue(self, house: House) -> Venue | None:
        return None if self._maybe(1) else self.house(house)

    def house(self, house: House) -> Venue:
        """The house as the seller knows it."""
        town = house.town
        named = town.native if self._maybe(25) else town.name
        address = Address(
            locality=None if self._maybe(8) else named,
            country=town.country if not self._maybe(15) else None,
            street=house.street if self._dice.random() < 0.6 else None,
        )
        own_id = f"{words.TOWNS.index(town)}-{house.latitude}-{house.room or ''}"
        return Venue(
            id=own_id, name=self._house_name(house), address=address, point=self._point(house), time_zone=town.time_zone
        )

    def _house_name(self, house: House) -> str:
        if house.room and self._maybe(35):
            name = house.name.removesuffix(f" - {house.room}")
        elif self._maybe(self._seller.aliased):
            # The last are the furthest, and the rarest.
            weights = range(2 * len(house.aliases), 0, -2)
            name = self._dice.choices(house.aliases, weights=weights)[0]
        else:
            name = house.name
        if self._maybe(3):
            name = _slipped(name, self._dice)
        return _plain(name) if self._maybe(5) else name

    def _point(self, house: House) -> Point | None:
        town = house.town
        if self._maybe(self._seller.pointless):
            return None
        if self._maybe(self._seller.coarse):
            said = self._dice.random() < 0.5
            # Where a town's centre is, each seller has its own opinion.
            compass = Random(f"{self._seller.slug} {town.name}")
            centre = town.latitude + compass.gauss(0, 0.003), town.longitude + compass.gauss(0, 0.003)
            return Point(latitude=centre[0], longitude=centre[1], accuracy_meters=5_000 if said else None)
        away = 0.0004 * self._factor
        latitude, longitude = house.latitude + self._dice.gauss(0, away), house.longitude + self._dice.gauss(0, away)
        digits = 2 if self._maybe(4) else 5
        return Point(latitude=round(latitude, digits), longitude=round(longitude, digits))


def _plain(text: str) -> str:
    """Without accents, as old systems have it."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or text


def _slipped(text: str, dice: Random) -> str:
    """A slip of the keyboard."""
    place = dice.randrange(max(1, len(text) - 1))
    match dice.randrange(3):
        case 0:
            return text[:place] + text[place + 1 :] or text
        case 1:
            return text[:place] + text[place : place + 1] * 2 + text[place + 1 :]
        case _:
            return text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :]
