from __future__ import annotations

import httpx
import pytest

from providers import Http, Patience, Quota, Request
from providers.sdk.quota import quota_in

TOLD = {
    "the widespread": ({"x-ratelimit-remaining": "41", "x-ratelimit-limit": "60"}, Quota(remaining=41, limit=60)),
    "without X": ({"ratelimit-remaining": "0", "ratelimit-limit": "100, 100;w=60"}, Quota(remaining=0, limit=100)),
    "with one more hyphen": ({"x-rate-limit-remaining": "9"}, Quota(remaining=9)),
    "Ticketmaster": ({"rate-limit": "5000", "rate-limit-available": "4998"}, Quota(remaining=4998, limit=5000)),
    "the older draft": ({"ratelimit": "limit=100, remaining=50, reset=50"}, Quota(remaining=50, limit=100)),
    "the newer draft": (
        {"ratelimit": '"day";r=7;t=30', "ratelimit-policy": '"day";q=100;w=86400'},
        Quota(remaining=7, limit=100),
    ),
    "overdrawn": ({"x-ratelimit-remaining": "-1"}, Quota(remaining=0)),
    "the draft wins": ({"ratelimit": "remaining=5", "x-ratelimit-remaining": "6"}, Quota(remaining=5)),
}
UNTOLD = {
    "nothing": {},
    "only a limit": {"x-ratelimit-limit": "60"},
    "words": {"x-ratelimit-remaining": "plenty"},
    "half": {"x-ratelimit-remaining": "0.5"},
    "more than there can be": {"x-ratelimit-remaining": "9" * 400},
    "other numerals": {"x-ratelimit-remaining": "٣"},
    "another word that ends so": {"ratelimit": "unremaining=5"},
}


@pytest.mark.parametrize(("headers", "quota"), TOLD.values(), ids=TOLD)
def test_a_quota_is_read_however_it_is_told(headers, quota) -> None:
    assert quota_in(headers) == quota


@pytest.mark.parametrize("headers", UNTOLD.values(), ids=UNTOLD)
def test_what_tells_no_quota_is_none(headers) -> None:
    assert quota_in(headers) is None


async def test_the_last_word_holds_and_an_answer_without_one_takes_nothing_back() -> None:
    told = iter([{}, {"X-RateLimit-Remaining": "2"}, {}, {"X-RateLimit-Remaining": "1"}])
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, json={}, headers=next(told)))
    http = Http("https://api.example", transport=transport)
    left = []
    for _ in range(4):
        await http.send(Request())
        left.append(http.quota and http.quota.remaining)
    assert left == [None, 2, 2, 1]


async def test_a_refusal_tells_it_too() -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "60"}
    transport = httpx.MockTransport(lambda _request: httpx.Response(429, headers=headers))
    http = Http("https://api.example", transport=transport, patience=Patience(attempts=1))
    with pytest.raises(Exception, match="asked too often"):
        await http.send(Request())
    assert http.quota == Quota(remaining=0, limit=60)
