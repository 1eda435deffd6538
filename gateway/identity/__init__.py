"""Which listings speak of one event, and what is then known of it: pure functions of a set of listings."""

from gateway.identity.claim import SPAN, Claim, ListingRef, Place
from gateway.identity.cluster import Cluster, absorb, reach, resolve
from gateway.identity.lead import Memory
from gateway.identity.match import POSSIBLE, SAME, Reason, Verdict, verdict
from gateway.identity.rules import NO_RULES, Rules

__all__ = [
    "NO_RULES", "POSSIBLE", "SAME", "SPAN", "Claim", "Cluster", "ListingRef", "Memory", "Place", "Reason", "Rules", "Verdict",
    "absorb", "reach", "resolve", "verdict",
]
