"""A web server with a calendar file, to test against.

with FakeCalendar(calendar(vevent("UID:1", "SUMMARY:Concert", "DTSTART:20270601T190000Z"))) as upstream:
    ...  # the provider with upstream.address as its url, and allow_private = true where the registry makes it
    upstream.text = "..."  # it is another file from now on
    assert upstream.statuses == [200, 304]
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from providers.testing.revalidation import revalidated
from providers.testing.upstream import FakeUpstream


def vevent(*lines: str) -> str:
    """A VEVENT of these content lines."""
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def calendar(*blocks: str) -> str:
    """A calendar of these lines and components."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//test//EN", *blocks, "END:VCALENDAR", ""])


class FakeCalendar(FakeUpstream):
    """Serves `text` (or bytes) at `address`, and 304 to one who has it already (RFC 9110, 13).

    validators: which of "etag" and "last-modified" it sends and heeds; settable, too. `statuses` are its own answers,
    oldest first; `headers` those of each request that came through to it.
    """

    def __init__(self, text: str | bytes = "", *, validators: Collection[str] = ("etag", "last-modified")) -> None:
        super().__init__()
        self.statuses: list[int] = []
        self.headers: list[dict[str, str]] = []
        self.validators: Collection[str] = frozenset(validators)
        self._modified = datetime(2026, 1, 1, tzinfo=UTC)
        self._content = b""
        self.text = text

    @property
    def text(self) -> str | bytes:
        """The file; settable at any time, which counts as a modification."""
        return self._content

    @text.setter
    def text(self, text: str | bytes) -> None:
        self._content = text.encode() if isinstance(text, str) else text
        # HTTP dates have whole seconds: a minute each, so that every version has its own.
        self._modified = self._modified.replace(minute=(self._modified.minute + 1) % 60)

    def reset(self) -> None:
        """Forget what was asked and answered, and be well again; the file stays."""
        super().reset()
        self.statuses.clear()
        self.headers.clear()

    @property
    def address(self) -> str:
        """Where the file is."""
        return f"{self.url}/events.ics"

    def routes(self) -> Sequence[BaseRoute]:
        """One file."""
        return [Route("/events.ics", self._file)]

    async def _file(self, request: Request) -> Response:
        answer = revalidated(
            request,
            self._content,
            modified=self._modified,
            media_type="text/calendar",
            validators=self.validators,
        )
        self.headers.append(dict(request.headers))
        self.statuses.append(answer.status_code)
        return answer
