import asyncio
import logging
import threading
import time
from collections.abc import Sequence

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from providers import Http, Malformed, Patience, ProviderError, RateLimited, TimedOut, Unavailable
from providers import Request as Ask
from providers.testing import FakeUpstream, Fault


class Numbers(FakeUpstream):
    prefix = "/v1"

    def routes(self) -> Sequence[BaseRoute]:
        return [Route("/numbers", self._numbers, methods=["GET", "POST"])]

    def rate_headers(self):
        return {"x-left": "7"}

    async def _numbers(self, request: Request) -> Response:  # noqa: ARG002 - a route's signature
        return self.answer({"numbers": list(range(1_000))})


@pytest.fixture(scope="module")
def running():
    with Numbers() as upstream:
        yield upstream


@pytest.fixture
def upstream(running):
    running.reset()
    return running


@pytest.fixture
async def http(upstream):
    client = Http(upstream.url, patience=Patience(attempts=1), timeout=2)
    yield client
    await client.aclose()


def get(upstream):
    return httpx.get(f"{upstream.url}/numbers", trust_env=False)


def test_it_answers_with_its_rate_headers(upstream):
    answer = get(upstream)
    assert answer.json()["numbers"][-1] == 999
    assert answer.headers["x-left"] == "7"


def test_it_notes_every_request_with_its_parameters_and_forgets_them_on_reset(upstream):
    httpx.post(f"{upstream.url}/numbers?uid[]=1&uid[]=2&page=3", trust_env=False)
    httpx.get(f"{upstream.url}/nothing-here", trust_env=False)
    (method, path, params), (_, other, _) = upstream.requests
    assert (method, path, other) == ("POST", "/numbers", "/nothing-here")
    assert params.getlist("uid[]") == ["1", "2"]
    assert params["page"] == "3"
    upstream.reset()
    assert upstream.requests == []


def test_it_counts_rightly_when_many_ask_at_once(upstream):
    threads = [threading.Thread(target=get, args=(upstream,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(upstream.requests) == 20


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.down(), Unavailable),
        (Fault.status(503), Unavailable),
        (Fault.rate_limited(retry_after=30), RateLimited),
        (Fault.truncated(), Malformed),
        (Fault.truncated(broken_off=True), ProviderError),
        (Fault.html(), Malformed),
        (Fault.html(code=502), Unavailable),
        (Fault.empty(), Malformed),
    ],
    ids=lambda value: value.kind.name if isinstance(value, Fault) else "",
)
async def test_each_fault_is_an_error_to_the_client_and_leaves_no_noise(upstream, http, caplog, fault, kind):
    caplog.set_level(logging.WARNING)
    upstream.fault = fault
    with pytest.raises(kind):
        await http.json(Ask(path="numbers"))
    upstream.fault = None
    assert caplog.records == []


async def test_an_answer_that_breaks_off_is_worth_another_try(upstream, http):
    upstream.fault = Fault.truncated(broken_off=True)
    with pytest.raises(ProviderError) as caught:
        await http.json(Ask(path="numbers"))
    assert caught.value.retryable


async def test_a_rate_limited_answer_says_when_to_come_back(upstream, http):
    upstream.fault = Fault.rate_limited(retry_after=30)
    with pytest.raises(RateLimited) as caught:
        await http.json(Ask(path="numbers"))
    assert caught.value.retry_at is not None


async def test_a_slow_answer_is_the_right_one_in_the_end(upstream, http):
    upstream.fault = Fault.slow(0.2)
    begun = time.monotonic()
    assert len((await http.json(Ask(path="numbers")))["numbers"]) == 1_000
    assert 0.2 <= time.monotonic() - begun < 1


async def test_odd_and_error_bodies_are_good_json_with_status_200(upstream):
    for fault in (Fault.odd(), Fault.error_body()):
        upstream.fault = fault
        answer = await asyncio.to_thread(get, upstream)
        assert answer.status_code == 200
        assert "numbers" not in answer.text


def test_a_fault_can_hold_for_a_few_requests_only(upstream):
    upstream.fault = Fault.status(500, times=2)
    assert [get(upstream).status_code for _ in range(4)] == [500, 500, 200, 200]


def test_a_fault_can_hold_for_every_so_manieth_request(upstream):
    upstream.fault = Fault.status(500, every=3)
    assert [get(upstream).status_code for _ in range(6)] == [500, 200, 200, 500, 200, 200]
    upstream.fault = Fault.status(500, every=2, times=1)
    assert [get(upstream).status_code for _ in range(4)] == [500, 200, 200, 200]


def test_a_fault_can_spare_the_first_few_requests(upstream):
    upstream.fault = Fault.status(500, every=3).after(2)
    assert [get(upstream).status_code for _ in range(7)] == [200, 200, 500, 200, 200, 500, 200]


def test_it_starts_and_stops_quickly_even_while_an_answer_is_slow():
    begun = time.monotonic()
    upstream = Numbers().start()
    assert time.monotonic() - begun < 0.5  # a tenth of that on a quiet machine
    upstream.fault = Fault.slow(30)
    client = threading.Thread(target=get, args=(upstream,))
    client.start()
    while not upstream.requests:
        time.sleep(0.01)
    begun = time.monotonic()
    upstream.stop()
    client.join()
    assert time.monotonic() - begun < 2


def test_after_it_stopped_nobody_listens_and_stopping_again_does_no_harm():
    upstream = Numbers().start()
    upstream.stop()
    upstream.stop()
    with pytest.raises(httpx.ConnectError):
        get(upstream)


async def test_a_client_that_times_out_leaves_it_well(upstream):
    http = Http(upstream.url, patience=Patience(attempts=1), timeout=0.1)
    upstream.fault = Fault.slow(0.3)
    with pytest.raises(TimedOut):
        await http.json(Ask(path="numbers"))
    await http.aclose()
    upstream.fault = None
    assert (await asyncio.to_thread(get, upstream)).status_code == 200
