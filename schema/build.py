"""Builds the schema, and prints it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache

import strawberry
from graphql import GraphQLError, OperationDefinitionNode
from strawberry.extensions import MaxTokensLimiter, ParserCache, SchemaExtension, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types import ExecutionContext

from schema.context import Context, Operation
from schema.cost import CostLimit
from schema.mutations import Mutation
from schema.plan import Plan
from schema.queries import Query
from schema.scalars import SCALARS
from schema.subscriptions import Subscription
from schema.types.events import Event, Performer, Venue
from schema.types.favourites import Favourite
from schema.types.payloads import AuthError, FavouriteError, MatchError
from schema.types.providers import WARNINGS, Provider
from schema.types.viewer import Viewer

MOST_TOKENS = 2_000
DOCUMENTS_KEPT = 500


class GatewaySchema(strawberry.Schema):
    """Leaves errors to whoever presents them: Strawberry would log a client's mistake with a traceback."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing; see `schema.errors`."""


class OperationIsClear(SchemaExtension):
    """Tells the context which operation is meant. Several are refused where the request does not say which; Strawberry would run the first."""

    def on_parse(self) -> Iterator[None]:
        """Look once the document is there."""
        yield
        document = self.execution_context.graphql_document
        if document is None:
            return
        wanted = self.execution_context._provided_operation_name  # noqa: SLF001 - the public one falls back to the first
        operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
        if wanted is None and len(operations) > 1:
            raise CannotGetOperationTypeError(None)
        meant = [each for each in operations if wanted is None or (each.name and each.name.value == wanted)]
        if meant and isinstance(context := self.execution_context.context, Context):
            name = meant[0].name.value if meant[0].name else None
            context.operation = Operation(name, meant[0].operation.value)


class ItRuns(SchemaExtension):
    """Tells the context that the document is in order: from then on, mistakes are of the variables or of resolvers."""

    def on_execute(self) -> Iterator[None]:
        """Before anything is resolved."""
        if isinstance(context := self.execution_context.context, Context):
            context.runs = True
        yield


@cache
def make_schema() -> strawberry.Schema:
    """The schema, made once, with parsed and validated documents kept."""
    return GatewaySchema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[Event, Venue, Performer, Provider, Viewer, Favourite, AuthError, FavouriteError, MatchError, *WARNINGS],
        extensions=[Plan, OperationIsClear, CostLimit, ItRuns, _max_tokens, _parser_cache, _validation_cache],
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def print_sdl(schema: strawberry.Schema) -> str:
    """The schema in the schema definition language, with a newline at its end."""
    return schema.as_str().rstrip() + "\n"


def schema_hash(schema: strawberry.Schema) -> str:
    """Twelve hexadecimal digits that change when the schema does."""
    return hashlib.sha256(print_sdl(schema).encode()).hexdigest()[:12]


def _max_tokens() -> MaxTokensLimiter:
    return MaxTokensLimiter(max_token_count=MOST_TOKENS)


def _parser_cache() -> ParserCache:
    return ParserCache(maxsize=DOCUMENTS_KEPT)


def _validation_cache() -> ValidationCache:
    return ValidationCache(maxsize=DOCUMENTS_KEPT)
