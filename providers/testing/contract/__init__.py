"""The contract that every provider keeps, as tests: one class makes a provider's whole test file.

    from open_stage import OpenStage
    from providers import Http
    from providers.testing import ProviderContract

    class TestOpenStage(ProviderContract):
        provider_class = OpenStage

        def make(self):
            return OpenStage(settings={"api_key": "made-up"}, http=Http("https://api.example.org", transport=recorded))

`provider_class` tells which capabilities are declared, and so which tests there are; without it the tests of undeclared
capabilities are skipped with a reason. `make` may be a coroutine. Where making takes other fixtures, override the
fixture `provider` (sync or async, strict or auto mode alike) instead of `make`. The author supplies no query: each is
derived from listings that an unfiltered search finds. Nor a failure: the transport under the provider's `http` is
replaced by ones that fail in every way there is.

    identity    who it is
    pages       order, seeks and frontiers
    listings    times, codes, places, texts, ids
    filters     what is declared is applied; what is not, whole or not at all
    lookup      by id
    failures    each way to fail is its error
    manners     secrets, other hosts, the event loop, cancellation
"""

from __future__ import annotations

from providers.testing.contract.failures import Failures
from providers.testing.contract.filters import Filters
from providers.testing.contract.identity import Identity
from providers.testing.contract.listings import Listings
from providers.testing.contract.lookup import Lookup
from providers.testing.contract.manners import Manners
from providers.testing.contract.pages import Pages

__all__ = ["ProviderContract"]


class ProviderContract(Identity, Pages, Listings, Filters, Lookup, Failures, Manners):
    """Subclass it as `Test...`, with `provider_class` and `make`; see the module.

    walk_limit: how many listings are read at most; lower it for a provider that is really asked.
    unknown_id: an id that the provider could have given, and has not.
    reads_html: web pages are what it reads, so one is no failure.
    most_on_a_page, longest_call, longest_step: what the gateway puts up with, in listings and in seconds.
    """
