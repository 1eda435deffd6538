"""The whole contract; what is special about Open Stage gets tests of its own below."""

from event_gateway_provider_openstage import OpenStage
from fake_server import make

from providers.testing import ProviderContract


class TestOpenStage(ProviderContract):
    provider_class = OpenStage
    make = staticmethod(make)
