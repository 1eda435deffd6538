"""Open Stage, through its API v1: https://openstage.example/developers."""

from collections.abc import Sequence
from datetime import datetime

from providers import (
    Address,
    Capability,
    DateWindows,
    Info,
    JSONProvider,
    Limits,
    Listing,
    ListingQuery,
    Record,
    Request,
    Setting,
    Step,
    Venue,
    When,
)


class OpenStage(JSONProvider):
    """Evenings in order of their start, a hundred at a time."""

    info = Info(
        slug="openstage",
        title="Open Stage",
        homepage="https://openstage.example",
        base_url="https://api.openstage.example/v1",
        capabilities=frozenset({Capability.KEYWORD, Capability.DATE_RANGE, Capability.LOOKUP_BY_ID}),
        limits=Limits(requests_per_second=5, max_page_size=100, lookup_batch=50),
        settings=(Setting(name="api_key", required=True, secret=True, help="from your account's page"),),
    )
    paging = DateWindows(size=100, depth=1_000)

    def request(self, query: ListingQuery, step: Step) -> Request:
        """A page of evenings; what the API cannot filter by, the gateway does."""
        bounds = {"since": step.start_from, "before": step.start_before}
        given = {name: bound.isoformat() for name, bound in bounds.items() if bound}
        return self._ask(page=step.page, size=step.size, q=query.keyword or "", **given)

    def lookup_request(self, ids: Sequence[str]) -> Request:
        """All of them at once."""
        return self._ask(ids=",".join(ids))

    def _ask(self, **params: str | int) -> Request:
        return Request(path="evenings", params=params, headers={"authorization": f"Bearer {self.settings['api_key']}"})

    def listing(self, record: Record) -> Listing:
        """An evening as a listing."""
        house = record["house"]
        start = When.at(datetime.fromisoformat(record["starts"]), house["time_zone"])
        venue = Venue(name=house["name"], address=Address(locality=house["town"], country=house["country"]))
        return Listing(id=record["id"], name=record["title"], start=start, venue=venue, url=record["page"])
