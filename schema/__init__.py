"""The GraphQL face. Everything that the server needs of it is imported from here."""

from schema.build import make_schema, print_sdl, schema_hash
from schema.context import Build, Caller, Context, Operation, Services
from schema.errors import present, present_break

__all__ = [
    "Build",
    "Caller",
    "Context",
    "Operation",
    "Services",
    "make_schema",
    "present",
    "present_break",
    "print_sdl",
    "schema_hash",
]
