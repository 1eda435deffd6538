"""Which listings speak of one event, and what is then known of it: pure functions of a set of listings.

    claims = [Claim(provider, listing, rank=rank) for ...]   # a listing made ready to be compared, once
    verdict(one, other)                                      # one event or two, with the reasons
    resolve(claims, rules=rules)                             # all of them as clusters
    absorb(head, behind, memory, rules)                      # the same, head by head, while a list is read
    merge(cluster)                                           # what is known of the event, and who gave what
    venues(known), performers(known)                         # records of venues, or of performers, that are of one
    unify_venue(known), unify_performer(known)               # what is known of it, and what else it is called

Nothing in here asks anybody, keeps anything or knows the time. The order in which claims are given never matters.
"""

from gateway.identity.claim import SPAN, Claim, ListingRef, Place
from gateway.identity.cluster import Cluster, absorb, resolve
from gateway.identity.entities import Known, performers, same_performer, same_venue, venues
from gateway.identity.lead import Memory
from gateway.identity.match import POSSIBLE, SAME, Reason, Verdict, verdict
from gateway.identity.merge import Golden, merge
from gateway.identity.rules import NO_RULES, Rules
from gateway.identity.twice import listed_twice
from gateway.identity.unify import Unified, unify_performer, unify_venue

__all__ = [
    "NO_RULES",
    "POSSIBLE",
    "SAME",
    "SPAN",
    "Claim",
    "Cluster",
    "Golden",
    "Known",
    "ListingRef",
    "Memory",
    "Place",
    "Reason",
    "Rules",
    "Unified",
    "Verdict",
    "absorb",
    "listed_twice",
    "merge",
    "performers",
    "resolve",
    "same_performer",
    "same_venue",
    "unify_performer",
    "unify_venue",
    "venues",
    "verdict",
]
