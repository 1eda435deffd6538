"""The query that the options `--keyword`, `--city`, `--near` and `--first` mean."""

from __future__ import annotations

import argparse
from datetime import datetime

from providers import Circle, ListingQuery, Place, Point
from server.commands.stop import Misused

_MOST = 10_000


def read_query(options: argparse.Namespace, now: datetime) -> ListingQuery:
    """What is asked for, from now on.

    Raises:
        Misused: an option cannot be meant so.
    """
    return ListingQuery(
        keyword=options.keyword,
        city=_city(options.city) if options.city else None,
        near=_near(options.near) if options.near else None,
        start_from=now,
    )


def read_first(options: argparse.Namespace) -> int:
    """How many listings are wanted.

    Raises:
        Misused: that is no number of listings.
    """
    text = options.first
    if not (text.isdecimal() and 0 < int(text) <= _MOST):
        msg = f"--first wants a number from 1 to {_MOST:,}, not {text!r}"
        raise Misused(msg)
    return int(text)


def _city(text: str) -> Place:
    from gateway.places import Gazetteer

    places = Gazetteer.embedded()
    if found := places.find(text):
        return found
    like = [f"{place.name}, {place.country}" for place in places.search(text, first=3)]
    msg = f"--city: no town is called {text!r}; " + (f"perhaps {' or '.join(like)}" if like else "try --near instead")
    raise Misused(msg)


def _near(text: str) -> Circle:
    try:
        latitude, longitude, radius_km = map(float, text.split(","))
        return Circle(center=Point(latitude=latitude, longitude=longitude), radius_km=radius_km)
    except ValueError:
        msg = f"--near wants latitude, longitude and kilometres, such as 48.14,11.58,25, not {text!r}"
        raise Misused(msg) from None
