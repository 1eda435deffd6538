from __future__ import annotations

import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    parse,
    validate,
)

from gateway import accounts, event, favourite, genres, health, reports, roster, unfolding
from gateway.page import Edge, EventPage, PageInfo
from providers import Attribution, ExternalId, Image, Limits, Organization, Point
from schema import Build, make_schema, print_sdl
from schema.queries import Place
from schema.types import payloads
from schema.types.events import Event
from schema.types.values import GeoCoordinates

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "web" / "src" / "examples").glob("*.graphql"))
SDL = print_sdl(make_schema())

# What stands behind each output type; types that the resolvers construct stand behind themselves.
BEHIND: dict[str, list[type]] = {
    "AuthTokens": [accounts.Tokens],
    "CalendarFeed": [accounts.Feed],
    "Favourite": [favourite.Favourite],
    "FavouriteConnection": [favourite.FavouritePage],
    "FavouriteEdge": [favourite.FavouriteEdge],
    "FavouriteSnapshot": [accounts.Facts],
    "Session": [accounts.Device],
    "Viewer": [accounts.User],
    "Attribution": [Attribution],
    "Count": [reports.Count],
    "Event": [event.Event],
    "EventConnection": [EventPage],
    "EventEdge": [Edge],
    "EventSource": [event.EventSource],
    "ExternalId": [ExternalId],
    "Genre": [genres.Genre],
    "GeoCoordinates": [Point, GeoCoordinates],
    "Image": [Image],
    "MonetaryAmount": [event.MonetaryAmount],
    "Offer": [event.Offer],
    "Organization": [Organization],
    "PageInfo": [PageInfo, favourite.FavouritePageInfo],
    "Performance": [event.Performance],
    "Performer": [event.Performer],
    "EventPlacement": [unfolding.EventPlacement],
    "EventsAdded": [unfolding.EventsAdded],
    "EventsUpdated": [unfolding.EventsUpdated],
    "MergedAway": [unfolding.MergedAway],
    "ProviderFinished": [unfolding.ProviderFinished],
    "ProviderStarted": [unfolding.ProviderStarted],
    "SearchCompleted": [unfolding.SearchCompleted],
    "Place": [Place],
    "PostalAddress": [event.PostalAddress],
    "PriceRange": [event.PriceRange],
    "Provider": [roster.Member],
    "ProviderFailedWarning": [reports.ProviderFailedWarning],
    "ProviderHealth": [health.ProviderHealth],
    "ProviderLimits": [Limits],
    "ProviderMisconfiguredWarning": [reports.ProviderMisconfiguredWarning],
    "ProviderRateLimitedWarning": [reports.ProviderRateLimitedWarning],
    "ProviderReport": [reports.ProviderReport],
    "ProviderTimedOutWarning": [reports.ProviderTimedOutWarning],
    "OrderBrokenWarning": [reports.OrderBrokenWarning],
    "ResultsTruncatedWarning": [reports.ResultsTruncatedWarning],
    "ServerInfo": [Build],
    "Venue": [event.Venue],
}


BEHIND |= {
    payload.__name__: [payload]
    for payload in vars(payloads).values()
    if isinstance(payload, type) and payload.__name__.endswith(("Payload", "Error"))
}


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(SDL)


def test_the_committed_schema_is_the_printed_one() -> None:
    committed = (ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8")
    assert committed == SDL, "the schema has changed: run `event-gateway schema print > schema/schema.graphql`"


def test_everything_in_the_schema_is_described(schema: GraphQLSchema) -> None:
    assert [name for name, description in _described(schema) if not (description or "").strip()] == []


def _described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    for kind in schema.type_map.values():
        if kind.name.startswith("__"):
            continue
        yield kind.name, kind.description
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in kind.fields.items():
                yield f"{kind.name}.{name}", field.description
                for argument, definition in field.args.items():
                    yield f"{kind.name}.{name}({argument}:)", definition.description
        elif isinstance(kind, GraphQLInputObjectType):
            for name, inputs in kind.fields.items():
                yield f"{kind.name}.{name}", inputs.description


def test_enums_have_values_that_shout(schema: GraphQLSchema) -> None:
    enums = [kind for kind in schema.type_map.values() if isinstance(kind, GraphQLEnumType)]
    assert [value for enum in enums for value in enum.values if value != value.upper()] == []


def _plain_fields() -> Iterator[tuple[str, str]]:
    for kind in make_schema()._schema.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            definition = kind.extensions["strawberry-definition"]
            for field in definition.fields:
                if field.base_resolver is None:
                    yield kind.name, field.python_name


@pytest.mark.parametrize(("kind", "field"), sorted(_plain_fields()))
def test_a_plain_field_is_an_attribute_of_what_stands_behind_it(kind: str, field: str) -> None:
    assert [owner for owner in BEHIND[kind] if field not in _attributes(owner)] == []


def _attributes(owner: type) -> set[str]:
    slots = [each for base in owner.__mro__ for each in getattr(base, "__slots__", ())]
    annotated = [each for base in owner.__mro__ for each in getattr(base, "__annotations__", ())]
    assigned = owner.__init__.__code__.co_names if hasattr(owner.__init__, "__code__") else ()
    return {*slots, *annotated, *assigned, *dir(owner)}


def test_every_kind_of_warning_stands_in_the_schema(schema: GraphQLSchema) -> None:
    interface = typing.cast("GraphQLInterfaceType", schema.type_map["SearchWarning"])
    shown = {kind.name for kind in schema.get_possible_types(interface)}
    assert shown == {kind.__name__ for kind in reports.SearchWarning.__subclasses__()}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_of_the_first_page_is_valid(path: Path, schema: GraphQLSchema) -> None:
    assert [error.message for error in validate(schema, parse(path.read_text(encoding="utf-8")))] == []


def test_the_strawberry_types_have_no_io_of_their_own() -> None:
    resolvers = [field for field in Event.__strawberry_definition__.fields if field.base_resolver is not None]
    # `viewer_has_favourited` asks through the request's loader.
    assert [field.python_name for field in resolvers] == [
        "viewer_has_favourited",
        "icalendar_url",
        "distance",
        "price_range",
    ]
