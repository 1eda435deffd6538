import json
import os
from pathlib import Path

import pytest

from gateway.localities import tidy
from gateway.places import Gazetteer, key_of

GOLD = "PLACE_GOLD"


@pytest.mark.parametrize(
    ("town", "country", "written", "code"),
    [
        ("Bambrugge, Oost-Vlaanderen, Belgium", "BE", "Bambrugge", "BE"),
        ("Dubai, United Arab Emirates", "AE", "Dubai", "AE"),
        ("Austin, TX", "US", "Austin, TX", "US"),
        ("Denver, Colorado", "US", "Denver, CO", "US"),
        ("Amityville,NY", "US", "Amityville, NY", "US"),
        ("Toronto, Ontario", "Canada", "Toronto, ON", "CA"),
        ("Atlanta, Georgia", "US", "Atlanta, GA", "US"),
        ("Tbilisi, Georgia", "GE", "Tbilisi", "GE"),
        ("Cervia, 05", "IT", "Cervia", "IT"),
        ("Arnhem", "Nederland", "Arnhem", "NL"),
        ("Boise", "Ac United States", "Boise", "US"),
        ("Dordrecht", None, "Dordrecht", "NL"),
        ("Nowhere at all", None, "Nowhere at all", None),
        ("None", "DK", "", "DK"),
        (None, None, "", None),
        ("", "Atlantis", "", None),
        (",;|", "FR", "", "FR"),
        ("🎉" * 10_000, None, "", None),
    ],
)
def test_a_town_is_told_plainly(town, country, written, code):
    found = tidy(town, country)
    assert (found.written, found.country) == (written, code)


def test_towns_of_real_providers_are_read_as_people_read_them():
    path = os.environ.get(GOLD)
    if not path or not Path(path).is_file():
        pytest.skip(f"set {GOLD} to a file of raw towns with hand-cleaned answers (clocs.json)")
    known = Gazetteer.embedded()
    answers = json.loads(Path(path).read_text(encoding="utf-8"))
    asked = {raw: answer for raw, answer in answers.items() if answer["clean city"] not in {"None", "", None}}
    right = 0
    for raw, answer in asked.items():
        town, country, _ = raw.rsplit("|", 2) if raw.count("|") > 1 else (raw, "", "")
        found = tidy(town, country, gazetteer=known)
        same_town = key_of(found.written) == key_of(answer["clean city"])
        right += same_town and found.country == known.country(answer["clean country"] or "")
    print(f"towns: {right / len(asked):.3f} of {len(asked):,} exact")  # noqa: T201 - shown with -s
    assert right / len(asked) >= 0.93
