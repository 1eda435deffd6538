"""The first step: from a feed's bytes to blocks of unfolded lines, however badly the file is written."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from providers import Malformed

_FOLD = re.compile(rb"\n[ \t]")
_CONTENT_LINE = re.compile(r"([A-Za-z0-9-]+)[;:]")
_BEGIN = re.compile(rb"^\s*BEGIN:VCALENDAR\s*$", re.IGNORECASE | re.MULTILINE)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Lines = list[str]


@dataclass(slots=True)
class Blocks:
    """A calendar taken apart: unfolded content lines, without BEGIN and END of the block itself.

    `zones` keep the lines of their observances whole; `events` are rid of their alarms. `broken` counts events that
    the file does not finish; `complete` is whether the calendar itself ends.
    """

    properties: Lines = field(default_factory=list)
    zones: list[Lines] = field(default_factory=list)
    events: list[Lines] = field(default_factory=list)
    broken: int = 0
    complete: bool = False


def name_of(line: str) -> str:
    """The content line's name, in capitals; empty where it is no content line (RFC 5545, 3.1)."""
    found = _CONTENT_LINE.match(line)
    return found.group(1).upper() if found else ""


def value_of(line: str) -> str:
    """What stands behind the first colon that is not quoted."""
    quoted = False
    for place, letter in enumerate(line):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return line[place + 1 :].strip()
    return ""


def take_apart(content: bytes) -> Blocks:
    """The blocks of a calendar file, or of several in one (RFC 5545, 3.4).

    Raises:
        Malformed: it is no calendar.
    """
    content = _as_utf8(content).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not _BEGIN.search(content):
        msg = f"answered {_kind(content)} where a calendar was due; look whether it has moved"
        raise Malformed(msg)
    blocks, stack = Blocks(), _Stack()
    for line in _lines(content):
        _take(line, blocks, stack)
    blocks.broken += "VEVENT" in stack.names
    return blocks


def _kind(content: bytes) -> str:
    if not content.strip():
        return "nothing"
    return "HTML" if content.lstrip()[:1] == b"<" else "something else"


def _as_utf8(content: bytes) -> bytes:
    if content.startswith(_UTF16):
        return content.decode("utf-16", "replace").encode()
    return content.removeprefix(codecs.BOM_UTF8)


def _lines(content: bytes) -> Iterator[str]:
    # Unfolded as bytes: a fold may stand within a letter of several bytes (RFC 5545, 3.1).
    unfolded = _FOLD.sub(b"", content)
    try:
        text = unfolded.decode()
    except UnicodeDecodeError:
        text = "\n".join(_decoded(line) for line in unfolded.split(b"\n"))
    # Not splitlines(): it also breaks at letters that are part of a text, such as U+2028.
    yield from text.split("\n")


def _decoded(line: bytes) -> str:
    """The line as UTF-8, else as what most likely wrote it."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


class _Stack:
    """Which components are open, and the lines of the one being read."""

    def __init__(self) -> None:
        self.names: Lines = []
        self.lines: Lines = []


def _take(line: str, blocks: Blocks, stack: _Stack) -> None:
    match name_of(line):
        case "":
            return  # junk: neither a content line nor the continuation of one
        case "BEGIN":
            _open(value_of(line).upper(), blocks, stack)
        case "END":
            _close(value_of(line).upper(), blocks, stack)
        case _ if stack.names == ["VCALENDAR"]:
            blocks.properties.append(line)
        case _ if stack.names[1:] == ["VEVENT"] or stack.names[1:2] == ["VTIMEZONE"]:
            stack.lines.append(line)


def _open(name: str, blocks: Blocks, stack: _Stack) -> None:
    if name in {"VCALENDAR", "VEVENT", "VTIMEZONE"}:
        # None of these stands inside another: what is still open lacks its end.
        blocks.broken += "VEVENT" in stack.names
        stack.names = ["VCALENDAR"] if name == "VCALENDAR" else ["VCALENDAR", name]
        stack.lines = []
        blocks.complete = False
        return
    stack.names.append(name)
    if stack.names[1:2] == ["VTIMEZONE"]:
        stack.lines.append(f"BEGIN:{name}")


def _close(name: str, blocks: Blocks, stack: _Stack) -> None:
    if name not in stack.names:
        return
    if stack.names[1:2] == ["VTIMEZONE"] and name != "VTIMEZONE":
        stack.lines.append(f"END:{name}")
    closed = stack.names[stack.names.index(name) :]
    del stack.names[-len(closed) :]
    blocks.broken += "VEVENT" in closed[1:]
    if name == "VEVENT":
        blocks.events.append(stack.lines)
    elif name == "VTIMEZONE":
        blocks.zones.append(stack.lines)
    elif name == "VCALENDAR":
        blocks.complete = True
