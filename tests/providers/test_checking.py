import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx

from providers import Capability, Http, Info, Listing, Provider, Refused, Request, When, page_of
from providers.testing import Cassette, Verdict, promises

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LISTINGS = tuple(
    Listing(id=f"e{number:02}", name=f"Evening{number}", start=When.at(NOW + timedelta(hours=1 + number)))
    for number in range(30)
)


class Honest(Provider):
    info = Info(
        slug="honest",
        title="Honest",
        homepage="https://example.org",
        capabilities=frozenset({Capability.KEYWORD, Capability.DATE_RANGE}),
    )
    closed = 0

    async def search(self, query, seek, limit):
        return page_of(LISTINGS, query, seek, limit)

    async def aclose(self):
        type(self).closed += 1


class Unsorted(Honest):
    async def search(self, query, seek, limit):
        page = await super().search(query, seek, limit)
        return replace(page, listings=page.listings[::-1])


class Refusing(Honest):
    async def search(self, query, seek, limit):
        if query.keyword:
            msg = "refuses the request (400)"
            raise Refused(msg)
        return await super().search(query, seek, limit)


class Stumbling(Honest):
    async def search(self, query, seek, limit):
        return {"keyword": query.keyword}[None] or await super().search(query, seek, limit)


async def kept_by(kind, **options):
    http = Http("https://api.example.org", transport=httpx.MockTransport(lambda _: httpx.Response(500)))
    make = lambda: kind(settings={}, http=http, clock=lambda: NOW)  # noqa: E731 - what the kit is given
    return {promise.name: promise async for promise in promises(make, **options)}


async def test_an_honest_provider_keeps_what_it_declares():
    found = await kept_by(Honest)
    verdicts = {promise.verdict for promise in found.values()}
    assert verdicts == {Verdict.KEPT, Verdict.NOT_DECLARED, Verdict.UNPROVEN}
    # It has no server that could fail.
    unproven = {promise.why for promise in found.values() if promise.verdict is Verdict.UNPROVEN}
    assert unproven <= {"a search asks no server by `self.http`", "lookup asks no server by `self.http`"}
    assert found["a keyword finds what bears it"].verdict is Verdict.KEPT
    assert found["near keeps what is near"].verdict is Verdict.NOT_DECLARED
    assert next(iter(found)) == "it says who it is"


async def test_a_broken_promise_says_what_to_mend_in_one_line():
    promise = (await kept_by(Unsorted))["a page is sorted"]
    assert promise.verdict is Verdict.BROKEN
    assert "is not sorted by listing.key; sort it before it leaves" in promise.why
    assert "\n" not in promise.why


async def test_what_the_provider_answers_instead_is_told():
    promise = (await kept_by(Refusing))["a keyword finds what bears it"]
    assert (promise.verdict, promise.why) == (Verdict.BROKEN, "honest refuses the request (400)")


async def test_a_mistake_in_the_adapter_breaks_its_promise_and_not_the_check():
    found = await kept_by(Stumbling)
    assert found["a keyword finds what bears it"].verdict is Verdict.BROKEN
    assert found["a date range keeps what starts in it"].why.startswith("raises ")


async def test_what_there_is_too_little_to_tell_of_is_unproven():
    class Endless(Honest):
        info = replace(Honest.info, capabilities=frozenset())

    promise = (await kept_by(Endless, walk_limit=10))["a list that has ended stays ended"]
    assert promise.verdict is Verdict.UNPROVEN
    assert "raise walk_limit" in promise.why


async def test_what_a_cassette_does_not_hold_is_unproven():
    class Recorded(Honest):
        async def search(self, query, seek, limit):
            await self.http.json(Request(path="events"))
            return await super().search(query, seek, limit)

    http = Http("https://api.example.org", transport=Cassette([], recorded_at=NOW))
    found = [each async for each in promises(lambda: Recorded(settings={}, http=http, clock=lambda: NOW))]
    unproven = [each for each in found if each.verdict is Verdict.UNPROVEN]
    assert unproven
    assert all("the cassette has no answer to GET /events" in each.why for each in unproven)
    assert Verdict.BROKEN not in {each.verdict for each in found}


async def test_both_providers_are_closed_at_the_end():
    class Closing(Honest):
        closed = 0

    await kept_by(Closing)
    assert Closing.closed == 2


def test_cassettes_need_no_pytest():
    code = "import sys; sys.modules['pytest'] = None; from providers.testing import Cassette, Recorder"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own interpreter
