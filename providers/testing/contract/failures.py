"""An upstream that fails: each way is the error that says what to do about it, and no failure is taken for an answer."""

# ruff: noqa: D102 - a test's name is its sentence

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from providers import (
    Capability,
    Listing,
    Malformed,
    Misconfigured,
    Page,
    Provider,
    ProviderError,
    RateLimited,
    Refused,
    TimedOut,
    Unavailable,
)
from providers.testing.contract.base import Contract, needs
from providers.testing.contract.faults import PAGE, Answering, always, faulty, half, raising
from providers.testing.contract.saying import hold, some

_LATER = timedelta(seconds=120)
# How much later a slow machine may hear it.
_SLOW = timedelta(seconds=60)


class Failures(Contract):
    """What the gateway is told when the provider's server does not do its part."""

    async def test_a_key_that_is_refused_is_misconfigured(self, provider: Provider) -> None:
        await self._check(provider, always(401), Misconfigured, "answers 401")
        # Some keyless servers forbid what is asked, rather than who asks.
        await self._check(provider, always(403), Refused, "answers 403")

    async def test_a_rate_limit_says_when_to_come_back(self, provider: Provider) -> None:
        clocks = (provider.clock(), datetime.now(UTC))  # the provider's own, and the one that Http has unless told
        upstream = always(429, retry_after=str(_LATER.seconds))
        error = await self._check(provider, upstream, RateLimited, "answers 429 with Retry-After")
        at = error.retry_at if isinstance(error, RateLimited) else None
        right = at is not None and any(timedelta(0) <= at - begun - _LATER < _SLOW for begun in clocks)
        hold(right, f"Retry-After said {_LATER.seconds} s, but retry_at is {at}; let Http read it")

    async def test_a_server_with_trouble_of_its_own_is_unavailable(self, provider: Provider) -> None:
        for status in (500, 502, 503):
            await self._check(provider, always(status), Unavailable, f"answers {status}")
        await self._check(provider, raising(httpx.ConnectError), Unavailable, "cannot be reached")

    async def test_no_answer_in_time_is_timed_out(self, provider: Provider) -> None:
        await self._check(provider, raising(httpx.ReadTimeout), TimedOut, "does not answer in time")

    async def test_an_answer_without_content_is_malformed(self, provider: Provider) -> None:
        await self._check(provider, always(200, b"", "application/json"), Malformed, "answers with nothing")

    async def test_a_web_page_is_malformed(self, provider: Provider) -> None:
        if self.reads_html:
            pytest.skip("a web page is what it reads")
        await self._check(provider, always(200, PAGE, "text/html"), Malformed, "answers with a web page")

    async def test_half_an_answer_is_not_taken_for_all_of_it(self, provider: Provider) -> None:
        answer = await self._answer(provider, half)
        told = isinstance(answer, Malformed | Unavailable) or (isinstance(answer, Page) and answer.truncated)
        hold(told, f"half an answer makes {_named(answer)}; raise Malformed, or say so by `truncated`")

    @needs(Capability.LOOKUP_BY_ID)
    async def test_a_lookup_that_fails_does_not_say_that_all_is_gone(self, provider: Provider) -> None:
        async with faulty(provider, always(503)) as upstream:
            try:
                answer: Sequence[Listing] | ProviderError = await self.lookup(provider, [self.unknown_id])
            except ProviderError as error:
                answer = error
        if not upstream.asked:
            pytest.skip("lookup asks no server by `self.http`")
        hold(isinstance(answer, Unavailable), f"a 503 to a lookup makes {_named(answer)}; raise Unavailable")

    async def _check(
        self, provider: Provider, upstream: Callable[[Answering], Answering], kind: type[ProviderError], what: str
    ) -> ProviderError:
        answer = await self._answer(provider, upstream)
        if isinstance(answer, kind):
            return answer
        raise AssertionError(f"a server that {what} makes {_named(answer)}; it is {kind.__name__}")  # noqa: EM102, TRY003

    async def _answer(self, provider: Provider, upstream: Callable[[Answering], Answering]) -> Page | ProviderError:
        """What a search comes to over that upstream."""
        async with faulty(provider, upstream) as transport:
            try:
                answer: Page | ProviderError = await self.search(provider, self.query(provider), None, 10)
            except ProviderError as error:
                answer = error
        if not transport.asked:
            pytest.skip("a search asks no server by `self.http`")
        return answer


def _named(answer: object) -> str:
    match answer:
        case ProviderError():
            return f"{type(answer).__name__}: {answer}"
        case Page(listings=listings):
            return f"a page of {some(listings) or 'nothing'}"
        case _:
            return repr(answer)
