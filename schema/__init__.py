"""The GraphQL face. Everything that the server needs of it is imported from here."""

from schema.build import make_schema, print_sdl, schema_hash
from schema.context import Build, Context
from schema.errors import present

__all__ = ["Build", "Context", "make_schema", "present", "print_sdl", "schema_hash"]
