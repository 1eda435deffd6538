"""The golden record, field by field, and the event that is made of it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from gateway.event import EventSource, event_of, price_range
from gateway.identity import Claim, Cluster, Known, Unified, merge
from gateway.ids import Kind, Ref
from providers import (
    Address,
    DatePrecision,
    EventStatus,
    EventType,
    ExternalId,
    Offer,
    OfferKind,
    PerformanceRole,
    Performer,
    Point,
    Venue,
    When,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TICKETS = (Offer(price=Decimal(30), currency="EUR"),)


def record(*claims):
    return merge(Cluster(claims))


def source(claim):
    member = SimpleNamespace(rank=0, slug=claim.provider, attribution=None)
    return EventSource(member, claim.listing, NOW)


def test_the_most_exact_time_wins(tell):
    golden = record(tell("a", start=When.on(date(2026, 6, 5))), tell("b"))
    assert golden.listing.start.precision is DatePrecision.TIME
    assert golden.giver("start").provider == "b"


def test_of_equally_exact_times_most_win_and_then_the_first_in_rank(tell):
    assert record(tell("a", minutes=-60), tell("b"), tell("c", minutes=3)).giver("start").provider == "b"
    assert record(tell("b", minutes=-60), tell("c")).giver("start").provider == "b"


def test_the_end_goes_with_the_start_and_is_never_before_it(tell):
    early = When.at(tell("a").listing.start.instant - timedelta(hours=1))
    late = When.at(tell("a").listing.start.instant + timedelta(hours=3))
    assert record(tell("a", end=early), tell("b", end=late)).listing.end == late
    assert record(tell("a", end=early), tell("b")).listing.end is None


def test_what_the_first_in_rank_does_not_know_the_next_gives(tell):
    golden = record(tell("a", rank=1, description="Long"), tell("b", rank=0), tell("c", rank=2, age_range="18-"))
    assert (golden.listing.description, golden.listing.age_range) == ("Long", "18-")
    assert golden.listing.id == tell("b").listing.id
    assert golden.contributed(tell("c").ref) == ("age_range",)


def test_a_name_that_is_shouted_gives_way(tell):
    assert record(tell("a", "THE VELVET FOXES"), tell("b", "The Velvet Foxes")).listing.name == "The Velvet Foxes"
    assert record(tell("a", "THE VELVET FOXES"), tell("b", "the velvet foxes")).listing.name == "THE VELVET FOXES"
    assert record(tell("a", "VELVET FOXES + guest"), tell("b", "DJ Velvet & TW")).listing.name == "DJ Velvet & TW"


def test_a_kind_of_event_beats_none(tell):
    assert record(tell("a"), tell("b", event_type=EventType.MUSIC)).listing.event_type is EventType.MUSIC


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.POSTPONED])
def test_it_is_off_when_the_ticket_seller_says_so_or_two_do(tell, status):
    on = tell("a"), tell("b")
    assert record(*on, tell("c", status=status)).listing.status is EventStatus.SCHEDULED
    assert record(*on, tell("c", status=status, offers=TICKETS)).listing.status is status
    assert record(*on, tell("c", status=status), tell("d", status=status)).listing.status is status


def test_resale_is_no_ticket_sellers_word(tell):
    resale = (Offer(price=Decimal(90), currency="EUR", kind=OfferKind.RESALE),)
    off = tell("c", status=EventStatus.CANCELLED, offers=resale)
    assert record(tell("a"), tell("b"), off).listing.status is EventStatus.SCHEDULED


def test_the_venue_is_the_first_with_a_point_of_its_own_and_the_rest_complete_it(tell):
    coarse = Venue(name="LANTERN", point=Point(latitude=52.52, longitude=13.4, accuracy_meters=5_000), capacity=900)
    fine = Venue(name="Lantern Hall", point=Point(latitude=52.4981, longitude=13.4412))
    streets = Venue(name="Lantern", address=Address(street="7 Harbour Street", locality="Berlin", country="DE"))
    golden = record(tell("a", venue=coarse), tell("b", venue=fine), tell("c", venue=streets))
    venue = golden.listing.venue
    assert (venue.name, venue.point, venue.capacity) == ("Lantern Hall", fine.point, 900)
    assert venue.address.street == "7 Harbour Street"
    assert golden.giver("venue").provider == "b"


def test_line_ups_are_united_and_nobody_plays_twice(tell):
    golden = record(
        tell("a", acts=["The Velvet Foxes"]),
        tell("b", acts=["Velvet Foxes", "Amber Comets"]),
        tell("c", acts=["Amber Comets", "DJ Nobody"]),
    )
    assert [each.name for each in golden.listing.performers] == ["The Velvet Foxes", "Amber Comets", "DJ Nobody"]
    records = [[known.provider for known in each.known] for each in golden.performers]
    assert records == [["a", "b"], ["b", "c"], ["c"]]
    assert {ref.provider for ref in golden.given["performers"]} == {"b", "c"}


def test_a_provider_that_lists_it_twice_has_one_voice_one_house_and_one_bill(tell):
    off = {"status": EventStatus.CANCELLED, "acts": ["Amber Comets"]}
    twice = tell("a", **off), tell("a", "The Velvet Foxes - VIP Package", **off)
    golden = record(*twice, tell("b", acts=["The Amber Comets", "DJ Nobody"]))
    assert golden.listing.status is EventStatus.SCHEDULED
    assert [each.name for each in golden.listing.performers] == ["Amber Comets", "DJ Nobody"]
    assert [known.provider for known in golden.venue.known] == ["a", "b"]
    assert golden.giver("venue").provider == "a"


def test_genres_images_and_addresses_elsewhere_are_united(tell):
    golden = record(tell("a", genres=("rock", "indie-rock")), tell("b", genres=("rock", "pop")))
    assert golden.listing.genres == ("rock", "indie-rock", "pop")


def test_an_event_of_one_listing_is_that_listing(tell):
    event = event_of([source(tell("a", acts=["Foxes"], offers=TICKETS))])
    assert (event.merge_confidence, event.sources[0].match_score, event.sources[0].contributed_fields) == (
        1.0,
        None,
        (),
    )
    assert [performance.performer.ref.provider for performance in event.performers] == ["a"]


def test_an_event_of_several_says_who_gave_what_and_how_well_they_match(tell):
    sources = [
        source(tell("b", start=When.on(date(2026, 6, 5)), description="Long")),
        source(tell("a", acts=["Velvet Foxes"])),
    ]
    event = event_of(sources)
    leader, other = event.sources
    assert (leader.provider.slug, leader.match_score) == ("a", None)
    assert 0.9 < other.match_score <= 1
    assert 0.9 < event.merge_confidence <= 1
    assert "description" in other.contributed_fields
    assert {"startDate", "performers", "location", "name"} <= set(leader.contributed_fields)
    assert (event.description, event.date_precision) == ("Long", DatePrecision.TIME)
    turned = event_of(sources[::-1])
    assert (turned.id, turned.name, turned.description) == (event.id, event.name, event.description)
    assert [each.position for each in turned.sources] == [each.position for each in event.sources]


def test_a_venue_and_performers_go_by_the_name_of_who_told_of_them(tell):
    event = event_of([source(tell("a", venue=None)), source(tell("b", acts=["Velvet Foxes"]))])
    assert event.location.ref.provider == "b"
    assert event.performers[0].performer.ref.provider == "b"


def test_offers_of_every_source_come_cheapest_first_each_currency_by_itself(tell):
    def offer(price, currency="EUR"):
        return Offer(price=Decimal(price) if price else None, currency=currency)

    event = event_of(
        [
            source(tell("a", offers=(offer(30), offer(5, "GBP"), offer(None)))),
            source(tell("b", offers=(offer(20), offer(9, "GBP"), offer(25)))),
        ]
    )
    prices = [(str(each.price.value), each.price.currency) if each.price else None for each in event.offers]
    assert prices == [("20", "EUR"), ("25", "EUR"), ("30", "EUR"), ("5", "GBP"), ("9", "GBP"), None]
    assert [each.source.provider.slug for each in event.offers][:3] == ["b", "b", "a"]
    found = price_range(event.offers)
    assert (found.currency, found.low_price, found.high_price, found.offer_count) == (
        "EUR",
        Decimal(20),
        Decimal(30),
        3,
    )
    assert price_range(event.offers, "GBP").low_price == Decimal(5)


def test_the_same_performer_object_is_kept_whole(tell):
    performer = Performer(name="Foxes", genres=("rock",), url="https://foxes.example")
    listing = tell("a").listing
    claim = tell("a").__class__("a", listing.__class__(id="1", name="x", start=listing.start, performers=(performer,)))
    assert record(claim).performers == (Unified(performer, (Known("a", performer),)),)


def test_of_two_houses_the_chosen_one_takes_nothing_from_the_other(tell, place):
    ours = place("Lantern Hall", metres=0)
    elsewhere = replace(place("Lantern Hall", metres=2_400), capacity=900, url="https://elsewhere.example/halls/7")
    same = replace(place("Lantern Concert Hall", metres=40), time_zone="Europe/Berlin")
    golden = record(tell("a", venue=ours), tell("b", venue=elsewhere), tell("c", venue=same))
    assert [known.provider for known in golden.venue.known] == ["a", "c"]
    assert (golden.listing.venue.capacity, golden.listing.venue.url) == (None, None)
    assert (golden.listing.venue.time_zone, golden.venue.alternate_names) == (
        "Europe/Berlin",
        ("Lantern Concert Hall",),
    )


def test_a_venue_goes_by_its_first_record_in_rank_that_has_an_id_and_names_them_all(tell, place):
    event = event_of([
        source(tell("a", minutes=-5, venue=place("The Lantern Hall"))),
        source(tell("b", minutes=-3, venue=replace(place("Lantern Hall"), id="b7"))),
        source(tell("c", minutes=-9, venue=replace(place("Lantern Concert Hall"), id="c7", url="https://c.example/7"))),
    ])  # fmt: skip
    assert event.sources[0].provider.slug == "c"
    assert [tuple(ref) for ref in event.location.refs] == [
        (Kind.VENUE, "b", "b7"), (Kind.VENUE, "c", "c7"), (Kind.VENUE, "a", "name=The Lantern Hall"),
    ]  # fmt: skip
    assert event.location.id == Ref(Kind.VENUE, "b", "b7").encode()
    assert (event.location.name, event.location.alternate_names) == ("The Lantern Hall", ("Lantern Concert Hall",))
    assert event.location.external_ids == (ExternalId("b", "b7"), ExternalId("c", "c7", "https://c.example/7"))


def test_a_performer_is_one_by_an_id_elsewhere_under_two_names(tell):
    def act(name, **more):
        brainz = (ExternalId("musicbrainz", "m1"),) if more.pop("brainz", True) else ()
        return Performer(name=name, external_ids=brainz, **more)

    def billed(provider, *acts):
        claim = tell(provider)
        return source(Claim(provider, replace(claim.listing, performers=acts)))

    event = event_of([
        billed("a", act("THE FOXES AGAIN", id="a1", role=PerformanceRole.HEADLINER)),
        billed("b", act("Die Füchse", id="b1", genres=("rock",)), act("Amber Comets", brainz=False)),
        billed("c", act("Die Fuchse", brainz=False, url="https://c.example/foxes")),
    ])  # fmt: skip
    assert [each.performer.name for each in event.performers] == ["Die Füchse", "Amber Comets"]
    first = event.performers[0]
    assert (first.role, first.performer.alternate_names) == (PerformanceRole.HEADLINER, ("THE FOXES AGAIN",))
    assert [ref.provider for ref in first.performer.refs] == ["a", "b", "c"]
    assert first.performer.external_ids == (
        ExternalId("musicbrainz", "m1"), ExternalId("a", "a1"), ExternalId("b", "b1"),
    )  # fmt: skip
    assert ([each.slug for each in first.performer.genres], first.performer.url) == (
        ["rock"],
        "https://c.example/foxes",
    )
