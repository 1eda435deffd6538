"""A page's JSON-LD scripts: https://html.spec.whatwg.org/multipage/scripting.html."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from html.parser import HTMLParser

from providers import Answer

# Where the HTML standard has a page name its charset, and some more.
_HEAD_BYTES = 4_096
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """The texts of a page's JSON-LD scripts; `cut_off` where the page ends within one."""

    texts: tuple[str, ...]
    cut_off: bool = False


def scripts_of(answer: Answer) -> Scripts:
    """The scripts of a page; a document that is JSON itself is one script."""
    text = _decoded(answer)
    if "json" in answer.headers.get("content-type", "").lower():
        return Scripts(texts=(text,))
    page = _Page()
    page.feed(text)
    page.close()
    return Scripts(texts=tuple("".join(parts) for parts in page.scripts), cut_off=page.inside)


def _decoded(answer: Answer) -> str:
    """As the byte order mark, the header or the page itself says, else as UTF-8."""
    if answer.content.startswith(codecs.BOM_UTF8):
        return answer.content.decode("utf-8-sig", errors="replace")
    head = answer.content[:_HEAD_BYTES].decode("ascii", errors="replace")
    named = _CHARSET.search(answer.headers.get("content-type", "")) or _CHARSET.search(head)
    try:
        return answer.content.decode(named[1] if named else "utf-8", errors="replace")
    except LookupError:
        return answer.content.decode("utf-8", errors="replace")


class _Page(HTMLParser):
    """Hears nothing but JSON-LD scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and "ld+json" in (dict(attrs).get("type") or "").lower():
            self.scripts.append([])
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.scripts[-1].append(data)

    def parse_marked_section(self, i: int, report: bool = True) -> int:  # noqa: ARG002, FBT001, FBT002 - the library's
        """Skip `<![...]>`: the library raises at such as it does not know, and none of them holds a script."""
        end = self.rawdata.find(">", i)
        return end + 1 if end >= 0 else -1
