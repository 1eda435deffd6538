"""One event or two: what speaks for it, what against, and what rules it out."""

from datetime import date

import pytest

from gateway.identity import POSSIBLE, SAME, Claim, verdict
from gateway.identity.claim import canonical
from gateway.identity.confidence import MIDDLE, confidence_of
from providers import EventType, ExternalId, Listing, Performer, When


@pytest.mark.parametrize(
    "title",
    [
        "VELVET FOXES",
        "Velvet Foxes (live)",
        "Velvet Foxes - Live at Lantern Hall",
        "Velvet Foxes + support",
        "Velvet Foxes w/ Amber Comets",
        "Moonraker presents: The Velvet Foxes",
        "The Velvet Foxes: Nightfall Tour 2026",
        "Velvet Foxs",
        "🎸 Velvet Foxes 🎸",
        "Velvet Foxes (doors 19:30)",
        "Vélvet Föxes",
    ],
)
def test_a_title_is_the_same_however_a_seller_dresses_it(tell, title):
    assert verdict(tell("a"), tell("b", title)).same


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Ax, Emanuel", "Emanuel Ax"),
        ("Simon & Garfield", "Simon and Garfield"),
        ("Мумий Тролль", "Mumii Troll"),
        ("Σωκράτης", "Sokratis"),
        ("Sigur Rós", "SIGUR ROS"),
    ],
)
def test_a_name_is_the_same_in_another_order_or_script(tell, ours, theirs):
    assert verdict(tell("a", ours), tell("b", theirs)).same


@pytest.mark.parametrize(
    "name", ["Lantern Hall Berlin", "The Lantern Hall", "LANTERNHALL", "Lantern Hall, Kreuzberg", "Latern Hall"]
)
def test_a_venue_is_the_same_under_another_spelling(tell, place, name):
    assert verdict(tell("a"), tell("b", venue=place(name, metres=60))).same


@pytest.mark.parametrize("minutes", [5, 15, 30, 60, 90, 95])
def test_doors_and_start_are_of_one_event(tell, minutes):
    assert verdict(tell("a"), tell("b", minutes=minutes)).same


def test_more_than_95_minutes_apart_is_never_one_event(tell):
    found = verdict(tell("a"), tell("b", minutes=96))
    assert (found.same, found.score, found.reasons[0].found) == (False, None, "more than 95 minutes apart")


def test_two_listings_of_one_provider_are_never_one_event(tell):
    assert verdict(tell("a"), tell("a", id="again")).veto == "one provider lists both"


def test_a_day_alone_is_of_that_day_at_the_venue(tell):
    assert verdict(tell("a"), tell("b", start=When.on(date(2026, 6, 5)))).same
    assert verdict(tell("a"), tell("b", start=When.on(date(2026, 6, 6)))).veto == "on different days"


@pytest.mark.parametrize("start", [When.unknown(), When.in_month(2026, 6), When.in_year(2026)])
def test_what_is_not_known_to_the_day_is_nobodys(tell, start):
    assert verdict(tell("a"), tell("b", start=start)).veto == "the day of one is not known"
    assert verdict(tell("a", start=start), tell("b", start=start)).veto


def test_more_than_three_kilometres_is_another_venue_whatever_its_name(tell, place):
    assert verdict(tell("a"), tell("b", venue=place(metres=3_200))).veto == "more than 3 km apart"


def test_a_towns_point_is_no_venues(tell, place):
    mitte = place().point.__class__(latitude=52.5244, longitude=13.4105, accuracy_meters=5_000)
    assert verdict(tell("a"), tell("b", venue=place().__class__(name="Lantern Hall", point=mitte))).same


def test_a_towns_point_is_known_for_one_even_where_nobody_says_so(tell, place):
    silent = place().point.__class__(latitude=52.5244, longitude=13.4105)
    there = place().__class__(name="Lantern Hall", point=silent, address=place().address)
    assert verdict(tell("a"), tell("b", venue=there)).same


def test_one_name_in_two_towns_is_two_venues(tell, place):
    here, there = place(point=False), place(point=False, town="Hamburg")
    assert verdict(tell("a", venue=here), tell("b", venue=there)).veto == "in different towns"
    assert verdict(tell("a", venue=here), tell("b", venue=place(point=False, town="Berlín"))).same


def test_the_next_house_has_an_open_mic_too(tell, place):
    next_door = place("Copper Kettle", metres=120)
    assert verdict(tell("a", "Open mic"), tell("b", "Open mic", venue=next_door)).same is not True


def test_an_act_is_at_one_house_at_a_time_whatever_that_is_called(tell, place):
    renamed = place("Norvex Hall", metres=80)
    assert verdict(tell("a", acts=["Velvet Foxes"]), tell("b", venue=renamed, acts=["Velvet Foxes"])).same


def test_a_plain_title_without_a_venue_is_nobodys(tell):
    assert not verdict(tell("a", "Open mic", venue=None), tell("b", "Open mic", venue=None)).same
    assert not verdict(tell("a", "Open mic"), tell("b", "Open mic", venue=None)).same


def test_other_performers_are_another_show(tell):
    ours, theirs = (
        tell("a", "Harbour Nights", acts=["Velvet Foxes"]),
        tell("b", "Harbour Nights: Late", acts=["Amber Comets"]),
    )
    assert not verdict(ours, theirs).same


def test_ids_elsewhere_tell_performers_of_one_name_apart(tell):
    def with_id(provider, value):
        performer = Performer(name="Nimbus", external_ids=(ExternalId("musicbrainz", value),))
        listing = tell(provider, "Nimbus").listing
        return Claim(
            provider, Listing(id="1", name="Nimbus", start=listing.start, venue=listing.venue, performers=(performer,))
        )

    assert verdict(with_id("a", "1"), with_id("b", "1")).score > verdict(with_id("a", "1"), with_id("b", "2")).score + 3


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Velvet Foxes", "A Tribute to the Velvet Foxes"),
        ("Velvet Foxes", "Velvet Foxes - Official Afterparty"),
        ("Velvet Foxes", "Parking: Velvet Foxes"),
        ("Warm Circuit Vol. 3", "Warm Circuit Vol. 4"),
        ("Sonata No. 4", "Sonata No. 7"),
        ("Lakeside Festival", "Lakeside Festival - Day 1"),
        ("Lakeside Festival", "Lakeside Festival (Friday)"),
        ("Lakeside Festival: Freitag", "Lakeside Festival: Samstag"),
        ("Velvet Foxes", "Velvet Comets"),
        ("Moonraker presents: Velvet Foxes", "Moonraker presents: Amber Comets"),
    ],
)
def test_what_only_sounds_alike_stays_apart_even_in_one_house_at_one_time(tell, ours, theirs):
    assert verdict(tell("a", ours), tell("b", theirs)).same is not True


def test_a_festival_is_none_of_its_days(tell):
    whole = tell("a", "Lakeside", end=When.on(date(2026, 6, 7)))
    day = tell("b", "Lakeside", end=When.on(date(2026, 6, 5)))
    assert verdict(whole, day).veto == "one lasts a day, the other several"


def test_a_night_that_ends_in_the_morning_lasts_a_day(tell):
    night = tell("a", "Strobe", 180, end=When.at(tell("a").listing.start.instant.replace(day=6, hour=6)))
    alone = tell("b", "Strobe", start=When.on(date(2026, 6, 5)), end=When.at(night.listing.end.instant))
    assert night.lasts_days == alone.lasts_days == 1


def test_one_page_is_one_event(tell):
    shared = {"url": "https://www.tickets.example/e/4711-foxes?utm_source=a"}
    ours = tell("a", "Foxes in Berlin!", url="https://tickets.example/e/4711-foxes/")
    theirs = tell("b", "An evening of rock", **shared)
    assert verdict(ours, theirs).score == pytest.approx(
        verdict(tell("a", "Foxes in Berlin!"), tell("b", "An evening of rock")).score + 3
    )


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("https://www.tickets.example/e/4711/?utm_source=x&fbclid=y", "tickets.example/e/4711"),
        ("http://m.tickets.example/e?id=7", "tickets.example/e?id=7"),
        ("https://tickets.example/", None),
        ("https://tickets.example/shop", None),
        ("https://[broken", None),
    ],
)
def test_addresses_have_one_form_and_front_pages_none(address, form):
    assert canonical(address) == form


def test_one_calendar_entry_in_two_feeds_is_one_event(tell):
    uid = "8f1c@lantern-hall.example"
    assert any(reason.about == "link" for reason in verdict(tell("a", id=uid), tell("b", id=uid)).reasons)


def test_a_verdict_has_its_reasons_the_weightiest_first(tell):
    found = verdict(tell("a", acts=["The Velvet Foxes"]), tell("b", minutes=30))
    assert [reason.about for reason in found.reasons][:2] == ["title", "venue"]
    assert found.score == pytest.approx(sum(reason.points for reason in found.reasons))
    assert "30 minutes apart" in {reason.found for reason in found.reasons}


def test_between_one_event_and_two_is_doubt(tell):
    ours = tell("a", "Wintergarten Variations", venue=None)
    found = verdict(ours, tell("b", "Wintergarten Variations Extra Nightcap"))
    assert found.same is None
    assert POSSIBLE <= found.score < SAME


def test_confidence_grows_with_the_score():
    assert [round(confidence_of(score), 2) for score in (-1e9, MIDDLE, 1e9)] == [0.0, 0.5, 1.0]
    assert confidence_of(SAME) > 0.65


def test_a_festival_is_one_by_its_type_as_well(tell):
    ours, theirs = tell("a", "Lakeside", event_type=EventType.FESTIVAL), tell("b", "Lakeside: Day 2")
    assert verdict(ours, theirs).same is not True
