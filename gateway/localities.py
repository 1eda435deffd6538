"""A town as sellers write it, made plain: "Bambrugge, Oost-Vlaanderen, Belgium" is Bambrugge in Belgium.

The gazetteer tells what is a country or a region. A town that it does not know stays as it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.places import Gazetteer, key_of

_PARTS = re.compile(r"\s*[,;|]\s*")
_NUMBER = re.compile(r"[A-Z]?\d{1,6}")
_NOTHING = frozenset({"", "none", "nan", "null", "nil", "unknown", "tba"})
# Where people write a town with its state.
_WITH_STATE = frozenset({"US", "CA"})
_STATE_CODE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Locality:
    """town: None where none is told. state: the code, in countries where a town goes by it. country: ISO 3166-1 alpha-2."""

    town: str | None
    state: str | None = None
    country: str | None = None

    @property
    def written(self) -> str:
        """The town with its state."""
        return ", ".join(part for part in (self.town, self.state) if part)


def tidy(town: str | None, country: str | None = None, *, gazetteer: Gazetteer | None = None) -> Locality:
    """What a provider's town and country say. What they do not say, the gazetteer may know."""
    known = gazetteer or Gazetteer.embedded()
    code = _country(country or "", known)
    parts = [part for part in _PARTS.split((town or "").strip()) if part]
    if not parts or key_of(parts[0]) in _NOTHING:
        return Locality(town=None, country=code)
    first, *rest = parts
    stated = next((found for part in reversed(rest) if (found := _spelt_out(part, known))), None)
    if code is None or (stated is not None and stated != code and not _is_state(rest[-1], code, known)):
        code = stated or code
    if code is None:
        place = known.find(", ".join(parts))
        code = place.country if place else None
    state = next((found for part in rest if (found := known.state(part, code))), None) if code in _WITH_STATE else None
    return Locality(town=first, state=state, country=code)


def _country(text: str, known: Gazetteer) -> str | None:
    """By a code or a name, also behind something else: "Ac United States"."""
    words = text.replace(",", " ").split()
    for start in range(len(words)):
        if code := known.country(" ".join(words[start:])):
            return code
    return None


def _spelt_out(part: str, known: Gazetteer) -> str | None:
    """A country's name; two letters may be anything."""
    return known.country(part) if len(part) > _STATE_CODE + 1 and not _NUMBER.fullmatch(part) else None


def _is_state(part: str, country: str, known: Gazetteer) -> bool:
    """Georgia is a country, and a state of the US."""
    return country in _WITH_STATE and known.state(part, country) is not None
