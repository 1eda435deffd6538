from datetime import UTC, datetime, timedelta

import pytest

from providers import Answer, DateWindows, Info, JSONProvider, Listing, Request, When, error_body

DAY = datetime(2027, 6, 1, 20, tzinfo=UTC)


class Nightly(JSONProvider):
    info = Info(slug="nightly", title="Nightly")
    paging = DateWindows(size=10, depth=100)

    def request(self, query, step):  # noqa: ARG002 - what every adapter is asked
        return Request()

    def listings(self, record):
        for night in range(record["nights"]):
            start = When.at(DAY + timedelta(days=night))
            yield Listing(id=f"{record['id']}-{night}", name=record["name"], start=start)


def test_a_record_may_be_several_listings_and_still_counts_as_one():
    batch = Nightly(settings={}, http=None).read([{"id": "a", "name": "A play", "nights": 3}])
    assert [listing.id for listing in batch.listings] == ["a-0", "a-1", "a-2"]
    assert batch.records == 1


def test_of_a_record_that_breaks_off_no_listing_is_kept():
    class Breaks(Nightly):
        def listings(self, record):
            yield from super().listings(record)
            if record["id"] == "bad":
                raise ValueError(record)

    good, bad = ({"id": name, "name": "A play", "nights": 2} for name in ("good", "bad"))
    batch = Breaks(settings={}, http=None).read([bad, good])
    assert ([listing.id for listing in batch.listings], batch.rejected) == (["good-0", "good-1"], 1)


def answer(content):
    return Answer(status=400, headers={}, content=content, url="")


def test_an_error_is_looked_for_in_an_object():
    assert error_body(answer(b'{"error": "busy"}')) == {"error": "busy"}


@pytest.mark.parametrize("content", [b"", b"<p>busy</p>", b"[1]", b'{"error": "' + b"x" * 5_000 + b'"}'])
def test_what_is_no_object_or_too_long_for_an_error_says_nothing(content):
    assert error_body(answer(content)) == {}
