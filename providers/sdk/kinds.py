"""What a category or a tag tells of the kind of event, in the languages that our sources are written in."""

from __future__ import annotations

from collections.abc import Iterable

from providers.sdk.model import EventType
from providers.sdk.text import fold

# The words of a category, folded, that tell its kind, the more telling kinds first.
_KINDS = {
    EventType.FESTIVAL: "festival festivals fest openair",
    EventType.COMEDY: "comedy kabarett cabaret standup humor humour comedie",
    EventType.THEATER: "theater theatre schauspiel play musical opera oper opéra teatro marionnette marionnettes cirque",
    EventType.DANCE: "dance tanz ballet ballett danse danza",
    EventType.SCREENING: "film films kino cinema movie movies screening cine projection",
    EventType.EXHIBITION: "exhibition exhibitions ausstellung ausstellungen exposition expo mostra vernissage museum",
    EventType.LITERARY: "reading readings lesung lesungen literature literatur poetry slam book books conte contes poésie",
    EventType.MUSIC: "concert concerts konzert konzerte concerto concerti concierto music musik musique música gig gigs jazz rock dj live chorale",
    EventType.SPORTS: "sport sports match football fussball soccer run lauf",
    EventType.FOOD: "food wine wein beer bier market markt dinner brunch tasting dégustation gastronomie",
    EventType.CONFERENCE: "conference konferenz congress kongress summit symposium",
    EventType.EDUCATION: "workshop workshops class classes course courses kurs kurse education lecture vortrag seminar laboratorio corso atelier ateliers",
    EventType.FAMILY: "family familie kids kinder children enfants familles enfant famille",
    EventType.SOCIAL: "social meetup party parties treffen stammtisch community club",
}
_KIND_OF = {fold(word): kind for kind, words in _KINDS.items() for word in words.split()}
_ORDER = {kind: place for place, kind in enumerate(_KINDS)}


def event_type_of(categories: Iterable[str]) -> EventType | None:
    """The kind of event that these words tell, the more telling kind where they tell several; None where none does."""
    found = {_KIND_OF[word] for category in categories for word in fold(category).split() if word in _KIND_OF}
    return min(found, key=_ORDER.__getitem__, default=None)
