"""What all parts of the contract stand on: which tests apply, the provider that a test is given, and how it is asked."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import ClassVar, TypeVar

import pytest
import pytest_asyncio

from providers import Capability, Key, Listing, ListingQuery, Page, Provider
from providers.testing.contract.saying import SHOWN, hold
from providers.testing.contract.walking import Walked, walk

_Test = TypeVar("_Test", bound=Callable[..., Awaitable[None]])
_Value = TypeVar("_Value")
_KIT = __name__.rpartition(".")[0]


def needs(capability: Capability) -> Callable[[_Test], _Test]:
    """The test is for providers that declare this."""
    return _mark(capability, declared=True)


def lacks(capability: Capability) -> Callable[[_Test], _Test]:
    """The test is for providers that do not declare this."""
    return _mark(capability, declared=False)


def _mark(capability: Capability, *, declared: bool) -> Callable[[_Test], _Test]:
    def mark(test: _Test) -> _Test:
        test.applies_to = (capability, declared)  # type: ignore[attr-defined] # read back by `_why_not`
        return test

    return mark


def _why_not(test: object, info_capabilities: frozenset[Capability]) -> str | None:
    """Why the test is not for a provider with these capabilities; None where it is."""
    applies_to: tuple[Capability, bool] | None = getattr(test, "applies_to", None)
    if applies_to is None or (applies_to[0] in info_capabilities) == applies_to[1]:
        return None
    return f"does not declare {applies_to[0].name}" if applies_to[1] else f"declares {applies_to[0].name}"


class Contract:
    """The ground of every part; authors subclass ProviderContract, which has them all."""

    provider_class: ClassVar[type[Provider] | None] = None
    walk_limit: ClassVar[int] = 500
    unknown_id: ClassVar[str] = "no-such-listing-0"
    reads_html: ClassVar[bool] = False
    most_on_a_page: ClassVar[int] = 5_000
    longest_call: ClassVar[float] = 60.0
    longest_step: ClassVar[float] = 2.0

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.__module__.startswith(_KIT):
            # Marked one by one, not as a class, so that a subclass may hold sync tests of its own, and strict mode
            # needs no word.
            for name, test in vars(cls).items():
                if name.startswith("test_"):
                    pytest.mark.asyncio(test)
        elif cls.provider_class is not None:
            declared = cls.provider_class.info.capabilities
            for name in dir(cls):
                if _why_not(getattr(cls, name), declared) and name not in vars(cls):
                    setattr(cls, name, None)  # pytest does not collect what cannot be called

    def make(self) -> Provider | Awaitable[Provider]:
        """A provider to test: a new one at each call. It is closed after the test."""
        msg = f"{type(self).__name__} wants a method `make(self)` that returns the provider, or a fixture `provider`"
        raise NotImplementedError(msg)

    @pytest_asyncio.fixture
    async def provider(self) -> AsyncIterator[Provider]:
        """The provider that a test is given."""
        made = self.make()
        provider = await made if inspect.isawaitable(made) else made
        yield provider
        await provider.aclose()

    @pytest_asyncio.fixture
    async def twin(self, provider: Provider) -> AsyncIterator[Provider]:
        """The same provider after a restart; itself where only the fixture `provider` makes it."""
        if type(self).make is Contract.make:
            yield provider
            return
        made = self.make()
        twin = await made if inspect.isawaitable(made) else made
        yield twin
        await twin.aclose()

    @pytest.fixture(autouse=True)
    def _declared(self, request: pytest.FixtureRequest, provider: Provider) -> None:
        """Skip what the provider does not claim, where that was not known when tests were collected."""
        why = _why_not(getattr(request, "function", None), provider.info.capabilities)
        if why is not None:
            pytest.skip(f"{provider.info.slug} {why}")

    # How they ask.

    def query(self, provider: Provider) -> ListingQuery:
        """The widest query: all that is ahead, where the provider can tell."""
        return ListingQuery(start_from=provider.clock()).only(provider.info.capabilities)

    async def search(self, provider: Provider, query: ListingQuery, seek: Key | None, limit: int) -> Page:
        """One search, which ends in time and with a page of listings, or fails the test."""
        page: object = await self.within(lambda: provider.search(query, seek, limit))
        hold(isinstance(page, Page), f"search returns {type(page).__name__}; return a Page")
        assert isinstance(page, Page)
        listings: tuple[object, ...] = page.listings
        others = [each for each in listings if not isinstance(each, Listing)]
        hold(not others, f"the page after {seek} holds {others[:SHOWN]!r:.200}; build a Listing of each")
        return page

    async def lookup(self, provider: Provider, ids: Sequence[str]) -> Sequence[Listing]:
        """One lookup, which ends in time or fails the test."""
        return await self.within(lambda: provider.lookup(ids))

    async def within(self, call: Callable[[], Awaitable[_Value]]) -> _Value:
        """What the call gives, if it ends within `longest_call`, and is no attempt to end the process."""
        task = asyncio.create_task(held(call))
        await asyncio.wait({task}, timeout=self.longest_call)
        if not task.done():
            await end(task)
            msg = f"did not return within {self.longest_call:g} s; wait for nothing without a timeout"
            raise AssertionError(msg)
        hold(not task.cancelled(), "was cancelled, by nobody but itself; let CancelledError pass, and never raise it")
        return task.result()

    async def walk(self, provider: Provider, query: ListingQuery, *, limit: int, most: int) -> Walked:
        """Page by page, `most` listings at most."""

        async def search(query: ListingQuery, seek: Key | None, limit: int) -> Page:
            return await self.search(provider, query, seek, limit)

        return await walk(search, query, limit=limit, most=most)

    async def found(self, provider: Provider, query: ListingQuery) -> Walked:
        """What a query finds, in large pages."""
        return await self.walk(provider, query, limit=self.walk_limit, most=self.walk_limit)

    async def everything(self, provider: Provider) -> Walked:
        """What the widest query finds."""
        return await self.found(provider, self.query(provider))


async def held(call: Callable[[], Awaitable[_Value]]) -> _Value:
    """The call's answer; an attempt to end the process fails the test instead."""
    try:
        return await call()
    except (Exception, asyncio.CancelledError):
        raise
    except BaseException as error:
        msg = f"raised {type(error).__name__}, which would end the gateway; raise a ProviderError"
        raise AssertionError(msg) from error


async def end(task: asyncio.Task[_Value], *, grace: float = 1.0) -> bool:
    """Whether the task ends once it is cancelled; it is over afterwards in any case."""
    task.cancel()
    await asyncio.wait({task}, timeout=grace)
    ended = task.done()
    if not ended:
        with suppress(Exception):
            task.get_coro().close()
        task.cancel()
    with suppress(Exception, asyncio.CancelledError):
        await task
    return ended
