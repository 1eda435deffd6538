"""What words that people write tell: which country, which kind of event. In English, German, French and a few others."""

from __future__ import annotations

from collections.abc import Iterable

from providers.sdk.model import EventType
from providers.sdk.text import fold

# The words of a category or keyword that tell its kind, the more telling kinds first.
_KINDS = {
    EventType.FESTIVAL: "festival festivals fest openair",
    EventType.COMEDY: "comedy kabarett cabaret standup humor humour comedie",
    EventType.THEATER: "theater theatre schauspiel play musical opera oper opéra teatro marionnette marionnettes cirque",
    EventType.DANCE: "dance tanz ballet ballett danse danza",
    EventType.SCREENING: "film films kino cinema movie movies screening cine projection",
    EventType.EXHIBITION: "exhibition exhibitions ausstellung ausstellungen exposition expo vernissage museum",
    EventType.LITERARY: "reading readings lesung lesungen literature literatur poetry slam book books conte contes poésie",
    EventType.MUSIC: "concert concerts konzert konzerte music musik musique música gig gigs jazz rock dj live chorale",
    EventType.SPORTS: "sport sports match football fussball soccer run lauf",
    EventType.FOOD: "food wine wein beer bier market markt dinner brunch tasting dégustation gastronomie",
    EventType.CONFERENCE: "conference konferenz congress kongress summit symposium",
    EventType.EDUCATION: "workshop workshops class classes course courses kurs kurse education lecture vortrag seminar atelier ateliers",
    EventType.FAMILY: "family familie kids kinder children enfants enfant famille familles",
    EventType.SOCIAL: "social meetup party parties treffen stammtisch community club",
}
_KIND_OF = {fold(word): kind for kind, words in _KINDS.items() for word in words.split()}
_ORDER = {kind: place for place, kind in enumerate(_KINDS)}

_COUNTRIES = {
    "AT": "austria|österreich",
    "AU": "australia",
    "BE": "belgium|belgique|belgië|belgien",
    "CA": "canada",
    "CH": "switzerland|schweiz|suisse|svizzera",
    "CZ": "czechia|czech republic",
    "DE": "germany|deutschland|allemagne",
    "DK": "denmark|danmark",
    "ES": "spain|españa|spanien",
    "FI": "finland|suomi",
    "FR": "france|frankreich",
    "GB": "united kingdom|uk|great britain|england|scotland|wales",
    "IE": "ireland",
    "IT": "italy|italia|italien",
    "LU": "luxembourg|luxemburg",
    "NL": "netherlands|the netherlands|nederland|niederlande",
    "NO": "norway|norge",
    "NZ": "new zealand|aotearoa",
    "PL": "poland|polska",
    "PT": "portugal",
    "SE": "sweden|sverige",
    "US": "united states|united states of america|usa|us",
}
_COUNTRY_OF = {fold(name): code for code, names in _COUNTRIES.items() for name in names.split("|")}


def event_type_of(texts: Iterable[str]) -> EventType | None:
    """The most telling kind that a word of these categories or keywords names; None where none does."""
    found = {_KIND_OF[word] for text in texts for word in fold(text).split() if word in _KIND_OF}
    return min(found, key=_ORDER.__getitem__, default=None)


def country_code(name: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country that is called so; None where it is not known."""
    return _COUNTRY_OF.get(fold(name))
