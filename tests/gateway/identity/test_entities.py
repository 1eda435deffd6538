"""Venues and performers of several providers that are one."""

import itertools
from dataclasses import replace

import pytest

from gateway.identity import Known, performers, same_performer, same_venue, venues
from providers import Address, ExternalId, Performer, Point, Venue


def venue(name="Lantern Hall", metres=0.0, street=None, town="Berlin", *, point=True, **more):
    where = Point(latitude=52.4981 + metres / 111_195, longitude=13.4412) if point else None
    return Venue(
        name=name, address=Address(street=street, locality=town, country=more.pop("country", "DE")), point=where, **more
    )


@pytest.mark.parametrize(
    "other",
    [
        venue("LANTERN HALL"),
        venue("The Lantern Hall, Berlin", 140),
        venue("Lanternhall", 60),
        venue("Lantern Hall", point=False),
        venue("Lantern Rooms", 60),
        venue("Norvex Arena", 60, "7 Harbour Street"),
        venue("Lantern", point=False, town="Berlín"),
    ],
    ids=lambda other: other.name,
)
def test_one_venue_has_many_spellings(other):
    assert same_venue(venue(street="7 Harbour Street" if other.address.street else None), other)
    assert same_venue(other, venue(street="7 Harbour Street" if other.address.street else None))


@pytest.mark.parametrize(
    "other",
    [
        venue("Copper Kettle", 60),
        venue(metres=1_500),
        venue(town="Hamburg", point=False),
        venue(country="AT", point=False),
        venue("Lantern Rooms", 60, "9 Harbour Street"),
    ],
    ids=lambda other: f"{other.name} {other.address}",
)
def test_the_house_next_door_is_another(other):
    assert not same_venue(venue(street="7 Harbour Street" if other.address.street else None), other)


def test_a_venues_page_tells_it_by_another_name():
    page = "https://lantern.example/en/house"
    assert same_venue(venue("Lantern Rooms", 300, url=page), venue(url=f"{page}/?utm_source=x"))


def test_an_id_elsewhere_tells_a_venue_by_another_name_door_and_point_but_not_in_another_town():
    osm = (ExternalId("osm", "way/12"),)
    ours, theirs = venue(street="7 Harbour Street"), venue("Kulturbahnhof", 4_000, "Am Gleis 3")
    assert not same_venue(ours, theirs)
    assert same_venue(replace(ours, external_ids=osm), replace(theirs, external_ids=osm))
    assert not same_venue(replace(ours, external_ids=osm), venue("Lantern Hall", 90_000, external_ids=osm))
    known = [
        Known("a", replace(ours, external_ids=osm)),
        Known("b", replace(theirs, external_ids=osm)),
        Known("b", ours),
    ]
    assert sorted(len(group) for group in venues(known)) == [1, 2]
    assert [(each[0].thing.name, each[1].thing.name) for each in venues(known) if len(each) > 1] == [
        ("Lantern Hall", "Kulturbahnhof")
    ]


def test_a_performer_by_another_name_brings_those_of_that_name_along():
    brainz = (ExternalId("musicbrainz", "1"),)
    known = [
        Known("a", Performer(name="Foxes Again", external_ids=brainz)),
        Known("b", Performer(name="Die Füchse", external_ids=brainz)),
        Known("c", Performer(name="DIE FÜCHSE")),
    ]
    assert [len(group) for group in performers(known)] == [3]


def test_ids_elsewhere_come_before_names():
    def performer(name, **ids):
        return Performer(name=name, external_ids=tuple(ExternalId(scheme, value) for scheme, value in ids.items()))

    assert same_performer(performer("Foxes", musicbrainz="1"), performer("Velvet Foxes", musicbrainz="1"))
    assert not same_performer(performer("Foxes", musicbrainz="1"), performer("Foxes", musicbrainz="2"))
    assert same_performer(performer("Foxes", musicbrainz="1"), performer("FOXES", spotify="2"))
    assert same_performer(performer("The Foxes"), performer("Foxes"))
    assert same_performer(performer("Sigur Rós"), performer("Sigur Ros"))
    assert not same_performer(performer("Velvet Foxes"), performer("Velvet Tigers"))
    assert not same_performer(performer("Foxes"), performer("Boxer"))


def test_groups_are_of_a_set_and_hold_one_of_each_provider():
    known = [
        Known("a", venue(id="1")), Known("a", venue(id="2")), Known("b", venue("Lantern Hall Berlin", 40)),
        Known("c", venue("Copper Kettle", 500)), Known("b", venue("Copper Kettle Café", 510)), Known("c", venue(point=False)),
    ]  # fmt: skip
    first = venues(known)
    assert sorted(len(group) for group in first) == [1, 2, 3]
    for order in itertools.permutations(known):
        assert venues(order) == first


def test_performers_are_grouped_over_providers():
    known = [
        Known("a", Performer(name="The Foxes")),
        Known("b", Performer(name="FOXES")),
        Known("c", Performer(name="Comets")),
    ]
    assert sorted(len(group) for group in performers(known)) == [1, 2]
    assert performers([]) == ()
