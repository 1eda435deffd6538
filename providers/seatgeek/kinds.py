"""SeatGeek's taxonomies and genres in the gateway's words, and back.

A taxonomy is a branch of a tree (sports, basketball, nba) whose parents stand beside it in every event; a genre is a
performer's. Each of our genres is asked for as one or the other, never as both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from providers import EventType

KINDS = {
    "sports": EventType.SPORTS,
    "concert": EventType.MUSIC,
    "music_festival": EventType.FESTIVAL,
    "theater": EventType.THEATER,
    "broadway_tickets_national": EventType.THEATER,
    "cirque_du_soleil": EventType.THEATER,
    "classical": EventType.MUSIC,
    "classical_opera": EventType.MUSIC,
    "classical_orchestral_instrumental": EventType.MUSIC,
    "classical_vocal": EventType.MUSIC,
    "comedy": EventType.COMEDY,
    "dance_performance_tour": EventType.DANCE,
    "family": EventType.FAMILY,
    "circus": EventType.FAMILY,
    "film": EventType.SCREENING,
    "literary": EventType.LITERARY,
}
_ROOTS = ("sports", "concert", "theater")
_SPORTS = (
    "animal_sports",
    "auto_racing",
    "baseball",
    "basketball",
    "boxing",
    "european_soccer",
    "extreme_sports",
    "f1",
    "fighting",
    "football",
    "golf",
    "hockey",
    "horse_racing",
    "indycar",
    "international_soccer",
    "lpga",
    "minor_league_baseball",
    "minor_league_hockey",
    "mlb",
    "mls",
    "mma",
    "monster_truck",
    "motocross",
    "nascar",
    "nascar_nationwide",
    "nascar_sprintcup",
    "nba",
    "nba_dleague",
    "ncaa_baseball",
    "ncaa_basketball",
    "ncaa_football",
    "ncaa_hockey",
    "ncaa_soccer",
    "ncaa_womens_basketball",
    "nfl",
    "nhl",
    "olympic_sports",
    "pga",
    "rodeo",
    "soccer",
    "tennis",
    "wnba",
    "world_cup",
    "wrestling",
    "wwe",
)
# The gateway's slugs of genres that are taxonomies here.
TAXONOMY_GENRES = {
    "choral": "classical_vocal",
    "classical": "classical",
    "comedy": "comedy",
    "dance": "dance_performance_tour",
    "opera": "classical_opera",
    "symphonic": "classical_orchestral_instrumental",
    "theater": "theater",
} | {name.replace("_", "-"): name for name in _SPORTS}
_OUR_TAXONOMY_GENRES = {name: ours for ours, name in TAXONOMY_GENRES.items()}
# The gateway's slugs of performers' genres that are spelled otherwise here.
_GENRE_SLUGS = {"r-and-b": "rnb"}
_OUR_SLUGS = {theirs: ours for ours, theirs in _GENRE_SLUGS.items()}


def event_type(taxonomies: Sequence[str]) -> EventType:
    """What kind of event it is: a branch says more than the root of its tree, wherever it stands."""
    known = [KINDS[name] for name in sorted(taxonomies, key=_ROOTS.__contains__) if name in KINDS]
    return known[0] if known else EventType.OTHER


def taxonomies_of(kinds: Iterable[EventType]) -> list[str]:
    """The names that events of these kinds bear, and others may bear, too."""
    wanted = set(kinds)
    return [name for name, kind in KINDS.items() if kind in wanted]


def taxonomy_genres(taxonomies: Iterable[str]) -> list[str]:
    """The genres that an event's taxonomies mean."""
    return [_OUR_TAXONOMY_GENRES[name] for name in taxonomies if name in _OUR_TAXONOMY_GENRES]


def performer_genre(slug: str) -> str:
    """A performer's genre by our slug."""
    return _OUR_SLUGS.get(slug, slug)


def genre_parameters(genres: Sequence[str]) -> dict[str, Sequence[str]]:
    """What to ask for these genres. Of both sorts no request can say "either": then the kit trims instead."""
    names = [TAXONOMY_GENRES[genre] for genre in genres if genre in TAXONOMY_GENRES]
    slugs = [_GENRE_SLUGS.get(genre, genre) for genre in genres if genre not in TAXONOMY_GENRES]
    if names and slugs:
        return {}
    return {"taxonomies.name": names} if names else {"genres[primary].slug": slugs} if slugs else {}
