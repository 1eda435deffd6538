"""The contract without a test runner: each of its promises, and whether a provider keeps it.

    async for promise in promises(lambda: OpenStage(settings={}, http=Http("https://api.example.org"))):
        print(promise.verdict.name, promise.name, promise.why or "")

What `event-gateway providers check` prints. It takes pytest to be installed, as the contract does.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import pytest

from providers.sdk.base import Provider
from providers.sdk.errors import ProviderError
from providers.testing.cassettes import NotRecorded
from providers.testing.contract import ProviderContract

_PREFIX = "test_"


class Verdict(Enum):
    """UNPROVEN: it cannot be told here, say because there is too little to test with."""

    KEPT = auto()
    BROKEN = auto()
    UNPROVEN = auto()
    NOT_DECLARED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise, as a sentence. `why` says what is wrong, or what is lacking, in one line."""

    name: str
    verdict: Verdict
    why: str | None = None


async def promises(make: Callable[[], Provider], *, walk_limit: int = 100) -> AsyncIterator[Promise]:
    """Each promise of the contract, as soon as it is known.

    make: a provider to test; it is called again for the same one after a restart. Both are closed at the end.
    walk_limit: how many listings are read at most for one walk.
    """
    made = _Made(make)
    own = {"provider_class": type(made.provider), "walk_limit": walk_limit, "make": staticmethod(make)}
    contract = type("Contract", (ProviderContract,), own)()
    try:
        for name in _names():
            yield await _promise(name, getattr(contract, name), made)
    finally:
        await made.aclose()


class _Made:
    """What the tests of the contract are given, each made once."""

    def __init__(self, make: Callable[[], Provider]) -> None:
        self._make = make
        self.provider = make()
        self._twin: Provider | None = None

    @property
    def twin(self) -> Provider:
        self._twin = self._twin or self._make()
        return self._twin

    def given(self, test: Callable[..., object]) -> dict[str, Provider]:
        """By the names of the test's parameters."""
        names = inspect.signature(test).parameters
        if strange := [name for name in names if name not in {"provider", "twin"}]:
            pytest.skip(f"takes {', '.join(strange)}, which only a test run of its own has")
        return {name: getattr(self, name) for name in names}

    async def aclose(self) -> None:
        for provider in filter(None, (self.provider, self._twin)):
            await provider.aclose()


def _names() -> list[str]:
    """The names of the contract's tests, in the order in which they are written."""
    names = dict.fromkeys(name for each in ProviderContract.__mro__ for name in vars(each))
    return [name for name in names if name.startswith(_PREFIX)]


async def _promise(name: str, test: Any, made: _Made) -> Promise:  # noqa: ANN401 - None where it is not declared
    if test is None:
        return _told(name, Verdict.NOT_DECLARED)
    try:
        done = test(**made.given(test))
        if inspect.isawaitable(done):
            await done
    except AssertionError as error:
        return _told(name, Verdict.BROKEN, str(error))
    except (NotRecorded, pytest.skip.Exception) as error:
        return _told(name, Verdict.UNPROVEN, str(error))
    except ProviderError as error:
        return _told(name, Verdict.BROKEN, f"{made.provider.info.slug} {error}")
    except Exception as error:  # noqa: BLE001 - a stranger's provider may raise anything; the next promise is still due
        return _told(name, Verdict.BROKEN, f"raises {type(error).__name__}: {error}")
    return _told(name, Verdict.KEPT)


def _told(name: str, verdict: Verdict, why: str | None = None) -> Promise:
    sentence = name.removeprefix(_PREFIX).replace("_", " ")
    return Promise(name=sentence, verdict=verdict, why=" ".join(why.split()) if why else None)
