"""What comes before anything is run: reading the document, judging it, counting what it asks for. Traced as one span."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from strawberry.extensions import SchemaExtension

from schema.context import Context


class Plan(SchemaExtension):
    """A span that begins with the operation and ends where it is run, or where it turns out that it will not be."""

    def on_operation(self) -> Iterator[None]:
        """From here."""
        context = self.execution_context.context
        with ExitStack() as self._planning:
            if isinstance(context, Context):
                self._planning.enter_context(context.services.tracer.span("plan"))
            yield

    def on_execute(self) -> Iterator[None]:
        """To here."""
        self._planning.close()
        yield
