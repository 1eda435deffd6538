r"""Read a `.env` file as text, never as shell code: a value is what is written, with no `$` and no command in it run.

    NAME=value            to the end of the line, or to a blank and a `#`; white space around it is dropped
    NAME='value'          as it stands
    NAME="value"          with \n, \t, \r, \", \\ and \$ for what they stand for

Docker Compose reads the same file and does replace `$NAME` outside of single quotes: put a value with a `$` into them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<rest>.*)", re.DOTALL)
_SINGLE = re.compile(r"'(?P<value>[^']*)'")
_DOUBLE = re.compile(r'"(?P<value>(?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_KEPT = '"\\$'


class EnvFile(NamedTuple):
    """What a file says, and what of it cannot be read: a line each, which never shows a value, and the names in them."""

    values: dict[str, str]
    problems: list[str]
    unread: set[str]


def parse(text: str) -> EnvFile:
    """The values by name. A name that stands twice is a problem: one of the two would be lost unseen."""
    values: dict[str, str] = {}
    problems: list[str] = []
    unread: set[str] = set()
    for number, line in _lines(text):
        match = _LINE.fullmatch(line)
        value = _value(match["rest"]) if match else None
        if match is None or value is None:
            problems.append(f"line {number}: {_what_is_wrong(match)}")
            unread |= {match["name"]} if match else set()
        elif match["name"] in values:
            problems.append(f"line {number}: {match['name']} stands twice; remove one of the two")
        else:
            values[match["name"]] = value
    return EnvFile(values, problems, unread)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Those that say something. Not `splitlines`, which would part a value at letters such as U+2028."""
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        stripped = line.strip(" \t\r")
        if stripped and not stripped.startswith("#"):
            yield number, stripped


def _value(rest: str) -> str | None:
    """None where a quote is not closed, or something follows it."""
    if not rest.startswith(("'", '"')):
        return re.split(r"(?:^|[ \t])#", rest, maxsplit=1)[0].rstrip(" \t")
    match = (_SINGLE if rest[0] == "'" else _DOUBLE).match(rest)
    if match is None or not re.fullmatch(r"\s*(#.*)?", rest[match.end() :]):
        return None
    return match["value"] if rest[0] == "'" else _ESCAPE.sub(_unescaped, match["value"])


def _unescaped(match: re.Match[str]) -> str:
    letter = match[1]
    return letter if letter in _KEPT else _ESCAPES.get(letter, match[0])


def _what_is_wrong(match: re.Match[str] | None) -> str:
    if match is None:
        return "is no NAME=value; write one, or a # before it"
    return f"{match['name']} has a quote that is not closed, or something behind it; close it on the same line"
