"""How much a query may ask for, told from its text and variables before anything is run.

Every list of events or of favourites counts its `first`, and what is asked of each event counts as often: 50 events, each with its
venue's next 3, are 50 x (1 + 3) = 200. Without this, three more words of nesting are a thousand times the work. A search
that is followed counts as the same search does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)
from strawberry.extensions import SchemaExtension

from gateway.errors import BadInput

MOST_EVENTS_IN_ALL = 10_000
# What a list of events gives when the query does not say, and the most that it ever does.
DEFAULT_FIRST, MOST_FIRST = 20, 100
# The same of a search that is followed.
DEFAULT_FOLLOWED = 50
# How many performers an event is taken to have, where more is asked of each.
USUAL_BILL = 3
# Deeper than this no useful query goes, and counting stops being cheap.
MOST_LEVELS = 30


class CostLimit(SchemaExtension):
    """Refuses a query that asks for more than any page shows."""

    def on_parse(self) -> Iterator[None]:
        """Count once the document is there."""
        yield
        document = self.execution_context.graphql_document
        if document is None:
            return
        events = most_events(document, self.execution_context.variables or {})
        if events > MOST_EVENTS_IN_ALL:
            raise CostLimitExceeded(events)


class CostLimitExceeded(BadInput):
    """Too many events in one query."""

    code = "COST_LIMIT_EXCEEDED"

    def __init__(self, events: int) -> None:
        asked = f"{events:,}" if events < MOST_EVENTS_IN_ALL**2 else "countless"
        super().__init__(
            f"this query may ask for {asked} events, more than {MOST_EVENTS_IN_ALL:,}; nest less, or lower `first`"
        )


def most_events(document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """The most events that any of the document's operations can ask for."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    counter = _Counter(fragments, variables)
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return max((counter.under(each.selection_set, 0) for each in operations), default=0)


class _Counter:
    """Counts through one document; a fragment that many use is counted once."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]) -> None:
        self._fragments = fragments
        self._variables = variables
        self._counted: dict[tuple[str, bool], int] = {}

    def under(self, selections: SelectionSetNode | None, level: int, *, of_message: bool = False) -> int:
        """The events that these selections ask for, of one object; or of one message of a search that is followed."""
        if selections is None:
            return 0
        if level > MOST_LEVELS:
            return MOST_EVENTS_IN_ALL**2
        return sum(self._of(selection, level + 1, of_message=of_message) for selection in selections.selections)

    def _of(self, selection: object, level: int, *, of_message: bool) -> int:
        match selection:
            case FieldNode():
                follows = selection.name.value == "eventSearch"
                inner = self.under(selection.selection_set, level, of_message=follows)
                # The events of a message are some of those that the search has been counted with.
                return inner if of_message else self._of_field(selection, inner)
            case InlineFragmentNode():
                return self.under(selection.selection_set, level, of_message=of_message)
            case FragmentSpreadNode():
                return self._of_fragment(selection.name.value, level, of_message=of_message)
            case _:
                return 0

    def _of_field(self, field: FieldNode, inner: int) -> int:
        match field.name.value:
            case "events" | "favourites" | "agenda":
                return self._first(field, DEFAULT_FIRST) * (1 + inner)
            case "eventSearch":
                return self._first(field, DEFAULT_FOLLOWED) * (1 + inner)
            case "nodes":
                return self._ids(field) * inner
            case "performers":
                return USUAL_BILL * inner
            case _:
                return inner

    def _ids(self, field: FieldNode) -> int:
        """How many objects `nodes(ids:)` names; 1 for the `nodes` of a connection, which has no arguments."""
        given = next((each.value for each in field.arguments or () if each.name.value == "ids"), None)
        match given:
            case ListValueNode():
                return len(given.values)
            case VariableNode():
                value = self._variables.get(given.name.value)
                return len(value) if isinstance(value, list) else 1
            case _:
                return 1

    def _of_fragment(self, name: str, level: int, *, of_message: bool) -> int:
        key = (name, of_message)
        if key not in self._counted and name in self._fragments:
            # One that contains itself finds this 0; validation will refuse it.
            self._counted[key] = 0
            self._counted[key] = self.under(self._fragments[name].selection_set, level, of_message=of_message)
        return self._counted.get(key, 0)

    def _first(self, field: FieldNode, default: int) -> int:
        given = next((each.value for each in field.arguments or () if each.name.value == "first"), None)
        match given:
            case IntValueNode():
                value: object = int(given.value[:9])
            case VariableNode():
                value = self._variables.get(given.name.value, MOST_FIRST)
            case _:
                value = default
        # Whatever is no number in range is refused later, by whoever says so best.
        return min(max(value, 0), MOST_FIRST) if isinstance(value, int) else MOST_FIRST
