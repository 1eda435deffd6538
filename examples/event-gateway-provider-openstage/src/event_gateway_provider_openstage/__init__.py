"""Open Stage for event-gateway."""

from event_gateway_provider_openstage.provider import OpenStage

__all__ = ["OpenStage"]
