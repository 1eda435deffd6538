"""What a site lets programs read: https://www.rfc-editor.org/rfc/rfc9309.

The library that reads the rules takes the first that fits, not the longest, and knows no wildcards within a path.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.robotparser import RobotFileParser

from providers import Flights, Http, Misconfigured, Refused, Request

_KEPT = timedelta(hours=24)
_LONGEST = 500 * 1024


class Robots:
    """The rules of one site, asked for once a day."""

    def __init__(self, http: Http, site: str, clock: Callable[[], datetime]) -> None:
        self._http = http
        self._site = site
        self._clock = clock
        self._kept: tuple[RobotFileParser, datetime] | None = None
        self._flights = Flights()

    async def check(self, page: str) -> None:
        """Return where the page may be read.

        Raises:
            Misconfigured: the rules forbid it.
            ProviderError: the rules cannot be had; as long as that is so, all is forbidden (2.3.1.4).
        """
        rules = await self._latest()
        if not rules.can_fetch(self._http.user_agent, page):
            msg = (
                f"may not be read by programs: {self._site}/robots.txt forbids {self._http.redact(page.removeprefix(self._site))}; "
                "ask the site's owner to allow it, or take the address away"
            )
            raise Misconfigured(msg)

    def cancel(self) -> None:
        """Stop fetching."""
        self._flights.cancel()

    async def _latest(self) -> RobotFileParser:
        if self._kept is not None and self._clock() < self._kept[1] + _KEPT:
            return self._kept[0]
        return await self._flights.join("fetch", self._fetch)

    async def _fetch(self) -> RobotFileParser:
        rules = RobotFileParser()
        rules.parse((await self._text()).splitlines())
        self._kept = rules, self._clock()
        return rules

    async def _text(self) -> str:
        """The rules as they are written; none where there are none, and so everything is allowed (2.3.1.3)."""
        try:
            answer = await self._http.send(Request(path=f"{self._site}/robots.txt"))
        except Refused:
            return ""
        return answer.content[:_LONGEST].decode("utf-8-sig", errors="replace")
