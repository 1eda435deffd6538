"""Points as short texts, as several APIs want them: http://geohash.org."""

from __future__ import annotations

from providers.sdk.model import Point

_LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz"
_BITS = 5


def geohash(point: Point, length: int = 9) -> str:
    """The cell that the point is in; one of nine letters is within five metres of it."""
    lows, highs = [-180.0, -90.0], [180.0, 90.0]
    bits = 0
    for number in range(length * _BITS):
        axis = number % 2
        middle = (lows[axis] + highs[axis]) / 2
        above = (point.longitude, point.latitude)[axis] >= middle
        bits = bits << 1 | above
        (lows if above else highs)[axis] = middle
    return "".join(_LETTERS[bits >> shift & 31] for shift in range((length - 1) * _BITS, -1, -_BITS))


def center_of(text: str) -> Point:
    """The middle of a geohash's cell."""
    cells = {0: [-180.0, 180.0], 1: [-90.0, 90.0]}
    bits = "".join(f"{_LETTERS.index(letter):0{_BITS}b}" for letter in text)
    for number, bit in enumerate(bits):
        cell = cells[number % 2]
        cell[bit == "0"] = sum(cell) / 2
    return Point(latitude=sum(cells[1]) / 2, longitude=sum(cells[0]) / 2)
