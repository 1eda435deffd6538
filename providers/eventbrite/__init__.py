"""Eventbrite: many lists of events, and one provider over them.

adapter   the provider: asks every list at once, and makes one of them
lists     the lists of its API, documented and not
bounds    where a query looks, as a box
records   an event in either of its two shapes -> a Listing
kinds     its categories, subcategories and formats in the gateway's words, and back
"""

from providers.eventbrite.adapter import Eventbrite

__all__ = ["Eventbrite"]
