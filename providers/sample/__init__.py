"""Sample data: `provider` answers from memory, `world` makes up what is in it."""

from providers.sample.provider import Sample

__all__ = ["Sample"]
