"""The genres that have a name and a place in the tree; providers may know others, which stand alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

# slug: (name, slug of its parent)
_TREE: dict[str, tuple[str, str | None]] = {
    "alternative": ("Alternative", "rock"),
    "ambient": ("Ambient", "electronic"),
    "ballet": ("Ballet", "dance"),
    "baroque": ("Baroque", "classical"),
    "blues": ("Blues", None),
    "chamber-music": ("Chamber music", "classical"),
    "choral": ("Choral", "classical"),
    "classical": ("Classical", None),
    "comedy": ("Comedy", None),
    "contemporary-dance": ("Contemporary dance", "dance"),
    "country": ("Country", None),
    "dance": ("Dance", None),
    "disco": ("Disco", "electronic"),
    "drum-and-bass": ("Drum and bass", "electronic"),
    "electronic": ("Electronic", None),
    "experimental": ("Experimental", None),
    "folk": ("Folk", None),
    "funk": ("Funk", "soul"),
    "gospel": ("Gospel", "soul"),
    "hard-rock": ("Hard rock", "rock"),
    "hip-hop": ("Hip-hop", None),
    "house": ("House", "electronic"),
    "improv": ("Improv", "comedy"),
    "indie": ("Indie", "rock"),
    "indie-pop": ("Indie pop", "pop"),
    "indie-rock": ("Indie rock", "rock"),
    "jazz": ("Jazz", None),
    "latin": ("Latin", None),
    "metal": ("Metal", "rock"),
    "musical": ("Musical", "theater"),
    "opera": ("Opera", "classical"),
    "pop": ("Pop", None),
    "punk": ("Punk", "rock"),
    "r-and-b": ("R&B", "soul"),
    "rap": ("Rap", "hip-hop"),
    "reggae": ("Reggae", None),
    "rock": ("Rock", None),
    "salsa": ("Salsa", "latin"),
    "singer-songwriter": ("Singer-songwriter", "folk"),
    "soul": ("Soul", None),
    "stand-up": ("Stand-up", "comedy"),
    "swing": ("Swing", "jazz"),
    "symphonic": ("Symphonic", "classical"),
    "synth-pop": ("Synth-pop", "pop"),
    "techno": ("Techno", "electronic"),
    "theater": ("Theater", None),
    "trance": ("Trance", "electronic"),
    "world": ("World", None),
}


@dataclass(frozen=True, slots=True)
class Genre:
    """A genre by its stable slug, such as `indie-rock`."""

    slug: str
    name: str
    parent: Genre | None = None


@cache
def genre(slug: str) -> Genre:
    """The genre of that slug; one that is not in the tree is named after its slug."""
    name, parent = _TREE.get(slug, (slug.replace("-", " ").capitalize(), None))
    return Genre(slug, name, genre(parent) if parent else None)


def all_genres() -> list[Genre]:
    """Every genre in the tree, by slug."""
    return [genre(slug) for slug in sorted(_TREE)]


def with_children(slugs: Iterable[str]) -> tuple[str, ...]:
    """The slugs and all that stand below them, sorted."""
    wanted = set(slugs)
    return tuple(sorted(wanted | {slug for slug in _TREE if wanted & _line(genre(slug))}))


def _line(each: Genre) -> set[str]:
    return {each.slug} | (_line(each.parent) if each.parent else set())
