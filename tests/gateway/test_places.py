import gzip
import importlib.util
import random
import re
import time
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway import places
from gateway.places import Gazetteer, easy_key_of, key_of


@pytest.fixture(scope="module")
def gazetteer():
    return Gazetteer.embedded()


@pytest.fixture(scope="module")
def tables():
    text = gzip.decompress(files("gateway").joinpath("places.tsv.gz").read_bytes()).decode()
    return [table.split("\n") for table in text.strip().split("\n\n")]


def where(place):
    return place and (place.name, place.country)


# --- find ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Berlin", ("Berlin", "DE")),
        ("Munich", ("Munich", "DE")),
        ("München", ("Munich", "DE")),
        ("MUENCHEN", ("Munich", "DE")),
        ("Zürich", ("Zürich", "CH")),
        ("zurich", ("Zürich", "CH")),
        ("ZUERICH", ("Zürich", "CH")),
        ("Wien", ("Vienna", "AT")),
        ("Vienna", ("Vienna", "AT")),
        ("cologne", ("Köln", "DE")),
        ("東京", ("Tokyo", "JP")),
        ("Москва", ("Moscow", "RU")),
        ("Αθήνα", ("Athens", "GR")),
        ("NYC", ("New York City", "US")),
        ("new-york", ("New York City", "US")),
        ("Knokke Heist", ("Knokke-Heist", "BE")),
        ("'s-Hertogenbosch", ("'s-Hertogenbosch", "NL")),
        ("Halle (Saale)", ("Halle (Saale)", "DE")),
    ],
)
def test_a_city_is_found_by_any_of_its_names_however_it_is_written(gazetteer, text, expected):
    assert where(gazetteer.find(text)) == expected


@pytest.mark.parametrize(
    ("text", "region", "country"),
    [
        ("Munich, Germany", "Bavaria", "DE"),
        ("München, Deutschland", "Bavaria", "DE"),
        ("Portland", "Oregon", "US"),
        ("Portland, OR", "Oregon", "US"),
        ("Portland OR", "Oregon", "US"),
        ("Portland, ME", "Maine", "US"),
        ("Portland, Maine, USA", "Maine", "US"),
        ("London", "England", "GB"),
        ("London, UK", "England", "GB"),
        ("London, England", "England", "GB"),
        ("London, CA", "Ontario", "CA"),
        ("London, ON", "Ontario", "CA"),
        ("London (Ontario)", "Ontario", "CA"),
        ("Paris, Texas", "Texas", "US"),
        ("Newcastle NSW, Australia", "New South Wales", "AU"),
        ("San José, CA", "California", "US"),
        ("Porto Alegre, RS", "Rio Grande do Sul", "BR"),
    ],
)
def test_a_region_or_country_behind_the_name_narrows(gazetteer, text, region, country):
    place = gazetteer.find(text)
    assert (place.region, place.country) == (region, country)


@pytest.mark.parametrize("text", ["St. Petersburg", "Saint Petersburg", "Sankt-Peterburg", "ST PETERSBURG"])
def test_saint_petersburg_is_the_greater_one_however_it_is_spelt(gazetteer, text):
    assert where(gazetteer.find(text)) == ("Saint Petersburg", "RU")


def test_saint_petersburg_in_florida_is_found_by_its_state(gazetteer):
    assert gazetteer.find("St. Petersburg, FL") == gazetteer.find("Saint Petersburg, Florida")
    assert gazetteer.find("St. Petersburg, FL").time_zone == "America/New_York"


def test_a_citys_own_name_counts_more_than_a_nickname_of_a_greater_one(gazetteer):
    assert where(gazetteer.find("Bridgetown")) == ("Bridgetown", "BB")  # Portland is called so as well
    assert where(gazetteer.find("Falmouth")) == ("Falmouth", "GB")  # Portland in Maine once was


def test_a_country_admits_only_its_own_cities(gazetteer):
    assert gazetteer.find("London", country="CA").region == "Ontario"
    assert where(gazetteer.find("London", country="United Kingdom")) == ("London", "GB")
    assert gazetteer.find("Munich", country="FR") is None


def test_a_code_of_a_country_is_no_code_of_a_region(gazetteer):
    assert gazetteer.find("Berkeley, CA").region == "California"
    assert gazetteer.find("Berkeley", country="CA") is None


@pytest.mark.parametrize("country", ["", "ZZ", "Atlantis", "OR"])
def test_an_unknown_country_has_no_cities(gazetteer, country):
    assert gazetteer.find("Berlin", country=country) is None


@pytest.mark.parametrize("text", ["Munich, France", "Munich France", "Berlin, Ontario, Germany, Japan"])
def test_a_contradiction_is_no_place(gazetteer, text):
    assert gazetteer.find(text) is None


def test_an_area_that_nobody_knows_does_not_narrow(gazetteer):
    assert where(gazetteer.find("Leuven, Vlaams-Brabant, Belgium")) == ("Leuven", "BE")
    assert where(gazetteer.find("Paris, 75")) == ("Paris", "FR")


def test_a_province_with_the_code_of_a_foreign_state_does_not_contradict_a_known_country(gazetteer):
    assert gazetteer.find("Milano, MI") is None
    assert where(gazetteer.find("Milano, MI, Italy")) == ("Milan", "IT")
    assert where(gazetteer.find("Milano, MI", country="IT")) == ("Milan", "IT")


def test_geonames_code_of_a_region_narrows(gazetteer):
    assert gazetteer.find("Cervia, 05").region == "Emilia-Romagna"


def test_the_beginning_of_a_name_is_not_found(gazetteer):
    assert gazetteer.find("Berli") is None


def test_a_place_is_complete(gazetteer):
    place = gazetteer.find("Köln")
    assert (place.name, place.region, place.country) == ("Köln", "North Rhine-Westphalia", "DE")
    assert (place.latitude, place.longitude) == pytest.approx((50.9333, 6.95))
    assert place.time_zone == "Europe/Berlin"
    assert place.population > 1_000_000
    assert {"Cologne", "Koeln", "Keulen"} <= set(place.alternate_names)


# --- search -------------------------------------------------------------------------------------------------------


def test_search_puts_whole_names_before_beginnings_and_greater_places_first(gazetteer):
    found = gazetteer.search("london")
    assert [where(place) for place in found[:2]] == [("London", "GB"), ("London", "CA")]
    assert found[2].name != "London"


def test_search_completes_what_is_typed(gazetteer):
    assert gazetteer.search("san franc")[0].name == "San Francisco"
    assert gazetteer.search("zür")[0].name == "Zürich"
    assert gazetteer.search("Saint Pe")[0].name == "Saint Petersburg"
    assert gazetteer.search("東")[0].name == "Tokyo"


def test_search_narrows_to_a_region(gazetteer):
    assert {place.region for place in gazetteer.search("Portland, Oregon")} == {"Oregon"}
    assert {place.country for place in gazetteer.search("san, Spain")} == {"ES"}


def test_search_goes_on_while_the_region_is_being_typed(gazetteer):
    assert gazetteer.search("Portland, O")[0].region == "Oregon"


def test_search_gives_each_place_once_and_no_more_than_asked(gazetteer):
    found = gazetteer.search("san", first=50)
    assert len(found) == 50
    assert len({(place.latitude, place.longitude) for place in found}) == 50
    assert len(gazetteer.search("san")) == 8
    assert gazetteer.search("san", first=0) == gazetteer.search("san", first=-1) == []


@pytest.mark.parametrize(
    "text", ["", "   ", "?", ",,,", "()", "🎉", "❤️🎸", "\x00", "xqzzyx", "-", "|", "=", "\t", "\n\n", "Online"]
)
def test_junk_is_no_place(gazetteer, text):
    assert gazetteer.find(text) is None
    assert gazetteer.search(text) == []


def test_an_emoji_beside_a_name_does_no_harm(gazetteer):
    assert where(gazetteer.find("🎉 Berlin 🎉")) == ("Berlin", "DE")


@pytest.mark.parametrize("text", ["a" * 10_000, "ü, " * 3_333, "saint " * 1_666, "🎉" * 10_000, "(" * 10_000])
def test_a_very_long_text_is_refused_at_once(gazetteer, text):
    start = time.perf_counter()
    assert gazetteer.find(text) is None
    assert gazetteer.search(text) == []
    assert time.perf_counter() - start < 0.05


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_no_text_is_too_odd(text):
    gazetteer = Gazetteer.embedded()
    found = gazetteer.find(text)
    assert found is None or found in gazetteer.search(text, first=50)


# --- nearest ------------------------------------------------------------------------------------------------------


def test_the_nearest_place_tells_a_points_city_and_time_zone(gazetteer):
    place = gazetteer.nearest(48.2, 16.37)
    assert (place.name, place.time_zone) == ("Vienna", "Europe/Vienna")


@pytest.mark.parametrize("longitude", [179.9, 180.0, -180.0, -179.9, 180.1, 540.0])
def test_the_antimeridian_is_no_border(gazetteer, longitude):
    place = gazetteer.nearest(-16.4, longitude, within_km=100)
    assert (place.name, place.longitude) == ("Labasa", pytest.approx(179.37, abs=0.1))


@pytest.mark.parametrize("longitude", [-180, -90, 0, 123.4, 180])
def test_at_a_pole_longitude_means_nothing(gazetteer, longitude):
    assert gazetteer.nearest(90, longitude) is None
    assert gazetteer.nearest(90, longitude, within_km=2_000).name == "Longyearbyen"
    assert gazetteer.nearest(-90, longitude, within_km=20_100).country == "AR"


def test_nothing_is_near_in_the_middle_of_an_ocean(gazetteer):
    assert gazetteer.nearest(0, -140) is None


def test_a_place_is_near_within_the_distance_only(gazetteer):
    berne = gazetteer.find("Bern", country="CH")
    centre = berne.latitude, berne.longitude
    north = berne.latitude + 0.01, berne.longitude  # 1.11 km
    assert gazetteer.nearest(*centre, within_km=0) == gazetteer.nearest(*north, within_km=1.2) == berne
    assert gazetteer.nearest(*north, within_km=0) is None
    assert gazetteer.nearest(*centre, within_km=-1) is None


@pytest.mark.parametrize(
    "point", [(float("nan"), 0), (0, float("nan")), (91, 0), (-90.1, 0), (float("inf"), 0), (0, float("inf"))]
)
def test_what_is_no_point_is_near_nothing(gazetteer, point):
    assert gazetteer.nearest(*point, within_km=20_100) is None


def test_no_distance_that_is_no_number_finds_anything(gazetteer):
    assert gazetteer.nearest(52.5, 13.4, within_km=float("nan")) is None


def test_the_cubes_find_what_a_look_at_every_place_finds(gazetteer):
    everywhere = 20_100
    dice = random.Random(1)
    for _ in range(15):
        point = dice.uniform(-60, 75), dice.uniform(-180, 180)
        near, nearest = gazetteer.nearest(*point, within_km=120), gazetteer.nearest(*point, within_km=everywhere)
        assert near in {None, nearest}


# --- the file -----------------------------------------------------------------------------------------------------


def test_the_file_credits_its_source(tables):
    assert "GeoNames, https://www.geonames.org, CC BY 4.0" in tables[0][0]
    assert re.search(r"\d{4}-\d{2}-\d{2}", tables[0][1])


def test_the_file_stays_small():
    assert len(files("gateway").joinpath("places.tsv.gz").read_bytes()) < 1_500_000


def test_every_country_code_is_two_capitals(tables):
    _, countries, regions, facts, _ = tables
    assert all(re.fullmatch(r"[A-Z]{2}\t.+", row) for row in countries)
    assert all(re.fullmatch(r"[A-Z]{2}\.\w+\t.+", row) for row in regions)
    assert {row[:2] for row in facts} <= {row[:2] for row in countries}


def test_every_row_has_its_columns_in_range(tables):
    facts, names = tables[3:]
    assert len(facts) == len(names) > 30_000
    for row in facts:
        _, latitude, longitude, _, population = row.split("\t")
        assert abs(float(latitude)) <= 90
        assert abs(float(longitude)) <= 180
        assert int(population) >= 0


def test_every_time_zone_loads(tables):
    for name in {row.split("\t")[3] for row in tables[3]}:
        assert ZoneInfo(name).key == name


def test_every_name_is_compared_as_the_file_says(tables):
    names = [name for row in tables[4] for name in row.split("|")]
    for name in random.Random(2).sample(names, 20_000):
        shown, _, key = name.partition("=")
        assert key_of(shown) == (key or easy_key_of(shown)), "make the file anew: scripts/make_places.py"


def test_the_file_is_not_read_before_it_is_needed():
    spec = importlib.util.spec_from_file_location("places_again", places.__file__)
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    assert again.Gazetteer.embedded.cache_info().currsize == 0


def test_the_file_is_read_once():
    assert Gazetteer.embedded() is Gazetteer.embedded()
