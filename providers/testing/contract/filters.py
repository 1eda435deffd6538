"""The filters: what is declared is applied, exactly; what is not is whole or not at all."""

# ruff: noqa: D102 - a test's name is its sentence

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from providers import Capability, ListingQuery, Provider, matches
from providers.testing.contract.base import Contract, needs
from providers.testing.contract.deriving import WAYS, telling
from providers.testing.contract.saying import hold, nothing, some
from providers.testing.contract.walking import Walked

_NONSENSE = "zqxjkvwpfyzzq"


class Filters(Contract):
    """What a query says, and what comes of it."""

    @needs(Capability.KEYWORD)
    async def test_a_keyword_finds_what_bears_it(self, provider: Provider) -> None:
        everything = await self.everything(provider)
        words = [(max(each.name.split(), key=len), each) for each in everything.listings]
        hold(bool(words), nothing(Capability.KEYWORD, "a name"))
        counted = Counter(word for word, _ in words)
        word, known = min(words, key=lambda pair: counted[pair[0]])
        query = replace(self.query(provider), keyword=word)
        found = await self.found(provider, query)
        missed = found.covers(known) and known.id not in found.ids()
        hold(not missed, f"declares KEYWORD, but {word!r} does not find {some([known])}")
        nonsense = await self.search(provider, replace(query, keyword=_NONSENSE), None, 1)
        hold(not nonsense.listings, f"declares KEYWORD, but {_NONSENSE!r} finds {some(nonsense.listings)}")

    @needs(Capability.NEAR)
    async def test_near_keeps_what_is_near(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.NEAR)

    @needs(Capability.BOUNDING_BOX)
    async def test_a_bounding_box_keeps_what_is_inside(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.BOUNDING_BOX)

    @needs(Capability.COUNTRY)
    async def test_a_country_keeps_what_is_there(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.COUNTRY)

    @needs(Capability.CITY)
    async def test_a_city_keeps_what_is_there(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.CITY)

    @needs(Capability.DATE_RANGE)
    async def test_a_date_range_keeps_what_starts_in_it(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.DATE_RANGE)

    @needs(Capability.GENRE)
    async def test_a_genre_keeps_what_has_it(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.GENRE)

    @needs(Capability.PERFORMER)
    async def test_a_performer_keeps_where_they_play(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.PERFORMER)

    @needs(Capability.VENUE)
    async def test_a_venue_keeps_what_is_on_there(self, provider: Provider) -> None:
        await self._check_filter(provider, Capability.VENUE)

    async def test_what_is_not_declared_is_applied_whole_or_not_at_all(self, provider: Provider) -> None:
        everything = await self.everything(provider)
        for capability in WAYS.keys() - provider.info.capabilities:
            for query in self._queries(provider, capability, everything):
                found = await self.found(provider, query)
                both = [each for each in everything.listings if found.covers(each)]
                whole, wanted = {each.id for each in both}, {each.id for each in both if matches(each, query)}
                met = {each.id for each in found.listings if everything.covers(each)}
                asked = _difference(query, self.query(provider))
                why = "neither all nor what matches; the gateway filters, so leave it alone, or declare it"
                hold(met in (whole, wanted), f"does not declare {capability.name}, yet {asked} gives {why}")

    async def _check_filter(self, provider: Provider, capability: Capability) -> None:
        """Each way's most telling query finds what matches among everything, all of it, and nothing else."""
        everything = await self.everything(provider)
        queries = self._queries(provider, capability, everything)
        hold(bool(queries), nothing(capability, WAYS[capability].wanted))
        for query in queries:
            asked = _difference(query, self.query(provider))
            found = await self.found(provider, query)
            wrong = [each for each in found.listings if not matches(each, query)]
            hold(not wrong, f"declares {capability.name}, but {asked} gives {some(wrong)}; undeclare it or apply it")
            ids = set(found.ids())
            due = [each for each in everything.listings if matches(each, query) and found.covers(each)]
            lost = [each for each in due if each.id not in ids]
            hold(not lost, f"declares {capability.name}, but {asked} misses {some(lost)}, found without the filter")

    def _queries(self, provider: Provider, capability: Capability, everything: Walked) -> list[ListingQuery]:
        base = self.query(provider)
        derived = (derive(base, everything.listings) for derive in WAYS[capability].derivations)
        return [query for queries in derived for query in telling(queries, everything.listings)]


def _difference(query: ListingQuery, base: ListingQuery) -> str:
    names = ListingQuery.__dataclass_fields__
    return ", ".join(f"{name}={getattr(query, name)}" for name in names if getattr(query, name) != getattr(base, name))
