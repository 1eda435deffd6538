"""The GraphQL documents that are sent, and what they cost where Absinthe counts.

Arguments are written into the document as literals. Variables would need the names of types that older instances do
not have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

MAX_COMPLEXITY = 300

# What stands outside the fragment is of the interface that search results share: only an Event has the rest.
SELECTION = """
uuid url title beginsOn endsOn status category
picture { url alt }
tags { title }
physicalAddress { id originId description street locality postalCode region country geom timezone }
attributedTo { name preferredUsername url }
organizerActor { name preferredUsername url }
options { offers { price priceCurrency url } timezone isOnline showStartTime showEndTime }
... on Event { description onlineAddress externalParticipationUrl language updatedAt }
"""


def cost(selection: str) -> int:
    """The complexity that Absinthe finds: one for each field, whatever is nested in it."""
    return len(re.findall(r"\w+", selection.replace("... on Event", "")))


# One more for the event itself.
BATCH = MAX_COMPLEXITY // (1 + cost(SELECTION))


def literal(value: str | Sequence[str]) -> str:
    """A string, or a list of strings, as GraphQL writes it; JSON writes them so, too."""
    return json.dumps(value, ensure_ascii=False)


def search(arguments: Mapping[str, str | int | float]) -> str:
    """Search with these arguments, each written as GraphQL wants it."""
    written = ", ".join(f"{name}: {value}" for name, value in arguments.items())
    return f"{{ searchEvents({written}) {{ total elements {{ {SELECTION} }} }} }}"


def lookup(ids: Sequence[str]) -> str:
    """Events by their UUIDs, at most `BATCH`, each under a name of its own: there is no argument for several."""
    events = " ".join(f"e{number}: event(uuid: {literal(each)}) {{ ...E }}" for number, each in enumerate(ids))
    return f"{{ {events} }} fragment E on Event {{ {SELECTION} }}"
